"""Where in a picture there is something to light: work is saved on the rest."""

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE = 16


def tiles(covered: NDArray[np.bool_] | None) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Rectangles that hold all that is covered.

    Args:
        covered: ``(H, W)`` pixels with something in their middle; None for the whole picture.

    Returns:
        Corners ``(4 n, 2)`` in 0..1 of the picture and triangles ``(2 n, 3)`` of them; none share pixels.
    """
    if covered is None:
        where, width, height, side = np.zeros((1, 2), np.int64), 1, 1, 1
    else:
        height, width = covered.shape
        side = _SIDE
        near = cv2.dilate(
            covered.view(np.uint8), np.ones((5, 5), np.uint8)
        )  # silhouettes pass beside middles
        padded = np.zeros((-(-height // side) * side, -(-width // side) * side), np.uint8)
        padded[:height, :width] = near
        blocks = padded.reshape(padded.shape[0] // side, side, -1, side).max(axis=(1, 3))
        where = np.argwhere(blocks)[:, ::-1]
    corners = where[:, None] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    size = np.array([width, height])
    places = np.minimum(corners * side, size) / size
    faces = 4 * np.arange(len(where))[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
    return places.reshape(-1, 2).astype(np.float32), faces.reshape(-1, 3).astype(np.uint32)
