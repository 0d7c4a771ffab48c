"""Shared work in the real window: merging, packing, finding videos, two windows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from poseapp.labels.edits import AddInstance, MoveKeypoint
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.qt.dialogs.merge import MergeDialog
from tests.gui.answering import answer
from tests.gui.figures import true_points


@pytest.fixture
def two(project_path: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A project and a copy: the left wrist of frames 3 and 4 was moved in both, that of frame 5 only there;
    frame 9 was labelled only there."""
    with Project.open(project_path) as project:
        for frame in (3, 4, 5):
            project.push(AddInstance(1, frame, Instance(true_points(frame))))
    other = tmp_path / "anna.pose"
    shutil.copytree(project_path, other)
    for path, shift in ((project_path, 5.0), (other, -9.0)):
        with Project.open(path) as project:
            for frame in (3, 4) if path == project_path else (3, 4, 5):
                person = project.instances(1, frame)[0]
                x, y = person.points[9] + shift
                project.push(MoveKeypoint(person.id, 9, float(x), float(y)))
    with Project.open(other) as project:
        project.push(AddInstance(1, 9, Instance(true_points(9))))
    return project_path, other


def test_conflicts_are_decided_side_by_side(open_window, two, monkeypatch, qtbot):
    mine, other = two
    window = open_window(mine)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_kw: str(other))

    def step(dialog):
        assert isinstance(dialog, MergeDialog)
        qtbot.waitUntil(lambda: dialog.plan is not None)
        assert "<b>1</b> to add" in dialog.lead.text() and "<b>2</b> to decide" in dialog.lead.text()
        qtbot.waitUntil(lambda: dialog.pictures._image is not None)
        assert not dialog.accept_button.isEnabled()
        QTest.keyClick(dialog.list, Qt.Key.Key_2)
        assert dialog.list.currentRow() == 1 and dialog.left_label.text() == "1 of 2 left to decide"
        QTest.keyClick(dialog.list, Qt.Key.Key_1)
        assert dialog.choices == ["theirs", "mine"] and dialog.accept_button.text() == "Merge 3 people"
        dialog.accept_button.click()

    trouble = answer(step)
    window.trigger("file.merge_project")
    assert trouble == []
    project = window.session.project
    assert project is not None
    wrists = {k: project.instances(1, k)[0].points[9] - true_points(k)[9] for k in (3, 4, 5)}
    assert [float(wrists[k][0].round(6)) for k in (3, 4, 5)] == [-9.0, 5.0, -9.0]
    assert project.labelled_frames(1).tolist() == [3, 4, 5, 9]
    window.trigger("edit.undo")
    assert project.labelled_frames(1).tolist() == [3, 4, 5]


def test_what_cannot_be_merged_is_said_in_the_dialog(open_window, two, tmp_path, monkeypatch, qtbot):
    window = open_window(two[0])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_kw: str(tmp_path))

    def step(dialog):
        qtbot.waitUntil(lambda: "There is no project" in dialog.lead.text())
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    trouble = answer(step)
    window.trigger("file.merge_project")
    assert trouble == []


def test_pack_unpack_and_open(open_window, two, tmp_path, monkeypatch, qtbot):
    window = open_window(two[1])

    def step(dialog):
        assert "4 labelled frames" in dialog._note.text()
        dialog.place.line.setText(str(tmp_path / "sent"))
        dialog.accept_button.click()

    trouble = answer(step)
    window.trigger("file.pack_project")
    assert trouble == []
    qtbot.waitUntil(lambda: (tmp_path / "sent.posepack").exists(), timeout=20000)
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *_args, **_kw: (str(tmp_path / "sent.posepack"), "")
    )
    window.trigger("file.unpack_project")
    qtbot.waitUntil(lambda: Path(window.session.project.path).name == "sent.pose", timeout=20000)
    assert window.session.num_frames == 4 and len(window.session.labelled_frames()) == 4


def test_a_moved_video_is_found_in_a_folder(window, project_path, tmp_path, monkeypatch, qtbot):
    with Project.open(project_path) as project:
        clip = project.resolve(1)
    assert clip is not None
    archive = tmp_path / "archive" / "deep"
    archive.mkdir(parents=True)
    shutil.copy(clip, archive / "renamed.mp4")
    with Project.open(project_path) as project, project._writing():
        project._db.execute("UPDATE video SET rel_path = 'gone.mp4', abs_path = '/gone.mp4'")
    assert window.open_path(project_path)
    qtbot.waitUntil(lambda: "is not where it was" in window.video.canvas.notice)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path / "archive"))
    window.trigger("file.find_videos")
    qtbot.waitUntil(lambda: window.session.video_path is not None, timeout=20000)
    assert window.session.video_path.name == "renamed.mp4"


def test_a_second_window_reads_and_takes_over(open_window, project_path, qtbot):
    first = Project.open(project_path)
    window = open_window(project_path)
    assert window.session.read_only and window.status.saved.text() == "Read-only"
    assert window.notice.wanted and "Read-only" in window.notice.text.text()
    first.push(AddInstance(1, 2, Instance(true_points(2))))
    qtbot.waitUntil(lambda: len(window.session.labelled_frames()) == 1, timeout=6000)
    button = next(b for b in window.notice.findChildren(QPushButton) if b.text() == "Edit here")
    button.click()
    assert window.session.read_only  # still open elsewhere
    first.close()
    window.trigger("file.edit_here")
    assert not window.session.read_only and window.status.saved.text() == "Saved"
