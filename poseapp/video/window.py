"""Decoded frames around the playhead, bounded in bytes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_BEHIND = 3  # a frame behind the direction of travel counts as this many times as far away


class FrameWindow(Generic[T]):
    """Frames by number; the one least likely to be shown next goes first. Not thread-safe.

    Attributes:
        max_bytes: Bound of `held_bytes`; only the frame at the playhead is kept beyond it.
        held_bytes: Sum of the sizes of the frames held.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self._frames: dict[int, tuple[T, int]] = {}
        self._numbers: list[int] = []
        self._playhead = 0
        self._direction = 1

    def __contains__(self, k: int) -> bool:
        return k in self._frames

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def get(self, k: int) -> T | None:
        """Return frame k, or None where it is not held."""
        entry = self._frames.get(k)
        return None if entry is None else entry[0]

    def move(self, playhead: int, direction: int) -> None:
        """Set the frame that is looked at and the direction of travel, +1 or -1."""
        self._playhead, self._direction = playhead, direction

    def add(self, k: int, frame: T, size: int) -> bool:
        """Hold frame k of `size` bytes; return False where it was less wanted than what fills the window."""
        self.discard(k)
        self._frames[k] = (frame, size)
        insort(self._numbers, k)
        self.held_bytes += size
        self.shrink()
        return k in self._frames

    def discard(self, k: int) -> None:
        """Let frame k go, where it is held."""
        entry = self._frames.pop(k, None)
        if entry is not None:
            self._numbers.pop(bisect_left(self._numbers, k))
            self.held_bytes -= entry[1]

    def shrink(self) -> None:
        """Let frames go until the bound holds."""
        while self.held_bytes > self.max_bytes and len(self._numbers) > 1:
            low, high = self._numbers[0], self._numbers[-1]
            self.discard(low if self._distance(low) >= self._distance(high) else high)
        if self.held_bytes > self.max_bytes and self._numbers != [self._playhead]:
            self.clear()

    def clear(self) -> None:
        """Let all frames go."""
        self._frames.clear()
        self._numbers.clear()
        self.held_bytes = 0

    def last_missing(self, low: int, high: int) -> int | None:
        """Return the highest number in `low..high` (both included) that is not held, or None."""
        return next((k for k in range(high, low - 1, -1) if k not in self._frames), None)

    def first_missing(self, low: int, high: int) -> int | None:
        """Return the lowest number in `low..high` (both included) that is not held, or None."""
        return next((k for k in range(low, high + 1) if k not in self._frames), None)

    def _distance(self, k: int) -> int:
        offset = (k - self._playhead) * self._direction
        return offset if offset >= 0 else -_BEHIND * offset
