"""The canvas with real mouse and key events in the real window, on a drawn clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from poseapp.app.layers import LABELS
from poseapp.qt.items.canvas import VideoCanvas
from poseapp.qt.window import Window
from tests.gui.hand import LEFT, MIDDLE, NO_KEY, RIGHT, drag, move, press, wheel

Open = Callable[[Path], Window]
ALT = Qt.KeyboardModifier.AltModifier
NAME = "left_wrist"


@pytest.fixture
def window(open_window: Open, predicted_path: Path, qtbot: QtBot) -> Window:
    """The window with the predicted clip on screen, active so that its keys work."""
    opened = open_window(predicted_path)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


@pytest.fixture
def canvas(window: Window) -> VideoCanvas:
    """Its canvas, with the focus."""
    window.video.canvas.setFocus()
    return window.video.canvas


def points(canvas: VideoCanvas) -> np.ndarray:
    (person,) = canvas.session.instances_on_screen()
    return person.instance.points


def wrist(canvas: VideoCanvas) -> int:
    return canvas.session.skeleton.index(NAME)


def test_the_frame_on_screen_is_the_frame_of_the_file(
    window: Window, canvas: VideoCanvas, qtbot: QtBot
) -> None:
    from poseapp.video import open_video

    window.session.set_overlay_visible(False)
    window.session.go_to(11)
    qtbot.waitUntil(lambda: canvas.frame.frame_idx == 11 and not canvas.frame.is_proxy)
    canvas.view.zoom_to(2.0)
    canvas.update()
    with open_video(window.session.video_path) as video:
        true = video[11]
    shot = canvas.grab().toImage()
    ratio = shot.devicePixelRatio()
    for x, y in ((150, 110), (160, 140), (133, 130), (170, 100)):
        at = canvas.canvas_position((x, y))
        color = shot.pixelColor(round(at.x() * ratio), round(at.y() * ratio))
        assert [color.red(), color.green(), color.blue()] == true[y, x].tolist()


def test_dragging_a_prediction_makes_one_label(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    k, session = wrist(canvas), window.session
    before = points(canvas).copy()
    start = canvas.canvas_position(before[k])
    drag(canvas, start, start + QPoint(-24, -16))
    (person,) = session.instances_on_screen()
    assert person.layer == LABELS and person.instance.source == "prediction:first"
    expected = before[k] + np.array([-24, -16]) / canvas.view.zoom
    assert np.abs(person.instance.points[k] - expected).max() < 0.01
    others = np.arange(17) != k
    assert np.array_equal(person.instance.points[others], before[others])
    press(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.instances_on_screen()[0].is_prediction
    press(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert np.abs(points(canvas)[k] - expected).max() < 0.01


def test_double_click_accepts_a_prediction(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    before = points(canvas).copy()
    at = canvas.canvas_position(before[5])
    qtbot.mouseClick(canvas, LEFT, NO_KEY, at)
    qtbot.mouseDClick(canvas, LEFT, NO_KEY, at)
    assert window.session.instances_on_screen()[0].layer == LABELS
    assert np.array_equal(points(canvas), before)


def test_nothing_is_edited_while_moving_and_escape_cancels(
    window: Window, canvas: VideoCanvas, qtbot: QtBot
) -> None:
    k, session = wrist(canvas), window.session
    start = canvas.canvas_position(points(canvas)[k])
    qtbot.mousePress(canvas, LEFT, NO_KEY, start)
    move(canvas, start + QPoint(30, 30))
    assert session.instances_on_screen()[0].is_prediction
    assert not np.array_equal(canvas.tools.people()[0].instance.points[k], points(canvas)[k])
    press(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, NO_KEY, start + QPoint(30, 30))
    assert session.instances_on_screen()[0].is_prediction and session.selection is not None
    press(canvas, Qt.Key.Key_Escape)
    assert session.selection is None


def test_alt_drag_moves_the_person(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    before = points(canvas).copy()
    start = canvas.canvas_position(before[5])
    drag(canvas, start, start + QPoint(15, -12), ALT)
    assert np.abs(points(canvas) - before - np.array([15, -12]) / canvas.view.zoom).max() < 0.01


def test_keys_change_visibility_sides_and_keypoint(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    k, session = wrist(canvas), window.session
    before = points(canvas).copy()
    at = canvas.canvas_position(before[k])
    qtbot.mouseClick(canvas, LEFT, NO_KEY, at)
    assert session.selected_keypoint == k and session.instances_on_screen()[0].is_prediction
    press(canvas, Qt.Key.Key_V)
    assert session.selected_instance.instance.visibility[k] == 1
    press(canvas, Qt.Key.Key_T)
    other = session.skeleton.swap_index[k]
    assert np.array_equal(points(canvas)[other], before[k])
    press(canvas, Qt.Key.Key_Tab)
    assert session.selected_keypoint == k + 1
    press(canvas, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert session.selected_keypoint == k and canvas.hasFocus()
    press(canvas, Qt.Key.Key_Delete)
    assert session.selected_instance.instance.visibility[k] == 0
    qtbot.mouseClick(canvas, RIGHT, NO_KEY, canvas.canvas_position(points(canvas)[0]))
    assert session.selected_instance.instance.visibility[0] == 1
    press(canvas, Qt.Key.Key_H)
    assert not session.overlay_visible
    press(canvas, Qt.Key.Key_1)
    assert session.selection is not None


def test_copying_and_stepping_by_keys(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    session = window.session
    press(canvas, Qt.Key.Key_Return)  # accepts the prediction
    accepted = points(canvas).copy()
    press(canvas, Qt.Key.Key_Right)
    assert session.frame_idx == 1
    qtbot.waitUntil(lambda: canvas.is_current)
    press(canvas, Qt.Key.Key_C)
    assert session.instances_on_screen()[0].layer == LABELS
    assert np.array_equal(points(canvas), accepted)
    press(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert session.frame_idx == 11
    press(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert session.frame_idx == 1
    press(canvas, Qt.Key.Key_N)
    assert session.frame_idx == 15
    press(canvas, Qt.Key.Key_End)
    assert session.frame_idx == session.num_frames - 1


def test_wheel_zooms_at_the_cursor_and_double_click_fits(
    window: Window, canvas: VideoCanvas, qtbot: QtBot
) -> None:
    at = canvas.canvas_position((100, 100))
    pos = np.array([at.x(), at.y()], float)
    before = canvas.view.to_frame(pos)
    wheel(canvas, at, 5)
    wheel(canvas, at, 3, Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.zoom > 3 and not canvas.view.is_fit
    assert np.abs(canvas.view.to_frame(pos) - before).max() < 1e-6
    offset = canvas.view.offset
    drag(canvas, at, at + QPoint(30, 10), button=MIDDLE)
    assert np.allclose(np.subtract(canvas.view.offset, offset), (30, 10))
    drag(canvas, at + QPoint(30, 10), at, button=MIDDLE)
    assert np.allclose(canvas.view.offset, offset)
    empty = canvas.canvas_position((60, 60))
    assert (
        canvas.tools.at(canvas.view.to_frame(np.array([empty.x(), empty.y()])), 10 / canvas.view.zoom) is None
    )
    qtbot.mouseDClick(canvas, LEFT, NO_KEY, empty)
    assert canvas.view.is_fit
    assert window.video.zoom_chip.text.startswith("Fit")


def test_overlays_keep_their_size_at_any_zoom(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    session = window.session
    press(canvas, Qt.Key.Key_Return)
    session.select(None)
    ankle = session.skeleton.index("left_ankle")
    blue = QColor("#4c9bff")

    def width_px() -> int:
        """Pixels of the keypoint's own blue on the row through its middle."""
        shot = canvas.grab().toImage()
        at = canvas.canvas_position(points(canvas)[ankle])
        ratio = shot.devicePixelRatio()
        row = [shot.pixelColor(round(at.x() * ratio) + dx, round(at.y() * ratio)) for dx in range(-30, 31)]
        near = [abs(c.red() - blue.red()) + abs(c.blue() - blue.blue()) < 40 for c in row]
        return sum(near)

    widths = []
    for zoom in (1.0, 3.0, 12.0):
        canvas.view.zoom_to(zoom)
        canvas.view.pan(*(np.array([300, 200]) - canvas.view.to_canvas(points(canvas)[ankle])))
        widths.append(width_px())
    assert min(widths) >= 6 and max(widths) <= 11 and max(widths) - min(widths) <= 2


def test_adding_a_person_with_the_strip(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    session = window.session
    session.set_layer_visible("first", False)
    qtbot.mouseClick(window.video.strip.buttons["label.tool_add"], LEFT)
    assert session.tool == "add"
    assert window.video.hint_bar.hints[0][1].startswith("Click the nose")
    drag(canvas, canvas.canvas_position((70, 40)), canvas.canvas_position((140, 220)))
    (person,) = session.instances_on_screen()
    assert person.instance.num_labelled == 17 and session.tool == "select"
    assert abs(person.instance.bounds()[3] - 220) < 1


def test_the_hovered_keypoint_is_ringed_and_named(window: Window, canvas: VideoCanvas, qtbot: QtBot) -> None:
    k = wrist(canvas)
    at = canvas.canvas_position(points(canvas)[k])
    plain = canvas.grab().toImage()
    move(canvas, at + QPoint(2, 1))
    assert canvas.tools.hover is not None and canvas.tools.hover.keypoint == k
    hovered = canvas.grab().toImage()
    ring = hovered.pixelColor(round(at.x() * hovered.devicePixelRatio()) + 9, at.y())
    assert min(ring.red(), ring.green(), ring.blue()) > 180
    assert plain != hovered
    move(canvas, QPoint(3, canvas.height() // 2))
    assert canvas.tools.hover is None


def test_a_missing_video_says_so_and_keeps_the_labels(window: Window, tmp_path: Path) -> None:
    from poseapp.labels.edits import RelinkVideo

    session = window.session
    session.push(RelinkVideo(session.video.id, tmp_path / "gone.mp4", "0" * 8))
    session.show_video(session.video.id)
    assert session.video_path is None
    assert "not where it was" in window.video.canvas.notice
    assert window.video.find_button.isVisible()
    assert window.video.canvas.is_current and len(session.instances_on_screen()) == 1


def test_a_read_only_project_can_be_looked_at_and_not_changed(
    window: Window, canvas: VideoCanvas, qtbot: QtBot, predicted_path: Path
) -> None:
    from poseapp.app.session import Session

    other = Session(window.session.settings, window.session.recent)
    other.open(predicted_path)
    other_canvas = VideoCanvas(other)
    qtbot.addWidget(other_canvas)
    other_canvas.resize(640, 480)
    other_canvas.show()
    qtbot.waitUntil(lambda: other_canvas.frame.image is not None)
    start = other_canvas.canvas_position(other.instances_on_screen()[0].instance.points[wrist(canvas)])
    drag(other_canvas, start, start + QPoint(40, 40))
    assert other.instances_on_screen()[0].is_prediction
    other.close()


def test_a_damaged_video_says_so_and_keeps_the_labels(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    from poseapp.labels.edits import RelinkVideo

    session, canvas = window.session, window.video.canvas
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no video")
    session.push(RelinkVideo(session.video.id, broken, "0" * 8))
    session.show_video(session.video.id)
    qtbot.waitUntil(lambda: "broken.mp4" in canvas.notice)
    assert canvas.frame.image is None and canvas.is_current
    start = canvas.canvas_position(points(canvas)[wrist(canvas)])
    drag(canvas, start, start + QPoint(20, 5))
    assert session.instances_on_screen()[0].layer == LABELS


def test_a_frame_that_takes_long_is_announced_and_nothing_can_be_touched(
    window: Window, canvas: VideoCanvas, qtbot: QtBot
) -> None:
    session = window.session
    session.frames.close()  # no picture will ever come
    before = canvas.grab().toImage()
    session.go_to(9)
    assert not canvas.is_current
    qtbot.waitUntil(lambda: canvas._is_waiting)
    assert canvas.grab().toImage() != before
    start = canvas.canvas_position(points(canvas)[wrist(canvas)])
    drag(canvas, start, start + QPoint(20, 5))
    assert session.instances_on_screen()[0].is_prediction and session.selection is None
