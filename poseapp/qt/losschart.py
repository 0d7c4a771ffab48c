"""The chart of a training: loss on the left axis, validation PCK on the right one, values under the pointer.

Painted by hand: three curves of some hundred points do not need a plotting library, whose import would hold
the window for a third of a second when the first training begins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app.run_states import RunState
from poseapp.qt import theme
from poseapp.qt.run_words import PCK_KEYS, live_metric, number, short, val_score

LEFT, RIGHT, TOP, BOTTOM = 38, 40, 8, 20
Points = list[tuple[float, float]]


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, at most ``most`` of them, evenly spaced."""
    span = high - low
    if not span > 0 or most < 1:
        return [low]
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


class LossChart(QWidget):
    """Live curves over the epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss: Points = []
        self.val_loss: Points = []
        self.score: Points = []
        self.score_metric = PCK_KEYS[0]
        self._pointer_x: float | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(170)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, 170)

    def show_run(self, run: RunState) -> None:
        """Draw the epochs so far."""
        epochs = [number(e.get("epoch")) for e in run.epochs]
        self.loss = _finite(epochs, [number(e.get("loss")) for e in run.epochs])
        self.val_loss = _finite(epochs, [number(e.get("val_loss")) for e in run.epochs])
        self.score_metric = live_metric(run)
        scores = [val_score(e, self.score_metric) for e in run.epochs]
        self.score = _finite(epochs, [math.nan if s is None else s for s in scores])
        words = [f"{len(epochs)} epochs"]
        words += [f"loss {self.loss[-1][1]:.3g}"] if self.loss else []
        words += [f"validation {self.score_metric.upper()} {short(self.score[-1][1])}"] if self.score else []
        self.setAccessibleName(", ".join(words))
        self.update()

    # -- scales --------------------------------------------------------------------------------------------

    @property
    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _epochs(self) -> tuple[float, float]:
        x = [p[0] for p in self.loss + self.val_loss + self.score]
        low, high = min(x, default=0.0), max(x, default=1.0)
        return low, max(high, low + 1)

    def _losses(self) -> tuple[float, float]:
        values = [p[1] for p in self.loss + self.val_loss]
        low, high = min(values, default=0.0), max(values, default=1.0)
        # From zero, unless the loss hardly moves above a floor of its own, as in a fine-tuning.
        return (0.0 if low < 0.5 * high else 0.75 * low), (high * 1.05 or 1.0)

    def _scores(self) -> tuple[float, float]:
        low = min([p[1] for p in self.score], default=0.0)
        return max(0.0, math.floor(low * 10 - 0.3) / 10), 1.0

    def _x(self, epoch: float) -> float:
        low, high = self._epochs()
        return self._plot.left() + self._plot.width() * (epoch - low) / (high - low)

    def _y(self, value: float, scale: tuple[float, float]) -> float:
        return self._plot.bottom() - self._plot.height() * (value - scale[0]) / (scale[1] - scale[0])

    # -- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, curves and the values under the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small_font())
        t = theme.tokens()
        self._draw_axes(painter)
        self._draw_curve(
            painter, self.val_loss, self._losses(), QPen(QColor(t.doubtful), 1.2, Qt.PenStyle.DashLine)
        )
        self._draw_curve(painter, self.loss, self._losses(), QPen(QColor(t.doubtful), 1.8))
        self._draw_curve(painter, self.score, self._scores(), QPen(QColor(t.accent), 1.8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent))
        for epoch, value in self.score if len(self.score) < 60 else self.score[-1:]:
            painter.drawEllipse(QPointF(self._x(epoch), self._y(value, self._scores())), 2.0, 2.0)
        if self._pointer_x is not None:
            self._draw_pointer(painter, self._pointer_x)
        painter.end()

    def _draw_axes(self, painter: QPainter) -> None:
        plot, t = self._plot, theme.tokens()
        middle_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        middle_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        losses, scores = self._losses(), self._scores()
        for value in nice_ticks(*losses, 4):
            y = self._y(value, losses)
            painter.setPen(QPen(theme.color("hairline", 0.7), 1))
            painter.drawLine(QPointF(plot.left(), round(y) + 0.5), QPointF(plot.right(), round(y) + 0.5))
            painter.setPen(QColor(t.doubtful))
            painter.drawText(QRectF(0, y - 8, LEFT - 7, 16), middle_right, f"{value:g}")
        if self.score:
            painter.setPen(QColor(t.accent))
            for value in nice_ticks(*scores, 4):
                y = self._y(value, scores)
                painter.drawText(QRectF(plot.right() + 7, y - 8, RIGHT - 7, 16), middle_left, f"{value:.3g}")
        painter.setPen(QColor(t.muted))
        for epoch in nice_ticks(*self._epochs(), max(2, int(plot.width() // 60))):
            if epoch == round(epoch):
                box = QRectF(self._x(epoch) - 20, plot.bottom() + 4, 40, 15)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{epoch:.0f}")

    def _draw_curve(self, painter: QPainter, points: Points, scale: tuple[float, float], pen: QPen) -> None:
        if len(points) > 1:
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(self._x(e), self._y(v, scale)) for e, v in points]))
        elif points:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            painter.drawEllipse(QPointF(self._x(points[0][0]), self._y(points[0][1], scale)), 2.5, 2.5)

    def _draw_pointer(self, painter: QPainter, at: float) -> None:
        """A line at the epoch nearest to the pointer, and its values."""
        epochs = sorted({p[0] for p in self.loss + self.val_loss + self.score})
        if not epochs:
            return
        epoch = min(epochs, key=lambda e: abs(self._x(e) - at))
        words = [f"epoch {epoch:g}"]
        for name, points in (("loss", self.loss), ("val", self.val_loss), ("PCK", self.score)):
            value = dict(points).get(epoch)
            if value is not None:
                words.append(f"{name} {short(value) if name == 'PCK' else f'{value:.3g}'}")
        plot, x = self._plot, self._x(epoch)
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        text = " · ".join(words)
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        left = min(max(x - width / 2, plot.left()), max(plot.right() - width, plot.left()))
        box = QRectF(left, plot.top(), width, 20)
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values under the pointer."""
        self._pointer_x = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show the curves alone."""
        self._pointer_x = None
        self.update()


def _finite(x: Sequence[float], y: Sequence[float]) -> Points:
    return [(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(a) and math.isfinite(b)]
