"""The followed person of an open window, worked out beside it."""

import numpy as np
import pytest

from poseapp.app.motion import both_sides
from poseapp.app.session import Session
from poseapp.labels.edits import AddInstance, DeleteInstances, MoveKeypoint
from poseapp.labels.trajectories import Quantity
from tests.app.material import NUM_FRAMES, pose, write_predictions

WRIST_X = Quantity("x", (9,))


def xs(session: Session) -> np.ndarray:
    """x of the left wrist over time."""
    session.motion.wait()
    curve = session.motion.curve(WRIST_X)
    assert curve is not None
    return curve.values


def test_nothing_is_read_before_somebody_wants_it(opened: Session) -> None:
    write_predictions(opened)
    assert not opened.motion.busy and opened.motion.curve(WRIST_X) is None
    opened.motion.want("test", [WRIST_X])
    assert np.allclose(xs(opened), 60 + np.arange(NUM_FRAMES) / 10, atol=1e-4)
    assert not opened.motion.curve(WRIST_X).labelled.any()
    opened.motion.want("test", [])
    opened.set_layer_visible("labels", False)
    assert not opened.motion.busy


def test_an_edit_shows_in_the_curve(opened: Session) -> None:
    write_predictions(opened)
    opened.motion.want("test", [WRIST_X])
    xs(opened)
    (made,) = opened.push(AddInstance(opened.video.id, 5, pose(0.5)))
    assert xs(opened)[5] == pytest.approx(60.5)
    assert np.flatnonzero(opened.motion.curve(WRIST_X).labelled).tolist() == [5]
    opened.push(MoveKeypoint(made, 9, 77.0, 30.0))
    assert xs(opened)[5] == pytest.approx(77.0)
    opened.undo()
    assert xs(opened)[5] == pytest.approx(60.5)
    opened.push(DeleteInstances(ids=[made]))
    assert xs(opened)[5] == pytest.approx(60.5) and not opened.motion.curve(WRIST_X).labelled.any()


def test_the_selected_person_is_followed_and_kept(opened: Session) -> None:
    write_predictions(opened, people=2)
    opened.motion.want("test", [WRIST_X])
    assert xs(opened)[0] == pytest.approx(60.0)
    opened.go_to(4)
    opened.select(opened.instances_on_screen()[1].ref)
    assert xs(opened)[0] == pytest.approx(120.0) and len(xs(opened)) == NUM_FRAMES
    opened.select(None)
    assert xs(opened)[0] == pytest.approx(120.0)
    opened.select(opened.instances_on_screen()[0].ref)
    assert xs(opened)[0] == pytest.approx(60.0)


def test_a_hidden_layer_is_left_out(opened: Session) -> None:
    path = write_predictions(opened)
    opened.push(AddInstance(opened.video.id, 5, pose(0.5)))
    opened.motion.want("test", [WRIST_X])
    assert len(xs(opened)) == NUM_FRAMES
    opened.set_layer_visible(path.stem, False)
    assert xs(opened).tolist() == pytest.approx([60.5])
    opened.set_layer_visible("labels", False)
    assert len(xs(opened)) == 0


def test_closing_while_it_reads_harms_nobody(opened: Session) -> None:
    write_predictions(opened)
    opened.motion.want("test", [WRIST_X])
    opened.close()
    opened.motion.wait()
    assert opened.motion.curve(WRIST_X) is None and opened.motion.person is None


def test_stopping_ends_its_thread_and_begins_no_other(opened: Session) -> None:
    write_predictions(opened)
    opened.motion.want("test", [WRIST_X])
    assert opened.motion.busy
    opened.motion.stop()
    assert not opened.motion.busy
    opened.push(AddInstance(opened.video.id, 5, pose(0.5)))
    assert not opened.motion.busy


def test_what_the_timeline_shows(opened: Session) -> None:
    assert both_sides(10, "speed", opened) == [Quantity("speed", (9,)), Quantity("speed", (10,))]
    assert both_sides(0, "x", opened) == [Quantity("x", (0,))]
    left, right = both_sides(None, "speed", opened)
    assert left.keypoints == tuple(range(1, 17, 2)) and right.keypoints == tuple(range(2, 17, 2))
    assert both_sides(None, "x", opened) == []
