from pathlib import Path

import numpy as np
import pytest

from poseapp.app import commands, editing
from poseapp.app.layers import LABELS, Ref
from poseapp.app.session import Session
from poseapp.app.templates import template_points
from poseapp.app.tools import CanvasTools
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import list_skeletons, load_skeleton
from tests.app.material import HEIGHT, WIDTH, pose, write_predictions

REACH = 6.0


@pytest.fixture
def tools(opened: Session) -> CanvasTools:
    return CanvasTools(opened)


def at(x: float, y: float) -> np.ndarray:
    return np.array([x, y], float)


def drag(tools: CanvasTools, start: tuple[float, float], end: tuple[float, float], alt: bool = False) -> None:
    tools.press(at(*start), REACH, alt=alt)
    for share in (0.3, 0.7, 1.0):
        tools.move(at(*start) * (1 - share) + at(*end) * share, REACH)
    tools.release(at(*end), REACH)


def label(session: Session, frame_idx: int | None = None) -> Ref:
    where = session.frame_idx if frame_idx is None else frame_idx
    return Ref(LABELS, session.push(AddInstance(session.video.id, where, pose()))[0])


def only(session: Session) -> Instance:
    (person,) = session.instances_on_screen()
    return person.instance


def num_edits(session: Session) -> int:
    return sum(not entry.text.startswith("Add video") for entry in session.project.history(1000))


def test_dragging_a_label_previews_and_makes_one_edit(opened: Session, tools: CanvasTools) -> None:
    label(opened)
    before = num_edits(opened)
    tools.press(at(31, 20), REACH)  # one pixel beside keypoint 1 at (30, 20)
    tools.move(at(41, 28), REACH)
    assert tools.people()[0].instance.points[1].tolist() == [40, 28]
    assert only(opened).points[1].tolist() == [30, 20] and num_edits(opened) == before
    tools.release(at(46, 33), REACH)
    assert only(opened).points[1].tolist() == [45, 33]
    assert num_edits(opened) == before + 1 and opened.selected_keypoint == 1
    opened.undo()
    assert only(opened).points[1].tolist() == [30, 20]


def test_a_click_selects_and_edits_nothing(opened: Session, tools: CanvasTools) -> None:
    ref = label(opened)
    before = num_edits(opened)
    drag(tools, (30, 20), (30.5, 20.5))
    assert (opened.selection, opened.selected_keypoint) == (ref, 1)
    assert num_edits(opened) == before
    assert not tools.press(at(150, 110), REACH)
    assert opened.selection is None


def test_cancel_puts_it_back(opened: Session, tools: CanvasTools) -> None:
    label(opened)
    before = num_edits(opened)
    tools.press(at(30, 20), REACH)
    tools.move(at(60, 60), REACH)
    assert opened.gesture_active
    commands.deselect(opened)  # Esc; the canvas listens and cancels
    assert tools.cancel() and not opened.gesture_active
    tools.release(at(60, 60), REACH)
    assert num_edits(opened) == before and only(opened).points[1].tolist() == [30, 20]
    assert opened.selection is not None


def test_a_dragged_prediction_becomes_a_label_in_one_step(opened: Session, tools: CanvasTools) -> None:
    write_predictions(opened)
    drag(tools, (30, 20), (50, 40))
    (person,) = opened.instances_on_screen()
    assert person.ref.is_label and person.instance.source == "prediction:predict-1"
    assert person.instance.points[1].tolist() == [50, 40] and np.isnan(person.instance.scores[1])
    assert person.instance.scores[0] == pytest.approx(0.9)
    assert opened.selection == person.ref and num_edits(opened) == 1
    opened.undo()
    assert opened.instances_on_screen()[0].is_prediction
    assert only(opened).points[1].tolist() == [30, 20]


def test_a_limb_alt_and_the_move_tool_drag_the_whole_person(opened: Session, tools: CanvasTools) -> None:
    label(opened)
    start = only(opened).points.copy()
    drag(tools, (30, 20), (40, 25), alt=True)
    assert np.allclose(only(opened).points, start + (10, 5))
    opened.set_tool("move")
    drag(tools, (40, 25), (35, 20))
    assert np.allclose(only(opened).points, start + (5, 0))
    opened.set_tool("select")
    a, b = opened.skeleton.edges[0]
    middle = only(opened).points[[a, b]].mean(axis=0)
    nearest = np.hypot(*(only(opened).points - middle).T).min()
    tools.press(middle, nearest * 0.9)
    assert tools.drag.keypoint is None
    tools.cancel()


def test_drags_stay_inside_the_frame(opened: Session, tools: CanvasTools) -> None:
    label(opened)
    drag(tools, (30, 20), (-500, 20))
    assert only(opened).points[1].tolist() == [0, 20]
    drag(tools, (40, 20), (9000, 9000), alt=True)
    assert only(opened).points[:, 0].max() == WIDTH - 1 and only(opened).points[:, 1].max() == HEIGHT - 1


def test_visibility_changes_by_key_and_right_click(opened: Session, tools: CanvasTools) -> None:
    label(opened)
    assert tools.right_click(at(30, 20), REACH)
    assert only(opened).visibility[1] == 1
    commands.toggle_visibility(opened)
    assert only(opened).visibility[1] == 2 and only(opened).points[1].tolist() == [30, 20]
    commands.unset_keypoint(opened)
    commands.toggle_visibility(opened)  # has no place: nothing happens
    assert only(opened).visibility[1] == 0
    assert tools.pending == 1
    tools.press(at(77, 66), REACH)
    tools.release(at(77, 66), REACH)
    assert only(opened).points[1].tolist() == [77, 66] and only(opened).visibility[1] == 2
    assert not tools.right_click(at(150, 110), REACH)


def test_of_two_keypoints_on_each_other_the_selected_one_is_taken(
    opened: Session, tools: CanvasTools
) -> None:
    ref = label(opened)
    drag(tools, (40, 20), (31, 20))  # keypoint 2 onto 1, which lies at (30, 20)
    for wanted in (1, 2):
        opened.select(ref, wanted)
        tools.press(at(30.5, 20), REACH)
        assert opened.selected_keypoint == wanted
        tools.release(at(30.5, 20), REACH)
    tools.press(at(20, 20), REACH)
    assert opened.selected_keypoint == 0


def test_visibility_of_a_prediction_makes_a_label(opened: Session, tools: CanvasTools) -> None:
    write_predictions(opened)
    tools.right_click(at(30, 20), REACH)
    (person,) = opened.instances_on_screen()
    assert person.ref.is_label and person.instance.visibility[1] == 1 and num_edits(opened) == 1


def test_unset_swap_and_delete(opened: Session, tools: CanvasTools) -> None:
    ref = label(opened)
    opened.select(ref, 5)
    points = only(opened).points.copy()
    commands.swap_sides(opened)
    assert np.array_equal(only(opened).points, points[opened.skeleton.swap_index])
    commands.unset_keypoint(opened)
    assert only(opened).visibility[5] == 0
    opened.select(ref, None)
    commands.unset_keypoint(opened)
    assert opened.instances_on_screen() == [] and opened.selection is None
    for _ in range(3):
        opened.undo()
    assert np.array_equal(only(opened).points, points)


def test_a_prediction_is_deleted_as_one_step_and_its_file_stays(opened: Session) -> None:
    write_predictions(opened)
    (before,) = opened.instances_on_screen()
    (layer,) = opened.prediction_layers
    content = layer.path.read_bytes()
    commands.delete_person(opened)
    assert opened.instances_on_screen() == [] and num_edits(opened) == 1
    assert layer.path.read_bytes() == content
    opened.undo()
    (after,) = opened.instances_on_screen()
    assert after.ref == before.ref and after.instance.same_as(before.instance)


def test_copy_from_the_previous_frame(opened: Session) -> None:
    label(opened, 3)
    opened.go_to(4)
    commands.copy_previous(opened)
    assert np.array_equal(only(opened).points, pose().points) and only(opened).source == "user"
    opened.go_to(10)  # nothing on frame 9: the nearest labelled frame before
    commands.copy_previous(opened)
    assert np.array_equal(only(opened).points, pose().points)
    editing.move_person(opened, opened.instances_on_screen()[0], at(7, 7))
    opened.go_to(11)
    ref = label(opened)
    opened.select(ref, 2)
    commands.copy_previous(opened)  # replaces what is there
    assert np.allclose(only(opened).points, pose().points + 7)
    assert (opened.selection, opened.selected_keypoint) == (ref, 2)


def test_copy_takes_a_prediction_where_there_is_no_label(opened: Session) -> None:
    write_predictions(opened)
    opened.go_to(5)
    commands.copy_previous(opened)
    (person,) = opened.instances_on_screen()
    assert person.ref.is_label and np.allclose(person.instance.points, pose(0.4).points)
    assert person.instance.scores is None


def test_accept_one_and_all(opened: Session) -> None:
    write_predictions(opened, people=2)
    opened.select(Ref("predict-1", 1))
    commands.accept_prediction(opened)
    assert [s.layer for s in opened.instances_on_screen()] == [LABELS, "predict-1"]
    opened.go_to(8)
    opened.select(None)
    commands.accept_prediction(opened)
    assert [s.layer for s in opened.instances_on_screen()] == [LABELS, LABELS]
    assert {s.instance.source for s in opened.instances_on_screen()} == {"prediction:predict-1"}


def test_adding_a_person_click_by_click(opened: Session, tools: CanvasTools) -> None:
    opened.set_tool("add")
    assert tools.pending == 0
    for k in range(3):
        tools.press(at(20 + 15 * k, 30), REACH)
        tools.release(at(20 + 15 * k, 30), REACH)
    assert only(opened).visibility.tolist() == [2, 2, 2] + [0] * 14 and tools.pending == 3
    commands.next_keypoint(1)(opened)  # Tab skips
    assert tools.pending == 4
    tools.right_click(at(150, 110), REACH)  # so does a right-click beside everything
    assert tools.pending == 5
    for k in range(5, 17):
        tools.press(at(5 + 8 * k, 60), REACH)
        tools.release(at(5 + 8 * k, 60), REACH)
    assert only(opened).num_labelled == 15 and opened.tool == "select"
    assert num_edits(opened) == 15


def test_adding_a_person_by_drawing_a_box(opened: Session, tools: CanvasTools) -> None:
    opened.set_tool("add")
    drag(tools, (20, 10), (80, 110))
    person = only(opened)
    assert person.num_labelled == 17 and opened.tool == "select" and num_edits(opened) == 1
    assert person.points.min(axis=0)[0] >= 20 and person.points.max(axis=0)[1] <= 110
    names = opened.skeleton.keypoints
    left, right = person.points[names.index("left_shoulder")], person.points[names.index("right_shoulder")]
    ankle = person.points[names.index("left_ankle")]
    assert left[0] > right[0] and ankle[1] > left[1]


def test_adding_beside_a_prediction_starts_a_new_person(opened: Session, tools: CanvasTools) -> None:
    write_predictions(opened, people=2)
    opened.select(Ref("predict-1", 0), 3)
    opened.set_tool("add")
    assert opened.selection is None
    tools.press(at(150, 110), REACH)
    tools.release(at(150, 110), REACH)
    labels = opened.labels_at(0)
    assert len(labels) == 1 and labels[0].instance.num_labelled == 1 and labels[0].instance.source == "user"


def test_hints_follow_what_can_be_done(opened: Session, tools: CanvasTools) -> None:
    keys = lambda: [key for key, _ in tools.hints()]  # noqa: E731
    assert "A" in keys()
    write_predictions(opened)
    assert "Enter" in keys()
    opened.select(Ref("predict-1", 0), 3)
    assert "V" in keys()
    opened.set_tool("add")
    assert tools.hints()[0][1].startswith("Click the nose")


def test_tab_goes_round_the_keypoints(opened: Session) -> None:
    label(opened)
    for expected in (0, 1, 2):
        commands.next_keypoint(1)(opened)
        assert opened.selected_keypoint == expected
    opened.select(opened.selection, 0)
    commands.next_keypoint(-1)(opened)
    assert opened.selected_keypoint == 16


def test_people_are_chosen_by_number(opened: Session) -> None:
    write_predictions(opened, people=2)
    commands.select_person(2)(opened)
    assert opened.selection == Ref("predict-1", 1)
    commands.select_person(9)(opened)
    assert opened.selection == Ref("predict-1", 1)


def test_nothing_can_be_dragged_in_a_read_only_project(opened: Session, clip) -> None:  # noqa: ANN001
    label(opened)
    other = Session(opened.settings, opened.recent)
    other.open(clip)
    tools = CanvasTools(other)
    drag(tools, (30, 20), (60, 60))
    assert only(other).points[1].tolist() == [30, 20]
    other.close()


def test_a_box_is_filled_with_the_last_pose_where_no_template_is_known(session: Session, clip: Path) -> None:
    session.new_project(clip.with_name("mouse.pose"), "openfield4", [clip])
    session.push(
        AddInstance(session.video.id, 2, Instance(np.array([[10, 10], [20, 15], [15, 30], [10, 50]])))
    )
    session.go_to(5)
    tools = CanvasTools(session)
    session.set_tool("add")
    drag(tools, (100, 20), (120, 100))
    expected = np.array([[100, 20], [120, 30], [110, 60], [100, 100]])
    assert np.allclose(only(session).points, expected)


def test_every_shipped_skeleton_fits_its_box() -> None:
    for name in list_skeletons():
        skeleton = load_skeleton(name)
        points = template_points(skeleton, (10, 20, 110, 220))
        assert np.allclose(points.min(axis=0), (10, 20)) and np.allclose(points.max(axis=0), (110, 220)), name
        assert len(np.unique(points, axis=0)) > skeleton.num_keypoints * 0.7
