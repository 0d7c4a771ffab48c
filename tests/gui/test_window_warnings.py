"""What is doubtful about a video reaches the user, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseapp.paths import resources_dir
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


def test_another_video_in_the_place_of_a_labelled_one_is_told(
    qtbot, window, open_window, tmp_path, clip, sample_clip
):
    copy = tmp_path / "mine.mp4"
    copy.write_bytes(clip.read_bytes())
    open_window(copy)
    session = window.session
    qtbot.waitUntil(lambda: session.can_edit)
    project = session.project.path
    session.close()
    copy.write_bytes(sample_clip.read_bytes())
    open_window(project)
    qtbot.waitUntil(lambda: "mine.mp4" in window.notice.text.text())


@pytest.fixture
def sample_clip() -> Path:
    """A video that is not the clip."""
    return resources_dir() / "sample" / "clip.mp4"
