"""Curves of a person as a table: of projects, predictions and labels, by function and by command."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poseapp import api
from poseapp.errors import PoseError
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
from poseapp.video import VideoWriter

SHAPE = np.array([[30.0 + 4 * (k % 5), 30.0 + 8 * (k // 5)] for k in range(17)])
FPS, COUNT = 20.0, 12


def walker(frame_idx: int, start: float, speed: float, track: int | None = None) -> Instance:
    """Somebody who moves to the right by `speed` pixels a frame."""
    scores = np.full(17, 0.8, np.float32)
    return Instance(SHAPE + (start + speed * frame_idx, 0.0), scores=scores, score=0.8, track_id=track)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twelve grey frames at 20 a second."""
    with VideoWriter(tmp_path / "walk.mp4", FPS, 320, 96) as writer:
        for _ in range(COUNT):
            writer.write(np.full((96, 320, 3), 80, np.uint8))
    return tmp_path / "walk.mp4"


@pytest.fixture
def predictions(clip: Path) -> Path:
    """Two people, listed in turns: one at 2 and one at -1 pixels a frame."""
    path = clip.parent / "walk.h5"
    with PredictionWriter(path, load_skeleton("coco17"), ["walk.mp4"], net="x") as writer:
        for k in range(COUNT):
            people = [walker(k, 0, 2.0), walker(k, 200, -1.0)]
            writer.append(0, k, people if k % 2 else people[::-1])
    return path


def test_a_person_is_followed_and_measured(predictions: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    what = ["Left Wrist:speed", "nose:x", "left hip-left knee:length", "person:score"]
    result = api.curves(predictions, what, out)
    table = pd.read_csv(out)
    assert list(table.columns) == [
        "video", "frame_idx", "time_s", "labelled", "left_wrist:speed", "nose:x", "left_hip-left_knee:length",
        "person:score",
    ]  # fmt: skip
    assert table.frame_idx.tolist() == list(range(COUNT)) and not table.labelled.any()
    assert np.allclose(table.time_s, np.arange(COUNT) / FPS, atol=1e-5)
    assert np.allclose(table["left_wrist:speed"], 40.0, atol=1e-3)
    assert np.allclose(table["nose:x"], 30 + 2 * np.arange(COUNT), atol=1e-3)
    assert np.allclose(table["left_hip-left_knee:length"], np.hypot(8, 0), atol=1e-3)
    assert np.allclose(table["person:score"], 0.8, atol=1e-4)
    assert result.frames == COUNT and result.curves[0] == {
        "name": "left_wrist:speed", "unit": "px/s", "known": COUNT, "mean": 40.0, "min": 40.0, "max": 40.0,
    }  # fmt: skip
    second = pd.read_csv(api.curves(predictions, ["nose:speed"], out, person=2, frames="3:6").out)
    assert second.frame_idx.tolist() == [3, 4, 5] and np.allclose(second["nose:speed"], 20.0, atol=1e-3)


def test_a_projects_labels_go_before_its_predictions(clip: Path, predictions: Path, tmp_path: Path) -> None:
    project_path = tmp_path / "p.pose"
    api.new(project_path, [clip], skeleton="coco17")
    folder = project_path / "predictions"
    folder.mkdir(exist_ok=True)
    with api.open_project(project_path) as project:
        record = project.videos[0]
        with PredictionWriter(folder / "a.h5", project.skeleton, [record.rel_path], net="x") as writer:
            for k in range(COUNT):
                writer.append(0, k, [walker(k, 0, 2.0)])
        project.push(AddInstance(record.id, 4, walker(4, 5, 2.0)))
    table = pd.read_csv(api.curves(project_path, ["nose:x"], tmp_path / "x.csv").out)
    assert table.labelled.tolist() == [int(k == 4) for k in range(COUNT)]
    expected = 30 + 2.0 * np.arange(COUNT) + 5 * (np.arange(COUNT) == 4)
    assert np.allclose(table["nose:x"], expected, atol=1e-3)
    assert set(table.video) == {"walk.mp4"}


def test_tracks_and_label_files(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.h5"
    with PredictionWriter(path, load_skeleton("coco17"), ["walk.mp4"]) as writer:
        for k in range(COUNT):
            writer.append(0, k, [walker(k, 0, 2.0, 7), walker(k, 6, 2.0, 9)])
    table = pd.read_csv(api.curves(path, ["nose:x"], tmp_path / "x.csv", track=9).out)
    assert np.allclose(table["nose:x"], 36 + 2 * np.arange(COUNT), atol=1e-3)
    api.convert(path, tmp_path / "t.csv")
    again = pd.read_csv(api.curves(tmp_path / "t.csv", ["nose:x"], tmp_path / "y.csv", track=9).out)
    assert np.allclose(again["nose:x"], table["nose:x"], atol=2e-3)


def test_what_cannot_be_done_is_said(predictions: Path, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    for words, options in (
        ("no video", {"video": "other.mp4"}),
        ("has no person 3", {"person": 3}),
        ("has no track 5", {"track": 5}),
        ("no range of frames", {"frames": "a:b"}),
    ):
        with pytest.raises(PoseError, match=words):
            api.curves(predictions, ["nose:x"], out, **options)
    with pytest.raises(PoseError, match="no keypoint 'tail'"):
        api.curves(predictions, ["tail:x"], out)
    with pytest.raises(PoseError, match=r"\.csv"):
        api.curves(predictions, ["nose:x"], tmp_path / "x.txt")
    clip.unlink()
    with pytest.raises(PoseError, match="--fps"):
        api.curves(predictions, ["nose:speed"], out)
    assert not out.exists()
    table = pd.read_csv(api.curves(predictions, ["nose:speed"], out, fps=10.0).out)
    assert np.allclose(table["nose:speed"], 20.0, atol=1e-3)
    assert pd.read_csv(api.curves(predictions, ["nose:x"], out).out).time_s.isna().all()


def test_the_command(predictions: Path, tmp_path: Path) -> None:
    words = [
        "curves",
        str(predictions),
        "--what",
        "left wrist:speed",
        "nose:x",
        "--out",
        str(tmp_path / "x.csv"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "poseapp", *words, "--json"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["frames"] == COUNT and [c["name"] for c in found["curves"]] == ["left_wrist:speed", "nose:x"]
    wrong = subprocess.run(
        [sys.executable, "-m", "poseapp", "curves", str(predictions), "--what", "nose", "--out", "x.csv"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert wrong.returncode == 1 and wrong.stderr.count("\n") == 1 and "'nose' is no curve" in wrong.stderr
