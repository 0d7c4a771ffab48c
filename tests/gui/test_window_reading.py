"""The window while a new video is being read."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from poseapp.qt.rows import ROW
from poseapp.video.reader import VideoFile


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Holds every index back until it is set; in the window's thread none may be built at all."""
    opened = threading.Event()
    real, window_thread = VideoFile.build_index, QThread.currentThread()

    def build(self: VideoFile, *args: object) -> None:
        assert QThread.currentThread() is not window_thread
        assert opened.wait(60)
        real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(VideoFile, "build_index", build)
    return opened


def test_a_new_video_shows_its_first_frame_before_it_is_read(qtbot, window, tmp_path, clip, gate):
    path = tmp_path / "walk.mp4"
    path.write_bytes(Path(clip).read_bytes())
    session, canvas = window.session, window.video.canvas
    assert window.open_path(path)
    qtbot.waitUntil(lambda: canvas.frame.image is not None and canvas.is_current)
    assert session.reading is not None and session.num_frames == 1
    qtbot.waitUntil(lambda: window.project.videos.count() == 1)
    assert window.project.videos.item(0).data(ROW).caption == "reading…"
    assert "reading…" in window.timeline.frame_label.text()
    assert not window.menus.actions["label.tool_add"].isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: session.reading is None)
    assert canvas.frame.image is not None, "the picture stays"
    assert session.num_frames == 24 and "/ 24" in window.timeline.frame_label.text().replace("</span>", "")
    qtbot.waitUntil(lambda: "24 frames" in window.project.videos.item(0).data(ROW).caption)
    qtbot.waitUntil(window.menus.actions["label.tool_add"].isEnabled)
    session.go_to(23)
    qtbot.waitUntil(lambda: canvas.is_current)


def test_opening_the_open_project_again_keeps_it(qtbot, window, open_window, project_path, clip):
    open_window(project_path)
    project = window.session.project
    assert window.open_path(project_path)
    window.drops.take([project_path])
    assert window.session.project is project and not window.session.read_only
    assert window.video.canvas.frame.image is not None


def test_video_libraries_are_loaded_before_the_first_video_is_opened():
    code = (
        "import sys, time\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from poseapp.app.session import Session\n"
        "from poseapp.qt.window import Window\n"
        "window = Window(Session())\n"
        "window.show()\n"
        "app.processEvents()\n"
        "assert 'av' not in sys.modules, 'the first paint waits for nothing'\n"
        "end = time.monotonic() + 60\n"
        "while 'poseapp.video.cache' not in sys.modules and time.monotonic() < end:\n"
        "    app.processEvents()\n"
        "    time.sleep(0.01)\n"
        "assert 'poseapp.video.cache' in sys.modules\n"
        "window.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_step_leaves_the_line_of_keys_alone(qtbot, window, open_window, predicted_path, monkeypatch):
    open_window(predicted_path)
    bar, placed = window.video.hint_bar, []
    real = bar.set_hints
    monkeypatch.setattr(bar, "set_hints", lambda *args: (placed.append(args), real(*args)))
    for _ in range(5):
        window.session.step(1)
    qtbot.waitUntil(lambda: window.video.canvas.is_current)
    assert placed == []
    window.session.select(window.session.instances_on_screen()[0].ref, 3)
    assert len(placed) == 1
