"""Handles around a person: turn it, scale it, move it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

PAD_PX = 14.0
STEM_PX = 30.0
SNAP_RAD = np.deg2rad(15.0)
SMALLEST = 0.05


class Handle(Enum):
    """What can be held; the values of corners and sides are their place on the box, -1 to 1."""

    NW = (-1, -1)
    N = (0, -1)
    NE = (1, -1)
    E = (1, 0)
    SE = (1, 1)
    S = (0, 1)
    SW = (-1, 1)
    W = (-1, 0)
    ROTATE = "rotate"
    MOVE = "move"


SCALING = tuple(handle for handle in Handle if isinstance(handle.value, tuple))


@dataclass(frozen=True)
class TransformBox:
    """The box around a person, with room around it.

    Attributes:
        bounds: `(4,)` xyxy around the keypoints, in pixels of the frame.
        unit: pixels of the frame for one of the screen: handles keep their size at any zoom.
    """

    bounds: np.ndarray
    unit: float

    @property
    def middle(self) -> np.ndarray:
        """`(2,)` what the person turns about."""
        return (self.bounds[:2] + self.bounds[2:]) / 2

    @property
    def half(self) -> np.ndarray:
        """`(2,)` half the size of the padded box."""
        size: np.ndarray = (self.bounds[2:] - self.bounds[:2]) / 2 + PAD_PX * self.unit
        return size

    def place(self, handle: Handle) -> np.ndarray:
        """`(2,)` where a handle is."""
        if handle is Handle.ROTATE:
            return self.middle - (0.0, self.half[1] + STEM_PX * self.unit)
        if handle is Handle.MOVE:
            return self.middle
        return self.middle + self.half * np.array(handle.value)

    def handle_at(self, pos: np.ndarray, radius: float) -> Handle | None:
        """The handle under the mouse; inside the box, the one that moves; else None."""
        nearest = min((Handle.ROTATE, *SCALING), key=lambda h: float(np.hypot(*(self.place(h) - pos))))
        if float(np.hypot(*(self.place(nearest) - pos))) <= radius:
            return nearest
        return Handle.MOVE if (np.abs(pos - self.middle) <= self.half).all() else None

    def matrix(
        self, handle: Handle, start: np.ndarray, pos: np.ndarray, *, held: bool, centred: bool
    ) -> np.ndarray:
        """The `(2, 3)` map that takes a handle from `start` to `pos`.

        Args:
            handle: which one is held.
            start: `(2,)` where the mouse took it.
            pos: `(2,)` where the mouse is.
            held: Shift: turn in steps of 15 degrees; corners scale both sides on their own.
            centred: Alt: scale about the middle instead of the opposite side.
        """
        if handle is Handle.ROTATE:
            return self._turn(start, pos, held)
        side = np.array(handle.value, float)
        pivot = self.middle if centred else self.middle - side * (self.bounds[2:] - self.bounds[:2]) / 2
        arm = start - pivot
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where((side != 0) & (np.abs(arm) > 1e-9), (pos - pivot) / arm, 1.0)
        if side.all() and not held:
            # Both sides alike: how far along the diagonal the mouse has come.
            scale[:] = float((pos - pivot) @ arm) / max(float(arm @ arm), 1e-9)
        scale = np.maximum(scale, SMALLEST)
        return np.column_stack([np.diag(scale), pivot - scale * pivot])

    def _turn(self, start: np.ndarray, pos: np.ndarray, held: bool) -> np.ndarray:
        before, now = start - self.middle, pos - self.middle
        angle = float(np.arctan2(now[1], now[0]) - np.arctan2(before[1], before[0]))
        if held:
            angle = float(np.round(angle / SNAP_RAD) * SNAP_RAD)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return np.column_stack([turn, self.middle - turn @ self.middle])
