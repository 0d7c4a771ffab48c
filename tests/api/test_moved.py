"""A project that was moved or copied with its videos: its runs go on at the new place."""

import json
import shutil
import threading
import time

import numpy as np
import pytest

from poseapp import api
from poseapp.api.learning import train_run
from poseapp.api.prediction import predict_run
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.jobs import RunFolder
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance

LONG_S = 300.0


@pytest.fixture
def place(tmp_path, marks_video):
    """`old/` with a video and a labelled project beside each other."""
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(marks_video, folder / "marks.mp4")
    (folder / "mark.toml").write_text(
        'name = "mark"\nkeypoints = ["middle", "left_corner", "right_corner"]\n'
    )
    project = api.new(folder / "m.pose", [folder / "marks.mp4"], skeleton=str(folder / "mark.toml")).project
    opened = api.open_project(project)
    for k in range(12):
        x = 24.0 + 4 * k
        points = np.array([[x, 48], [x - 10, 38], [x + 10, 38]])
        opened.push(AddInstance(opened.videos[0].id, k, Instance(points)))
    opened.close()
    return folder


def test_a_prediction_goes_on_in_the_moved_project(place, marks_run, tmp_path):
    opened = api.open_project(place / "m.pose")
    run = api.start_prediction(opened, net=str(marks_run.checkpoint), frames="0:5", device="cpu")
    opened.close()
    assert run.wait(LONG_S)["state"] == "done", run.log_path.read_text()
    run.write_spec({**run.spec, "frames": None})
    place.rename(tmp_path / "new")
    moved = tmp_path / "new" / "m.pose"
    assert predict_run(moved / "runs" / run.name).frames == 7
    with PredictionFile(moved / "predictions" / f"{run.name}.h5") as file:
        assert len(file.frames(0)) == 12
    assert not place.exists()


def test_a_prediction_in_a_copy_leaves_the_original_alone(place, marks_run, tmp_path):
    opened = api.open_project(place / "m.pose")
    run = api.start_prediction(opened, net=str(marks_run.checkpoint), frames="0:5", device="cpu")
    opened.close()
    assert run.wait(LONG_S)["state"] == "done", run.log_path.read_text()
    original = place / "m.pose" / "predictions" / f"{run.name}.h5"
    before = original.read_bytes()
    shutil.copytree(place, tmp_path / "copy")
    copy = RunFolder(tmp_path / "copy" / "m.pose" / "runs" / run.name)
    copy.write_spec({**copy.spec, "frames": None})
    assert predict_run(copy.path).frames == 7
    assert original.read_bytes() == before


def test_a_training_goes_on_in_the_moved_project(place, marks_run, tmp_path):
    first = api.train(place / "m.pose", init=marks_run.checkpoint, epochs=1, device="cpu").run
    options = {"init": str(first), "epochs": 100_000, "batch": 4, "device": "cpu"}
    opened = api.open_project(place / "m.pose")
    run = api.start_training(opened, **options)
    opened.close()
    threading.Thread(target=_stop_when_learning, args=(run,)).start()
    assert run.wait(LONG_S)["state"] == "stopped", run.log_path.read_text()
    split = run.spec["split"]
    place.rename(tmp_path / "new")
    moved = RunFolder(tmp_path / "new" / "m.pose" / "runs" / run.name)
    moved.write_spec({**moved.spec, "epochs": 1})
    assert train_run(moved.path).state == "done"
    spec = moved.spec
    assert spec["sources"] == [str(tmp_path / "new" / "m.pose")]
    assert spec["init"] == str(tmp_path / "new" / "m.pose" / "runs" / first.name)
    assert {part: len(keys) for part, keys in spec["split"].items()} == {p: len(k) for p, k in split.items()}
    assert str(place) not in json.dumps({"split": spec["split"], "init": spec["init"]})


def _stop_when_learning(run: RunFolder) -> None:
    end = time.monotonic() + LONG_S
    while not any(event["type"] == "epoch" for event in run.events()[0]) and time.monotonic() < end:
        time.sleep(0.05)
    run.request_stop()
