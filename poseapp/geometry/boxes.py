"""Boxes around people: xyxy floats in pixels, integer coordinates at pixel centres.

An image of width W therefore spans x from -0.5 to W - 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def box_of_points(
    points: ArrayLike, visibility: ArrayLike | None = None, pad: float = 0.0
) -> FloatArray | None:
    """Return the tight box of the labelled keypoints of one person.

    Args:
        points: Keypoints `(K, 2)` x, y in pixels; NaN or infinite where unlabelled.
        visibility: COCO visibility `(K,)`; keypoints with 0 are left out. None uses every finite keypoint.
        pad: Margin added on each side, as a share of the longer side of the tight box.

    Returns:
        Box `(4,)` xyxy in pixels, or None where no keypoint is labelled. One keypoint: size zero.
    """
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    keep = np.isfinite(xy).all(axis=1)
    if visibility is not None:
        keep &= np.asarray(visibility).reshape(-1) > 0
    if not keep.any():
        return None
    low, high = xy[keep].min(axis=0), xy[keep].max(axis=0)
    margin = pad * float((high - low).max())
    return np.concatenate([low - margin, high + margin])


def iou(boxes_a: ArrayLike, boxes_b: ArrayLike) -> FloatArray:
    """Return intersection over union of boxes, broadcasting over all axes but the last.

    Two `(4,)` boxes give a scalar array; `iou(a[:, None], b[None])` of `(N, 4)` and `(M, 4)` gives `(N, M)`.
    Boxes of size zero, inverted boxes and boxes with NaN overlap nothing: 0.

    Args:
        boxes_a: Boxes `(..., 4)` xyxy.
        boxes_b: Boxes `(..., 4)` xyxy.

    Returns:
        Values in [0, 1].
    """
    a, b = np.asarray(boxes_a, dtype=np.float64), np.asarray(boxes_b, dtype=np.float64)
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=-1)
    union = box_area(a) + box_area(b) - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(union > 0, shared / union, 0.0)
    return np.nan_to_num(value, nan=0.0, posinf=0.0)


def box_area(boxes: ArrayLike) -> FloatArray:
    """Return the area of boxes `(..., 4)` xyxy in square pixels; 0 for inverted boxes."""
    b = np.asarray(boxes, dtype=np.float64)
    return np.asarray(np.clip(b[..., 2:] - b[..., :2], 0.0, None).prod(axis=-1))


def clip_box(box: ArrayLike, width: int, height: int) -> FloatArray:
    """Return boxes `(..., 4)` xyxy cut to an image of `width` x `height` pixels.

    A box wholly outside becomes a box of size zero on the border nearest to it.
    """
    limits = np.array([width, height, width, height], dtype=np.float64) - 0.5
    return np.clip(np.asarray(box, dtype=np.float64), -0.5, limits)


def square_box(box: ArrayLike, scale: float = 1.0, min_side: float = 1.0) -> FloatArray:
    """Return squares around the centres of boxes.

    Args:
        box: Boxes `(..., 4)` xyxy.
        scale: Side of the square over the longer side of the box.
        min_side: Least side in pixels, so that a box of size zero still gives a crop.

    Returns:
        Boxes `(..., 4)` xyxy; they may reach over the border of the image.
    """
    b = np.asarray(box, dtype=np.float64)
    centre = (b[..., :2] + b[..., 2:]) / 2
    side = np.maximum((b[..., 2:] - b[..., :2]).max(axis=-1, keepdims=True) * scale, min_side)
    return np.concatenate([centre - side / 2, centre + side / 2], axis=-1)
