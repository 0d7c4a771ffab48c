"""Which predicted people nobody has labelled yet."""

from __future__ import annotations

import numpy as np

from poseapp.labels.instance import Instance


def overlap(a: Instance, b: Instance) -> float:
    """Intersection over union of the two people's boxes, 0 where one has no point."""
    boxes = []
    for person in (a, b):
        points = person.points[np.isfinite(person.points).all(axis=1)]
        if len(points) == 0:
            return 0.0
        boxes.append((points.min(axis=0) - 1, points.max(axis=0) + 1))
    (lo_a, hi_a), (lo_b, hi_b) = boxes
    inter = np.clip(np.minimum(hi_a, hi_b) - np.maximum(lo_a, lo_b), 0, None).prod()
    return float(inter / ((hi_a - lo_a).prod() + (hi_b - lo_b).prod() - inter))


def not_yet_labelled(predicted: list[Instance], labelled: list[Instance], min_iou: float = 0.25) -> list[int]:
    """Which predicted people are still without a label.

    Each label takes the prediction it overlaps most. Where a frame has no more predicted people than labels,
    the labels have replaced them all, however far off the predictions were.

    Returns:
        Indices into `predicted`, ascending.
    """
    if len(predicted) <= len(labelled):
        return []
    free = set(range(len(predicted)))
    for label in labelled:
        best = max(free, key=lambda i: overlap(predicted[i], label), default=None)
        if best is not None and overlap(predicted[best], label) >= min_iou:
            free.discard(best)
    return sorted(free)
