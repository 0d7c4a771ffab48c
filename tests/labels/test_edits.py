import numpy as np
import pytest

from poseapp.errors import PoseError, ProjectError, SkeletonError
from poseapp.labels.edits import (
    AddInstance,
    AddVideo,
    DeleteInstances,
    ImportInstances,
    MoveInstance,
    MoveKeypoint,
    RelinkVideo,
    RemoveVideo,
    ReplaceInstance,
    SetSkeleton,
    SetVisibility,
    SwapSides,
    UnsetKeypoint,
)
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from tests.labels.material import FOUR, dump, person, video_record


@pytest.fixture
def labelled(project):
    """Two people in frame 3, one in frame 7: ids 1, 2, 3."""
    for frame_idx, start in ((3, 0), (3, 100), (7, 0)):
        project.push(AddInstance(1, frame_idx, person(start)))
    return project


def only(project, frame_idx):
    (found,) = project.instances(1, frame_idx)
    return found


def test_add_keeps_everything(project):
    given = Instance(
        [[1.25, 2], [np.nan, 0], [3, 4], [5, 6]], [2, 0, 1, 2], [0.5, np.nan, 0.25, 1], 0.75,
        "prediction:run1", 4, [0, 1, 2, 3], extra={"area": 12.5, "text": "ü"},
    )  # fmt: skip
    (number,) = project.push(AddInstance(1, 99, given))
    found = only(project, 99)
    assert found.same_as(given) and found.id == number
    assert project.undo_text == "Accept prediction"
    assert project.instances(1, 98) == [] and project.instances(2, 99) == []


def test_what_comes_out_is_a_copy(labelled):
    only(labelled, 7).points[:] = 0
    assert only(labelled, 7).points.tolist() == person().points.tolist()


def test_move_keypoint(labelled):
    labelled.push(MoveKeypoint(3, 2, 10.5, -4.25))
    assert only(labelled, 7).points.tolist() == [[0, 1], [2, 3], [10.5, -4.25], [6, 7]]
    assert labelled.undo_text == "Move right hand"


def test_moving_places_an_unlabelled_keypoint_and_drops_its_score(project):
    start = Instance([[np.nan, 0], [2, 3], [4, 5], [6, 7]], [0, 1, 2, 2], scores=[0.1, 0.2, 0.3, 0.4])
    project.push(AddInstance(1, 0, start))
    project.push(MoveKeypoint(1, 0, 1, 1))
    project.push(MoveKeypoint(1, 1, 1, 1))
    project.push(MoveKeypoint(1, 2, 1, 1, visibility=1))
    found = only(project, 0)
    assert found.visibility.tolist() == [2, 1, 1, 2]
    assert np.isnan(found.scores[:3]).all() and found.scores[3] == np.float32(0.4)


def test_move_person_with_box(project):
    project.push(AddInstance(1, 0, person(box=[0, 0, 6, 7])))
    project.push(MoveInstance(1, 10, -1))
    found = only(project, 0)
    assert found.points[0].tolist() == [10, 0] and found.box.tolist() == [10, -1, 16, 6]


OUTLINE = {"area": 42.0, "segmentation": [[0, 1, 6, 1, 6, 7]]}


@pytest.mark.parametrize(
    ("edit", "box", "kept"),
    [
        (MoveKeypoint(1, 0, 50, 60), None, set()),
        (UnsetKeypoint(1, 0), None, set()),
        (SetVisibility(1, 0, 0), None, set()),
        (SetVisibility(1, 0, 1), [0, 0, 6, 7], {"area", "segmentation"}),
        (SwapSides(1), [0, 0, 6, 7], {"area", "segmentation"}),
        (MoveInstance(1, 10, -1), [10, -1, 16, 6], {"area"}),
    ],
)
def test_no_outline_of_an_old_pose_stays(project, edit, box, kept):
    project.push(AddInstance(1, 0, person(box=[0, 0, 6, 7], extra=OUTLINE | {"mood": "fine"})))
    before = dump(project)
    project.push(edit)
    found = only(project, 0)
    assert found.extra == {"mood": "fine"} | {key: OUTLINE[key] for key in kept}
    assert (None if found.box is None else found.box.tolist()) == box
    project.undo()
    assert dump(project) == before


def test_visibility_and_unset(labelled):
    labelled.push(SetVisibility(3, 0, 1))
    assert only(labelled, 7).visibility.tolist() == [1, 2, 2, 2] and labelled.undo_text == "Hide nose"
    labelled.push(SetVisibility(3, 0, 2))
    assert labelled.undo_text == "Show nose"
    labelled.push(UnsetKeypoint(3, 0))
    assert np.isnan(only(labelled, 7).points[0]).all() and labelled.undo_text == "Unset nose"
    with pytest.raises(ProjectError, match="nose has no place yet"):
        labelled.push(SetVisibility(3, 0, 1))


def test_swap_sides_twice_is_nothing(labelled):
    before = dump(labelled)
    labelled.push(SwapSides(3))
    assert only(labelled, 7).points.tolist() == [[0, 1], [4, 5], [2, 3], [6, 7]]
    labelled.push(SwapSides(3))
    assert dump(labelled) == before


def test_replace_keeps_id_and_frame(labelled):
    labelled.push(ReplaceInstance(3, person(50, source="user", track_id=2)))
    assert only(labelled, 7).points[0].tolist() == [50, 51] and only(labelled, 7).id == 3


@pytest.mark.parametrize(
    ("edit", "left", "text"),
    [
        (DeleteInstances(ids=[2]), [1, 3], "Delete 1 person"),
        (DeleteInstances(ids=[1, 3]), [2], "Delete 2 people"),
        (DeleteInstances(video_id=1), [], "Delete 3 people of walk.mp4"),
        (DeleteInstances(video_id=1, frame_idx=3), [3], "Delete 2 people of frame 3"),
        (DeleteInstances(everything=True), [], "Delete 3 people"),
    ],
)
def test_delete(labelled, edit, left, text):
    before = dump(labelled)
    labelled.push(edit)
    assert [p.id for _, _, people in labelled.iter_frames() for p in people] == left
    assert labelled.undo_text == text
    labelled.undo()
    assert dump(labelled) == before


def test_deleting_in_one_video_leaves_the_other_alone(labelled):
    (other,) = labelled.push(AddVideo(video_record("other.mp4")))
    labelled.push(AddInstance(other, 3, person()))
    labelled.push(DeleteInstances(video_id=1))
    assert labelled.counts() == {"videos": 2, "labelled_frames": 1, "instances": 1}
    labelled.push(RemoveVideo(other))
    assert [v.name for v in labelled.videos] == ["walk.mp4"] and labelled.counts()["instances"] == 0
    labelled.undo()
    assert labelled.video(other).name == "other.mp4" and len(labelled.instances(other, 3)) == 1


def test_ids_are_never_used_again(labelled):
    labelled.push(DeleteInstances(ids=[3]))
    assert labelled.push(AddInstance(1, 0, person())) == [4]
    labelled.undo()
    assert labelled.push(AddInstance(1, 0, person())) == [5]


def test_import_many_as_one_edit(project):
    ids = project.push(ImportInstances((1, k % 10, person(k)) for k in range(25)))
    assert len(ids) == 25 and project.undo_text == "Import 25 people"
    project.undo()
    assert project.counts()["instances"] == 0


def test_importing_the_same_again_adds_nothing(project):
    crowd = [Instance.empty(4), Instance.empty(4)]
    for number, instance in enumerate(crowd):
        instance.box = np.array([0, 0, 5, 5.0 + number])
    people = [*(person(k) for k in range(3)), Instance([[1, 2], [np.nan, 0], [3, 4], [5, 6]]), *crowd]
    # Twins within one file are that file's business; what was there before is not added again.
    rows = [(1, k, instance) for k, instance in enumerate(people)] + [(1, 0, person(0))]
    project.push(ImportInstances(rows))
    assert project.counts()["instances"] == 7
    again = ImportInstances([*rows, (1, 1, person(0)), (1, 0, person(0.5)), (1, 5, crowd[0])])
    assert len(project.push(again)) == 3 and again.skipped == 7
    assert project.undo_text == "Import 3 people (7 were there already)"
    hidden = person(1)
    hidden.visibility[2] = 1
    last = ImportInstances([(1, 1, hidden), (1, 1, person(1, source="import:other.json"))])
    project.push(last)
    assert last.skipped == 1 and len(project.instances(1, 1)) == 3


def test_an_import_that_fails_half_way_changes_nothing(project):
    before, text = dump(project), project.undo_text
    with pytest.raises(ProjectError, match="Frame 100 is not in 'walk.mp4'"):
        project.push(ImportInstances([(1, 0, person()), (1, 100, person())]))
    with pytest.raises(ZeroDivisionError):
        project.push(ImportInstances((1, k, person(1 / (3 - k))) for k in range(9)))
    assert dump(project) == before and project.undo_text == text
    assert project.push(AddInstance(1, 0, person())) and project.counts()["instances"] == 1


@pytest.mark.parametrize(
    "edit",
    [
        AddInstance(9, 0, person()),
        AddInstance(1, -1, person()),
        AddInstance(1, 100, person()),
        AddInstance(1, 0, Instance(np.zeros((5, 2)))),
        MoveKeypoint(99, 0, 1, 1),
        MoveKeypoint(3, 4, 1, 1),
        MoveKeypoint(3, -1, 1, 1),
        MoveKeypoint(3, 0, float("nan"), 1),
        MoveKeypoint(3, 0, 1, 1, visibility=0),
        MoveInstance(3, float("inf"), 0),
        SetVisibility(3, 0, 3),
        SwapSides(99),
        ReplaceInstance(3, Instance(np.zeros((5, 2)))),
        DeleteInstances(),
        DeleteInstances(ids=[1], everything=True),
        DeleteInstances(ids=[99]),
        DeleteInstances(video_id=5),
        RemoveVideo(5),
        RelinkVideo(5, "x.mp4"),
        SetSkeleton(FOUR, renamed={"foot": "nose"}),
    ],
)
def test_impossible_edits_change_nothing(labelled, edit):
    before, history = dump(labelled), labelled.history()
    with pytest.raises((ProjectError, SkeletonError)) as caught:
        labelled.push(edit)
    assert isinstance(caught.value, PoseError) and "\n" not in str(caught.value)
    assert dump(labelled) == before and labelled.history() == history


def test_relink_keeps_labels(labelled, tmp_path):
    labelled.push(RelinkVideo(1, tmp_path / "moved" / "walk.mp4", fingerprint="f"))
    record = labelled.video(1)
    assert (record.rel_path, record.fingerprint) == ("../moved/walk.mp4", "f")
    assert record.abs_path == str(tmp_path / "moved" / "walk.mp4")
    assert labelled.counts()["instances"] == 3


def test_labels_follow_a_changed_skeleton(project):
    start = Instance([[0, 1], [2, 3], [4, 5], [6, 7]], [1, 2, 2, 2], scores=[0.1, 0.2, 0.3, 0.4])
    project.push(AddInstance(1, 0, start))
    project.push(AddInstance(1, 1, person()))
    before = dump(project)
    new = Skeleton("new", ("tail", "hip", "snout", "left_hand"), (), ())
    project.push(SetSkeleton(new, renamed={"nose": "snout"}))
    assert project.skeleton == new
    found = only(project, 0)
    assert found.points[[0, 2, 3]].tolist() == [[6, 7], [0, 1], [2, 3]] and np.isnan(found.points[1]).all()
    assert found.visibility.tolist() == [2, 0, 1, 2]
    assert found.scores[[0, 2, 3]].tolist() == np.array([0.4, 0.1, 0.2], np.float32).tolist()
    assert only(project, 1).scores is None
    project.undo()
    assert dump(project) == before and project.skeleton == FOUR
    project.redo()
    assert project.skeleton == new and only(project, 0).same_as(found)


def test_one_drag_is_one_step(labelled):
    before = dump(labelled)
    for x in range(5):
        labelled.push(MoveKeypoint(3, 0, x, x, drag_key="d1"))
    assert len(labelled.history()) == 5
    after = dump(labelled)
    assert labelled.undo() == "Move nose" and dump(labelled) == before
    assert labelled.redo() == "Move nose" and dump(labelled) == after


def test_what_ends_a_drag(labelled):
    def steps():
        return len(labelled.history())

    start = steps()
    labelled.push(MoveInstance(3, 1, 1, drag_key="a"))
    labelled.push(MoveInstance(3, 1, 1, drag_key="b"))
    assert steps() == start + 2
    labelled.push(UnsetKeypoint(3, 0))
    labelled.push(MoveInstance(3, 1, 1, drag_key="b"))
    assert steps() == start + 4
    labelled.undo()
    labelled.redo()
    labelled.push(MoveInstance(3, 1, 1, drag_key="b"))
    assert steps() == start + 5
    labelled.push(MoveInstance(3, 1, 1))
    labelled.push(MoveInstance(3, 1, 1))
    assert steps() == start + 7


def test_a_drag_may_begin_with_adding_the_person(project):
    (number,) = project.push(AddInstance(1, 5, person(), drag_key="d"))
    project.push(MoveKeypoint(number, 0, 9, 9, drag_key="d"))
    project.undo()
    assert project.counts()["instances"] == 0
    project.redo()
    assert only(project, 5).points[0].tolist() == [9, 9]
