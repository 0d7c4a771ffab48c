"""One person (or animal) in one frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poseapp.errors import SkeletonError

HIDDEN, VISIBLE = 1, 2
# Fields of COCO annotations that are wrong once the pose has changed.
_OUTLINE = ("area", "segmentation")


@dataclass(eq=False)
class Instance:
    """Keypoints of one person in one frame, labelled or predicted.

    A keypoint is unlabelled exactly when its visibility is 0 and its point is NaN; construction makes the two
    agree (a point that is not finite becomes unlabelled, an unlabelled one NaN).

    Attributes:
        points: (K, 2) float64, x, y in pixels, integer coordinates at pixel centres.
        visibility: (K,) uint8: 0 unlabelled, 1 labelled but hidden, 2 visible. None: visible wherever finite.
        scores: (K,) float32 confidence of each keypoint; NaN where a person placed it. None: never predicted.
        score: Confidence of the whole instance, or None.
        source: "user", "prediction:RUN", "import:FILE", "interpolated" (between two labels) or "propagated"
            (a label followed through the video).
        track_id: Identity over time, or None.
        box: (4,) float64 xyxy in pixels, or None.
        id: Its number in the project or file, or None while it is in neither.
        extra: Further fields of the file it came from (JSON values), written back on export.

    Raises:
        SkeletonError: Arrays of the wrong shape, or a visibility other than 0, 1, 2.
    """

    points: np.ndarray
    visibility: np.ndarray = None  # type: ignore[assignment]
    scores: np.ndarray | None = None
    score: float | None = None
    source: str = "user"
    track_id: int | None = None
    box: np.ndarray | None = None
    id: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.points = np.array(self.points, dtype=np.float64)
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise SkeletonError(f"An instance's points must be (K, 2), not {self.points.shape}.")
        count = len(self.points)
        finite = np.isfinite(self.points).all(axis=1)
        if self.visibility is None:
            self.visibility = np.where(finite, VISIBLE, 0).astype(np.uint8)
        else:
            given = np.asarray(self.visibility, dtype=np.float64)
            # Comparisons instead of np.isin: half a million of these are made when a large file is read.
            if given.shape != (count,) or not ((given == 0) | (given == 1) | (given == 2)).all():
                raise SkeletonError(f"An instance's visibility must be {count} values of 0, 1 or 2.")
            self.visibility = np.where(finite, given, 0).astype(np.uint8)
        self.points[self.visibility == 0] = np.nan
        if self.scores is not None:
            self.scores = _checked(self.scores, (count,), np.float32, "scores")
        if self.box is not None:
            self.box = _checked(self.box, (4,), np.float64, "box")

    @classmethod
    def empty(cls, num_keypoints: int, source: str = "user") -> "Instance":
        """Return an instance without any labelled keypoint."""
        return cls(np.full((num_keypoints, 2), np.nan), source=source)

    @property
    def labelled(self) -> np.ndarray:
        """(K,) bool: keypoints that have a place, hidden ones included."""
        return self.visibility > 0

    @property
    def num_labelled(self) -> int:
        """How many keypoints have a place."""
        return int(np.count_nonzero(self.visibility))

    def bounds(self) -> np.ndarray | None:
        """Return (4,) float64 xyxy around the labelled keypoints, or None where there are none."""
        points = self.points[self.labelled]
        return np.concatenate([points.min(axis=0), points.max(axis=0)]) if len(points) else None

    def outline_changed(self) -> None:
        """Forget what a file said about the outline of the old pose: box, `area` and `segmentation`."""
        self.box = None
        self.extra = {key: value for key, value in self.extra.items() if key not in _OUTLINE}

    def copy(self) -> "Instance":
        """Return a copy that shares no array."""
        return Instance(
            self.points,
            self.visibility,
            None if self.scores is None else self.scores.copy(),
            self.score,
            self.source,
            self.track_id,
            None if self.box is None else self.box.copy(),
            self.id,
            dict(self.extra),
        )

    def take(self, index: Sequence[int] | np.ndarray) -> "Instance":
        """Return a copy with the keypoints of another skeleton.

        Args:
            index: For each new keypoint its old 0-based index, or -1 where it has none and stays unlabelled.
        """
        old = np.asarray(index, dtype=np.int64)
        changed = self.copy()
        changed.points = np.where(old[:, None] >= 0, self.points[old], np.nan)
        changed.visibility = np.where(old >= 0, self.visibility[old], 0).astype(np.uint8)
        if self.scores is not None:
            changed.scores = np.where(old >= 0, self.scores[old], np.nan).astype(np.float32)
        return changed

    def same_as(self, other: "Instance") -> bool:
        """Tell whether all fields but `id` are equal; NaN equals NaN."""
        return (
            _equal(self.points, other.points)
            and _equal(self.visibility, other.visibility)
            and _equal(self.scores, other.scores)
            and _equal(self.box, other.box)
            and (self.score, self.source, self.track_id, self.extra)
            == (other.score, other.source, other.track_id, other.extra)
        )


def _checked(values: ArrayLike, shape: tuple[int, ...], kind: Any, name: str) -> np.ndarray:
    array = np.array(values, dtype=kind)
    if array.shape != shape:
        raise SkeletonError(f"An instance's {name} must have the shape {shape}, not {array.shape}.")
    return array


def _equal(one: np.ndarray | None, two: np.ndarray | None) -> bool:
    if one is None or two is None:
        return one is two
    return np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
