"""Which joint of a motion file is which: names of the common conventions. Data and one search."""

import re

import numpy as np

from poseapp.errors import FormatError
from poseapp.synth.motion.bvh import Bvh

# Role: names without their side, the surest first. Biovision, CMU and its conversions, MotionBuilder, Mixamo,
# 3ds Max Biped, Acclaim.
_SIDED: dict[str, tuple[str, ...]] = {
    "hip": ("upleg", "upperleg", "thigh", "femur", "hip"),
    "knee": ("knee", "lowleg", "lowerleg", "calf", "shin", "tibia", "leg"),
    "ankle": ("ankle", "foot"),
    "toe": ("toebase", "toe", "toes", "toe0", "ball"),
    "shoulder": ("arm", "upperarm", "uparm", "humerus", "shoulder"),
    "elbow": ("elbow", "forearm", "lowerarm", "lowarm", "radius"),
    "wrist": ("wrist", "hand"),
    "fingers": ("handmiddle1", "middle1", "fingers", "fingerbase", "handindex1", "index1", "finger1"),
}
_NEEDED = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_MIDDLE = {"neck": ("neck", "neck1", "lowerneck"), "head": ("head", "upperneck")}
_SIDES = {"L": ("left", "l"), "R": ("right", "r")}


def plain_name(name: str) -> str:
    """A joint's name in small letters, without the character's name before a colon, blanks and signs."""
    name = re.sub(r"^.*:", "", name.lower())
    name = re.sub(r"^(mixamorig\d*|bip\d*)[ _]", "", name)
    return re.sub(r"[^a-z0-9]", "", name)


def find_joints(bvh: Bvh) -> dict[str, int]:
    """Numbers of the joints by role: "hips", "chest", "neck", "head", "hip.L" …

    Raises:
        FormatError: A joint of the arms or legs is missing.
    """
    numbers: dict[str, int] = {}
    for number, name in enumerate(bvh.names):
        if not name.endswith(" end"):
            numbers.setdefault(plain_name(name), number)
    found: dict[str, int] = {}
    for side, words in _SIDES.items():
        for role, names in _SIDED.items():
            spelled = (f"{word}{name}" for name in names for word in words)
            spelled_after = (f"{name}{word}" for name in names for word in words)
            for spelling in (*spelled, *spelled_after):
                if spelling in numbers:
                    found.setdefault(f"{role}.{side}", numbers[spelling])
    missing = [f"{role}.{side}" for side in _SIDES for role in _NEEDED if f"{role}.{side}" not in found]
    if missing:
        raise FormatError(f"BVH file whose joints are not known, no {', '.join(missing)}: {bvh.path}")
    for role, after in (("toe", "ankle"), ("fingers", "wrist")):
        for side in _SIDES:
            child = _first_child(bvh, found[f"{after}.{side}"])
            if child is not None:
                found.setdefault(f"{role}.{side}", child)
    found["hips"] = _meet(bvh, found["hip.L"], found["hip.R"])
    found["chest"] = _meet(bvh, found["shoulder.L"], found["shoulder.R"])
    for role, names in _MIDDLE.items():
        found[role] = next((numbers[n] for n in names if n in numbers), found["chest"])
    return found


def _first_child(bvh: Bvh, joint: int) -> int | None:
    children = np.flatnonzero(bvh.parents == joint)
    return int(children[0]) if len(children) else None


def _meet(bvh: Bvh, a: int, b: int) -> int:
    """The last joint that both hang on."""
    above = []
    while a >= 0:
        a = int(bvh.parents[a])
        above.append(a)
    while b not in above:
        b = int(bvh.parents[b])
    return max(b, 0)
