"""The review pane, with mouse and keys in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
from poseapp.qt.tab_badge import Badge
from poseapp.qt.window import Window
from tests.gui.figures import NUM_FRAMES, true_points
from tests.gui.hand import LEFT, NO_KEY, drag, press

WRIST, JUMP, FAINT = 9, 8, 18


@pytest.fixture
def review(qtbot: QtBot, open_window: Callable[[Path], Window], project_path: Path, clip: Path) -> Window:
    """The left wrist leaps in frame 8; the person of frame 18 is unsure."""
    folder = project_path / "predictions"
    folder.mkdir(exist_ok=True)
    with PredictionWriter(folder / "first.h5", load_skeleton("coco17"), [str(clip)], net="x") as writer:
        for k in range(NUM_FRAMES):
            points = true_points(k)
            points[WRIST] += (60.0, 0.0) if k == JUMP else 0.0
            scores = np.full(17, 0.2 if k == FAINT else 0.9, np.float32)
            writer.append(0, k, [Instance(points, scores=scores, source="prediction:first")])
    window = open_window(project_path)
    window.show_pane("review")
    qtbot.waitUntil(lambda: window.review.model.rowCount() == 2)
    return window


def badge(window: Window) -> int:
    for bar in window.findChildren(QTabBar):
        for at in range(bar.count()):
            if bar.tabText(at) == "Review":
                found = bar.tabButton(at, QTabBar.ButtonPosition.RightSide)
                return found.number if isinstance(found, Badge) else 0
    raise AssertionError("no tab")


def row_place(window: Window, row: int) -> QPoint:
    pane = window.review
    return pane.list.visualRect(pane.model.index(row)).center()


def test_rows_say_what_is_wrong_and_the_tab_counts_them(review: Window, qtbot: QtBot) -> None:
    pane = review.review
    words = [pane.model.index(row).data() for row in range(2)]
    assert words[0].startswith(f"Frame {JUMP}: left wrist jumps ") and words[1] == "Frame 18: score .20"
    qtbot.waitUntil(lambda: badge(review) == 2 and pane.count.text() == "2 left · 0 done")
    qtbot.waitUntil(lambda: all(pane._picture(i) is not None for i in pane.model.items))
    review.show_pane("people")
    review.session.review.show(threshold=0.9)
    qtbot.waitUntil(lambda: badge(review) == 0)


def test_a_click_goes_there_and_selects_what_is_wrong(review: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(review.review.list.viewport(), LEFT, NO_KEY, row_place(review, 0))
    session = review.session
    assert session.frame_idx == JUMP and session.selected_keypoint == WRIST
    assert session.selected_instance is not None


def test_keys_alone_lead_through_all_of_it(review: Window, qtbot: QtBot) -> None:
    session, pane = review.session, review.review
    pane.list.setFocus()
    press(pane.list, Qt.Key.Key_N)
    assert session.frame_idx == JUMP
    press(pane.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.frame_idx == FAINT)
    assert session.labelled_frames().tolist() == [JUMP]
    qtbot.waitUntil(lambda: pane.count.text() == "1 left · 1 done")
    press(pane.list, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: pane.stack.currentIndex() == 1)
    assert pane.headline.text() == "Nothing left to review: 1 accepted, 0 corrected"
    qtbot.waitUntil(lambda: badge(review) == 0)
    assert pane.button.text() == "Fine-Tune…"
    session.undo()
    qtbot.waitUntil(lambda: pane.count.text() == "1 left · 1 done")


def test_a_dragged_keypoint_stays_until_enter_and_counts_as_corrected(review: Window, qtbot: QtBot) -> None:
    session, pane, canvas = review.session, review.review, review.video.canvas
    qtbot.mouseClick(pane.list.viewport(), LEFT, NO_KEY, row_place(review, 0))
    qtbot.waitUntil(lambda: canvas.is_current)
    wrong = session.selected_instance.instance.points[WRIST]
    drag(canvas, canvas.canvas_position(wrong), canvas.canvas_position(true_points(JUMP)[WRIST]))
    assert session.frame_idx == JUMP and session.labelled_frames().tolist() == [JUMP]
    qtbot.waitUntil(lambda: [i.state for i in pane.model.items] == ["corrected", "open"])
    review.activateWindow()
    qtbot.waitUntil(review.isActiveWindow)
    canvas.setFocus()
    press(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.frame_idx == FAINT)
    assert session.review.counts()["corrected"] == 1


def test_filter_and_threshold(review: Window, qtbot: QtBot) -> None:
    pane = review.review
    pane.filter.setCurrentIndex(pane.filter.findData("jump"))
    qtbot.waitUntil(lambda: [i.kind for i in pane.model.items] == ["jump"])
    qtbot.waitUntil(lambda: badge(review) == 2 and pane.count.text() == "1 left · 0 done")
    review.session.review.dismiss(pane.model.items[0])
    qtbot.waitUntil(lambda: badge(review) == 1)
    review.session.undo()
    qtbot.waitUntil(lambda: badge(review) == 2)
    pane.filter.setCurrentIndex(pane.filter.findData("flip"))
    qtbot.waitUntil(lambda: pane.stack.currentIndex() == 1)
    assert pane.headline.text() == "Nothing here with this filter"
    qtbot.mouseClick(pane.button, LEFT)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2 and pane.filter.currentData() == "")


def test_zoom_to_the_person_on_arrival(review: Window, qtbot: QtBot) -> None:
    view = review.video.canvas.view
    assert view.is_fit
    qtbot.mouseClick(review.review.zoom, LEFT, pos=QPoint(8, review.review.zoom.height() // 2))
    assert review.session.review.zoom
    qtbot.mouseClick(review.review.list.viewport(), LEFT, NO_KEY, row_place(review, 0))
    assert not view.is_fit


def test_before_a_prediction_it_says_what_to_do(
    open_window: Callable[[Path], Window], project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    window.show_pane("review")
    qtbot.waitUntil(lambda: window.review.headline.text() == "Nothing to review yet")
    asked: list[str] = []
    window.review.triggered.connect(asked.append)
    window.review.triggered.disconnect(window.trigger)
    qtbot.mouseClick(window.review.button, LEFT)
    assert asked == ["predict.video"]
