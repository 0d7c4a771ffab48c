"""Answering the modal dialogs of tests, so that none is ever left to wait for a person."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

LOOK_MS = 20
WAIT_S = 10.0
FORGOTTEN_S = 90.0
_test = [0]  # the number of the test that runs: what one left to be answered is not the next one's


def answer(step: Callable[[QWidget], None], active: bool = False) -> list[str]:
    """Let ``step`` deal with the next modal dialog; returns what went wrong in it, filled in meanwhile.

    The dialog is closed when the step is over, whatever happened in it. To be called right before what opens
    the dialog: anything that waits in between lets the time run out.

    Args:
        step: What to do with the dialog.
        active: Wait until the dialog has the keyboard too.
    """
    trouble: list[str] = []
    end = time.monotonic() + WAIT_S
    asker = _test[0]

    def look() -> None:
        if _test[0] != asker:
            return
        dialog = QApplication.activeModalWidget()
        if dialog is None or (active and not dialog.isActiveWindow()):
            if time.monotonic() < end:
                QTimer.singleShot(LOOK_MS, look)
            else:
                trouble.append("no dialog came")
            return
        try:
            step(dialog)
        except Exception:  # noqa: BLE001 - told by the test, which must not wait for ever
            trouble.append(traceback.format_exc())
        finally:
            if dialog.isVisible():
                dialog.close()

    QTimer.singleShot(LOOK_MS, look)
    return trouble


@contextmanager
def forgotten_dialogs_closed() -> Iterator[list[str]]:
    """Close a modal dialog that nobody answered for long: it would hold up every test after this one."""
    closed: list[str] = []
    seen: list[tuple[QWidget, float]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            seen.clear()
        elif not seen or seen[0][0] is not dialog:
            seen[:] = [(dialog, time.monotonic())]
        elif time.monotonic() - seen[0][1] > FORGOTTEN_S:
            closed.append(f"{type(dialog).__name__} {dialog.windowTitle()!r} was left open")
            dialog.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(1000)
    try:
        yield closed
    finally:
        timer.stop()
        _test[0] += 1
