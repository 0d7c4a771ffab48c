"""Which people have left and right swapped: three signs, each silent where it cannot tell.

1. *Itself*: the shoulders point the other way than the hips, though both are seen broad.
2. *Neighbours*: with sides swapped the pose fits the labelled frames before and after much better.
3. *The others*: nearly all poses of the set agree on which side left is on once they are turned onto each
   other (mice from above, people filmed from the front), and this one disagrees. Sets with people from the
   front and from behind do not agree, and then nothing is said.

Arrays: N people, K keypoints; `points` (N, K, 2) x, y in pixels with anything where `seen` (N, K) is False.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseapp.labels.skeleton import Skeleton

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Place = tuple[str | None, int | None, int | None]

# Frames further apart than this say nothing about each other.
NEIGHBOUR_FRAMES = 45
# The swapped pose must be this much nearer than the given one to speak against it.
MUCH_NEARER = 0.6
# Share of all people that must agree on the sides before one that disagrees is named.
AGREEMENT = 0.9


def find_mirrored(points: Floats, seen: Bools, places: Sequence[Place], skeleton: Skeleton) -> dict[int, str]:
    """Find people whose left and right are probably swapped.

    Args:
        points: Keypoints `(N, K, 2)` in pixels.
        seen: Which are labelled `(N, K)`.
        places: For each person its video, frame_idx and track_id, as far as known.
        skeleton: Says which keypoints mirror each other.

    Returns:
        Row of the person to the sign, in words that fit into brackets.
    """
    paired = np.array(skeleton.swap_index) != np.arange(skeleton.num_keypoints)
    if not paired.any():
        return {}
    z = np.where(seen, points[..., 0] + 1j * points[..., 1], 0)
    found: dict[int, str] = {}
    for row in _against_others(z, seen, skeleton):
        found[row] = "against nearly all others"
    for row, frames in _against_neighbours(points, seen, places, skeleton):
        found[row] = "frame " + " and ".join(str(f) for f in frames) + " has them the other way"
    for row in _against_itself(points, seen, skeleton):
        found[row] = "the shoulders point the other way than the hips"
    return found


def _against_itself(points: Floats, seen: Bools, skeleton: Skeleton) -> list[int]:
    if skeleton.torso is None:
        return []
    r_shoulder, l_shoulder, r_hip, l_hip = skeleton.torso
    whole = seen[:, list(skeleton.torso)].all(axis=1)
    shoulders = points[:, l_shoulder] - points[:, r_shoulder]
    hips = points[:, l_hip] - points[:, r_hip]
    length = np.linalg.norm(
        points[:, [r_shoulder, l_shoulder]].mean(1) - points[:, [r_hip, l_hip]].mean(1), axis=1
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        wide_s, wide_h = np.linalg.norm(shoulders, axis=1), np.linalg.norm(hips, axis=1)
        cosine = (shoulders * hips).sum(axis=1) / (wide_s * wide_h)
        # A trunk twists by less than a right angle: broad shoulders over broad, opposite hips cannot be.
        wrong = whole & (cosine < -0.7) & (wide_s > 0.35 * length) & (wide_h > 0.25 * length)
    return [int(row) for row in np.flatnonzero(wrong)]


def _against_neighbours(
    points: Floats, seen: Bools, places: Sequence[Place], skeleton: Skeleton
) -> list[tuple[int, list[int]]]:
    groups: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
    for row, (video, frame_idx, track_id) in enumerate(places):
        if video is not None and frame_idx is not None:
            groups.setdefault((video, track_id), []).append((frame_idx, row))
    found = []
    for members in groups.values():
        members.sort()
        # Several people without tracks in one frame: who is whose neighbour is not known.
        frames = [frame for frame, _ in members]
        if len(set(frames)) < len(frames):
            continue
        for k, (frame, row) in enumerate(members):
            near = [members[j] for j in (k - 1, k + 1) if 0 <= j < len(members)]
            near = [n for n in near if abs(n[0] - frame) <= NEIGHBOUR_FRAMES]
            if len(near) == 2 and all(_swap_fits(points, seen, row, other, skeleton) for _, other in near):
                found.append((row, [n[0] for n in near]))
    return found


def _swap_fits(points: Floats, seen: Bools, row: int, other: int, skeleton: Skeleton) -> bool:
    """Whether swapping the sides of `row` brings it much nearer to `other`, place of the person left out."""
    swap = skeleton.swap_index
    paired = (swap != np.arange(len(swap))) & seen[other]
    given = paired & seen[row]
    common = given & given[swap]
    if common.sum() < 4:
        return False
    target = points[other][common]
    size = float(np.ptp(target, axis=0).max())
    as_is, swapped = (_apart(points[row][index][common], target) for index in (np.arange(len(swap)), swap))
    return as_is > 0.08 * size and swapped < MUCH_NEARER * as_is


def _apart(points: Floats, target: Floats) -> float:
    """Mean distance after the middles are laid onto each other."""
    shifted = points - points.mean(axis=0) + target.mean(axis=0)
    return float(np.linalg.norm(shifted - target, axis=1).mean())


def _against_others(z: NDArray[np.complex128], seen: Bools, skeleton: Skeleton) -> list[int]:
    swap = skeleton.swap_index
    paired = swap != np.arange(len(swap))
    both = seen & seen[:, swap]
    # Only people with a pair and something else to tell which way they face.
    usable = (both & paired).any(axis=1) & (seen.sum(axis=1) >= 3)
    if usable.sum() < 8:
        return []
    rows = np.flatnonzero(usable)
    # Keypoints with one side labelled alone would move to an empty place: use the same set for both readings.
    keep = (both & paired) | (seen & ~paired)
    shapes, weight = z[rows], keep[rows].astype(np.float64)
    mean = _mean_shape(shapes, weight)
    as_is = _misfit(shapes, weight, mean)
    swapped = _misfit(shapes[:, swap], weight, mean)
    for_given = as_is < MUCH_NEARER * swapped
    against = (swapped < 0.5 * MUCH_NEARER * as_is) & (as_is > 0.02)
    if for_given.mean() < AGREEMENT:
        return []
    return [int(row) for row in rows[against]]


def _centred(z: NDArray[np.complex128], weight: Floats) -> NDArray[np.complex128]:
    total = np.maximum(weight.sum(axis=-1, keepdims=True), 1e-9)
    return np.asarray(weight * (z - (weight * z).sum(axis=-1, keepdims=True) / total))


def _misfit(shapes: NDArray[np.complex128], weight: Floats, mean: NDArray[np.complex128]) -> Floats:
    """What remains `(N,)`, 0 to 1, once the mean is moved, turned and scaled, not flipped, onto each."""
    a = _centred(shapes, weight)
    m = _centred(np.broadcast_to(mean, shapes.shape), weight)
    power = (abs(a) ** 2).sum(axis=1) * (abs(m) ** 2).sum(axis=1)
    shared = abs((a * m.conj()).sum(axis=1)) ** 2
    return np.asarray(1 - shared / np.maximum(power, 1e-12))


def _mean_shape(shapes: NDArray[np.complex128], weight: Floats) -> NDArray[np.complex128]:
    """Mean of all shapes `(K,)`, each turned and scaled onto it; starts from the most typical of some."""
    spread = np.linspace(0, len(shapes) - 1, min(len(shapes), 40)).astype(int)
    whole = spread[weight[spread].sum(axis=1) >= np.median(weight.sum(axis=1))]
    start = min(
        whole, key=lambda k: float(np.median(_misfit(shapes, weight, shapes[k]))), default=int(spread[0])
    )
    mean = shapes[start] - shapes[start].mean()
    for _ in range(6):
        a = _centred(shapes, weight)
        m = _centred(np.broadcast_to(mean, shapes.shape), weight)
        turn = (a.conj() * m).sum(axis=1) / np.maximum((abs(a) ** 2).sum(axis=1), 1e-9)
        offset = (weight * mean).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        aligned = a * turn[:, None] + weight * offset[:, None]
        mean = aligned.sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9)
        mean = mean / max(float(np.sqrt((abs(mean - mean.mean()) ** 2).mean())), 1e-9)
    return np.asarray(mean)
