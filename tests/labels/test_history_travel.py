"""Going back and forward through many edits at once."""

from __future__ import annotations

import time

import pytest

from poseapp.errors import ProjectError
from poseapp.labels import edits
from poseapp.labels.project import Project
from tests.labels.material import dump, person


@pytest.fixture
def edited(project):
    """Twelve people, one a frame, and how the project was after each edit."""
    states = {project.history_place()[0]: dump(project)}
    for k in range(12):
        project.push(edits.AddInstance(1, k, person(float(k))))
        states[project.history_place()[0]] = dump(project)
    return project, states


def test_every_state_is_reached_from_every_other(edited):
    project, states = edited
    ids = list(states)
    for target in (ids[3], ids[9], ids[0], ids[-1], ids[5], ids[6]):
        assert project.travel(target, max_s=10.0) == 0
        assert dump(project) == states[target] and project.history_place()[0] == target
        assert sorted(project.labelled_frames(1)) == list(range(ids.index(target)))
    assert project.travel(0, max_s=10.0) == 0
    assert project.videos == [] and project.undo_text is None and project.history_place() == (0, 13)


def test_a_stretch_of_time_does_a_part_and_says_what_is_left(edited):
    project, states = edited
    ids = list(states)
    seen = []
    project.changed.connect(seen.append)
    left = project.travel(ids[2], max_s=0.0)
    assert left == 9 and project.history_place()[0] == ids[-2], "at least one step each time"
    assert dump(project) == states[ids[-2]] and len(seen) == 1 and "labels" in seen[0].topics
    while left:
        before, left = left, project.travel(ids[2], max_s=0.001)
        assert left < before
    assert dump(project) == states[ids[2]]


def test_an_edit_in_between_drops_what_was_undone(edited):
    project, states = edited
    ids = list(states)
    project.travel(ids[4], max_s=10.0)
    project.push(edits.AddInstance(1, 50, person(1.0)))
    assert project.travel(ids[-1], max_s=10.0) == 0, "what is gone cannot be gone to"
    assert 50 in project.labelled_frames(1)


def test_it_goes_on_after_a_restart(edited):
    project, states = edited
    ids, path = list(states), project.path
    project.travel(ids[4], max_s=10.0)
    project.close()
    with Project.open(path) as again:
        assert again.history_place() == (ids[4], 13)
        again.travel(ids[-1], max_s=10.0)
        assert dump(again) == states[ids[-1]]


def test_history_is_read_in_pages(edited):
    project, _ = edited
    first = project.history(5)
    more = project.history(50, before=first[-1].id)
    assert [e.id for e in first + more] == sorted((e.id for e in project.history(99)), reverse=True)


def test_read_only_stays(edited):
    project, states = edited
    with Project.open(project.path) as other:
        assert other.read_only
        with pytest.raises(ProjectError, match="cannot be changed"):
            other.travel(list(states)[2])


def test_a_thousand_edits_back_take_no_time(project):
    for k in range(1000):
        project.push(edits.AddInstance(1, k % 100, person(float(k))))
    begin = time.perf_counter()
    longest = 0.0
    left = 1
    while left:
        step = time.perf_counter()
        left = project.travel(1, max_s=0.05)
        longest = max(longest, time.perf_counter() - step)
    assert time.perf_counter() - begin < 10.0 and longest < 1.0
    assert len(project.labelled_frames(1)) == 0
