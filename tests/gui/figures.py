"""The person the window tests draw."""

from __future__ import annotations

import numpy as np

WIDTH, HEIGHT, NUM_FRAMES = 320, 240, 24


def true_points(frame_idx: int) -> np.ndarray:
    """The drawn person's COCO-17 keypoints ``(17, 2)`` in a frame: somebody walks to the right."""
    shape = np.array(
        [
            [0, -70], [4, -74], [-4, -74], [9, -72], [-9, -72], [18, -50], [-18, -50], [26, -25], [-26, -25],
            [30, 0], [-30, 0], [11, 0], [-11, 0], [12, 35], [-12, 35], [13, 70], [-13, 70],
        ],
        dtype=np.float64,
    )  # fmt: skip
    return shape + np.array([100.0 + 3.0 * frame_idx, 130.0])
