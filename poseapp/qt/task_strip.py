"""The export that is being written: what, a bar, time left, cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from poseapp.app.background import tasks_of
from poseapp.app.session import Session
from poseapp.qt import run_words, theme
from poseapp.qt.bridge import connect
from poseapp.qt.progress_strip import ProgressStrip


class TaskStrip(ProgressStrip):
    """The oldest running task of the window's own process; hidden while there is none."""

    def __init__(self, session: Session) -> None:
        super().__init__("task_strip", QLabel(), "Cancel; nothing of it is kept", "Cancel this export")
        self._tasks = tasks_of(session)
        self.words.setFont(theme.small_font())
        self.cancelled.connect(self._on_cancel)
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
        self.show_share(task.share)
        self.cancel.setVisible(task.cancellable)

    def _on_cancel(self) -> None:
        if self._tasks.active:
            self._tasks.active[0].cancel()
