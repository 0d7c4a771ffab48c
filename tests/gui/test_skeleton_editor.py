"""The skeleton editor, by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from poseapp.app.skeleton_draft import SkeletonDraft
from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.qt import ask_skeleton, theme
from poseapp.qt.dialogs.files import NewProjectDialog
from poseapp.qt.dialogs.skeleton import SkeletonDialog
from poseapp.qt.skeleton_table import COLOR, MIRROR, NAME, SIDE
from tests.gui.answering import answer
from tests.gui.figures import true_points
from tests.gui.hand import drag, move, press

LEFT = Qt.MouseButton.LeftButton
SHIFT, ALT, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def dialog(qtbot, qapp):
    """The editor with a mouse of four keypoints, for no project."""
    theme.apply(qapp, "dark")
    mouse = Skeleton("mouse", ("nose", "left_ear", "right_ear", "tail"), ((0, 3),), ((1, 2),))
    made = SkeletonDialog(None, SkeletonEditor(SkeletonDraft.of(mouse)))
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def at(dialog: SkeletonDialog, key: int) -> QPoint:
    return dialog.canvas.position_of(key).toPoint()


def names(dialog: SkeletonDialog) -> list[str]:
    return [p.name for p in dialog.editor.draft.points]


def cell(dialog: SkeletonDialog, row: int, column: int) -> QPoint:
    return dialog.table.visualRect(dialog.table.rows.index(row, column)).center()


def test_a_keypoint_is_dragged_and_ctrl_z_puts_it_back(dialog):
    before = dialog.editor.draft
    drag(dialog.canvas, at(dialog, 0), at(dialog, 0) + QPoint(60, 40))
    assert dialog.editor.draft.at(0).x > before.at(0).x and dialog.editor.selected == 0
    press(dialog.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.editor.draft == before
    dialog.redo_button.click()
    assert dialog.editor.draft.at(0).y > before.at(0).y


def test_edges_are_drawn_and_deleted(dialog):
    canvas = dialog.canvas
    drag(canvas, at(dialog, 0), at(dialog, 1), SHIFT)
    assert (dialog.editor.draft.edges[-1].start, dialog.editor.draft.edges[-1].end) == (0, 1)
    dialog.picture.modes.buttons()[1].click()
    drag(canvas, at(dialog, 1), at(dialog, 1) + QPoint(0, 150))  # ends on nothing
    assert len(dialog.editor.draft.edges) == 2
    middle = (at(dialog, 0) + at(dialog, 3)) / 2
    move(canvas, middle)
    QTest.mouseClick(canvas, LEFT, NONE, middle)
    assert [(e.start, e.end) for e in dialog.editor.draft.edges] == [(0, 1)]


def test_a_double_click_adds_and_del_removes(dialog):
    area = dialog.canvas.rect()
    QTest.mouseDClick(dialog.canvas, LEFT, NONE, QPoint(area.width() // 2, area.height() - 60))
    assert len(names(dialog)) == 5 and dialog.editor.selected == 4
    press(dialog.canvas, Qt.Key.Key_Left)
    assert dialog.editor.draft.at(4).x < 0.5
    press(dialog.canvas, Qt.Key.Key_Delete)
    assert len(names(dialog)) == 4


def test_names_are_typed_in_place_and_errors_are_said(dialog):
    table = dialog.table
    QTest.mouseClick(table.viewport(), LEFT, NONE, cell(dialog, 3, NAME))
    press(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.setText("nose")
    press(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert dialog.summary.text() == "Two keypoints are called 'nose'; rename one."
    assert not dialog.accept_button.isEnabled() and not dialog.save_button.isEnabled()
    press(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.accept_button.isEnabled()
    dialog.name.setFocus()
    dialog.name.selectAll()
    press(dialog.name, Qt.Key.Key_Delete)
    assert dialog.summary.text() == "Give the skeleton a name."


def test_rows_are_ordered_by_keys_and_by_dragging(dialog):
    dialog.table.setFocus()
    QTest.mouseClick(dialog.table.viewport(), LEFT, NONE, cell(dialog, 3, NAME))
    press(dialog.table, Qt.Key.Key_Up, ALT)
    assert names(dialog) == ["nose", "left_ear", "tail", "right_ear"]
    rows = dialog.table.rows
    data = rows.mimeData([rows.index(2, NAME)])
    rows.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, rows.index(-1, -1))
    assert (
        names(dialog) == ["tail", "nose", "left_ear", "right_ear"] and dialog.editor.draft.edges[0].end == 3
    )


def test_sides_partners_and_colours(dialog):
    rows = dialog.table.rows
    rows.setData(rows.index(1, SIDE), "right")
    assert dialog.editor.draft.side(1) == "right" and rows.index(2, SIDE).data() == "Left"
    rows.setData(rows.index(1, MIRROR), None)
    assert rows.index(2, SIDE).data() == "Middle"
    assert not rows.flags(rows.index(2, SIDE)) & Qt.ItemFlag.ItemIsEditable
    dialog.guess_button.click()
    assert rows.index(1, SIDE).data() == "Left"
    menu = dialog.color_menu(0)
    next(a for a in menu.actions() if a.text() == "Green").trigger()
    assert rows.index(0, COLOR).data() == "#4cc38a" == dialog.editor.draft.skeleton().color_of(0)
    menu.actions()[0].trigger()
    assert dialog.editor.draft.skeleton().colors == ()


def test_edges_by_keyboard_alone(dialog):
    dialog.editor.select(1)
    dialog._fill_connect()
    actions = {a.text(): a for a in dialog.connect_button.menu().actions()}
    assert not actions["tail"].isChecked()
    actions["tail"].trigger()
    assert dialog.editor.draft.edges[-1].joins(1, 3)


def test_templates_and_files(dialog, tmp_path, monkeypatch):
    out = tmp_path / "own"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(out), ""))
    dialog.save_button.click()
    assert Skeleton.from_toml(tmp_path / "own.toml").keypoints[0] == "nose"
    template = next(a for a in dialog.template.menu().actions() if a.text().startswith("hand21"))
    template.trigger()
    assert len(names(dialog)) == 21 and dialog.name.text() == "hand21"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(tmp_path / "own.toml"), ""))
    dialog._on_load()
    assert len(names(dialog)) == 4
    (tmp_path / "own.toml").write_text("name = 3")
    dialog._on_load()
    assert "needs `name`" in dialog.summary.text() and len(names(dialog)) == 4


def test_the_projects_skeleton_is_changed_with_its_labels(open_window, project_path: Path):
    with Project.open(project_path) as project:
        project.push(AddInstance(1, 0, Instance(true_points(0))))
    window = open_window(project_path)
    session = window.session
    example = ask_skeleton.example_of(session)
    assert example is not None and np.nanmax(example.points) < 1 and example.image.width() == 640

    def work(dialog) -> None:
        assert isinstance(dialog, SkeletonDialog)
        assert not dialog.accept_button.isEnabled() and dialog.summary.text() == "Nothing is changed."
        editor = dialog.editor
        editor.do("Rename", editor.draft.rename(9, "left_hand"))
        editor.select(16)
        editor.remove()
        assert dialog.accept_button.text() == "Apply and remove 1 label"
        dialog.picture.take_pose.click()
        dialog.accept_button.click()

    trouble = answer(work)
    window.trigger("edit.skeleton")
    assert not trouble
    assert session.skeleton.keypoints[9] == "left_hand" and session.skeleton.num_keypoints == 16
    (label,) = session.labels_at(0)
    assert np.allclose(label.instance.points, true_points(0)[:16])
    assert len(session.skeleton.pose) == 16
    window.trigger("edit.undo")
    assert session.skeleton == load_skeleton("coco17")
    assert np.allclose(session.labels_at(0)[0].instance.points, true_points(0))


def test_predictions_of_the_old_skeleton_are_still_shown(open_window, predicted_path: Path):
    window = open_window(predicted_path)
    session = window.session
    before = session.instances_on_screen()[0].instance.points
    editor = SkeletonEditor.for_project(session.project)
    editor.do("", editor.draft.rename(9, "hand").move(9, 0))
    from poseapp.app.commands import edit_skeleton

    edit_skeleton(session, editor.draft.skeleton(), editor.draft.renamed())
    shown = session.instances_on_screen()[0]
    assert shown.is_prediction and np.allclose(shown.instance.points[0], before[9])
    session.undo()
    assert np.allclose(session.instances_on_screen()[0].instance.points, before)


def test_a_new_project_with_a_skeleton_of_ones_own(qtbot, qapp, tmp_path):
    own = Skeleton("mine", ("a", "b"))
    asked = []
    dialog = NewProjectDialog(
        None, tmp_path, [("coco17", "coco17")], "coco17", lambda parent, start: asked.append(start) or own
    )
    qtbot.addWidget(dialog)
    dialog.make_button.click()
    assert dialog.skeleton.currentText() == "mine · 2 keypoints · your own"
    assert dialog.values()["skeleton"] is own
    dialog.make_button.click()
    assert asked == [None, own] and dialog.skeleton.count() == 2
    dialog.skeleton.setCurrentIndex(1)
    assert dialog.values()["skeleton"] == "coco17"
