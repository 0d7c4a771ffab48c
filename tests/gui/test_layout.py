"""Where panels stand: remembered floating and hidden, brought back from lost screens, focus ringed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtWidgets import QApplication

from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.qt import theme
from poseapp.qt.layout import onto_screen
from poseapp.qt.window import Window
from tests.gui.hand import press

ONE, TWO = QRect(0, 0, 1920, 1040), QRect(1920, 0, 1280, 700)


@pytest.mark.parametrize(
    ("place", "screens", "wanted"),
    [
        (QRect(100, 100, 400, 300), [ONE], QRect(100, 100, 400, 300)),
        (QRect(2000, 100, 400, 300), [ONE], QRect(1520, 100, 400, 300)),
        (QRect(2000, 100, 400, 300), [ONE, TWO], QRect(2000, 100, 400, 300)),
        (QRect(-300, -50, 400, 300), [ONE], QRect(0, 0, 400, 300)),
        (QRect(100, 100, 2400, 1400), [TWO], QRect(1920, 0, 1280, 700)),
        (QRect(5, 5, 10, 10), [], QRect(5, 5, 10, 10)),
    ],
)
def test_a_window_is_brought_to_where_it_can_be_seen(place, screens, wanted):
    assert onto_screen(place, screens) == wanted


@pytest.fixture
def make(qtbot, qapp, tmp_path, project_path):
    made = []

    def make_() -> Window:
        geometry = QSettings(str(tmp_path / "g.ini"), QSettings.Format.IniFormat)
        window = Window(Session(Settings(), RecentFiles()), geometry)
        window.resize(1280, 720)
        window.show()
        qtbot.waitExposed(window)
        assert window.open_path(project_path)
        made.append(window)
        return window

    yield make_
    for window in made:
        window.close()


def test_floating_and_hidden_panels_come_back_as_they_were(qtbot, make):
    first = make()
    runs, timeline = first.docks["runs"], first.docks["timeline"]
    runs.setFloating(True)
    runs.setGeometry(200, 150, 420, 380)
    assert runs.titleBarWidget() is None, "a floating panel has a title bar to move and close it by"
    timeline.hide()
    QApplication.processEvents()
    first.close()
    second = make()
    runs = second.docks["runs"]
    assert runs.isFloating() and runs.isVisible() and runs.titleBarWidget() is None
    assert abs(runs.width() - 420) < 40 and not second.docks["timeline"].isVisible()
    second.reset_layout()
    assert not runs.isFloating() and runs.titleBarWidget() is not None
    assert second.docks["timeline"].isVisible()


def test_a_panel_left_on_a_screen_that_is_gone_can_be_seen(make):
    first = make()
    first.docks["runs"].setFloating(True)
    first.docks["runs"].setGeometry(9000, 4000, 420, 380)
    QApplication.processEvents()
    first.close()
    second = make()
    screens = [screen.availableGeometry() for screen in QApplication.screens()]
    assert any(screen.contains(second.docks["runs"].geometry()) for screen in screens)


def test_a_panel_the_kept_layout_does_not_know_is_a_tab(make, tmp_path):
    first = make()
    first.docks["history"].hide()
    first.close()
    kept = QSettings(str(tmp_path / "g.ini"), QSettings.Format.IniFormat)
    kept.setValue("panes", ["project", "people", "runs", "timeline"])
    kept.sync()
    second = make()
    assert second.docks["history"] in second.tabifiedDockWidgets(second.docks["people"])


def test_keys_are_ringed_where_they_came_by_keys(qtbot, open_window, project_path):
    window = open_window(project_path)
    window.activateWindow()
    window.video.canvas.setFocus()
    qtbot.waitUntil(window.video.canvas.hasFocus)
    assert not window.ring.isVisible()
    for _ in range(6):
        press(QApplication.focusWidget(), Qt.Key.Key_F6)
        if QApplication.focusWidget() is window.timeline.tracks:
            break
    tracks = window.timeline.tracks
    assert window.ring.isVisible() and window.ring.size() == tracks.size()
    image = window.grab().toImage()
    at = tracks.mapTo(window, tracks.rect().topLeft())
    ratio = image.devicePixelRatio()
    shown = image.pixelColor(int((at.x() + 1) * ratio), int((at.y() + tracks.height() // 2) * ratio))
    assert shown == theme.color("accent")
    qtbot.mouseClick(tracks, Qt.MouseButton.LeftButton, pos=tracks.rect().center())
    assert not window.ring.isVisible(), "the mouse needs no ring"


class Hints:
    """A desktop that says what it prefers."""

    def __init__(self, scheme):
        self.scheme = scheme

    def colorScheme(self):
        return self.scheme

    def setColorScheme(self, scheme):
        """What the program asks for does not change what the desktop prefers."""


def test_the_window_follows_the_system_live(qapp, window, open_window, project_path, monkeypatch):
    open_window(project_path)
    desktop = Hints(Qt.ColorScheme.Dark)
    changed = qapp.styleHints().colorSchemeChanged
    monkeypatch.setattr(theme.QGuiApplication, "styleHints", lambda *_: desktop)
    theme.set_choice("system")
    assert theme.tokens() is theme.DARK
    desktop.scheme = Qt.ColorScheme.Light
    changed.emit(desktop.scheme)
    assert theme.tokens() is theme.LIGHT
    image = window.grab().toImage()
    assert image.pixelColor(4, image.height() - 4).lightness() > 200
    window.trigger("view.theme_dark")
    changed.emit(desktop.scheme)
    assert theme.tokens() is theme.DARK, "a choice of one's own stays"
