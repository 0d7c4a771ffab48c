"""Low-resolution pictures of a video, built in the background, for dragging along the timeline."""

from __future__ import annotations

import os
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.video.reader import DecodeCancelled
from poseapp.video.source import FrameSource

MAX_WIDTH = 640
_JPEG_QUALITY = 80
_NICE = 5  # mild: a thread that holds the interpreter's lock must still get its turn


class ProxyStore:
    """JPEG pictures by frame number, bounded in bytes. Thread-safe.

    Attributes:
        max_bytes: Bound of the sum of the JPEG sizes.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._jpegs: dict[int, NDArray[np.uint8]] = {}
        self._numbers: list[int] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, k: int) -> bool:
        return k in self._jpegs

    @property
    def held_bytes(self) -> int:
        """Sum of the sizes held."""
        return self._bytes

    def add(self, k: int, image: NDArray[np.uint8]) -> bool:
        """Compress and hold the `(h, w, 3)` RGB picture of frame k; return False where the store is full."""
        ok, jpeg = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        if not ok:
            return False
        with self._lock:
            if self._bytes + len(jpeg) > self.max_bytes or k in self._jpegs:
                return k in self._jpegs
            self._jpegs[k] = jpeg.ravel().astype(np.uint8, copy=False)
            insort(self._numbers, k)
            self._bytes += len(jpeg)
            return True

    def room_for(self, count: int) -> int:
        """Return how many of `count` frames the store can hold, judged by the pictures it has."""
        with self._lock:
            mean = self._bytes / len(self._numbers) if self._numbers else 1.0
        return max(1, min(count, int(self.max_bytes / (1.1 * mean))))

    def nearest(self, k: int) -> int | None:
        """Return the number of the held picture nearest to frame k, or None."""
        with self._lock:
            position = bisect_left(self._numbers, k)
            around = self._numbers[max(0, position - 1) : position + 1]
        return min(around, key=lambda number: abs(number - k), default=None)

    def image(self, k: int, *, half: bool = False) -> NDArray[np.uint8]:
        """Return the `(h, w, 3)` RGB picture of a held frame; `half`: in half the size, sooner."""
        with self._lock:
            jpeg = self._jpegs[k]
        decoded = cv2.imdecode(jpeg, cv2.IMREAD_REDUCED_COLOR_2 if half else cv2.IMREAD_COLOR)
        assert decoded is not None, "our own JPEG"
        return np.ascontiguousarray(decoded[:, :, ::-1]).astype(np.uint8, copy=False)


class ProxyBuilder:
    """Fills a `ProxyStore` at low priority: entry points first, coarse to fine, then what lies between."""

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        store: ProxyStore,
        wait_for_quiet: Callable[[], None],
    ) -> None:
        """Prepare; `start()` begins.

        Args:
            open_source: Opens the video for the builder's own use, called on its thread.
            store: Where pictures go.
            wait_for_quiet: Called before each picture; blocks while the user is waiting for frames.
        """
        self._open_source = open_source
        self._store = store
        self._wait_for_quiet = wait_for_quiet
        self._stopping = threading.Event()
        self._share = 0.0
        self._thread = threading.Thread(target=self._run, name="video-proxies", daemon=True)

    @property
    def share(self) -> float:
        """How much of the planned pictures is there, 0 to 1."""
        return self._share

    def start(self) -> None:
        """Begin to build."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        if hasattr(os, "setpriority") and hasattr(os, "PRIO_PROCESS") and os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)  # decoder threads inherit it
        try:
            with self._open_source() as source:
                for k in self._plan(source):
                    if self._stopping.is_set() or not self._build(source, k):
                        return
        except (VideoError, DecodeCancelled):
            return  # the frame server meets the same trouble and reports it

    def _plan(self, source: FrameSource) -> Iterator[int]:
        keys = coarse_to_fine(source.key_frames())
        total = len(source)
        done = 0
        for done, k in enumerate(keys, 1):
            if done > 32 and done > self._store.room_for(total) // 2:
                break  # all-intra video: no need to jump about for each picture
            self._share = done / max(done, self._store.room_for(total))
            yield int(k)
        stride = -(-total // self._store.room_for(total))
        for k in range(0, total, stride):
            self._share = max(self._share, k / total)
            if k not in self._store:
                yield k
        self._share = 1.0

    def _build(self, source: FrameSource, k: int) -> bool:
        self._wait_for_quiet()
        try:
            raw = source.raw(k, self._stopping.is_set)
        except VideoError:
            return True  # a damaged frame: the next may be whole
        return self._store.add(k, source.to_small_rgb(raw, MAX_WIDTH))


def shrunk(image: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Return an `(H, W, 3)` picture in a width in pixels, or as it is where it is no wider."""
    if image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def coarse_to_fine(numbers: NDArray[np.int64]) -> list[int]:
    """Order ascending numbers so that every beginning of the list is spread over the whole range."""
    count = len(numbers)
    order: list[int] = []
    seen = np.zeros(count, bool)
    step = 1 << max(0, (count - 1).bit_length())
    while step >= 1:
        for position in range(0, count, step):
            if not seen[position]:
                seen[position] = True
                order.append(int(numbers[position]))
        step //= 2
    return order
