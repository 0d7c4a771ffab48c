"""The main job by commands alone, each a process of its own, some of them killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from poseapp.api.walkthrough import sample_clip, sample_truth
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.jobs import RunFolder
from poseapp.nets.card import find_checkpoint, read_card

FRAMES = 225
CORRECTED = (4, 12, 20, 28, 36, 44)
LAST = 48


def argv(*words: object) -> list[str]:
    return [sys.executable, "-m", "poseapp", *map(str, words)]


def poseapp(*words: object) -> dict:
    """Run a command; its JSON object, which is all it may print."""
    done = subprocess.run(argv(*words, "--json"), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kill_when(process: subprocess.Popen, ready, timeout_s: float = 120) -> None:
    """kill -9 a process as soon as `ready()` holds."""
    end = time.monotonic() + timeout_s
    while not ready():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def truth_of(frames: set[int], folder: Path, video: str) -> Path:
    """The true keypoints of some frames of the sample as COCO JSON that names `video`."""
    whole = json.loads(sample_truth().read_text())
    images = [{**image, "video": video} for image in whole["images"] if image["frame_idx"] in frames]
    ids = {image["id"] for image in images}
    people = [person for person in whole["annotations"] if person["image_id"] in ids]
    path = folder / f"truth-{len(frames)}.json"
    path.write_text(json.dumps({**whole, "images": images, "annotations": people}))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with a space and an umlaut in its name and the clip in it."""
    folder = tmp_path_factory.mktemp("meine läufe")
    (folder / "clip.mp4").write_bytes(sample_clip().read_bytes())
    return folder


def test_from_video_to_export_and_back(folder):
    project = folder / "clip.pose"
    made = poseapp("new", project, folder / "clip.mp4")
    skeleton = read_card(find_checkpoint("default")).skeleton.name
    assert made["frames"] == FRAMES and made["skeleton"] == skeleton
    before = poseapp("predict", project, "--frames", f"0:{LAST}")
    assert before["frames"] == LAST

    poseapp("import", project, truth_of(set(CORRECTED), folder, "clip.mp4"))
    assert poseapp("info", project)["labels"]["frames"] == len(CORRECTED)

    trained = poseapp("train", project, "--epochs", 40, "--device", "cpu")
    assert Path(trained["checkpoint"]).is_file() and trained["held_out"]
    assert {"epochs", "seconds", "images_per_second", "train_loss", "val", "checkpoint"} <= set(trained)

    out = folder / "after.h5"
    after = poseapp(
        "predict", folder / "clip.mp4", "--net", trained["run"], "--frames", f"0:{LAST}", "--out", out
    )
    assert {"frames", "people", "seconds", "fps", "net", "device", "out"} <= set(after)
    others = truth_of(set(range(LAST)) - set(CORRECTED), folder, "clip.mp4")
    old = poseapp("evaluate", before["out"], others, "--metric", "pck@0.1", "mean_px")
    new = poseapp("evaluate", out, others, "--metric", "pck@0.1", "mean_px")
    assert new["mean_px"] < old["mean_px"] and new["pck@0.1"] > old["pck@0.1"]

    labels = folder / "labels.json"
    poseapp("export", project, labels)
    again = poseapp("new", folder / "again.pose", folder / "clip.mp4")["project"]
    poseapp("import", again, labels)
    exported, repeated = json.loads(labels.read_text()), folder / "repeated.json"
    poseapp("export", again, repeated)
    keypoints = [person["keypoints"] for person in exported["annotations"]]
    assert [person["keypoints"] for person in json.loads(repeated.read_text())["annotations"]] == keypoints


def test_a_killed_prediction_keeps_its_frames_and_goes_on(folder):
    project = folder / "killed.pose"
    poseapp("new", project, folder / "clip.mp4")
    out = project / "predictions" / "half.h5"
    words = argv("predict", folder / "clip.mp4", "--out", out)
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def some_are_there() -> bool:
        if not out.exists():
            return False
        try:
            with PredictionFile(out) as file:
                return len(file.frames(0)) > 5
        except ValueError:
            return False

    kill_when(process, some_are_there)
    with PredictionFile(out) as file:
        kept = len(file.frames(0))
    assert 5 < kept < FRAMES
    second = poseapp("predict", folder / "clip.mp4", "--out", out)
    assert second["frames"] == FRAMES - kept, "only the missing frames are predicted"
    with PredictionFile(out) as file:
        assert list(file.frames(0)) == list(range(FRAMES))


def test_a_killed_training_goes_on_where_it_was(folder):
    project = folder / "clip.pose"
    run = RunFolder(project / "runs" / "killed")
    words = argv(
        "train", project, "--net", "fpnpose_t", "--init", "none", "--epochs", 100_000, "--out", run.path
    )
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kill_when(process, lambda: (run.checkpoints_dir / "last.pt").is_file())
    assert run.status["state"] == "lost"
    spec = run.spec
    split, labels = spec["split"], (run.path / "labels-0.json").read_bytes()
    spec["epochs"] = None
    spec["minutes"] = 0.75
    run.write_spec(spec)
    poseapp("train", run.path)
    started = [event for event in run.events()[0] if event["type"] == "started"]
    assert len(started) == 2 and started[1]["resumed_step"] > 0
    assert run.status["state"] == "done"
    assert run.spec["split"] == split and (run.path / "labels-0.json").read_bytes() == labels
    assert (run.checkpoints_dir / "best.safetensors").is_file()
