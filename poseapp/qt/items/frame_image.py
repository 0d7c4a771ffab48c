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
        x, y = view.offset
        x0, y0 = max(0, math.floor(-x / zoom)), max(0, math.floor(-y / zoom))
        x1 = min(width, math.ceil((view.canvas_wh[0] - x) / zoom))
        y1 = min(height, math.ceil((view.canvas_wh[1] - y) / zoom))
        if x1 <= x0 or y1 <= y0:
            self._ready = None
            return
        part = image[y0:y1, x0:x1]
        self._target = QRectF(x + x0 * zoom, y + y0 * zoom, (x1 - x0) * zoom, (y1 - y0) * zoom)
        if zoom * ratio < 1.0:
            import cv2  # on the first frame only: the window opens sooner

            size = (max(1, round((x1 - x0) * zoom * ratio)), max(1, round((y1 - y0) * zoom * ratio)))
            part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
            # Exactly screen pixels, so that painting copies and does not blur again.
            left, top = round(self._target.x() * ratio) / ratio, round(self._target.y() * ratio) / ratio
            self._target = QRectF(left, top, size[0] / ratio, size[1] / ratio)
        part = np.ascontiguousarray(part)
        rows, columns = part.shape[:2]
        rgb = QImage(part.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._ready = rgb.convertToFormat(QImage.Format.Format_RGB32)  # copies: `part` may go
