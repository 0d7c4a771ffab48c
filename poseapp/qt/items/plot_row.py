"""One plot: the curves of one unit over the frames, playhead and range in it. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from poseapp.app.motion import Curve
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.items.curve_key import KeyRow
from poseapp.qt.items.time_axis import TimeAxis, binned_curve, clock

AXIS_PX = 46
MAX_DOTS = 500
SMOOTH_POINTS = 400  # wider lines of more points take Qt a hundred times as long as those of one pixel
ZOOM_STEP = 1.2


class FrameAxis(pg.AxisItem):
    """Frames or times along the bottom."""

    def __init__(self, session: Session) -> None:
        super().__init__("bottom")
        self._session = session

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Words for the ticks."""
        if self._session.settings["timeline_axis"] == "time":
            fps = self._session.fps
            return [clock(value / fps, spacing / fps) if value >= 0 else "" for value in values]
        return [f"{value:.0f}" if value >= 0 and float(value).is_integer() else "" for value in values]


class FrameView(pg.ViewBox):
    """Left drag moves the playhead, Shift+drag chooses a range, the wheel zooms, middle drag moves."""

    def __init__(self, row: PlotRow) -> None:
        super().__init__(enableMenu=False)
        self._row = row
        self.setMouseEnabled(x=True, y=False)
        self._anchor = 0.0

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: N802
        """Scrub, choose a range, or pan."""
        if ev.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        at = self.mapSceneToView(ev.scenePos()).x()
        if ev.isStart():
            self._anchor = self.mapSceneToView(ev.buttonDownScenePos()).x()
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            first, last = sorted((round(self._anchor), round(at)))
            self._row.session.set_range(first, last + 1)
        else:
            self._row.scrub(at, resting=ev.isFinish())

    def mouseClickEvent(self, ev: Any) -> None:  # noqa: N802
        """Move the playhead here."""
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._row.scrub(self.mapSceneToView(ev.scenePos()).x(), resting=True)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: N802
        """Zoom the frames; with Ctrl the values."""
        ev.accept()
        factor = ZOOM_STEP ** (-ev.delta() / 120)
        center = self.mapSceneToView(ev.scenePos())
        if ev.modifiers() & Qt.KeyboardModifier.ControlModifier or axis == 1:
            self._row.keep_values = True
            self.scaleBy(y=factor, center=center)
        else:
            self.scaleBy(x=factor, center=center)


class RangeRegion(pg.LinearRegionItem):
    """The chosen range, shaded; its ends and the whole of it can be dragged."""

    def __init__(self, session: Session) -> None:
        super().__init__(swapMode="block")
        self._session = session
        self.setZValue(1)  # below zero the view itself would take every drag
        self.sigRegionChanged.connect(self._on_dragged)
        self._quiet = False

    def show_range(self) -> None:
        """Follow the session."""
        chosen = self._session.frame_range
        self.setVisible(chosen is not None)
        if chosen is not None and not any(line.moving for line in self.lines) and not self.moving:
            self._quiet = True
            self.setBounds((-0.5, max(self._session.num_frames - 0.5, 0.5)))
            self.setRegion((chosen[0] - 0.5, chosen[1] - 0.5))
            self._quiet = False

    def paint_theme(self) -> None:
        """The theme's colours."""
        self.setBrush(theme.color("accent", 0.13))
        self.setHoverBrush(theme.color("accent", 0.2))
        for line in self.lines:
            line.setPen(pg.mkPen(theme.color("accent", 0.8), width=1))
            line.setHoverPen(pg.mkPen(theme.color("accent"), width=3))

    def _on_dragged(self) -> None:
        if not self._quiet and self.isVisible():
            low, high = self.getRegion()
            self._session.set_range(round(low + 0.5), max(round(high + 0.5), round(low + 0.5) + 1))


class PlotRow:
    """One plot of curves that share a unit.

    Args:
        layout: where it is added.
        number: its row there.
        unit: what stands at its axis, as "speed, px/s".
        session: the open window.
        on_hover: called with the frame under the mouse.

    Attributes:
        plot: pyqtgraph's item.
        keep_values: whether the user has zoomed the values, so that they are no longer fitted.
    """

    def __init__(
        self,
        layout: pg.GraphicsLayoutWidget,
        number: int,
        unit: str,
        session: Session,
        on_hover: Callable[[float], None],
    ) -> None:
        self.session, self.unit = session, unit
        self.keep_values = False
        self._on_hover = on_hover
        self._curves: list[tuple[KeyRow, Curve, pg.PlotCurveItem, pg.ScatterPlotItem]] = []
        self.view = FrameView(self)
        self.plot = layout.addPlot(
            row=number, col=0, viewBox=self.view, axisItems={"bottom": FrameAxis(session)}
        )
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.plot.getAxis("left").setWidth(AXIS_PX)
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.plot.getAxis("left").setTickDensity(0.6)
        self.title = pg.TextItem(unit)
        self.title.setParentItem(self.view)
        self.title.setPos(2, -3)
        self.title.setFont(theme.small_font())
        self.region = RangeRegion(session)
        self.playhead = pg.InfiniteLine(angle=90, movable=True)
        self.playhead.setZValue(20)
        self.playhead.sigDragged.connect(lambda line: self.scrub(line.value(), resting=False))
        self.playhead.sigPositionChangeFinished.connect(lambda line: self.scrub(line.value(), resting=True))
        self.pointer = pg.InfiniteLine(angle=90)
        self.pointer.setVisible(False)
        for item in (self.region, self.pointer, self.playhead):
            self.plot.addItem(item, ignoreBounds=True)
        self.view.disableAutoRange()
        self.view.sigXRangeChanged.connect(lambda *_: self.redraw())
        self.view.sigResized.connect(lambda *_: self.redraw())
        self.paint_theme()

    def scrub(self, x: float, *, resting: bool) -> None:
        """Move the playhead to what is at x."""
        self.session.set_playing(False)
        self.session.go_to(round(x), scrub=not resting)

    def show_curves(self, curves: list[tuple[KeyRow, Curve]]) -> None:
        """Plot other curves."""
        for _, _, line, dots in self._curves:
            self.plot.removeItem(line)
            self.plot.removeItem(dots)
        self._curves = []
        for row, curve in curves:
            line, dots = pg.PlotCurveItem(antialias=True), pg.ScatterPlotItem(size=6)
            self.plot.addItem(line, ignoreBounds=True)
            self.plot.addItem(dots, ignoreBounds=True)
            self._curves.append((row, curve, line, dots))
        self.paint_theme()
        self.redraw()

    def paint_theme(self) -> None:
        """The theme's colours."""
        t = theme.tokens()
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(t.hairline))
            axis.setTextPen(pg.mkPen(t.muted))
            axis.setTickFont(theme.small_font())
            axis.setStyle(tickLength=0, tickTextOffset=4)
        self.plot.showGrid(y=True, alpha=0.25)
        self.title.setColor(theme.color("muted"))
        self.region.paint_theme()
        self.playhead.setPen(pg.mkPen(t.text, width=1.6))
        self.playhead.setHoverPen(pg.mkPen(t.text, width=3))
        self.pointer.setPen(pg.mkPen(theme.color("muted", 0.6), width=1))
        for row, _, line, dots in self._curves:
            line.setPen(row.pen())
            dots.setPen(pg.mkPen(t.panel, width=1))
            dots.setBrush(theme.color(row.token))

    def redraw(self) -> None:
        """Draw what is in view, a column of pixels at a time where it is much, and fit the values."""
        first, last = self.view.viewRange()[0]
        width = max(self.view.width(), 2.0)
        axis = TimeAxis(self.session.num_frames, 0.0, width, first, max(last - first, 1e-6))
        ends = []
        for row, curve, line, dots in self._curves:
            x, mean, low, high = binned_curve(axis, curve.frames, curve.values)
            if len(x) == 0:
                line.setData([], [])
                dots.setData([], [])
                continue
            ends += [low.min(), high.max()]
            gap = 1.5 * width / axis.span + 1.5
            together = np.diff(x, append=-np.inf) <= gap
            if (high > low).any():
                together = np.stack([np.ones(len(x), bool), together], axis=1).ravel()
                values, x = np.stack([low, high], axis=1).ravel(), np.repeat(x, 2)
            else:
                values = mean
            together[-1] = False
            line.setPen(row.pen(1.0 if len(x) > SMOOTH_POINTS else 1.6))
            line.setData(first + x / width * axis.span, values, connect=together.astype(np.int32))
            dots.setData(*self._dots(axis, curve))
            alone = ~together & np.append(True, ~together[:-1])
            if alone.any():  # a point without neighbours would not be seen as a line
                dots.addPoints(first + x[alone] / width * axis.span, values[alone], size=3)
        if ends and not self.keep_values:
            bottom, top = float(min(ends)), float(max(ends))
            room = max(top - bottom, 1e-3) * 0.08
            # Above there must be room for the title.
            self.view.setYRange(bottom - room, top + 3 * room, padding=0)

    @staticmethod
    def _dots(axis: TimeAxis, curve: Curve) -> tuple[np.ndarray, np.ndarray]:
        """Labelled frames in view and their values; none where there are too many to tell apart."""
        part = axis.shown(curve.frames)
        chosen = curve.labelled[part] & np.isfinite(curve.values[part])
        if chosen.sum() > MAX_DOTS:
            return np.zeros(0), np.zeros(0)
        return curve.frames[part][chosen].astype(float), curve.values[part][chosen]

    def follow_playhead(self) -> None:
        """The playhead has moved."""
        if not self.playhead.moving:
            self.playhead.setValue(self.session.frame_idx)
