"""Points of one person followed from frame to frame until they drift.

Pyramidal Lucas-Kanade (B. D. Lucas and T. Kanade, 1981; J.-Y. Bouguet, 2001) there and back again (Z. Kalal
et al., Forward-Backward Error, ICPR 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

LEFT, BACK, LOOK, BONE = "left the picture", "drifted", "looks different", "moved apart from its bone"
# Larger people are followed in a smaller picture: windows of equal share of a person cost the same.
_MOST_PX = 480.0
_LEVELS = 3  # a coarser one sees little but what is beside a small person
_PLAIN = 2.0  # grey levels: patches with less contrast cannot be told apart
_SHORT_BONE = 0.06  # of the person's size: shorter bones change their length by turning


@dataclass(frozen=True)
class Limits:
    """Beyond these a point has drifted.

    Attributes:
        back: Distance between a point and itself followed there and back, as a share of the person's size.
        likeness: Normalised correlation with the patch the point began on, at least.
        stretch: Factor by which a bone may grow longer, compared with the person's other bones.
        window: Side of the window that is compared, as a share of the person's size.
    """

    back: float = 0.012
    likeness: float = 0.45
    stretch: float = 1.25
    window: float = 0.08


class PointTracker:
    """Follows the points of one person through frames given one after the other.

    Args:
        image: (H, W, 3) uint8 RGB where it begins.
        points: (K, 2) pixels; NaN is not followed.
        edges: Pairs of points that are bones.
        limits: When a point has drifted.

    Attributes:
        points: (K, 2) where they are now, in pixels; NaN where not followed any more.
        why: For each point that has stopped, why.
        num: How many points were followed at the start.
        measures: (K, 3) of the last step: `back`, `likeness`, `stretch` as in `Limits`.
    """

    def __init__(
        self,
        image: np.ndarray,
        points: np.ndarray,
        edges: Sequence[tuple[int, int]] = (),
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        points = np.array(points, np.float64)
        height, width = image.shape[:2]
        inside = np.isfinite(points).all(axis=1)
        inside[inside] &= ((points[inside] >= 0) & (points[inside] <= (width - 1, height - 1))).all(axis=1)
        points[~inside] = np.nan
        self.num, self.why = int(inside.sum()), dict[int, str]()
        size = float(np.hypot(*np.ptp(points[inside], axis=0))) if self.num else 0.0
        self._size = max(size, 32.0)
        self._scale = min(1.0, _MOST_PX / self._size)
        side = int(np.clip(round(self.limits.window * self._size * self._scale), 9, 61)) | 1
        self._window = (side, side)
        self._at = points * self._scale  # in the smaller picture
        self._edges = np.array(edges, np.intp).reshape(-1, 2)
        self._lengths = self._bones()
        self._gray = self._seen(image)
        self._first = {int(k): self._patch(self._gray, self._at[k]) for k in np.flatnonzero(inside)}
        self.measures = np.full((len(points), 3), np.nan)

    @property
    def points(self) -> np.ndarray:
        """(K, 2) where they are now, in pixels of the frame."""
        return self._at / self._scale

    @property
    def alive(self) -> np.ndarray:
        """(K,) bool: which are still followed."""
        return np.isfinite(self._at[:, 0])

    def step(self, image: np.ndarray) -> None:
        """Follow the points into the next frame; those that drift are not followed any more."""
        live = np.flatnonzero(self.alive)
        gray = self._seen(image)
        old = self._at[live].astype(np.float32)
        if len(live):
            new, ok = self._move(self._gray, gray, old)
            back, ok_back = self._move(gray, self._gray, new)
            self._at[live] = new
            self._judge(live, ok & ok_back, np.hypot(*(back - old).T), gray)
        self._gray = gray

    def _judge(self, live: np.ndarray, ok: np.ndarray, gaps: np.ndarray, gray: np.ndarray) -> None:
        """Measure each point, then stop those beyond the limits."""
        height, width = gray.shape
        x, y = self._at[live].T
        gone = ~((x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1))
        self.measures[:] = np.nan
        self.measures[live, 0] = gaps / (self._size * self._scale)
        self.measures[live, 1] = [self._likeness(int(k), gray) for k in live]
        self.measures[:, 2] = self._stretch()
        back, likeness, stretch = self.measures[live].T
        limits = self.limits
        for k, why in (
            *((k, LEFT) for k in live[gone]),
            *((k, BACK) for k in live[~ok | ~(back <= limits.back)]),
            *((k, LOOK) for k in live[likeness < limits.likeness]),
            *((k, BONE) for k in live[stretch > limits.stretch]),
        ):
            self.why.setdefault(int(k), why)
        self._at[list(self.why)] = np.nan

    def _seen(self, image: np.ndarray) -> np.ndarray:
        """Grey values at the scale that is worked at."""
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if self._scale < 1:
            # Point (x, y) must come to lie on (x, y) * scale: pixel centres are whole numbers here.
            size = (round(gray.shape[1] * self._scale), round(gray.shape[0] * self._scale))
            smooth = cv2.GaussianBlur(gray, (0, 0), 0.5 / self._scale)
            matrix = np.array([[self._scale, 0, 0], [0, self._scale, 0]], np.float32)
            gray = cv2.warpAffine(
                smooth, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
        return gray

    def _move(self, a: np.ndarray, b: np.ndarray, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where points of picture a are in picture b, and whether they were found."""
        found = cv2.calcOpticalFlowPyrLK(
            a, b, old[:, None], np.empty_like(old[:, None]), winSize=self._window, maxLevel=_LEVELS
        )
        new, ok = np.asarray(found[0]), np.asarray(found[1])
        return new[:, 0], ok[:, 0].astype(bool)

    def _patch(self, gray: np.ndarray, at: np.ndarray) -> np.ndarray:
        return cv2.getRectSubPix(gray, self._window, (float(at[0]), float(at[1]))).astype(np.float32)

    def _likeness(self, k: int, gray: np.ndarray) -> float:
        now, first = self._patch(gray, self._at[k]), self._first[k]
        if min(now.std(), first.std()) < _PLAIN:
            return 1.0 if abs(now.mean() - first.mean()) < 10 * _PLAIN else 0.0
        return float(cv2.matchTemplate(now, first, cv2.TM_CCOEFF_NORMED)[0, 0])

    def _bones(self) -> np.ndarray:
        """(E,) lengths of the bones, in the smaller picture; NaN without both ends."""
        a, b = self._edges.T
        return np.hypot(*(self._at[a] - self._at[b]).T)

    def _stretch(self) -> np.ndarray:
        """(K,) how much the least changed bone of each point has grown, against the person's median bone.

        A bone that turns towards the camera shrinks, none grows much. Of two ends one may be wrong, so a
        point is judged by the bone that speaks best for it.
        """
        found = np.full(len(self._at), np.nan)
        if not len(self._edges):
            return found
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = self._bones() / self._lengths
        usable = np.isfinite(grown)
        if not usable.any():
            return found
        median = float(np.median(grown[usable]))
        long = self._lengths > _SHORT_BONE * self._size * self._scale
        for k in np.flatnonzero(self.alive):
            mine = usable & long & (self._edges == k).any(axis=1)
            if mine.any():
                found[k] = float(grown[mine].min()) / max(median, 0.2)
        return found
