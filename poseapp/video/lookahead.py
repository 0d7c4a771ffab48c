"""The decoding thread of a frame server: first what is waited for, then what will be asked next."""

from __future__ import annotations

import time
from collections.abc import Callable

from poseapp.errors import VideoError
from poseapp.video.reader import DecodeCancelled
from poseapp.video.source import FrameSource
from poseapp.video.state import ServerState

_MOST_FRAMES = 400  # decoded to either side
_JUMP_PAUSE_SECONDS = 0.05  # after a jump: whoever jumps once often jumps again
_REST_SECONDS = 0.25  # without a request for so long, the user looks
_PATIENCE_SECONDS = 0.3  # after so long without a picture a decode is finished although a newer request waits


class LookAhead:
    """Fills the window of a `ServerState` from a video that it alone decodes."""

    def __init__(self, state: ServerState, source: FrameSource, on_error: Callable[[str], None]) -> None:
        self._state = state
        self._source = source
        self._on_error = on_error
        self._raw_bytes = max(1, source.width * source.height * 3 // 2)

    def run(self) -> None:
        """Decode until the server closes."""
        state = self._state
        while True:
            with state.changed:
                if state.closing:
                    return
                wanted = state.must_decode()
                playhead, direction = state.playhead, state.direction
            try:
                if wanted is not None:
                    self._serve(wanted, direction)
                elif not self._prepare(playhead, direction):
                    self._wait()
            except DecodeCancelled:
                continue
            except VideoError as error:
                self._on_error(str(error))
                self._give_up(wanted)

    def _wait(self) -> None:
        state = self._state
        with state.changed:
            seen = (state.playhead, state.direction, state.owed, state.window.max_bytes)
            state.changed.wait_for(
                lambda: (
                    state.closing
                    or state.must_decode() is not None
                    or seen != (state.playhead, state.direction, state.owed, state.window.max_bytes)
                )
            )

    def _give_up(self, wanted: int | None) -> None:
        """Forget a request that cannot be answered; after trouble in looking ahead, wait for the next."""
        with self._state.changed:
            if wanted is not None and self._state.wanted == wanted:
                self._state.wanted = None
        self._wait()

    def _serve(self, k: int, direction: int) -> None:
        low = k
        if direction < 0:
            low = min(k, max(self._source.entry_frame(k), k - self._frames(4.0, 150, 0.5) + 1))
        self._decode(low, k, patient=True)

    def _prepare(self, playhead: int, direction: int) -> bool:
        """Decode ahead; False where there is nothing to do."""
        if self._state.owed is not None or self._state.scrubbing:
            return False  # the hand may rest anywhere: no long work now
        if self._state.jumped and self._pause(playhead, self._state.last_shown + _JUMP_PAUSE_SECONDS):
            return True
        if direction < 0:
            lead, trail = self._frames(4.0, 150, 0.5), self._frames(1.0, 30, 0.15)
            return self._fill_before(playhead, lead) or self._fill_after(playhead, trail)
        # Frames before the playhead are dear: a run costs their group of pictures from its start, and takes
        # the decoder away from the frames ahead. So they are fetched, and many, when the user rests.
        return (
            self._fill_after(playhead, self._frames(2.0, 60, 0.35))
            or self._pause(playhead, self._state.last_input + _REST_SECONDS)
            or self._fill_before(playhead, self._frames(3.0, 90, 0.35))
        )

    def _pause(self, playhead: int, until: float) -> bool:
        """Wait until a time or a request; False where the time had come before."""
        state = self._state
        left = until - time.monotonic()
        if left <= 0:
            return False
        with state.changed:
            state.changed.wait_for(
                lambda: state.closing or state.must_decode() is not None or state.playhead != playhead,
                timeout=left,
            )
        return True

    def _fill_after(self, playhead: int, lead: int) -> bool:
        """Decode frames after the playhead, once half of the lead is used up."""
        last = min(len(self._source) - 1, playhead + lead)
        with self._state.changed:
            missing = self._state.window.first_missing(playhead + 1, last)
        if missing is None or missing - playhead > max(1, lead // 2):
            return False
        self._decode(missing, last)
        return True

    def _fill_before(self, playhead: int, lead: int) -> bool:
        """Decode frames before the playhead, once half of the lead is used up, many in one run."""
        with self._state.changed:
            missing = self._state.window.last_missing(max(0, playhead - lead), playhead - 1)
        if missing is None or playhead - missing > max(1, lead // 2):
            return False
        self._decode(max(self._source.entry_frame(missing), missing - lead + 1), missing)
        return True

    def _frames(self, seconds: float, least: int, share: float) -> int:
        """Return a number of frames: so many seconds, at least so many, at most a share of the memory."""
        return int(min(max(seconds * self._source.fps, least), share * self._capacity(), _MOST_FRAMES))

    def _capacity(self) -> float:
        return self._state.window.max_bytes / self._raw_bytes

    def _decode(self, low: int, high: int, *, patient: bool = False) -> None:
        """Decode `low..high` into the window.

        Args:
            low: First frame.
            high: Last frame, the one that somebody waits for where `patient`.
            patient: Finish although a newer request waits, where the screen has stood still for long.

        Raises:
            DecodeCancelled: If a request came that this range does not answer.
        """
        state, source = self._state, self._source
        begun = time.monotonic()

        def interrupted() -> bool:
            if state.closing:
                return True
            wanted = state.wanted
            if wanted is None or low <= wanted <= high or state.is_decoded(wanted):
                return False
            return not (patient and time.monotonic() - max(state.last_shown, begun) > _PATIENCE_SECONDS)

        for k in range(low, high + 1):
            if k in state.window:
                continue
            raw = source.raw(k, interrupted)
            size = source.raw_bytes(raw)
            self._raw_bytes = max(self._raw_bytes, size)
            with state.changed:
                state.window.add(k, raw, size)
                if patient and k == high and state.wanted != k:
                    state.offer = k
                state.changed.notify_all()
            if interrupted():
                raise DecodeCancelled
