"""Poses between labelled frames, and who is the same person in several frames.

Splines are PCHIP: F. N. Fritsch and R. E. Carlson, Monotone Piecewise Cubic Interpolation, SIAM J.
Numer. Anal. 17 (1980): they pass through the labels and never overshoot them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from poseapp.errors import PoseError
from poseapp.labels.instance import HIDDEN, VISIBLE, Instance

METHODS = ("linear", "spline")
INTERPOLATED = "interpolated"
REACH_IN_SIZES = 3.0
Step = tuple[int, Instance]
People = Mapping[int, Sequence[Instance]]


@dataclass
class Filling:
    """What is proposed between labels.

    Attributes:
        people: By frame.
        gaps: How many stretches between two labels of a person get people.
    """

    people: dict[int, list[Instance]]
    gaps: int

    @property
    def num_people(self) -> int:
        """People in all frames."""
        return sum(len(found) for found in self.people.values())


def chains(people: People) -> list[list[Step]]:
    """Each person's labels over time.

    People are the same where their tracks are, whatever is between; where one has no track, the nearest of
    the labelled frame before is, up to three times its size away.

    Args:
        people: Labelled people by frame.

    Returns:
        One list of (frame, person) each, frames ascending.
    """
    found: list[list[Step]] = []
    before = -1
    for frame in sorted(people):
        free = list(people[frame])
        pairs = [
            (0.0 if _same_track(chain[-1][1], person) else distance(chain[-1][1], person), c, p)
            for c, chain in enumerate(found)
            for p, person in enumerate(free)
            if _may_be_same(chain[-1], person, before)
        ]
        chain_taken: set[int] = set()
        person_taken: set[int] = set()
        for _gap, c, p in sorted(pairs):
            if c not in chain_taken and p not in person_taken:
                found[c].append((frame, free[p]))
                chain_taken.add(c)
                person_taken.add(p)
        found += [[(frame, person)] for p, person in enumerate(free) if p not in person_taken]
        before = frame
    return found


def _same_track(one: Instance, two: Instance) -> bool:
    return one.track_id is not None and one.track_id == two.track_id


def _may_be_same(last: Step, person: Instance, before: int) -> bool:
    frame, earlier = last
    if earlier.track_id is not None and person.track_id is not None:
        return earlier.track_id == person.track_id
    bounds = earlier.bounds()
    if frame != before or bounds is None:
        return False
    size = max(float(np.hypot(*(bounds[2:] - bounds[:2]))), 1.0)
    return distance(earlier, person) <= REACH_IN_SIZES * size


def distance(one: Instance, two: Instance, swap: np.ndarray | None = None) -> float:
    """Mean distance in pixels of the keypoints both have; infinite without one.

    Args:
        one: A person.
        two: Another.
        swap: The skeleton's swap index: then the smaller of the distances with sides as they are and
            exchanged.
    """
    gaps = np.hypot(*(one.points - two.points).T)
    gaps = gaps[np.isfinite(gaps)]
    near = float(gaps.mean()) if len(gaps) else float("inf")
    return near if swap is None else min(near, distance(one, two.take(swap)))


def follow(
    start: Instance, frames: Iterable[int], at: Callable[[int], Sequence[Instance]], swap: np.ndarray
) -> list[tuple[int, int]]:
    """Find one person again from frame to frame, also where left and right are exchanged.

    Args:
        start: The person where the following begins.
        frames: Frames in the order to go through.
        at: The people of a frame.
        swap: The skeleton's swap index.

    Returns:
        (frame, place in what `at` gave) wherever the person was found.
    """
    found, last = [], start
    for frame in frames:
        people = at(frame)
        places = [i for i, p in enumerate(people) if _same_track(last, p)]
        if not places:
            apart = [distance(last, p, swap) for p in people]
            free = [
                i for i, p in enumerate(people)
                if (last.track_id is None or p.track_id is None)
                and _may_be_same((frame, last), p if apart[i] == distance(last, p) else p.take(swap), frame)
            ]  # fmt: skip
            places = sorted(free, key=lambda i: apart[i])
        if places:
            found.append((frame, places[0]))
            last = people[places[0]]
    return found


def between(frames: np.ndarray, values: np.ndarray, at: np.ndarray, method: str) -> np.ndarray:
    """Values between known ones.

    Args:
        frames: (N,) ascending, N >= 2.
        values: (N, D).
        at: (M,) within the first and the last of `frames`.
        method: "linear" or "spline" (PCHIP).

    Returns:
        (M, D).

    Raises:
        PoseError: The method is not known.
    """
    if method not in METHODS:
        raise PoseError(f"There is no interpolation '{method}'; it is linear or spline.")
    t, y, x = np.asarray(frames, float), np.asarray(values, float), np.asarray(at, float)
    left = np.clip(np.searchsorted(t, x, side="right") - 1, 0, len(t) - 2)
    h = (t[left + 1] - t[left])[:, None]
    s = (x - t[left])[:, None] / h
    y0, y1 = y[left], y[left + 1]
    if method == "linear" or len(t) == 2:
        return y0 * (1 - s) + y1 * s
    slopes = _slopes(t, y)
    d0, d1 = slopes[left] * h, slopes[left + 1] * h
    s2, s3 = s * s, s * s * s
    return (2 * s3 - 3 * s2 + 1) * y0 + (s3 - 2 * s2 + s) * d0 + (3 * s2 - 2 * s3) * y1 + (s3 - s2) * d1


def _slopes(t: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N, D) slopes that keep each stretch monotone: weighted harmonic means, one-sided at the ends."""
    h = np.diff(t)[:, None]
    rise = np.diff(y, axis=0) / h
    slopes = np.zeros_like(y)
    first, second = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = rise[:-1] * rise[1:] > 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = (first + second) / (first / rise[:-1] + second / rise[1:])
    slopes[1:-1] = np.where(same, mean, 0.0)
    slopes[0] = _end_slope(h[0], h[1], rise[0], rise[1])
    slopes[-1] = _end_slope(h[-1], h[-2], rise[-1], rise[-2])
    return slopes


def _end_slope(h0: np.ndarray, h1: np.ndarray, rise0: np.ndarray, rise1: np.ndarray) -> np.ndarray:
    slope = ((2 * h0 + h1) * rise0 - h0 * rise1) / (h0 + h1)
    slope = np.where(slope * rise0 <= 0, 0.0, slope)
    steep = (rise0 * rise1 <= 0) & (np.abs(slope) > 3 * np.abs(rise0))
    return np.where(steep, 3 * rise0, slope)


def fill(people: People, wanted: range, method: str = "linear", step: int = 1) -> Filling:
    """Poses for the frames between two labels of a person.

    A keypoint gets a place only between two frames that have it, hidden where it is hidden in one of them.

    Args:
        people: Labelled people by frame; those around `wanted` bend a spline.
        wanted: The frames that may be filled.
        method: "linear" or "spline".
        step: Fill every so-manieth frame after a label.

    Raises:
        PoseError: The method is not known or the step is below 1.
    """
    if step < 1:
        raise PoseError(f"The step is 1 or more, not {step}.")
    filling = Filling({}, 0)
    for chain in chains(people):
        frames = np.array([frame for frame, _ in chain])
        for place in range(len(chain) - 1):
            at = np.arange(frames[place] + step, frames[place + 1], step)
            at = at[(at >= wanted.start) & (at < wanted.stop)]
            filled = _gap(chain, frames, place, at, method) if len(at) else []
            for frame, person in zip(at.tolist(), filled, strict=False):
                filling.people.setdefault(frame, []).append(person)
            filling.gaps += bool(filled)
    filling.people = dict(sorted(filling.people.items()))
    return filling


def _gap(chain: list[Step], frames: np.ndarray, place: int, at: np.ndarray, method: str) -> list[Instance]:
    """The person at frames after place `place` of the chain; [] where no keypoint is in both ends."""
    start, end = chain[place][1], chain[place + 1][1]
    both = np.flatnonzero(start.labelled & end.labelled)
    if len(both) == 0:
        return []
    points = np.full((len(at), len(start.points), 2), np.nan)
    for k in both:
        first, last = place, place + 1
        while first > 0 and chain[first - 1][1].labelled[k]:
            first -= 1
        while last + 1 < len(chain) and chain[last + 1][1].labelled[k]:
            last += 1
        # A slope depends on its neighbours alone.
        first, last = max(first, place - 2), min(last, place + 3)
        known = np.array([person.points[k] for _, person in chain[first : last + 1]])
        points[:, k] = between(frames[first : last + 1], known, at, method)
    hidden = (start.visibility == HIDDEN) | (end.visibility == HIDDEN)
    seen = np.zeros(len(start.points), np.uint8)
    seen[both] = np.where(hidden[both], HIDDEN, VISIBLE)
    track = start.track_id if start.track_id is not None else end.track_id
    return [Instance(p, seen, source=INTERPOLATED, track_id=track) for p in points]
