"""Rows of the list of people: a dot, the name, a chip with the state, where it comes from and its score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from poseapp.app.layers import ScreenInstance
from poseapp.qt import theme
from poseapp.qt.run_words import source_words

ROW = Qt.ItemDataRole.UserRole
STATE_COLORS = dict.fromkeys(("labelled", "corrected", "imported", "interpolated", "propagated"), "good") | {
    "predicted": "accent"
}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class PersonRow:
    """One person of the frame; ``state`` is a key of ``STATE_COLORS``."""

    title: str
    state: str
    origin: str
    selected: bool


def person_state(person: ScreenInstance) -> str:
    """ "predicted", "corrected", "imported", "interpolated", "propagated" or "labelled"."""
    if person.is_prediction:
        return "predicted"
    kind = person.instance.source.partition(":")[0]
    return {
        "prediction": "corrected", "import": "imported", "interpolated": kind, "propagated": kind
    }.get(kind, "labelled")  # fmt: skip


def person_score(person: ScreenInstance) -> float | None:
    """The person's score, or the mean of its keypoints', or None."""
    if person.instance.score is not None:
        return float(person.instance.score)
    scores = person.instance.scores
    if scores is None:
        return None
    known = scores[np.isfinite(scores) & np.isfinite(person.instance.points).all(axis=1)]
    return float(known.mean()) if len(known) else None


def person_row(number: int, person: ScreenInstance, selected: bool) -> PersonRow:
    """The row of the person with this 1-based number."""
    source = person.layer if person.is_prediction else person.instance.source.partition(":")[2]
    parts = [f"from {source_words(source)}"] if source else []
    score = person_score(person)
    if score is not None:
        parts.append(f"score {score:.2f}".replace(" 0.", " ."))
    return PersonRow(f"Person {number}", person_state(person), " · ".join(parts), selected)


class PersonDelegate(QStyledItemDelegate):
    """Draws one person."""

    HEIGHT = 30

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One row."""
        return QSize(160, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw dot, name, chip and origin."""
        row: PersonRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.selected:
            painter.fillRect(option.rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("raised"))
        area = QRectF(option.rect)
        ink = STATE_COLORS[row.state]
        dot = QRectF(area.left() + 12, area.center().y() - 5, 10, 10)
        # Predictions are a ring, labels are filled: the state is a shape as well as a colour.
        if row.state == "predicted":
            painter.setPen(QPen(theme.color(ink), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            dot.adjust(0.8, 0.8, -0.8, -0.8)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(ink))
        painter.drawEllipse(dot)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(theme.BODY_PX, 600))
        painter.setPen(theme.color("text"))
        name = QRectF(area.left() + 30, area.top(), area.width() - 42, area.height())
        painter.drawText(name, left, row.title)
        after = name.left() + painter.fontMetrics().horizontalAdvance(row.title) + 8
        painter.setFont(theme.small_font(500))
        width = painter.fontMetrics().horizontalAdvance(row.state) + 14
        chip = QRectF(after, area.center().y() - 8.5, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix(ink, "panel", 0.17))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(theme.color(ink))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, row.state)
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        room = QRectF(chip.right() + 8, area.top(), area.right() - chip.right() - 20, area.height())
        metrics = painter.fontMetrics()
        fits = metrics.horizontalAdvance(row.origin) <= room.width()
        # In a narrow pane the score alone: half a name helps nobody.
        text = row.origin if fits else row.origin.rpartition(" · ")[2]
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()
