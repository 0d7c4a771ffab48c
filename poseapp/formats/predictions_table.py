"""The people of a prediction file as arrays, for questions about all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import h5py
import numpy as np

from poseapp.formats import predictions_layout as layout
from poseapp.formats.predictions_index import FrameIndex


@dataclass(frozen=True)
class PredictedPeople:
    """M people of one video, frame by frame.

    Attributes:
        frame_idx: (M,) int64.
        number: (M,) int64, which of the people of its frame, 0-based.
        points: (M, K, 2) float32, NaN where missing.
        visibility: (M, K) uint8, 0 where missing.
        scores: (M, K) float32, NaN where unknown.
        score: (M,) float32, NaN where unknown.
        track_id: (M,) int64, -1 where unknown.
    """

    frame_idx: np.ndarray
    number: np.ndarray
    points: np.ndarray
    visibility: np.ndarray
    scores: np.ndarray
    score: np.ndarray
    track_id: np.ndarray

    def __len__(self) -> int:
        return len(self.frame_idx)

    def take(self, keep: np.ndarray) -> PredictedPeople:
        """Those of an index or a mask `(M,)`."""
        return PredictedPeople(
            self.frame_idx[keep], self.number[keep], self.points[keep], self.visibility[keep],
            self.scores[keep], self.score[keep], self.track_id[keep],
        )  # fmt: skip

    def without(self, hidden: Mapping[int, frozenset[int]]) -> PredictedPeople:
        """All but those whose numbers are named, by frame."""
        if not hidden:
            return self
        gone = np.array([(f, n) for f, numbers in hidden.items() for n in numbers], np.int64).reshape(-1, 2)
        step = 1 + max(int(self.number.max(initial=0)), int(gone[:, 1].max(initial=0)))
        return self.take(~np.isin(self.frame_idx * step + self.number, gone[:, 0] * step + gone[:, 1]))


def read_table(group: h5py.Group, done: FrameIndex) -> PredictedPeople:
    """Read a video's group; of a frame that was done twice the later counts."""
    entries = done.entries[done.current()]
    entries = entries[np.argsort(entries[:, 0], kind="stable")]
    counts = entries[:, 2]
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(entries[:, 1], counts) + number
    if not len(rows):
        num = group["points"].shape[1]
        none, unknown = np.zeros(0, np.int64), np.zeros((0, num), np.float32)
        points = np.zeros((0, num, 2), np.float32)
        return PredictedPeople(none, none, points, unknown.astype(np.uint8), unknown, unknown[:, 0], none)
    low, high = int(rows.min()), int(rows.max()) + 1
    names = ("points", "visibility", "scores", "score", "track_id")
    points, seen, scores, score, tracks = (layout.read_rows(group, n, low, high) for n in names)
    if len(rows) != high - low or (np.diff(rows) != 1).any():
        at = rows - low
        points, seen, scores, score, tracks = points[at], seen[at], scores[at], score[at], tracks[at]
    visibility = np.where(np.isfinite(points).all(axis=2), seen, 0).astype(np.uint8)
    points[visibility == 0] = np.nan
    frame_idx = np.repeat(entries[:, 0], counts)
    return PredictedPeople(frame_idx, number, points, visibility, scores, score, tracks)
