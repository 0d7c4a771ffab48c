"""Exports beside the window: their strip in the status bar, cancel, trouble, and quitting meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from poseapp.app import commands
from poseapp.app.background import Task, in_background, tasks_of
from tests.gui.answering import answer


class Export:
    """An export that goes on until it is told to end."""

    def __init__(self, session) -> None:
        self.going, self.end = threading.Event(), threading.Event()
        self.thread = in_background(
            session, "Writing m.mp4", "Movie written: m.mp4", self.work, cancellable=True
        )

    def work(self, task: Task) -> None:
        while not self.end.wait(0.02):
            task.report(30, 120)
            self.going.set()


@pytest.fixture
def export(qtbot, window, open_window, predicted_path) -> Iterator[Export]:
    opened = open_window(predicted_path)
    made = Export(opened.session)
    assert made.going.wait(20)
    yield made
    made.end.set()
    made.thread.join()


def press(text: str) -> list[str]:
    """Press a button of the next question; returns the question."""
    asked: list[str] = []

    def step(box: QWidget) -> None:
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        next(b for b in box.buttons() if b.text().replace("&", "") == text).click()

    answer(step)
    return asked


def test_progress_is_shown_and_the_movie_can_be_cancelled(qtbot, window, export):
    strip = window.status.tasks
    qtbot.waitUntil(strip.isVisible)
    qtbot.waitUntil(lambda: "30 / 120" in strip.words.text() and "left" in strip.words.text())
    assert strip.bar.value() == strip.bar.maximum() // 4
    qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not strip.isVisible())
    qtbot.waitUntil(lambda: "cancelled" in window.status.action.text())
    assert not window.notice.wanted


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_in_an_export_reaches_the_notice_strip(qtbot, window, open_window, predicted_path):
    open_window(predicted_path)

    def work(_task: Task) -> None:
        raise IndexError("list index out of range")

    in_background(window.session, "Writing m.mp4", "done", work).join()
    qtbot.waitUntil(lambda: "list index out of range" in window.notice.text.text())
    assert window.notice.wanted
    assert not window.status.tasks.isVisible()


def test_a_movie_that_cannot_be_written_is_said(qtbot, window, open_window, predicted_path, tmp_path):
    open_window(predicted_path)
    commands.render_movie(window.session, tmp_path / "no folder" / "m.mp4").join()
    qtbot.waitUntil(lambda: "m.mp4" in window.notice.text.text())


def test_quitting_meanwhile_asks_and_can_be_taken_back(window, export):
    asked = press("Cancel")
    assert not window.close()
    assert asked == ["Writing m.mp4 is not finished."]
    assert window.isVisible()
    assert window.session.project is not None
    assert export.thread.is_alive()


def test_quitting_can_stop_the_export(window, export):
    press("Stop and quit")
    assert window.close()
    assert not export.thread.is_alive()
    assert tasks_of(window.session).active == []


def test_quitting_can_wait_for_the_export(qtbot, window, export):
    press("Quit when finished")
    assert not window.close()
    assert window.isVisible()
    export.end.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.session.project is None


def test_an_export_that_is_about_to_end_is_not_asked_about(window, open_window, predicted_path):
    open_window(predicted_path)
    close = threading.Event()
    thread = in_background(window.session, "Writing m.csv", "done", lambda _task: close.wait(0.1))
    assert window.close()
    assert not thread.is_alive()
