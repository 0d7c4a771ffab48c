"""The status bar, the device picker and the system report: what child processes answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from poseapp.qt.dialogs.reports import DoctorDialog

CHILD_MS = 90_000


def test_devices_are_listed_by_a_child_process(qtbot, window):
    device = window.top.device
    assert device.devices == ["auto", "cpu"]
    device.look()
    qtbot.waitUntil(lambda: device._asked.state() == device._asked.ProcessState.NotRunning, timeout=CHILD_MS)
    assert device.devices[0] == "auto" and "cpu" in device.devices
    texts = [action.text() for action in device.menu().actions()]
    assert not any("could not be listed" in text for text in texts), texts
    device.choose("cpu")
    assert window.session.device == "cpu" and device.text() == "CPU"
    assert window.session.settings["device"] == "cpu"


def test_system_report_can_be_copied(qtbot, window):
    dialog = DoctorDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "PySide6" in dialog.text.toPlainText(), timeout=CHILD_MS)
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert "PySide6" in QApplication.clipboard().text()


def test_counts_and_saved_state_follow(qtbot, window, open_window, predicted_path):
    open_window(predicted_path)
    assert window.status.saved.text() == "Saved"
    # Every keypoint of frames 15 to 23 scores .35 or less: one stretch, looked at once.
    qtbot.waitUntil(lambda: window.status.counts.text() == "0 labelled · 1 doubtful")
    window.session.go_to(int(window.session.doubtful_frames()[0]))
    window.trigger("label.accept")
    qtbot.waitUntil(lambda: window.status.counts.text() == "1 labelled")


def test_the_pointer_is_told_in_pixels_of_the_frame(qtbot, window, open_window, project_path):
    open_window(project_path)
    canvas = window.video.canvas
    qtbot.mouseMove(canvas, canvas.canvas_position((100.0, 60.0)))
    qtbot.waitUntil(lambda: window.status.cursor_label.text().startswith("x "))
    x, y = (float(t) for t in window.status.cursor_label.text().replace("x", "").replace("y", "").split())
    assert abs(x - 100) < 1.5 and abs(y - 60) < 1.5


def test_a_second_window_is_read_only_and_says_so(qtbot, window, open_window, project_path):
    from poseapp.labels.project import Project

    first = Project.open(project_path)
    try:
        open_window(project_path)
        assert window.status.saved.text() == "Read-only"
        window.menus.refresh()
        assert not window.menus.actions["predict.video"].isEnabled()
    finally:
        first.close()
