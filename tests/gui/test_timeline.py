"""The timeline with real mouse events, and playback, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from poseapp.labels.edits import AddInstance
from poseapp.qt import theme
from poseapp.qt.items.timeline_menu import timeline_menu
from poseapp.qt.items.track_paint import Rows
from poseapp.qt.items.tracks import TimelineTracks
from poseapp.qt.window import Window
from tests.gui.hand import LEFT, NO_KEY, drag, move, press, wheel

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(open_window: Callable[[Path], Window], predicted_path: Path, qtbot: QtBot) -> Window:
    """The window with the predicted clip on screen, active so that its keys work."""
    opened = open_window(predicted_path)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


@pytest.fixture
def tracks(window: Window) -> TimelineTracks:
    """Its tracks."""
    return window.timeline.tracks


def at(tracks: TimelineTracks, frame: int, y: int = 30) -> QPoint:
    return QPoint(round(float(tracks.axis.x(frame))), y)


def columns_of(image: QImage, token: str) -> np.ndarray:
    """Columns that hold a token's very colour."""
    ratio, wanted = image.devicePixelRatio(), QColor(getattr(theme.tokens(), token)).rgb()
    found = {
        x for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) == wanted
    }  # fmt: skip
    return np.array(sorted(found)) / ratio


def test_clicking_goes_to_the_frame_and_dragging_scrubs(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    session, canvas = window.session, window.video.canvas
    seen: list[int] = []
    session.frame_changed.connect(seen.append)
    qtbot.mousePress(tracks, LEFT, NO_KEY, at(tracks, 5))
    for frame in (7, 9, 12):
        move(tracks, at(tracks, frame))
    qtbot.mouseRelease(tracks, LEFT, NO_KEY, at(tracks, 12))
    assert seen == [5, 7, 9, 12] and session.frame_idx == 12
    qtbot.waitUntil(lambda: canvas.frame.frame_idx == 12 and not canvas.frame.is_proxy)
    assert window.timeline.time_label.text() == "00:00.480"
    assert ">12<" in window.timeline.frame_label.text()


def test_labels_doubts_and_playhead_are_where_their_frames_are(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    session = window.session
    person = session.instances_on_screen()[0].instance.copy()
    session.push(AddInstance(session.video.id, 4, person))
    qtbot.waitUntil(lambda: tracks.data.marks["labelled"].tolist() == [4])
    image = tracks.grab().toImage()
    green = columns_of(image, "good")
    assert len(green) and np.abs(green - float(tracks.axis.x(4))).max() <= 2.5
    qtbot.waitUntil(lambda: len(columns_of(tracks.grab().toImage(), "doubtful")) > 0)
    amber = columns_of(tracks.grab().toImage(), "doubtful")
    first_doubt = float(tracks.axis.x(15))
    assert len(amber) and amber.min() >= first_doubt - 6 and amber.max() <= float(tracks.axis.x(23)) + 6
    assert session.doubtful_frames().tolist() == [15]
    session.go_to(20)
    head = columns_of(tracks.grab().toImage(), "text")
    assert np.abs(head - float(tracks.axis.x(20))).max() <= 5.5


def test_the_wheel_zooms_at_the_cursor_and_stepping_keeps_the_playhead_in_view(
    window: Window, tracks: TimelineTracks
) -> None:
    spot = at(tracks, 6)
    wheel(tracks, spot, 4)
    assert not tracks.axis.is_zoomed  # nothing to scroll
    wheel(tracks, spot, 4, CTRL)
    assert tracks.axis.is_zoomed
    assert abs(float(tracks.axis.x(6)) - spot.x()) < 1.0
    window.session.go_to(23)
    assert tracks.axis.first <= 23 <= tracks.axis.first + tracks.axis.span


def test_a_double_click_on_the_axis_shows_all(window: Window, tracks: TimelineTracks, qtbot: QtBot) -> None:
    tracks.axis.zoom(3, 300)
    qtbot.mouseDClick(tracks, LEFT, NO_KEY, at(tracks, 10))
    assert tracks.axis.is_zoomed
    qtbot.mouseDClick(tracks, LEFT, NO_KEY, at(tracks, 10, tracks.height() - 20))
    assert not tracks.axis.is_zoomed


def test_transport_buttons(window: Window, qtbot: QtBot) -> None:
    session = window.session
    first, back, on, last = window.timeline.step_buttons
    for button, expected in ((last, 23), (back, 22), (first, 0), (on, 1)):
        qtbot.mouseClick(button, LEFT)
        assert session.frame_idx == expected


def test_playing_shows_frames_in_order_at_the_videos_rate_and_stops_at_the_end(
    window: Window, qtbot: QtBot
) -> None:
    session, canvas = window.session, window.video.canvas
    seen: list[int] = []
    session.frame_changed.connect(seen.append)
    press(window.timeline.tracks, Qt.Key.Key_Space)
    assert session.playing
    qtbot.waitUntil(lambda: not session.playing, timeout=20_000)
    assert seen == sorted(set(seen)) and seen[-1] == session.num_frames - 1
    qtbot.waitUntil(lambda: canvas.frame.frame_idx == session.num_frames - 1)
    qtbot.mouseClick(window.timeline.play_button, LEFT)  # at the end: from the start
    assert session.playing
    qtbot.waitUntil(lambda: 0 < session.frame_idx < 12)
    qtbot.mouseClick(window.timeline.play_button, LEFT)
    stopped = session.frame_idx
    assert not session.playing
    qtbot.waitUntil(lambda: canvas.frame.frame_idx == stopped and not canvas.frame.is_proxy)


def test_moving_the_playhead_does_not_draw_the_tracks_anew(window: Window, tracks: TimelineTracks) -> None:
    tracks.grab()
    picture = tracks._picture
    window.session.go_to(3)
    tracks.grab()
    assert tracks._picture is picture
    theme.changed.emit()
    tracks.grab()
    assert tracks._picture is not picture


def test_hover_says_frame_time_and_score(window: Window, tracks: TimelineTracks, qtbot: QtBot) -> None:
    before = tracks.grab().toImage()
    move(tracks, at(tracks, 8))
    assert tracks.grab().toImage() != before
    assert window.session.frame_idx == 0


def test_shift_drag_chooses_a_range_and_its_handles_change_it(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    session, chip = window.session, window.timeline.range_chip
    drag(tracks, at(tracks, 9), at(tracks, 4), SHIFT)
    assert session.frame_range == (4, 10) and session.frame_idx == 0
    assert chip.isVisible() and "frames 4–9 · 6 frames · 0.24 s" in chip.text()
    left, right = tracks.range.edges()
    drag(tracks, QPoint(round(right), 8), at(tracks, 14, 8))
    assert session.frame_range == (4, 15)
    drag(tracks, QPoint(round(left), 8), at(tracks, 20, 8))  # not beyond the end
    assert session.frame_range == (14, 15)
    drag(tracks, at(tracks, 14, 8), at(tracks, 17, 8))
    assert session.frame_range == (17, 18)
    press(tracks, Qt.Key.Key_Escape)
    assert session.frame_range is None and not chip.isVisible()
    drag(tracks, at(tracks, 2), at(tracks, 5), SHIFT)
    qtbot.mouseClick(chip, LEFT)
    assert session.frame_range is None


def test_keys_choose_a_range_at_the_playhead(window: Window, tracks: TimelineTracks) -> None:
    session = window.session
    tracks.setFocus()
    session.go_to(6)
    press(tracks, Qt.Key.Key_I)
    assert session.frame_range == (6, 24)
    session.go_to(11)
    press(tracks, Qt.Key.Key_O)
    assert session.frame_range == (6, 12)
    session.go_to(3)
    press(tracks, Qt.Key.Key_O)
    assert session.frame_range == (0, 4)
    session.select(session.instances_on_screen()[0].ref)
    window.trigger("edit.deselect")
    assert session.selection is None and session.frame_range == (0, 4)  # one thing at a time
    window.trigger("edit.deselect")
    assert session.frame_range is None
    session.set_range(0, 4)
    press(tracks, Qt.Key.Key_Z, SHIFT)
    assert tracks.axis.is_zoomed and tracks.axis.first == 0
    press(tracks, Qt.Key.Key_F, SHIFT)
    assert not tracks.axis.is_zoomed


def test_the_range_plays_in_a_loop(window: Window, tracks: TimelineTracks, qtbot: QtBot) -> None:
    session = window.session
    session.set_range(5, 9)
    seen: list[int] = []
    session.frame_changed.connect(seen.append)
    tracks.setFocus()
    press(tracks, Qt.Key.Key_Space, SHIFT)
    assert session.playing and window.timeline.loop_button.isChecked()
    qtbot.waitUntil(lambda: seen.count(5) >= 3, timeout=10_000)
    press(tracks, Qt.Key.Key_Space, SHIFT)
    assert not session.playing and set(seen) <= {5, 6, 7, 8}
    session.set_range(0, 0)
    session.go_to(22)
    session.set_playing(True)
    qtbot.waitUntil(lambda: 0 < session.frame_idx < 6, timeout=10_000)  # the whole video, again
    session.set_playing(False)


def test_the_wheel_scrolls_and_the_overview_drags(window: Window, tracks: TimelineTracks) -> None:
    wheel(tracks, at(tracks, 6), 4, CTRL)
    first, span = tracks.axis.first, tracks.axis.span
    wheel(tracks, at(tracks, 6), -3)
    assert tracks.axis.first > first and tracks.axis.span == span
    row = tracks._rows().overview
    y = round(row.center().y())
    drag(tracks, QPoint(round(row.left()) + 60, y), QPoint(round(row.right()), y))
    assert tracks.axis.first + span == pytest.approx(tracks.axis.full_span)
    assert window.session.frame_idx == 0  # scrolled, not scrubbed


def test_the_preview_shows_the_frame_under_the_mouse_without_moving_the_playhead(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    session, preview = window.session, tracks.preview
    qtbot.waitUntil(lambda: session.frames.stats.proxy_share == 1.0)
    qtbot.waitUntil(lambda: session.doubtful_frames().tolist() == [15])
    move(tracks, at(tracks, 15))
    qtbot.waitUntil(preview.isVisible)
    assert preview.frame_idx == preview.picture_idx == 15 and session.frame_idx == 0
    assert preview.lines[0] == "frame 15 · 00:00.600" and "doubtful" in preview.lines[1]
    assert preview.lines[2] == session.review.reason(15) != ""
    bottom = preview.mapTo(window, QPoint(0, preview.height())).y()
    assert bottom <= window.timeline.mapTo(window, QPoint(0, 0)).y()  # above, not over, the tracks
    with_people = preview.grab().toImage()
    session.set_overlay_visible(False)
    assert preview.grab().toImage() != with_people
    qtbot.mousePress(tracks, LEFT, NO_KEY, at(tracks, 15))
    assert not preview.isVisible()
    qtbot.mouseRelease(tracks, LEFT, NO_KEY, at(tracks, 15))


def test_the_preview_says_what_is_known_where_no_picture_is(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    window.session._stop_frames()  # as with a missing file
    move(tracks, at(tracks, 7))
    qtbot.waitUntil(tracks.preview.isVisible)
    assert tracks.preview.picture_idx == -1 and "score 0.86" in tracks.preview.lines[1]


def test_the_legend_hides_and_shows_marks(window: Window, tracks: TimelineTracks, qtbot: QtBot) -> None:
    entry = window.timeline.legend.entries["doubtful"]
    qtbot.waitUntil(lambda: len(columns_of(tracks.grab().toImage(), "doubtful")) > 0)
    qtbot.mouseClick(entry, LEFT)
    assert not len(columns_of(tracks.grab().toImage(), "doubtful"))
    entry.setFocus()
    press(entry, Qt.Key.Key_Space)
    assert len(columns_of(tracks.grab().toImage(), "doubtful"))


def test_the_motion_track_follows_the_selected_keypoint(
    window: Window, tracks: TimelineTracks, qtbot: QtBot
) -> None:
    session = window.session
    qtbot.waitUntil(lambda: [line.side for line in tracks.data.lines] == ["left", "right"], timeout=5000)
    assert {"left", "right"} <= set(window.timeline.legend.entries)
    session.select(session.instances_on_screen()[0].ref, 13)
    qtbot.waitUntil(lambda: [line.name for line in tracks.data.lines] == ["left knee", "right knee"])
    speed = tracks.data.lines[0].values
    assert np.allclose(speed, 75.0, atol=0.5)  # 3 pixels a frame, 25 frames a second
    both = tracks.grab().toImage()
    tracks.set_hidden("left", True)
    assert tracks.grab().toImage() != both
    tracks.set_hidden("left", False)
    assert tracks.grab().toImage() == both
    tracks.set_kind("x")
    qtbot.waitUntil(lambda: bool(tracks.data.lines) and tracks.data.lines[0].values[0] > 100)
    session.select(None)
    assert tracks.data.lines == [] and "Select a keypoint" in tracks.data.motion_note


def test_times_along_the_axis_are_a_setting(window: Window, tracks: TimelineTracks) -> None:
    before = tracks.grab().toImage()
    window.trigger("view.timeline_time")
    assert window.session.settings["timeline_axis"] == "time" and tracks.grab().toImage() != before
    window.trigger("view.timeline_time")
    assert tracks.grab().toImage() == before


def test_the_menu_of_a_frame(window: Window, tracks: TimelineTracks) -> None:
    session = window.session
    session.set_range(4, 8)
    menu = timeline_menu(tracks, 6, window.trigger)
    actions = {action.text().split("\t")[0]: action for action in menu.actions()}
    actions["Start Range at 6"].trigger()
    assert session.frame_range == (6, 8)
    actions["Zoom to Range"].trigger()
    assert tracks.axis.is_zoomed
    actions["Go to Frame 6"].trigger()
    assert session.frame_idx == 6
    actions["Clear Range"].trigger()
    assert session.frame_range is None
    actions["Whole Video"].trigger()
    actions["Choose What Is in View"].trigger()
    assert session.frame_range == (0, 24)


@pytest.mark.parametrize("height", [110, 134, 204, 400])
def test_rows_do_not_overlap_at_any_height(height: int) -> None:
    rows = Rows.of(1200, height)
    edges = [0.0, rows.score.top(), rows.score.bottom(), rows.marks.top(), rows.marks.bottom()]
    edges += [rows.motion.top(), rows.motion.bottom()] if rows.motion is not None else []
    edges += [rows.axis_y, rows.overview.top(), rows.overview.bottom(), height]
    assert edges == sorted(edges)
    assert (rows.motion is not None) == (height >= 134)
