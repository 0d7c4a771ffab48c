"""Several keypoints at once: marking, moving, nudging, hiding; turning and scaling; labelling in order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.app import commands, group_editing
from poseapp.app.drags import inside
from poseapp.app.hit_test import REACH_PX, Hit
from poseapp.app.layers import LABELS, Ref
from poseapp.app.session import Session
from poseapp.app.tools import CanvasTools
from poseapp.app.transform_box import Handle, TransformBox
from poseapp.labels.edits import AddInstance
from tests.app.material import pose, write_predictions

REACH = 6.0


@pytest.fixture
def tools(opened: Session) -> CanvasTools:
    return CanvasTools(opened)


def at(x, y):
    return np.array([x, y], float)


def label(session, shift=0.0):
    return Ref(LABELS, session.push(AddInstance(session.video.id, session.frame_idx, pose(shift)))[0])


def points(session, ref):
    return next(p for p in session.instances_on_screen() if p.ref == ref).instance.points


def steps(session):
    return len([e for e in session.project.history(1000) if not e.undone])


def draw(tools, *path, **keys):
    tools.press(at(*path[0]), REACH, **keys)
    for place in path[1:]:
        tools.move(at(*place), REACH)
    tools.release(at(*path[-1]), REACH)


def test_a_box_marks_keypoints_of_several_people_and_one_drag_moves_them(opened, tools):
    one, two = label(opened), label(opened, 70.0)
    draw(tools, (55, 12), (95, 33), shift=True)  # columns 60 of the first, 90 of the second; rows 20 and 30
    assert opened.marked == {Hit(one, 4), Hit(one, 9), Hit(two, 0), Hit(two, 5)}
    before, first, second = steps(opened), points(opened, one).copy(), points(opened, two).copy()
    draw(tools, (60, 20), (63.25, 24.5))
    moved = np.zeros((17, 2))
    moved[[4, 9]] = 3.25, 4.5
    assert np.array_equal(points(opened, one), first + moved)
    moved = np.zeros((17, 2))
    moved[[0, 5]] = 3.25, 4.5
    assert np.array_equal(points(opened, two), second + moved)
    assert steps(opened) == before + 1 and opened.project.undo_text == "Move 4 keypoints"
    assert len(opened.marked) == 4
    opened.undo()
    assert np.array_equal(points(opened, one), first) and np.array_equal(points(opened, two), second)


def test_a_lasso_follows_its_path_and_ctrl_click_toggles(opened, tools):
    one = label(opened)
    opened.set_tool("lasso")
    draw(tools, (15, 15), (45, 15), (15, 45))  # a triangle: 20,20 30,20 20,30
    assert opened.marked == {Hit(one, 0), Hit(one, 1), Hit(one, 5)}
    opened.set_tool("select")
    tools.press(at(30, 20), REACH, ctrl=True)
    assert opened.marked == {Hit(one, 0), Hit(one, 5)}
    tools.press(at(60, 40), REACH, ctrl=True)
    assert opened.marked == {Hit(one, 0), Hit(one, 5), Hit(one, 14)}
    opened.go_to(1)
    assert opened.marked == frozenset()


def test_marked_keypoints_are_hidden_and_unset_together(opened):
    one = label(opened)
    opened.select(one)
    opened.mark(frozenset({Hit(one, 1), Hit(one, 2), Hit(one, 3)}))
    before = steps(opened)
    commands.toggle_visibility(opened)
    assert opened.instances_on_screen()[0].instance.visibility[:5].tolist() == [2, 1, 1, 1, 2]
    commands.toggle_visibility(opened)
    assert opened.instances_on_screen()[0].instance.visibility[:5].tolist() == [2, 2, 2, 2, 2]
    commands.unset_keypoint(opened)
    assert opened.instances_on_screen()[0].instance.visibility[:5].tolist() == [2, 0, 0, 0, 2]
    assert steps(opened) == before + 3 and opened.project.undo_text == "Unset 3 keypoints"


def test_nudges_in_a_row_are_one_step_and_a_prediction_becomes_a_label(opened):
    write_predictions(opened)
    person = opened.instances_on_screen()[0]
    opened.select(person.ref, 2)
    start = person.instance.points[2].copy()
    before = steps(opened)
    for _ in range(3):
        commands.nudge(0.1, 0.0)(opened)
    commands.nudge(0.0, -10.0)(opened)
    found = opened.selected_instance
    assert found.ref.is_label and found.instance.source == "prediction:predict-1"
    assert found.instance.points[2] == pytest.approx(start + (0.3, -10.0), abs=1e-9)
    assert steps(opened) == before + 1
    opened.undo()
    assert opened.instances_on_screen()[0].is_prediction
    opened.select(None)
    commands.nudge(1.0, 0.0)(opened)  # nobody is meant: said, not done
    assert opened.instances_on_screen()[0].is_prediction


def test_everything_is_marked(opened):
    label(opened), label(opened, 70.0)
    commands.select_all(opened)
    assert len(opened.marked) == 34
    commands.nudge(2.0, 0.0)(opened)
    assert opened.project.undo_text == "Nudge 2 people"


def test_turning_keeps_lengths_and_is_one_step(opened, tools):
    one = label(opened)
    opened.select(one)
    opened.set_tool("transform")
    before = points(opened, one).copy()
    box = tools.transform_box(REACH / REACH_PX)
    handle = box.place(Handle.ROTATE)
    quarter = box.middle + (handle - box.middle) @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    draw(tools, handle, (handle + quarter) / 2, quarter)
    after = points(opened, one)
    turned = (before - box.middle) @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + box.middle
    assert after == pytest.approx(turned, abs=1e-9)
    assert opened.project.undo_text == "Rotate person"
    opened.undo()
    assert np.array_equal(points(opened, one), before)


def test_a_corner_scales_about_the_opposite_one(opened, tools):
    one = label(opened)
    opened.select(one)
    opened.set_tool("transform")
    before = points(opened, one).copy()
    box = tools.transform_box(REACH / REACH_PX)
    corner, pivot = box.place(Handle.SE), before.min(axis=0)
    draw(tools, corner, corner + (corner - pivot))
    assert points(opened, one) == pytest.approx(pivot + 2 * (before - pivot))
    assert opened.project.undo_text == "Scale person"
    tools.press(box.place(Handle.SE), REACH)
    tools.move(at(150, 100), REACH)
    assert tools.cancel()
    assert points(opened, one) == pytest.approx(pivot + 2 * (before - pivot))


@given(
    handle=st.sampled_from([h for h in Handle if h is not Handle.MOVE]),
    dx=st.floats(-300, 300),
    dy=st.floats(-300, 300),
    held=st.booleans(),
    centred=st.booleans(),
)
def test_a_transform_can_always_be_inverted(handle, dx, dy, held, centred):
    box = TransformBox(np.array([10.0, 20.0, 110.0, 220.0]), 0.5)
    start = box.place(handle)
    matrix = box.matrix(handle, start, start + (dx, dy), held=held, centred=centred)
    assert np.isfinite(matrix).all() and abs(np.linalg.det(matrix[:, :2])) > 1e-4
    if handle is Handle.ROTATE:
        assert np.linalg.det(matrix[:, :2]) == pytest.approx(1.0)
    same = box.matrix(handle, start, start, held=False, centred=centred)
    assert same == pytest.approx(np.eye(2, 3), abs=1e-9)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=30))
def test_what_is_inside_a_box_is_what_lies_between_its_sides(places):
    spots = np.array(places)
    outline = np.array([(-10.0, -20.0), (30.0, -20.0), (30.0, 25.0), (-10.0, 25.0)])
    x, y = spots.T
    sure = (
        (np.abs(x + 10) > 1e-6) & (np.abs(x - 30) > 1e-6) & (np.abs(y + 20) > 1e-6) & (np.abs(y - 25) > 1e-6)
    )
    expected = (x > -10) & (x < 30) & (y > -20) & (y < 25)
    assert (inside(outline, spots) == expected)[sure].all()
    assert not inside(outline, np.full((2, 2), np.nan)).any()


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.05, 60))
def test_places_are_not_rounded(dx, dy, zoom):
    """A drag moves by exactly what the mouse moved, over the zoom."""
    from poseapp.app.drags import Drag
    from poseapp.app.layers import ScreenInstance

    person = ScreenInstance(pose(50.0), LABELS, True, Ref(LABELS, 1))
    held = Drag(person, 3, at(80.0, 20.0) + 0.3, 0.0)
    moved = np.array([dx, dy]) / zoom
    held.follow(held.start + moved, np.array([1e6, 1e6]), held=False, centred=False)
    cut = np.maximum(moved, -person.instance.points[3])
    found = held.previews()[person.ref][3]
    assert found == pytest.approx(person.instance.points[3] + cut, abs=1e-9)


def test_keypoints_are_placed_in_order_with_keys_to_skip_hide_and_go_back(opened, tools):
    opened.set_tool("add")
    assert tools.pending == 0
    commands.next_keypoint(1)(opened)
    assert tools.pending == 1  # the first is not seen in this frame
    tools.press(at(20, 20), REACH)
    tools.release(at(20, 20), REACH)
    assert tools.pending == 2
    tools.press(at(90, 90), REACH, shift=True)
    person = opened.selected_instance.instance
    assert person.visibility[:4].tolist() == [0, 2, 1, 0] and tools.pending == 3
    commands.unset_keypoint(opened)
    assert tools.pending == 2 and opened.selected_instance.instance.num_labelled == 1
    commands.next_keypoint(1)(opened)
    assert tools.pending == 3
    commands.next_keypoint(-1)(opened)
    commands.next_keypoint(-1)(opened)
    assert tools.pending == 0
    for k in range(0, 17):
        if k != 1:
            assert tools.pending == k
            tools.press(at(3 + 9 * k, 110), 1.0)
            tools.release(at(3 + 9 * k, 110), 1.0)
    assert opened.tool == "select" and opened.selected_instance.instance.num_labelled == 17


def test_taking_the_only_keypoint_back_takes_the_person_away(opened, tools):
    opened.set_tool("add")
    tools.press(at(20, 20), REACH)
    tools.release(at(20, 20), REACH)
    commands.unset_keypoint(opened)
    assert opened.instances_on_screen() == [] and opened.tool == "add"


def test_words_for_what_is_meant(opened):
    one = label(opened)
    opened.select(one, 9)
    assert group_editing.what(opened, group_editing.targets(opened)) == "left wrist"
    opened.select(one)
    assert group_editing.what(opened, group_editing.targets(opened)) == "person"
    opened.select(None)
    assert group_editing.targets(opened) == {}
