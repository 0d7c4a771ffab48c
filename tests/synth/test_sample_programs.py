"""The programs that draw the sample clips and the replay set, and motion to order."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.paths import resources_dir
from poseapp.synth.body.model import BodyModel
from poseapp.synth.body.phenotypes import Phenotype
from poseapp.synth.motion.choreography import Step, choreograph, joined
from poseapp.synth.motion.gait import go
from poseapp.video import open_video

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))

import make_replay  # noqa: E402
import make_sample  # noqa: E402

SAMPLE, REPLAY = resources_dir() / "sample", resources_dir() / "replay"


def people_in(path: Path) -> list[np.ndarray]:
    truth = json.loads(path.read_text("utf-8"))
    return [np.array(person["keypoints"]).reshape(-1, 3) for person in truth["annotations"]]


@pytest.mark.parametrize("script", make_sample.CLIPS, ids=lambda script: script.name)
def test_the_committed_clips_are_what_the_program_draws(body: BodyModel, tmp_path: Path, script) -> None:
    make_sample.make(script, tmp_path, most=2)
    for skeleton in make_sample.SKELETONS:
        name = f"{script.name}-{skeleton}.json"
        made, kept = people_in(tmp_path / name), people_in(SAMPLE / name)
        for one, other in zip(made, kept, strict=False):
            np.testing.assert_allclose(one[:, :2], other[:, :2], atol=1.0)
    name = f"{script.name}.mp4"
    with open_video(tmp_path / name) as new, open_video(SAMPLE / name) as old:
        assert len(new) == 2
        assert np.abs(new[0].astype(int) - old[0].astype(int)).mean() < 4


def test_the_committed_replay_set_is_what_the_program_draws(
    body: BodyModel, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["make_replay.py", "--out", str(tmp_path), "--count", "2"])
    make_replay.main()
    for one, other in zip(people_in(tmp_path / "truth.json"), people_in(REPLAY / "truth.json"), strict=False):
        np.testing.assert_allclose(one[:, :2], other[:, :2], atol=1.0)
    new, old = (cv2.imread(str(folder / "0001.jpg")).astype(int) for folder in (tmp_path, REPLAY))
    assert np.abs(new - old).mean() < 8


@pytest.fixture(scope="module")
def shaped(body: BodyModel):
    return body.shape(Phenotype())


def test_a_choreography_reaches_its_poses_and_turns(body: BodyModel, shaped) -> None:
    steps = [
        Step("at_ease", 0.0),
        Step("waving", 0.6, 0.3, turn_deg=-40),
        Step("star_jump", 0.6, turn_deg=60),
    ]
    motion = choreograph(body, shaped, np.random.default_rng(0), steps, "sport")
    assert motion.duration_s > 1.5
    forward = [motion.pose(t).rotations[0, :, 2] for t in (0.0, 0.75, motion.duration_s)]
    headings = np.degrees([np.arctan2(f[0], f[2]) for f in forward])
    assert headings[1] - headings[0] == pytest.approx(-40, abs=8)
    assert headings[2] - headings[0] == pytest.approx(20, abs=8)
    wrist, head = body.bone["wrist.L"], body.bone["head"]
    waving = body.pose(shaped, motion.pose(0.75)).joints
    assert waving[wrist, 1] > waving[head, 1], "the hand is up"
    middle = motion.duration_s - 0.3
    assert body.pose(shaped, motion.pose(middle)).vertices[:, 1].min() > 0.1, "both feet are off the ground"
    mirrored = choreograph(
        body, shaped, np.random.default_rng(0), [steps[0], Step("waving", 0.6, mirror=True)], "sport"
    )
    other = body.pose(shaped, mirrored.pose(0.6)).joints
    assert other[body.bone["wrist.R"], 1] > other[head, 1] > other[wrist, 1]
    for wrong in ([Step("at_ease", 0)], [Step("at_ease", 0), Step("no such pose", 1)]):
        with pytest.raises(SynthError):
            choreograph(body, shaped, np.random.default_rng(0), wrong, "sport")


def test_joined_motions_go_on_where_the_last_one_is(body: BodyModel, shaped) -> None:
    rng = np.random.default_rng(1)
    walk = go(body, shaped, rng, 2.0, "walk", "everyday")
    stand = choreograph(body, shaped, rng, [Step("at_ease", 0, 0.3), Step("waving", 0.6)], "everyday")
    both = joined(body, shaped, [walk, stand])
    assert walk.duration_s < both.duration_s < walk.duration_s + stand.duration_s
    times = np.arange(0, both.duration_s, 1 / 30)
    bodies = [body.pose(shaped, both.pose(float(t))) for t in times]
    joints = np.stack([posed.joints for posed in bodies])
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=2) * 30
    assert speed.max() < 9, "nothing jumps"
    lowest = np.array([posed.vertices[:, 1].min() for posed in bodies])
    assert np.abs(lowest).max() < 0.04
    feet = joints[:, [body.bone["foot.L"], body.bone["foot.R"]]]
    slide = np.linalg.norm(np.diff(feet[:, :, [0, 2]], axis=0), axis=2).min(1) * 30
    assert np.percentile(slide, 90) < 0.45, "one foot stays"
    assert both.pose(both.duration_s).translation[2] > 0.8
