"""Files dragged over the real window and dropped on it, by the events a desktop sends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from poseapp import api
from poseapp.qt import theme

COPY, LEFT, NO_KEY = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def mime(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(window, *paths):
    data = mime(*paths)
    event = QDragEnterEvent(QPoint(50, 50), COPY, data, LEFT, NO_KEY)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def drop(window, *paths):
    enter(window, *paths)
    data = mime(*paths)
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), COPY, data, LEFT, NO_KEY))


@pytest.fixture
def copies(clip, tmp_path):
    made = [tmp_path / name for name in ("one.mp4", "two.mp4")]
    for path in made:
        path.write_bytes(clip.read_bytes())
    return made


def test_the_veil_says_what_will_happen_and_goes_again(qtbot, window, copies, tmp_path):
    veil = window.drops.veil
    assert enter(window, *copies).isAccepted()
    assert veil.isVisible() and veil.drop.text == "Open 2 videos"
    middle = veil.grab().toImage().pixelColor(veil.width() // 2 - 180, veil.height() // 2 - 30)
    assert middle == theme.color("panel"), "the plate with the words"
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not veil.isVisible() and window.session.project is None
    note = tmp_path / "notes.txt"
    note.write_text("")
    enter(window, note)
    assert veil.isVisible() and veil.drop.text == "" and "notes.txt" in veil.accessibleDescription()
    drop(window, note)
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert not veil.isVisible() and "Not taken: notes.txt: neither" in window.notice.text.text()


def test_text_that_is_no_file_is_left_alone(window):
    data = QMimeData()
    data.setText("hello")
    event = QDragEnterEvent(QPoint(50, 50), COPY, data, LEFT, NO_KEY)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted() and not window.drops.veil.isVisible()


def test_several_videos_are_taken_at_once(qtbot, window, copies):
    drop(window, *copies)
    session = window.session
    qtbot.waitUntil(lambda: session.project is not None and len(session.project.videos) == 2)
    assert [v.name for v in session.project.videos] == ["one.mp4", "two.mp4"]


def test_labels_dropped_on_a_project_are_imported_as_by_the_menu(qtbot, open_window, project_path, tmp_path):
    window = open_window(project_path)
    window.trigger("label.tool_add")
    from poseapp.app import editing
    from poseapp.labels.instance import Instance

    editing.add_person(window.session, Instance([[10.0 + i, 20.0 + i] for i in range(17)]))
    out = tmp_path / "labels.json"
    api.export_labels(project_path, out, format="coco")
    window.trigger("edit.undo")
    assert len(window.session.labelled_frames()) == 0
    enter(window, out)
    assert window.drops.veil.drop.text == "Import labels from labels.json"
    drop(window, out)
    qtbot.waitUntil(lambda: len(window.session.labelled_frames()) == 1)
    assert "Imported" in window.status.action.text() or window.session.project.undo_text


def test_labels_dropped_with_their_video_wait_for_it(
    qtbot, window, copies, project_path, tmp_path, open_window
):
    open_window(project_path)
    from poseapp.app import editing
    from poseapp.labels.instance import Instance

    editing.add_person(window.session, Instance([[10.0 + i, 20.0 + i] for i in range(17)]))
    out = tmp_path / "labels.csv"
    api.export_labels(project_path, out, format="csv")
    window.trigger("file.close_project")
    out.write_text(out.read_text().replace("walk.mp4", "one.mp4"))
    # The same keypoints: nothing has to be asked.
    session = window.session
    session.settings["skeleton"] = "coco17"
    drop(window, copies[0], out)
    qtbot.waitUntil(lambda: session.project is not None and len(session.labelled_frames()) == 1)
