"""The settings: searched, edited in place, put back, refused values said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from poseapp.app.settings import SETTINGS
from poseapp.qt.dialogs.settings import SettingsDialog
from tests.gui.hand import press


@pytest.fixture
def settings(window):
    return window.session.settings


@pytest.fixture
def dialog(qtbot, window, settings):
    made = SettingsDialog(window, settings, ["auto", "cpu"])
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def shown(dialog):
    return [key for key, row in dialog.rows.items() if row.isVisible()]


def test_every_setting_has_a_row(dialog):
    assert list(dialog.rows) == [row.key for row in SETTINGS]
    for row in dialog.rows.values():
        assert row.field.accessibleName() == row.row.label


def test_search_finds_by_label_note_and_choice(qtbot, dialog):
    qtbot.keyClicks(dialog.search, "frames memory")
    assert shown(dialog) == ["frame_cache_mb"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "as the system")
    assert shown(dialog) == ["theme"]
    qtbot.keyClicks(dialog.search, "xyz")
    assert shown(dialog) == [] and dialog.nothing.isVisible()
    dialog.search.clear()
    assert shown(dialog) == list(dialog.rows) and not dialog.nothing.isVisible()


def test_a_change_counts_at_once_and_can_be_taken_back(qtbot, dialog, settings):
    row = dialog.rows["doubtful_score"]
    assert not row.is_changed and not row.reset.isVisible() and not dialog.reset_button.isEnabled()
    row.field.setFocus()
    press(row.field, Qt.Key.Key_Up)
    assert settings["doubtful_score"] == pytest.approx(0.55)
    assert row.mark.text() == "●" and dialog.reset_button.isEnabled()
    press(row.field, Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter ends the number, not the dialog"
    dialog.search.setText("changed")
    assert shown(dialog) == ["doubtful_score"]
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert settings["doubtful_score"] == 0.5 and row.field.value() == 0.5 and not row.reset.isVisible()
    settings["frame_cache_mb"] = 512
    assert dialog.rows["frame_cache_mb"].field.value() == 512, "a change from elsewhere shows"
    qtbot.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    assert settings["frame_cache_mb"] == 1024


def test_a_setting_that_cannot_be_kept_says_so(qtbot, window, settings, tmp_path, dialog):
    blocker = tmp_path / "file"
    blocker.write_text("")
    settings.path = blocker / "settings.toml"
    dialog.rows["frame_cache_mb"].field.setValue(2048)
    trouble = dialog.rows["frame_cache_mb"].trouble
    assert trouble.isVisible() and "could not be written" in trouble.text()


def test_it_opens_at_the_setting_that_was_asked_for(qtbot, window, settings):
    dialog = SettingsDialog(window, settings, ["auto", "cpu"], "device")
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.rows["device"].field.hasFocus)
    dialog.close()
    settings["theme"] = "light"  # a closed dialog listens no more
    settings["theme"] = "system"
