"""The current frame of the current video: stepping, scrubbing, playing; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

if TYPE_CHECKING:
    from poseapp.labels.project import VideoRecord
    from poseapp.video.cache import Frame, FrameServer, VideoInfo

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
IMAGE_FOLDER_FPS = 25.0


class Playhead:
    """Where in the video the window stands.

    Attributes:
        video: the current video's record, or None.
        frame_idx: the current frame, 0-based.
        frames: the decoding thread's front, or None where the video is missing.
        playing: whether playback runs; the playback clock listens to `playing_changed`.
        speed: playback speed, 1.0 is the video's own.
        frame_range: frames chosen on the timeline, first and one past the last, or None.
        looping: whether playback begins again at the end of the chosen frames (of the video without any).
    """

    frame_changed = Signal(int)
    playing_changed = Signal(bool)
    range_changed = Signal()
    frame_arrived = Signal(object)  # video.cache.Frame, from the decoding thread
    video_failed = Signal(str)  # from the decoding thread

    def __init__(self) -> None:
        self.video: VideoRecord | None = None
        self.frame_idx = 0
        self.frames: FrameServer | None = None
        self.playing = False
        self.speed = 1.0
        self.frame_range: tuple[int, int] | None = None
        self.looping = False
        self._timestamps: np.ndarray | None = None

    @property
    def num_frames(self) -> int:
        """Frames of the current video, 0 without one."""
        return int(self.video.num_frames) if self.video else 0

    @property
    def fps(self) -> float:
        """Frames a second of the current video; 25 where it has no rate (image folders)."""
        return float(self.video.fps or IMAGE_FOLDER_FPS) if self.video else IMAGE_FOLDER_FPS

    @property
    def timestamps(self) -> np.ndarray | None:
        """Presentation times `(N,)` in seconds where the decoder has them already, else None."""
        if self._timestamps is None and self.frames is not None and self.frames.info is not None:
            times = self.frames.info.timestamps
            if len(times) >= self.num_frames > 0:
                self._timestamps = np.asarray(times, np.float64)
        return self._timestamps

    def time_of(self, frame_idx: int) -> float:
        """Seconds from the first frame to this one."""
        times = self.timestamps
        if times is not None and 0 <= frame_idx < len(times):
            return float(times[frame_idx] - times[0])
        return frame_idx / self.fps

    def frame_at(self, seconds: float) -> int:
        """The frame shown at a time after the first frame, clamped into the video."""
        times = self.timestamps
        if times is not None:
            frame_idx = int(np.searchsorted(times - times[0], seconds + 1e-9, side="right")) - 1
        else:
            frame_idx = int(seconds * self.fps + 1e-9)
        return min(max(frame_idx, 0), max(self.num_frames - 1, 0))

    def go_to(self, frame_idx: int, *, scrub: bool = False) -> None:
        """Make a frame current (clamped into the video).

        Args:
            frame_idx: 0-based.
            scrub: while the hand still moves, ask for a quick low-resolution picture first.
        """
        frame_idx = min(max(int(frame_idx), 0), max(self.num_frames - 1, 0))
        moved = frame_idx != self.frame_idx
        self.frame_idx = frame_idx
        if self.frames is not None and (moved or not scrub):
            if scrub:
                self.frames.scrub(frame_idx)
            else:
                self.frames.request(frame_idx)
        if moved:
            self.frame_changed.emit(frame_idx)

    def step(self, num: int) -> None:
        """Go `num` frames on (negative: back)."""
        self.go_to(self.frame_idx + num)

    def go_to_next(self, frames: np.ndarray, direction: int) -> bool:
        """Go to the next of `frames` (ascending) after (1) or before (-1) the current one; False: none."""
        found = frames[frames > self.frame_idx][:1] if direction > 0 else frames[frames < self.frame_idx][-1:]
        if len(found) == 0:
            return False
        self.go_to(int(found[0]))
        return True

    def set_range(self, start: int, stop: int) -> None:
        """Choose the frames `start` to `stop - 1` (clamped into the video); an empty range chooses none."""
        start, stop = max(int(start), 0), min(int(stop), self.num_frames)
        chosen = (start, stop) if start < stop else None
        if chosen != self.frame_range:
            self.frame_range = chosen
            self.range_changed.emit()

    def loop_bounds(self) -> tuple[int, int]:
        """First and last frame of what `looping` repeats."""
        start, stop = self.frame_range or (0, self.num_frames)
        return start, stop - 1

    def set_looping(self, looping: bool) -> None:
        """Play the chosen frames, or the video, over and over, or no longer."""
        if looping != self.looping:
            self.looping = looping
            self.playing_changed.emit(self.playing)

    def set_playing(self, playing: bool) -> None:
        """Start or stop playback."""
        playing = playing and self.num_frames > 1
        if playing == self.playing:
            return
        self.playing = playing
        self.playing_changed.emit(playing)
        if not playing and self.frames is not None:
            self.frames.request(self.frame_idx)

    def set_speed(self, speed: float) -> None:
        """Set the playback speed (1.0 is the video's own)."""
        self.speed = speed
        self.playing_changed.emit(self.playing)

    def _start_frames(
        self, path: Path, max_bytes: int, on_ready: Callable[[VideoInfo], None] | None = None
    ) -> None:
        """Begin the decoding thread; trouble with the file comes through `video_failed`.

        Args:
            path: the video or image folder.
            max_bytes: bound of its cache.
            on_ready: called in the decoding thread when the video's frames and times are known.
        """
        from poseapp.video.cache import FrameServer

        self.frames = FrameServer(
            path,
            max_bytes=max_bytes,
            on_frame=self._on_frame,
            on_error=self.video_failed.emit,
            on_ready=on_ready,
        )

    def _stop_frames(self) -> None:
        if self.frames is not None:
            self.frames.close()
        self.frames, self._timestamps = None, None

    def _on_frame(self, frame: Frame) -> None:
        self.frame_arrived.emit(frame)
