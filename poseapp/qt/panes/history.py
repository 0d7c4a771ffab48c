"""Every edit of the project, also of earlier days; a click goes back to any of them, or forward again."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.history_model import HistoryDelegate, HistoryModel
from poseapp.qt.menus import give_tip


class HistoryList(QListView):
    """The list; Enter goes to the selected edit."""

    entered = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, or what a list does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class HistoryPane(QWidget):
    """The edits, newest on top.

    Attributes:
        triggered: an action's id to run.
    """

    triggered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._target: int | None = None
        self._far = 0
        self.setObjectName("history_pane")
        theme.set_role(self, "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 6)
        self.count = QLabel()
        theme.set_role(self.count, "caption")
        head.addWidget(self.count, 1)
        self.undo_button = self._link("Undo", "edit.undo")
        self.redo_button = self._link("Redo", "edit.redo")
        head.addWidget(self.undo_button)
        head.addWidget(self.redo_button)
        column.addLayout(head)
        self.model = HistoryModel(self)
        self.list = HistoryList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(HistoryDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Edits, newest first")
        self.list.clicked.connect(self.go_to)
        self.list.entered.connect(self.go_to)
        column.addWidget(self.list, 1)
        column.addWidget(self._make_progress())
        self.setFocusProxy(self.list)
        self._later = QTimer(self, singleShot=True, interval=30)
        self._later.timeout.connect(self.refresh)
        self._steps = QTimer(self, interval=0)
        self._steps.timeout.connect(self._step)
        connect(session.labels_changed, lambda *_: self._later.start(), self)
        connect(session.project_changed, self._on_project, self)
        theme.changed.connect(self.list.viewport().update)

    def _link(self, words: str, action_id: str) -> QPushButton:
        button = QPushButton(words)
        theme.set_role(button, "small-link")
        give_tip(button, self._session, action_id)
        button.clicked.connect(lambda: self.triggered.emit(action_id))
        return button

    def _make_progress(self) -> QWidget:
        self.progress = QWidget()
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(12, 6, 12, 8)
        row.setSpacing(10)
        self.words, self.bar = QLabel(), QProgressBar()
        theme.set_role(self.words, "caption")
        stop = QPushButton("Stop Here")
        stop.setToolTip("Stay at the edit that has been reached")
        theme.set_role(stop, "small-link")
        stop.clicked.connect(self.stop)
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(stop)
        self.progress.hide()
        return self.progress

    # -- showing -------------------------------------------------------------------------------------------

    def _on_project(self) -> None:
        self.stop()
        self.model.read(None)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while it was hidden is read now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the edits as they are now; a hidden pane costs no edit anything."""
        if not self.isVisible() or self._target is not None:
            return
        project = self._session.project
        before = self.model.place
        self.model.read(project)
        undone = sum(self.model.is_undone(e) for e in self.model.entries)
        number = self.model.total
        parts = [f"{number:,} edit{'s' * (number != 1)}", f"{undone:,} undone" if undone else ""]
        self.count.setText(" · ".join(p for p in parts if p) if project is not None else "")
        writable = project is not None and not project.read_only
        self.undo_button.setEnabled(writable and self.model.place > 0)
        self.redo_button.setEnabled(writable and undone > 0)
        if self.model.place != before:
            index = self.model.index(self.model.row_of_place(), 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    # -- going ---------------------------------------------------------------------------------------------

    def go_to(self, index: QModelIndex) -> None:
        """Undo or redo until an edit is the newest that is done."""
        project = self._session.project
        if project is None or self._target is not None:
            return
        if project.read_only:
            self._session.message.emit(f"Read-only: {project.read_only_reason}")
            return
        self._target, self._far = self.model.entry(index.row()).id, 0
        if self._target == self.model.place:
            self._target = None
            return
        self._steps.start()
        self._step()

    def _step(self) -> None:
        project, target = self._session.project, self._target
        if project is None or target is None:
            self.stop()
            return
        try:
            left = project.travel(target)
        except PoseError as error:
            self.stop()
            self._session.failed.emit(str(error))
            return
        self._far = max(self._far, left)
        if left:
            self.words.setText(f"{left:,} edits to go")
            self.bar.setRange(0, self._far)
            self.bar.setValue(self._far - left)
            self.progress.show()
            return
        self.stop()
        entry = next((e for e in self.model.entries if e.id == target), None)
        self._session.message.emit(f"Now as after: {entry.text}" if entry else "Now as before the first edit")

    def stop(self) -> None:
        """Stay where it is."""
        self._steps.stop()
        self._target = None
        self.progress.hide()
        self._later.start()
