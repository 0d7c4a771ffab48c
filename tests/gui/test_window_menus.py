"""Menus, shortcuts and layout of the real window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QTabBar

from poseapp.app.actions import ACTIONS, MENUS
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.qt import ask, theme
from poseapp.qt.panes.docked import PANES
from poseapp.qt.panes.start import DOORS
from poseapp.qt.window import Window


def test_every_row_has_its_place_and_its_icon(window):
    bar = [a.text() for a in window.menuBar().actions()]
    assert bar == list(MENUS)
    for row in ACTIONS:
        action = window.menus.actions[row.id]
        assert (action in window.menus.menus[row.menu].actions()) == row.listed
        assert [s.toString() for s in action.shortcuts()] == [QKeySequence(k).toString() for k in row.keys]
        if row.icon:
            pixmap = theme.icon(row.icon).pixmap(16, 16).toImage()
            inked = [pixmap.pixelColor(x, y).alpha() for x in range(16) for y in range(16)]
            assert max(inked) > 100, row.icon


def test_no_icon_of_that_name_is_said(qapp):
    with pytest.raises(ValueError, match="no icon 'no-such-thing'"):
        theme.icon("no-such-thing")


def test_every_question_has_an_asker():
    assert {row.ask for row in ACTIONS if row.ask} <= set(ask.ASKS)


def test_commands_that_need_a_project_are_off_without_one(window, open_window, project_path):
    assert not window.menus.actions["predict.video"].isEnabled()
    assert window.menus.actions["file.open_video"].isEnabled()
    open_window(project_path)
    window.menus.refresh()
    assert window.menus.actions["predict.video"].isEnabled()
    assert not window.menus.actions["label.toggle_visibility"].isEnabled()


def test_arrow_keys_step_while_the_canvas_has_the_focus(qtbot, open_window, project_path):
    window = open_window(project_path)
    window.activateWindow()
    window.video.canvas.setFocus()
    qtbot.waitUntil(lambda: window.video.canvas.hasFocus())
    qtbot.keyClick(window.video.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.frame_idx == 1)
    qtbot.keyClick(window.video.canvas, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: window.session.frame_idx == 23)


def test_undo_names_the_edit_and_takes_it_back(qtbot, open_window, predicted_path):
    window = open_window(predicted_path)
    window.trigger("label.accept")
    assert len(window.session.labelled_frames()) == 1
    qtbot.waitUntil(lambda: window.menus.actions["edit.undo"].text().startswith("Undo: "))
    assert "undo Ctrl+Z" in window.status.action.text()
    window.activateWindow()
    window.video.canvas.setFocus()
    qtbot.waitUntil(window.video.canvas.hasFocus)
    qtbot.keyClick(window.video.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.session.labelled_frames()) == 0)
    assert window.status.action.text().startswith("Undone: ")


def test_trouble_is_one_line_in_the_window(window, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no video")
    assert not window.open_path(broken)
    assert window.notice.isVisible()
    assert "broken.mp4" in window.notice.text.text()
    assert "\n" not in window.notice.text.text()
    assert window.session.project is None
    assert window.start.isVisible()


def test_closing_a_project_brings_the_start_page_back(qtbot, window, open_window, project_path):
    open_window(project_path)
    assert window.windowTitle().startswith("walk.mp4")
    assert all(window.docks[name].isVisible() for name in ("project", "people", "timeline"))
    window.trigger("file.close_project")
    assert window.start.isVisible()
    assert not any(dock.isVisible() for dock in window.docks.values())
    assert window.windowTitle() == "PoseApp"
    open_window(project_path)
    assert window.docks["project"].isVisible()


def test_dropped_videos_are_opened_and_added(qtbot, window, clip, tmp_path):
    first, second = tmp_path / "one.mp4", tmp_path / "two.mp4"
    for path in (first, second):
        path.write_bytes(clip.read_bytes())
    window.drops.take([first, second])
    project = window.session.project
    qtbot.waitUntil(lambda: [v.name for v in project.videos] == ["one.mp4", "two.mp4"])
    assert window.session.video.name == "one.mp4" and window.session.reading is None


def test_panes_stay_where_they_were_put(qtbot, qapp, tmp_path, project_path):
    def make() -> Window:
        geometry = QSettings(str(tmp_path / "g.ini"), QSettings.Format.IniFormat)
        made = Window(Session(Settings(), RecentFiles()), geometry)
        made.resize(1280, 720)
        made.show()
        qtbot.waitExposed(made)
        assert made.open_path(project_path)
        return made

    first = make()
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first.docks["people"])
    first.close()
    second = make()
    assert second.dockWidgetArea(second.docks["people"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    second.reset_layout()
    assert second.dockWidgetArea(second.docks["people"]) == Qt.DockWidgetArea.RightDockWidgetArea
    bars = second.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    tabs = sum(row.area == Qt.DockWidgetArea.RightDockWidgetArea for row in PANES)
    assert [bar.count() for bar in bars if bar.isVisible() and bar.count()] == [tabs], "a bar is left behind"
    second.close()


def test_theme_switches_live_and_is_remembered(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.trigger("view.theme_light")
    assert theme.tokens() is theme.LIGHT
    assert window.session.settings["theme"] == "light"
    assert window.palette().window().color().name() == theme.LIGHT.panel
    image = window.grab().toImage()
    assert image.pixelColor(4, image.height() - 4).lightness() > 200
    window.trigger("view.theme_dark")
    image = window.grab().toImage()
    assert image.pixelColor(4, image.height() - 4).lightness() < 60


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_text_stands_out_from_its_ground(tokens):
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    def contrast(a: str, b: str) -> float:
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for ink, ground in (
        (tokens.text, tokens.panel),
        (tokens.text, tokens.selection),
        (tokens.muted, tokens.panel),
        (tokens.muted, tokens.raised),
        (tokens.accent, tokens.panel),
        (tokens.on_accent, tokens.accent),
        (tokens.bad, tokens.panel),
    ):
        assert contrast(ink, ground) >= 4.5, (ink, ground)


def test_the_windows_process_never_imports_torch(project_path: Path):
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from poseapp.app.session import Session\n"
        "from poseapp.qt.window import Window\n"
        "window = Window(Session())\n"
        "window.show()\n"
        "app.processEvents()\n"
        "assert 'pyqtgraph' not in sys.modules, 'pyqtgraph at the start'\n"
        "assert window.open_path(sys.argv[1])\n"
        "app.processEvents()\n"
        "assert 'torch' not in sys.modules, 'torch in the window'\n"
        "window.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_start_page_doors_are_commands():
    known = {row.id for row in ACTIONS} | {"file.open_sample", "file.open_crossing"}
    assert {door.action for door in DOORS} <= known


def test_job_chip_is_hidden_without_jobs(window, open_window, project_path):
    open_window(project_path)
    assert not window.top.chip.isVisible()
    assert QApplication.activeModalWidget() is None


def test_only_travel_and_nudges_repeat_while_a_key_is_held(window):
    repeating = {row.id for row in ACTIONS if window.menus.actions[row.id].autoRepeat()}
    assert {"go.next_frame", "go.previous_frame", "go.forward_10", "go.next_doubtful"} <= repeating
    assert all(name.startswith(("go.", "label.nudge_")) for name in repeating) and "go.play" not in repeating
