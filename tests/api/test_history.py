"""The edits of a project as a command: listed, gone back to, forward again."""

from __future__ import annotations

import json

import pytest

from poseapp import api
from poseapp.cli.main import main
from poseapp.errors import ProjectError
from poseapp.labels import edits
from poseapp.labels.project import Project
from tests.labels.material import FOUR, dump, person, video_record


@pytest.fixture
def path(tmp_path):
    with Project.create(tmp_path / "walk.pose", FOUR) as project:
        project.push(edits.AddVideo(video_record()))
        for k in range(5):
            project.push(edits.AddInstance(1, k, person(float(k))))
    return tmp_path / "walk.pose"


def state(path):
    with Project.open(path, read_only=True) as project:
        return dump(project)


def test_edits_are_listed_and_nothing_is_changed(path):
    before = state(path)
    found = api.history(path, limit=3)
    assert (found.total, found.place, found.steps) == (6, 6, 0)
    assert [row["id"] for row in found.edits] == [6, 5, 4] and not any(row["undone"] for row in found.edits)
    assert state(path) == before


def test_back_and_forward_again(path):
    whole, told = state(path), []
    found = api.history(path, go_to=2, on_progress=told.append)
    assert (found.place, found.steps) == (2, 4) and sum(row["undone"] for row in found.edits) == 4
    assert len(state(path)["instance"]) == 1
    assert api.history(path, go_to=0).steps == 2 and state(path)["instance"] == []
    assert api.history(path, go_to=6).steps == 6 and state(path) == whole


def test_what_cannot_be_is_one_line(path, capsys):
    with pytest.raises(ProjectError, match="has no edit 99"):
        api.history(path, go_to=99)
    with Project.open(path), pytest.raises(ProjectError, match="cannot be changed"):
        api.history(path, go_to=2)
    assert main(["history", str(path), "--go-to", "99"]) == 1
    assert "has no edit 99" in capsys.readouterr().err


def test_the_command_prints_json(path, capsys):
    assert main(["history", str(path), "--go-to", "3", "--limit", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["place"] == 3 and said["steps"] == 3 and len(said["edits"]) == 2
    assert main(["history", str(path)]) == 0
    assert "Add person" in capsys.readouterr().out
