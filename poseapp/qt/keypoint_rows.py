"""Rows of the keypoint table: the side's dot, the name, x and y, a visibility symbol and a score bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QRegularExpression,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from poseapp.qt import theme

KEYPOINT, X, Y, VISIBILITY, SCORE = range(5)
ROW = Qt.ItemDataRole.UserRole
VISIBILITY_WORDS = ("unlabelled", "hidden", "visible")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class KeypointRow:
    """One keypoint of one person.

    Attributes:
        name: as the user reads it.
        side: "left", "right" or "middle".
        x: pixels, NaN where unlabelled.
        y: pixels, NaN where unlabelled.
        visibility: 0 unlabelled, 1 hidden, 2 visible.
        score: 0 to 1, or None for what a person set.
        doubtful_below: scores below this count as doubtful.
        color: "#rrggbb" where the skeleton gives the keypoint one of its own, else "".
    """

    name: str
    side: str
    x: float
    y: float
    visibility: int
    score: float | None
    doubtful_below: float = 0.4
    color: str = ""

    def __eq__(self, other: object) -> bool:
        # NaN equals NaN here: an unlabelled keypoint that stays unlabelled is no news.
        return isinstance(other, KeypointRow) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        place = (None, None) if math.isnan(self.x) or math.isnan(self.y) else (self.x, self.y)
        return self.name, self.side, place, self.visibility, self.score, self.doubtful_below, self.color

    def text(self, column: int) -> str:
        """A cell as text."""
        if column in (X, Y):
            value = self.x if column == X else self.y
            return "" if math.isnan(value) else f"{value:.1f}"
        if column == VISIBILITY:
            return VISIBILITY_WORDS[self.visibility]
        if column == SCORE:
            return "" if self.score is None else f"{self.score:.2f}"
        return self.name

    def tool_tip(self, column: int) -> str:
        """What a cell means."""
        if column == VISIBILITY:
            return f"{VISIBILITY_WORDS[self.visibility]}: click to change (V)"
        if column == SCORE:
            return "set by hand" if self.score is None else f"score {self.score:.3f}"
        return ""


class KeypointDelegate(QStyledItemDelegate):
    """Draws one cell; numbers right-aligned in figures of one width.

    Attributes:
        began: somebody begins to type into a cell.
    """

    HEIGHT = 20
    began = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._editor: QLineEdit | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A dense row."""
        return QSize(40, self.HEIGHT)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line that takes a number."""
        editor = QLineEdit(parent)
        # A point or a comma, whatever the locale: both are typed, and neither groups digits here.
        number = QRegularExpression(r"-?\d{1,6}([.,]\d{0,3})?")
        editor.setValidator(QRegularExpressionValidator(number, editor))
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._editor = editor
        editor.destroyed.connect(self._forget)
        self.began.emit()
        return editor

    def _forget(self) -> None:
        self._editor = None

    def close_editor(self) -> None:
        """Throw away what is being typed."""
        editor, self._editor = self._editor, None
        if editor is not None:
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        row: KeypointRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("raised"))
        column = index.column()
        middle = area.center().y()
        if column == KEYPOINT:
            self._name(painter, area, row)
        elif column in (X, Y):
            painter.setFont(theme.body_font())
            painter.setPen(theme.color("muted"))
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area.adjusted(0, 0, -6, 0), align, row.text(column) or "–")
        elif column == VISIBILITY:
            _draw_visibility(painter, QRectF(area.center().x() - 4.5, middle - 4.5, 9, 9), row.visibility)
        elif row.score is not None:
            _draw_score(painter, QRectF(area.left() + 6, middle - 1.5, area.width() - 20, 3), row)
        painter.restore()

    @staticmethod
    def _name(painter: QPainter, area: QRectF, row: KeypointRow) -> None:
        unset = row.visibility == 0
        dot = QRectF(area.left() + 12, area.center().y() - 4, 8, 8)
        opacity = 0.35 if unset else 1.0
        ink = theme.color(row.color, opacity) if row.color else theme.side_color(row.side, opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(dot)
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("muted" if unset else "text"))
        room = area.adjusted(29, 0, -4, 0)
        shown = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _draw_visibility(painter: QPainter, circle: QRectF, visibility: int) -> None:
    """A full circle is visible, a half one hidden, an empty one unlabelled."""
    painter.setPen(QPen(theme.color("muted" if visibility else "faint"), 1.2))
    painter.setBrush(theme.color("muted") if visibility == 2 else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(circle)
    if visibility == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("muted"))
        painter.drawPie(circle, 90 * 16, 180 * 16)


def _draw_score(painter: QPainter, bar: QRectF, row: KeypointRow) -> None:
    assert row.score is not None
    value = min(max(row.score, 0.0), 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("hairline", 0.7))
    painter.drawRoundedRect(bar, 1.5, 1.5)
    painter.setBrush(theme.color("doubtful" if value < row.doubtful_below else "good"))
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * value, 3.0), 3), 1.5, 1.5)
