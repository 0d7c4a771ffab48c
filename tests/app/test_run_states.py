"""Run folders as the window follows them, written as a worker writes them."""

from pathlib import Path
from typing import Any

import pytest

from poseapp.app.run_states import RunState, RunWatcher, verdict
from poseapp.app.session import Session
from poseapp.jobs import RunFolder

BETTER = {"quality": 0.9}
WORSE = {"quality": 0.8}


def begin(runs: Path, name: str = "train-20260102-140500", **spec: Any) -> RunFolder:
    run = RunFolder.create(runs / name, spec)
    run.set_status("running")
    return run


@pytest.mark.parametrize("ended", ["stopped", "cancelled", "failed"])
def test_a_run_gone_on_with_from_elsewhere_comes_alive(tmp_path: Path, ended: str) -> None:
    run, watcher = begin(tmp_path), RunWatcher(tmp_path)
    run.emit("progress", done=1, total=4, unit="epochs", eta_s=9.0, text="")
    watcher.poll()
    run.emit("result", accepted=False, held_out=True, before=BETTER, val=WORSE)
    run.set_status(ended, "the disk is full" if ended == "failed" else None)
    watcher.poll()
    (state,) = watcher.runs
    assert watcher.finished == [state] and not state.active
    assert not watcher.poll() and watcher.finished == []
    run.set_status("running")
    assert watcher.poll() and state.active
    assert (state.error, state.result, state.progress) == ("", None, None)
    run.emit("progress", done=3, total=4, unit="epochs", eta_s=3.0, text="")
    watcher.poll()
    assert state.progress["done"] == 3
    run.set_status("done")
    watcher.poll()
    assert watcher.finished == [state] and state.state == "done"


def test_what_ended_between_two_looks_is_told_too(tmp_path: Path) -> None:
    run, watcher = begin(tmp_path), RunWatcher(tmp_path)
    watcher.poll()
    run.set_status("stopped")
    watcher.poll()
    run.set_status("running")
    run.emit("result", accepted=True, held_out=True, before=WORSE, val=BETTER)
    run.set_status("done")
    watcher.poll()
    assert [r.state for r in watcher.finished] == ["done"]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"accepted": True, "held_out": True, "before": WORSE, "val": BETTER}, "better on held-out labels"),
        ({"accepted": False, "held_out": True, "before": BETTER, "val": WORSE}, "no better on held-out"),
        ({"accepted": False, "held_out": True, "before": WORSE, "val": BETTER}, "forgets what it knew"),
        ({"accepted": True, "held_out": True, "before": {}, "val": BETTER}, "none before to compare"),
        ({"accepted": True, "held_out": False, "before": WORSE, "val": BETTER}, "too few labels to hold any"),
        ({"accepted": False, "held_out": False, "before": WORSE, "val": BETTER}, "the old network stays"),
        ({"accepted": False, "held_out": True, "before": {}, "val": {}}, "nothing that can be used"),
    ],
)
def test_the_end_of_a_training_is_told_as_it_was(result: dict[str, Any], words: str) -> None:
    text = verdict(result)
    assert words in text
    compared = result["held_out"] and result["before"]
    assert ("better on held-out" in text) == bool(compared)


def test_a_lost_run_is_resumed_by_the_session(opened: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from poseapp.app import commands
    from poseapp.app.actions import ACTIONS

    rows = {row.id: row for row in ACTIONS}
    project, video = opened.project, opened.video
    assert project is not None and video is not None
    spec = {
        "kind": "predict", "videos": [{"path": str(opened.video_path), "name": video.rel_path}],
        "out": str(project.predictions_dir / "again.h5"), "net": "no such network", "device": "cpu",
    }  # fmt: skip
    run = RunFolder.create(project.runs_dir / "predict-20260102-140500", spec)
    run.set_status("cancelled")
    opened.poll_runs()
    (state,) = opened.runs
    assert state.can_resume and rows["predict.resume"].enabled(opened)
    assert not rows["train.resume"].enabled(opened)
    commands.resume("predict")(opened)
    assert state.active and not rows["predict.resume"].enabled(opened)
    run.wait(60)
    opened.poll_runs()
    assert state.state == "failed" and "no such network" in state.error, "the worker read its spec"


def test_epochs_done_again_are_shown_once(tmp_path: Path) -> None:
    run, watcher = begin(tmp_path), RunWatcher(tmp_path)
    run.emit("started", resumed_step=0)
    for step in (10, 20, 30):
        run.emit("epoch", epoch=step / 10, step=step, loss=1.0)
    watcher.poll()
    (state,) = watcher.runs
    assert state.starts_anew
    (run.checkpoints_dir / "last.pt").write_bytes(b"state")
    assert not state.starts_anew
    run.set_status("stopped")
    run.emit("started", resumed_step=20)
    watcher.poll()
    assert [e["step"] for e in state.epochs] == [10, 20]
    run.emit("started", resumed_step=0)
    run.emit("epoch", epoch=1, step=11, loss=1.0)
    run.set_status("running")
    watcher.poll()
    assert [e["step"] for e in state.epochs] == [11]


def test_events_of_another_form_are_passed_over(tmp_path):
    run = RunFolder.create(tmp_path / "train-1", {"kind": "train"})
    run.emit("epoch", step="x", val=[1], loss={})
    run.emit("started", resumed_step=3)
    run.emit("samples")
    run.emit("samples", file=[1])
    run.emit("samples", file="samples/a.jpg")
    run.close()
    state = RunState(run, "train")
    state.poll()
    assert [path.name for path in state.samples] == ["a.jpg"]
