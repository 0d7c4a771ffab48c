"""The command palette: a field and a list over the window; a few letters find any command and more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.palette import Entry, Used, entries, find
from poseapp.app.search import numbered, things
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.keycaps import paint_caps
from poseapp.qt.layout import is_shown

WIDTH_PX, ROW_PX, MAX_ROWS = 600, 32, 12
Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """The entries that fit what was typed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def put(self, found: list[Entry]) -> None:
        """Show others."""
        self.beginResetModel()
        self.entries = found
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title; the entry itself; all of it as words for a screen reader."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.why or entry.more
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (entry.title, entry.where, " or ".join(entry.keys), entry.why)
            return ", ".join(part for part in parts if part)
        return None


class EntryDelegate(QStyledItemDelegate):
    """Icon, title with the letters that matched, where it stands; at the right its keys, or why it is off."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw an entry."""
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        area = QRectF(option.rect)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 6, 6)
        mark = QRectF(area.left() + 10, area.center().y() - 8, 16, 16).toRect()
        off = QIcon.Mode.Disabled if entry.why else QIcon.Mode.Normal
        name = "clock-counter-clockwise" if entry.used else entry.icon
        name = "check" if entry.checked else name
        if name:
            theme.icon(name).paint(painter, mark, mode=off)
        right = self._paint_right(painter, entry, area)
        at = area.left() + 36
        at += self._paint_title(painter, entry, QRectF(at, area.top(), right - at, area.height())) + 10
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        where = QRectF(at, area.top() + 1, max(right - at, 0), area.height())
        said = f"{entry.where} · {entry.more}" if entry.kind in ("project", "video") else entry.where
        shown = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, int(where.width()))
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    @staticmethod
    def _paint_right(painter: QPainter, entry: Entry, area: QRectF) -> float:
        right = area.right() - 10
        if entry.why:
            painter.setFont(theme.small_font())
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area.adjusted(0, 0, -10, 0), flags, entry.why)
            return right - painter.fontMetrics().horizontalAdvance(entry.why) - 10
        return paint_caps(painter, list(entry.keys[:2]), right, area.center().y()) - 5

    @staticmethod
    def _paint_title(painter: QPainter, entry: Entry, room: QRectF) -> float:
        """Draw the title letter run by letter run; returns its width."""
        plain, strong = theme.font(), theme.font(theme.BODY_PX, 700)
        marks, x = set(entry.marks), 0.0
        ink, bright = ("faint", "muted") if entry.why else ("text", "accent")
        start = 0
        while start < len(entry.title):
            is_marked, end = start in marks, start + 1
            while end < len(entry.title) and (end in marks) == is_marked:
                end += 1
            font: QFont = strong if is_marked else plain
            width = QFontMetricsF(font).horizontalAdvance(entry.title[start:end])
            painter.setFont(font)
            painter.setPen(theme.color(bright if is_marked else ink))
            part = QRectF(room.left() + x, room.top(), max(room.width() - x, 0), room.height())
            painter.drawText(part, Qt.AlignmentFlag.AlignVCenter, entry.title[start:end])
            x, start = x + width, end
        return x


class SearchField(QLineEdit):
    """Says when the focus has gone elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell, unless only the whole window lost the focus or a menu of the field is open."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self.left.emit()


class CommandPalette(QFrame):
    """Lies over the window while it is open.

    Attributes:
        chosen: the entry that was chosen.
    """

    chosen = Signal(object)

    def __init__(
        self, window: QWidget, session: Session, panels: Callable[[], Iterable[tuple[str, str]]]
    ) -> None:
        super().__init__(window)
        self._session, self._panels = session, panels
        kept = session.settings.path
        self._used = Used(kept.with_name("palette.json") if kept is not None else None)
        self._offered: list[Entry] = []
        self._before: QWidget | None = None
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        theme.set_role(self, "palette")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.field = SearchField()
        self.field.setPlaceholderText("Search commands, videos, projects, settings")
        self.field.setAccessibleName("Search commands, videos, projects, settings")
        self.field.addAction(theme.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self._on_text)
        self.field.left.connect(self.close_palette)
        self.field.installEventFilter(self)
        self.model = EntryModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFocusProxy(self.field)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("What was found")
        self.list.clicked.connect(self._choose)
        self.nothing = QLabel("Nothing is called that.")
        theme.set_role(self.nothing, "muted")
        self.nothing.setContentsMargins(10, 4, 0, 6)
        for widget in (self.field, self.list, self.nothing):
            column.addWidget(widget)
        window.installEventFilter(self)
        self.hide()

    # -- opening and closing -------------------------------------------------------------------------------

    def open_palette(self) -> None:
        """Show it, empty, with the keys in the field."""
        self._before = QApplication.focusWidget()
        self._offered = entries(self._session, self._panels()) + things(self._session)
        self.field.clear()
        self._on_text("")
        self.show()
        self.raise_()
        self._place()
        self.field.setFocus()

    def close_palette(self) -> None:
        """Hide it and give the keys back to who had them."""
        if not self.isVisible():
            return
        had_keys = self.field.hasFocus()
        before, self._before = self._before, None
        self.hide()
        if had_keys and before is not None and is_shown(before):
            before.setFocus()

    def _place(self) -> None:
        window = self.parentWidget()
        assert window is not None
        width = min(WIDTH_PX, window.width() - 24)
        rows = min(self.model.rowCount(), MAX_ROWS, max((window.height() - 120) // ROW_PX, 1))
        self.list.setFixedHeight(rows * ROW_PX)
        self.list.setVisible(rows > 0)
        self.nothing.setVisible(rows == 0)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move(min((window.width() - width) // 2, window.width() - width - 12), 44)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list while the field has the focus; the place while the window is resized."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        key, last = event.key(), self.model.rowCount() - 1
        row = self.list.currentIndex().row()
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif key == Qt.Key.Key_Down:
            self._select(row + 1 if row < last else 0)
        elif key == Qt.Key.Key_Up:
            self._select(row - 1 if row > 0 else last)
        elif key == Qt.Key.Key_PageDown:
            self._select(min(row + MAX_ROWS, last))
        elif key == Qt.Key.Key_PageUp:
            self._select(max(row - MAX_ROWS, 0))
        else:
            return False
        return True

    # -- finding -------------------------------------------------------------------------------------------

    def _on_text(self, text: str) -> None:
        self.model.put(numbered(self._session, text) + find(self._offered, text, self._used.keys))
        self._select(0)
        self._place()

    def _select(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        if index.isValid():
            self.field.setAccessibleDescription(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        if entry.why:
            return  # the row says why
        if entry.kind in ("command", "project", "video", "panel", "setting"):
            self._used.note(entry.key)
        self.close_palette()
        self.chosen.emit(entry)
