"""The chart of a training: loss on the left axis, validation PCK on the right one."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from poseapp.app.run_states import RunState
from poseapp.qt import theme
from poseapp.qt.run_words import number, val_score


class LossPlot(QWidget):
    """Live curves over the epochs. This module imports pyqtgraph: import it when a chart is first needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.plot = pg.PlotWidget()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setAccessibleName("Loss and validation PCK over the epochs")
        column.addWidget(self.plot)
        self.setFixedHeight(168)
        item = self.plot.getPlotItem()
        self._item = item
        self._scores_view = pg.ViewBox(enableMenu=False)
        self._scores_view.setMouseEnabled(x=False, y=False)
        item.showAxis("right")
        item.scene().addItem(self._scores_view)
        item.getAxis("right").linkToView(self._scores_view)
        self._scores_view.setXLink(item)
        item.vb.sigResized.connect(self._on_resized)
        self.loss = pg.PlotCurveItem()
        self.val_loss = pg.PlotCurveItem()
        self.score = pg.PlotCurveItem()
        self.score_dots = pg.ScatterPlotItem(size=4, pxMode=True)
        item.addItem(self.loss)
        item.addItem(self.val_loss)
        self._scores_view.addItem(self.score)
        self._scores_view.addItem(self.score_dots)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def show_run(self, run: RunState) -> None:
        """Draw the epochs so far."""
        epochs = [number(e.get("epoch")) for e in run.epochs]
        loss = [number(e.get("loss")) for e in run.epochs]
        val_loss = [number(e.get("val_loss")) for e in run.epochs]
        self._set(self.loss, epochs, loss)
        self._set(self.val_loss, epochs, val_loss)
        pairs = [
            (number(e.get("epoch")), s) for e in run.epochs if (s := val_score(e)) is not None
        ]  # fmt: skip
        x, y = [p[0] for p in pairs], [p[1] for p in pairs]
        self._set(self.score, x, y)
        self.score_dots.setData(x, y)
        low = min(y, default=0.0)
        self._scores_view.setYRange(max(0.0, low - 0.1), 1.0, padding=0.02)
        known = [v for v in loss + val_loss if math.isfinite(v)]
        if known:
            top = max(known)
            self._item.vb.setYRange(0, top, padding=0.04)
        if epochs:
            self._item.vb.setXRange(min(epochs), max(max(epochs), min(epochs) + 1), padding=0.02)

    @staticmethod
    def _set(curve: pg.PlotCurveItem, x: list[float], y: list[float]) -> None:
        pairs = [(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(a) and math.isfinite(b)]
        curve.setData([p[0] for p in pairs], [p[1] for p in pairs])

    def _on_resized(self) -> None:
        self._scores_view.setGeometry(self._item.vb.sceneBoundingRect())
        self._scores_view.linkedViewChanged(self._item.vb, self._scores_view.XAxis)

    def _on_theme(self) -> None:
        t = theme.tokens()
        self.plot.setBackground(t.panel)
        self.loss.setPen(pg.mkPen(t.doubtful, width=1.8))
        self.val_loss.setPen(pg.mkPen(t.doubtful, width=1.2, style=Qt.PenStyle.DashLine))
        self.score.setPen(pg.mkPen(t.accent, width=1.8))
        self.score_dots.setPen(None)
        self.score_dots.setBrush(pg.mkBrush(t.accent))
        for name, ink in (("left", t.doubtful), ("right", t.accent), ("bottom", t.muted)):
            axis = self._item.getAxis(name)
            axis.setPen(pg.mkPen(t.hairline))
            axis.setTextPen(pg.mkPen(ink))
            axis.setStyle(tickFont=theme.small_font(), tickLength=-4)
        self._item.getAxis("bottom").setHeight(20)
        self._item.getAxis("left").setWidth(44)
        self._item.getAxis("right").setWidth(34)
