"""Where the frame lies on the canvas: zoom and pan in plain numbers.

Frame coordinates have pixel centres at integers, so the frame covers -0.5 .. width - 0.5. Canvas coordinates
are logical pixels from the top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_ZOOM = 64.0
MIN_SIZE_PX = 40.0  # the frame never gets smaller than this on the canvas
KEEP_PX = 60.0  # so much of the frame stays on the canvas when panning


@dataclass
class ViewTransform:
    """Zoom and pan of one canvas.

    Attributes:
        canvas_wh: size of the canvas.
        frame_wh: size of the frame in pixels.
        zoom: canvas pixels for a frame pixel.
        offset: `(x, y)` canvas position of the frame's top left corner.
        is_fit: whether the whole frame is kept in view when sizes change.
        margin: `(left, top, right, bottom)` kept free around a fitted frame.
    """

    canvas_wh: tuple[float, float] = (1.0, 1.0)
    frame_wh: tuple[int, int] = (1, 1)
    zoom: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    is_fit: bool = True
    margin: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def fit(self) -> None:
        """Show the whole frame, centred; small frames are enlarged at most 8 times."""
        left, top, right, bottom = self.margin
        free_w = max(self.canvas_wh[0] - left - right, 1.0)
        free_h = max(self.canvas_wh[1] - top - bottom, 1.0)
        self.zoom = min(free_w / self.frame_wh[0], free_h / self.frame_wh[1], 8.0)
        self.offset = (
            left + (free_w - self.frame_wh[0] * self.zoom) / 2,
            top + (free_h - self.frame_wh[1] * self.zoom) / 2,
        )
        self.is_fit = True

    def set_canvas(self, width: float, height: float) -> None:
        """The canvas has a new size: keep the fit, or the frame point in the middle."""
        old = self.canvas_wh
        self.canvas_wh = (max(width, 1.0), max(height, 1.0))
        if self.is_fit:
            self.fit()
        else:
            self._move_to(
                self.offset[0] + (self.canvas_wh[0] - old[0]) / 2,
                self.offset[1] + (self.canvas_wh[1] - old[1]) / 2,
            )

    def set_frame(self, width: int, height: int) -> None:
        """Another frame size: fit it."""
        if (width, height) != self.frame_wh:
            self.frame_wh = (max(width, 1), max(height, 1))
            self.fit()

    def zoom_by(self, factor: float, anchor: tuple[float, float]) -> None:
        """Zoom so that the frame point under `anchor` (canvas) stays there."""
        self.zoom_to(self.zoom * factor, anchor)

    def zoom_to(self, zoom: float, anchor: tuple[float, float] | None = None) -> None:
        """Set the zoom; `anchor` (canvas; default its middle) stays where it is."""
        ax, ay = anchor or (self.canvas_wh[0] / 2, self.canvas_wh[1] / 2)
        zoom = min(max(zoom, MIN_SIZE_PX / max(self.frame_wh)), MAX_ZOOM)
        fx, fy = (ax - self.offset[0]) / self.zoom, (ay - self.offset[1]) / self.zoom
        self.zoom, self.is_fit = zoom, False
        self._move_to(ax - fx * zoom, ay - fy * zoom)

    def pan(self, dx: float, dy: float) -> None:
        """Move the frame by canvas pixels."""
        self.is_fit = False
        self._move_to(self.offset[0] + dx, self.offset[1] + dy)

    def show_box(self, box_xyxy: tuple[float, float, float, float], share: float = 0.7) -> None:
        """Zoom so that a box of the frame fills this share of the canvas."""
        x0, y0, x1, y1 = box_xyxy
        wanted = min(self.canvas_wh[0] / max(x1 - x0, 1.0), self.canvas_wh[1] / max(y1 - y0, 1.0)) * share
        self.zoom, self.is_fit = min(max(wanted, MIN_SIZE_PX / max(self.frame_wh)), 16.0), False
        self._move_to(
            self.canvas_wh[0] / 2 - ((x0 + x1) / 2 + 0.5) * self.zoom,
            self.canvas_wh[1] / 2 - ((y0 + y1) / 2 + 0.5) * self.zoom,
        )

    def _move_to(self, x: float, y: float) -> None:
        keep = [min(KEEP_PX, size * self.zoom) for size in self.frame_wh]
        x = min(max(x, keep[0] - self.frame_wh[0] * self.zoom), self.canvas_wh[0] - keep[0])
        y = min(max(y, keep[1] - self.frame_wh[1] * self.zoom), self.canvas_wh[1] - keep[1])
        self.offset = (x, y)

    def to_canvas(self, points: np.ndarray) -> np.ndarray:
        """Frame points `(..., 2)` on the canvas."""
        return (np.asarray(points, np.float64) + 0.5) * self.zoom + np.asarray(self.offset)

    def to_frame(self, points: np.ndarray) -> np.ndarray:
        """Canvas points `(..., 2)` in the frame."""
        return (np.asarray(points, np.float64) - np.asarray(self.offset)) / self.zoom - 0.5

    def frame_rect(self) -> tuple[float, float, float, float]:
        """`(x, y, width, height)` of the frame on the canvas."""
        return (*self.offset, self.frame_wh[0] * self.zoom, self.frame_wh[1] * self.zoom)
