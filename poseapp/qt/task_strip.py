"""The export that is being written: what, a bar, time left, cancel."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from poseapp.app.background import tasks_of
from poseapp.app.session import Session
from poseapp.qt import run_words, theme
from poseapp.qt.bridge import connect

STEPS = 1000


class TaskStrip(QWidget):
    """The oldest running task of the window's own process; hidden while there is none."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._tasks = tasks_of(session)
        self.setObjectName("task_strip")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.words = QLabel()
        self.words.setFont(theme.small_font())
        self.bar = QProgressBar()
        self.bar.setFixedWidth(96)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setIcon(theme.icon("x", hover="bad"))
        self.cancel.setIconSize(QSize(12, 12))
        self.cancel.setToolTip("Cancel; nothing of it is kept")
        self.cancel.setAccessibleName("Cancel this export")
        self.cancel.clicked.connect(self._on_cancel)
        for widget in (self.words, self.bar, self.cancel):
            row.addWidget(widget)
        connect(self._tasks.changed, self.refresh, self, newest_only=True)
        self.refresh()

    def refresh(self) -> None:
        """Show how the oldest task stands, or nothing."""
        active = self._tasks.active
        self.setVisible(bool(active))
        if not active:
            return
        task = active[0]
        left = run_words.duration(task.seconds_left)
        left = f"{left} left" if left else ""
        more = f" (+{len(active) - 1})" if len(active) > 1 else ""
        count = f"{task.done} / {task.total}" if task.total else ""
        self.words.setText(" · ".join(w for w in (task.title + more, count, left) if w))
        share = task.share
        self.bar.setRange(0, 0 if share is None else STEPS)
        self.bar.setValue(0 if share is None else round(share * STEPS))
        self.cancel.setVisible(task.cancellable)

    def _on_cancel(self) -> None:
        if self._tasks.active:
            self._tasks.active[0].cancel()
