"""The start page, the sample and its tour."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from poseapp.paths import resources_dir
from poseapp.qt.panes.start import ago
from poseapp.qt.tour import CLOSED, CORRECTIONS, steps_done


def test_recent_projects_are_listed_and_open_with_a_click(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.trigger("file.close_project")
    row = window.start.findChild(object, f"recent:{project_path}")
    assert row is not None
    qtbot.waitUntil(row.isVisible)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert window.session.project is not None
    assert window.session.project.path == project_path


def test_recent_shows_the_picture_that_was_kept(qtbot, window, open_window, project_path):
    open_window(project_path)
    kept = project_path / "cache" / "thumbnails"
    qtbot.waitUntil(lambda: kept.is_dir() and any(kept.glob("*.jpg")))
    window.trigger("file.close_project")
    row = window.start.findChild(object, f"recent:{project_path}")
    image = row.grab().toImage()
    # The clip's grey wall, in the middle of the small picture.
    shown = image.pixelColor(14, image.height() // 2)
    assert abs(shown.red() - 90) < 30 and abs(shown.green() - 90) < 30


def test_doors_are_reached_by_keyboard(qtbot, window):
    window.activateWindow()
    first = window.start.doors["file.open_video"]
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert window.start.doors["file.open_images"].hasFocus()


def test_a_project_that_is_gone_is_greyed_and_can_be_taken_off(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.trigger("file.close_project")
    moved = project_path.with_name("moved.pose")
    project_path.rename(moved)
    window.start.refresh()
    row = window.start.findChild(object, f"recent:{project_path}").parentWidget()
    qtbot.waitUntil(row.isVisible)
    assert not row.door.isEnabled() and row.remove.isVisible()
    qtbot.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    assert window.session.recent.projects == []
    assert window.start.findChild(object, f"recent:{project_path}") is None


def test_del_takes_a_project_off_the_list(qtbot, window, open_window, project_path):
    open_window(project_path)
    window.trigger("file.close_project")
    door = window.start.findChild(object, f"recent:{project_path}")
    assert "Just now" in door.accessibleName() and not door.parentWidget().remove.isVisible()
    qtbot.keyClick(door, Qt.Key.Key_Delete)
    assert window.session.recent.entries == [] and project_path.exists()


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(5, "Just now"), (100, "1 minute ago"), (7300, "2 hours ago"), (86400 * 1.5, "Yesterday"),
     (86400 * 3, "3 days ago"), (86400 * 8, "1 week ago"), (86400 * 400, "20")],
)  # fmt: skip
def test_when_it_was_opened_is_said_in_words(seconds, wanted):
    assert wanted in ago(time.time() - seconds)


@pytest.mark.skipif(not (resources_dir() / "sample" / "clip.mp4").exists(), reason="the sample is not there")
def test_the_sample_opens_with_its_tour(qtbot, window):
    qtbot.mouseClick(window.start.doors["file.open_sample"], Qt.MouseButton.LeftButton)
    session = window.session
    assert session.project is not None and session.project.path.name == "sample.pose"
    assert window.guide.isVisible()
    assert window.guide.button.objectName() == "predict.video"
    assert steps_done(session) == [False] * 5
    from poseapp.app import editing
    from poseapp.labels.instance import Instance

    num = session.skeleton.num_keypoints
    for k in range(CORRECTIONS):
        session.go_to(k)
        editing.add_person(session, Instance([[10.0 + i, 20.0 + i] for i in range(num)]))
    assert steps_done(session) == [False, True, False, False, False]
    window.guide.note_export()
    assert steps_done(session)[4]
    assert "✓" in window.guide.chips[1].text() and "✓" not in window.guide.chips[0].text()
    window.guide._on_close()
    assert not window.guide.isVisible()
    assert session.project.setting(CLOSED, False)


def test_two_people_open_with_their_true_poses_and_as_they_were_left(qtbot, window):
    qtbot.mouseClick(window.start.doors["file.open_crossing"], Qt.MouseButton.LeftButton)
    session = window.session
    assert session.project is not None and session.project.path.name == "cross.pose"
    assert not window.guide.isVisible()
    assert len(session.labelled_frames()) == session.num_frames == 150
    session.go_to(75)
    people = [person.instance for person in session.instances_on_screen()]
    assert sorted(person.track_id for person in people) == [1, 2]
    # The man runs to the right of the woman and stands nearer, so larger.
    (woman, man) = sorted(people, key=lambda person: person.track_id)
    assert man.points[:, 0].mean() > woman.points[:, 0].mean() + 40
    from poseapp.labels.edits import DeleteInstances

    session.project.push(DeleteInstances([man.id]))
    window.trigger("file.close_project")
    qtbot.mouseClick(window.start.doors["file.open_crossing"], Qt.MouseButton.LeftButton)
    assert session.project is not None and len(session.labels_at(75)) == 1


def test_other_projects_have_no_tour(window, open_window, project_path):
    open_window(project_path)
    assert not window.guide.isVisible()
