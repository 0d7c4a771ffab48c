"""Forward and inverse kinematics of limbs, in metres and radians, right-handed with Y up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def rotation(axis: str | ArrayLike, angle_rad: float) -> FloatArray:
    """Return the matrix `(3, 3)` that turns column vectors about an axis by the right-hand rule.

    Args:
        axis: "x", "y", "z" or a vector `(3,)` of any length above zero.
        angle_rad: Angle in radians.

    Raises:
        ValueError: The axis is the zero vector or an unknown letter.
    """
    if isinstance(axis, str):
        if axis not in "xyz" or len(axis) != 1:
            raise ValueError(f"unknown axis {axis!r}: use x, y, z or a vector")
        axis = np.eye(3)["xyz".index(axis)]
    x, y, z = unit(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross)


def unit(vector: ArrayLike) -> FloatArray:
    """Return a vector `(3,)` scaled to length 1.

    Raises:
        ValueError: The vector is zero.
    """
    v = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(v))
    if length == 0:
        raise ValueError("a vector of length zero has no direction")
    return v / length


def frame_along(up: ArrayLike, left: ArrayLike) -> FloatArray:
    """Return the rotation `(3, 3)` with columns left, up, forward.

    `up` is kept exactly, `left` is made perpendicular to it; forward = left x up.

    Raises:
        ValueError: `up` and `left` are parallel.
    """
    y = unit(up)
    side = np.asarray(left, dtype=np.float64)
    x = unit(side - y * (side @ y))
    return np.stack([x, y, np.cross(x, y)], axis=1)


def bend_two_bones(
    start: ArrayLike, end: ArrayLike, length_a: float, length_b: float, towards: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Place the middle joint of a limb of two bones (knee, elbow) between its ends.

    Args:
        start: Fixed end `(3,)` in metres.
        end: Wanted place `(3,)` of the other end; out of reach it is pulled back onto the line from `start`.
        length_a: Length of the bone at `start`.
        length_b: Length of the bone at `end`.
        towards: Direction `(3,)` in which the middle joint points out; only its part across the limb counts.

    Returns:
        Middle joint `(3,)` and the end that was reached `(3,)`.

    Raises:
        ValueError: `start` and `end` coincide, or `towards` runs along the limb.
    """
    a, wanted = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    along = unit(wanted - a)
    reach = float(np.clip(np.linalg.norm(wanted - a), abs(length_a - length_b), length_a + length_b))
    foot = (reach**2 + length_a**2 - length_b**2) / (2 * reach) if reach > 0 else 0.0
    out = np.asarray(towards, dtype=np.float64)
    out = unit(out - along * (out @ along))
    height = np.sqrt(max(length_a**2 - foot**2, 0.0))
    return a + along * foot + out * height, a + along * reach
