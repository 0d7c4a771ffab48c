"""The door to the window."""

from __future__ import annotations

import signal
import sys
from pathlib import Path


def run_window(path: str | Path | None, *, theme: str | None = None) -> int:
    """Open the window and wait until it is closed.

    Args:
        path: A project, video or image folder to open, or None for the start page.
        theme: "system", "dark" or "light" for this time; None takes the user's setting.

    Returns:
        The exit status of the window.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from poseapp.app.session import Session
    from poseapp.qt import theme as look
    from poseapp.qt.window import Window

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("PoseApp")
    app.setDesktopFileName("poseapp")
    session = Session()
    look.apply(app, theme or str(session.settings["theme"]))
    window = Window(session)
    window.show()
    if path is not None:
        # After the first paint: a slow disk must not hold the window back.
        QTimer.singleShot(0, lambda: window.open_path(path))
    # Ctrl+C in the terminal closes the window as its button does; the poll timer lets Python see the signal.
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    try:
        return app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
