"""The dialogs of statistics and suggestions in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.qt.ask_review import SuggestDialog
from poseapp.qt.dialogs.statistics import StatisticsDialog
from poseapp.qt.window import Window
from tests.gui.answering import answer
from tests.gui.figures import true_points
from tests.gui.test_timeline import columns_of


def test_statistics_are_counted_and_painted(
    qtbot: QtBot, open_window: Callable[[Path], Window], predicted_path: Path
) -> None:
    session = open_window(predicted_path).session
    for k in (2, 9):
        session.push(AddInstance(session.video.id, k, Instance(true_points(k), source="prediction:first")))
    dialog = StatisticsDialog(None, session.project)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.summary.text() == "2 of 24 frames labelled · 2 people · 34 keypoints")
    rows = {k.keypoint: k for k in dialog.picture._shown.keypoints}
    assert rows["left_wrist"].correction_px is not None and rows["nose"].correction_px is None
    assert "2 corrected" in dialog.picture.accessibleDescription()
    assert len(columns_of(dialog.picture.grab().toImage(), "good"))


def test_suggested_frames_come_into_the_review(
    qtbot: QtBot, open_window: Callable[[Path], Window], project_path: Path
) -> None:
    window = open_window(project_path)

    def work(dialog: QWidget) -> None:
        assert isinstance(dialog, SuggestDialog)
        assert dialog.method.currentData() == "diversity"  # nothing is predicted
        dialog.method.setCurrentIndex(dialog.method.findData("even"))
        dialog.count.setValue(4)
        dialog.accept()

    trouble = answer(work)
    window.trigger("predict.suggest")
    assert not trouble
    session = window.session
    qtbot.waitUntil(lambda: session.review.suggested_frames().tolist() == [3, 9, 15, 21])
    window.show_pane("review")
    qtbot.waitUntil(lambda: window.review.model.rowCount() == 4)
    assert window.review.model.index(0).data() == "Frame 3: evenly spaced"
