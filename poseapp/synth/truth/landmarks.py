"""Where the keypoints of the shipped human skeletons lie on a body, as the data sets themselves place them.

Each landmark is a weighted mean of skin vertices and bone joints, so it follows every shape and pose.

- COCO's keypoints and the six of the feet: the regressors that come with the body model.
- LSP and MPII: elbows, wrists, knees and ankles as in COCO; shoulders half way from COCO's to the joint of
  the upper arm. Annotators of LSP click hips well outside the joint's centre and the neck at its base: in 412
  frontal, upright people of `lspet` the hips lie 0.55 of the torso apart (joint centres: 0.43), the neck lies
  0.08 of the torso above the middle of the shoulders and the top of the head 0.51 above the neck. The hip is
  therefore three tenths of the way from the joint to the skin beside it, the neck between the pit of the
  throat and the last neck vertebra. MPII's upper neck is at the base of the skull, its thorax between the
  shoulders, its top of the head, like LSP's, on the skull without hair.
- Human3.6M: joints of the skeleton; the lengths of its universal skeleton (root to spine 0.23 m, to thorax
  0.26, to neck base 0.12, to head 0.12) place the four of the middle; its "foot" is the ankle's joint.
- Hands: the finger's joints, tips at the end of the flesh; the thumb's base is where its first bone begins.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.synth.body.model import BodyModel, Pose, PosedBody
from poseapp.synth.body.parts import PART
from poseapp.synth.body.phenotypes import Phenotype
from poseapp.synth.truth.tissue import Tissue

Floats = NDArray[np.floating[Any]]
Recipe = list[tuple[float, str | int]]  # weight of a COCO regressor or other recipe, bone "@name", or vertex

BODY_SKELETONS = ("coco17", "halpe26", "mpii16", "lsp14", "h36m17")
HAND_SKELETON = "hand21"
SKELETONS = (*BODY_SKELETONS, HAND_SKELETON)
SIDES = ("left", "right")

# Vertices on the body's middle line, front and back.
_CROWN = (881, 879)
_NECK_BASE = (815, 1491)
_THORAX = (1524, 1550)
_SKULL_BASE = (797, 855)
_HEAD_MIDDLE = (169, 955)
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_FINGER_JOINTS = (("cmc", "mcp", "ip"), *[("mcp", "pip", "dip")] * 4)


class Landmarks:
    """Keypoints of all shipped human skeletons on one body model.

    Attributes:
        names: Names of the L landmarks, such as "coco/left_hip", "lsp/neck" or "hand/left/index_tip".
        tissue: How far in front of each its own flesh may begin, see `Tissue`.
        hand_part: Number of each hand, "left" and "right", in part masks.
        hand_vertices: Vertices of each hand.
    """

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        self._coco = {name: number for number, name in enumerate(model.coco_names)}
        recipes = _recipes()
        reference = model.pose(model.shape(Phenotype()), Pose.reference(model.num_joints))
        for side, sign in zip(SIDES, (1, -1), strict=True):
            hip = reference.joints[model.bone[f"upperleg01.{side[0].upper()}"]]
            recipes[f"{side}_hip_skin"] = [(1.0, _outermost(model, reference.vertices, hip, sign))]
            for finger, name in enumerate(_FINGERS, start=1):
                recipes[f"hand/{side}/{name}_tip"] = [
                    (0.25, vertex) for vertex in _tip(model, reference, finger, side[0].upper())
                ]
        rows = {name: self._resolve(recipe, recipes) for name, recipe in recipes.items() if "/" in name}
        self.names = list(rows)
        self._number = {name: number for number, name in enumerate(rows)}
        self._columns = np.concatenate([np.array(list(row)) for row in rows.values()])
        self._weights = np.concatenate([np.array(list(row.values())) for row in rows.values()])[:, None]
        self._starts = np.cumsum([0, *[len(row) for row in rows.values()]][:-1])
        self.tissue = Tissue(model, self.names, reference, self.all_points(reference))
        self.hand_part = {side: PART[f"{side}_hand"] for side in SIDES}
        self.hand_vertices = {s: np.flatnonzero(model.vertex_part == n) for s, n in self.hand_part.items()}

    def all_points(self, posed: PosedBody) -> Floats:
        """All landmarks, ``(L, 3)`` float64 metres in the world, in the order of `names`."""
        points = np.concatenate([posed.vertices, posed.joints])[self._columns].astype(np.float64)
        return np.add.reduceat(points * self._weights, self._starts)

    def points(self, posed: PosedBody, skeleton_name: str, side: str = "left") -> Floats:
        """Keypoints of one skeleton.

        Args:
            posed: The body.
            skeleton_name: One of `SKELETONS`.
            side: Which hand, for "hand21".

        Returns:
            ``(K, 3)`` float64 metres in the world.
        """
        return self.all_points(posed)[self.index(skeleton_name, side)]

    def index(self, skeleton_name: str, side: str = "left") -> NDArray[np.intp]:
        """Which of the landmarks are the keypoints of a skeleton, ``(K,)``.

        Raises:
            KeyError: Not one of `SKELETONS`.
        """
        return self._indices[skeleton_name, side if skeleton_name == HAND_SKELETON else "left"]

    @cached_property
    def _indices(self) -> dict[tuple[str, str], NDArray[np.intp]]:
        found = {}
        for name in SKELETONS:
            for side in SIDES if name == HAND_SKELETON else SIDES[:1]:
                wanted = [landmark_name(name, k, side) for k in skeleton(name).keypoints]
                found[name, side] = np.array([self._number[landmark] for landmark in wanted])
        return found

    def _resolve(self, recipe: Recipe, recipes: dict[str, Recipe]) -> dict[int, float]:
        """Weight of each vertex, and behind them of each joint."""
        row: dict[int, float] = {}
        for weight, part in recipe:
            if isinstance(part, int):
                parts = {part: 1.0}
            elif part.startswith("@"):
                parts = {self._model.num_vertices + self._model.bone[part[1:]]: 1.0}
            elif part in recipes:
                parts = self._resolve(recipes[part], recipes)
            else:
                parts = _sparse(self._model.coco_regressor[self._coco[part]])
            for column, share in parts.items():
                row[column] = row.get(column, 0.0) + weight * share
        return row


@lru_cache(maxsize=16)
def skeleton(name: str) -> Skeleton:
    """A shipped skeleton, read once."""
    return load_skeleton(name)


def landmark_name(skeleton_name: str, keypoint: str, side: str = "left") -> str:
    """The landmark that a keypoint of a skeleton is.

    Args:
        skeleton_name: One of `SKELETONS`.
        keypoint: Its name there.
        side: Which hand, for "hand21".
    """
    if skeleton_name == HAND_SKELETON:
        return f"hand/{side}/{keypoint}"
    if skeleton_name in ("coco17", "halpe26"):
        return f"coco/{keypoint}"
    group = {"lsp14": "lsp", "mpii16": "mpii", "h36m17": "h36m"}[skeleton_name]
    return f"{group}/{keypoint}"


def _mean(*parts: str | int) -> Recipe:
    return [(1 / len(parts), part) for part in parts]


def _recipes() -> dict[str, Recipe]:
    recipes: dict[str, Recipe] = {f"coco/{k}": [(1.0, k)] for k in skeleton("coco17").keypoints}
    recipes["coco/head"] = _mean(*_CROWN)
    recipes["coco/neck"] = _mean(*_NECK_BASE)
    recipes["coco/hip"] = _mean("left_hip", "right_hip")
    for place in ("big_toe", "small_toe", "heel"):
        for side in SIDES:
            recipes[f"coco/{side}_{place}"] = [(1.0, f"{side}_{place}")]
    for side in SIDES:
        letter = side[0].upper()
        for group in ("lsp", "mpii"):
            for joint in ("elbow", "wrist", "knee", "ankle"):
                recipes[f"{group}/{side}_{joint}"] = [(1.0, f"{side}_{joint}")]
            recipes[f"{group}/{side}_shoulder"] = _mean(f"{side}_shoulder", f"@upperarm01.{letter}")
        for group, outwards in (("lsp", 0.3), ("mpii", 0.15)):
            hip: Recipe = [(1 - outwards, f"@upperleg01.{letter}"), (outwards, f"{side}_hip_skin")]
            recipes[f"{group}/{side}_hip"] = hip
        for joint, bone in (
            ("hip", "upperleg01"), ("knee", "lowerleg01"), ("foot", "foot"), ("shoulder", "upperarm01"),
            ("elbow", "lowerarm01"), ("wrist", "wrist"),
        ):  # fmt: skip
            recipes[f"h36m/{side}_{joint}"] = [(1.0, f"@{bone}.{letter}")]
        recipes[f"hand/{side}/wrist"] = [(1.0, f"@wrist.{letter}")]
        for finger, (name, joints) in enumerate(zip(_FINGERS, _FINGER_JOINTS, strict=True), start=1):
            for number, joint in enumerate(joints, start=1):
                recipes[f"hand/{side}/{name}_{joint}"] = [(1.0, f"@finger{finger}-{number}.{letter}")]
    recipes["lsp/neck"] = _mean(*_NECK_BASE)
    recipes["lsp/head_top"] = recipes["mpii/head_top"] = _mean(*_CROWN)
    recipes["mpii/pelvis"] = _mean("mpii/left_hip", "mpii/right_hip")
    recipes["mpii/thorax"] = _mean(*_THORAX)
    recipes["mpii/upper_neck"] = [(0.5, "@neck03"), *[(0.25, vertex) for vertex in _SKULL_BASE]]
    recipes["h36m/root"] = _mean("h36m/left_hip", "h36m/right_hip")
    recipes["h36m/spine"] = [(1.0, "@spine02")]
    recipes["h36m/thorax"] = [(0.6, "mpii/thorax"), (0.2, "@upperarm01.L"), (0.2, "@upperarm01.R")]
    recipes["h36m/neck_base"] = [(1.0, "mpii/upper_neck")]
    recipes["h36m/head"] = _mean(*_HEAD_MIDDLE)
    return recipes


def _sparse(row: Floats) -> dict[int, float]:
    """A regressor's weights without the thousands that move it by less than a tenth of a millimetre."""
    kept = np.flatnonzero(row > row.max() * 1e-3)
    weights = row[kept].astype(np.float64)
    return dict(zip(kept.tolist(), (weights / weights.sum()).tolist(), strict=True))


def _outermost(model: BodyModel, vertices: Floats, joint: Floats, sign: int) -> int:
    """The skin vertex beside a joint on the outer side."""
    away = vertices - joint
    near = (np.hypot(away[:, 1], away[:, 2]) < 0.02) & (np.abs(away[:, 0]) < 0.2)
    return int(np.argmax(np.where(near, sign * away[:, 0], -np.inf)))


def _tip(model: BodyModel, reference: PosedBody, finger: int, letter: str) -> Sequence[int]:
    """The four vertices at the end of a finger."""
    last, before = (model.bone[f"finger{finger}-{number}.{letter}"] for number in (3, 2))
    along = reference.joints[last] - reference.joints[before]
    own = model.weights[:, last] > 0.5
    reach = np.where(own, reference.vertices @ along, -np.inf)
    return [int(vertex) for vertex in np.argsort(-reach, kind="stable")[:4]]
