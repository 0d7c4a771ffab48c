"""The plotted curves: line, name, value under the mouse or at the playhead, and a cross to drop it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.labels.trajectories import Quantity
from poseapp.qt import theme

ROW_PX, LINE_PX, CROSS_PX, PAD_PX = 19, 24, 18, 12
# Curves of one unit share a plot.
PLOT_OF = {
    "x": "position, px", "y": "position, px", "speed": "speed, px/s", "score": "score",
    "length": "length, px",
}  # fmt: skip
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


@dataclass
class KeyRow:
    """One plotted curve.

    Attributes:
        quantity: what it measures.
        name: as "left wrist speed".
        token: colour.
        style: number of its line's style among the curves of its colour.
        value: as "12.5 px/s", or "".
    """

    quantity: Quantity
    name: str
    token: str
    style: int
    value: str = ""

    def pen(self, width: float = 1.6) -> QPen:
        """The pen of its line."""
        pen = QPen(theme.color(self.token), width, STYLES[self.style % len(STYLES)])
        pen.setCosmetic(True)  # as wide as it says at any scale
        return pen


class CurveKey(QWidget):
    """The rows, painted."""

    dropped = Signal(object)  # Quantity

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[KeyRow] = []
        self._hover = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Plotted curves")
        theme.changed.connect(self.update)

    def show_rows(self, rows: list[KeyRow]) -> None:
        """Other curves."""
        self.rows = rows
        self.updateGeometry()
        self.show_values([row.value for row in rows])

    def show_values(self, values: list[str]) -> None:
        """Other values of the same curves."""
        for row, value in zip(self.rows, values, strict=True):
            row.value = value
        self.setAccessibleDescription(", ".join(f"{row.name} {row.value}" for row in self.rows))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """All rows."""
        return QSize(200, ROW_PX * len(self.rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Line, name, value, cross."""
        painter = QPainter(self)
        self.paint_rows(painter, self.width(), crosses=True)

    def paint_rows(self, painter: QPainter, width: float, *, crosses: bool = False) -> None:
        """Paint the rows from the top left corner; a picture of the plots has them without crosses."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small_font())
        t = theme.tokens()
        right = width - PAD_PX - (CROSS_PX if crosses else 0)
        for number, row in enumerate(self.rows):
            y = number * ROW_PX
            painter.setPen(row.pen(2.0))
            painter.drawLine(PAD_PX, round(y + ROW_PX / 2), PAD_PX + LINE_PX, round(y + ROW_PX / 2))
            text = QRectF(PAD_PX + LINE_PX + 8, y, right - PAD_PX - LINE_PX - 8, ROW_PX)
            painter.setPen(QColor(t.text))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.name)
            painter.setPen(QColor(t.muted))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.value)
            if crosses:
                painter.setPen(QPen(QColor(t.text if number == self._hover else t.faint), 1.3))
                x, middle = width - PAD_PX - 7, y + ROW_PX / 2
                painter.drawLine(round(x - 3), round(middle - 3), round(x + 3), round(middle + 3))
                painter.drawLine(round(x - 3), round(middle + 3), round(x + 3), round(middle - 3))

    def _cross_at(self, event: QMouseEvent) -> int:
        row = int(event.position().y() // ROW_PX)
        on_cross = event.position().x() >= self.width() - PAD_PX - CROSS_PX
        return row if on_cross and 0 <= row < len(self.rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Light up the cross under the mouse."""
        self._hover = self._cross_at(event)
        self.setToolTip("No longer plot this curve" if self._hover >= 0 else "")
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """No cross is lit."""
        self._hover = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A cross drops its curve."""
        row = self._cross_at(event)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.dropped.emit(self.rows[row].quantity)
