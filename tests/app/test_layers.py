"""Which predictions belong to which video, and which of several are shown."""

import os
import shutil
import time
from pathlib import Path

import pytest

from poseapp.app.layers import Ref
from poseapp.app.session import Session
from poseapp.formats.predictions_h5 import PredictionFile, PredictionWriter
from poseapp.labels.skeleton import load_skeleton
from tests.app.material import NUM_FRAMES, pose, write_predictions


def two_of_one_name(session: Session, folder: Path, clip: Path) -> tuple[int, int]:
    """A project with `a/v.mp4` and `b/v.mp4`; the ids of both."""
    places = [folder / name / "v.mp4" for name in "ab"]
    for place in places:
        place.parent.mkdir()
        shutil.copy(clip, place)
    session.new_project(folder / "both.pose", "coco17", list(places))
    first, second = (video.id for video in session.project.videos)
    return first, second


def test_a_file_of_the_same_name_elsewhere_is_another_video(
    session: Session, tmp_path: Path, clip: Path
) -> None:
    first, second = two_of_one_name(session, tmp_path, clip)
    session.show_video(first)
    write_predictions(session, frames=[0, 1])
    assert len(session.instances_on_screen(1)) == 1
    session.show_video(second)
    assert session.instances_on_screen(1) == [] and session.current_prediction_layer() is None
    assert len(session.score_curve()[0]) == 0


def test_names_are_compared_as_places(session: Session, tmp_path: Path, clip: Path) -> None:
    first, second = two_of_one_name(session, tmp_path, clip)
    session.project.predictions_dir.mkdir(exist_ok=True)
    path = session.project.predictions_dir / "commanded.h5"
    # A command names videos relative to its output.
    with PredictionWriter(path, load_skeleton("coco17"), ["../../b/../b/v.mp4"], net="grid") as writer:
        writer.append(0, 3, [pose(score=0.9)])
    session.reload_predictions()
    session.show_video(second)
    assert len(session.instances_on_screen(3)) == 1
    session.show_video(first)
    assert session.instances_on_screen(3) == []


def test_a_moved_video_keeps_its_predictions_by_name(opened: Session, clip: Path) -> None:
    write_predictions(opened)
    moved = clip.parent.parent / "elsewhere" / clip.name
    moved.parent.mkdir()
    clip.rename(moved)
    opened.relink_video(opened.video.id, moved)
    assert len(opened.instances_on_screen(5)) == 1


def two_layers(session: Session) -> None:
    """All frames in `predict-1`; in `predict-2`, the newer, so far frames 0 to 4."""
    older = write_predictions(session, "predict-1", low=(2, 10))
    os.utime(older, (1e9, 1e9))
    write_predictions(session, "predict-2", people=2, frames=range(5))


def test_a_prediction_that_has_begun_leaves_the_other_frames_to_the_one_before(opened: Session) -> None:
    two_layers(opened)
    assert [s.ref for s in opened.instances_on_screen(4)] == [Ref("predict-2", 0), Ref("predict-2", 1)]
    assert [s.ref for s in opened.instances_on_screen(5)] == [Ref("predict-1", 0)]
    frames, scores = opened.score_curve()
    assert frames.tolist() == list(range(NUM_FRAMES))
    assert scores[2] > 0.8 and scores[10] < 0.2
    assert opened.doubtful_frames().tolist() == [10]
    opened.set_layer_visible("predict-1", False)
    assert opened.instances_on_screen(5) == [] and opened.score_curve()[0].tolist() == list(range(5))


def test_a_frame_where_the_newer_one_found_nobody_stays_empty(opened: Session) -> None:
    two_layers(opened)
    path = opened.project.predictions_dir / "predict-3.h5"
    with PredictionWriter(path, load_skeleton("coco17"), [opened.video.rel_path], net="grid") as writer:
        writer.append(0, 7, [])
    opened.reload_predictions()
    assert opened.instances_on_screen(7) == []
    assert [s.layer for s in opened.instances_on_screen(8)] == ["predict-1"]


def test_a_prediction_without_a_frame_yet_hides_nothing(opened: Session) -> None:
    two_layers(opened)
    path = opened.project.predictions_dir / "predict-3.h5"
    PredictionWriter(path, load_skeleton("coco17"), [opened.video.rel_path], net="grid").close()
    opened.reload_predictions()
    assert opened.current_prediction_layer().name == "predict-2"
    assert len(opened.doubtful_frames()) == 1


def test_a_growing_file_is_read_seldom_when_reading_is_dear(
    opened: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    real = PredictionFile.refresh

    def dear(self: PredictionFile) -> None:
        reads.append("refresh")
        time.sleep(0.1)
        real(self)

    monkeypatch.setattr(PredictionFile, "refresh", dear)
    path = opened.project.predictions_dir / "predict-1.h5"
    skeleton = load_skeleton("coco17")
    with PredictionWriter(path, skeleton, [opened.video.rel_path], net="grid") as writer:
        writer.flush()
        opened.reload_predictions()
        for k in range(5):
            writer.append(0, k, [pose(score=0.9)])
            writer.flush()
            opened.reload_predictions(wait=False)
    assert len(reads) == 1
    opened.reload_predictions()
    assert opened.score_curve()[0].tolist() == list(range(5))
    before = len(reads)
    opened.reload_predictions()
    assert len(reads) == before, "nothing has changed"
