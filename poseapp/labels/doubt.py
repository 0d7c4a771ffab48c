"""Which predicted frames are probably wrong, and why: what is worth the time of somebody who corrects.

Four signs, each against the person's own habits, none of which needs the network or the picture:

- score: the network said itself that it was unsure;
- jump: a keypoint leaps while the frames around it move calmly;
- flip: exchanging left and right makes the motion to the frame before much smaller;
- bone: the distance of two joined keypoints is far from usual for this person at this size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseapp.labels.doubt_words import bone_words, flip_words, jump_words, score_words
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.tracks import link, neighbours, numbers_in_frame, per_track, sizes
from poseapp.labels.trajectories import PeopleTable

KINDS = ("score", "jump", "flip", "bone")
# From a median absolute deviation to the standard deviation of normally distributed numbers.
_SIGMA = 1.4826
_FAINT_KEYPOINT = 0.6


@dataclass(frozen=True)
class Limits:
    """From where on something counts as doubtful.

    Attributes:
        score: mean score of a person's keypoints; a single keypoint counts below 0.6 of it.
        jump_sigmas: by how many standard deviations of its own motion a keypoint leaps.
        jump_size: how far it leaps at least, in sizes of the person.
        flip_gain: how much smaller the motion is after exchanging sides, 0..1.
        flip_size: by how much it is smaller at least, in sizes of the person.
        bone_ratio: how many times its usual length a bone is; shorter ones count from this squared on.
        bone_size: how far it is off at least, in sizes of the person.
        apart: two doubts about one keypoint this close are one mistake.
    """

    score: float = 0.5
    jump_sigmas: float = 8.0
    jump_size: float = 0.08
    flip_gain: float = 0.5
    flip_size: float = 0.05
    bone_ratio: float = 1.5
    bone_size: float = 0.07
    apart: int = 10


@dataclass(frozen=True)
class Doubt:
    """One reason to look at a frame.

    Attributes:
        frame_idx: the frame, 0-based; of several in a row the strongest.
        kind: one of `KINDS`.
        person: which person of the frame, 0-based in the order of the predictions; None: nobody was found.
        keypoints: indices of the keypoints concerned, the strongest first; empty: the whole person.
        value: score (mean or of the keypoint); pixels; share of motion saved; times the usual length.
        strength: 0 (just doubtful) to 1.
        text: one sentence.
        box: xyxy around the person's keypoints in pixels, or None.
    """

    frame_idx: int
    kind: str
    person: int | None
    keypoints: tuple[int, ...]
    value: float
    strength: float
    text: str
    box: tuple[float, float, float, float] | None = None


def find_doubts(
    table: PeopleTable,
    skeleton: Skeleton,
    limits: Limits | None = None,
    kinds: tuple[str, ...] = KINDS,
    empty: np.ndarray | None = None,
) -> list[Doubt]:
    """Look for signs of mistakes.

    Args:
        table: the predicted people of one video.
        skeleton: of the table's K keypoints.
        limits: from where on something is doubtful.
        kinds: which signs to look for.
        empty: frames that were predicted and where nobody was found.

    Returns:
        The strongest first; a mistake that goes on over neighbouring frames stands in it once.
    """
    limits = limits or Limits()
    found: list[Doubt] = []
    if len(table.frames):
        # Half a million people: single precision is exact to a hundredth of a pixel, and half the memory.
        points = np.asarray(table.points, np.float32)
        before, tracks = link(table)
        numbers = numbers_in_frame(table.frames)
        people = _People(table, numbers, points, before, tracks, sizes(points)[:, None], skeleton, limits)
        signs = {"score": _low_scores, "jump": _jumps, "flip": _flips, "bone": _bones}
        for kind in kinds:
            found += _strongest(signs[kind](people), limits.apart)
    if "score" in kinds and empty is not None:
        found += _strongest([_nobody(k) for k in empty.tolist()], limits.apart)
    return sorted(found, key=lambda doubt: (-doubt.strength, doubt.frame_idx))


def one_a_frame(doubts: list[Doubt], apart: int = 3) -> list[Doubt]:
    """The strongest doubt of each mistake, whatever its sign: none close to a stronger one of the person."""
    kept: list[Doubt] = []
    taken: set[tuple[int | None, int]] = set()
    for doubt in sorted(doubts, key=lambda d: (-d.strength, d.frame_idx)):
        if (doubt.person, doubt.frame_idx) not in taken:
            kept.append(doubt)
            taken.update((doubt.person, doubt.frame_idx + offset) for offset in range(-apart, apart + 1))
    return kept


@dataclass(frozen=True)
class _People:
    table: PeopleTable
    numbers: np.ndarray  # (M,)
    points: np.ndarray  # (M, K, 2)
    before: np.ndarray  # (M,)
    tracks: np.ndarray  # (M,)
    size: np.ndarray  # (M, 1) pixels
    skeleton: Skeleton
    limits: Limits

    def doubt(
        self, row: int, kind: str, keypoints: tuple[int, ...], value: float, strength: float, text: str
    ) -> Doubt:
        frame, person = int(self.table.frames[row]), int(self.numbers[row])
        points = self.points[row][np.isfinite(self.points[row, :, 0])]
        box = None
        if len(points):
            low, high = points.min(axis=0), points.max(axis=0)
            box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        strength = float(np.clip(strength, 0, 1))
        return Doubt(frame, kind, person, keypoints, value, strength, text, box)


def _nobody(frame_idx: int) -> Doubt:
    return Doubt(frame_idx, "score", None, (), 0.0, 1.0, "nobody was found here")


def _low_scores(people: _People) -> list[Doubt]:
    scores, limit = people.table.scores, people.limits.score
    if scores is None:
        return []
    known = np.isfinite(scores) & np.isfinite(people.points[..., 0])
    with np.errstate(all="ignore"):
        mean = np.where(known, scores, 0).sum(axis=1) / known.sum(axis=1)
    usual = per_track(scores, people.tracks)
    # A keypoint that is faint all the time (out of view) is no news in each single frame.
    faint = known & (scores < _FAINT_KEYPOINT * limit) & (scores < usual - 0.5 * limit)
    found = []
    for row in np.flatnonzero(mean < limit).tolist():
        strength = 1 - float(mean[row]) / limit
        found.append(people.doubt(row, "score", (), float(mean[row]), strength, score_words(mean[row])))
    for row in np.flatnonzero(faint.any(axis=1) & ~(mean < limit)).tolist():
        which = np.flatnonzero(faint[row])
        which = which[np.argsort(scores[row, which])]
        low = float(scores[row, which[0]])
        # One unsure keypoint weighs less than an unsure person.
        strength = 0.6 * (1 - low / (_FAINT_KEYPOINT * limit))
        text = score_words(low, people.skeleton, which.tolist())
        found.append(people.doubt(row, "score", tuple(which.tolist()), low, strength, text))
    return found


def _jumps(people: _People) -> list[Doubt]:
    points, before, limits = people.points, people.before, people.limits
    with np.errstate(all="ignore"):
        earlier = np.where((before >= 0)[:, None, None], points[before], np.nan)
        speed = _far(points, earlier)
        centre = per_track(speed, people.tracks)
        spread = per_track(np.abs(speed - centre), people.tracks) * _SIGMA
        needed = np.maximum(limits.jump_sigmas * spread, limits.jump_size * people.size)
        rows = np.flatnonzero((speed > needed).any(axis=1))
        needed = needed[rows]
        # Calm around it: who runs is fast in every frame.
        far = np.nan_to_num(speed[rows] - _middle(neighbours(speed, before, rows, 3)))
        away = np.nan_to_num(_far(points[rows], _middle(neighbours(points, before, rows, 2))))
    # A lone wrong place leaps there and back: the frame away from its neighbours is the wrong one.
    level, jumped = (far + away) / needed, far > needed
    found = []
    for at in np.flatnonzero(jumped.any(axis=1)).tolist():
        which = np.flatnonzero(jumped[at])
        which = which[np.argsort(-level[at, which])]
        px = float(speed[rows[at], which[0]])
        text = jump_words(people.skeleton, which.tolist(), px)
        strength = 1 - 1.5 / (1 + float(level[at, which[0]]))
        found.append(people.doubt(int(rows[at]), "jump", tuple(which.tolist()), px, strength, text))
    return found


def _middle(values: np.ndarray) -> np.ndarray:
    """Median over the first axis, NaN left out; the upper one of an even number."""
    ordered = np.sort(values, axis=0)  # NaN last
    num = np.isfinite(values).sum(axis=0)
    return np.take_along_axis(ordered, np.minimum(num // 2, len(values) - 1)[None], axis=0)[0]


def _flips(people: _People) -> list[Doubt]:
    pairs = np.array(people.skeleton.swap_pairs, np.int64).reshape(-1, 2)
    if len(pairs) == 0:
        return []
    groups = _limbs(people.skeleton)
    limits, before = people.limits, people.before
    left, right = people.points[:, pairs[:, 0]], people.points[:, pairs[:, 1]]
    with np.errstate(all="ignore"):
        keep = _far(left, left[before]) + _far(right, right[before])
        swap = _far(left, right[before]) + _far(right, left[before])
        there = np.isfinite(keep + swap) & (before >= 0)[:, None]
    # A limb changes as one: of its pairs, those where left and right nearly meet tell nothing.
    of_limb = [np.flatnonzero(groups == g) for g in range(groups.max() + 1)]
    keep_all = np.stack([np.where(there, keep, 0)[:, g].sum(axis=1) for g in of_limb], axis=1)
    swap_all = np.stack([np.where(there, swap, 0)[:, g].sum(axis=1) for g in of_limb], axis=1)
    changed = swap_all < (1 - limits.flip_gain) * keep_all
    changed &= keep_all - swap_all > 2 * limits.flip_size * people.size
    swapped = _minority(changed, people)
    found = []
    for row in np.flatnonzero(swapped.any(axis=1)).tolist():
        limbs = np.flatnonzero(swapped[row])
        which = np.concatenate([of_limb[g] for g in limbs])
        gain = 1 - float(swap_all[row, limbs].sum()) / max(float(keep_all[row, limbs].sum()), 1e-6)
        # Inside a run of swapped frames nothing moves oddly; its two ends tell most.
        strength = 0.5 + 0.5 * gain if changed[row, limbs].any() else 0.5
        whole = len(which) >= 0.6 * len(pairs) and len(limbs) > 1
        text = flip_words(people.skeleton, which.tolist(), whole)
        found.append(
            people.doubt(row, "flip", tuple(pairs[which].ravel().tolist()), max(gain, 0.0), strength, text)
        )
    return found


def _limbs(skeleton: Skeleton) -> np.ndarray:
    """`(P,)` number of the limb that each swap pair belongs to: pairs joined by edges, the trunk cut."""
    pair_of = {k: p for p, pair in enumerate(skeleton.swap_pairs) for k in pair}
    trunk = set(skeleton.torso or ())
    limb = np.arange(len(skeleton.swap_pairs))
    for a, b in skeleton.edges:
        same_side = a in pair_of and b in pair_of and skeleton.sides[a] == skeleton.sides[b]
        if same_side and not (a in trunk and b in trunk):
            limb[limb == limb[pair_of[a]]] = limb[pair_of[b]]
    return np.unique(limb, return_inverse=True)[1]


def _far(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.hypot(one[..., 0] - two[..., 0], one[..., 1] - two[..., 1])


def _minority(changed: np.ndarray, people: _People) -> np.ndarray:
    """Which limbs are on the wrong side: of the two ways each changes between in a track, the rarer one."""
    order = np.lexsort((people.table.frames, people.tracks))
    tracks = people.tracks[order]
    turns = np.cumsum(changed[order], axis=0)
    starts = np.flatnonzero(np.diff(tracks, prepend=-1))
    lengths = np.diff(starts, append=len(tracks))
    first = turns[starts] - changed[order][starts]
    odd = (turns - np.repeat(first, lengths, axis=0)) % 2
    rare = np.add.reduceat(odd, starts, axis=0) * 2 > lengths[:, None]
    odd ^= np.repeat(rare, lengths, axis=0)
    swapped = np.empty(changed.shape, bool)
    swapped[order] = odd.astype(bool)
    return swapped


def _bones(people: _People) -> list[Doubt]:
    edges = np.array(people.skeleton.edges, np.int64).reshape(-1, 2)
    if len(edges) == 0:
        return []
    limits = people.limits
    with np.errstate(all="ignore"):
        length = _far(people.points[:, edges[:, 0]], people.points[:, edges[:, 1]])
        own = per_track(length / people.size, people.tracks)
        # How large the person is here by all bones together: one wrong keypoint cannot move it.
        scale = _middle((length / own).T)[:, None]
        ratio = length / (own * scale)
        spread = per_track(np.abs(np.log(np.maximum(ratio, 1e-3))), people.tracks) * _SIGMA
        allowed = np.maximum(np.log(limits.bone_ratio), 3 * spread)
        level = np.log(np.maximum(ratio, 1e-3)) / allowed
        level = np.where(level > 0, level, -level / 2)
        rows = np.flatnonzero((level > 1).any(axis=1))
        # Sudden, too: a limb that points at the camera gets short, but not within a frame or two.
        here = _middle(neighbours(length, people.before, rows, 4))
        usual = (own * scale)[rows]
        off = np.minimum(np.abs(length[rows] - usual), np.abs(length[rows] - here))
    wrong = (level[rows] > 1) & (off > limits.bone_size * people.size[rows])
    found = []
    for at in np.flatnonzero(wrong.any(axis=1)).tolist():
        row, which = int(rows[at]), np.flatnonzero(wrong[at])
        bone = int(which[np.argmax(level[row, which])])
        keypoints = tuple(edges[bone].tolist())
        value = float(ratio[row, bone])
        text = bone_words(people.skeleton, keypoints, value)
        strength = 1 - 0.8 / float(level[row, bone])
        found.append(people.doubt(row, "bone", keypoints, value, strength, text))
    return found


def _strongest(doubts: list[Doubt], apart: int) -> list[Doubt]:
    """Of doubts of one sign those without a stronger one nearby about the same keypoint and person."""
    kept: list[Doubt] = []
    taken: set[tuple[int | None, int | None, int]] = set()
    for doubt in sorted(doubts, key=lambda d: (-d.strength, d.frame_idx)):
        main = doubt.keypoints[0] if doubt.keypoints else None
        if (doubt.person, main, doubt.frame_idx) in taken:
            continue
        kept.append(doubt)
        for keypoint in doubt.keypoints or (None,):
            around = range(doubt.frame_idx - apart, doubt.frame_idx + apart + 1)
            taken.update((doubt.person, keypoint, frame) for frame in around)
    return kept
