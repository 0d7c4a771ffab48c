"""The victim of bench/kills.py that is a real window: mouse and keys work in it until it is killed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path


def preload() -> None:
    """Import what a window needs, before the fork; no application is made yet."""
    import PySide6.QtTest  # noqa: F401

    import poseapp.qt.window  # noqa: F401


def work_in_window(path: Path, seed: int, tell: Callable[[str], None]) -> None:
    """Open a project in a window and edit by mouse and keys for ever, told as in `random_steps`."""
    from PySide6.QtCore import QPoint, QSettings, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from bench.kills import digest
    from poseapp.app.recent import RecentFiles
    from poseapp.app.session import Session
    from poseapp.app.settings import Settings
    from poseapp.qt import theme
    from poseapp.qt.window import Window
    from tests.gui.hand import drag

    rng, app = random.Random(seed), QApplication(["kills"])
    theme.apply(app, "dark")
    session = Session(Settings(), RecentFiles())
    window = Window(session, QSettings(str(path.parent / f"{seed}.ini"), QSettings.Format.IniFormat))
    window.resize(1280, 800)
    window.show()
    assert window.open_path(path)
    QTest.qWaitForWindowExposed(window)
    canvas, project = window.video.canvas, session.project
    assert project is not None
    window.activateWindow()
    canvas.setFocus()
    shift, ctrl, none = (
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.NoModifier,
    )
    keys = {
        "undo": (Qt.Key.Key_Z, ctrl), "redo": (Qt.Key.Key_Z, ctrl | shift), "swap": (Qt.Key.Key_T, none),
        "hide": (Qt.Key.Key_V, none), "unset": (Qt.Key.Key_Delete, none), "delete": (Qt.Key.Key_Delete, shift),
    }  # fmt: skip

    def press(name: str) -> Callable[[], None]:
        return lambda: QTest.keyClick(canvas, *keys[name])

    def point_of() -> QPoint | None:
        people = session.instances_on_screen()
        if not people:
            return None
        person = rng.choice(people)
        spots = [k for k in range(len(person.instance.points)) if person.instance.visibility[k]]
        if not spots:
            return None
        return canvas.canvas_position(tuple(person.instance.points[rng.choice(spots)]))

    def drag_keypoint(at: QPoint) -> Callable[[], None]:
        return lambda: drag(canvas, at, at + QPoint(rng.randrange(-25, 25) or 3, rng.randrange(-25, 25) or 3))

    tell(f"is {digest(project)}")
    while True:
        session.go_to(rng.randrange(20))
        app.processEvents()
        kind, at = rng.random(), point_of()
        name, step = "redo", press("redo")
        if kind < 0.12:
            name, step = "undo", press("undo")
        elif at is not None and kind < 0.75:
            name, step = "drag", drag_keypoint(at)
        elif at is not None and kind < 0.95:
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, none, at)
            app.processEvents()
            name = rng.choice(("swap", "hide", "unset", "swap", "hide", "delete"))
            step = press(name)
        tell(f"do {name}")
        step()
        app.processEvents()
        tell(f"is {digest(project)}")
