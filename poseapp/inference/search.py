"""Where to look for a person in a picture, from coarse to fine."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SCALES = (1.0, 0.6, 0.36)
OVERLAP = 0.5


def candidate_windows(width: int, height: int) -> Iterator[NDArray[np.float64]]:
    """Groups of square windows to try, the likeliest first.

    The first group is the whole frame and squares as large as its shorter side; the next ones are smaller
    squares that overlap by half.

    Args:
        width: Of the picture, pixels.
        height: Of the picture, pixels.

    Yields:
        Windows ``(N, 4)`` xyxy; the whole frame reaches over the border to stay square.
    """
    short, long = min(width, height), max(width, height)
    for scale in SCALES:
        side = short * scale
        windows = [(x, y, x + side, y + side) for y in _starts(height, side) for x in _starts(width, side)]
        if scale == 1.0 and long > 1.1 * short:
            middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
            windows.insert(
                0, (middle_x - long / 2, middle_y - long / 2, middle_x + long / 2, middle_y + long / 2)
            )
        yield np.array(windows)


def _starts(length: int, side: float) -> NDArray[np.float64]:
    """Left edges of windows of this side that cover ``length`` with overlap."""
    spare = length - side
    if spare <= 1:
        return np.array([spare / 2 - 0.5])
    count = int(np.ceil(spare / (side * (1 - OVERLAP)))) + 1
    return np.linspace(-0.5, spare - 0.5, count)
