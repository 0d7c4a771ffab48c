"""The tour of the window: shown once, by keys alone, pointing at what is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.qt.callouts import STOPS
from tests.gui.hand import press


@pytest.fixture
def session(tmp_path) -> Session:
    """Settings that are kept, as at the first start."""
    return Session(Settings(tmp_path / "config" / "settings.toml"), RecentFiles())


def test_it_comes_once_and_is_gone_through_by_keys(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.activateWindow()
    tour = window.tour
    qtbot.waitUntil(tour.isVisible)
    assert window.session.settings["show_tour"] is False
    for n, stop in enumerate(STOPS):
        assert tour.at == n and tour.title.text() == stop.title and tour.next.hasFocus()
        assert "{" not in tour.text.text(), "keys are filled in"
        hole = tour.hole()
        assert hole.isValid() and tour.rect().adjusted(-4, -4, 4, 4).contains(hole)
        assert tour.rect().contains(tour.card.geometry())
        press(tour.next, Qt.Key.Key_Right)
    assert not tour.isVisible()
    window.trigger("file.close_project")
    open_window(project_path)
    qtbot.wait(700)
    assert not tour.isVisible(), "once is enough"
    window.trigger("help.tour")
    assert tour.isVisible() and tour.at == 0


def test_it_can_be_skipped_and_lets_no_key_through(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.activateWindow()
    qtbot.waitUntil(window.tour.isVisible)
    tour = window.tour
    press(tour.next, Qt.Key.Key_End)
    assert window.session.frame_idx == 0
    press(tour.next, Qt.Key.Key_Return)
    press(tour.next, Qt.Key.Key_Left)
    assert tour.at == 0
    press(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert tour.skip.hasFocus()
    press(tour.skip, Qt.Key.Key_Escape)
    assert not tour.isVisible()
    window.trigger("help.tour")
    qtbot.mouseClick(tour, Qt.MouseButton.LeftButton, pos=tour.rect().bottomLeft() - tour.rect().topLeft())
    assert not tour.isVisible(), "a click beside the card ends it"


def test_it_follows_the_size_of_the_window_and_changed_keys(qtbot, window, open_window, project_path):
    open_window(project_path)
    qtbot.waitUntil(window.tour.isVisible)
    tour = window.tour
    window.session.keymap.add("view.palette", "F4")
    for key in ("Ctrl+Shift+P", "Ctrl+F"):
        window.session.keymap.remove("view.palette", key)
    for _ in STOPS[1:]:
        tour.step_on()
    assert tour.text.text().startswith("F4 finds")
    tour.at = 3
    tour.step_back()
    card = tour.card.geometry().center()
    assert tour.card.isAncestorOf(window.childAt(card)) or window.childAt(card) is tour.card, "it is on top"
    window.resize(900, 620)
    QApplication.processEvents()
    assert tour.size() == window.size() and tour.rect().contains(tour.card.geometry())
    tour.end()
