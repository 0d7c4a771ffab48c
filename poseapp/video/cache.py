"""Frames for a window: decoded on a thread of their own, the newest request first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.video.images import ImageFolder
from poseapp.video.index import ScanCancelled
from poseapp.video.proxy import ProxyBuilder, ProxyStore
from poseapp.video.reader import DecodeCancelled, VideoFile
from poseapp.video.source import open_deferred
from poseapp.video.window import FrameWindow

_NEAR = 12  # frames: a request this close to the one before is travel, a farther one a jump
_LEAD_SECONDS = 4.0  # decoded in the direction of travel
_LEAST_LEAD = 150  # frames
_TRAIL_SECONDS = 1.0  # kept decoded behind it
_MOST_FRAMES = 400
_READY_AHEAD = 2  # frames converted before they are asked for
_REST_SECONDS = 0.12  # a hand that has not moved for so long rests
_PATIENCE_SECONDS = 0.3  # after so long without a picture a decode is finished although a newer request waits
_QUIET_SECONDS = 0.3  # proxies wait so long after a step
_RGB_SHARE = 4  # one part in so many of the memory holds converted frames


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture for the screen.

    Attributes:
        frame_idx: The frame that was asked for.
        image: `(H, W, 3)` uint8 RGB; a proxy is smaller than the video, in the same proportions.
        is_proxy: Whether it is a low-resolution stand-in.
        decode_ms: Time from taking up the request to the picture, in milliseconds.
        image_idx: The frame that the picture shows: a proxy may be a neighbour of `frame_idx`.
    """

    frame_idx: int
    image: NDArray[np.uint8]
    is_proxy: bool
    decode_ms: float
    image_idx: int


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a video once its index is there; attributes as in `Video`."""

    width: int
    height: int
    num_frames: int
    fps: float
    timestamps: NDArray[np.float64]
    start_time: float
    codec: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ServerStats:
    """How a server is doing.

    Attributes:
        decode_ms: Time that the last picture took.
        cached_bytes: Memory held by decoded frames.
        cached_frames: How many frames that is.
        proxy_bytes: Memory held by proxies.
        proxy_share: How much of the proxies is built, 0 to 1.
    """

    decode_ms: float
    cached_bytes: int
    cached_frames: int
    proxy_bytes: int
    proxy_share: float


class FrameServer:
    """Decodes frames of one video for a viewer. All public methods may be called from any thread.

    The callbacks are called from the decoding thread and should return at once.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        max_bytes: int = 1 << 30,
        on_frame: Callable[[Frame], None],
        on_error: Callable[[str], None] | None = None,
        on_ready: Callable[[VideoInfo], None] | None = None,
        proxy_bytes: int = 128 << 20,
    ) -> None:
        """Open the video in the background.

        Args:
            path: A video file or image folder.
            max_bytes: Bound for decoded frames in memory.
            on_frame: Called with each picture. Of requests that come faster than pictures only the newest is served.
            on_error: Called once with each different trouble, one line.
            on_ready: Called when the number of frames and their times are known.
            proxy_bytes: Bound for proxies in memory; 0 for none.
        """
        self._path = Path(path)
        self._on_frame = on_frame
        self._on_error = on_error
        self._on_ready = on_ready
        self._changed = threading.Condition()
        self._window: FrameWindow[Any] = FrameWindow(0)
        self._rgb: FrameWindow[NDArray[np.uint8]] = FrameWindow(0)
        self._proxies = ProxyStore(proxy_bytes)
        self._builder: ProxyBuilder | None = None
        self._info: VideoInfo | None = None
        self._wanted: int | None = None
        self._scrubbing = False
        self._owed: int | None = None  # a proxy was shown for this frame; the full one follows at rest
        self._playhead = 0
        self._direction = 1
        self._last_input = 0.0
        self._last_shown = 0.0
        self._last_ms = 0.0
        self._closing = False
        self._told: set[str] = set()
        self._raw_bytes = 1
        self.set_max_bytes(max_bytes)
        self._thread = threading.Thread(target=self._run, name="video-frames", daemon=True)
        self._thread.start()

    # For any thread

    @property
    def info(self) -> VideoInfo | None:
        """What is known of the video; None until its index is there."""
        return self._info

    @property
    def stats(self) -> ServerStats:
        """How the server is doing."""
        with self._changed:
            held = self._window.held_bytes + self._rgb.held_bytes
            frames = len(set(self._window) | set(self._rgb))
        share = self._builder.share if self._builder else 0.0
        return ServerStats(self._last_ms, held, frames, self._proxies.held_bytes, share)

    def request(self, k: int) -> None:
        """Ask for frame k; a request not yet served is forgotten. Numbers outside the video are clamped."""
        self._ask(k, scrubbing=False)

    def scrub(self, k: int) -> None:
        """Ask for frame k while a hand drags: a proxy at once where there is one, the full frame at rest."""
        self._ask(k, scrubbing=True)

    def cached(self, k: int) -> NDArray[np.uint8] | None:
        """Return frame k if it lies ready as `(H, W, 3)` RGB, else None. Not to be written to."""
        with self._changed:
            return self._rgb.get(k)

    def set_max_bytes(self, max_bytes: int) -> None:
        """Change the bound for decoded frames; it holds when this returns."""
        with self._changed:
            self._rgb.max_bytes = max_bytes // _RGB_SHARE
            self._window.max_bytes = max_bytes - self._rgb.max_bytes
            self._rgb.shrink()
            self._window.shrink()

    def close(self) -> None:
        """End decoding and free all frames; no callback comes after this returns."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> FrameServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _ask(self, k: int, *, scrubbing: bool) -> None:
        with self._changed:
            k = self._clamped(k)
            step = k - self._playhead
            if step:
                self._direction = -1 if -_NEAR <= step < 0 else 1
            self._playhead = k
            self._window.move(k, self._direction)
            self._rgb.move(k, self._direction)
            self._wanted, self._scrubbing = k, scrubbing
            self._owed = None
            self._last_input = time.monotonic()
            self._changed.notify_all()

    def _clamped(self, k: int) -> int:
        last = self._info.num_frames - 1 if self._info else k
        return max(0, min(k, last))

    # On the decoding thread

    def _run(self) -> None:
        try:
            source = self._open()
        except VideoError as error:
            self._tell(str(error))
            return
        except ScanCancelled:
            return
        with source:
            while self._step(source):
                pass
            if self._builder is not None:
                self._builder.stop()
        with self._changed:
            self._window.clear()
            self._rgb.clear()

    def _open(self) -> VideoFile | ImageFolder:
        source = open_deferred(self._path)
        try:
            self._raw_bytes = max(1, source.width * source.height * 3 // 2)
            if isinstance(source, VideoFile):
                self._show_first(source)
                source.build_index(lambda: self._closing)
        except BaseException:
            source.close()
            raise
        self._info = VideoInfo(
            source.width,
            source.height,
            len(source),
            source.fps,
            source.timestamps,
            source.start_time,
            source.codec,
            tuple(source.warnings),
        )
        with self._changed:
            self._playhead = self._clamped(self._playhead)
            if self._wanted is not None:
                self._wanted = self._clamped(self._wanted)
        if self._on_ready is not None:
            self._on_ready(self._info)
        if self._proxies.max_bytes > 0:
            self._builder = ProxyBuilder(lambda: _second(source), self._proxies, self._wait_for_quiet)
            self._builder.start()
        return source

    def _show_first(self, source: VideoFile) -> None:
        """Show frame 0, if that is what is wanted, before the index is there."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted is not None or self._closing, timeout=0.02)
            first = self._wanted == 0 and not self._closing
        if first:
            self._show(0, source.to_rgb(source.first_raw), time.perf_counter())

    def _step(self, source: VideoFile | ImageFolder) -> bool:
        """Do the most urgent piece of work; False when closing."""
        with self._changed:
            if self._closing:
                return False
            wanted = self._wanted
        try:
            if wanted is not None:
                self._serve(source, wanted)
            elif not self._prepare(source):
                self._wait()
        except DecodeCancelled:
            pass
        except VideoError as error:
            with self._changed:
                if self._wanted == wanted:
                    self._wanted = None
            self._tell(str(error))
            if wanted is None:
                self._wait()
        return True

    def _wait(self) -> None:
        with self._changed:
            rest = None
            if self._owed is not None:
                rest = self._last_input + _REST_SECONDS - time.monotonic()
                if rest <= 0:
                    self._wanted, self._scrubbing, self._owed = self._owed, False, None
                    return
            if self._wanted is None and not self._closing:
                self._changed.wait(rest)

    def _serve(self, source: VideoFile | ImageFolder, k: int) -> None:
        if self._serve_ready(source):
            return
        started = time.perf_counter()
        low = k
        if self._direction < 0:
            low = max(source.entry_frame(k), k - self._reach(source) + 1)
        self._decode(source, low, k, started, patient=True)

    def _serve_ready(self, source: VideoFile | ImageFolder) -> bool:
        """Show the wanted frame if that needs no decoding."""
        started = time.perf_counter()
        with self._changed:
            k = self._wanted
            if k is None:
                return False
            image = self._rgb.get(k)
            raw = self._window.get(k) if image is None else None
            scrubbing = self._scrubbing
        if raw is not None:
            image = self._convert(source, k, raw)
        if image is not None:
            self._show(k, image, started)
            return True
        nearest = self._proxies.nearest(k) if scrubbing else None
        if nearest is None:
            return False
        self._show(k, self._proxies.image(nearest), started, proxy_of=nearest)
        return True

    def _decode(
        self, source: VideoFile | ImageFolder, low: int, high: int, started: float, *, patient: bool
    ) -> None:
        """Decode `low..high` into the window, serving requests that come meanwhile.

        Raises:
            DecodeCancelled: If a request came that this range does not answer.
        """

        def interrupted() -> bool:
            if self._closing:
                return True
            wanted = self._wanted
            if wanted is None or self._serve_ready(source) or low <= wanted <= high:
                return False
            late = time.monotonic() - max(self._last_shown, started_at) > _PATIENCE_SECONDS
            return not (patient and late)

        started_at = time.monotonic()
        for k in range(low, high + 1):
            if k in self._window:
                continue
            raw = source.raw(k, interrupted)
            with self._changed:
                if k == high and patient and self._wanted is not None and self._wanted != k:
                    shown = k  # patience: an older request's picture is better than none
                else:
                    shown = -1
                size = source.raw_bytes(raw)
                self._raw_bytes = max(self._raw_bytes, size)
                self._window.add(k, raw, size)
                asked = self._wanted == k
            if asked or shown == k:
                self._show(k, self._convert(source, k, raw), started)

    def _prepare(self, source: VideoFile | ImageFolder) -> bool:
        """Get ready what will be asked next; False where there is nothing to do."""
        with self._changed:
            playhead, direction = self._playhead, self._direction
            coming = [playhead + direction * distance for distance in range(1, _READY_AHEAD + 1)]
            unready = [k for k in coming if k in self._window and k not in self._rgb]
            roomy = self._rgb.max_bytes >= (_READY_AHEAD + 2) * 3 * source.width * source.height
            raw = self._window.get(unready[0]) if unready and roomy else None
        if raw is not None:
            self._convert(source, unready[0], raw)
            return True
        if self._owed is not None:
            return False  # the hand may rest any moment: no long work now
        if direction > 0:
            return self._fill_after(source, playhead) or self._fill_before(source, playhead, trail=True)
        return self._fill_before(source, playhead) or self._fill_after(source, playhead, trail=True)

    def _fill_after(
        self, source: VideoFile | ImageFolder, playhead: int, *, trail: bool = False
    ) -> bool:
        """Decode frames after the playhead, once half of the lead is used up."""
        lead = self._reach(source, trail=trail)
        last = min(len(source) - 1, playhead + lead)
        with self._changed:
            missing = self._window.first_missing(playhead + 1, last)
        if missing is None or missing - playhead > max(1, lead // 2):
            return False
        self._decode(source, missing, last, time.perf_counter(), patient=False)
        return True

    def _fill_before(
        self, source: VideoFile | ImageFolder, playhead: int, *, trail: bool = False
    ) -> bool:
        """Decode frames before the playhead, once half of the lead is used up; a group of pictures in one go."""
        lead = self._reach(source, trail=trail)
        with self._changed:
            missing = self._window.last_missing(max(0, playhead - lead), playhead - 1)
        if missing is None or playhead - missing > max(1, lead // 2):
            return False
        low = max(source.entry_frame(missing), missing - lead + 1)
        self._decode(source, low, missing, time.perf_counter(), patient=False)
        return True

    def _reach(self, source: VideoFile | ImageFolder, *, trail: bool = False) -> int:
        """Return how many frames to hold in the direction of travel, or behind it."""
        capacity = self._window.max_bytes / self._raw_bytes
        if trail:
            return int(min(_TRAIL_SECONDS * source.fps, 0.15 * capacity, _MOST_FRAMES))
        return int(min(max(_LEAD_SECONDS * source.fps, _LEAST_LEAD), 0.5 * capacity, _MOST_FRAMES))

    def _convert(self, source: VideoFile | ImageFolder, k: int, raw: Any) -> NDArray[np.uint8]:
        image = source.to_rgb(raw)
        image.flags.writeable = False
        with self._changed:
            self._rgb.add(k, image, image.nbytes)
        return image

    def _show(self, k: int, image: NDArray[np.uint8], started: float, proxy_of: int | None = None) -> None:
        self._last_ms = (time.perf_counter() - started) * 1e3
        self._last_shown = time.monotonic()
        with self._changed:
            if self._closing:
                return
            if self._wanted == k:
                self._wanted = None
                self._owed = k if proxy_of is not None else None
        is_proxy = proxy_of is not None
        self._on_frame(Frame(k, image, is_proxy, self._last_ms, k if proxy_of is None else proxy_of))

    def _tell(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            if self._on_error is not None:
                self._on_error(message)

    def _wait_for_quiet(self) -> None:
        """Hold up the proxy builder while the user steps or plays."""
        while not self._closing and not self._scrubbing:
            left = self._last_input + _QUIET_SECONDS - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.05))


def _second(source: VideoFile | ImageFolder) -> VideoFile | ImageFolder:
    return source.second() if isinstance(source, VideoFile) else ImageFolder(source.path)
