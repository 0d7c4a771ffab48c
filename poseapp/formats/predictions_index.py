"""Which frames of a prediction file are done and where: read once, then only what was appended."""

import h5py
import numpy as np

from poseapp.formats import predictions_layout as layout


class FrameIndex:
    """The frames of one video of a prediction file.

    Attributes:
        entries: (F, 3) int64 as in the file: frame_idx, first row of its people, number of its people; in the
            order they were written, a frame that was done twice stands in it twice.
    """

    def __init__(self, group: h5py.Group) -> None:
        self._group = group
        self.entries = np.zeros((0, 3), dtype=np.int64)
        self._scores = np.zeros(0, dtype=np.float32)
        # Frames, ascending, and the row of `entries` that counts for each; made when first asked for.
        self._sorted: tuple[np.ndarray, np.ndarray] | None = None
        self.extend()

    def extend(self) -> None:
        """Read the entries behind those already known, as far as they are finished."""
        table = self._group["frames"]
        known = len(self.entries)
        if len(table) <= known:
            return
        rows = min(len(self._group[name]) for name in layout.PEOPLE)
        new = table[known:]
        # What a killed or still writing process has announced but not finished is not there yet.
        whole = (new[:, 0] >= 0) & (new[:, 1] >= 0) & (new[:, 1] + new[:, 2] <= rows)
        new = new[: len(whole) if whole.all() else int(whole.argmin())]
        if not len(new):
            return
        frames = new[:, 0]
        if self._sorted is not None:
            old, places = self._sorted
            ascending = bool((np.diff(frames) > 0).all()) and (not len(old) or frames[0] > old[-1])
            places = np.concatenate([places, np.arange(known, known + len(new))])
            self._sorted = (np.concatenate([old, frames]), places) if ascending else None
        self.entries = np.concatenate([self.entries, new])

    def _index(self) -> tuple[np.ndarray, np.ndarray]:
        if self._sorted is None:
            # The last of equal ones counts, which is the first in the reversed table.
            frames, places = np.unique(self.entries[::-1, 0], return_index=True)
            self._sorted = frames, len(self.entries) - 1 - places
        return self._sorted

    @property
    def frames(self) -> np.ndarray:
        """(N,) int64 frames done, ascending, each once; not to be changed."""
        return self._index()[0]

    def row(self, frame_idx: int) -> int | None:
        """The row of `entries` that counts for a frame, or None where it was not done."""
        frames, places = self._index()
        at = int(np.searchsorted(frames, frame_idx))
        return int(places[at]) if at < len(frames) and frames[at] == frame_idx else None

    def current(self) -> np.ndarray:
        """(F,) bool: which rows of `entries` count, as the frame was not done again later."""
        counts = np.zeros(len(self.entries), dtype=bool)
        counts[self._index()[1]] = True
        return counts

    def scores(self) -> np.ndarray:
        """(N,) float32 mean keypoint score of each of `frames`, 0 where nobody was found."""
        known, total = len(self._scores), len(self.entries)
        if known < total:
            self._scores = np.concatenate([self._scores, self._group["frame_score"][known:total]])
        return self._scores[self._index()[1]]
