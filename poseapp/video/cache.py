"""Frames for a viewer: decoded ahead on a thread of their own, the newest request first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.video.index import ScanCancelled
from poseapp.video.lookahead import LookAhead
from poseapp.video.proxy import MAX_WIDTH, ProxyBuilder, shrunk
from poseapp.video.reader import VideoFile
from poseapp.video.source import FrameSource, open_deferred
from poseapp.video.state import ServerState

_READY_AHEAD = 2  # frames converted before they are asked for
_QUIET_SECONDS = 0.3  # proxies wait so long after a step
_FIRST_REQUEST_SECONDS = 0.05  # a viewer asks for its first frame this soon after opening


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture for the screen.

    Attributes:
        frame_idx: The frame that was asked for.
        image: `(H, W, 3)` uint8 RGB; a proxy is smaller than the video, in the same proportions.
        is_proxy: Whether it is a low-resolution stand-in.
        decode_ms: Time from the newest request to the picture, in milliseconds.
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

    The callbacks are called from the server's own threads and should return at once.
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
            on_frame: Called with each picture. Of requests that come faster than pictures only the
                newest is served.
            on_error: Called once with each different trouble, one line.
            on_ready: Called when the number of frames and their times are known.
            proxy_bytes: Bound for proxies in memory; 0 for none.
        """
        self._path = Path(path)
        self._on_frame = on_frame
        self._on_error = on_error
        self._on_ready = on_ready
        self._state = ServerState(max_bytes, proxy_bytes)
        self._source: FrameSource | None = None
        self._builder: ProxyBuilder | None = None
        self._info: VideoInfo | None = None
        self._last_ms = 0.0
        self._told: set[str] = set()
        self._decoder = threading.Thread(target=self._decode, name="video-decoder", daemon=True)
        self._presenter = threading.Thread(target=self._present, name="video-frames", daemon=True)
        self._decoder.start()
        self._presenter.start()

    # For any thread

    @property
    def info(self) -> VideoInfo | None:
        """What is known of the video; None until its index is there."""
        return self._info

    @property
    def stats(self) -> ServerStats:
        """How the server is doing."""
        state = self._state
        with state.changed:
            held = state.window.held_bytes + state.rgb.held_bytes
            frames = len(set(state.window) | set(state.rgb))
        share = self._builder.share if self._builder else 0.0
        return ServerStats(self._last_ms, held, frames, state.proxies.held_bytes, share)

    def request(self, k: int) -> None:
        """Ask for frame k; a request not yet served is forgotten. Numbers outside the video are clamped."""
        with self._state.changed:
            self._state.ask(k, scrubbing=False)

    def scrub(self, k: int) -> None:
        """Ask for frame k while a hand drags: a proxy at once where there is one, the full frame at rest."""
        with self._state.changed:
            self._state.ask(k, scrubbing=True)

    def cached(self, k: int) -> NDArray[np.uint8] | None:
        """Return frame k if it lies ready as `(H, W, 3)` RGB, else None. Read-only."""
        with self._state.changed:
            return self._state.rgb.get(k)

    def preview(self, k: int) -> tuple[NDArray[np.uint8], int] | None:
        """Return a small picture near frame k without decoding any video, so within milliseconds.

        Returns:
            `(h, w, 3)` RGB, at most 320 wide, and the frame that it shows; None while there is none.
        """
        nearest = self._state.proxies.nearest(k)
        if nearest != k:
            full = self.cached(k)
            if full is not None:
                return shrunk(full, MAX_WIDTH // 2), k
        return None if nearest is None else (self._state.proxies.image(nearest, half=True), nearest)

    def set_max_bytes(self, max_bytes: int) -> None:
        """Change the bound for decoded frames; it holds when this returns."""
        with self._state.changed:
            self._state.set_max_bytes(max_bytes)
            self._state.changed.notify_all()

    def close(self) -> None:
        """End decoding and free all frames; no callback comes after this returns."""
        with self._state.changed:
            self._state.closing = True
            self._state.changed.notify_all()
        for thread in (self._presenter, self._decoder):
            if thread is not threading.current_thread():
                thread.join()

    def __enter__(self) -> FrameServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # On the decoding thread

    def _decode(self) -> None:
        try:
            source = self._open()
        except VideoError as error:
            self._tell(str(error))
            return
        except ScanCancelled:
            return
        state = self._state
        with source:
            LookAhead(state, source, self._tell).run()
            if self._builder is not None:
                self._builder.stop()
        with state.changed:
            state.window.clear()
            state.rgb.clear()

    def _open(self) -> FrameSource:
        source = open_deferred(self._path)
        try:
            if isinstance(source, VideoFile):
                self._show_first(source)
                source.build_index(lambda: self._state.closing)
            self._announce(source)
        except BaseException:
            source.close()
            raise
        if self._state.proxies.max_bytes > 0:
            self._builder = ProxyBuilder(source.second, self._state.proxies, self._wait_for_quiet)
            self._builder.start()
        return source

    def _show_first(self, source: VideoFile) -> None:
        """Show frame 0, if that is what is wanted, before the index is there."""
        state = self._state
        with state.changed:
            state.changed.wait_for(
                lambda: state.wanted is not None or state.closing, timeout=_FIRST_REQUEST_SECONDS
            )
            first = state.wanted == 0 and not state.closing
        if first:
            self._show(0, self._convert(source, 0, source.first_raw))

    def _announce(self, source: FrameSource) -> None:
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
        with self._state.changed:
            self._source = source
            self._state.set_last(len(source) - 1)
            self._state.changed.notify_all()
            closing = self._state.closing
        if self._on_ready is not None and not closing:
            self._on_ready(self._info)

    def _wait_for_quiet(self) -> None:
        """Hold up the proxy builder while the user steps or plays."""
        state = self._state
        while not state.closing and not state.scrubbing:
            left = state.last_input + _QUIET_SECONDS - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.05))

    # On the presenting thread

    def _present(self) -> None:
        """Show what is there as soon as it is wanted, whatever the decoder is busy with."""
        state = self._state
        with state.changed:
            state.changed.wait_for(lambda: self._source is not None or state.closing)
            source = self._source
        while source is not None:
            with state.changed:
                if state.closing:
                    return
                k, raw = state.wanted, None
                if k is None or not (state.is_decoded(k) or state.has_stand_in()):
                    k, state.offer = state.offer, None
                if k is None:
                    k = self._coming(source)
                    raw = None if k is None else state.window.get(k)
                    if raw is None:
                        rest = state.rest_in()
                        if rest is not None and rest <= 0:
                            state.settle()
                        else:
                            state.changed.wait(rest)
                        continue
            if raw is not None and k is not None:
                self._convert(source, k, raw)
            elif k is not None:
                self._show_ready(source, k)

    def _coming(self, source: FrameSource) -> int | None:
        """Return a decoded frame that will be asked for next and is not converted yet."""
        state = self._state
        room = (_READY_AHEAD + 2) * 3 * source.width * source.height
        if state.rgb.max_bytes < room or state.owed is not None:
            return None
        coming = (state.playhead + state.direction * step for step in range(1, _READY_AHEAD + 1))
        return next((k for k in coming if k in state.window and k not in state.rgb), None)

    def _show_ready(self, source: FrameSource, k: int) -> None:
        state = self._state
        with state.changed:
            image = state.rgb.get(k)
            raw = state.window.get(k) if image is None else None
        if raw is not None:
            image = self._convert(source, k, raw)
        if image is not None:
            self._show(k, image)
            return
        nearest = state.proxies.nearest(k)
        if nearest is not None and state.scrubbing:
            self._show(k, state.proxies.image(nearest), proxy_of=nearest)

    def _convert(self, source: FrameSource, k: int, raw: object) -> NDArray[np.uint8]:
        image = source.to_rgb(raw)
        image.flags.writeable = False
        with self._state.changed:
            if not self._state.closing:
                self._state.rgb.add(k, image, image.nbytes)
        return image

    def _show(self, k: int, image: NDArray[np.uint8], proxy_of: int | None = None) -> None:
        state = self._state
        with state.changed:
            if state.closing:
                return
            state.last_shown = time.monotonic()
            self._last_ms = (state.last_shown - state.last_input) * 1e3
            if state.wanted == k:
                state.wanted = None
                state.owed = None if proxy_of is None else k
                state.scrubbing = proxy_of is not None
        image_idx = k if proxy_of is None else proxy_of
        self._on_frame(Frame(k, image, proxy_of is not None, self._last_ms, image_idx))

    def _tell(self, message: str) -> None:
        if message not in self._told and not self._state.closing:
            self._told.add(message)
            if self._on_error is not None:
                self._on_error(message)
