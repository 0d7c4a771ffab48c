"""Exports beside the window: progress, cancel, and trouble that is always said."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from poseapp.app import commands
from poseapp.app.background import in_background, tasks_of
from poseapp.app.layers import LABELS
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance
from poseapp.video import open_video
from tests.app.material import NUM_FRAMES, pose, write_predictions


def heard(session: Session) -> tuple[list[str], list[str]]:
    said: list[str] = []
    failed: list[str] = []
    session.message.connect(said.append)
    session.failed.connect(failed.append)
    return said, failed


def is_drawn(image: np.ndarray, xy: tuple[float, float]) -> bool:
    """Whether there is something on the dark grey at a place."""
    x, y = (round(v) for v in xy)
    return int(image[y - 1 : y + 2, x - 1 : x + 2].max()) > 110


def test_a_movie_shows_corrections_where_there_are_some_and_predictions_elsewhere(
    opened: Session, tmp_path: Path
) -> None:
    write_predictions(opened)
    corrected = pose()
    corrected.points += (80.0, 55.0)
    opened.push(AddInstance(opened.video.id, 3, corrected))
    commands.render_movie(opened, tmp_path / "m.mp4").join()
    predicted_nose, corrected_nose = tuple(pose().points[0]), tuple(corrected.points[0])
    with open_video(tmp_path / "m.mp4") as movie:
        assert len(movie) == NUM_FRAMES
        assert is_drawn(movie[3], corrected_nose) and not is_drawn(movie[3], predicted_nose)
        assert is_drawn(movie[4], predicted_nose) and not is_drawn(movie[4], corrected_nose)


def test_a_hidden_layer_is_not_in_the_movie(opened: Session, tmp_path: Path) -> None:
    write_predictions(opened)
    person = pose()
    person.points += (80.0, 55.0)
    opened.push(AddInstance(opened.video.id, 3, person))
    opened.set_layer_visible(LABELS, False)
    commands.render_movie(opened, tmp_path / "m.mp4").join()
    with open_video(tmp_path / "m.mp4") as movie:
        assert not is_drawn(movie[3], tuple(person.points[0]))
        assert is_drawn(movie[4], tuple(pose().points[0]))


def test_a_movie_of_labels_alone(opened: Session, tmp_path: Path) -> None:
    with pytest.raises(PoseError, match="predict"):
        commands.render_movie(opened, tmp_path / "m.mp4")
    person = pose()
    opened.push(AddInstance(opened.video.id, 3, person))
    said, failed = heard(opened)
    commands.render_movie(opened, tmp_path / "m.mp4").join()
    assert (said, failed) == (["Movie written: m.mp4"], [])
    nose = tuple(person.points[0])
    with open_video(tmp_path / "m.mp4") as movie:
        assert not is_drawn(movie[2], nose)
        assert is_drawn(movie[3], nose)


def test_progress_and_time_left_are_known_while_a_movie_is_written(opened: Session, tmp_path: Path) -> None:
    write_predictions(opened)
    seen: list[tuple[int, int, bool]] = []
    tasks = tasks_of(opened)
    began, look = threading.Event(), threading.Event()

    def work(task) -> None:
        task.report(6, 24)
        began.set()
        assert look.wait(20)

    thread = in_background(opened, "Writing m.mp4", "done", work, cancellable=True)
    assert began.wait(20)
    task = tasks.active[0]
    seen.append((task.done, task.total, task.seconds_left >= 0))
    assert task.share == pytest.approx(0.25)
    look.set()
    thread.join()
    assert seen == [(6, 24, True)]
    assert tasks.active == []


def test_a_cancelled_movie_leaves_nothing(opened: Session, tmp_path: Path) -> None:
    write_predictions(opened)
    said, failed = heard(opened)
    folder = tmp_path / "out"
    folder.mkdir()
    tasks = tasks_of(opened)
    # The first change says that it has begun: from then on it can be cancelled.
    tasks.changed.connect(lambda: [task.cancel() for task in tasks.active])
    commands.render_movie(opened, folder / "m.mp4").join()
    assert list(folder.iterdir()) == []
    assert failed == []
    assert said == ["Writing m.mp4: cancelled, nothing was written"]
    assert tasks.active == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("error", [PoseError("disk full"), OSError("no space"), ValueError("shape\n(3, 2)")])
def test_whatever_goes_wrong_is_said(opened: Session, error: Exception) -> None:
    said, failed = heard(opened)

    def work(_task: object) -> None:
        raise error

    in_background(opened, "Writing x.json", "done", work).join()
    assert len(failed) == 1 and "\n" not in failed[0]
    assert str(error).split()[0] in failed[0]
    assert said == []
    assert tasks_of(opened).active == []


def test_a_movie_needs_the_name_of_one(opened: Session, tmp_path: Path) -> None:
    write_predictions(opened)
    with pytest.raises(PoseError, match=r"\.mp4"):
        commands.render_movie(opened, tmp_path / "m.gif")
