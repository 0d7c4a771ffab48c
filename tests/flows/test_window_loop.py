"""The main job in the real window with real mouse and keys, from opening a video to the exported file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the window needs PySide6 and its system libraries")

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402

from poseapp.errors import CheckpointError  # noqa: E402
from poseapp.nets.card import find_checkpoint  # noqa: E402
from poseapp.paths import resources_dir  # noqa: E402
from poseapp.qt.dialogs.files import ExportDialog  # noqa: E402
from poseapp.qt.dialogs.jobs import FineTuneDialog, PredictDialog  # noqa: E402
from poseapp.qt.rows import ROW  # noqa: E402
from poseapp.qt.window import Window  # noqa: E402
from tests.gui.answering import answer  # noqa: E402

SAMPLE = resources_dir() / "sample" / "clip.mp4"
JOB_MS = 240_000
DRAGGED = (3, 9, 15)


def has_default() -> bool:
    try:
        find_checkpoint("default")
    except CheckpointError:
        return False
    return True


pytestmark = pytest.mark.skipif(
    not (SAMPLE.exists() and has_default()), reason="needs the sample clip and the default checkpoint"
)


def picture(window: Window, name: str) -> None:
    """Keep a picture of a step where the caller of the tests wants them."""
    folder = os.environ.get("POSEAPP_TEST_PICTURES")
    if folder:
        window.grab().save(str(Path(folder) / f"{name}.png"))


def wait_for_job(qtbot, window: Window, state: str = "done") -> None:
    session = window.session
    qtbot.waitUntil(lambda: bool(session.runs) and not session.runs[0].active, timeout=JOB_MS)
    assert session.runs[0].state == state, session.runs[0].error


def predict(qtbot, window: Window, last: int) -> None:
    def fill(dialog: QWidget) -> None:
        assert isinstance(dialog, PredictDialog)
        dialog.first.setValue(0)
        dialog.last.setValue(last)
        picture(window, "dialog-predict")
        qtbot.keyClick(dialog, Qt.Key.Key_Return)

    before = len(window.session.runs)
    trouble = answer(fill, active=True)
    canvas = window.video.canvas
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.keyClick(canvas, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.session.runs) == before + 1)
    assert not trouble


def drag(qtbot, window: Window, frame_idx: int, shift: QPoint) -> None:
    """Go to a frame and drag the predicted left wrist."""
    session, canvas = window.session, window.video.canvas
    session.go_to(frame_idx)
    qtbot.waitUntil(lambda: canvas.frame.frame_idx == frame_idx and not canvas.frame.is_proxy)
    person = session.instances_on_screen()[0]
    assert person.is_prediction
    names = list(session.skeleton.keypoints)
    start = canvas.canvas_position(tuple(person.instance.points[names.index("left_wrist")]))
    qtbot.mouseMove(canvas, start)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.3, 0.7, 1.0):
        qtbot.mouseMove(canvas, start + QPoint(round(shift.x() * part), round(shift.y() * part)))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + shift)
    qtbot.waitUntil(lambda: len(session.labels_at(frame_idx)) == 1)


def test_open_predict_drag_fine_tune_predict_export(qtbot, window, open_window, tmp_path):
    clip = tmp_path / "squats.mp4"
    shutil.copy(SAMPLE, clip)
    open_window(clip)
    window.activateWindow()
    session = window.session
    qtbot.waitUntil(lambda: window.project.next_button.objectName() == "predict.video")
    picture(window, "1-open")

    predict(qtbot, window, 19)
    picture(window, "2-predicting")
    wait_for_job(qtbot, window)
    qtbot.waitUntil(lambda: len(session.score_curve()[0]) == 20)
    assert session.instances_on_screen(5), "a person in a predicted frame"
    # The panes follow on their own.
    qtbot.waitUntil(lambda: window.people.model.rowCount() == session.skeleton.num_keypoints)
    qtbot.waitUntil(lambda: window.project.layers.item(1).data(ROW).caption == "20")
    picture(window, "3-predicted")

    for frame_idx in DRAGGED:
        drag(qtbot, window, frame_idx, QPoint(14, -9))
    assert list(session.labelled_frames()) == list(DRAGGED)
    assert all(session.labels_at(k)[0].instance.source.startswith("prediction:") for k in DRAGGED)
    picture(window, "4-corrected")

    def fill(dialog: QWidget) -> None:
        assert isinstance(dialog, FineTuneDialog)
        assert "3 labelled frames" in dialog.lead.text()
        dialog.minutes.setValue(0.2)
        qtbot.waitUntil(dialog.accept_button.isEnabled)  # the labels have been looked at
        qtbot.keyClick(dialog, Qt.Key.Key_Return)

    trouble = answer(fill, active=True)
    window.trigger("train.fine_tune")
    assert not trouble
    qtbot.waitUntil(lambda: len(session.runs) == 2)
    qtbot.waitUntil(lambda: bool(session.runs[0].epochs) or not session.runs[0].active, timeout=JOB_MS)
    picture(window, "5-learning")
    wait_for_job(qtbot, window)
    assert session.runs[0].epochs
    assert window.runs.chosen is session.runs[0] and window.runs.isVisible()
    picture(window, "6-learnt")

    predict(qtbot, window, 19)
    wait_for_job(qtbot, window)
    qtbot.waitUntil(lambda: len(session.prediction_layers) == 2)
    picture(window, "7-predicted-again")

    out = tmp_path / "poses.csv"

    def export(dialog: QWidget) -> None:
        assert isinstance(dialog, ExportDialog)
        newest = session.prediction_layers[0].name
        dialog.what.setCurrentIndex(dialog.what.findData(newest))
        dialog.format.setCurrentIndex(dialog.format.findData("csv"))
        dialog.place.line.setText(str(out))
        qtbot.keyClick(dialog, Qt.Key.Key_Return)

    trouble = answer(export, active=True)
    window.trigger("file.export_labels")
    assert not trouble
    qtbot.waitUntil(out.exists)
    picture(window, "8-exported")
    people = 20 * session.skeleton.num_keypoints
    assert people * 0.8 <= len(out.read_text().splitlines()) - 1 <= people
