"""The parts that body masks tell apart."""

import numpy as np
from numpy.typing import NDArray

# Place in the tuple is the value in masks; 0 is no person.
PARTS = (
    "background",
    "head",
    "neck",
    "torso_upper",
    "torso_lower",
    "left_upper_arm",
    "right_upper_arm",
    "left_lower_arm",
    "right_lower_arm",
    "left_hand",
    "right_hand",
    "left_upper_leg",
    "right_upper_leg",
    "left_lower_leg",
    "right_lower_leg",
    "left_foot",
    "right_foot",
)
PART = {name: number for number, name in enumerate(PARTS)}

# Beginnings of bone names, in the order in which they are tried.
_MIDDLE = {
    "neck": "neck",
    "head": "head",
    "eye": "head",
    "root": "torso_lower",
    "pelvis": "torso_lower",
    "spine05": "torso_lower",
    "spine04": "torso_lower",
    "spine": "torso_upper",
    "clavicle": "torso_upper",
    "shoulder": "torso_upper",
}
_SIDED = {
    "upperarm": "upper_arm",
    "lowerarm": "lower_arm",
    "wrist": "hand",
    "finger": "hand",
    "metacarpal": "hand",
    "upperleg": "upper_leg",
    "lowerleg": "lower_leg",
    "foot": "foot",
    "toe": "foot",
}


def part_of_bone(name: str) -> int:
    """Number of the part that a bone of the body moves.

    Raises:
        KeyError: No such bone.
    """
    for start, part in _MIDDLE.items():
        if name.startswith(start):
            return PART[part]
    for start, part in _SIDED.items():
        if name.startswith(start):
            return PART[("left_" if name.endswith(".L") else "right_") + part]
    raise KeyError(name)


def part_of_bones(names: list[str]) -> NDArray[np.uint8]:
    """Parts of several bones, ``(J,)``."""
    return np.array([part_of_bone(name) for name in names], np.uint8)
