"""Trouble under an open window: a full disk, folders that go, a second window, clocks that jump."""

from __future__ import annotations

import shutil
import time

import pytest

from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance, ImportInstances
from poseapp.labels.instance import Instance
from tests.gui.figures import true_points
from tests.labels.material import dump


@pytest.fixture
def labelled(open_window, project_path):
    """The window on a project with a selected person in frame 0."""
    window = open_window(project_path)
    session = window.session
    session.push(AddInstance(session.video.id, 0, Instance(true_points(0))))
    session.select(session.labels_at(0)[0].ref)
    return window


def wrist(session):
    return session.project.instances(session.video.id, 0)[0].points[9].tolist()


def said(window):
    """What the notice says: one line, or "" while there is none."""
    text = window.notice.text.text() if window.notice.wanted else ""
    assert "\n" not in text
    return text


def test_a_full_disk_is_said_once_and_the_work_goes_on_when_there_is_room(labelled, qtbot):
    session, project = labelled.session, labelled.session.project
    people = [(session.video.id, k % 20, Instance(true_points(k % 20) + k)) for k in range(300)]
    pages = project._db.execute("PRAGMA page_count").fetchone()[0]
    project._db.execute(f"PRAGMA max_page_count = {pages}")
    before = dump(project)
    with pytest.raises(PoseError, match=r"^The edit was not kept, .* full\.$"):
        session.push(ImportInstances(people))
    for _ in range(60):  # small edits fill the last pages
        labelled.trigger("label.swap_sides")
        if said(labelled):
            break
    assert "not kept" in said(labelled) and labelled.isVisible()
    project._db.execute("PRAGMA max_page_count = 1000000")
    at = wrist(session)
    labelled.trigger("label.swap_sides")
    assert wrist(session) != at
    while project.undo_text and project.undo_text.startswith("Swap"):
        session.undo()
    assert dump(project) == before


def test_a_project_folder_that_goes_while_it_is_open(labelled, project_path, qtbot):
    session = labelled.session
    away = project_path.with_name("elsewhere.pose")
    at = wrist(session)
    project_path.rename(away)
    labelled.trigger("label.swap_sides")
    session.poll_runs()
    session.reload_predictions()
    session.go_to(5)
    qtbot.wait(50)
    kept = wrist(session) != at
    # Either the edit is kept where the folder is now, or it is said that it was not.
    assert kept or "not kept" in said(labelled)
    away.rename(project_path)
    labelled.trigger("label.swap_sides")
    assert labelled.isVisible()
    now = wrist(session)
    session.close()
    session.open(project_path)
    assert wrist(session) == now


def test_a_video_that_goes_while_it_is_open_leaves_the_labels_to_work_on(
    labelled, project_path, tmp_path, qtbot
):
    session = labelled.session
    clip = session.video_path
    copy = tmp_path / "own.mp4"
    shutil.copy(clip, copy)
    session.add_video(copy)
    qtbot.waitUntil(lambda: session.reading is None and session.num_frames == 24)
    session.push(AddInstance(session.video.id, 3, Instance(true_points(3))))
    copy.rename(tmp_path / "gone.mp4")
    for k in (3, 20, 7):
        session.go_to(k)
        qtbot.wait(20)
    session.show_video(session.video.id)
    qtbot.wait(100)
    assert len(session.labels_at(3)) == 1 and labelled.isVisible()
    session.push(AddInstance(session.video.id, 3, Instance(true_points(3) + 5)))
    assert len(session.labels_at(3)) == 2


def test_a_second_window_looks_on_and_is_refused_in_one_line(labelled, project_path):
    second, told = Session(Settings(), RecentFiles()), []
    second.message.connect(told.append)
    second.open(project_path)
    try:
        assert second.read_only and any(text.startswith("Read-only: it is open elsewhere") for text in told)
        with pytest.raises(PoseError, match="^this project is read-only: it is open elsewhere"):
            second.push(AddInstance(1, 1, Instance(true_points(1))))
        labelled.trigger("label.swap_sides")
        second.poll_runs()
        assert wrist(second) == wrist(labelled.session)
    finally:
        second.close()


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_jumps_changes_nothing(labelled, monkeypatch, hours, qtbot):
    session, real, at = labelled.session, time.time, wrist(labelled.session)
    monkeypatch.setattr(time, "time", lambda: real() + 3600 * hours)
    labelled.trigger("label.swap_sides")
    assert wrist(session) != at
    session.poll_runs()
    session.go_to(4)
    qtbot.wait(20)
    assert session.project.undo_text.startswith("Swap")
    labelled.trigger("edit.undo")
    assert wrist(session) == at and not said(labelled)


def test_a_damaged_person_is_said_and_the_other_frames_are_there(labelled, project_path):
    session, told = labelled.session, []
    session.push(AddInstance(session.video.id, 1, Instance(true_points(1))))
    session.project._db.execute("UPDATE instance SET visibility = x'02' WHERE frame_idx = 1")
    session.failed.connect(told.append)
    session.go_to(1)
    assert session.instances_on_screen() == []
    session.go_to(0)
    assert len(session.instances_on_screen()) == 1
    assert told and all(text.startswith("Person number 2 is damaged") for text in told)
