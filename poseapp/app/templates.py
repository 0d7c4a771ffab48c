"""A pose to start a new label from: where each keypoint goes in a box."""

from __future__ import annotations

import numpy as np

from poseapp.labels.skeleton import Skeleton

# x to the right of the picture, y down, box 0..1; a person who faces the camera: their left is at large x.
UPRIGHT: dict[str, tuple[float, float]] = {
    "head_top": (0.50, 0.00),
    "head": (0.50, 0.03),
    "nose": (0.50, 0.08),
    "left_eye": (0.54, 0.06),
    "left_ear": (0.60, 0.075),
    "jaw": (0.50, 0.12),
    "upper_neck": (0.50, 0.14),
    "neck": (0.50, 0.16),
    "neck_base": (0.50, 0.16),
    "thorax": (0.50, 0.19),
    "left_shoulder": (0.74, 0.20),
    "left_elbow": (0.86, 0.36),
    "left_wrist": (0.92, 0.50),
    "spine": (0.50, 0.35),
    "pelvis": (0.50, 0.51),
    "hip": (0.50, 0.51),
    "root": (0.50, 0.51),
    "left_hip": (0.64, 0.52),
    "left_knee": (0.65, 0.74),
    "left_ankle": (0.66, 0.95),
    "left_foot": (0.66, 0.95),
    "left_heel": (0.65, 0.98),
    "left_big_toe": (0.68, 1.00),
    "left_small_toe": (0.74, 0.99),
}
# Of the standing person for a height of 1.
_WIDTH = 0.5


def place_of(name: str) -> tuple[float, float] | None:
    """Where a keypoint of this name is in the box, or None for a name that says nothing."""
    key = name.lower().replace(" ", "_").replace("-", "_")
    if key.startswith("right_"):
        mirrored = UPRIGHT.get("left_" + key.removeprefix("right_"))
        return None if mirrored is None else (1.0 - mirrored[0], mirrored[1])
    return UPRIGHT.get(key)


def knows(skeleton: Skeleton) -> bool:
    """Whether every keypoint's name has a place in the standing person."""
    return all(place_of(name) is not None for name in skeleton.keypoints)


def fitted(points: np.ndarray, box_xyxy: tuple[float, float, float, float]) -> np.ndarray:
    """A pose stretched to fill a box.

    Args:
        points: `(K, 2)`, NaN where unlabelled; at least one is not.
        box_xyxy: in pixels.
    """
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    x0, y0, x1, y1 = box_xyxy
    unit = (points - low) / np.maximum(high - low, 1e-9)
    return np.array([x0, y0]) + unit * np.array([x1 - x0, y1 - y0])


def template_points(skeleton: Skeleton, box_xyxy: tuple[float, float, float, float]) -> np.ndarray:
    """A pose of the skeleton that fills a box.

    Args:
        skeleton: any skeleton; it is posed as its `pose` says, else by the names of its keypoints.
        box_xyxy: in pixels.

    Returns:
        Points `(K, 2)` in pixels, all within the box.
    """
    return fitted(rest_pose(skeleton), box_xyxy)


def rest_pose(skeleton: Skeleton) -> np.ndarray:
    """A skeleton's own resting pose `(K, 2)`, y down, else one made of its names within 0..1.

    Keypoints without a known name stand on an ellipse.
    """
    if skeleton.pose:
        return np.array(skeleton.pose, dtype=np.float64)
    num = skeleton.num_keypoints
    angles = np.linspace(0, 2 * np.pi, num, endpoint=False) - np.pi / 2
    unit = 0.5 + 0.45 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for k, name in enumerate(skeleton.keypoints):
        place = place_of(name)
        if place is not None:
            unit[k] = (place[0] - 0.5) * _WIDTH + 0.5, place[1]
    return unit
