"""What the threads of a frame server share: what is wanted, what is there, where the user is and where to."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.video.proxy import ProxyStore
from poseapp.video.window import FrameWindow

_NEAR = 12  # frames: a request this close to the one before is travel, a farther one a jump
_REST_SECONDS = 0.12  # a hand that has not moved for so long rests
_RGB_SHARE = 4  # one part in so many of the memory holds converted frames


class ServerState:
    """Guarded by `changed`, which is notified at every change. All methods expect it to be held.

    Attributes:
        window: Decoded frames, not yet converted.
        rgb: Converted frames.
        proxies: Low-resolution pictures; locks itself.
        wanted: The newest request that is not served yet, or None.
        scrubbing: Whether the newest request came from a dragging hand.
        owed: The frame for which only a proxy was shown; the full one follows when the hand rests.
        offer: A frame whose request was overtaken but that is better than a screen that stands still.
        playhead: The newest request.
        direction: Direction of travel, +1 or -1.
        jumped: Whether the newest request was far from the one before.
        last: The last frame's number; None until it is known.
        last_input: Time of the newest request, `time.monotonic`.
        last_shown: Time of the last picture.
        closing: Whether the server is being closed.
    """

    def __init__(self, max_bytes: int, proxy_bytes: int) -> None:
        self.changed = threading.Condition()
        self.window: FrameWindow[Any] = FrameWindow(0)
        self.rgb: FrameWindow[NDArray[np.uint8]] = FrameWindow(0)
        self.proxies = ProxyStore(proxy_bytes)
        self.wanted: int | None = None
        self.scrubbing = False
        self.owed: int | None = None
        self.offer: int | None = None
        self.playhead = 0
        self.direction = 1
        self.jumped = False
        self.last: int | None = None
        self.last_input = -1e9
        self.last_shown = 0.0
        self.closing = False
        self.set_max_bytes(max_bytes)

    def set_max_bytes(self, max_bytes: int) -> None:
        """Change the bound for decoded and converted frames together."""
        self.rgb.max_bytes = max_bytes // _RGB_SHARE
        self.window.max_bytes = max_bytes - self.rgb.max_bytes
        self.rgb.shrink()
        self.window.shrink()

    def ask(self, k: int, scrubbing: bool) -> None:
        """Make frame k the newest request."""
        k = self.clamped(k)
        step = k - self.playhead
        self.jumped = abs(step) > _NEAR
        if step:
            self.direction = -1 if -_NEAR <= step < 0 else 1
        self.playhead = k
        self.window.move(k, self.direction)
        self.rgb.move(k, self.direction)
        self.wanted, self.scrubbing = k, scrubbing
        self.owed = None
        self.last_input = time.monotonic()
        self.changed.notify_all()

    def set_last(self, last: int) -> None:
        """Say how far the video goes; requests beyond it are moved to its end."""
        self.last = last
        self.playhead = self.clamped(self.playhead)
        if self.wanted is not None:
            self.wanted = self.clamped(self.wanted)

    def clamped(self, k: int) -> int:
        """Return the nearest frame number there is."""
        return max(0, k if self.last is None else min(k, self.last))

    def is_decoded(self, k: int) -> bool:
        """Tell whether frame k can be shown without decoding."""
        return k in self.rgb or k in self.window

    def has_stand_in(self) -> bool:
        """Tell whether the wanted frame may be answered with a proxy."""
        return self.scrubbing and len(self.proxies) > 0

    def must_decode(self) -> int | None:
        """Return the frame that somebody waits for and only decoding can bring, or None."""
        k = self.wanted
        if k is None or self.is_decoded(k) or self.has_stand_in():
            return None
        return k

    def rest_in(self) -> float | None:
        """Return in how many seconds the hand will have rested, None where nothing is owed."""
        if self.owed is None:
            return None
        return self.last_input + _REST_SECONDS - time.monotonic()

    def settle(self) -> None:
        """Ask for the full frame after the hand has come to rest."""
        self.wanted, self.scrubbing, self.owed = self.owed, False, None
        self.changed.notify_all()
