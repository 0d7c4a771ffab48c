"""Run folders: status, events and metrics on disk, also after accidents."""

import json
import math
import os
import platform

import numpy as np
import pytest

from poseapp.errors import PoseError
from poseapp.jobs import RunFolder, list_runs, new_run


@pytest.fixture
def run(tmp_path):
    return RunFolder.create(tmp_path / "runs" / "a", {"kind": "train", "epochs": 3})


def test_new_folder_is_pending_and_holds_its_spec(run):
    assert run.status["state"] == "pending"
    assert run.status["pid"] is None
    assert run.spec == {"kind": "train", "epochs": 3}
    assert run.checkpoints_dir.is_dir() and run.samples_dir.is_dir()


def test_a_run_is_not_made_over_another(run):
    with pytest.raises(PoseError, match="holds a run already"):
        RunFolder.create(run.path, {})
    assert run.spec["epochs"] == 3


def test_a_folder_without_spec_is_no_run(tmp_path):
    with pytest.raises(PoseError, match="not a run folder"):
        _ = RunFolder(tmp_path).spec
    (tmp_path / "spec.json").write_text("[1]")
    with pytest.raises(PoseError, match="must hold a JSON object"):
        _ = RunFolder(tmp_path).spec


def test_events_are_read_from_where_one_stopped(run):
    run.emit("progress", done=1, total=4)
    first, offset = run.events()
    run.emit("epoch", epoch=1, loss=0.5)
    second, end = run.events(since=offset)
    assert [event["type"] for event in first] == ["progress"]
    assert [(event["type"], event["loss"]) for event in second] == [("epoch", 0.5)]
    assert run.events(since=end) == ([], end)


def test_half_a_last_line_waits_and_spoils_nothing(run):
    run.emit("progress", done=1)
    with open(run.path / "events.jsonl", "ab") as file:
        file.write(b'{"type": "epo')
    events, offset = run.events()
    assert [event["type"] for event in events] == ["progress"]
    # The next worker of this run appends after the broken line.
    next_worker = RunFolder(run.path)
    next_worker.emit("result", checkpoint="best")
    events, _ = run.events(since=offset)
    assert [event["type"] for event in events] == ["result"]


def test_events_of_a_shortened_file_start_again(run):
    for number in range(3):
        run.emit("progress", done=number)
    _, offset = run.events()
    run.close()
    (run.path / "events.jsonl").write_text(json.dumps({"type": "started"}) + "\n")
    events, _ = run.events(since=offset)
    assert [event["type"] for event in events] == ["started"]


def test_numbers_json_does_not_know_become_null(run):
    val = {"pck@0.2": np.float32(np.inf)}
    run.emit("epoch", loss=math.nan, val=val, lr=np.float64(0.25), k=np.array([1, 2]))
    text = (run.path / "events.jsonl").read_text()
    assert "NaN" not in text and "Infinity" not in text
    event = run.events()[0][0]
    assert event["loss"] is None and event["val"] == {"pck@0.2": None}
    assert event["lr"] == 0.25 and event["k"] == [1, 2]


def test_metrics_rows_keep_their_columns(run):
    run.append_metrics({"epoch": 1, "loss": 0.5})
    run.append_metrics({"loss": 0.25, "epoch": 2})
    assert (run.path / "metrics.csv").read_text().split() == ["epoch,loss", "1,0.5", "2,0.25"]
    with pytest.raises(PoseError, match="no column pck"):
        run.append_metrics({"epoch": 3, "pck": 1})


def test_requests_are_files(run):
    assert not run.stop_requested() and not run.cancel_requested()
    run.request_stop()
    assert RunFolder(run.path).stop_requested()
    run.clear_requests()
    assert not run.stop_requested()


def test_a_damaged_status_counts_as_pending(run):
    (run.path / "status.json").write_text('{"state": "runn')
    assert run.status["state"] == "pending"


def test_a_recycled_pid_is_not_taken_for_the_run(run):
    status = run.status
    status.update(state="running", pid=os.getpid(), identity="another start", host=platform.node())
    run.write_status(status)
    assert not run.alive()
    assert run.status["state"] == "lost"


def test_a_run_of_another_machine_is_believed(run):
    status = run.status
    status.update(state="running", pid=1, identity="x", host="some-other-machine")
    run.write_status(status)
    assert run.status["state"] == "running"


def test_runs_are_found_newest_first_and_names_do_not_collide(tmp_path):
    first = new_run(tmp_path, "train", {"n": 1})
    second = new_run(tmp_path, "train", {"n": 2})
    os.utime(first.spec_path, (1, 1))
    (tmp_path / "not-a-run").mkdir()
    assert first.path != second.path
    assert [run.spec["n"] for run in list_runs(tmp_path)] == [2, 1]
    assert list_runs(tmp_path / "missing") == []


@pytest.mark.parametrize(
    "text", ['{"state": {}}', '{"state": "flying"}', '{"state": "done", "error": [1]}', "[" * 200_000]
)
def test_a_damaged_status_is_read_as_far_as_it_makes_sense(tmp_path, text):
    run = RunFolder.create(tmp_path / "r", {"kind": "predict"})
    (run.path / "status.json").write_text(text)
    status = run.status
    assert status["state"] in ("pending", "lost", "done")
    assert status["error"] is None or "\n" not in status["error"]


@pytest.mark.parametrize("text", ["[" * 200_000, "[1]", "{", "\x00"])
def test_a_damaged_spec_is_one_line(tmp_path, text):
    run = RunFolder.create(tmp_path / "r", {"kind": "predict"})
    run.spec_path.write_text(text)
    with pytest.raises(PoseError, match=r"spec\.json"):
        _ = run.spec
