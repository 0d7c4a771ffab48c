"""Predicting into files: what is replaced and when, what is gone on with, progress, warnings."""

import json
import shutil

import h5py
import pytest

from poseapp import api
from poseapp.api import predicting
from poseapp.api.prediction import PredictSpec, predict_run
from poseapp.cli import main
from poseapp.errors import PoseError
from poseapp.formats.predictions_h5 import PredictionFile, PredictionWriter
from poseapp.jobs import RunFolder
from poseapp.labels.skeleton import load_skeleton


class Interrupter:
    """Presses Ctrl+C after so many frames."""

    def __init__(self, after: int) -> None:
        self.after = after

    def __call__(self, progress) -> None:
        if progress.done == self.after:
            raise KeyboardInterrupt


@pytest.fixture
def net(marks_run) -> dict:
    return {"net": marks_run.checkpoint, "device": "cpu"}


@pytest.fixture(autouse=True)
def tell_every_frame(monkeypatch):
    monkeypatch.setattr(predicting, "EVENT_PERIOD_S", 0.0)


def frames_of(path) -> list[int]:
    with PredictionFile(path) as file:
        return file.frames(0).tolist()


def test_an_interrupted_prediction_is_gone_on_with(marks_video, net, tmp_path):
    out = tmp_path / "p.h5"
    with pytest.raises(KeyboardInterrupt):
        api.predict(marks_video, out=out, on_progress=Interrupter(5), **net)
    assert frames_of(out) == list(range(5))
    told = []
    assert api.predict(marks_video, out=out, on_progress=told.append, **net).frames == 7
    assert frames_of(out) == list(range(12))
    assert (told[0].done, told[0].total) == (6, 12)
    assert [path.name for path in tmp_path.iterdir()] == ["p.h5"]
    assert api.predict(marks_video, out=out, **net).frames == 12, "a finished one is made anew"


def test_an_interrupted_prediction_of_something_else_is_not_mixed_in(marks_video, net, tmp_path):
    out = tmp_path / "p.h5"
    with pytest.raises(KeyboardInterrupt):
        api.predict(marks_video, out=out, on_progress=Interrupter(5), **net)
    assert api.predict(marks_video, out=out, frames="8:10", **net).frames == 2
    assert frames_of(out) == [8, 9]
    assert [path.name for path in tmp_path.iterdir()] == ["p.h5"]


def test_old_predictions_stay_until_the_new_ones_are_whole(marks_video, net, tmp_path):
    out = tmp_path / "p.h5"
    api.predict(marks_video, out=out, frames="0:3", **net)
    before = out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        api.predict(marks_video, out=out, on_progress=Interrupter(9), **net)
    assert out.read_bytes() == before
    result = api.predict(marks_video, out=out, **net)
    assert (result.frames, result.out) == (3, out)
    assert frames_of(out) == list(range(12))
    assert [path.name for path in tmp_path.iterdir()] == ["p.h5"]


def test_a_file_of_another_program_is_never_replaced(marks_video, net, tmp_path):
    out = tmp_path / "measurements.h5"
    with h5py.File(out, "w") as file:
        file["emg"] = range(1000)
    text = tmp_path / "notes.h5"
    text.write_text("not even HDF5")
    for path in (out, text):
        before = path.read_bytes()
        with pytest.raises(PoseError, match=f"{path.name} is damaged or no prediction file"):
            api.predict(marks_video, out=path, **net)
        assert path.read_bytes() == before


def test_a_file_that_another_process_writes_is_left_to_it(marks_video, net, tmp_path):
    out = tmp_path / "p.h5"
    with PredictionWriter(out, load_skeleton("lsp14"), ["v"], net="n") as writer:
        writer.append(0, 0, [])
        writer.flush()
        with pytest.raises(PoseError, match="open elsewhere"):
            api.predict(marks_video, out=out, **net)
        writer.append(0, 1, [])
    assert frames_of(out) == [0, 1]


def test_progress_counts_all_videos(marks_video, net, tmp_path):
    second = shutil.copy(marks_video, tmp_path / "second.mp4")
    told = []
    result = api.predict([marks_video, second], out=tmp_path / "p.h5", on_progress=told.append, **net)
    assert result.frames == 24
    assert [progress.done for progress in told] == list(range(1, 25))
    assert {progress.total for progress in told} == {24}
    spec = PredictSpec(
        [{"path": str(p), "name": str(p)} for p in (marks_video, second)], str(tmp_path / "q.h5")
    )
    spec.net, spec.device = str(net["net"]), "cpu"
    run = RunFolder.create(tmp_path / "run", vars(spec))
    predict_run(run.path)
    events = [event for event in run.events()[0] if event["type"] == "progress"]
    assert [event["done"] for event in events] == list(range(1, 25))
    assert {event["total"] for event in events} == {24} and events[-1]["eta_s"] == 0


def test_what_is_wrong_with_a_video_is_said(marks, marks_run, tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("mark_01.png", "mark_02.png", "mark_03.png"):
        shutil.copy(marks / "pictures" / name, folder / name)
    (folder / "mark_02.png").write_bytes(b"no picture")
    out = tmp_path / "p.h5"
    words = ["predict", str(folder), "--net", str(marks_run.run), "--device", "cpu", "--out", str(out)]
    assert main([*words, "--json"]) == 0
    said = capsys.readouterr()
    facts = json.loads(said.out)
    assert facts["frames"] == 2 and len(facts["warnings"]) == 1 and "mark_02.png" in facts["warnings"][0]
    told = [line for line in said.err.splitlines() if line.startswith("poseapp: warning: ")]
    assert len(told) == 1 and "mark_02.png" in told[0]

    spec = PredictSpec(
        [{"path": str(folder), "name": "pictures"}], str(tmp_path / "q.h5"), str(marks_run.run)
    )
    run = RunFolder.create(tmp_path / "run", vars(spec) | {"device": "cpu"})
    predict_run(run.path)
    (event,) = (event for event in run.events()[0] if event["type"] == "warning")
    assert "mark_02.png" in event["text"]
