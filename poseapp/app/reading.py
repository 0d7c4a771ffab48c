"""Reading videos beside the window: an index takes seconds for an hour of film, the window must not wait.

A video new to the project is shown at once from a glance at its file; the frame server, which needs its index
anyway, tells the facts when it has it. Further videos are read in a thread. With nobody listening to `posted`
(a session without a window) everything is read on the spot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from poseapp.app import opening
from poseapp.app.job_control import JobControl
from poseapp.app.settings import Settings
from poseapp.errors import PoseError, VideoError

if TYPE_CHECKING:
    from poseapp.labels.project import Project, VideoRecord
    from poseapp.video.cache import VideoInfo


class VideoReading(JobControl):
    """What is being read.

    Attributes:
        video_path: where the current video's file is now, or None where it is missing.
        reading: the current video while the project has not got it yet, else None.
    """

    video_changed = Signal()
    posted = Signal(object)  # a function for the window's thread, from any thread

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.video_path: Path | None = None
        self.reading: VideoRecord | None = None
        self._places: dict[int, Path | None] = {}
        self._queue: list[Path] = []
        self._reads_apart = False

    @property
    def in_background(self) -> bool:
        """Whether there is a window that must not wait."""
        return len(self.posted) > 0

    @property
    def can_edit(self) -> bool:
        """Whether labels of the current video can be changed now."""
        return self.video is not None and not self.read_only and self.reading is None

    def place_of(self, record: VideoRecord) -> Path | None:
        """Where a video of the project is, or None when it is missing; remembered until videos change."""
        if record.id not in self._places:
            self._places[record.id] = opening.place_of(self._open_project(), record)
        return self._places[record.id]

    def _cache_bytes(self) -> int:
        return int(self.settings["frame_cache_mb"]) << 20

    # -- work in a thread, its result in the window's thread

    def _apart(self, work: Callable[[], Callable[[], None]]) -> None:
        """Do `work` in a thread, then what it returns in the window's, if the project is still open."""
        project = self.project

        def finish(act: Callable[[], None]) -> None:
            if self.project is not project:
                return
            try:
                act()
            except (PoseError, OSError) as error:
                self.failed.emit(str(error))

        def run() -> None:
            try:
                act = work()
            except (PoseError, OSError) as error:
                text = str(error)
                self.posted.emit(lambda: self.failed.emit(text))
            else:
                self.posted.emit(lambda: finish(act))

        threading.Thread(target=run, name="video-reading", daemon=True).start()

    # -- a video that is new to the project

    def _begin_reading(self, record: VideoRecord) -> None:
        """Show a video of which only a glance is known, until the frame server knows all."""
        self.reading = self.video = record
        self.video_path, self.frame_idx = Path(record.abs_path), 0
        if self._stack is not None:
            self._stack.forget_videos()
        self._refresh_layers()
        self._start_frames(self.video_path, self._cache_bytes(), lambda info: self._on_index(record, info))
        self.message.emit(f"Reading {record.name}…")
        self.video_changed.emit()
        self.frame_changed.emit(0)
        if self.frames is not None:
            self.frames.request(0)

    def _on_index(self, record: VideoRecord, info: VideoInfo) -> None:
        """In the decoding thread: the facts are there."""
        from poseapp.video import fingerprint

        def work() -> Callable[[], None]:
            whole = replace(
                record,
                num_frames=info.num_frames,
                width=info.width,
                height=info.height,
                fps=0.0 if record.is_images else info.fps,
                fingerprint=fingerprint(record.abs_path),
            )
            return lambda: self._end_reading(record, whole)

        self._apart(work)

    def _end_reading(self, record: VideoRecord, whole: VideoRecord) -> None:
        """The project takes the video in; its frames stay as they are."""
        if self.reading is not record:
            return
        project = self.writable_project()
        video_id = opening.take_in(project, whole)
        self.reading = None
        self.video = project.video(video_id)
        opening.remember_video(project, self.video)
        self._refresh_layers()
        self.message.emit(f"{whole.name}: {whole.num_frames} frames")
        self.video_changed.emit()
        self.frame_changed.emit(self.frame_idx)
        if self.frames is not None:
            self.frames.request(self.frame_idx)
        self._read_next()

    def _leave_reading(self) -> None:
        """Another video is shown meanwhile: the reading goes on beside it."""
        record, self.reading = self.reading, None
        if record is not None:
            self._queue.insert(0, Path(record.abs_path))
            self._read_next()

    def _read_later(self, path: Path) -> None:
        """Read a video when those before it are read, and add it to the project without showing it."""
        self._queue.append(path)
        self._read_next()

    def _read_next(self) -> None:
        """One at a time, so that they come in in the order they were given."""
        if self.reading is not None or self._reads_apart or not self._queue:
            return
        path = self._queue.pop(0)
        self._reads_apart = True

        def work() -> Callable[[], None]:
            try:
                whole = opening.read_record(path)
            except (PoseError, OSError) as error:
                text = str(error)
                return lambda: self._after_reading(None, text)
            return lambda: self._after_reading(whole, "")

        self._apart(work)

    def _after_reading(self, whole: VideoRecord | None, trouble: str) -> None:
        self._reads_apart = False
        try:
            if whole is not None:
                opening.take_in(self.writable_project(), whole)
                self.message.emit(f"{whole.name} added")
            else:
                self.failed.emit(trouble)
        finally:
            self._read_next()

    def _stop_reading(self) -> None:
        """The project is being closed: what was not read is not taken in."""
        self.reading, self._queue, self._reads_apart, self._places = None, [], False, {}

    # -- a video that is not where it was

    def _search(self, project: Project, record: VideoRecord) -> None:
        """Look for a missing video in a thread: its content may lie under another name beside the project."""

        def work() -> Callable[[], None]:
            found = project.resolve(record)
            return lambda: self._on_found(record, found)

        self._apart(work)

    def _on_found(self, record: VideoRecord, found: Path | None) -> None:
        self._places[record.id] = found
        if found is None or self.video is None or self.video.id != record.id or self.video_path is not None:
            return
        self.video_path = found
        self._start_frames(found, self._cache_bytes())
        self.video_changed.emit()
        self.frame_changed.emit(self.frame_idx)
        if self.frames is not None:
            self.frames.request(self.frame_idx)

    def _read_then(self, path: Path, act: Callable[[VideoRecord], None]) -> None:
        """Read a video and go on with what is known of it.

        Raises:
            VideoError: when it cannot be read.
        """
        if not self.in_background:
            act(opening.read_record(path))
            return
        opening.glance(path)  # what is no video is said at once
        self.message.emit(f"Reading {path.name}…")

        def work() -> Callable[[], None]:
            whole = opening.read_record(path)
            return lambda: act(whole)

        self._apart(work)

    def _refuse_while_reading(self) -> None:
        if self.reading is not None:
            raise VideoError(f"{self.reading.name} is still being read; wait a moment")
