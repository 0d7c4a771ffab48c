"""A chart without axes for small places: two curves of a training run, drawn by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.qt import theme


class MiniChart(QWidget):
    """Loss falling and accuracy rising over the epochs, each on its own scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss: list[float] = []
        self._score: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(84)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, 84)

    def set_curves(self, loss: Sequence[float], score: Sequence[float], score_name: str) -> None:
        """Show ``loss`` (one value an epoch) and ``score`` (0 to 1), named in the corner."""
        self._loss = [v for v in loss if math.isfinite(v)]
        self._score = [v for v in score if math.isfinite(v)]
        last = f"{score_name} {self._score[-1]:.3f}".replace(" 0.", " .") if self._score else ""
        self._caption = last
        self.setAccessibleName(f"loss {self._loss[-1]:.4g}, {last}" if self._loss else "no epochs yet")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both curves and their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        t = theme.tokens()
        plot = QRectF(self.rect()).adjusted(1, 5, -1, -19)
        painter.setPen(QPen(QColor(t.hairline), 1))
        painter.drawLine(plot.bottomLeft() + QPointF(0, 3), plot.bottomRight() + QPointF(0, 3))
        if self._loss:
            # The height is a quarter of the value at least: noise must not look like a cliff.
            low = min(min(self._loss), 0.75 * max(self._loss))
            self._curve(painter, plot, self._loss, low, max(self._loss), t.doubtful)
        if self._score:
            self._curve(painter, plot, self._score, min(min(self._score), 0.75), 1.0, t.accent)
        painter.setFont(theme.small_font())
        foot = QRectF(self.rect()).adjusted(1, self.height() - 15, -1, 0)
        painter.setPen(QColor(t.doubtful if self._loss else t.muted))
        loss = f"loss {self._loss[-1]:.4g}" if self._loss else "waiting for the first epoch"
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, loss)
        if self._score:
            painter.setPen(QColor(t.accent))
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._caption)
        painter.end()

    @staticmethod
    def _curve(p: QPainter, plot: QRectF, values: list[float], low: float, high: float, ink: str) -> None:
        span = max(high - low, 1e-9)
        num = max(len(values) - 1, 1)
        line = QPolygonF(
            [
                QPointF(
                    plot.left() + plot.width() * i / num, plot.bottom() - plot.height() * (v - low) / span
                )
                for i, v in enumerate(values)
            ]
        )
        p.setPen(QPen(QColor(ink), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if len(values) == 1:
            p.setBrush(QColor(ink))
            p.drawEllipse(line.at(0), 2.0, 2.0)
        else:
            p.drawPolyline(line)
