"""Signals of the Qt-free session, brought to the window's thread.

psygnal calls its listeners in the thread that emits; frames arrive from the decoding thread. A listener
connected here always runs in the window's thread and is let go when its owner is destroyed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject, Qt, QThread, Signal


class Relay(QObject):
    """Calls one function in the thread it was made in."""

    _arrived = Signal()

    def __init__(self, owner: QObject, callback: Callable[..., Any], newest_only: bool) -> None:
        super().__init__(owner)
        self._callback = callback
        self._newest_only = newest_only
        self._waiting: list[tuple[Any, ...]] = []
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def take(self, args: tuple[Any, ...]) -> None:
        """Accept one emission from any thread."""
        if QThread.currentThread() is self.thread():
            self._callback(*args)
            return
        if self._newest_only:
            # Replacing the list is one step for the interpreter; a reader sees the old or the new one whole.
            self._waiting = [args]
        else:
            self._waiting.append(args)
        self._arrived.emit()

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        for args in waiting:
            self._callback(*args)


def connect(
    signal: SignalInstance,
    callback: Callable[..., Any],
    owner: QObject,
    *,
    newest_only: bool = False,
) -> None:
    """Call ``callback`` in the owner's thread whenever ``signal`` fires, until ``owner`` is destroyed.

    Args:
        signal: A psygnal signal; it may fire in any thread.
        callback: Gets the signal's arguments.
        owner: The Qt object that lives as long as the listener.
        newest_only: Emissions that pile up while the window is busy are dropped but the last (video frames).
    """
    relay = Relay(owner, callback, newest_only)

    def receive(*args: Any) -> None:
        relay.take(args)

    signal.connect(receive, check_nargs=False)
    owner.destroyed.connect(lambda: signal.disconnect(receive, missing_ok=True))
