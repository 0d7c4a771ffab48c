"""People over time: all detections of a video as arrays, one person followed through them, what is measured
of that person, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

# A person whose middle is further off than this share of their size, for each frame since, is another one.
REACH = 0.75
# A person may be missing for so many frames and is still the same.
MAX_MISSING = 25
# Speed is measured between detections at most so many frames apart.
MAX_STEP = 5


@dataclass(frozen=True, eq=False)
class PeopleTable:
    """Every detection of one video, a row each, frames ascending.

    Attributes:
        frames: (N,) int64.
        points: (N, K, 2) float32 pixels, NaN where unlabelled.
        scores: (N, K) float32, NaN where unknown; None where no row has any.
        tracks: (N,) int64 identity over time, -1 unknown.
        labelled: (N,) bool: a label (False: a prediction).
    """

    frames: np.ndarray
    points: np.ndarray
    scores: np.ndarray | None
    tracks: np.ndarray
    labelled: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)

    @classmethod
    def empty(cls, num_keypoints: int) -> PeopleTable:
        """A table of nobody."""
        none = np.zeros(0, np.int64)
        return cls(none, np.zeros((0, num_keypoints, 2), np.float32), None, none, np.zeros(0, bool))

    def take(self, rows: np.ndarray) -> PeopleTable:
        """Some rows: indices, ascending, or a mask."""
        scores = None if self.scores is None else self.scores[rows]
        return PeopleTable(
            self.frames[rows], self.points[rows], scores, self.tracks[rows], self.labelled[rows]
        )

    def columns(self, index: Sequence[int]) -> PeopleTable:
        """The same people in another order of keypoints; -1 stands for one that is not known here."""
        if list(index) == list(range(self.points.shape[1])):
            return self
        known = np.asarray(index, np.int64) >= 0
        at = np.where(known, index, 0)
        points, scores = self.points[:, at], None if self.scores is None else self.scores[:, at]
        points[:, ~known] = np.nan
        if scores is not None:
            scores[:, ~known] = np.nan
        return replace(self, points=points, scores=scores)


def joined(tables: Sequence[PeopleTable]) -> PeopleTable:
    """All rows of some tables of one video, frames ascending; earlier tables come first within a frame."""
    filled = [table for table in tables if len(table)] or list(tables[:1])
    if len(filled) == 1:
        return filled[0]
    frames = np.concatenate([t.frames for t in filled])
    ascending = bool((np.diff(frames) >= 0).all())
    order = slice(None) if ascending else np.argsort(frames, kind="stable")
    scores = None
    if any(t.scores is not None for t in filled):
        blank = [np.full(t.points.shape[:2], np.nan, np.float32) for t in filled]
        parts = [b if t.scores is None else t.scores for t, b in zip(filled, blank, strict=True)]
        scores = np.concatenate(parts)[order]
    return PeopleTable(
        frames[order],
        np.concatenate([t.points for t in filled])[order],
        scores,
        np.concatenate([t.tracks for t in filled])[order],
        np.concatenate([t.labelled for t in filled])[order],
    )


class Collected:
    """Joins pages of one video as they are read, without holding all of it twice.

    Args:
        expected: how many rows there will be; more may come.
        num_keypoints: K.
    """

    def __init__(self, expected: int, num_keypoints: int) -> None:
        self._points = np.empty((expected, num_keypoints, 2), np.float32)
        self._parts: list[PeopleTable] = []
        self._count = 0

    def add(self, page: PeopleTable) -> None:
        """Take the next rows."""
        end = self._count + len(page)
        if end <= len(self._points):
            self._points[self._count : end] = page.points
            page = replace(page, points=self._points[self._count : end])
        self._count = end
        self._parts.append(page)

    def table(self) -> PeopleTable:
        """All rows."""
        if self._count > len(self._points) or not self._parts:
            return joined(self._parts)
        scores = None
        if any(part.scores is not None for part in self._parts):
            scores = joined(self._parts).scores
        return PeopleTable(
            np.concatenate([part.frames for part in self._parts]),
            self._points[: self._count],
            scores,
            np.concatenate([part.tracks for part in self._parts]),
            np.concatenate([part.labelled for part in self._parts]),
        )


def without_frames(table: PeopleTable, frames: np.ndarray) -> PeopleTable:
    """The rows of other frames than these (ascending): what a newer file has is not taken from an older."""
    if len(frames) == 0 or len(table) == 0:
        return table
    at = np.minimum(np.searchsorted(frames, table.frames), len(frames) - 1)
    return table.take(frames[at] != table.frames)


def one_a_frame(table: PeopleTable, rows: np.ndarray) -> np.ndarray:
    """Of rows in the order of the table one a frame: a label before a prediction, else the first."""
    if len(rows) < 2:
        return rows
    order = np.lexsort((~table.labelled[rows], table.frames[rows]))
    rows = rows[order]
    return rows[np.diff(table.frames[rows], prepend=-1) > 0]


def follow(table: PeopleTable, row: int) -> np.ndarray:
    """Follow one person forwards and backwards.

    By `tracks` where the row has one; else from frame to frame to whoever is nearest, as long as that is
    within reach (`REACH`, `MAX_MISSING`), labels before predictions.

    Args:
        table: all detections.
        row: the person, as a row of the table.

    Returns:
        (M,) int64 rows of the table, frames ascending, one a frame.
    """
    if table.tracks[row] >= 0:
        return one_a_frame(table, np.flatnonzero(table.tracks == table.tracks[row]))
    if bool((np.diff(table.frames) > 0).all()):
        return np.arange(len(table))  # nobody else there: whoever is seen is this person
    links = _Links(table)
    behind = links.chase(row, -1)
    return np.array([*behind[::-1], row, *links.chase(row, 1)], np.int64)


class _Links:
    """Who of the neighbouring frames continues each row, for all rows at once."""

    def __init__(self, table: PeopleTable) -> None:
        self._starts = np.flatnonzero(np.diff(table.frames, prepend=-1) > 0)
        self._counts = np.diff(np.append(self._starts, len(table)))
        self._frames = table.frames[self._starts]
        self._group = np.repeat(np.arange(len(self._starts)), self._counts)
        self._labelled = table.labelled
        with np.errstate(invalid="ignore"):
            low, high = _extent(table.points)
        self._middles, self._sizes = (low + high) / 2, np.hypot(*(high - low).T)

    def _nearest(self, rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
        """For each row the person of a group of rows (one frame's) who continues it, -1: nobody."""
        width = int(self._counts[groups].max())
        slots = np.arange(width)
        others = np.minimum(self._starts[groups, None] + slots, len(self._group) - 1)
        there = slots < self._counts[groups, None]
        missing = np.abs(self._frames[groups] - self._frames[self._group[rows]])
        offsets = self._middles[others] - self._middles[rows, None]
        distance = np.hypot(offsets[..., 0], offsets[..., 1])
        reach = REACH * self._sizes[rows] * np.sqrt(np.maximum(missing, 1))
        ok = there & (distance <= np.maximum(reach, 8.0)[:, None])
        # Ten times their size is further than anybody within reach: labels win wherever they fit.
        cost = np.where(ok, distance + 1e6 * ~self._labelled[others], np.inf)
        best = cost.argmin(axis=1)
        found = np.isfinite(cost[np.arange(len(rows)), best])
        return np.where(found, others[np.arange(len(rows)), best], -1)

    def chase(self, row: int, step: int) -> list[int]:
        """Rows that continue a row forwards (1) or backwards (-1), from near to far."""
        groups = self._group + step
        inside = (groups >= 0) & (groups < len(self._starts))
        gap = np.abs(self._frames[np.clip(groups, 0, len(self._starts) - 1)] - self._frames[self._group])
        rows = np.flatnonzero(inside & (gap <= MAX_MISSING))
        links = np.full(len(self._group), -1, np.int64)
        if len(rows):
            links[rows] = self._nearest(rows, groups[rows])
        following: list[int] = links.tolist()
        chain: list[int] = []
        while True:
            row = following[row] if following[row] >= 0 else self._after_gap(row, step)
            if row < 0:
                return chain
            chain.append(row)

    def _after_gap(self, row: int, step: int) -> int:
        """The first row within reach behind frames where the person is missing, -1: none."""
        group, at = self._group[row] + 2 * step, np.array([row])
        while 0 <= group < len(self._starts):
            if abs(int(self._frames[group] - self._frames[self._group[row]])) > MAX_MISSING:
                break
            found = int(self._nearest(at, np.array([group]))[0])
            if found >= 0:
                return found
            group += step
        return -1


def _extent(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest x, y (N, 2) of known keypoints, NaN where there is none."""
    low = np.fmin.reduce(points, axis=1)
    return low, np.fmax.reduce(points, axis=1)


def first_person(table: PeopleTable, number: int = 1) -> int | None:
    """The row to follow where nobody is chosen: the nth from the left in the first frame with so many people.

    Args:
        table: all detections.
        number: 1 for the first person.
    """
    starts = np.flatnonzero(np.diff(table.frames, prepend=-1) > 0)
    counts = np.diff(np.append(starts, len(table)))
    enough = np.flatnonzero(counts >= number)
    if len(enough) == 0:
        return None
    start, count = int(starts[enough[0]]), int(counts[enough[0]])
    if number == count == 1:
        return start
    labels = np.flatnonzero(table.labelled[start : start + count])
    rows = start + (labels if len(labels) >= number else np.arange(count))
    low, high = _extent(table.points[rows])
    return int(rows[np.argsort((low + high)[:, 0], kind="stable")[number - 1]])


# -- what is measured -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quantity:
    """Something measured of one person in every frame.

    Attributes:
        kind: "x", "y", "speed", "score" or "length".
        keypoints: indices: one keypoint; the two ends of a bone for "length"; several for the mean "speed" or
            "score" of them.
    """

    kind: str
    keypoints: tuple[int, ...]


UNITS = {"x": "px", "y": "px", "speed": "px/s", "score": "", "length": "px"}


def measure(person: PeopleTable, quantity: Quantity, times: np.ndarray) -> np.ndarray:
    """Measure a person who was followed.

    Speed is the way between the detections before and after, through the time between them (central
    differences; one-sided at ends and gaps), as in Winter, Biomechanics and Motor Control, ch. 3.

    Args:
        person: one row a frame.
        quantity: what.
        times: (M,) seconds of the person's frames.

    Returns:
        (M,) float64 in `UNITS`, NaN where it cannot be told.
    """
    at = list(quantity.keypoints)
    if quantity.kind in ("x", "y"):
        return person.points[:, at[0], "xy".index(quantity.kind)].astype(np.float64)
    if quantity.kind == "length":
        ends = person.points[:, at].astype(np.float64)
        return np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    if quantity.kind == "score":
        if person.scores is None:
            return np.full(len(person), np.nan)
        return _mean(person.scores[:, at].astype(np.float64))
    return _mean(_speeds(person.frames, person.points[:, at].astype(np.float64), times))


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean (M,) of what is known in each row (M, K)."""
    if values.shape[1] == 1:
        return values[:, 0]
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _speeds(frames: np.ndarray, points: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Speed (M, K) in pixels a second of points (M, K, 2)."""
    if len(frames) < 2:
        return np.full(points.shape[:2], np.nan)
    seconds = np.diff(times)[:, None]
    steps = np.diff(points, axis=0)
    far = (np.diff(frames) > MAX_STEP)[:, None] | (seconds <= 0)
    known = np.isfinite(steps).all(axis=2) & ~far
    steps = np.where(known[..., None], steps, 0.0)
    seconds = np.where(known, seconds, 0.0)
    way = np.zeros_like(points)
    time = np.zeros(points.shape[:2])
    way[1:] += steps
    way[:-1] += steps
    time[1:] += seconds
    time[:-1] += seconds
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = np.hypot(way[..., 0], way[..., 1]) / time
    return np.where(time > 0, speed, np.nan)
