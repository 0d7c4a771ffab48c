"""Select and change, by the real dialog on a real project."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from poseapp.app import commands as do
from poseapp.app.background import tasks_of
from poseapp.app.bulk import BulkSelection
from poseapp.app.commands import bulk as bulk_commands
from poseapp.cli import main
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.qt.dialogs.bulk import BulkDialog
from tests.gui.answering import answer
from tests.gui.figures import NUM_FRAMES, true_points


@pytest.fixture
def session(open_window, predicted_path: Path):
    """A window on 24 predicted frames, doubtful from 15 on, and labels in frames 2 and 20."""
    with Project.open(predicted_path) as project:
        for frame, track in ((2, None), (20, 5)):
            project.push(AddInstance(1, frame, Instance(true_points(frame), track_id=track)))
    return open_window(predicted_path).session


@pytest.fixture
def dialog(session, qtbot):
    selection = BulkSelection(session.project.path)
    made = BulkDialog(session, None, selection)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.answer is not None)
    yield made
    selection.close()


def choose(box, value) -> None:
    at = box.findData(value)
    assert at >= 0, value
    box.setCurrentIndex(at)


def settled(dialog: BulkDialog, qtbot) -> BulkDialog:
    qtbot.waitUntil(lambda: dialog.answer is not None and not dialog.busy.isVisible())
    return dialog


def test_the_count_follows_the_fields_and_the_button_says_what_will_be_done(dialog, qtbot):
    assert dialog.count.text() == "2 people in 2 frames of 1 video"
    assert dialog.accept_button.text() == "Delete 2 people in 1 video"
    choose(dialog.filters.frames, "span")
    dialog.filters.first.setValue(10)
    assert settled(dialog, qtbot).count.text() == "1 person in 1 frame of 1 video"
    choose(dialog.filters.track, "5")
    choose(dialog.verb, "hide")
    choose(dialog.keypoint, "left_knee")
    assert settled(dialog, qtbot).accept_button.text() == "Hide left knee of 1 person in 1 video"
    choose(dialog.filters.track, "none")
    assert settled(dialog, qtbot).accept_button.text() == "Nobody to change"
    assert not dialog.accept_button.isEnabled() and dialog.list.topLevelItemCount() == 0


def test_whom_it_does_not_change_is_told_apart(dialog, qtbot):
    choose(dialog.verb, "track")
    dialog.track.setValue(5)
    settled(dialog, qtbot)
    assert dialog.accept_button.text() == "Put 1 person in 1 video on track 5"
    assert dialog.note.text() == "1 will change, 1 are that way already."


def test_a_row_shows_its_frame_in_the_window(dialog, session, qtbot):
    dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
    assert session.frame_idx == 20


def test_frames_chosen_on_the_timeline_are_meant(session, qtbot):
    session.set_range(15, 24)
    selection = BulkSelection(session.project.path)
    made = BulkDialog(session, None, selection)
    qtbot.addWidget(made)
    made.show()
    assert settled(made, qtbot).count.text() == "1 person in 1 frame of 1 video"
    assert made.question().query.videos == (1,) and made.question().query.frames == (15, 24)
    selection.close()


def test_the_command_does_the_same(dialog, session, qtbot, capsys):
    choose(dialog.filters.what, "predictions")
    dialog.filters.score.below.setValue(0.5)
    assert settled(dialog, qtbot).accept_button.text() == "Delete 8 predictions in 1 video"  # 20 has a label
    words = shlex.split(dialog.command())[1:]
    assert main([*words, "--dry-run"]) == 0
    assert "Delete 8 predictions in 1 video" in capsys.readouterr().out


def test_predictions_are_deleted_shown_no_more_and_come_back(session, qtbot):
    window = QApplication.activeWindow() or next(
        w for w in QApplication.topLevelWidgets() if w.objectName() == "window"
    )

    def work(made) -> None:
        assert isinstance(made, BulkDialog)
        choose(made.filters.what, "predictions")
        made.filters.score.below.setValue(0.5)
        settled(made, qtbot)
        made.accept_button.click()

    qtbot.waitUntil(lambda: 15 in session.doubtful_frames())
    trouble = answer(work)
    window.trigger("edit.bulk")
    assert not trouble
    session.go_to(17)
    assert session.instances_on_screen() == []
    frames, scores = session.score_curve()
    assert len(frames) == NUM_FRAMES and np.isnan(scores[17]) and np.isfinite(scores[3])
    qtbot.waitUntil(lambda: 15 not in session.doubtful_frames())
    window.trigger("edit.undo")
    assert len(session.instances_on_screen()) == 1
    qtbot.waitUntil(lambda: 15 in session.doubtful_frames())


def test_one_prediction_is_deleted_by_its_key(session):
    session.go_to(5)
    (person,) = session.instances_on_screen()
    session.select(person.ref)
    do.delete_person(session)
    assert session.instances_on_screen() == [] and session.project.undo_text == "Delete 1 prediction"
    session.undo()
    assert len(session.instances_on_screen()) == 1


def test_many_are_changed_beside_the_window_and_can_be_cancelled(session, qtbot, monkeypatch):
    monkeypatch.setattr(bulk_commands, "AT_ONCE", 0)
    said = []
    session.message.connect(said.append)
    from poseapp.app.bulk import Question

    for cancelled in (True, False):
        selection = BulkSelection(session.project.path)
        selection.ask(Question())
        qtbot.waitUntil(lambda s=selection: s.answer is not None)
        if cancelled:
            begin = selection.edit

            def edit(answer, report, begin=begin):
                tasks_of(session).active[0].cancel()
                return begin(answer, report)

            monkeypatch.setattr(selection, "edit", edit)
        thread = do.change_people(session, selection, selection.answer)
        qtbot.waitUntil(lambda t=thread: not t.is_alive())
        QApplication.processEvents()
        assert session.project.counts()["instances"] == (2 if cancelled else 0)
    assert any("cancelled" in text for text in said)
    qtbot.waitUntil(lambda: len(session.labelled_frames()) == 0)
    assert session.project.undo() == "Delete 2 people"


def test_every_control_has_a_name_for_screen_readers(dialog):
    from PySide6.QtWidgets import QAbstractSpinBox, QComboBox

    for kind in (QComboBox, QAbstractSpinBox):
        for widget in dialog.findChildren(kind):
            assert widget.accessibleName(), widget
