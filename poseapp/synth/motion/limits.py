"""Joint angles that describe a pose, and how far each may go.

Degrees. Zero is a person standing upright with the arms hanging, thumbs forward. Ranges of motion: American
Academy of Orthopaedic Surgeons, *Joint Motion* (1965), and Norkin & White, *Measurement of Joint Motion* (5th
ed., 2016); where a sport goes beyond the mean of healthy adults (splits, squats) the upper end that Norkin &
White report for athletes is taken. The shoulder's cone follows the joint sinus cones of Engin & Tumer (1989).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

# name: (least, most, how much chance may stir it)
TRUNK_LIMITS: dict[str, tuple[float, float, float]] = {
    "lumbar": (-30.0, 60.0, 5.0),  # flexion is forward
    "thorax": (-20.0, 35.0, 4.0),
    "side_bend": (-35.0, 35.0, 4.0),  # to the left
    "trunk_twist": (-45.0, 45.0, 6.0),  # turns to the left
    "neck": (-60.0, 50.0, 9.0),
    "neck_bend": (-40.0, 40.0, 6.0),
    "neck_twist": (-75.0, 75.0, 14.0),
}
SIDE_LIMITS: dict[str, tuple[float, float, float]] = {
    "clavicle_up": (-10.0, 30.0, 4.0),  # on top of what follows from raising the arm
    "clavicle_forward": (-20.0, 25.0, 4.0),
    "arm_out": (-140.0, 140.0, 9.0),  # these two: swing away from ARM_POLE, see `ARM_CONE`
    "arm_upward": (-140.0, 140.0, 9.0),
    "arm_twist": (-90.0, 95.0, 10.0),  # internal rotation is positive
    "elbow": (0.0, 150.0, 10.0),
    "pronation": (-85.0, 80.0, 16.0),
    "wrist": (-65.0, 75.0, 12.0),  # flexion is positive
    "wrist_side": (-30.0, 20.0, 6.0),  # towards the thumb
    "hip": (-30.0, 130.0, 7.0),
    "hip_out": (-30.0, 80.0, 5.0),
    "hip_turn": (-45.0, 55.0, 6.0),  # toes outwards
    "knee": (0.0, 155.0, 8.0),
    "ankle": (-50.0, 30.0, 5.0),  # toes up is positive
    "foot_in": (-15.0, 30.0, 4.0),  # sole towards the middle
    "toes": (-20.0, 65.0, 4.0),  # up
}
TRUNK = tuple(TRUNK_LIMITS)
SIDE = tuple(SIDE_LIMITS)
SIZE = len(TRUNK) + 2 * len(SIDE)  # angles of a pose: trunk, left, right
NAMES = (*TRUNK, *(f"{name}.L" for name in SIDE), *(f"{name}.R" for name in SIDE))
_ROWS = np.array([*TRUNK_LIMITS.values(), *SIDE_LIMITS.values(), *SIDE_LIMITS.values()])
LEAST, MOST, STIR = _ROWS[:, 0], _ROWS[:, 1], _ROWS[:, 2]

# Middle of the upper arm's reach in the trunk's axes (outwards, up, forward); swings are measured from here
# so that the one direction where they are singular, opposite, is out of reach.
ARM_POLE = np.array([0.52, -0.52, 0.678])
# How far the upper arm can swing from there, every 30 degrees, from outwards by way of upward, inwards, down.
ARM_CONE = np.array([88.0, 96.0, 114.0, 123.0, 123.0, 108.0, 93.0, 88.0, 80.0, 84.0, 106.0, 90.0])

_MIRROR_ORDER = np.r_[
    np.arange(len(TRUNK)), len(TRUNK) + len(SIDE) + np.arange(len(SIDE)), len(TRUNK) + np.arange(len(SIDE))
]
_MIRROR_SIGN = np.ones(SIZE)
_MIRROR_SIGN[[TRUNK.index(name) for name in ("side_bend", "trunk_twist", "neck_bend", "neck_twist")]] = -1
_ARMS = np.array([NAMES.index("arm_out.L"), NAMES.index("arm_out.R")])


def index(name: str, side: str = "") -> int:
    """Place of an angle in a pose's ``(SIZE,)`` angles; ``side`` is "L", "R" or nothing for the trunk."""
    return NAMES.index(f"{name}.{side}" if side else name)


def arm_reach(outwards: Floats, upward: Floats) -> Floats:
    """Most degrees of swing that `ARM_CONE` allows in the direction of these."""
    turn = np.degrees(np.arctan2(upward, outwards)) % 360 / 30
    low = np.floor(turn).astype(int)
    share = turn - low
    return ARM_CONE[low % 12] * (1 - share) + ARM_CONE[(low + 1) % 12] * share


def clamp(angles: Floats) -> Floats:
    """Angles ``(…, SIZE)`` in degrees brought inside the limits, the nearest there are by angle."""
    out = np.clip(angles, LEAST, MOST)
    outwards, upward = out[..., _ARMS], out[..., _ARMS + 1]
    swing = np.hypot(outwards, upward)
    shrink = np.minimum(1.0, arm_reach(outwards, upward) / np.maximum(swing, 1e-9))
    out[..., _ARMS] = outwards * shrink
    out[..., _ARMS + 1] = upward * shrink
    return out


def mirror_angles(angles: Floats) -> Floats:
    """The pose seen in a mirror: left and right change places."""
    return angles[..., _MIRROR_ORDER] * _MIRROR_SIGN
