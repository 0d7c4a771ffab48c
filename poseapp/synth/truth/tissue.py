"""How much of its own body lies over a keypoint: what visibility by depth is judged against.

A joint lies inside the body, so on the way to it there is always skin. It counts as seen when the first
surface on its ray belongs to the same person, to a part of the body that meets in that joint, and begins no
farther in front of it than the flesh around that joint is thick.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.meshes import first_hits
from poseapp.synth.body.model import BodyModel, PosedBody
from poseapp.synth.body.parts import PART

Floats = NDArray[np.floating[Any]]

_OUTER_REGIONS = ("body", "head", "hand.R", "hand.L", "foot.L", "foot.R", "eye_front.L", "eye_front.R")
_FRONT, _BACK, _LEFT, _UP = (np.array(axis, float) for axis in ((0, 0, 1), (0, 0, -1), (1, 0, 0), (0, 1, 0)))
_FOREHEAD, _OCCIPUT = 251, 5363
# Clothes, hair and shoes over the skin, metres.
_WORN = {"face": 0.012, "head": 0.04, "hand": 0.008, "foot": 0.03, "body": 0.035}
_BENT = 1.15  # flesh is thicker over a bent joint
_REACH = 0.45  # metres around a landmark in which its flesh is looked for
_MOST = 6


class Tissue:
    """Thickness of the flesh around each landmark, and which parts of the body it belongs to.

    Attributes:
        parts: ``(L,)`` uint32, a bit for each number of `body.parts.PARTS` that may lie over the landmark.
        anchors: ``(L, 6)`` vertices on the skin around it; the farthest tells the thickness, in every shape.
        worn: ``(L,)`` metres that clothes may add.
    """

    def __init__(self, model: BodyModel, names: list[str], reference: PosedBody, points: Floats) -> None:
        outer = np.isin(model.face_region, [model.region_names.index(name) for name in _OUTER_REGIONS])
        faces = model.faces[outer]
        centres = reference.vertices[faces].mean(1)
        self.parts = np.array([_parts_of(name) for name in names], np.uint32)
        self.worn = np.array([_WORN[_kind(name)] for name in names])
        self.anchors = np.empty((len(names), _MOST), np.intp)
        known: dict[bytes, list[int]] = {}
        for row, (name, point) in enumerate(zip(names, points, strict=True)):
            key = point.tobytes()
            if key not in known:
                near = faces[np.linalg.norm(centres - point, axis=1) < _REACH]
                known[key] = _anchors(name, point, model, reference, near)
            found = known[key]
            self.anchors[row] = (found * _MOST)[:_MOST]

    def thickness(self, posed: PosedBody, points: Floats) -> Floats:
        """How far in front of each landmark its own surface may begin, ``(L,)`` metres.

        Args:
            posed: The body.
            points: ``(L, 3)`` its landmarks.
        """
        away = np.linalg.norm(posed.vertices[self.anchors] - points[:, None], axis=2)
        return _BENT * away.max(1) + self.worn

    def belongs(self, part: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Whether a body part may lie over each landmark, ``(L,)``; part 0 is worn and of no part."""
        return (part == 0) | ((self.parts >> part.astype(np.uint32)) & 1).astype(bool)


def _kind(name: str) -> str:
    if name.startswith("hand/"):
        return "hand"
    if name.endswith(("nose", "_eye")):
        return "face"
    if name.endswith(("_ear", "head", "head_top")):
        return "head"
    return "foot" if name.endswith(("_toe", "_heel")) else "body"


def _parts_of(name: str) -> int:
    """Bits of the parts that may lie over a landmark."""
    side = next((side for side in ("left", "right") if side in name), "")
    place = name.rsplit("/", 1)[1].removeprefix(f"{side}_")
    if name.startswith("hand/"):
        parts = [f"{side}_hand"] + ([f"{side}_lower_arm"] if place == "wrist" else [])
    elif place in ("nose", "eye", "ear", "head", "head_top"):
        parts = ["head"]
    elif place in ("neck", "upper_neck", "neck_base"):
        parts = ["head", "neck", "torso_upper"]
    elif place in ("thorax", "spine"):
        parts = ["neck", "torso_upper", "torso_lower", "left_upper_arm", "right_upper_arm"]
    elif side:
        limbs = {
            "shoulder": ("neck", "torso_upper", "upper_arm"), "elbow": ("upper_arm", "lower_arm"),
            "wrist": ("lower_arm", "hand"), "hip": ("torso_lower", "torso_upper", "upper_leg"),
            "knee": ("upper_leg", "lower_leg"),
        }.get(place, ("lower_leg", "foot"))  # fmt: skip
        parts = [part if part in PART else f"{side}_{part}" for part in limbs]
    else:  # the middle of the hips, by its names
        parts = ["torso_upper", "torso_lower", "left_upper_leg", "right_upper_leg"]
    return sum(1 << PART[part] for part in parts)


def _directions(name: str, model: BodyModel, reference: PosedBody) -> list[Floats]:
    """Where to look for the skin around a landmark of the reference pose."""
    side = next((side for side in ("left", "right") if side in name), "")
    out = _LEFT if side == "left" else -_LEFT
    place = name.rsplit("/", 1)[1].removeprefix(f"{side}_")
    joints = {joint: reference.joints[number] for joint, number in model.bone.items()}
    letter = side[:1].upper()
    if name.startswith("hand/"):
        wrist, index, pinky = (joints[f"{j}.{letter}"] for j in ("wrist", "finger2-1", "finger5-1"))
        palm = np.cross(index - wrist, pinky - wrist)
        return [palm, -palm]
    if place in ("elbow", "wrist"):
        along = joints[f"wrist.{letter}"] - joints[f"upperarm02.{letter}"]
        across = np.cross(along, _FRONT)
        above = np.cross(along, across)
        return [across, -across, above, -above]
    table = {
        "nose": [_FRONT, out, -out], "eye": [_FRONT], "ear": [out, _BACK],
        "shoulder": [_FRONT, _BACK, out, _UP], "hip": [_FRONT, _BACK, out] if side else [],
        "knee": [_FRONT, _BACK, out, -out], "ankle": [_FRONT, _BACK, out, -out],
        "foot": [_BACK, out, -out], "big_toe": [_FRONT, _UP, -out], "small_toe": [_FRONT, _UP, out],
        "heel": [_BACK, out, -out], "neck": [_FRONT, _BACK, _LEFT + _UP, _UP - _LEFT],
    }  # fmt: skip
    return table.get(place) or [_FRONT, _BACK, _LEFT, -_LEFT]


def _anchors(
    name: str, point: Floats, model: BodyModel, reference: PosedBody, faces: NDArray[np.integer[Any]]
) -> list[int]:
    """Vertices where the skin around a landmark is met."""
    if name.endswith("head_top") or name == "coco/head":
        return [_FOREHEAD, _OCCIPUT]
    rays = np.array(_directions(name, model, reference))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    distances, numbers = first_hits(point, rays, reference.vertices, faces)
    hits = numbers[np.isfinite(distances)]
    if len(hits) == 0:  # on the skin already
        return [int(np.argmin(np.linalg.norm(reference.vertices - point, axis=1)))]
    places = point + rays[np.isfinite(distances)] * distances[np.isfinite(distances), None]
    nearest = np.linalg.norm(reference.vertices[faces[hits]] - places[:, None], axis=2).argmin(1)
    return [int(vertex) for vertex in faces[hits, nearest]]
