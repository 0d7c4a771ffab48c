"""The dialogs, opened by their commands and answered with keys."""

from __future__ import annotations

import shutil
import threading

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QInputDialog, QLabel, QMessageBox, QWidget

from poseapp.app import editing
from poseapp.errors import ProjectError
from poseapp.labels.instance import Instance
from poseapp.qt import ask
from poseapp.qt.dialogs.files import ExportDialog, NewProjectDialog
from poseapp.qt.dialogs.jobs import FineTuneDialog, PredictDialog
from poseapp.qt.label_check import label_problems
from poseapp.training.checks import LabelProblem, check_labels
from tests.gui.answering import answer
from tests.gui.figures import true_points


@pytest.fixture
def window(open_window, predicted_path):
    return open_window(predicted_path)


def test_go_to_frame(window):
    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, QInputDialog)
        dialog.setIntValue(17)
        dialog.accept()

    trouble = answer(step)
    window.trigger("go.to_frame")
    assert not trouble
    assert window.session.frame_idx == 17


def test_predict_offers_networks_frames_and_devices(window):
    seen = {}

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, PredictDialog)
        assert dialog.accept_button.isDefault()
        seen["all"] = dialog.values()
        dialog.first.setValue(5)
        dialog.last.setValue(9)
        assert dialog.some_frames.isChecked(), "typing a range chooses it"
        seen["some"] = dialog.values()
        dialog.reject()

    trouble = answer(step)
    window.trigger("predict.video")
    assert not trouble
    assert seen["all"] == {"net": "default", "device": "auto"}
    assert seen["some"]["frames"] == (5, 10)
    assert window.session.runs == []


def test_predict_from_here_asks_for_no_frames(window):
    seen = {}

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, PredictDialog)
        seen.update(dialog.values())
        dialog.reject()

    trouble = answer(step)
    window.trigger("predict.from_here")
    assert not trouble
    assert "frames" not in seen


def label(session, frames) -> None:
    for k in frames:
        session.go_to(k)
        editing.add_person(session, Instance(true_points(k)))


def label_outside(session, frame_idx: int) -> None:
    """A label that the check finds fault with."""
    points = true_points(frame_idx)
    points[9] = (5000.0, 20.0)
    session.go_to(frame_idx)
    editing.add_person(session, Instance(points))


def when_checked(dialog: QWidget) -> None:
    """Let the window work until the labels have been looked at."""
    assert isinstance(dialog, FineTuneDialog)
    while dialog.checking.isVisible():
        QApplication.processEvents()


def test_fine_tune_names_bad_labels_and_leads_to_the_frame(window):
    session = window.session
    label(session, (2, 4, 6, 8, 10))
    label_outside(session, 12)
    session.go_to(0)

    def step(dialog: QWidget) -> None:
        when_checked(dialog)
        assert "6 labelled frames" in dialog.lead.text()
        texts = [dialog.problems.item(i).text() for i in range(dialog.problems.count())]
        assert any(text.startswith("walk.mp4, frame 12") for text in texts), "the folder is left out"
        titles = [label.text() for label in dialog.findChildren(QLabel)]
        assert any(title.startswith("1 thing to repair") for title in titles), titles
        wanted = next(
            i for i in range(dialog.problems.count())
            if dialog.problems.item(i).data(0x0100).frame_idx == 12
        )  # fmt: skip
        dialog.problems.setCurrentRow(wanted)
        dialog.problems.itemActivated.emit(dialog.problems.currentItem())
        assert dialog.result() == QDialog.DialogCode.Rejected

    trouble = answer(step)
    window.trigger("train.fine_tune")
    assert not trouble
    assert session.frame_idx == 12
    assert session.runs == []


def test_fine_tune_opens_before_the_labels_have_been_looked_at(window, monkeypatch):
    label(window.session, (2, 4, 6, 8, 10, 12))
    go_on = threading.Event()
    looked_in: list[threading.Thread] = []

    def slow(dataset):
        looked_in.append(threading.current_thread())
        assert go_on.wait(20)
        return check_labels(dataset)

    monkeypatch.setattr("poseapp.training.checks.check_labels", slow)

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, FineTuneDialog)
        assert dialog.checking.isVisible()
        assert not dialog.accept_button.isEnabled()
        go_on.set()
        when_checked(dialog)
        assert dialog.accept_button.isEnabled()
        dialog.reject()

    trouble = answer(step)
    try:
        window.trigger("train.fine_tune")
    finally:
        go_on.set()
    assert not trouble
    assert len(looked_in) == 1
    assert looked_in[0] is not threading.main_thread()


def test_labels_that_cannot_be_read_are_said_in_the_dialog(window, monkeypatch):
    label(window.session, (2, 4, 6))

    def damaged(source):
        raise ProjectError("labels.db is damaged: restore a copy")

    monkeypatch.setattr("poseapp.api.exchange.read_source", damaged)
    monkeypatch.setattr("threading.excepthook", lambda _args: None)

    def step(dialog: QWidget) -> None:
        when_checked(dialog)
        assert any("is damaged" in words.text() for words in dialog.findChildren(QLabel))
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    trouble = answer(step)
    window.trigger("train.fine_tune")
    assert not trouble


@pytest.fixture
def two_walks(qtbot, window, clip, tmp_path):
    """A second video in the project, and the window on the first one."""
    other = tmp_path / "other" / "walk.mp4"
    other.parent.mkdir()
    shutil.copy(clip, other)
    session = window.session
    first = session.video.id
    session.add_video(tmp_path / "other" / ".." / "other" / "walk.mp4")
    qtbot.waitUntil(lambda: session.reading is None)
    second = session.video.id
    label_outside(session, 5)
    session.show_video(first)
    session.go_to(0)
    return first, second


def test_a_problem_leads_to_its_own_video(window, two_walks):
    session = window.session
    problem = next(p for p in label_problems(session.project.path) if p.frame_idx == 5)
    ask.show_problem(session, problem)
    assert session.video.id == two_walks[1]
    assert session.frame_idx == 5


def test_a_problem_leads_to_a_video_that_was_moved_with_its_project(qtbot, window, clip, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(clip, here / name)
    window.session.new_project(here / "two.pose", "coco17", [here / "a.mp4", here / "b.mp4"])
    qtbot.waitUntil(lambda: len(window.session.project.videos) == 2)
    a, b = (v.id for v in window.session.project.videos)
    window.session.show_video(b)
    label_outside(window.session, 7)
    window.session.close()
    here.rename(tmp_path / "there")
    session = window.session
    session.open(tmp_path / "there" / "two.pose")
    session.show_video(a)
    problem = next(p for p in label_problems(session.project.path) if p.frame_idx == 7)
    ask.show_problem(session, problem)
    assert (session.video.id, session.frame_idx) == (b, 7)


def test_a_problem_of_an_unknown_video_leads_nowhere(window):
    session = window.session
    session.go_to(3)
    ask.show_problem(session, LabelProblem("outside", "elsewhere", 0, 9, "/nowhere/else.mp4"))
    assert session.frame_idx == 3


def test_fine_tune_needs_labels(window):
    def step(dialog: QWidget) -> None:
        when_checked(dialog)
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    trouble = answer(step)
    window.trigger("train.fine_tune")
    assert not trouble


def test_export_writes_the_file(qtbot, window, tmp_path):
    window.trigger("label.accept")
    out = tmp_path / "out.json"

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        assert dialog.what.currentData() == "labels"
        dialog.format.setCurrentIndex(dialog.format.findData("coco"))
        dialog.place.line.setText(str(out))
        dialog.accept()

    trouble = answer(step)
    window.trigger("file.export_labels")
    assert not trouble
    qtbot.waitUntil(out.exists)
    qtbot.waitUntil(lambda: "out.json" in window.status.action.text())


def test_export_of_predictions_has_every_frame(qtbot, window, tmp_path):
    out = tmp_path / "all.csv"

    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        dialog.what.setCurrentIndex(dialog.what.findData("first"))
        dialog.format.setCurrentIndex(dialog.format.findData("csv"))
        dialog.place.line.setText(str(out))
        dialog.accept()

    trouble = answer(step)
    window.trigger("file.export_labels")
    assert not trouble
    qtbot.waitUntil(out.exists)
    assert len(out.read_text().splitlines()) == 1 + 24 * 17


def test_deleting_all_labels_asks_first(window):
    window.trigger("label.accept")

    def keep(dialog: QWidget) -> None:
        assert isinstance(dialog, QMessageBox)
        assert dialog.defaultButton().text().replace("&", "") == "Cancel"
        dialog.reject()

    def delete(dialog: QWidget) -> None:
        assert isinstance(dialog, QMessageBox)
        next(b for b in dialog.buttons() if b.text().replace("&", "") == "Delete").click()

    trouble = answer(keep)
    window.trigger("edit.delete_video_labels")
    assert not trouble and len(window.session.labelled_frames()) == 1
    trouble = answer(delete)
    window.trigger("edit.delete_video_labels")
    assert not trouble and len(window.session.labelled_frames()) == 0
    window.session.undo()
    assert len(window.session.labelled_frames()) == 1


def test_new_project_refuses_a_name_that_is_taken(window, tmp_path, project_path):
    def step(dialog: QWidget) -> None:
        assert isinstance(dialog, NewProjectDialog)
        dialog.place.line.setText(str(project_path))
        dialog.accept()
        assert dialog.isVisible()
        dialog.place.line.setText(str(tmp_path / "fresh"))
        dialog.skeleton.setCurrentIndex(dialog.skeleton.findData("mpii16"))
        dialog.accept()

    trouble = answer(step)
    window.trigger("file.new_project")
    assert not trouble
    assert window.session.project.path == tmp_path / "fresh.pose"
    assert window.session.project.skeleton.name == "mpii16"
