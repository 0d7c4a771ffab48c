"""Shapes of hands, as angles of the fingers, and the rotations they mean.

A hand is ``(5, 4)`` degrees. Row 0, the thumb: towards the palm, away from the index finger, bend of its
knuckle, bend of its tip. Rows 1..4, index to little finger: spread towards the thumb, then the bend of the
three joints. Ranges: AAOS (1965): knuckle 90, middle joint 100, last joint 80; thumb knuckle 50, tip 80.
"""

import numpy as np

from poseapp.synth.motion.limits import Floats
from poseapp.synth.motion.rotations import about, from_vectors, unit

LEAST = np.array([[-10, -15, -10, -15], *[[-20, -20, 0, -5]] * 4], np.float64)
MOST = np.array([[60, 40, 50, 80], *[[20, 90, 100, 80]] * 4], np.float64)

_SHAPES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "relaxed": ((10, 5, 5, 10), (2, 18, 25, 12), (0, 24, 30, 15), (-2, 28, 33, 16), (-5, 30, 32, 15)),
    "flat": ((0, 8, 0, 0), (2, 2, 4, 2), (0, 2, 4, 2), (-1, 2, 4, 2), (-3, 2, 4, 2)),
    "spread": ((-5, 35, 0, 0), (14, 0, 4, 2), (3, 0, 4, 2), (-8, 0, 4, 2), (-18, 0, 4, 2)),
    "fist": ((45, 0, 35, 45), (0, 82, 95, 55), (0, 86, 98, 60), (0, 88, 98, 60), (0, 88, 95, 55)),
    "grip": ((45, 10, 20, 25), (2, 55, 60, 30), (0, 60, 62, 30), (-2, 62, 62, 30), (-4, 62, 58, 28)),
    "wide_grip": ((35, 25, 10, 15), (6, 30, 35, 18), (0, 32, 38, 20), (-4, 34, 38, 20), (-9, 34, 36, 18)),
    "point": ((45, 0, 30, 40), (0, 5, 8, 4), (0, 80, 92, 50), (0, 85, 95, 55), (0, 85, 92, 50)),
    "peace": ((50, 0, 40, 50), (10, 2, 5, 3), (-8, 2, 5, 3), (0, 85, 95, 55), (0, 85, 92, 50)),
    "thumb_up": ((-10, 30, -5, -10), (0, 82, 95, 55), (0, 86, 98, 60), (0, 88, 98, 60), (0, 88, 95, 55)),
    "pinch": ((45, 10, 25, 30), (4, 48, 45, 20), (0, 30, 35, 18), (-4, 25, 30, 15), (-8, 20, 26, 12)),
    "cup": ((25, 15, 10, 10), (3, 30, 20, 10), (0, 32, 22, 10), (-3, 34, 22, 10), (-6, 36, 22, 10)),
}
SHAPES = {name: np.array(rows, np.float64) for name, rows in _SHAPES.items()}
_COMMON = (
    "relaxed",
    "flat",
    "spread",
    "fist",
    "grip",
    "wide_grip",
    "point",
    "peace",
    "thumb_up",
    "pinch",
    "cup",
)
_SHARES = np.array([0.34, 0.1, 0.08, 0.1, 0.1, 0.08, 0.05, 0.03, 0.03, 0.04, 0.05])


def sample_hand(rng: np.random.Generator, shape: str | None = None) -> Floats:
    """A hand ``(5, 4)`` in degrees inside the limits: two shapes blended, then stirred.

    Args:
        rng: Source of chance.
        shape: Name in `SHAPES` that it mostly has; None for any.
    """
    first = shape or str(rng.choice(_COMMON, p=_SHARES / _SHARES.sum()))
    second = str(rng.choice(_COMMON, p=_SHARES / _SHARES.sum()))
    share = rng.uniform(0, 0.25 if shape else 0.5)
    hand = (1 - share) * SHAPES[first] + share * SHAPES[second]
    hand = hand + rng.normal(0, 1, (5, 4)) * (2, 5, 6, 4)
    return np.clip(hand, LEAST, MOST)


def finger_rotations(fingers: Floats, zero: dict[str, Floats], thumb_axis: Floats) -> dict[str, Floats]:
    """Rotations ``(B, 2, 3, 3)`` of each finger bone, by its name without the side.

    Args:
        fingers: ``(B, 2, 5, 4)`` radians.
        zero: From the reference to the zero pose, see `anatomy.Anatomy`.
        thumb_axis: ``(3,)`` direction of the thumb in the hand's axes.
    """
    hand = zero["hand"]
    out: dict[str, Floats] = {}
    # The thumb curls towards the palm and the little finger.
    curl = unit(np.cross(thumb_axis, np.array([-0.6, 0.0, -0.8])))
    thumb = fingers[:, :, 0]
    base = about(1, -thumb[..., 0]) @ about(0, -0.8 * thumb[..., 1])
    out["finger1-1"] = hand.T @ base @ hand
    for part in (1, 2):
        turned = from_vectors(thumb[..., part + 1, None] * curl)
        out[f"finger1-{part + 1}"] = hand.T @ turned @ hand
    for finger in range(2, 6):
        bend = fingers[:, :, finger - 1]
        first, second = zero[f"finger{finger}-1"], zero[f"finger{finger}-2"]
        knuckle = about(0, -bend[..., 0]) @ about(2, -bend[..., 1])
        out[f"finger{finger}-1"] = hand.T @ knuckle @ first
        out[f"finger{finger}-2"] = first.T @ about(2, -bend[..., 2]) @ second
        out[f"finger{finger}-3"] = second.T @ about(2, -bend[..., 3]) @ second
    return out
