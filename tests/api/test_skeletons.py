"""`poseapp skeleton`."""

import json
from pathlib import Path

import numpy as np
import pytest

from poseapp import api
from poseapp.cli import main
from poseapp.labels.edits import AddInstance, AddVideo
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton, list_skeletons, load_skeleton

MOUSE = Skeleton("mouse", ("nose", "l_ear", "tail"), ((0, 2),))


@pytest.fixture
def project_path(tmp_path: Path) -> Path:
    path = tmp_path / "m.pose"
    with Project.create(path, MOUSE) as made:
        made.push(AddVideo(VideoRecord(0, "m.mp4", "", "/m.mp4", 10, 100, 100, 25.0)))
        made.push(AddInstance(1, 4, Instance(np.arange(6.0).reshape(3, 2))))
    return path


def said(capsys: pytest.CaptureFixture, *words: object) -> dict:
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_show_and_export(capsys, tmp_path, project_path):
    rows = said(capsys, "skeleton", "list")["skeletons"]
    assert [row["name"] for row in rows] == list_skeletons()
    assert said(capsys, "skeleton", "show", "hand21")["keypoints"][0] == "wrist"
    assert said(capsys, "skeleton", "show", project_path)["name"] == "mouse"
    out = tmp_path / "own.toml"
    assert said(capsys, "skeleton", "export", "coco17", out)["keypoints"] == 17
    assert load_skeleton(out) == load_skeleton("coco17")


def test_set_keeps_labels_and_a_dry_run_changes_nothing(capsys, tmp_path, project_path):
    Skeleton("rat", ("left_ear", "nose", "hip")).to_toml(tmp_path / "rat.toml")
    words = ("skeleton", "set", project_path, tmp_path / "rat.toml", "--rename", "l_ear=left_ear")
    dry = said(capsys, *words, "--dry-run")
    assert dry["applied"] is False and dry["removed"] == {"tail": 1}
    assert said(capsys, "skeleton", "show", project_path)["name"] == "mouse"
    done = said(capsys, *words)
    assert done["applied"] and done["text"] == dry["text"]
    with Project.open(project_path) as project:
        (person,) = project.instances(1, 4)
        assert person.points[:2].tolist() == [[2, 3], [0, 1]] and np.isnan(person.points[2]).all()
        assert project.undo() and project.instances(1, 4)[0].points.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert api.skeleton_set(project_path, MOUSE).applied is False


@pytest.mark.parametrize("rename", ["l_ear=foot", "foot=nose"])
def test_a_rename_that_does_not_fit_is_refused_in_one_line(capsys, project_path, rename):
    assert main(["skeleton", "set", str(project_path), "hand21", "--rename", rename]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    with pytest.raises(SystemExit):
        main(["skeleton", "set", str(project_path), "hand21", "--rename", "no_equals"])
