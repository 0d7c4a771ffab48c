"""The history pane: edits named, gone back to by a click, forward again, also after a restart."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from poseapp.labels import edits
from poseapp.labels.instance import Instance
from tests.gui.figures import true_points
from tests.gui.hand import press


def label(window, frames):
    video = window.session.video.id
    for k in frames:
        window.session.push(edits.AddInstance(video, k, Instance(true_points(k))))


@pytest.fixture
def window(qtbot, open_window, project_path):
    made = open_window(project_path)
    made.show_pane("history")
    label(made, range(6))
    qtbot.waitUntil(lambda: made.panes["history"].model.rowCount() == 8)
    return made


def click(qtbot, pane, row):
    index = pane.model.index(row, 0)
    pane.list.scrollTo(index)
    at = pane.list.visualRect(index).center()
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def test_a_click_goes_back_and_another_forward(qtbot, window):
    pane, session = window.panes["history"], window.session
    assert (
        pane.count.text() == "7 edits" and pane.model.data(pane.model.index(7, 0)) == "Before the first edit"
    )
    click(qtbot, pane, 4)
    qtbot.waitUntil(lambda: list(session.labelled_frames()) == [0, 1])
    qtbot.waitUntil(lambda: pane.count.text() == "7 edits · 4 undone")
    assert pane.model.row_of_place() == 4 and pane.list.currentIndex().row() == 4
    assert window.status.action.text().startswith("Now as after: ")
    said = pane.model.data(pane.model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert said.endswith("undone")
    pane.list.setFocus()
    press(pane.list, Qt.Key.Key_Up)
    press(pane.list, Qt.Key.Key_Up)
    press(pane.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: list(session.labelled_frames()) == [0, 1, 2, 3])


def test_undo_moves_the_place_and_a_new_edit_drops_what_was_undone(qtbot, window):
    pane = window.panes["history"]
    qtbot.mouseClick(pane.undo_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.undo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.model.row_of_place() == 2)
    assert pane.redo_button.isEnabled()
    label(window, [20])
    qtbot.waitUntil(lambda: pane.count.text() == "6 edits")
    assert pane.model.row_of_place() == 0 and not pane.redo_button.isEnabled()


def test_it_is_all_there_after_a_restart(qtbot, window, open_window, project_path):
    click(qtbot, window.panes["history"], 3)
    qtbot.waitUntil(lambda: len(window.session.labelled_frames()) == 3)
    window.trigger("file.close_project")
    open_window(project_path)
    window.show_pane("history")
    pane = window.panes["history"]
    qtbot.waitUntil(lambda: pane.model.rowCount() == 8)
    assert pane.model.row_of_place() == 3
    click(qtbot, pane, 0)
    qtbot.waitUntil(lambda: len(window.session.labelled_frames()) == 6)


def test_ten_thousand_edits_are_fluent(qtbot, window):
    project, pane = window.session.project, window.panes["history"]
    rows = [(f"Moved left wrist, person {n}", 1.7e9 + n) for n in range(10_000)]
    with project._writing():
        project._db.executemany("INSERT INTO history (text, time) VALUES (?, ?)", rows)
    begin = time.perf_counter()
    pane.refresh()
    first = time.perf_counter() - begin
    assert pane.model.total == 10_007 and pane.model.rowCount() < 1000, "read in pages"
    begin = time.perf_counter()
    label(window, [9])
    pane.refresh()
    again = time.perf_counter() - begin
    while pane.model.canFetchMore():
        pane.model.fetchMore()
    assert pane.model.rowCount() == 10_009
    begin = time.perf_counter()
    pane.refresh()
    assert max(first, again, time.perf_counter() - begin) < 0.1
    # Empty edits come off the pile like others; the window breathes in between.
    pane.go_to(pane.model.index(9_000, 0))
    qtbot.waitUntil(pane.progress.isVisible, timeout=5000) if pane._target is not None else None
    qtbot.waitUntil(lambda: pane._target is None, timeout=60000)
    assert pane.model.row_of_place() == 9_000 or project.history_place()[0] == pane.model.entry(9_000).id
