"""What a window has to end before it closes: exports run in its process and are asked about."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from poseapp.app.background import tasks_of
from poseapp.app.session import Session
from poseapp.qt import ask
from poseapp.qt.bridge import connect

# A cancelled export ends after the frame it is at; a label file that is being written is given this long.
STOP_S = 5.0
GRACE_S = 0.3


class Closing(QObject):
    """Asks what becomes of running exports, and closes later where they are to be waited for."""

    def __init__(self, window: QWidget, session: Session, close: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._tasks, self._close = window, tasks_of(session), close
        self._when_written = False
        connect(self._tasks.changed, self._on_tasks, self)

    def may_close(self) -> bool:
        """Whether the window may go now; exports that are just about to end are given a moment."""
        for task in self._tasks.active:
            if task.thread is not None:
                task.thread.join(GRACE_S)
        active = self._tasks.active
        if not active:
            return True
        answer = ask.quit_while_writing(self._window, [task.title for task in active])
        self._when_written = answer == "wait"
        if answer == "stop":
            for task in active:
                task.cancel()
                if task.thread is not None:
                    task.thread.join(STOP_S)
        return answer == "stop" or (answer == "wait" and not self._tasks.active)

    def _on_tasks(self) -> None:
        if self._when_written and not self._tasks.active:
            self._close()
