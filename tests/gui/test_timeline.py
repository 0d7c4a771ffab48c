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
from poseapp.qt.items.tracks import TimelineTracks
from poseapp.qt.window import Window
from tests.gui.hand import LEFT, NO_KEY, move, press, wheel


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
    qtbot.waitUntil(lambda: tracks._labelled.tolist() == [4])
    image = tracks.grab().toImage()
    green = columns_of(image, "good")
    assert len(green) and np.abs(green - float(tracks.axis.x(4))).max() <= 2.5
    amber = columns_of(image, "doubtful")
    first_doubt = float(tracks.axis.x(15))
    assert len(amber) and amber.min() >= first_doubt - 6 and amber.max() <= float(tracks.axis.x(23)) + 6
    assert set(session.doubtful_frames().tolist()) == set(range(15, 24))
    session.go_to(20)
    head = columns_of(tracks.grab().toImage(), "text")
    assert np.abs(head - float(tracks.axis.x(20))).max() <= 5.5


def test_the_wheel_zooms_at_the_cursor_and_stepping_keeps_the_playhead_in_view(
    window: Window, tracks: TimelineTracks
) -> None:
    spot = at(tracks, 6)
    wheel(tracks, spot, 4)
    assert tracks.axis.is_zoomed
    assert abs(float(tracks.axis.x(6)) - spot.x()) < 1.0
    window.session.go_to(23)
    assert tracks.axis.first <= 23 <= tracks.axis.first + tracks.axis.span


def test_double_click_shows_all(window: Window, tracks: TimelineTracks, qtbot: QtBot) -> None:
    tracks.axis.zoom(3, 300)
    qtbot.mouseDClick(tracks, LEFT, NO_KEY, at(tracks, 10))
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
