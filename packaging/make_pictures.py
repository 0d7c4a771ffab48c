"""Make the pictures of the documentation from the real window.

    poseapp demo --headless --out DEMO
    xvfb-run -a -s "-screen 0 1600x1000x24" python packaging/make_pictures.py DEMO [--out docs/images]
        [--theme dark|light] [--scale 2] [--only NAME...]

Works on a copy of the demo's project, with settings of its own. Each scene brings the window where a reader
of the tutorials is, by the window's own commands and by mouse and key events, and is written as NAME.jpg.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

QUALITY = 88
SIZE = (1440, 900)


class Studio:
    """The window, and what scenes do with it."""

    def __init__(self, project: Path, folder: Path, theme_name: str) -> None:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from poseapp.app.recent import RecentFiles
        from poseapp.app.session import Session
        from poseapp.app.settings import Settings
        from poseapp.qt import theme
        from poseapp.qt.window import Window

        app = QApplication.instance()
        self.app = app if isinstance(app, QApplication) else QApplication(sys.argv[:1])
        theme.apply(self.app, theme_name)
        self.session = Session(Settings(), RecentFiles())
        self.window = Window(self.session, QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
        self.window.resize(*SIZE)
        self.window.show()
        self.settle(400)
        self.project = project
        self.pictures: dict[str, object] = {}

    @property
    def canvas(self):
        """The video canvas."""
        return self.window.video.canvas

    def settle(self, ms: int = 500) -> None:
        """Let timers, threads and repaints run."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def open(self) -> None:
        """Open the project; the tour of the sample and the offer of the other are not part of pictures."""
        self.session.open(self.project)
        self.window.tour.end()
        self.session.project.set_setting("tour_closed", True)
        self.settle(2500)

    def go(self, frame: int) -> None:
        """Show a frame."""
        self.session.go_to(frame)
        self.settle(900)

    def spot(self, xy) -> object:
        """Where a place of the frame is on the canvas."""
        return self.canvas.canvas_position((float(xy[0]), float(xy[1])))

    def person(self):
        """The first person of the frame."""
        return self.session.instances_on_screen()[0]

    def shot(self, widget=None):
        """A picture of the window, or of a part of it."""
        return (widget or self.window).grab()

    def dialog(self, action: str, act: Callable[[object], None] = lambda _dialog: None, ms: int = 1500):
        """Run a command that opens a dialog, and take a picture of the dialog before it is closed."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        taken: list[object] = []

        def look(tries: int = 40) -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is None:
                if tries:
                    QTimer.singleShot(50, lambda: look(tries - 1))
                return
            self.settle(ms)
            act(dialog)
            self.settle(500)
            taken.append(dialog.grab())
            dialog.reject()

        QTimer.singleShot(100, look)
        self.window.trigger(action)
        if not taken:
            raise SystemExit(f"{action} opened no dialog")
        return taken[0]


def start(studio: Studio):
    """The start page."""
    return studio.shot()


def adding(studio: Studio):
    """A person half placed."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from tests.gui.hand import move

    studio.go(30)
    places = studio.person().instance.points.copy()
    for layer in studio.session.prediction_layers:
        studio.session.set_layer_visible(layer.name, False)
    studio.window.trigger("label.tool_add")
    for k in range(6):
        QTest.mouseClick(
            studio.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, studio.spot(places[k])
        )
        studio.settle(60)
    move(studio.canvas, studio.spot(places[6]))
    studio.settle(200)
    picture = studio.shot()
    studio.window.trigger("edit.delete_frame_labels")
    studio.session.set_tool("select")
    for layer in studio.session.prediction_layers:
        studio.session.set_layer_visible(layer.name, True)
    return picture


def dragging(studio: Studio):
    """A keypoint dragged under the magnifier."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from tests.gui.hand import move

    studio.go(126)
    person = studio.person()
    keypoint = studio.session.skeleton.index("right_wrist")
    at = studio.spot(person.instance.points[keypoint])
    left, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(studio.canvas, left, held, at)
    move(studio.canvas, at + QPoint(5, -3), left)
    studio.settle(200)
    picture = studio.shot()
    studio.canvas.tools.cancel()
    QTest.mouseRelease(studio.canvas, left, held, at)
    return picture


def turning(studio: Studio):
    """The handles around a person."""
    studio.go(126)
    studio.session.select(studio.person().ref)
    studio.window.trigger("label.tool_transform")
    studio.settle(200)
    picture = studio.shot()
    studio.session.set_tool("select")
    return picture


def review(studio: Studio):
    """The queue of doubtful frames."""
    studio.window.show_pane("review")
    studio.go(102)
    studio.window.trigger("go.next_doubtful")
    studio.settle(1500)
    return studio.shot()


def plots(studio: Studio):
    """Curves with a range."""
    studio.window.show_pane("plots")
    studio.session.select(None)
    studio.go(140)
    studio.session.set_range(120, 175)
    studio.settle(1800)
    picture = studio.shot()
    studio.session.set_range(0, 0)
    return picture


def history(studio: Studio):
    """What was done, and back to any of it."""
    studio.window.show_pane("history")
    studio.settle(600)
    return studio.shot()


def palette(studio: Studio):
    """Any command by a few letters."""
    studio.window.show_pane("people")
    studio.window.trigger("view.palette")
    studio.settle(200)
    studio.window.palette_.field.setText("swap")
    studio.settle(400)
    picture = studio.shot()
    studio.window.palette_.close_palette()
    return picture


def people(studio: Studio):
    """People and keypoints."""
    studio.window.show_pane("people")
    studio.go(126)
    studio.session.select(studio.person().ref, studio.session.skeleton.index("left_wrist"))
    studio.settle(300)
    return studio.shot()


def runs(studio: Studio):
    """A training that has ended."""
    studio.window.show_pane("runs")
    studio.settle(1200)
    return studio.shot()


SCENES: dict[str, Callable[[Studio], object]] = {
    "start": start,
    "people": people,
    "adding": adding,
    "dragging": dragging,
    "turning": turning,
    "review": review,
    "plots": plots,
    "history": history,
    "palette": palette,
    "runs": runs,
    "fine-tune": lambda studio: studio.dialog("train.fine_tune", ms=2500),
    "skeleton": lambda studio: studio.dialog("edit.skeleton"),
    "bulk": lambda studio: studio.dialog("edit.bulk", ms=2500),
    "shortcuts": lambda studio: studio.dialog("help.keys"),
    "settings": lambda studio: studio.dialog("edit.settings"),
    "statistics": lambda studio: studio.dialog("label.statistics", ms=2500),
    "export": lambda studio: studio.dialog("file.export_labels"),
    "pack": lambda studio: studio.dialog("file.pack_project"),
}


def main() -> None:
    """Make all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path, help="folder that `poseapp demo --headless` has made")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--scale", type=float, default=1.0, help="screen pixels for a pixel")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES))
    words = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = str(words.scale)
    words.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="poseapp-pictures-") as folder:
        os.environ["POSEAPP_CONFIG_DIR"] = os.environ["POSEAPP_CACHE_DIR"] = folder
        copy = Path(folder) / "demo"
        shutil.copytree(words.demo, copy)
        studio = Studio(copy / "sample.pose", Path(folder), words.theme)
        for number, name in enumerate(words.only):
            if name != "start" and studio.session.project is None:
                studio.open()
            picture = SCENES[name](studio)
            picture.save(str(words.out / f"{name}.jpg"), quality=QUALITY)
            sys.stdout.write(f"{number + 1}/{len(words.only)} {name}\n")
        studio.window.close()
        studio.settle(300)
    os._exit(0)  # threads of Qt's may still be at work


if __name__ == "__main__":
    main()
