"""Which frames to label next: by the predictions, by the pictures, never a labelled one."""

import json

import numpy as np
import pytest

import poseapp.api as api
from poseapp.cli.main import main
from poseapp.errors import PoseError
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
from poseapp.video import VideoWriter

FRAMES = 60


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two scenes, grey then red from frame 50 on; predictions with a jump in frame 30, faint in 10."""
    folder = tmp_path_factory.mktemp("suggest")
    with VideoWriter(folder / "a.mp4", 25.0, 64, 48) as writer:
        for k in range(FRAMES):
            image = np.full((48, 64, 3), 90, np.uint8)
            if k >= 50:
                image[:] = (200, 20, 20)
            writer.write(image)
    made = api.new(folder / "p.pose", [folder / "a.mp4"], skeleton="coco17").project
    base = np.random.default_rng(0).uniform(5, 45, (17, 2))
    (made / "predictions").mkdir(exist_ok=True)
    skeleton = load_skeleton("coco17")
    with PredictionWriter(
        made / "predictions" / "p.h5", skeleton, [str(folder / "a.mp4")], net="x"
    ) as writer:
        for k in range(FRAMES):
            points = base + k * 0.1
            points[9] += (0, 40) if k == 30 else 0
            scores = np.full(17, 0.1 if k == 10 else 0.9, np.float32)
            writer.append(0, k, [Instance(points, scores=scores)] if k != 55 else [])
    return made


def frames(result):
    return [s.frame for s in result.frames]


def test_doubts_come_strongest_first_with_reasons(project):
    found = api.suggest(project).frames
    by_frame = {s.frame: s for s in found}
    assert set(by_frame) == {10, 30, 55}
    assert by_frame[30].reason.startswith("left wrist jumps ") and by_frame[10].reason == "score .10"
    assert by_frame[55].reason == "nobody was found here"
    assert [s.strength for s in found] == sorted((s.strength for s in found), reverse=True)
    assert frames(api.suggest(project, by="jump")) == [30]
    assert len(api.suggest(project, count=1).frames) == 1


def test_diversity_takes_a_frame_of_each_scene(project):
    scenes = sorted(frame >= 50 for frame in frames(api.suggest(project, by="diversity", count=2)))
    assert scenes == [False, True]


def test_even_and_random_spread_over_what_is_not_labelled(project):
    with api.open_project(project) as opened:
        opened.push(AddInstance(1, 7, Instance(np.full((17, 2), 5.0))))
    assert frames(api.suggest(project, by="even", count=3)) == [10, 30, 50]
    everything = frames(api.suggest(project, by="random", count=1000))
    assert everything == [k for k in range(FRAMES) if k != 7]
    with api.open_project(project) as opened:
        opened.undo()


def test_mistakes_are_said_in_one_line(project, tmp_path):
    with pytest.raises(PoseError, match=r"no video 'b.mp4'; it has a.mp4"):
        api.suggest(project, video="b.mp4")
    with pytest.raises(PoseError, match="cannot be suggested by 'luck'"):
        api.suggest(project, by="luck")
    (project / "predictions" / "p.h5").rename(tmp_path / "p.h5")
    with pytest.raises(PoseError, match="nothing is predicted yet"):
        api.suggest(project)
    (tmp_path / "p.h5").rename(project / "predictions" / "p.h5")


def test_the_command_gives_json(project, capsys):
    assert main(["suggest", str(project), "--by", "score", "--count", "5", "--video", "a.mp4", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["by"] == "score" and {f["frame"] for f in said["frames"]} == {10, 55}
    assert said["frames"][0].keys() == {"video", "frame", "reason", "strength", "video_id"}
