"""Rows of the list of jobs: a mark for the state, the name, how it goes, a bar while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from poseapp.app.run_states import RunState
from poseapp.qt import run_words, theme

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class RunRow:
    """One job as the list shows it."""

    name: str
    title: str
    caption: str
    state: str
    share: float | None
    in_use: bool


def run_row(run: RunState, in_use: bool) -> RunRow:
    """The row of a job."""
    caption = run_words.before_after(run) if not run.active else ""
    return RunRow(
        run.name,
        run_words.title(run),
        caption or run_words.outcome(run),
        run.state,
        run_words.share(run) if run.active else None,
        in_use,
    )


class RunDelegate(QStyledItemDelegate):
    """Draws one job."""

    HEIGHT = 40

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(160, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw mark, title, caption, state and bar."""
        row: RunRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("raised"))
        area = QRectF(option.rect)
        ink = run_words.STATE_ROLES.get(row.state, "muted")
        mark = QRectF(area.left() + 12, area.top() + 12, 16, 16).toRect()
        theme.icon(run_words.STATE_ICONS.get(row.state, "circle"), role=ink).paint(painter, mark)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        line = QRectF(area.left() + 38, area.top() + 4, area.width() - 50, 17)
        painter.setFont(theme.small_font())
        words = "in use" if row.in_use else run_words.STATE_WORDS.get(row.state, row.state)
        painter.setPen(theme.color("accent" if row.in_use else ink))
        painter.drawText(line, right, words)
        room = painter.fontMetrics().horizontalAdvance(words) + 8
        painter.setPen(theme.color("muted"))
        lower = line.translated(0, 16)
        metrics = painter.fontMetrics()
        caption = metrics.elidedText(row.caption, Qt.TextElideMode.ElideRight, int(lower.width()))
        painter.drawText(lower, left, caption)
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("text"))
        painter.drawText(line.adjusted(0, 0, -room, 0), left, row.title)
        if row.share is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            bar = QRectF(line.left(), area.bottom() - 2.5, line.width(), 2)
            painter.fillRect(bar, theme.color("hairline"))
            painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * row.share, 2), theme.color("accent"))
        painter.restore()
