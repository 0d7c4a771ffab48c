"""The command palette and the top bar of the real window."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from poseapp.qt import theme
from tests.gui.hand import press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot, open_window, predicted_path):
    made = open_window(predicted_path)
    made.activateWindow()
    made.video.canvas.setFocus()
    qtbot.waitUntil(made.video.canvas.hasFocus)
    return made


def titles(window):
    return [entry.title for entry in window.palette_.model.entries]


def test_a_command_is_found_and_run_by_keys_alone(qtbot, window):
    press(window.video.canvas, Qt.Key.Key_P, CTRL | SHIFT)
    palette = window.palette_
    assert palette.isVisible() and palette.field.hasFocus()
    qtbot.keyClicks(palette.field, "accept")
    assert titles(window)[0] == "Accept Prediction"
    press(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible() and window.video.canvas.hasFocus(), "the keys go back to the video"
    assert len(window.session.labelled_frames()) == 1
    press(window.video.canvas, Qt.Key.Key_P, CTRL | SHIFT)
    assert palette.model.entries[0].title == "Accept Prediction" and palette.model.entries[0].used


def test_the_search_of_the_top_bar_opens_it_and_escape_closes_it(qtbot, window):
    qtbot.mouseClick(window.top.search, Qt.MouseButton.LeftButton)
    assert window.palette_.isVisible()
    press(window.palette_.field, Qt.Key.Key_Escape)
    assert not window.palette_.isVisible()
    qtbot.mouseClick(window.top.search, Qt.MouseButton.LeftButton)
    window.video.canvas.setFocus()
    assert not window.palette_.isVisible(), "keys elsewhere close it"


def test_arrows_go_round_and_what_is_off_stays(qtbot, window):
    window.palette_.open_palette()
    field, lst = window.palette_.field, window.palette_.list
    press(field, Qt.Key.Key_Up)
    assert lst.currentIndex().row() == window.palette_.model.rowCount() - 1
    press(field, Qt.Key.Key_Down)
    assert lst.currentIndex().row() == 0
    qtbot.keyClicks(field, "stop and keep")
    assert window.palette_.model.entries[0].why == "no training is running"
    press(field, Qt.Key.Key_Return)
    assert window.palette_.isVisible()
    field.setText("zqxj")
    assert window.palette_.nothing.isVisible() and not lst.isVisible()
    press(field, Qt.Key.Key_Return)


def test_panels_settings_and_themes_are_found(qtbot, window, monkeypatch):
    palette = window.palette_

    def choose(words):
        palette.open_palette()
        qtbot.keyClicks(palette.field, words)
        press(palette.field, Qt.Key.Key_Return)

    choose("show runs")
    assert not window.docks["runs"].visibleRegion().isEmpty()
    choose("theme light")
    assert theme.tokens() is theme.LIGHT and window.menus.actions["view.theme_light"].isChecked()
    choose("theme dark")
    assert theme.tokens() is theme.DARK and not window.menus.actions["view.theme_light"].isChecked()
    choose("17")
    assert window.session.frame_idx == 17
    palette.open_palette()
    qtbot.keyClicks(palette.field, "24")
    assert not any(e.kind == "frame" for e in palette.model.entries), "the video has 24 frames"
    palette.close_palette()
    asked = []
    monkeypatch.setattr("poseapp.qt.ask.show_setting", lambda _s, _w, key: asked.append(key))
    choose("frame cache")
    assert asked == ["frame_cache_mb"]


def test_a_letter_shows_its_list_within_a_blink(qtbot, window):
    window.palette_.open_palette()
    took = []
    for letter in "swap left":
        begin = time.perf_counter()
        qtbot.keyClicks(window.palette_.field, letter)
        QApplication.processEvents()
        took.append((time.perf_counter() - begin) * 1000)
    # 30 ms is the aim; a machine that tests side by side gets some slack.
    assert sorted(took)[len(took) // 2] < 60, took


@pytest.mark.parametrize("width", [1440, 900, 640])
def test_the_top_bar_gives_the_menus_their_room(qtbot, window, width):
    window.resize(width, 700)
    QApplication.processEvents()
    bar = window.menuBar()
    assert window.top.search.isVisible() and window.top.device.isVisible()
    right = window.top.mapTo(bar, window.top.rect().topRight()).x()
    assert right <= bar.width()
    if width >= 900:
        last = bar.actionGeometry(bar.actions()[-1])
        assert last.right() <= window.top.search.mapTo(bar, window.top.search.rect().topLeft()).x()
    window.palette_.open_palette()
    assert window.rect().contains(window.palette_.geometry())
    window.palette_.close_palette()


def test_f6_goes_round_the_panels(qtbot, window):
    seen = []
    for _ in range(8):
        press(QApplication.focusWidget(), Qt.Key.Key_F6)
        now = QApplication.focusWidget()
        home = next((n for n, p in window.panes.items() if p is now or p.isAncestorOf(now)), "video")
        seen.append(home)
        if home == "video":
            break
    assert seen[-1] == "video" and {"project", "people", "timeline"} <= set(seen)
    press(QApplication.focusWidget(), Qt.Key.Key_F6, SHIFT)
    now = QApplication.focusWidget()
    assert window.panes[seen[-2]] is now or window.panes[seen[-2]].isAncestorOf(now)


def test_one_field_finds_frames_and_keypoints(qtbot, window):
    press(window.video.canvas, Qt.Key.Key_F, CTRL)
    assert window.palette_.isVisible()
    qtbot.keyClicks(window.palette_.field, "frame 7")
    press(window.palette_.field, Qt.Key.Key_Return)
    assert window.session.frame_idx == 7
    press(window.video.canvas, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(window.palette_.field, "left wrist")
    press(window.palette_.field, Qt.Key.Key_Return)
    assert window.session.selected_keypoint == 9
