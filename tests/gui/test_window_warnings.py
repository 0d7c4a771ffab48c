"""What is doubtful about a video reaches the user, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseapp.qt.notice import NoticeBar


@pytest.fixture
def cut_clip(clip: Path, tmp_path: Path) -> Path:
    """The clip without its last quarter."""
    data = clip.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: len(data) * 3 // 4])
    return path


def test_a_video_that_ends_early_is_told_once(qtbot, window, open_window, cut_clip, clip):
    open_window(cut_clip)
    session = window.session
    qtbot.waitUntil(lambda: "cut.mp4 ends early" in window.notice.text.text())
    assert window.notice.wanted and window.notice.isVisible()
    window.notice.dismiss()
    cut = session.video.id
    session.add_video(clip)
    qtbot.waitUntil(lambda: session.video.id != cut and session.frames.info is not None)
    session.show_video(cut)
    qtbot.waitUntil(lambda: session.frames.info is not None)
    qtbot.wait(3 * 200)  # long enough to be told again
    assert not window.notice.wanted


def test_a_whole_video_is_not_warned_of(qtbot, window, open_window, project_path):
    open_window(project_path)
    qtbot.waitUntil(lambda: window.session.frames.info is not None)
    qtbot.wait(3 * 200)
    assert not window.notice.wanted


def test_what_went_wrong_is_not_hidden_by_a_warning(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.show_text("disk full")
    bar.show_warning("a.mp4 ends early")
    assert bar.text.text() == "disk full"
    bar.dismiss()
    bar.show_warning("a.mp4 ends early")
    assert bar.text.text() == "a.mp4 ends early"
