"""A slider with two handles."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.qt import theme

HANDLE_PX = 6.0


class RangeSlider(QWidget):
    """A bar with two handles; for the mouse, the numbers beside it are for keys.

    Attributes:
        moved: a handle was dragged.
    """

    moved = Signal()

    def __init__(self, low: float, high: float, step: float) -> None:
        super().__init__()
        self._ends, self._step = (low, high), step
        self.values = (low, high)
        self._held: int | None = None
        self.setFixedHeight(22)
        self.setMinimumWidth(60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as other sliders."""
        return QSize(84, 22)

    def set_values(self, low: float, high: float) -> None:
        """Place the handles."""
        self.values = (low, high)
        self.update()

    def x_of(self, value: float) -> float:
        """Where a value is, in pixels."""
        low, high = self._ends
        share = (min(max(value, low), high) - low) / (high - low)
        return HANDLE_PX + share * (self.width() - 2 * HANDLE_PX)

    def _value_at(self, x: float) -> float:
        low, high = self._ends
        share = min(max((x - HANDLE_PX) / max(self.width() - 2 * HANDLE_PX, 1), 0.0), 1.0)
        return round(round((low + share * (high - low)) / self._step) * self._step, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle."""
        x = event.position().x()
        low, high = (self.x_of(value) for value in self.values)
        self._held = 0 if abs(x - low) < abs(x - high) or (low == high and x < low) else 1
        self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held is not None:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._held = None

    def _drag(self, x: float) -> None:
        low, high = self.values
        value = min(max(self._value_at(x), self._ends[0]), self._ends[1])
        made = (min(value, high), high) if self._held == 0 else (low, max(value, low))
        if made != self.values:
            self.values = made
            self.update()
            self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and its handles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        low, high = (self.x_of(value) for value in self.values)
        painter.setBrush(theme.color("hairline"))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.setBrush(theme.color("accent" if self.isEnabled() else "faint"))
        painter.drawRoundedRect(QRectF(low, middle - 2, high - low, 4), 2, 2)
        painter.setBrush(theme.color("text" if self.isEnabled() else "faint"))
        for x in (low, high):
            painter.drawEllipse(QPointF(x, middle), HANDLE_PX, HANDLE_PX)
        painter.end()
