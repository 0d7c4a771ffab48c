"""The people pane with real clicks and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit

from poseapp.app import editing
from poseapp.labels.instance import Instance
from poseapp.qt.keypoint_rows import KEYPOINT, VISIBILITY, X, Y
from tests.gui.figures import true_points

WRIST = 9


@pytest.fixture
def window(window, open_window, predicted_path, qtbot):
    opened = open_window(predicted_path)
    opened.people.refresh()
    return opened


def cell(window, row: int, column: int) -> QPoint:
    return window.people.table.visualRect(window.people.model.index(row, column)).center()


def click(qtbot, window, row: int, column: int) -> None:
    qtbot.mouseClick(window.people.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(window, row, column))


def type_into(qtbot, window, row: int, column: int, text: str) -> None:
    table = window.people.table
    click(qtbot, window, row, column)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(window, row, column))
    editor = next(e for e in table.findChildren(QLineEdit) if e.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.state() == QAbstractItemView.State.NoState)


def test_a_prediction_is_listed_with_its_numbers(window):
    model = window.people.model
    assert model.rowCount() == 17
    expected = true_points(0)[WRIST] + (12.0, 8.0)
    assert model.rows[WRIST].name == "left wrist"
    assert model.rows[WRIST].side == "left"
    assert model.rows[WRIST].text(X) == f"{expected[0]:.1f}"
    assert model.rows[WRIST].score == pytest.approx(0.2)
    item = window.people.people.item(0)
    assert "predicted" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "first" in item.data(Qt.ItemDataRole.AccessibleTextRole)


def test_selecting_a_row_selects_on_the_canvas_and_back(qtbot, window):
    click(qtbot, window, WRIST, KEYPOINT)
    assert window.session.selected_keypoint == WRIST
    assert window.session.selection is not None
    window.session.select(window.session.selection, 3)
    qtbot.waitUntil(lambda: window.people.table.selectionModel().isRowSelected(3))
    assert not window.people.table.selectionModel().isRowSelected(WRIST)


def test_typing_x_makes_one_edit_that_can_be_undone(qtbot, window):
    before = true_points(0)[WRIST] + (12.0, 8.0)
    type_into(qtbot, window, WRIST, X, "140.5")
    session = window.session
    labels = session.labels_at(0)
    assert len(labels) == 1
    assert labels[0].instance.points[WRIST] == pytest.approx([140.5, before[1]], abs=0.01)
    assert labels[0].instance.source == "prediction:first"
    qtbot.waitUntil(lambda: window.people.model.rows[WRIST].text(X) == "140.5")
    assert "corrected" in window.people.people.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    type_into(qtbot, window, WRIST, Y, "77,25")
    assert session.labels_at(0)[0].instance.points[WRIST] == pytest.approx([140.5, 77.25])
    session.undo()
    assert session.labels_at(0)[0].instance.points[WRIST] == pytest.approx([140.5, before[1]], abs=0.01)
    session.undo()
    assert session.labels_at(0) == []


def open_editor(qtbot, window, row: int, column: int) -> QLineEdit:
    table = window.people.table
    click(qtbot, window, row, column)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(window, row, column))
    editor = next(e for e in table.findChildren(QLineEdit) if e.isVisible())
    editor.selectAll()
    return editor


def test_an_editor_of_a_frame_left_behind_edits_nobody(qtbot, window):
    session = window.session
    editor = open_editor(qtbot, window, WRIST, X)
    qtbot.keyClicks(editor, "140.5")
    session.go_to(1)  # the pane follows a moment later
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert session.labels_at(0) == [] and session.labels_at(1) == []


def test_an_editor_is_closed_when_the_frame_changes(qtbot, window):
    table = window.people.table
    editor = open_editor(qtbot, window, WRIST, X)
    qtbot.keyClicks(editor, "140.5")
    window.session.go_to(1)
    qtbot.waitUntil(lambda: table.state() == QAbstractItemView.State.NoState)
    qtbot.waitUntil(lambda: window.people.model.rows[0].x == pytest.approx(true_points(1)[0, 0], abs=0.1))
    assert window.session.labels_at(0) == [] and window.session.labels_at(1) == []
    type_into(qtbot, window, WRIST, X, "150")
    assert window.session.labels_at(1)[0].instance.points[WRIST, 0] == pytest.approx(150)


def test_an_editor_never_edits_another_person_than_it_was_opened_on(qtbot, window):
    session = window.session
    first, second = (
        editing.add_person(session, Instance(true_points(0) + shift)) for shift in ((0.0, 0.0), (40.0, 0.0))
    )
    session.select(first)
    qtbot.waitUntil(lambda: window.people.shown is not None and window.people.shown.ref == first)
    editor = open_editor(qtbot, window, WRIST, X)
    qtbot.keyClicks(editor, "60")
    session.select(second)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.people.table.state() == QAbstractItemView.State.NoState)
    x = {person.ref: person.instance.points[WRIST, 0] for person in session.labels_at(0)}
    assert x[second] == pytest.approx(true_points(0)[WRIST, 0] + 40)


def test_an_editor_is_closed_when_its_person_is_deleted(qtbot, window):
    session = window.session
    ref = editing.add_person(session, Instance(true_points(0)))
    qtbot.waitUntil(lambda: window.people.shown is not None and window.people.shown.ref == ref)
    editor = open_editor(qtbot, window, WRIST, X)
    qtbot.keyClicks(editor, "60")
    editing.delete_frame_labels(session)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.people.table.state() == QAbstractItemView.State.NoState)
    assert session.labels_at(0) == []


def test_a_click_on_the_frame_left_behind_touches_nobody(qtbot, window):
    session = window.session
    session.go_to(1)
    click(qtbot, window, WRIST, VISIBILITY)  # the pane still lists frame 0
    assert session.labels_at(0) == [] and session.labels_at(1) == []
    qtbot.waitUntil(lambda: window.people.model.rows[0].x == pytest.approx(true_points(1)[0, 0], abs=0.1))
    click(qtbot, window, WRIST, VISIBILITY)
    assert len(session.labels_at(1)) == 1


def test_no_number_changes_nothing(qtbot, window):
    type_into(qtbot, window, WRIST, X, "abc")
    assert window.session.labels_at(0) == []


def test_clicking_the_symbol_changes_visibility(qtbot, window):
    window.trigger("label.accept")
    qtbot.waitUntil(lambda: window.people.shown is not None and not window.people.shown.is_prediction)
    click(qtbot, window, WRIST, VISIBILITY)
    assert window.session.labels_at(0)[0].instance.visibility[WRIST] == 1
    qtbot.waitUntil(lambda: window.people.model.rows[WRIST].visibility == 1)
    click(qtbot, window, WRIST, VISIBILITY)
    qtbot.waitUntil(lambda: window.people.model.rows[WRIST].visibility == 2)
    assert window.people.model.rows[WRIST].text(X) != ""


def test_buttons_follow_what_can_be_done(qtbot, window):
    buttons = window.people.buttons
    assert buttons["label.accept"].isEnabled()
    assert not buttons["edit.delete_person"].isEnabled()
    qtbot.mouseClick(buttons["label.accept"], Qt.MouseButton.LeftButton)
    assert len(window.session.labels_at(0)) == 1
    qtbot.waitUntil(lambda: buttons["edit.delete_person"].isEnabled())
    window.session.select(window.session.labels_at(0)[0].ref)
    qtbot.mouseClick(buttons["edit.delete_person"], Qt.MouseButton.LeftButton)
    assert window.session.labels_at(0) == []


def test_thirty_people_are_listed_and_one_is_chosen(qtbot, window):
    for k in range(30):
        editing.add_person(window.session, Instance(true_points(0) + (k * 2.0, 0.0)))
    qtbot.waitUntil(lambda: window.people.people.count() == 30)
    assert window.people.people.height() < 200
    view = window.people.people
    view.scrollToItem(view.item(29))
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualItemRect(view.item(29)).center()
    )
    assert window.session.selection == window.session.labels_at(0)[29].ref
    qtbot.waitUntil(lambda: np.isclose(window.people.model.rows[0].x, true_points(0)[0, 0] + 58.0))


def test_an_empty_frame_offers_what_to_do(qtbot, window):
    window.session.set_layer_visible("first", False)
    qtbot.waitUntil(lambda: window.people.nobody_buttons["predict.video"].isVisible())
    assert not window.people.table.isVisible()
    assert not window.people.nobody_buttons["label.copy_previous"].isVisible()
    window.session.set_tool("select")
    qtbot.mouseClick(window.people.nobody_buttons["label.tool_add"], Qt.MouseButton.LeftButton)
    assert window.session.tool == "add"
    assert QApplication.activeModalWidget() is None
