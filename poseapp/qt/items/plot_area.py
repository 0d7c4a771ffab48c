"""Plots over each other, one a unit, with common frames. Imports pyqtgraph: load it when it is needed."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from poseapp.app.motion import Curve
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.curve_key import PLOT_OF, ROW_PX, CurveKey, KeyRow
from poseapp.qt.items.plot_row import PlotRow

MIN_FRAMES = 4
PICTURE_SCALE = 2


class PlotArea(pg.GraphicsLayoutWidget):
    """The plots.

    Attributes:
        rows: one a unit, from top to bottom.
    """

    hovered = Signal(object)  # frame under the mouse, or None

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[PlotRow] = []
        self.ci.layout.setContentsMargins(6, 4, 12, 4)
        self.ci.layout.setVerticalSpacing(6)
        self.setAccessibleName("Plots")
        self.setMinimumHeight(90)
        # The keys of video and timeline go on working after a click into a plot.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        connect(session.frame_changed, self._on_frame, self)
        connect(session.range_changed, self._on_range, self)
        theme.changed.connect(self.paint_theme)
        self.paint_theme()

    def show_curves(self, curves: list[tuple[KeyRow, Curve]]) -> None:
        """Plot these curves; the frames in view stay where they are while there are any."""
        units = list(dict.fromkeys(PLOT_OF[row.quantity.kind] for row, _ in curves))
        if [row.unit for row in self.rows] != units:
            self._build(units)
        for plot in self.rows:
            plot.show_curves([(row, c) for row, c in curves if PLOT_OF[row.quantity.kind] == plot.unit])

    def _build(self, units: list[str]) -> None:
        seen = self.rows[0].view.viewRange()[0] if self.rows else None
        self.clear()
        self.rows = [PlotRow(self, n, unit, self.session, self.hovered.emit) for n, unit in enumerate(units)]
        for row in self.rows:
            last = row is self.rows[-1]
            row.plot.getAxis("bottom").setStyle(showValues=last)
            row.plot.getAxis("bottom").setHeight(20 if last else 2)
            if row is not self.rows[0]:
                row.plot.setXLink(self.rows[0].plot)
        if seen is None:
            self.show_all()
        elif self.rows:
            self.rows[0].view.setXRange(*seen, padding=0)
        self._limit()
        self._on_range()
        self._on_frame()

    def _limit(self) -> None:
        last = max(self.session.num_frames - 1, 1)
        for row in self.rows:
            row.view.setLimits(xMin=-0.02 * last - 1, xMax=1.02 * last + 1, minXRange=MIN_FRAMES)

    def show_all(self) -> None:
        """Fit frames and values."""
        self._limit()
        for row in self.rows:
            row.keep_values = False
        if self.rows:
            self.rows[0].view.setXRange(0, max(self.session.num_frames - 1, 1), padding=0.01)
        for row in self.rows:
            row.redraw()

    def paint_theme(self) -> None:
        """The theme's colours."""
        self.setBackground(QColor(theme.tokens().panel))
        for row in self.rows:
            row.paint_theme()

    def refresh_axis(self) -> None:
        """Frames or times along the bottom."""
        for row in self.rows:
            row.plot.getAxis("bottom").picture = None
            row.plot.getAxis("bottom").update()

    def _on_frame(self, *_: object) -> None:
        for row in self.rows:
            row.follow_playhead()

    def _on_range(self) -> None:
        for row in self.rows:
            row.region.show_range()

    # -- hover

    def _on_mouse(self, position: Any) -> None:
        row = next((r for r in self.rows if r.view.sceneBoundingRect().contains(position)), None)
        frame = None
        if row is not None:
            x = row.view.mapSceneToView(position).x()
            frame = min(max(round(x), 0), max(self.session.num_frames - 1, 0))
        self._point(frame)

    def _point(self, frame: int | None) -> None:
        for row in self.rows:
            row.pointer.setVisible(frame is not None)
            if frame is not None:
                row.pointer.setValue(frame)
        self.hovered.emit(frame)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Forget the hover."""
        super().leaveEvent(event)
        self._point(None)

    # -- pictures

    def write_picture(self, path: str, key: CurveKey) -> bool:
        """Write plots and key as `.png` or `.svg`; False where that could not be done."""
        self._point(None)
        head = ROW_PX * len(key.rows) + 8
        size = QSize(self.width(), self.height() + head)
        if path.lower().endswith(".svg"):
            from PySide6.QtSvg import QSvgGenerator

            drawing = QSvgGenerator()
            drawing.setFileName(path)
            drawing.setSize(size)
            drawing.setViewBox(QRect(0, 0, size.width(), size.height()))
            drawing.setTitle("PoseApp curves")
            painter = QPainter()
            if not painter.begin(drawing):
                return False
            self._paint_picture(painter, key, head)
            return painter.end()
        image = QImage(size * PICTURE_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(PICTURE_SCALE)
        painter = QPainter(image)
        self._paint_picture(painter, key, head)
        painter.end()
        return image.save(path)

    def _paint_picture(self, painter: QPainter, key: CurveKey, head: int) -> None:
        whole = QRectF(0, 0, self.width(), self.height() + head)
        painter.fillRect(whole, QColor(theme.tokens().panel))
        painter.translate(0, 4)
        key.paint_rows(painter, self.width())
        painter.translate(0, -4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.render(painter, QRectF(0, head, self.width(), self.height()), self.viewport().rect(),
                    Qt.AspectRatioMode.IgnoreAspectRatio)  # fmt: skip
