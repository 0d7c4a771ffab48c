"""Pictures of the real window on a project, for the demo and the documentation.

python -m poseapp.qt.screenshots PROJECT OUT_DIR [--theme dark] [--size 1440x900]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.window import Window

TIMEOUT_S = 30.0
SETTLE_MS = 400


def save(
    project_path: str | Path,
    out_dir: str | Path,
    *,
    themes: tuple[str, ...] = ("dark", "light"),
    size: tuple[int, int] = (1440, 900),
    frame_idx: int | None = None,
    pane: str = "people",
) -> list[Path]:
    """Open the window on a project and save a picture of it in each theme.

    Args:
        project_path: A project, video or image folder.
        out_dir: Gets ``window-THEME.png``.
        themes: "dark", "light" or both.
        size: Width and height of the window in logical pixels.
        frame_idx: The frame to show; None shows a frame with people near the middle.
        pane: "people" or "runs", whichever is to be in front.

    Returns:
        The pictures.

    Raises:
        PoseError: The project cannot be opened, or its video shows nothing within half a minute.
    """
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    theme.apply(app, themes[0])
    made = []
    with tempfile.TemporaryDirectory(prefix="poseapp-window-") as folder:
        # Settings and recent files of their own: pictures neither depend on the user's nor change them.
        geometry = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        session = Session(Settings(), RecentFiles())
        window = Window(session, geometry)
        window.resize(*size)
        window.reset_layout()
        window.show()
        try:
            session.open(project_path)
            window.resize(*size)
            window.reset_layout()
            window.show_pane(pane)
            _show_people(session, frame_idx)
            _wait(lambda: is_painted(window), "the video shows nothing")
            for name in themes:
                theme.set_choice(name)
                _settle()
                path = out / f"window-{name}.png"
                if not window.grab().save(str(path)):
                    raise PoseError(f"the picture could not be written: {path}")
                made.append(path)
        finally:
            window.close()
    return made


def is_painted(window: Window) -> bool:
    """Whether the current frame is on the canvas, with nothing still to come."""
    canvas = window.video.canvas
    return canvas.frame.image is not None and not canvas.frame.is_proxy and canvas.is_current


def _show_people(session: Session, frame_idx: int | None) -> None:
    """Go to a frame worth showing and select its first person."""
    if frame_idx is None:
        labelled = session.labelled_frames()
        frame_idx = int(labelled[len(labelled) // 2]) if len(labelled) else session.num_frames // 2
    session.go_to(frame_idx)
    people = session.instances_on_screen()
    if people:
        skeleton = session.skeleton
        names = list(skeleton.keypoints) if skeleton is not None else []
        session.select(people[0].ref, names.index("left_wrist") if "left_wrist" in names else None)


def _settle() -> None:
    """Let timers and repaints run for a moment."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


def _wait(done: Callable[[], bool], what: str) -> None:
    clock = QElapsedTimer()
    clock.start()
    while not done():
        if clock.elapsed() > TIMEOUT_S * 1000:
            raise PoseError(f"{what} within {TIMEOUT_S:.0f} s")
        QApplication.processEvents()
        time.sleep(0.01)
    _settle()


def main(argv: list[str] | None = None) -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Save pictures of the window on a project.")
    parser.add_argument("project", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--theme", choices=("dark", "light"), help="one theme only")
    parser.add_argument("--size", default="1440x900", help="WIDTHxHEIGHT")
    parser.add_argument("--frame", type=int, help="the frame to show")
    parser.add_argument("--pane", choices=("people", "runs"), default="people")
    words = parser.parse_args(argv)
    try:
        width, height = (int(part) for part in words.size.lower().split("x"))
        themes = (words.theme,) if words.theme else ("dark", "light")
        options = {"size": (width, height), "frame_idx": words.frame, "pane": words.pane}
        save(words.project, words.out_dir, themes=themes, **options)
    except (PoseError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
