"""The edits of the open project as rows, newest first, read in pages, and how such a row is painted."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from poseapp.labels.history import HistoryEntry
from poseapp.labels.project import Project
from poseapp.qt import theme

PAGE = 200
ROW_PX = 28
Index = QModelIndex | QPersistentModelIndex
START = HistoryEntry(0, "Before the first edit", 0.0, False)


def when(seconds: float) -> str:
    """The time of day, with the date in front where it was not today."""
    then = time.localtime(seconds)
    is_today = then[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if is_today else "%d %b %H:%M", then)


class HistoryModel(QAbstractListModel):
    """Edits, newest first; the last row stands for how the project was before the first one.

    Attributes:
        entries: those that were read so far.
        place: id of the newest edit that is not undone, 0 where all are.
        total: how many edits there are.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self.entries: list[HistoryEntry] = []
        self.place, self.total = 0, 0
        self._frames: dict[int, str] = {}

    def frame_of(self, entry: HistoryEntry) -> str:
        """Where an edit was made, such as "frame 126", or "" where it was not one frame."""
        if self._project is None or not entry.id:
            return ""
        if entry.id not in self._frames:
            place = self._project.edit_frame(entry.id)
            self._frames[entry.id] = f"frame {place[1]}" if place else ""
        return self._frames[entry.id]

    def read(self, project: Project | None) -> None:
        """Bring the rows up to date; what was read before is kept where it still holds."""
        if project is not self._project:
            self.beginResetModel()
            self._project, self.entries = project, []
            self._frames.clear()
            self.place, self.total = project.history_place() if project is not None else (0, 0)
            if project is not None:
                self.entries = project.history(PAGE)
            self.endResetModel()
        elif project is not None:
            self._read_new(project)
        while self.place and self.canFetchMore() and self.entries[-1].id > self.place:
            self.fetchMore()

    def _read_new(self, project: Project) -> None:
        head = project.history(PAGE)
        known = {entry.id: row for row, entry in enumerate(self.entries)}
        # A drag that goes on changes its sentence, so the newest edit is compared by more than its number.
        old = next((n for n, e in enumerate(head) if e.id in known and self._holds(known[e.id], e)), None)
        place, total = project.history_place()
        if old is None:
            self.beginResetModel()
            self.entries, self.place, self.total = head, place, total
            self.endResetModel()
            return
        gone = known[head[old].id]
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self.entries[:gone]
            self.endRemoveRows()
        if old:
            self.beginInsertRows(QModelIndex(), 0, old - 1)
            self.entries[:0] = head[:old]
            self.endInsertRows()
        self.place, self.total = place, total
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))

    def _holds(self, row: int, entry: HistoryEntry) -> bool:
        was = self.entries[row]
        return was == replace(entry, undone=was.undone)

    def rowCount(self, parent: Index | None = None) -> int:
        """Edits read so far and, after the oldest, the start."""
        if self._project is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.entries) + (0 if self.canFetchMore() else 1)

    def canFetchMore(self, parent: Index | None = None) -> bool:
        """Whether there are older edits."""
        return 0 < len(self.entries) < self.total

    def fetchMore(self, parent: Index | None = None) -> None:
        """Read the next page of older edits."""
        assert self._project is not None
        more = self._project.history(PAGE, self.entries[-1].id)
        if not more:
            self.total = len(self.entries)
            return
        first = len(self.entries)
        is_last = first + len(more) >= self.total
        self.beginInsertRows(QModelIndex(), first, first + len(more) - 1 + is_last)
        self.entries += more
        self.total = max(self.total, len(self.entries))
        self.endInsertRows()

    def entry(self, row: int) -> HistoryEntry:
        """The edit of a row."""
        return self.entries[row] if row < len(self.entries) else START

    def is_undone(self, entry: HistoryEntry) -> bool:
        """Whether an edit can be redone."""
        return entry.id > self.place

    def row_of_place(self) -> int:
        """The row that says how things are now."""
        return next((row for row, e in enumerate(self.entries) if e.id <= self.place), len(self.entries))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The sentence; the entry itself; all of it as words for a screen reader."""
        entry = self.entry(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.UserRole:
            return entry
        state = "undone" if self.is_undone(entry) else "now" if entry.id == self.place else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = when(entry.time) if entry.time else ""
            return ", ".join(part for part in (entry.text, self.frame_of(entry), said, state) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            goes = {"undone": "Redo up to here", "now": "This is how it is now"}.get(state, "Go back to here")
            full = time.strftime("%d %B %Y, %H:%M:%S", time.localtime(entry.time)) if entry.time else ""
            return "\n".join(part for part in (entry.text, full, goes) if part)
        return None


class HistoryDelegate(QStyledItemDelegate):
    """A line along the edits with a dot at each; the present one filled, those undone faint."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw an edit."""
        model = index.model()
        assert isinstance(model, HistoryModel)
        entry = model.entry(index.row())
        undone, now = model.is_undone(entry), entry.id == model.place
        area = QRectF(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if now or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.color("selection" if now else "raised"))
        focused = state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected
        if focused:
            painter.setPen(QPen(theme.color("accent"), 1.0))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        x, middle = area.left() + 16, area.center().y()
        painter.setPen(QPen(theme.color("hairline"), 1.5))
        if index.row() > 0:
            painter.drawLine(int(x), int(area.top()), int(x), int(middle))
        if entry.id:
            painter.drawLine(int(x), int(middle), int(x), int(area.bottom()) + 1)
        painter.setPen(QPen(theme.color("accent" if now else "faint"), 1.5))
        painter.setBrush(theme.color("accent" if now else "panel"))
        size = 4.5 if now else 3.5
        painter.drawEllipse(QRectF(x - size, middle - size, 2 * size, 2 * size))
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("faint" if undone else "muted"))
        said = "  ".join(p for p in (model.frame_of(entry), when(entry.time) if entry.time else "") if p)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -12, 0), flags | Qt.AlignmentFlag.AlignRight, said)
        room = area.adjusted(32, 0, -20 - painter.fontMetrics().horizontalAdvance(said), 0)
        painter.setFont(theme.font(theme.BODY_PX, 600 if now else 400))
        painter.setPen(theme.color("faint" if undone else "text"))
        shown = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, flags | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()
