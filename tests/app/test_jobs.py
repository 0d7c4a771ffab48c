"""Real jobs of a session: child processes predict and train with a tiny network."""

from pathlib import Path

import pytest

from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.labels.edits import AddInstance
from poseapp.labels.skeleton import load_skeleton
from tests.app.material import pose, write_clip

NUM_FRAMES = 4


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """A checkpoint with random weights."""
    import torch

    from poseapp.nets import net_entry
    from poseapp.nets.card import Card
    from poseapp.nets.checkpoint import save_checkpoint

    torch.manual_seed(1)
    net = net_entry("fpnpose_t").build(17).eval()
    card = Card(
        "small", "fpnpose_t", {}, load_skeleton("coco17"), (64, 64), title="for a test", data=["nothing"]
    )
    save_checkpoint(net, card, tmp_path / "small.safetensors")
    return str(tmp_path / "small.safetensors")


@pytest.fixture
def short(session: Session, tmp_path: Path) -> Session:
    """A session on a clip of four frames."""
    session.open(write_clip(tmp_path / "short.mp4", NUM_FRAMES))
    return session


def finish(session: Session) -> RunState:
    """Wait for the newest job and read its last words."""
    session.runs[0].folder.wait(120)
    session.poll_runs()
    return session.runs[0]


def test_a_prediction_becomes_a_layer(short: Session, tiny: str) -> None:
    said: list[str] = []
    finished: list[RunState] = []
    short.message.connect(said.append)
    short.run_finished.connect(finished.append)
    short.start_prediction(net=tiny, device="cpu")
    assert short.runs[0].active and short.runs[0].kind == "predict"
    run = finish(short)
    assert (run.state, run.error) == ("done", "") and run.result["frames"] == NUM_FRAMES
    assert finished == [run] and any("finished" in text for text in said)
    layer = short.layers[1]
    assert (layer.num_frames, layer.net, layer.visible) == (NUM_FRAMES, "small", True)
    assert short.score_curve()[0].tolist() == list(range(NUM_FRAMES))


def test_a_prediction_of_some_frames(short: Session, tiny: str) -> None:
    short.start_prediction(net=tiny, device="cpu", frames=(2, 4))
    assert finish(short).state == "done"
    assert short.score_curve()[0].tolist() == [2, 3]


def test_fine_tuning_reports_epochs_and_a_result(short: Session, tiny: str) -> None:
    for k in range(NUM_FRAMES):
        short.push(AddInstance(short.video.id, k, pose(4 * k)))
    short.start_fine_tune(init=tiny, device="cpu", epochs=1)
    run = finish(short)
    assert (run.state, run.error) == ("done", ""), (run.folder.path / "log.txt").read_text()
    assert len(run.epochs) >= 1 and Path(run.result["checkpoint"]).exists()
    assert all(sample.exists() for sample in run.samples)
    short.close()
    assert short.runs == []


def test_a_job_that_fails_says_so_in_one_line(short: Session) -> None:
    from poseapp.errors import PoseError

    said: list[str] = []
    short.message.connect(said.append)
    try:
        short.start_prediction(net="no such network", device="cpu")
    except PoseError as error:
        assert "no such network" in str(error)
        return
    run = finish(short)
    assert run.state == "failed" and "no such network" in run.error and "\n" not in run.error
    assert any(run.error in text for text in said)
