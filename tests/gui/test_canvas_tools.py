"""Marks, handles, the magnifier and labelling in order, with real mouse and key events in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from poseapp.app.transform_box import Handle
from tests.gui.hand import LEFT, NO_KEY, drag, move, press

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


@pytest.fixture
def window(open_window, predicted_path, qtbot):
    opened = open_window(predicted_path)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    opened.video.canvas.setFocus()
    return opened


@pytest.fixture
def canvas(window):
    return window.video.canvas


def person(canvas):
    return canvas.session.instances_on_screen()[0]


def spot(canvas, xy):
    return canvas.canvas_position((float(xy[0]), float(xy[1])))


def test_shift_drag_marks_and_a_drag_moves_all(canvas, qtbot):
    session = canvas.session
    press(canvas, Qt.Key.Key_Return)
    before = person(canvas).instance.points.copy()
    legs = before[11:17]
    low, high = legs.min(axis=0) - 6, legs.max(axis=0) + 6
    drag(canvas, spot(canvas, low), spot(canvas, high), SHIFT)
    assert {hit.keypoint for hit in session.marked} >= set(range(11, 17))
    chosen = sorted(hit.keypoint for hit in session.marked)
    shot = canvas.grab().toImage()
    start = spot(canvas, before[15])
    drag(canvas, start, start + QPoint(20, 0))
    moved = person(canvas).instance.points - before
    rest = [k for k in range(17) if k not in chosen]
    assert moved[chosen] == pytest.approx(np.tile((20 / canvas.view.zoom, 0), (len(chosen), 1)), abs=0.02)
    assert not moved[rest].any()
    assert canvas.grab().toImage() != shot
    press(canvas, Qt.Key.Key_Escape)
    assert not session.marked


def test_alt_arrows_nudge_and_plain_arrows_step(canvas, qtbot):
    session = canvas.session
    press(canvas, Qt.Key.Key_Return)
    session.select(person(canvas).ref, 9)
    before = person(canvas).instance.points[9].copy()
    press(canvas, Qt.Key.Key_Right, ALT)
    press(canvas, Qt.Key.Key_Down, ALT | SHIFT)
    press(canvas, Qt.Key.Key_Left, CTRL | ALT)
    assert person(canvas).instance.points[9] == pytest.approx(before + (0.9, 10.0))
    assert session.frame_idx == 0
    press(canvas, Qt.Key.Key_Z, CTRL)
    assert person(canvas).instance.points[9] == pytest.approx(before)
    press(canvas, Qt.Key.Key_Right)
    assert session.frame_idx == 1


def test_handles_turn_and_scale(window, canvas, qtbot):
    press(canvas, Qt.Key.Key_Return)
    press(canvas, Qt.Key.Key_R)
    box = canvas.tools.transform_box(1 / canvas.view.zoom)
    before = person(canvas).instance.points.copy()
    start = spot(canvas, box.place(Handle.SE))
    drag(canvas, start, start + QPoint(30, 60))
    grown = person(canvas).instance.points
    size, now = np.ptp(before, axis=0), np.ptp(grown, axis=0)
    assert now[0] / size[0] == pytest.approx(now[1] / size[1], rel=1e-6) and now[0] > 1.1 * size[0]
    assert window.session.project.undo_text == "Scale person"
    box = canvas.tools.transform_box(1 / canvas.view.zoom)
    start = spot(canvas, box.place(Handle.ROTATE))
    qtbot.mousePress(canvas, LEFT, NO_KEY, start)
    move(canvas, start + QPoint(40, 4), LEFT, SHIFT)
    qtbot.mouseRelease(canvas, LEFT, SHIFT, start + QPoint(40, 4))
    spine = person(canvas).instance.points[0] - person(canvas).instance.points[15]
    was = grown[0] - grown[15]
    turned = np.degrees(np.arctan2(spine[1], spine[0]) - np.arctan2(was[1], was[0])) % 360
    assert turned % 15 == pytest.approx(0, abs=1e-6) or turned % 15 == pytest.approx(15, abs=1e-6)
    assert window.session.project.undo_text == "Rotate person"
    press(canvas, Qt.Key.Key_Q)
    assert canvas.tools.transform_box(1.0) is None


def test_the_magnifier_shows_the_frame_beside_the_point(window, canvas, qtbot):
    start = spot(canvas, person(canvas).instance.points[9])
    qtbot.mousePress(canvas, LEFT, NO_KEY, start)
    move(canvas, start + QPoint(3, 3))
    with_it = canvas.grab().toImage()
    window.session.settings["magnifier"] = False
    canvas.update()
    without = canvas.grab().toImage()
    qtbot.mouseRelease(canvas, LEFT, NO_KEY, start + QPoint(3, 3))
    assert with_it != without
    differs = [
        (x, y)
        for x in range(0, with_it.width(), 4)
        for y in range(0, with_it.height(), 4)
        if with_it.pixel(x, y) != without.pixel(x, y)
    ]
    ratio = with_it.devicePixelRatio()
    gaps = [np.hypot(x / ratio - start.x() - 3, y / ratio - start.y() - 3) for x, y in differs]
    assert len(differs) > 100 and min(gaps) > 20  # it never covers what is dragged


def test_a_person_is_labelled_in_order_with_the_mouse_and_tab(window, canvas, qtbot):
    session = window.session
    for layer in session.prediction_layers:
        session.set_layer_visible(layer.name, False)
    press(canvas, Qt.Key.Key_A)
    places = [(40 + 11 * k, 60 + 7 * (k % 5)) for k in range(17)]
    move(canvas, spot(canvas, places[0]))
    assert canvas._cursor == QPointF(spot(canvas, places[0]))
    for k, place in enumerate(places):
        if k == 3:
            press(canvas, Qt.Key.Key_Tab)
            continue
        qtbot.mouseClick(canvas, LEFT, SHIFT if k == 5 else NO_KEY, spot(canvas, place))
        if k == 7:
            press(canvas, Qt.Key.Key_Backspace)
            qtbot.mouseClick(canvas, LEFT, NO_KEY, spot(canvas, place))
    assert session.tool == "select"
    (label,) = session.instances_on_screen()
    assert label.instance.visibility.tolist() == [2, 2, 2, 0, 2, 1, *[2] * 11]
    expected = np.array(places, float)
    placed = label.instance.labelled
    assert np.abs(label.instance.points - expected)[placed].max() <= 0.51 / canvas.view.zoom + 1e-6
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert session.selected_keypoint is not None
