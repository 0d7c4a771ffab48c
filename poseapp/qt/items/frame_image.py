"""The video frame as painted: only what is in view, averaged when shrunk, single pixels when enlarged."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from poseapp.qt.items.view_transform import ViewTransform

NEAREST_FROM_ZOOM = 2.0


class FrameImage:
    """Keeps the frame ready to paint, so that repainting while something is dragged costs one copy.

    Attributes:
        image: `(H, W, 3)` uint8 RGB, or None.
        frame_idx: which frame it is, -1 for none.
        is_proxy: whether it is a low-resolution stand-in (its size then differs from the frame's).
    """

    def __init__(self) -> None:
        self.image: np.ndarray | None = None
        self.frame_idx = -1
        self.is_proxy = False
        self._key: tuple[object, ...] = ()
        self._ready: QImage | None = None
        self._target = QRectF()

    def set(self, image: np.ndarray | None, frame_idx: int, is_proxy: bool = False) -> None:
        """Show another frame."""
        self.image, self.frame_idx, self.is_proxy = image, frame_idx, is_proxy
        self._key = ()

    def paint(self, painter: QPainter, view: ViewTransform, ratio: float) -> None:
        """Paint what of the frame is in view.

        Args:
            painter: in canvas coordinates.
            view: where the frame lies.
            ratio: screen pixels for a logical pixel.
        """
        if self.image is None:
            return
        key = (view.zoom, view.offset, view.canvas_wh, view.frame_wh, ratio)
        if key != self._key:
            self._prepare(self.image, view, ratio)
            self._key = key
        if self._ready is not None:
            zoom = view.zoom * ratio * view.frame_wh[0] / self.image.shape[1]
            smooth = 1.0 < zoom < NEAREST_FROM_ZOOM or (self.is_proxy and zoom > 1.0)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(self._target, self._ready)

    def _prepare(self, image: np.ndarray, view: ViewTransform, ratio: float) -> None:
        """Cut out what is in view and shrink it to screen pixels where it is larger than them."""
        height, width = image.shape[:2]
        zoom = view.zoom * view.frame_wh[0] / width  # canvas pixels for a pixel of this image
        halvings = max(0, math.floor(-math.log2(zoom * ratio)))
        x0, x1 = _in_view(view.offset[0], zoom, view.canvas_wh[0], width, 1 << halvings)
        y0, y1 = _in_view(view.offset[1], zoom, view.canvas_wh[1], height, 1 << halvings)
        if x1 <= x0 or y1 <= y0:
            self._ready = None
            return
        part = image[y0:y1, x0:x1]
        x, y = view.offset[0] + x0 * zoom, view.offset[1] + y0 * zoom
        self._target = QRectF(x, y, (x1 - x0) * zoom, (y1 - y0) * zoom)
        if zoom * ratio < 1.0:
            size = (max(1, round((x1 - x0) * zoom * ratio)), max(1, round((y1 - y0) * zoom * ratio)))
            part = _shrunk(part, halvings, size)
            # Exactly screen pixels, so that painting copies and does not blur again.
            left, top = round(x * ratio) / ratio, round(y * ratio) / ratio
            self._target = QRectF(left, top, size[0] / ratio, size[1] / ratio)
        part = np.ascontiguousarray(part)
        rows, columns = part.shape[:2]
        rgb = QImage(part.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._ready = rgb.convertToFormat(QImage.Format.Format_RGB32)  # copies: `part` may go


def _in_view(offset: float, zoom: float, canvas: float, size: int, step: int) -> tuple[int, int]:
    """First and last + 1 image pixel in view along one axis, multiples of `step`."""
    first = max(0, math.floor(-offset / zoom) // step * step)
    last = min(size, -(-math.ceil((canvas - offset) / zoom) // step) * step)
    return first, max(last // step * step, min(size, step)) if last > first else first


def _shrunk(part: np.ndarray, halvings: int, size: tuple[int, int]) -> np.ndarray:
    """Mean of 2 x 2 pixels as often as it fits, then linear: many times faster than the mean of any area."""
    import cv2  # on the first frame only: the window opens sooner

    for _ in range(halvings):
        height, width = part.shape[:2]
        half = (max(1, width // 2), max(1, height // 2))
        part = cv2.resize(part, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
