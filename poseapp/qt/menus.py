"""The menu bar and every shortcut, built from the rows of ``app.actions.ACTIONS``."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from poseapp.app.actions import ACTIONS, MENUS, Action
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect

ROWS: dict[str, Action] = {row.id: row for row in ACTIONS}


def native(keys: str) -> str:
    """Portable key text as this platform writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def give_tip(widget: QWidget, session: Session, action_id: str, lead: str = "") -> None:
    """Let a widget's tool tip say what a row does and by which key, also after the key was changed.

    Args:
        widget: stays told until it is destroyed.
        session: its keymap says which key.
        action_id: the row.
        lead: words instead of the row's sentence.
    """

    def say() -> None:
        key = session.keymap.shown(action_id)
        widget.setToolTip(
            f"{lead} ({native(key)})" if lead and key else lead or session.keymap.tip(action_id)
        )

    connect(session.keymap.changed, say, widget)
    widget.setProperty("action", action_id)
    say()


class Menus(QObject):
    """Qt's side of the rows.

    Attributes:
        actions: one ``QAction`` a row, by id.
        menus: one ``QMenu`` a menu, by name.
    """

    def __init__(self, bar: QMenuBar, session: Session, trigger: Callable[[str], None]) -> None:
        super().__init__(bar)
        self._session = session
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {name: bar.addMenu(name) for name in MENUS}
        for menu in self.menus.values():
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
        for row in ACTIONS:
            self._add(row, trigger)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        for signal in (
            session.project_changed, session.video_changed, session.selection_changed, session.labels_changed,
            session.layers_changed, session.runs_changed, session.tool_changed, session.playing_changed,
            session.range_changed,
        ):  # fmt: skip
            connect(signal, lambda *_: self._later.start(), self)
        connect(session.keymap.changed, self._on_keys, self)
        self.refresh()

    def _on_keys(self) -> None:
        for row in ACTIONS:
            keys = [QKeySequence(key) for key in self._session.keymap.keys(row.id)]
            if self.actions[row.id].shortcuts() != keys:
                self.actions[row.id].setShortcuts(keys)

    def _add(self, row: Action, trigger: Callable[[str], None]) -> None:
        menu = self.menus[row.menu]
        action = QAction(row.title, menu)
        action.setObjectName(row.id)
        action.setToolTip(row.tip)
        action.setStatusTip("")
        if row.icon:
            action.setIcon(theme.icon(row.icon))
        action.setCheckable(row.checked is not None)
        # A key held down steps through frames; it must not flip something or edit again and again.
        action.setAutoRepeat(row.repeats or (row.menu == "Go" and row.checked is None))
        action.setShortcuts([QKeySequence(keys) for keys in self._session.keymap.keys(row.id)])
        if row.scope == "canvas":
            # Single letters must not fire while a number is typed in a table or a dialog.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False, row_id=row.id: trigger(row_id))
        self.actions[row.id] = action
        if row.listed:
            if row.separator:
                menu.addSeparator()
            menu.addAction(action)

    def give_keys(self, window: QWidget, canvases: list[QWidget]) -> None:
        """Make the keys work: in the whole window, or while one of the canvases has the focus."""
        for row in ACTIONS:
            action = self.actions[row.id]
            if row.scope == "canvas":
                for canvas in canvases:
                    canvas.addAction(action)
            elif not row.listed:
                window.addAction(action)

    def refresh(self) -> None:
        """Bring enabled, checked and the words of undo and redo up to date."""
        session = self._session
        for row in ACTIONS:
            action = self.actions[row.id]
            action.setEnabled(row.enabled(session))
            if row.checked is not None:
                action.setChecked(row.checked(session))
        project = session.project
        undo = project.undo_text if project is not None and not project.read_only else None
        redo = project.redo_text if project is not None and not project.read_only else None
        self.actions["edit.undo"].setText(f"Undo: {undo}" if undo else "Undo")
        self.actions["edit.redo"].setText(f"Redo: {redo}" if redo else "Redo")
