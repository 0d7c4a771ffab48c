"""Object keypoint similarity and the COCO average precision built on it."""

from collections.abc import Sequence

import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

# Where nobody measured how far labellers differ, one middling value for every keypoint.
DEFAULT_SIGMA = 0.05
THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)
MAX_DETECTIONS = 20


def sigmas_of(skeleton: Skeleton) -> np.ndarray:
    """Return (K,) OKS sigmas, `DEFAULT_SIGMA` where the skeleton has none."""
    return np.array(skeleton.sigmas or [DEFAULT_SIGMA] * skeleton.num_keypoints)


def area_of(person: Instance) -> float:
    """Return a true person's area in square pixels: the annotated one, else that of the box, else of the
    bounds."""
    area = person.extra.get("area")
    if isinstance(area, int | float) and area > 0:
        return float(area)
    box = person.box if person.box is not None else person.bounds()
    return 0.0 if box is None else float((box[2] - box[0]) * (box[3] - box[1]))


def oks(pred: Instance, true: Instance, sigmas: np.ndarray) -> float:
    """Return the similarity, 0 to 1, of a prediction to a true person.

    A true person without any labelled keypoint is compared by how far the predicted points lie outside its
    doubled box, as COCO does. A missing predicted point adds 0.

    Args:
        pred: (K, 2) points, NaN where missing.
        true: The labelled person; see `area_of`.
        sigmas: (K,).
    """
    labelled = true.labelled
    if labelled.any():
        offsets = (pred.points - true.points)[labelled]
        spread = sigmas[labelled]
    else:
        if true.box is None:
            return 0.0
        size = true.box[2:] - true.box[:2]
        low, high = true.box[:2] - size, true.box[:2] + 2 * size
        offsets = np.maximum(0, low - pred.points) + np.maximum(0, pred.points - high)
        spread = sigmas
    squared = (offsets**2).sum(axis=1)
    error = squared / (2 * spread) ** 2 / (area_of(true) + np.spacing(1)) / 2
    return float(np.exp(-np.where(np.isfinite(error), error, np.inf)).mean())


def score_of(person: Instance) -> float:
    """Return a prediction's score: its own, else the mean of its keypoints', else 1."""
    if person.score is not None:
        return float(person.score)
    if person.scores is not None and np.isfinite(person.scores).any():
        return float(np.nanmean(person.scores))
    return 1.0


def average_precision(
    truth: Sequence[Sequence[Instance]], predictions: Sequence[Sequence[Instance]], skeleton: Skeleton
) -> float | None:
    """Return the COCO keypoint AP over all areas, or None where no true person counts.

    Args:
        truth: The true people of each image; those with `extra["iscrowd"]` or without a labelled keypoint
            neither count nor punish.
        predictions: The predicted people of each image.
        skeleton: Of both; gives the sigmas.
    """
    sigmas = sigmas_of(skeleton)
    scores: list[float] = []
    matched: list[np.ndarray] = []
    ignored: list[np.ndarray] = []
    num_people = 0
    for true, pred in zip(truth, predictions, strict=True):
        found = sorted(pred, key=lambda p: -score_of(p))[:MAX_DETECTIONS]
        people = sorted(true, key=_is_ignored)
        num_people += sum(not _is_ignored(p) for p in people)
        hit, skip = _match_image(found, people, sigmas)
        scores += [score_of(p) for p in found]
        matched.append(hit)
        ignored.append(skip)
    if num_people == 0:
        return None
    order = np.argsort(-np.array(scores), kind="mergesort")
    hit, skip = np.concatenate(matched, axis=1)[:, order], np.concatenate(ignored, axis=1)[:, order]
    return float(np.mean([_precision(h & ~s, ~h & ~s, num_people) for h, s in zip(hit, skip, strict=True)]))


def _is_ignored(person: Instance) -> bool:
    return bool(person.extra.get("iscrowd")) or person.num_labelled == 0


def _match_image(
    found: Sequence[Instance], people: Sequence[Instance], sigmas: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (T, D) bool: which predictions hit a person, and which neither count nor punish, at each
    threshold."""
    likeness = np.array([[oks(f, p, sigmas) for p in people] for f in found]).reshape(len(found), len(people))
    skippable = [_is_ignored(p) for p in people]
    crowd = [bool(p.extra.get("iscrowd")) for p in people]
    hit = np.zeros((len(THRESHOLDS), len(found)), bool)
    skip = np.zeros_like(hit)
    for t, threshold in enumerate(THRESHOLDS):
        taken = [False] * len(people)
        for d in range(len(found)):
            best, best_value = -1, min(threshold, 1 - 1e-10)
            for g in range(len(people)):
                if taken[g] and not crowd[g]:
                    continue
                # Ignored people stand last: a real match is never given up for one of them.
                if best >= 0 and not skippable[best] and skippable[g]:
                    break
                if likeness[d, g] >= best_value:
                    best, best_value = g, likeness[d, g]
            if best >= 0:
                hit[t, d], skip[t, d], taken[best] = True, skippable[best], True
    return hit, skip


def _precision(right: np.ndarray, wrong: np.ndarray, num_people: int) -> float:
    rights, wrongs = np.cumsum(right), np.cumsum(wrong)
    precision = rights / (rights + wrongs + np.spacing(1))
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(rights / num_people, RECALLS, side="left")
    return float(np.append(precision, 0.0)[np.minimum(places, len(precision))].mean())
