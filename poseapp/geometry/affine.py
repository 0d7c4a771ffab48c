"""Crops as 2x3 affine matrices.

The one place that says where pixel (0, 0) is: integer coordinates lie at pixel centres, so an image of
width W covers x from -0.5 to W - 0.5, and its whole-frame box is ``(-0.5, -0.5, W - 0.5, H - 0.5)``.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def frame_box(width: int, height: int) -> Matrix:
    """Return the xyxy box ``(4,)`` that covers a whole image."""
    return np.array([-0.5, -0.5, width - 0.5, height - 0.5])


def crop_matrix(
    box_xyxy: NDArray[np.floating],
    size_wh: tuple[int, int],
    rotation_rad: float = 0.0,
    scale: float = 1.0,
    flip: bool = False,
) -> Matrix:
    """Matrix that maps image pixels to crop pixels.

    The box, enlarged by ``scale`` about its centre and then on its shorter side to the crop's aspect
    ratio, fills the crop.

    Args:
        box_xyxy: Box ``(4,)`` in image pixels.
        size_wh: Crop width and height in pixels.
        rotation_rad: Rotation of the content about the box centre, positive turns x towards y (clockwise
            on screen).
        scale: Enlargement of the box; above 1 shows more context.
        flip: Mirror the crop left to right.

    Returns:
        Matrix ``(2, 3)``.
    """
    x1, y1, x2, y2 = (float(v) for v in box_xyxy)
    width, height = size_wh
    box_w, box_h = max(x2 - x1, 1e-3) * scale, max(y2 - y1, 1e-3) * scale
    zoom = min(width / box_w, height / box_h)
    cos, sin = np.cos(rotation_rad) * zoom, np.sin(rotation_rad) * zoom
    linear = np.array([[cos, -sin], [sin, cos]])
    if flip:
        linear[0] *= -1
    centre = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
    target = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.hstack([linear, (target - linear @ centre)[:, None]])


def invert(matrix: Matrix) -> Matrix:
    """Inverse ``(2, 3)`` of an affine matrix."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])


def apply(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map points ``(..., 2)``; NaN stays NaN."""
    return np.asarray(points, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2]


def warp(image: np.ndarray, matrix: Matrix, size_wh: tuple[int, int], fill: int = 0) -> np.ndarray:
    """Sample ``image`` ``(H, W, 3)`` into a crop ``(height, width, 3)``; outside the image is ``fill``.

    Strong reductions are averaged first, so that thin limbs do not vanish between samples.
    """
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if zoom < 0.5:
        image, matrix = _reduce(image, matrix, size_wh, int(1 / zoom))
    return cv2.warpAffine(
        image,
        matrix,
        size_wh,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(fill, fill, fill),
    )


def _reduce(
    image: np.ndarray, matrix: Matrix, size_wh: tuple[int, int], factor: int
) -> tuple[np.ndarray, Matrix]:
    """The part of the image that the crop shows, reduced by a whole factor, and the matrix that goes with
    it."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [size_wh[0], 0], [0, size_wh[1]], list(size_wh)], dtype=np.float64) - 0.5
    seen = apply(invert(matrix), corners)
    left, top = np.clip(np.floor(seen.min(0)).astype(int) - factor, 0, (width - 1, height - 1))
    right, bottom = np.clip(
        np.ceil(seen.max(0)).astype(int) + factor + 1, (left + 1, top + 1), (width, height)
    )
    part = image[top:bottom, left:right]
    small_w, small_h = max(1, (right - left) // factor), max(1, (bottom - top) // factor)
    reduced = cv2.resize(part, (small_w, small_h), interpolation=cv2.INTER_AREA)
    zoom_x, zoom_y = (right - left) / small_w, (bottom - top) / small_h
    grow = np.array([[zoom_x, 0, (zoom_x - 1) / 2 + left], [0, zoom_y, (zoom_y - 1) / 2 + top], [0, 0, 1]])
    return reduced, matrix @ grow
