"""Whether a body runs into itself: capsules around its bones, fitted to its shape.

Flesh gives way, so capsules are a little thinner than the body and may sink into each other by `TOLERANCE_M`
plus `SOFTNESS` of the thinner one's radius.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion.anatomy import Anatomy, reference_orientations
from poseapp.synth.motion.limits import Floats

TOLERANCE_M = 0.015
SOFTNESS = 0.2
_THINNER = 0.9

# Blobs: bones whose skin they hold, and the axis (0 x, 1 y) along which they are long.
_BLOBS: dict[str, tuple[tuple[str, ...], int]] = {
    "head": (("head",), 1),
    "chest": (("spine01",), 0),
    "ribs": (("spine02",), 0),
    "belly": (("spine03", "spine04"), 0),
    "pelvis": (("spine05", "root", "pelvis.L", "pelvis.R"), 0),
}
# Limbs: bones whose skin they hold, first and last joint, share of the way where they begin.
_LIMBS: dict[str, tuple[tuple[str, ...], str, str, float]] = {
    "upper_arm": (("upperarm02",), "upperarm01", "lowerarm01", 0.4),
    "forearm": (("lowerarm01", "lowerarm02"), "lowerarm01", "wrist", 0.1),
    "hand": (("metacarpal2", "metacarpal3", "finger3-1"), "wrist", "finger3-3", 0.0),
    "thigh": (("upperleg02",), "upperleg01", "lowerleg01", 0.3),
    "shin": (("lowerleg01", "lowerleg02"), "lowerleg01", "foot", 0.1),
    "foot": (("foot",), "foot", "toe2-1", 0.0),
}
_NAMES = (*_BLOBS, "neck", *(f"{name}.{side}" for side in "LR" for name in _LIMBS))
_TRUNK = {*_BLOBS, "neck"}
# Neighbours, which always touch, on one side.
_TOUCHING = {
    ("upper_arm", "chest"), ("upper_arm", "ribs"), ("upper_arm", "neck"), ("upper_arm", "forearm"),
    ("upper_arm", "hand"), ("forearm", "hand"), ("thigh", "pelvis"), ("thigh", "belly"), ("thigh", "ribs"),
    ("thigh", "shin"), ("thigh", "foot"), ("shin", "foot"), ("shin", "pelvis"), ("foot", "pelvis"),
}  # fmt: skip


def _pairs() -> NDArray[np.intp]:
    out = []
    for i, a in enumerate(_NAMES):
        for j, b in enumerate(_NAMES[:i]):
            if a in _TRUNK and b in _TRUNK:
                continue
            one, other = a.split(".")[0], b.split(".")[0]
            same_side = a[-2] != "." or b[-2] != "." or a[-1] == b[-1]
            if same_side and ((one, other) in _TOUCHING or (other, one) in _TOUCHING):
                continue
            out.append((i, j))
    return np.array(out)


PAIRS = _pairs()


@lru_cache(maxsize=4)
def _skin(model: BodyModel) -> dict[str, NDArray[np.intp]]:
    """Vertices that follow each capsule's bones more than any others; some are enough."""
    main = np.argmax(model.weights, 1)
    sets = {name: bones for name, (bones, _) in _BLOBS.items()}
    sets["neck"] = ("neck01", "neck02")
    sets |= {name: tuple(f"{b}.L" for b in bones) for name, (bones, *_) in _LIMBS.items()}
    out = {}
    for name, bones in sets.items():
        found = np.flatnonzero(np.isin(main, [model.bone[bone] for bone in bones]))
        out[name] = found[:: max(1, len(found) // 150)]
    return out


@dataclass(frozen=True)
class Capsules:
    """Capsules of one person, C of them.

    Attributes:
        bones: ``(C,)`` bone that each follows.
        ends: ``(C, 2, 3)`` metres from the bone's joint, in the reference pose's axes.
        radii: ``(C,)`` metres.
        allowed: ``(P,)`` metres that each of `PAIRS` may sink into each other.
    """

    bones: NDArray[np.intp]
    ends: Floats
    radii: Floats
    allowed: Floats

    @staticmethod
    def fit(model: BodyModel, shaped: ShapedBody, anatomy: Anatomy) -> "Capsules":
        """Capsules of a shape."""
        turn = reference_orientations(model) @ shaped.orientations.transpose(0, 2, 1)
        skin = _skin(model)
        bones: list[int] = []
        ends: list[Floats] = []
        radii: list[float] = []

        def points(name: str, bone: int) -> Floats:
            return (shaped.vertices[skin[name]] - shaped.joints[bone]) @ turn[bone].T

        for name, (holders, axis) in _BLOBS.items():
            bone = model.bone["root" if name == "pelvis" else holders[0]]
            low, high = np.percentile(points(name, bone), (4, 96), axis=0)
            middle, half = (low + high) / 2, (high - low) / 2
            radius = half[2] if axis == 0 else min(half[0], half[2])
            reach = np.zeros(3)
            reach[axis] = max(half[axis] - radius, 0)
            bones.append(bone)
            ends.append(np.stack([middle - reach, middle + reach]))
            radii.append(float(radius))

        def limb(name: str, first: str, last: str, begin: float) -> tuple[int, Floats, float]:
            bone = model.bone[first]
            whole = anatomy.reference[model.bone[last]] - anatomy.reference[bone]
            local = points(name, bone)
            along = np.clip(local @ whole / (whole @ whole), 0, 1)
            radius = float(np.median(np.linalg.norm(local - along[:, None] * whole, axis=1)))
            return bone, np.stack([begin * whole, whole]), radius

        for name, first, last, begin in [("neck", "neck01", "head", 0.0)] + [
            (n, f"{a}.L", f"{b}.L", begin) for n, (_, a, b, begin) in _LIMBS.items()
        ]:
            bone, end, radius = limb(name, first, last, begin)
            bones.append(bone)
            ends.append(end)
            radii.append(radius)
        sided = slice(len(_BLOBS) + 1, None)
        bones += [model.bone[model.bone_names[b][:-1] + "R"] for b in bones[sided]]
        ends += [np.asarray(e) * (-1, 1, 1) for e in ends[sided]]
        radii += radii[sided]
        thick = _THINNER * np.array(radii)
        allowed = TOLERANCE_M + SOFTNESS * np.minimum(thick[PAIRS[:, 0]], thick[PAIRS[:, 1]])
        return Capsules(np.array(bones), np.array(ends), thick, allowed)

    def place(self, joints: Floats, turned: Floats) -> Floats:
        """Ends ``(B, C, 2, 3)`` for ``(B, J, 3)`` joints and ``(B, J, 3, 3)`` turns of the bones."""
        return joints[:, self.bones, None] + np.einsum("bcij,cej->bcei", turned[:, self.bones], self.ends)

    def depths(self, ends: Floats) -> Floats:
        """Metres ``(B, P)`` by which pairs sink in deeper than they may; negative is room left."""
        a, b = ends[:, PAIRS[:, 0]], ends[:, PAIRS[:, 1]]
        distance = segment_distance(a[:, :, 0], a[:, :, 1], b[:, :, 0], b[:, :, 1])
        reach = self.radii[PAIRS[:, 0]] + self.radii[PAIRS[:, 1]] - self.allowed
        return reach - distance


@lru_cache(maxsize=12)
def capsules_of(anatomy: Anatomy) -> Capsules:
    """The capsules of a body; those of the last few are kept. Not to be changed."""
    return Capsules.fit(anatomy.model, anatomy.shaped, anatomy)


def segment_distance(p1: Floats, q1: Floats, p2: Floats, q2: Floats) -> Floats:
    """Least distance ``(…)`` between segments p1-q1 and p2-q2, ``(…, 3)`` each (Ericson, 2005, 5.1.9)."""
    d1, d2, r = q1 - p1, q2 - p2, p1 - p2
    a = (d1 * d1).sum(-1) + 1e-12
    e = (d2 * d2).sum(-1) + 1e-12
    b = (d1 * d2).sum(-1)
    c = (d1 * r).sum(-1)
    f = (d2 * r).sum(-1)
    s = np.clip((b * f - c * e) / np.maximum(a * e - b * b, 1e-12), 0, 1)
    t = (b * s + f) / e
    clipped = np.clip(t, 0, 1)
    s = np.where(t == clipped, s, np.clip((b * clipped - c) / a, 0, 1))
    gap = r + s[..., None] * d1 - clipped[..., None] * d2
    return np.sqrt((gap * gap).sum(-1))
