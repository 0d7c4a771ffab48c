"""Every key of the window: found by name or key, changed by pressing the new one, put back."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.actions import MENUS, Action
from poseapp.app.keymap import Keymap
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.dialogs.form import FormDialog
from poseapp.qt.keycaps import KeyButton, KeyField, paint_caps
from poseapp.qt.menus import native

ROW_PX = 26
ID = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class ShortcutDelegate(QStyledItemDelegate):
    """A row: a dot where it was changed, the command, its keys as caps; a heading: its word."""

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(200, ROW_PX if index.data(ID) else ROW_PX + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row or a heading."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)  # type: ignore[attr-defined]
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        name = index.data(ID)
        if not name:
            painter.setFont(theme.small_font(600))
            painter.setPen(theme.color("muted"))
            painter.drawText(area.adjusted(10, 6, 0, 0), left, text)
            painter.restore()
            return
        state = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(area.adjusted(2, 0, -2, 0), 5, 5)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(theme.color("accent"), 1.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area.adjusted(2.5, 0.5, -2.5, -0.5), 5, 5)
        if self._keymap.is_changed(name):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QRectF(area.left() + 10, area.center().y() - 3, 6, 6))
        begin = paint_caps(
            painter, list(self._keymap.keys(name)), area.right() - 10, area.center().y(), "text"
        )
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("text"))
        room = QRectF(area.left() + 24, area.top(), begin - area.left() - 32, area.height())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, left, shown)
        painter.restore()


class KeyEditor(QFrame):
    """The keys of one command: each can be taken away, new ones are pressed; a key in use is asked about.

    Attributes:
        grown: it needs more room than before.
    """

    grown = Signal()

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._row: Action | None = None
        self._wanted = ""
        theme.set_role(self, "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        self.title, self.note = QLabel(), QLabel()
        theme.set_role(self.title, "title")
        theme.set_role(self.note, "caption")
        column.addWidget(self.title)
        column.addWidget(self.note)
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        self.field, self.add_button = KeyField(), self._button("Add Keys…")
        self.reset_button = self._button("Reset")
        self.reset_button.setToolTip("Give this command its own keys back")
        self.key_buttons: list[KeyButton] = []
        self._line.addWidget(self.field)
        self._line.addWidget(self.add_button)
        self._line.addStretch(1)
        self._line.addWidget(self.reset_button)
        column.addLayout(self._line)
        self.question = QWidget()
        ask = QHBoxLayout(self.question)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(8)
        self.question_text = QLabel()
        theme.set_role(self.question_text, "doubtful")
        self.take_button, self.leave_button = self._button("Take It Away There"), self._button("Leave It")
        ask.addWidget(self.question_text, 1)
        ask.addWidget(self.take_button)
        ask.addWidget(self.leave_button)
        column.addWidget(self.question)
        self.add_button.clicked.connect(self.record)
        self.field.pressed.connect(self._on_pressed)
        self.field.left.connect(self._stop)
        self.reset_button.clicked.connect(self._on_reset)
        self.take_button.clicked.connect(self._on_take)
        self.leave_button.clicked.connect(self._on_leave)
        self.show_row(None)

    @staticmethod
    def _button(text: str) -> QPushButton:
        made = QPushButton(text)
        made.setAutoDefault(False)
        return made

    def show_row(self, row: Action | None) -> None:
        """Edit the keys of a row."""
        self._row, self._wanted = row, ""
        self.question.hide()
        self._stop()
        self.refresh()

    def refresh(self) -> None:
        """Show the keys as they are now."""
        for old in self.key_buttons:
            self._line.removeWidget(old)
            old.hide()
            old.deleteLater()
        row = self._row
        keys = self._keymap.keys(row.id) if row is not None else ()
        self.key_buttons = [KeyButton(key) for key in keys]
        for place, button in enumerate(self.key_buttons):
            button.clicked.connect(lambda _on=False, key=button.keys: self._on_remove(key))
            self._line.insertWidget(place, button)
        self.title.setText(row.title.rstrip("…") if row is not None else "Choose a command")
        where = {"canvas": " Works while the video or the timeline has the keys."}
        self.note.setText(
            row.tip + where.get(row.scope, "") if row is not None else "Its keys are changed here."
        )
        self.add_button.setEnabled(row is not None)
        self.reset_button.setEnabled(row is not None and self._keymap.is_changed(row.id))

    def record(self) -> None:
        """Wait for the new keys."""
        if self._row is not None:
            self.question.hide()
            self.add_button.hide()
            self.field.show()
            self.field.setFocus()

    def _stop(self) -> None:
        had_focus = self.field.hasFocus()
        self.field.hide()
        self.add_button.show()
        if had_focus:
            self.add_button.setFocus()

    def _on_pressed(self, keys: str) -> None:
        assert self._row is not None
        self._stop()
        taken = self._keymap.holders(keys, self._row.id)
        if not taken:
            self._keymap.add(self._row.id, keys)
            return
        self._wanted = keys
        names = " and ".join(row.title.rstrip("…") for row in taken)
        self.question_text.setText(f"{native(keys)} is {names}: take it away there?")
        self.question.show()
        self.grown.emit()
        self.take_button.setFocus()

    def _on_take(self) -> None:
        assert self._row is not None
        self.question.hide()
        self._keymap.add(self._row.id, self._wanted)
        self.add_button.setFocus()

    def _on_leave(self) -> None:
        self.question.hide()
        self.add_button.setFocus()

    def _on_remove(self, key: str) -> None:
        assert self._row is not None
        self._keymap.remove(self._row.id, key)
        self.add_button.setFocus()

    def _on_reset(self) -> None:
        assert self._row is not None
        self._keymap.reset(self._row.id)
        self.add_button.setFocus()


class ShortcutsDialog(FormDialog):
    """Every command by menu, with its keys.

    Attributes:
        items: the row of each command, by its id.
    """

    def __init__(self, parent: QWidget | None, keymap: Keymap) -> None:
        super().__init__(parent, "Keyboard shortcuts", "", "Close", 620)
        self._keymap = keymap
        self.cancel_button.hide()
        self.accept_button.setDefault(False)
        self.accept_button.setAutoDefault(False)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search commands and keys")
        self.search.setAccessibleName("Search commands and keys")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._on_search)
        self.body.addWidget(self.search)
        self.tree = self._make_tree()
        self.search.returnPressed.connect(self.tree.setFocus)
        self.items: dict[str, QTreeWidgetItem] = {}
        for menu in MENUS:
            rows = [row for row in keymap.rows.values() if row.menu == menu]
            if rows:
                self._add_menu(menu, rows)
        self.tree.expandAll()
        self.body.addWidget(self.tree, 1)
        self.editor = KeyEditor(keymap)
        self.body.addWidget(self.editor)
        self.problem = self.note("")
        theme.set_role(self.problem, "bad")
        self.body.addWidget(self.problem)
        self.reset_all_button = QPushButton("Reset All")
        self.reset_all_button.setToolTip("Give every command its own keys back")
        self.reset_all_button.clicked.connect(keymap.reset_all)
        self.add_left_button(self.reset_all_button)
        self.tree.currentItemChanged.connect(self._on_current)
        self.editor.grown.connect(self._keep_in_sight)
        self.tree.itemActivated.connect(lambda *_: QTimer.singleShot(0, self.editor.record))
        connect(keymap.changed, self._on_keys, self)
        self._on_keys()
        self.resize(660, 660)
        self.search.setFocus()

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(0)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setMinimumHeight(260)
        tree.setMouseTracking(True)
        tree.setExpandsOnDoubleClick(False)
        tree.setItemDelegate(ShortcutDelegate(self._keymap, tree))
        tree.setAccessibleName("Commands and their keys")
        return tree

    def _add_menu(self, menu: str, rows: list[Action]) -> None:
        head = QTreeWidgetItem([menu])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(head)
        for row in rows:
            item = QTreeWidgetItem([row.title.rstrip("…")])
            item.setData(0, ID, row.id)
            item.setToolTip(0, row.tip)
            head.addChild(item)
            self.items[row.id] = item

    def _on_current(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        name = item.data(0, ID) if item is not None else None
        self.editor.show_row(self._keymap.rows[name] if name else None)

    def _keep_in_sight(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            # Once the question below has taken its room.
            QTimer.singleShot(0, lambda: self.tree.scrollToItem(item))

    def _on_keys(self) -> None:
        self.problem.setText(self._keymap.problem)
        self.problem.setVisible(bool(self._keymap.problem))
        for name, item in self.items.items():
            keys = " or ".join(native(key) for key in self._keymap.keys(name)) or "no keys"
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{item.text(0)}, {keys}")
        self.reset_all_button.setEnabled(self._keymap.num_changed > 0)
        self.editor.refresh()
        self.tree.viewport().update()

    def _on_search(self, text: str) -> None:
        words = text.lower().split()
        first = None
        for i in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(i)
            assert head is not None
            found = 0
            for item in (head.child(j) for j in range(head.childCount())):
                assert item is not None
                keys = " ".join(self._keymap.keys(item.data(0, ID)))
                hit = all(word in f"{head.text(0)} {item.text(0)} {keys}".lower() for word in words)
                item.setHidden(not hit)
                found += hit
                first = first or (item if hit and words else None)
            head.setHidden(found == 0)
        if first is not None:
            self.tree.setCurrentItem(first)
