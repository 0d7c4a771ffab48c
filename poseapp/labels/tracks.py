"""Everybody of a video followed from frame to frame at once, and what is usual for each of them."""

from __future__ import annotations

import numpy as np

from poseapp.labels.trajectories import PeopleTable

# People further apart than this in frames are not followed.
MAX_GAP = 3
# A person's centre moves less than this many times their size from one frame to the next.
MAX_SHIFT = 0.75
# Statistics of a person of their own need this many frames; shorter ones borrow those of everybody.
MIN_FRAMES = 30
MAX_SAMPLE = 10_000


def numbers_in_frame(frames: np.ndarray) -> np.ndarray:
    """`(M,)` which person of its frame each row is, 0-based; equal frames stand together."""
    starts = np.flatnonzero(np.diff(frames, prepend=frames[:1] - 1))
    return np.arange(len(frames)) - np.repeat(starts, np.diff(starts, append=len(frames)))


def sizes(points: np.ndarray) -> np.ndarray:
    """`(M,)` longer side of the box around each person's keypoints in pixels, NaN where there is none."""
    with np.errstate(all="ignore"):
        low = np.fmin.reduce(points, axis=1)
        high = np.fmax.reduce(points, axis=1)
    return np.maximum((high - low).max(axis=1), 1.0)


def link(table: PeopleTable) -> tuple[np.ndarray, np.ndarray]:
    """Follow people from frame to frame: mutually nearest centres of neighbouring frames are one person.

    A centre does not move when left and right are confused, so that a flip does not break a track.

    Returns:
        `(M,)` row of the same person in the frame before (-1: none), `(M,)` number of the person's track.
    """
    total = len(table.frames)
    before = np.full(total, -1, np.int64)
    if total == 0:
        return before, before
    starts = np.flatnonzero(np.diff(table.frames, prepend=table.frames[0] - 1))
    counts = np.diff(starts, append=total)
    row_frame = np.repeat(np.arange(len(starts)), counts)
    place = np.arange(total) - starts[row_frame]
    with np.errstate(all="ignore"):
        known = np.isfinite(table.points[..., 0])
        num = np.maximum(known.sum(axis=1), 1)[:, None]
        centres = np.where(known.any(axis=1)[:, None], np.nansum(table.points, axis=1) / num, np.nan)
    width = int(counts.max())
    grid = np.full((len(starts), width, 2), np.nan)
    grid[row_frame, place] = centres
    size = np.full((len(starts), width), np.nan)
    size[row_frame, place] = sizes(table.points)
    near = np.diff(table.frames[starts]) <= MAX_GAP
    gaps = np.hypot(*np.moveaxis(grid[1:, :, None] - grid[:-1, None, :], -1, 0))
    gaps = np.where((gaps <= MAX_SHIFT * size[1:, :, None]) & near[:, None, None], gaps, np.inf)
    back, forth = gaps.argmin(axis=2), gaps.argmin(axis=1)
    mutual = np.take_along_axis(forth, back, axis=1) == np.arange(width)
    mutual &= np.isfinite(np.take_along_axis(gaps, back[..., None], axis=2)[..., 0])
    frame, person = np.nonzero(mutual)
    before[starts[frame + 1] + person] = starts[frame] + back[frame, person]
    return before, _roots(before)


def _roots(before: np.ndarray) -> np.ndarray:
    """The first row of each row's chain, by doubling the step until nothing moves."""
    step = np.where(before < 0, np.arange(len(before)), before)
    while True:
        further = step[step]
        if np.array_equal(further, step):
            return np.unique(step, return_inverse=True)[1]
        step = further


def per_track(values: np.ndarray, tracks: np.ndarray, share: float = 0.5) -> np.ndarray:
    """A quantile of each column over the track that a row belongs to.

    Args:
        values: `(M, N)` numbers, NaN where unknown.
        tracks: `(M,)` number of each row's track.
        share: which quantile, 0.5: the median.

    Returns:
        `(M, N)`: for each row that of its track; tracks too short for it get that of all rows.
    """
    if len(values) == 0:
        return values.copy()
    order = np.argsort(tracks, kind="stable")
    starts = np.flatnonzero(np.diff(tracks[order], prepend=-1))
    stops = np.append(starts[1:], len(order))
    found = np.empty(values.shape)
    found[:] = quantile(values, share)
    for first, last in zip(starts.tolist(), stops.tolist(), strict=True):
        if last - first >= MIN_FRAMES:
            rows = order[first:last]
            found[rows] = quantile(values[rows], share)
    return found


def quantile(values: np.ndarray, share: float) -> np.ndarray:
    """`(N,)` quantile of each column of `(M, N)`, NaN left out; NaN where a column has nothing else.

    Of very many rows every n-th counts: the quantile of ten thousand is as good.
    """
    found = np.full(values.shape[1], np.nan)
    for column in range(values.shape[1]):
        known = values[:: max(1, len(values) // MAX_SAMPLE), column]
        known = known[np.isfinite(known)]
        if len(known):
            at = min(int(share * len(known)), len(known) - 1)
            found[column] = np.partition(known, at)[at]
    return found


def neighbours(values: np.ndarray, before: np.ndarray, rows: np.ndarray, reach: int) -> np.ndarray:
    """Values of the same person in the frames around some frames.

    Args:
        values: `(M, ...)` numbers.
        before: `(M,)` row of the same person in the frame before, -1: none.
        rows: `(R,)` rows asked for.
        reach: frames to each side.

    Returns:
        `(2 * reach + 1, R, ...)`, NaN where the person was not followed; the middle one is `values[rows]`.
    """
    after = np.full(len(before), -1, np.int64)
    has = np.flatnonzero(before >= 0)
    after[before[has]] = has
    found = np.full((2 * reach + 1, len(rows), *values.shape[1:]), np.nan, values.dtype)
    found[reach] = values[rows]
    for direction, towards in ((-1, before), (1, after)):
        at = rows
        for step in range(1, reach + 1):
            at = np.where(at >= 0, towards[at], -1)
            found[reach + direction * step, at >= 0] = values[at[at >= 0]]
    return found
