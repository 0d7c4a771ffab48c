"""What is under the mouse: pure functions on arrays, in pixels of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseapp.app.layers import Ref, ScreenInstance

# How near a click must be to a keypoint, in screen pixels; gestures get it in pixels of the frame.
REACH_PX = 10.0


@dataclass(frozen=True)
class Hit:
    """What the mouse is on.

    Attributes:
        ref: the person.
        keypoint: index of the keypoint, or None: on a limb.
    """

    ref: Ref
    keypoint: int | None


def nearest_point(points: np.ndarray, pos: np.ndarray, radius: float) -> tuple[int, float] | None:
    """Index and distance of the point nearest to `pos`, at most `radius` away.

    Args:
        points: `(K, 2)`, NaN where there is none.
        pos: `(2,)`.
        radius: in the unit of the points.
    """
    if len(points) == 0:
        return None
    distance = np.hypot(points[:, 0] - pos[0], points[:, 1] - pos[1])
    distance[np.isnan(distance)] = np.inf
    k = int(np.argmin(distance))
    return (k, float(distance[k])) if distance[k] <= radius else None


def segment_distance(starts: np.ndarray, ends: np.ndarray, pos: np.ndarray) -> np.ndarray:
    """Distance of `pos` to each segment.

    Args:
        starts: `(N, 2)`, NaN where an end is not there.
        ends: `(N, 2)`.
        pos: `(2,)`.

    Returns:
        `(N,)`, infinite where the segment is not there.
    """
    along = ends - starts
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    t = np.clip(((pos - starts) * along).sum(axis=1) / length2, 0.0, 1.0)
    distance = np.hypot(*(starts + t[:, None] * along - pos).T)
    distance[np.isnan(distance)] = np.inf
    return distance


def hit_test(
    people: Sequence[ScreenInstance],
    edges: Sequence[tuple[int, int]],
    pos: np.ndarray,
    *,
    radius: float,
    limb_radius: float,
    first: Ref | None = None,
) -> Hit | None:
    """The keypoint, else the limb, under the mouse.

    Keypoints win over limbs. Of several keypoints in reach the nearest wins; where two are practically one
    (less than a fifth of the radius apart), the selected person, then the topmost one.

    Args:
        people: in drawing order, the last is topmost.
        edges: pairs of keypoint indices.
        pos: `(2,)` in frame pixels.
        radius: reach of keypoints in frame pixels (screen pixels over zoom).
        limb_radius: reach of limbs in frame pixels.
        first: the selected person, who is drawn over the others.
    """
    order = sorted(range(len(people)), key=lambda i: (people[i].ref == first, i), reverse=True)
    best: tuple[float, Hit] | None = None
    for i in order:
        found = nearest_point(people[i].instance.points, pos, radius)
        if found is not None and (best is None or found[1] < best[0] - radius / 5):
            best = found[1], Hit(people[i].ref, found[0])
    if best is not None or len(edges) == 0:
        return best[1] if best else None
    pairs = np.asarray(edges, np.int64)
    nearest: tuple[float, Hit] | None = None
    for i in order:
        points = people[i].instance.points
        distance = float(segment_distance(points[pairs[:, 0]], points[pairs[:, 1]], pos).min())
        if distance <= limb_radius and (nearest is None or distance < nearest[0] - limb_radius / 5):
            nearest = distance, Hit(people[i].ref, None)
    return nearest[1] if nearest else None


def prefer(
    hit: Hit | None, wanted: Hit, person: ScreenInstance, pos: np.ndarray, radius: float
) -> Hit | None:
    """The wanted keypoint in the place of another of the same person that is practically as near.

    Of two keypoints that lie on each other, the one chosen in the table or with Tab is the one that is taken.

    Args:
        hit: what is under the mouse.
        wanted: the selected keypoint.
        person: whose it is.
        pos: `(2,)` in frame pixels.
        radius: reach of keypoints in frame pixels.
    """
    if hit is None or hit.keypoint is None or hit.ref != wanted.ref or wanted.keypoint is None:
        return hit
    gaps = np.hypot(*(person.instance.points - pos).T)
    return wanted if gaps[wanted.keypoint] <= min(gaps[hit.keypoint] + radius / 3, radius) else hit
