"""Labels over time with real keys in the real window: interpolate, propagate, swap over frames."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from tests.gui.answering import answer
from tests.gui.figures import true_points
from tests.gui.hand import press

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(open_window, project_path, qtbot):
    """The clip with labels in the frames 2, 6 and 12."""
    opened = open_window(project_path)
    session = opened.session
    for k in (2, 6, 12):
        session.push(AddInstance(session.video.id, k, Instance(true_points(k))))
    session.go_to(4)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    qtbot.waitUntil(lambda: opened.video.canvas.is_current)
    opened.video.canvas.setFocus()
    return opened


def frames(window):
    return window.session.labelled_frames().tolist()


def test_interpolation_is_seen_before_it_is_accepted(window, qtbot):
    canvas, session = window.video.canvas, window.session
    before = canvas.grab().toImage()
    press(canvas, Qt.Key.Key_I, SHIFT)
    assert session.proposal is not None and frames(window) == [2, 6, 12]
    qtbot.waitUntil(lambda: canvas.grab().toImage() != before)  # the ghost
    press(canvas, Qt.Key.Key_Escape)
    assert session.proposal is None and frames(window) == [2, 6, 12]
    press(canvas, Qt.Key.Key_I, SHIFT)
    press(canvas, Qt.Key.Key_Return)
    assert frames(window) == [2, 3, 4, 5, 6, 12]
    (person,) = session.labels_at(4)
    middle = (true_points(2) + true_points(6)) / 2
    assert np.allclose(person.instance.points, middle) and person.instance.source == "interpolated"
    press(canvas, Qt.Key.Key_Z, CTRL)
    assert frames(window) == [2, 6, 12]


def test_a_chosen_range_is_filled_with_every_second_frame(window, qtbot):
    canvas, session = window.video.canvas, window.session
    session.set_range(0, 24)
    press(canvas, Qt.Key.Key_I, SHIFT)
    bar = window.findChild(type(window.video.proposal_bar))
    bar.step.setValue(2)
    qtbot.waitUntil(lambda: len(session.proposal.people) < 8)
    bar.accept_button.click()
    assert set(frames(window)) > {2, 6, 12} and len(frames(window)) < 3 + 8


def test_a_label_is_propagated_and_undone(window, qtbot):
    canvas, session = window.video.canvas, window.session
    session.go_to(12)
    qtbot.waitUntil(lambda: canvas.is_current)
    session.select(session.labels_at(12)[0].ref)
    press(canvas, Qt.Key.Key_G, SHIFT)
    qtbot.waitUntil(lambda: session.proposal is not None, timeout=20000)
    proposed = sorted(session.proposal.people)
    assert proposed and proposed[0] == 13
    press(canvas, Qt.Key.Key_Return)
    assert frames(window) == [2, 6, *[12], *proposed]
    (person,) = session.labels_at(13)
    gaps = np.hypot(*(person.instance.points - true_points(13)).T)
    assert person.instance.source == "propagated" and np.nanmedian(gaps) < 3.0
    press(canvas, Qt.Key.Key_Z, CTRL)
    assert frames(window) == [2, 6, 12]


def test_sides_are_swapped_over_frames(window, qtbot):
    canvas, session = window.video.canvas, window.session
    session.go_to(2)
    qtbot.waitUntil(lambda: canvas.is_current)
    session.select(session.labels_at(2)[0].ref)
    session.set_range(2, 7)
    trouble = answer(lambda dialog: dialog.accept())
    press(canvas, Qt.Key.Key_T, SHIFT)
    assert trouble == []
    index = session.skeleton.swap_index
    for k, swapped in ((2, True), (6, True), (12, False)):
        (person,) = session.labels_at(k)
        expected = true_points(k)[index] if swapped else true_points(k)
        assert np.allclose(person.instance.points, expected)
    press(canvas, Qt.Key.Key_Z, CTRL)
    assert np.allclose(session.labels_at(2)[0].instance.points, true_points(2))
