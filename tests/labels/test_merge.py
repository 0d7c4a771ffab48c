"""Two people label copies of one project; what each did arrives, and only true conflicts are asked about."""

import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp.errors import ProjectError
from poseapp.labels.edits import AddInstance, AddVideo, DeleteInstances, MoveKeypoint, SetSkeleton
from poseapp.labels.instance import Instance
from poseapp.labels.merge import plan_merge
from poseapp.labels.merge_edit import MergeLabels
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton
from tests.labels.material import FOUR, dump, person, video_record


@pytest.fixture
def pair(tmp_path):
    """Mine and theirs: copies of a project with a person in each of the frames 0 to 4."""
    with Project.create(tmp_path / "mine.pose", FOUR) as made:
        made.push(AddVideo(video_record()))
        for frame in range(5):
            made.push(AddInstance(1, frame, person(100.0 * frame)))
    shutil.copytree(tmp_path / "mine.pose", tmp_path / "theirs.pose")
    with Project.open(tmp_path / "mine.pose") as mine, Project.open(tmp_path / "theirs.pose") as theirs:
        yield mine, theirs


def the(project, frame):
    return project.instances(1, frame)[0]


def kinds(plan):
    return [(found.kind, found.frame_idx) for found in plan.differences]


def test_what_only_one_side_changed_is_no_conflict(pair):
    mine, theirs = pair
    mine.push(MoveKeypoint(the(mine, 0).id, 0, 1.0, 2.0))
    theirs.push(MoveKeypoint(the(theirs, 1).id, 0, 3.0, 4.0))
    theirs.push(DeleteInstances(ids=[the(theirs, 2).id]))
    theirs.push(AddInstance(1, 7, person(3.0)))
    plan = plan_merge(mine, theirs)
    assert plan.has_base and plan.conflicts == [] and plan.identical == 2
    assert kinds(plan) == [("change", 1), ("remove", 2), ("add", 7)]
    before = dump(mine)
    mine.push(MergeLabels(plan))
    assert the(mine, 0).points[0].tolist() == [1.0, 2.0]
    assert the(mine, 1).points[0].tolist() == [3.0, 4.0]
    assert mine.labelled_frames(1).tolist() == [0, 1, 3, 4, 7]
    assert mine.undo_text == "Merge theirs.pose: 1 added, 1 changed, 1 deleted"
    mine.undo()
    assert dump(mine) == before
    mine.redo()
    assert kinds(plan_merge(mine, theirs)) == []


@pytest.mark.parametrize(
    "choice, first", [("mine", [1.0, 1.0]), ("theirs", [9.0, 9.0]), ("both", [1.0, 1.0])]
)
def test_what_both_changed_is_decided(pair, choice, first):
    mine, theirs = pair
    mine.push(MoveKeypoint(the(mine, 0).id, 0, 1.0, 1.0))
    theirs.push(MoveKeypoint(the(theirs, 0).id, 0, 9.0, 9.0))
    plan = plan_merge(mine, theirs)
    assert kinds(plan) == [("conflict", 0)]
    assert plan.conflicts[0].distance == pytest.approx(np.hypot(8, 8))
    with pytest.raises(ProjectError, match="mine, theirs or both"):
        mine.push(MergeLabels(plan))
    mine.push(MergeLabels(plan, [choice]))
    people = mine.instances(1, 0)
    assert people[0].points[0].tolist() == first
    assert len(people) == (2 if choice == "both" else 1)


def test_deleting_against_changing_is_a_conflict_either_way(pair):
    mine, theirs = pair
    mine.push(DeleteInstances(ids=[the(mine, 0).id]))
    theirs.push(MoveKeypoint(the(theirs, 0).id, 0, 9.0, 9.0))
    mine.push(MoveKeypoint(the(mine, 1).id, 0, 5.0, 5.0))
    theirs.push(DeleteInstances(ids=[the(theirs, 1).id]))
    plan = plan_merge(mine, theirs)
    assert kinds(plan) == [("conflict", 0), ("conflict", 1)]
    assert plan.conflicts[0].mine is None and plan.conflicts[1].theirs is None
    mine.push(MergeLabels(plan, ["theirs", "theirs"]))
    assert the(mine, 0).points[0].tolist() == [9.0, 9.0] and mine.instances(1, 1) == []


def test_the_same_change_on_both_sides_is_none(pair):
    mine, theirs = pair
    for project in pair:
        project.push(MoveKeypoint(the(project, 0).id, 0, 5.0, 5.0))
        project.push(DeleteInstances(ids=[the(project, 1).id]))
        project.push(AddInstance(1, 8, person(3.0)))
    assert plan_merge(mine, theirs).differences == []


def test_a_person_labelled_by_both_is_one_person(pair):
    mine, theirs = pair
    mine.push(AddInstance(1, 8, person(3.0)))
    theirs.push(AddInstance(1, 8, person(3.5)))
    theirs.push(AddInstance(1, 8, person(300.0)))
    plan = plan_merge(mine, theirs)
    assert sorted(kinds(plan)) == [("add", 8), ("conflict", 8)]


def test_undone_edits_of_the_common_past(pair):
    mine, theirs = pair
    mine.undo()  # takes the person of frame 4 away
    theirs.push(MoveKeypoint(the(theirs, 0).id, 0, 9.0, 9.0))
    plan = plan_merge(mine, theirs)
    assert kinds(plan) == [("change", 0)]


def test_without_a_common_past_every_difference_is_a_conflict(tmp_path, pair):
    mine, _ = pair
    with Project.create(tmp_path / "other.pose", FOUR) as other:
        other.push(AddVideo(video_record()))
        other.push(AddInstance(1, 0, person(0.0)))
        other.push(AddInstance(1, 1, person(101.0)))
        other.push(AddInstance(1, 9, person(7.0)))
        plan = plan_merge(mine, other)
    assert not plan.has_base and plan.identical == 1
    assert kinds(plan) == [("conflict", 1), ("add", 9)]


def test_another_skeleton_is_matched_by_name_and_another_video_is_added(tmp_path, pair):
    mine, _ = pair
    names = [*reversed(FOUR.keypoints), "ear"]
    with Project.create(tmp_path / "other.pose", Skeleton.from_names("five", names)) as other:
        other.push(AddVideo(video_record(name="second.mp4", fingerprint="other")))
        points = np.arange(10.0).reshape(5, 2)
        other.push(AddInstance(1, 3, Instance(points)))
        plan = plan_merge(mine, other)
        assert plan.unmatched == ["ear"]
        mine.push(MergeLabels(plan))
    assert [video.name for video in mine.videos][1] == "second.mp4"
    assert mine.instances(2, 3)[0].points.tolist() == points[[3, 2, 1, 0]].tolist()
    mine.undo()
    assert len(mine.videos) == 1


def test_a_changed_skeleton_ends_the_common_past(pair):
    mine, theirs = pair
    theirs.push(SetSkeleton(Skeleton.from_names("more", [*FOUR.keypoints, "ear"])))
    assert not plan_merge(mine, theirs).has_base


def test_a_project_is_not_merged_with_itself(pair):
    with pytest.raises(ProjectError, match="itself"):
        plan_merge(pair[0], pair[0])


FRAMES = st.integers(0, 4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ours=st.lists(st.tuples(FRAMES, st.sampled_from(["move", "delete", "add"])), max_size=6),
    others=st.lists(st.tuples(FRAMES, st.sampled_from(["move", "delete", "add", "undo"])), max_size=6),
)
def test_edits_of_different_people_all_arrive(tmp_path_factory, ours, others):
    """I edit the person that was there first, they add and edit people of their own: nothing conflicts."""
    folder = tmp_path_factory.mktemp("merge")
    with Project.create(folder / "mine.pose", FOUR) as made:
        made.push(AddVideo(video_record()))
        for frame in range(5):
            made.push(AddInstance(1, frame, person(0.0)))
            made.push(AddInstance(1, frame, person(1000.0)))
    shutil.copytree(folder / "mine.pose", folder / "theirs.pose")
    with Project.open(folder / "mine.pose") as mine, Project.open(folder / "theirs.pose") as theirs:
        _edit(mine, ours, near=0.0)
        _edit(theirs, others, near=1000.0)
        expected = _people(mine, 0.0) | _people(theirs, 1000.0)
        plan = plan_merge(mine, theirs)
        assert plan.conflicts == []
        mine.push(MergeLabels(plan))
        assert _people(mine, 0.0) | _people(mine, 1000.0) == expected
        again = plan_merge(mine, theirs)
        assert again.differences == []


def _edit(project, steps, near):
    own = project.history(1)[0].id
    for number, (frame, what) in enumerate(steps):
        people = [p for p in project.instances(1, frame) if abs(p.points[0, 0] - near) < 500]
        if what == "undo":
            if next(entry for entry in project.history(99) if not entry.undone).id > own:
                project.undo()
        elif what == "add":
            project.push(AddInstance(1, frame, person(near + 60.0 + 40 * number)))
        elif people and what == "move":
            project.push(MoveKeypoint(people[0].id, 0, near + number, 7.0 + number))
        elif people:
            project.push(DeleteInstances(ids=[people[0].id]))


def _people(project, near):
    return {
        (frame, person.points.tobytes())
        for _, frame, people in project.iter_frames()
        for person in people
        if abs(person.points[0, 0] - near) < 500
    }
