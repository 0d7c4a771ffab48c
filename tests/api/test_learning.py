"""Training runs: what may be said when one is gone on with, and what a network's name means."""

import json
import shutil
import threading
import time

import pytest

from poseapp import api
from poseapp.api.learning import start_training, training_spec
from poseapp.errors import PoseError, TrainingError
from poseapp.jobs import RunFolder

LONG_S = 300.0


@pytest.fixture(scope="module")
def stopped(marks, tmp_path_factory) -> RunFolder:
    """A run that was asked to stop while it learnt."""
    run = RunFolder(tmp_path_factory.mktemp("runs") / "stopped")

    def stop_soon() -> None:
        end = time.monotonic() + LONG_S
        while not any(event["type"] == "epoch" for event in run.events()[0]) and time.monotonic() < end:
            time.sleep(0.05)
        run.request_stop()

    asker = threading.Thread(target=stop_soon)
    asker.start()
    result = api.train(
        marks / "marks.json", net="fpnpose_t", init="none", epochs=100_000, out=run.path, device="cpu"
    )
    asker.join()
    assert result.state == "stopped"
    return run


def copy_of(run: RunFolder, folder) -> RunFolder:
    return RunFolder(shutil.copytree(run.path, folder / "run"))


def test_a_stopped_run_goes_on_with_new_limits(stopped, tmp_path):
    run = copy_of(stopped, tmp_path)
    result = api.train(run.path, minutes=0.001, epochs=7, device="cpu")
    assert result.state == "done" and (run.spec["epochs"], run.spec["minutes"]) == (7, 0.001)
    started = [event for event in run.events()[0] if event["type"] == "started"]
    assert len(started) == 2 and started[1]["resumed_step"] > 0, (
        "the request of before does not stop it again"
    )


@pytest.mark.parametrize(
    "settled",
    [{"net": "fpnpose_s"}, {"init": "none"}, {"val": "x.json"}, {"out": "other"}, {"batch": 4}, {"seed": 0}],
)
def test_what_a_run_has_settled_cannot_be_given_again(stopped, settled):
    before = stopped.spec_path.read_bytes()
    with pytest.raises(TrainingError, match=f"{next(iter(settled))} cannot be changed"):
        api.train(stopped.path, **settled)
    with pytest.raises(TrainingError, match="minutes"):
        api.train(stopped.path, minutes=-1)
    assert stopped.spec_path.read_bytes() == before and stopped.status["state"] == "stopped"


def test_a_finished_run_is_not_begun_again(marks_run):
    run = RunFolder(marks_run.run)
    before = marks_run.checkpoint.read_bytes()
    for again in (
        lambda: api.train(run.path),
        lambda: api.train(run.path, epochs=90),
        lambda: api.resume(run),
    ):
        with pytest.raises(TrainingError, match=r"is done: .*--init"):
            again()
    assert marks_run.checkpoint.read_bytes() == before and run.status["state"] == "done"
    assert run.spec["epochs"] == 25


def test_a_checkpoint_given_as_network_is_where_training_starts(marks, marks_run):
    source = marks / "marks.json"
    for name in (marks_run.run, marks_run.checkpoint):
        spec = training_spec([source], net=str(name))
        assert (spec.net, spec.init) == (None, str(name))
    same = training_spec([source], net=str(marks_run.run), init=str(marks_run.run))
    assert same.init == str(marks_run.run)
    assert training_spec([source], net="fpnpose_t", init=str(marks_run.run)).net == "fpnpose_t"
    assert training_spec([source], net="fpnpose_s").init is None
    assert training_spec([source], net="fpnpose_s", init="none").init is None


def test_a_network_and_a_start_that_contradict_each_other_are_refused(marks, marks_run, tmp_path):
    source, run = marks / "marks.json", str(marks_run.run)
    for net, init in (("fpnpose_s", run), (run, "none"), (run, "fpnpose_s")):
        with pytest.raises(PoseError, match="contradict|not a fpnpose_s"):
            api.train(source, net=net, init=init, out=tmp_path / "run", epochs=1)
    with pytest.raises(PoseError, match="no network or checkpoint 'mediapipe'"):
        api.train(source, net="mediapipe", out=tmp_path / "run", epochs=1)
    assert not (tmp_path / "run").exists()


def test_labels_that_were_looked_at_are_not_looked_at_again(marks, tmp_path):
    (tmp_path / "mark.toml").write_text(
        'name = "mark"\nkeypoints = ["middle", "left_corner", "right_corner"]\n'
    )
    document = json.loads((marks / "marks.json").read_text())
    document["annotations"][4]["keypoints"][0] = 5000.0
    bad = marks / "outside.json"
    bad.write_text(json.dumps(document))
    project = api.new(tmp_path / "p.pose", [marks / "pictures"], skeleton=str(tmp_path / "mark.toml")).project
    api.import_labels(project, bad)
    opened = api.open_project(project)
    options = {"net": "fpnpose_t", "init": "none", "epochs": 1, "device": "cpu"}
    try:
        with pytest.raises(TrainingError, match="middle"):
            start_training(opened, **options)
        assert not list(opened.runs_dir.iterdir())
        run = start_training(opened, checked=True, **options)
        assert run.wait(LONG_S)["state"] == "done", run.log_path.read_text()
    finally:
        opened.close()
