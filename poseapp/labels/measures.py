"""Distances of predicted keypoints from true ones, as shares and in pixels: arrays in, numbers out."""

import numpy as np

from poseapp.labels.skeleton import Skeleton

LIMB_JOINTS = tuple(
    f"{side}_{part}"
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)


def distances(pred: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return (N, K) distances in pixels of (N, K, 2) points; infinite where the prediction is missing."""
    gap = np.linalg.norm(np.asarray(pred, np.float64) - np.asarray(true, np.float64), axis=-1)
    return np.where(np.isfinite(pred).all(axis=-1), gap, np.inf)


def pck(
    pred: np.ndarray,
    true: np.ndarray,
    labelled: np.ndarray,
    normaliser: np.ndarray,
    threshold: float,
    *,
    strict: bool = False,
) -> tuple[float | None, np.ndarray, np.ndarray]:
    """Share of keypoints nearer than a threshold.

    Args:
        pred: (N, K, 2) pixels, NaN where missing.
        true: (N, K, 2) pixels.
        labelled: (N, K) bool, which keypoints of the truth count.
        normaliser: (N,) pixels; people with NaN or 0 are left out.
        threshold: In units of the normaliser.
        strict: Compare by < instead of <=.

    Returns:
        The share over all, None where nothing counts; (K,) how many are right; (K,) how many count.
    """
    scale = np.asarray(normaliser, np.float64)
    counts = np.asarray(labelled, bool) & (np.isfinite(scale) & (scale > 0))[:, None]
    allowed = threshold * np.where(np.isfinite(scale), scale, 0.0)[:, None]
    gap = distances(pred, true)
    # Decimal thresholds are not exact in binary; a point exactly on the line must not fall on either side by
    # chance.
    slack = 1e-9 * np.maximum(allowed, 1.0)
    inside = gap < allowed - slack if strict else gap <= allowed + slack
    right = (inside & counts).sum(axis=0)
    total = counts.sum(axis=0)
    return (float(right.sum() / total.sum()) if total.sum() else None), right, total


def torso_diagonal(true: np.ndarray, visibility: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Return (N,) pixels: the longer torso diagonal, NaN where one of its four corners is not labelled.

    Args:
        true: (N, K, 2) pixels.
        visibility: (N, K), 0 unlabelled.
        skeleton: Has a torso, else all are NaN.
    """
    if skeleton.torso is None:
        return np.full(len(true), np.nan)
    right_shoulder, left_shoulder, right_hip, left_hip = skeleton.torso
    one = np.linalg.norm(true[:, right_shoulder] - true[:, left_hip], axis=-1)
    two = np.linalg.norm(true[:, left_shoulder] - true[:, right_hip], axis=-1)
    complete = (visibility[:, list(skeleton.torso)] > 0).all(axis=1)
    return np.where(complete, np.maximum(one, two), np.nan)


def torso_diameter(true: np.ndarray, visibility: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Return (N,) pixels from left shoulder to right hip, NaN where one of the two is not labelled."""
    if skeleton.torso is None:
        return np.full(len(true), np.nan)
    ends = [skeleton.torso[1], skeleton.torso[2]]
    length = np.linalg.norm(true[:, ends[0]] - true[:, ends[1]], axis=-1)
    return np.where((visibility[:, ends] > 0).all(axis=1), length, np.nan)


def head_sizes(
    true: np.ndarray, visibility: np.ndarray, skeleton: Skeleton, head_boxes: np.ndarray | None = None
) -> np.ndarray:
    """Return (N,) head sizes in pixels, NaN where neither a head box nor both ends of the head are known.

    Args:
        true: (N, K, 2) pixels.
        visibility: (N, K), 0 unlabelled.
        skeleton: Names the ends of the head.
        head_boxes: (N, 4) xyxy, NaN where unknown; None: none is known.
    """
    sizes = np.full(len(true), np.nan)
    names = skeleton.keypoints
    neck = next((n for n in ("upper_neck", "neck") if n in names), None)
    if neck is not None and "head_top" in names:
        ends = [names.index("head_top"), names.index(neck)]
        length = np.linalg.norm(true[:, ends[0]] - true[:, ends[1]], axis=-1)
        sizes = np.where((visibility[:, ends] > 0).all(axis=1), length, np.nan)
    if head_boxes is not None:
        diagonal = 0.6 * np.linalg.norm(head_boxes[:, 2:] - head_boxes[:, :2], axis=-1)
        sizes = np.where(np.isfinite(diagonal), diagonal, sizes)
    return sizes


def limbs_of(skeleton: Skeleton) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Return the limbs PCP counts: (name, indices of one end, indices of the other); an end may be a
    midpoint."""
    names = {name: index for index, name in enumerate(skeleton.keypoints)}
    limbs: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
    sticks = (("upper_arm", "shoulder", "elbow"), ("lower_arm", "elbow", "wrist"),
              ("upper_leg", "hip", "knee"), ("lower_leg", "knee", "ankle"))  # fmt: skip
    for limb, one, two in sticks:
        for side in ("left", "right"):
            if f"{side}_{one}" in names and f"{side}_{two}" in names:
                limbs.append((f"{side}_{limb}", (names[f"{side}_{one}"],), (names[f"{side}_{two}"],)))
    neck = next((n for n in ("upper_neck", "neck") if n in names), None)
    if neck is not None and "head_top" in names:
        limbs.append(("head", (names["head_top"],), (names[neck],)))
    if skeleton.torso is not None:
        limbs.append(("torso", skeleton.torso[:2], skeleton.torso[2:]))
    if limbs:
        return limbs
    return [(f"{skeleton.keypoints[a]}-{skeleton.keypoints[b]}", (a,), (b,)) for a, b in skeleton.edges]


def pcp(
    pred: np.ndarray, true: np.ndarray, labelled: np.ndarray, skeleton: Skeleton, threshold: float
) -> tuple[float | None, dict[str, tuple[int, int]]]:
    """Strict PCP: the share of limbs both ends of which are within `threshold` x the true length.

    Args:
        pred: (N, K, 2) pixels, NaN where missing.
        true: (N, K, 2) pixels.
        labelled: (N, K) bool.
        skeleton: Tells the limbs, see `limbs_of`.
        threshold: Usually 0.5.

    Returns:
        The share over all limbs, None without any; limb name to (right, counted).
    """
    each = {}
    for name, one, two in limbs_of(skeleton):
        ends = [(pred[:, list(e)].mean(axis=1), true[:, list(e)].mean(axis=1)) for e in (one, two)]
        length = np.linalg.norm(ends[0][1] - ends[1][1], axis=-1)
        counts = labelled[:, list(one + two)].all(axis=1)
        allowed = threshold * np.where(counts, length, 0.0)
        near = [distances(p, t) <= allowed + 1e-9 * np.maximum(allowed, 1.0) for p, t in ends]
        each[name] = (int((near[0] & near[1] & counts).sum()), int(counts.sum()))
    total = sum(count for _, count in each.values())
    return (sum(right for right, _ in each.values()) / total if total else None), each
