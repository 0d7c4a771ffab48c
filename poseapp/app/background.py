"""Work that the window's own process does beside the window: exports and movies, with progress and cancel."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from psygnal import Signal

from poseapp.app.session import Session
from poseapp.errors import PoseError

TELL_EVERY_S = 0.1


class TaskCancelled(Exception):
    """The user cancelled a task; it is no trouble and shown to nobody."""


class Task:
    """One piece of work in a thread of its own.

    Attributes:
        title: what it does, as "Writing walk.mp4".
        cancellable: whether `cancel` has an effect before the end.
        done: how much is done.
        total: how much there is in all; 0 while nobody can tell.
        thread: where it runs.
    """

    def __init__(self, title: str, cancellable: bool, tell: Callable[[], None]) -> None:
        self.title = title
        self.cancellable = cancellable
        self.done = self.total = 0
        self.thread: threading.Thread | None = None
        self._tell = tell
        self._cancelled = False
        self._started = self._told = time.monotonic()

    def report(self, done: int, total: int) -> None:
        """Take note of progress; called by the work.

        Raises:
            TaskCancelled: the user wants it to end.
        """
        if self._cancelled:
            raise TaskCancelled(self.title)
        self.done, self.total = done, total
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S:
            self._told = now
            self._tell()

    def cancel(self) -> None:
        """End it at its next report; nothing half-written stays."""
        self._cancelled = True

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None while nobody can tell."""
        return min(self.done / self.total, 1.0) if self.total > 0 else None

    @property
    def seconds_left(self) -> float:
        """Seconds to go at the speed so far; NaN while nobody can tell."""
        if self.done <= 0 or self.total <= 0:
            return math.nan
        return (time.monotonic() - self._started) / self.done * max(self.total - self.done, 0)


class Tasks:
    """The running tasks of one window.

    Attributes:
        active: oldest first.
        changed: psygnal signal, from any thread: one began, moved on or ended.
    """

    changed = Signal()

    def __init__(self) -> None:
        self.active: list[Task] = []

    def begin(self, title: str, cancellable: bool) -> Task:
        """Put a new task on the list."""
        task = Task(title, cancellable, self.changed.emit)
        self.active = [*self.active, task]
        return task

    def end(self, task: Task) -> None:
        """Take a task off the list."""
        self.active = [other for other in self.active if other is not task]
        self.changed.emit()


def _in_one_line(error: Exception) -> str:
    return " ".join([type(error).__name__, *str(error).split()])


_TASKS: WeakKeyDictionary[Session, Tasks] = WeakKeyDictionary()


def tasks_of(session: Session) -> Tasks:
    """The tasks of a window."""
    return _TASKS.setdefault(session, Tasks())


def in_background(
    session: Session, title: str, done: str, work: Callable[[Task], object], *, cancellable: bool = False
) -> threading.Thread:
    """Run `work` in a thread; says `done` in the status bar, or in the notice strip what went wrong.

    Args:
        session: the open window.
        title: what it does, as "Writing walk.mp4".
        done: what to say at the end.
        work: gets the task, to report progress to.
        cancellable: whether `work` reports often enough to be cancelled.
    """
    tasks = tasks_of(session)
    task = tasks.begin(title, cancellable)

    def run() -> None:
        try:
            work(task)
        except TaskCancelled:
            session.message.emit(f"{title}: cancelled, nothing was written")
        except (PoseError, OSError) as error:
            session.failed.emit(str(error))
        except Exception as error:
            session.failed.emit(f"{title} failed: {_in_one_line(error)}")
            raise  # a mistake of ours stays loud in the terminal too
        else:
            session.message.emit(done)
        finally:
            tasks.end(task)

    task.thread = threading.Thread(target=run, name="export", daemon=True)
    task.thread.start()
    tasks.changed.emit()
    return task.thread
