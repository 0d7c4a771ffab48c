"""Opening what is open, and reading videos beside the window: posted work is done by a queue here."""

import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from poseapp import api, video
from poseapp.app.recent import RecentFiles
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance
from tests.app.material import NUM_FRAMES, coco_settings, pose, write_clip


class Hand:
    """The window's thread of a session without one: does posted work when told to."""

    def __init__(self, session: Session) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        session.posted.connect(self._waiting.put)

    def work(self, until: Callable[[], bool]) -> None:
        """Do posted work until something is so."""
        while not until():
            self._waiting.get(timeout=30)()


@pytest.fixture
def hand(session: Session) -> Hand:
    """Makes the session read in the background."""
    return Hand(session)


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of the threads that build an index."""
    from poseapp.video.reader import VideoFile

    built: list[str] = []
    real = VideoFile.build_index

    def build(self: VideoFile, *args: object) -> None:
        built.append(threading.current_thread().name)
        real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(VideoFile, "build_index", build)
    yield built


def test_opening_what_is_open_leaves_it_writable(opened: Session, clip: Path) -> None:
    project = opened.project
    opened.go_to(3)
    for path in (project.path, project.path / "project.db", clip):
        opened.open(path)
        assert opened.project is project and not opened.read_only
        assert (opened.video.name, opened.frame_idx) == ("walk.mp4", 3)
    opened.push(AddInstance(opened.video.id, 3, pose()))
    assert len(project.videos) == 1


def test_a_link_to_the_open_project_is_the_open_project(opened: Session, tmp_path: Path) -> None:
    link = tmp_path / "link.pose"
    link.symlink_to(opened.project.path)
    opened.open(link)
    assert not opened.read_only


def test_a_read_only_window_that_opens_again_may_write_by_then(session: Session, clip: Path) -> None:
    first = Session(coco_settings(), RecentFiles())
    first.open(clip)
    session.open(clip)
    assert session.read_only
    first.close()
    session.open(clip)
    assert not session.read_only


def test_a_known_video_opens_without_an_index_in_this_thread(
    session: Session, clip: Path, no_index: list[str]
) -> None:
    session.open(clip)
    session.close()
    no_index.clear()
    session.open(clip)
    assert session.num_frames == NUM_FRAMES
    assert threading.current_thread().name not in no_index


def test_a_new_video_is_shown_while_it_is_read(
    session: Session, hand: Hand, clip: Path, no_index: list[str]
) -> None:
    shown = threading.Event()
    session.frame_arrived.connect(lambda frame: shown.set())
    session.open(clip)
    assert session.reading is not None and session.video.name == "walk.mp4"
    assert (session.video.width, session.video.height) == (160, 120)
    assert not session.can_edit and session.frames is not None
    with pytest.raises(PoseError, match="still being read"):
        session.push(AddInstance(session.video.id, 0, pose()))
    frames = session.frames
    assert shown.wait(30)
    hand.work(lambda: session.reading is None)
    assert session.frames is frames, "the frames decoded so far are kept"
    assert session.can_edit and session.num_frames == NUM_FRAMES
    assert no_index == ["video-decoder"], "one index, beside the window"
    (record,) = session.project.videos
    whole = api.record_of_video(clip)
    assert (record.num_frames, record.fps, record.fingerprint) == (NUM_FRAMES, whole.fps, whole.fingerprint)
    session.push(AddInstance(session.video.id, 0, pose()))
    session.go_to(NUM_FRAMES - 1)
    session.close()
    session.open(clip)
    assert session.reading is None and session.frame_idx == NUM_FRAMES - 1


def test_pictures_are_read_beside_the_window_too(session: Session, hand: Hand, picture_folder: Path) -> None:
    session.open(picture_folder)
    hand.work(lambda: session.reading is None)
    assert session.num_frames == 6 and session.video.is_images and session.video.fps == 0.0


def test_several_new_videos_all_come_in(session: Session, hand: Hand, clip: Path) -> None:
    more = [shutil.copy(clip, clip.with_name(f"{name}.mp4")) for name in "ab"]
    session.new_project(clip.parent / "three.pose", "coco17", [clip, *more])
    assert session.reading.name == "walk.mp4"
    hand.work(lambda: len(session.project.videos) == 3 and session.reading is None)
    assert session.video.name == "walk.mp4"
    assert all(v.num_frames == NUM_FRAMES and v.fingerprint for v in session.project.videos)


def test_turning_to_another_video_does_not_lose_the_new_one(session: Session, hand: Hand, clip: Path) -> None:
    session.open(clip)
    hand.work(lambda: session.reading is None)
    second = Path(shutil.copy(clip, clip.with_name("second.mp4")))
    session.add_video(second)
    assert session.reading is not None
    session.show_video(session.project.videos[0].id)
    assert session.video.name == "walk.mp4" and session.reading is None
    hand.work(lambda: len(session.project.videos) == 2)
    assert session.video.name == "walk.mp4"


def test_closing_while_reading_leaves_nothing_behind(session: Session, hand: Hand, clip: Path) -> None:
    session.open(clip)
    session.close()
    assert session.reading is None and session.video is None
    session.open(clip)
    hand.work(lambda: session.project is not None and session.reading is None)
    assert [v.name for v in session.project.videos] == ["walk.mp4"]


def test_what_is_no_video_is_said_at_once(session: Session, hand: Hand, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")
    with pytest.raises(PoseError):
        session.open(text)
    assert session.project is None and not (tmp_path / "notes.pose").exists()


def test_a_missing_video_is_searched_beside_the_window(
    session: Session, hand: Hand, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open(clip)
    hand.work(lambda: session.reading is None)
    project, threads = session.project.path, []
    session.close()
    clip.rename(clip.with_name("renamed.mp4"))
    real = video.fingerprint

    def fingerprint(path: Path) -> str:
        threads.append(threading.current_thread().name)
        return real(path)

    monkeypatch.setattr(video, "fingerprint", fingerprint)
    session.open(project)
    hand.work(lambda: session.video_path is not None)
    assert session.video_path.name == "renamed.mp4" and session.frames is not None
    assert threads and threading.current_thread().name not in threads


def test_a_video_given_by_hand_is_the_missing_one(session: Session, hand: Hand, clip: Path) -> None:
    session.open(clip)
    hand.work(lambda: session.reading is None)
    moved = clip.parent.parent / "far" / "other.mp4"
    moved.parent.mkdir()
    clip.rename(moved)
    session.add_video(moved)
    assert len(session.project.videos) == 1 and session.video_path == moved


def test_where_videos_are_is_remembered_until_they_change(
    opened: Session, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Path(shutil.copy(clip, clip.with_name("second.mp4")))
    opened.add_video(second)
    record = opened.project.videos[0]
    assert opened.place_of(record) == clip
    clip.rename(clip.with_name("gone.mp4"))
    assert opened.place_of(record) == clip, "no look at the disk at each edit"
    opened.relink_video(record.id, clip.with_name("gone.mp4"))
    assert opened.place_of(opened.project.videos[0]) == clip.with_name("gone.mp4")


def test_linking_again_reads_beside_the_window(
    session: Session, hand: Hand, clip: Path, tmp_path: Path
) -> None:
    session.open(clip)
    hand.work(lambda: session.reading is None)
    failed: list[str] = []
    session.failed.connect(failed.append)
    moved, short = tmp_path / "moved.mp4", write_clip(tmp_path / "short.mp4", 4)
    clip.rename(moved)
    session.relink_video(session.video.id, short)
    hand.work(lambda: bool(failed))
    assert "not the same video" in failed[0]
    session.relink_video(session.video.id, moved)
    hand.work(lambda: session.video_path == moved)
    assert session.frames is not None


def test_a_read_only_window_sees_the_edits_of_the_other(opened: Session, clip: Path) -> None:
    other = Session(coco_settings(), RecentFiles())
    other.open(clip)
    try:
        assert other.instances_on_screen(2) == []
        heard: list[object] = []
        other.labels_changed.connect(heard.append)
        other.poll_runs()
        assert heard == []
        opened.push(AddInstance(opened.video.id, 2, pose()))
        other.poll_runs()
        assert len(heard) == 1 and len(other.instances_on_screen(2)) == 1
        assert other.labelled_frames().tolist() == [2]
        other.poll_runs()
        assert len(heard) == 1
    finally:
        other.close()


def test_stepping_writes_nothing(opened: Session) -> None:
    changes: list[object] = []
    opened.project.changed.connect(changes.append)
    for _ in range(5):
        opened.step(1)
    assert changes == []


def test_a_video_whose_index_fails_is_given_up(
    session: Session, hand: Hand, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseapp.errors import VideoError
    from poseapp.video.reader import VideoFile

    def fail(self: VideoFile, *args: object) -> None:
        raise VideoError("the disk went away")

    monkeypatch.setattr(VideoFile, "build_index", fail)
    failed: list[str] = []
    session.failed.connect(failed.append)
    session.open(clip)
    hand.work(lambda: bool(failed))
    assert failed == ["the disk went away"]
    assert session.reading is None and session.video is None
    assert session.project is None and not (clip.parent / "walk.pose").exists(), "nothing is left behind"
    session.new_project(clip.parent / "mine.pose", "coco17", [clip])
    hand.work(lambda: len(failed) == 2)
    assert session.project is not None and session.project.videos == [], "the user's own project stays"


def test_a_video_that_turns_out_unreadable_leaves_the_others(
    session: Session, hand: Hand, clip: Path, tmp_path: Path
) -> None:
    session.open(clip)
    hand.work(lambda: session.reading is None)
    failed: list[str] = []
    session.failed.connect(failed.append)
    broken = tmp_path / "broken.mp4"
    data = clip.read_bytes()
    at, size = data.index(b"mdat") + 4, int.from_bytes(data[data.index(b"mdat") - 4 :][:4], "big") - 8
    broken.write_bytes(data[:at] + bytes(size) + data[at + size :])  # a sound index, no pictures
    session.add_video(broken)
    assert session.reading is not None
    hand.work(lambda: bool(failed))
    assert "broken.mp4" in failed[0] and "\n" not in failed[0]
    assert session.reading is None and session.video.name == "walk.mp4" and len(session.project.videos) == 1


def test_trouble_that_comes_before_the_server_is_in_place_counts(
    session: Session, hand: Hand, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseapp.errors import VideoError
    from poseapp.video import cache
    from poseapp.video.reader import VideoFile

    def fail(self: VideoFile, *args: object) -> None:
        raise VideoError("the disk went away")

    class Slow(cache.FrameServer):
        def __init__(self, *args: Any, on_error: Callable[[str], None], **options: Any) -> None:
            told = threading.Event()

            def tell(text: str) -> None:
                on_error(text)
                told.set()

            super().__init__(*args, on_error=tell, **options)
            assert told.wait(30)

    monkeypatch.setattr(VideoFile, "build_index", fail)
    monkeypatch.setattr(cache, "FrameServer", Slow)
    failed: list[str] = []
    session.failed.connect(failed.append)
    session.open(clip)
    hand.work(lambda: bool(failed))
    assert session.reading is None and session.project is None
