"""A drawn clip, a project on it with predictions, and the real window, each in folders of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the window needs PySide6 and its system libraries")

from PySide6.QtCore import QSettings  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from pytestqt.qtbot import QtBot  # noqa: E402

from poseapp.app.background import tasks_of  # noqa: E402
from poseapp.app.opening import create_project  # noqa: E402
from poseapp.app.recent import RecentFiles  # noqa: E402
from poseapp.app.session import Session  # noqa: E402
from poseapp.app.settings import Settings  # noqa: E402
from poseapp.formats.predictions_h5 import PredictionWriter  # noqa: E402
from poseapp.labels.instance import Instance  # noqa: E402
from poseapp.labels.skeleton import load_skeleton  # noqa: E402
from poseapp.qt import theme  # noqa: E402
from poseapp.qt.window import Window  # noqa: E402
from poseapp.video import VideoWriter  # noqa: E402
from tests.gui.answering import forgotten_dialogs_closed  # noqa: E402
from tests.gui.figures import HEIGHT, NUM_FRAMES, WIDTH, true_points  # noqa: E402


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames, 320 x 240: the figure of :func:`true_points` before a grey wall."""
    path = tmp_path_factory.mktemp("clip") / "walk.mp4"
    edges = load_skeleton("coco17").edges
    with VideoWriter(path, 25.0, WIDTH, HEIGHT) as writer:
        for k in range(NUM_FRAMES):
            image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
            points = true_points(k)
            for a, b in edges:
                start, end = points[a].astype(int).tolist(), points[b].astype(int).tolist()
                cv2.line(image, start, end, (210, 190, 160), 5, cv2.LINE_AA)
            writer.write(image)
    return path


@pytest.fixture
def project_path(tmp_path: Path, clip: Path) -> Path:
    """A project with the clip and nothing else."""
    path = tmp_path / "walk.pose"
    create_project(path, "coco17", [clip])
    return path


@pytest.fixture
def predicted_path(project_path: Path, clip: Path) -> Path:
    """The same with a prediction a frame: true but for the left wrist, doubtful from frame 15."""
    folder = project_path / "predictions"
    folder.mkdir(exist_ok=True)
    skeleton = load_skeleton("coco17")
    with PredictionWriter(folder / "first.h5", skeleton, [str(clip)], net="default") as writer:
        for k in range(NUM_FRAMES):
            points = true_points(k)
            points[9] += (12.0, 8.0)
            scores = np.full(17, 0.9 if k < 15 else 0.35, np.float32)
            scores[9] = 0.2
            person = Instance(points, scores=scores, score=float(scores.mean()), source="prediction:first")
            writer.append(0, k, [person])
    return project_path


@pytest.fixture(autouse=True)
def no_dialog_left(qapp: QApplication) -> Iterator[None]:
    """A dialog that a test opens and never answers fails that test and does not hold up the next ones."""
    with forgotten_dialogs_closed() as closed:
        yield
    assert not closed


@pytest.fixture
def session() -> Session:
    """A session with settings of its own, nothing open."""
    return Session(Settings(), RecentFiles())


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, session: Session, tmp_path: Path) -> Iterator[Window]:
    """The real window, shown, with nothing open."""
    theme.apply(qapp, "dark")
    geometry = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    made = Window(session, geometry)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    yield made
    # A question at closing would wait for an answer for ever.
    for task in tasks_of(made.session).active:
        task.cancel()
        assert task.thread is not None
        task.thread.join(60)
    made.close()
    made.deleteLater()
    qapp.processEvents()


@pytest.fixture
def open_window(window: Window, qtbot: QtBot) -> Callable[[Path], Window]:
    """Opens a path in the window and waits until its frame is on screen."""

    def open_(path: Path) -> Window:
        assert window.open_path(path)
        canvas = window.video.canvas
        qtbot.waitUntil(lambda: canvas.frame.image is not None and canvas.is_current)
        return window

    return open_
