"""The list of shortcuts: found, changed by pressing keys, conflicts named; what shows a key follows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from poseapp.app.actions import ACTIONS
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.qt.dialogs.shortcuts import ShortcutsDialog
from tests.gui.hand import press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def dialog(qtbot, window):
    made = ShortcutsDialog(window, window.session.keymap)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.close()


def shown(dialog):
    return [name for name, item in dialog.items.items() if not item.isHidden()]


def choose(dialog, name):
    dialog.tree.setCurrentItem(dialog.items[name])
    dialog.editor.record()


def test_every_command_is_listed_and_found_by_name_and_by_key(qtbot, dialog):
    assert shown(dialog) == [row.id for menu in dict.fromkeys(r.menu for r in ACTIONS)
                             for row in ACTIONS if row.menu == menu]  # fmt: skip
    qtbot.keyClicks(dialog.search, "visibility")
    assert shown(dialog) == ["label.toggle_visibility"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "ctrl+p")
    assert "predict.video" in shown(dialog) and "label.toggle_visibility" not in shown(dialog)
    press(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.tree.hasFocus(), "Enter in the search goes to what was found"


def test_a_new_key_is_pressed_and_counts_at_once(qtbot, dialog, window):
    choose(dialog, "train.fine_tune")
    assert dialog.editor.field.isVisible()
    press(dialog.editor.field, Qt.Key.Key_K, CTRL | SHIFT)
    keymap = window.session.keymap
    assert (
        keymap.keys("train.fine_tune") == ("Ctrl+T", "Ctrl+Shift+K")
        and not dialog.editor.question.isVisible()
    )
    shortcuts = [s.toString() for s in window.menus.actions["train.fine_tune"].shortcuts()]
    assert shortcuts == ["Ctrl+T", "Ctrl+Shift+K"]
    qtbot.mouseClick(dialog.editor.key_buttons[0], Qt.MouseButton.LeftButton)
    assert keymap.keys("train.fine_tune") == ("Ctrl+Shift+K",)
    qtbot.mouseClick(dialog.editor.reset_button, Qt.MouseButton.LeftButton)
    assert keymap.keys("train.fine_tune") == ("Ctrl+T",) and not dialog.editor.reset_button.isEnabled()


def test_a_key_in_use_is_named_and_taken_only_when_asked(qtbot, dialog, window):
    keymap, editor = window.session.keymap, dialog.editor
    choose(dialog, "label.swap_sides")
    press(editor.field, Qt.Key.Key_P, CTRL)
    assert editor.question_text.text() == "Ctrl+P is Predict This Video: take it away there?"
    assert keymap.num_changed == 0 and editor.take_button.hasFocus()
    qtbot.mouseClick(editor.leave_button, Qt.MouseButton.LeftButton)
    assert keymap.num_changed == 0 and not editor.question.isVisible()
    editor.record()
    press(editor.field, Qt.Key.Key_P, CTRL)
    press(editor.take_button, Qt.Key.Key_Space)
    assert keymap.keys("label.swap_sides") == ("T", "Ctrl+P") and keymap.keys("predict.video") == ()
    qtbot.mouseClick(dialog.reset_all_button, Qt.MouseButton.LeftButton)
    assert keymap.keys("predict.video") == ("Ctrl+P",) and not dialog.reset_all_button.isEnabled()


@pytest.mark.parametrize(
    ("key", "held", "wanted"),
    [
        (Qt.Key.Key_Tab, CTRL, "Ctrl+Tab"), (Qt.Key.Key_Backtab, SHIFT, "Shift+Tab"),
        (Qt.Key.Key_Plus, SHIFT, "+"),
        (Qt.Key.Key_F7, SHIFT, "Shift+F7"), (Qt.Key.Key_Delete, CTRL, "Ctrl+Del"),
        (Qt.Key.Key_Space, CTRL, "Ctrl+Space"),
    ],
)  # fmt: skip
def test_any_key_can_be_pressed(dialog, window, key, held, wanted):
    choose(dialog, "help.about")
    press(dialog.editor.field, Qt.Key.Key_Shift)
    assert dialog.editor.field.isVisible(), "a modifier alone is not yet a key"
    press(dialog.editor.field, key, held)
    editor = dialog.editor
    assert editor.question.isVisible() or window.session.keymap.keys("help.about") == (wanted,)
    if editor.question.isVisible():
        assert editor.question_text.text().startswith(QKeySequence(wanted).toString() + " is ")


def test_escape_gives_up_and_leaves_the_dialog_open(dialog, window):
    choose(dialog, "help.about")
    press(dialog.editor.field, Qt.Key.Key_Escape)
    assert not dialog.editor.field.isVisible() and dialog.isVisible()
    assert window.session.keymap.num_changed == 0


class TestDamaged:
    """A file of keys that cannot be understood as a whole."""

    @pytest.fixture
    def session(self, tmp_path):
        (tmp_path / "keys.toml").write_text('"edit.undo" = ["Ctrl+Bla"]\n"go.play" = ["F9"]\n')
        return Session(Settings(tmp_path / "settings.toml"), RecentFiles())

    def test_is_said_in_one_line_and_the_rest_holds(self, window):
        assert window.notice.isVisible() and "'Ctrl+Bla' is no key" in window.notice.text.text()
        keymap = window.session.keymap
        assert keymap.keys("edit.undo") == ("Ctrl+Z",) and keymap.keys("go.play") == ("F9",)


def test_what_shows_a_key_shows_the_new_one(qtbot, open_window, predicted_path):
    window = open_window(predicted_path)
    keymap = window.session.keymap
    keymap.add("label.accept", "F9")
    keymap.remove("label.accept", "Return")
    keymap.remove("label.accept", "Enter")
    keymap.add("edit.undo", "F8")
    keymap.remove("edit.undo", "Ctrl+Z")
    keymap.add("label.swap_sides", "Y")
    keymap.remove("label.swap_sides", "T")
    keymap.remove("go.play", "Space")
    qtbot.waitUntil(lambda: ("F9", "accept") in window.video.hint_bar.hints)
    assert "(Y)" in window.video.strip.buttons["label.swap_sides"].toolTip()
    assert window.timeline.play_button.toolTip() == "Play or pause"
    assert window.people.buttons["label.swap_sides"].toolTip().endswith("(Y)")
    window.activateWindow()
    window.video.canvas.setFocus()
    qtbot.waitUntil(window.video.canvas.hasFocus)
    press(window.video.canvas, Qt.Key.Key_F9)
    assert len(window.session.labelled_frames()) == 1
    assert window.status.action.text().endswith(" · undo F8")
    press(window.video.canvas, Qt.Key.Key_F8)
    assert len(window.session.labelled_frames()) == 0
    press(window.video.canvas, Qt.Key.Key_Space)
    assert not window.session.playing, "a key that was taken away does nothing"
    keymap.add("file.open_video", "F7")
    keymap.remove("file.open_video", "Ctrl+O")
    assert window.start.doors["file.open_video"].keys == "F7"
