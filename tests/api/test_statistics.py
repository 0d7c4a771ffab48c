"""Counts of labels are those of what was labelled."""

import json

import numpy as np
import pytest

import poseapp.api as api
from poseapp.cli.main import main
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
from poseapp.video import VideoWriter

POINTS = np.stack([np.linspace(5, 45, 17), np.linspace(5, 25, 17)], axis=1)


@pytest.fixture
def project(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        with VideoWriter(tmp_path / name, 25.0, 64, 48) as writer:
            for _ in range(20):
                writer.write(np.full((48, 64, 3), 90, np.uint8))
    made = api.new(tmp_path / "p.pose", [tmp_path / "a.mp4", tmp_path / "b.mp4"], skeleton="coco17").project
    (made / "predictions").mkdir(exist_ok=True)
    with PredictionWriter(
        made / "predictions" / "run.h5", load_skeleton("coco17"), [str(tmp_path / "a.mp4")], net="x"
    ) as writer:
        for k in range(20):
            writer.append(0, k, [Instance(POINTS, scores=np.full(17, 0.9))])
    moved, hidden = POINTS.copy(), np.full(17, 2)
    moved[9] += (3, 4)
    hidden[15], hidden[16] = 1, 0
    scores = np.full(17, 0.9)
    with api.open_project(made) as opened:
        opened.push(AddInstance(1, 0, Instance(POINTS, scores=scores, source="prediction:run")))
        opened.push(AddInstance(1, 5, Instance(moved, scores=scores, source="prediction:run")))
        opened.push(AddInstance(1, 6, Instance(POINTS, hidden)))
        opened.push(AddInstance(2, 19, Instance(POINTS * 1.2, source="import:x.json")))
    return made


def test_frames_people_keypoints_and_sources(project):
    found = api.statistics(project)
    total, (first, second) = found.total, found.videos
    assert (total.frames, total.labelled, total.people) == (40, 4, 4)
    assert (first.video, first.labelled, second.video, second.people) == ("a.mp4", 3, "b.mp4", 1)
    assert total.sources == {"by hand": 1, "corrected": 1, "accepted": 1, "imported": 1, "interpolated": 0}
    rows = {k.keypoint: k for k in total.keypoints}
    assert (rows["left_ankle"].visible, rows["left_ankle"].hidden, rows["left_ankle"].missing) == (3, 1, 0)
    assert (rows["right_ankle"].visible, rows["right_ankle"].missing) == (3, 1)
    assert (rows["left_wrist"].corrected, rows["left_wrist"].correction_px) == (1, 5.0)
    assert rows["nose"].correction_px is None


def test_sizes_and_coverage(project):
    found = api.statistics(project)
    assert sum(found.total.box_px["counts"]) == 4 and len(found.total.box_px["edges"]) == 13
    assert found.total.box_px["edges"][-1] == 60
    assert [i for i, share in enumerate(found.videos[0].coverage) if share] == [0, 5, 6]
    assert found.videos[1].coverage[-1] == 1.0


def test_labels_of_a_deleted_run_still_count(project):
    (project / "predictions" / "run.h5").unlink()
    total = api.statistics(project).total
    assert total.sources["accepted"] == 2 and total.keypoints[9].correction_px is None


def test_the_command_gives_json_and_an_empty_project_too(project, tmp_path, capsys):
    assert main(["statistics", str(project), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["total"]["sources"]["accepted"] == 1 and len(said["videos"]) == 2
    empty = api.new(tmp_path / "e.pose", [tmp_path / "a.mp4"], skeleton="coco17").project
    assert main(["statistics", str(empty)]) == 0
