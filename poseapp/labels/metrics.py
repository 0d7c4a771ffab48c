"""How good predicted keypoints are. Definitions, d being the distance of a prediction from the truth in
pixels:

- `pck@T`: share of keypoints with d <= T x torso diagonal (the longer of right shoulder to left hip and left
  shoulder to right hip), over people whose two shoulders and two hips are labelled. A skeleton without a
  torso takes the longer side of the person's box instead.
- `pckh@T`: d < T x head size. Head size is 0.6 x the diagonal of the annotated head box
  (`Instance.extra["head_box"]`, xyxy), else the length from `head_top` to `upper_neck` or `neck`. Pelvis and
  thorax do not count.
- `pdj@T`: d <= T x torso diameter (left shoulder to right hip).
- `pcp@T`: share of limbs both of whose ends have d <= T x the true length of the limb (strict). Limbs: head,
  torso, upper and lower arms and legs, where the names are those of a body; otherwise every edge.
- `within@Npx`: share of keypoints with d <= N pixels.
- `auc`: mean of `pck@T` over T = 0, 0.01, ... 0.5.
- `mean_px`, `median_px`: over the keypoints that were found; `missing` counts those that were not.
- `oks_ap`: COCO average precision over OKS .50:.05:.95, all areas, at most 20 detections an image.

Only labelled keypoints count (hidden ones too). A prediction that is missing (NaN, or nobody found) is wrong.
A metric that nothing can be counted for is None. `:limbs` after a name (`pck@0.2:limbs`) restricts it to the
12 limb
joints: shoulders, elbows, wrists, hips, knees, ankles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poseapp.errors import PoseError
from poseapp.labels.instance import Instance
from poseapp.labels.matching import TruthItem, assign
from poseapp.labels.measures import (
    LIMB_JOINTS,
    distances,
    head_sizes,
    limbs_of,
    pck,
    pcp,
    torso_diagonal,
    torso_diameter,
)  # fmt: skip
from poseapp.labels.oks import average_precision
from poseapp.labels.skeleton import Skeleton, match_keypoints

DEFAULT_METRICS = ("pck@0.2", "pck@0.1", "mean_px", "median_px")
AUC_THRESHOLDS = np.arange(51) / 100

__all__ = [
    "DEFAULT_METRICS", "LIMB_JOINTS", "TruthItem", "evaluate", "evaluate_points", "head_sizes", "limbs_of",
    "pck", "pcp", "torso_diagonal", "torso_diameter",
]  # fmt: skip


@dataclass
class _Points:
    pred: np.ndarray
    true: np.ndarray
    visibility: np.ndarray
    boxes: np.ndarray
    skeleton: Skeleton
    head_boxes: np.ndarray | None
    normalisers: dict[str, np.ndarray]

    def normaliser(self, kind: str) -> np.ndarray:
        if kind in self.normalisers:
            return self.normalisers[kind]
        args = (self.true, self.visibility, self.skeleton)
        if kind == "torso":
            if self.skeleton.torso is None:
                return (self.boxes[:, 2:] - self.boxes[:, :2]).max(axis=1, initial=0)
            return torso_diagonal(*args)
        if kind == "diameter":
            return torso_diameter(*args)
        return head_sizes(*args, self.head_boxes)


def evaluate_points(
    pred: np.ndarray,
    pred_scores: np.ndarray | None,
    true: np.ndarray,
    visibility: np.ndarray,
    boxes: np.ndarray,
    skeleton: Skeleton,
    metrics: Sequence[str] = DEFAULT_METRICS,
    areas: np.ndarray | None = None,
    *,
    head_boxes: np.ndarray | None = None,
    normalisers: dict[str, np.ndarray] | None = None,
) -> dict[str, Any]:
    """Measure one prediction a person, person by person in the same order.

    Args:
        pred: (N, K, 2) pixels, NaN where missing.
        pred_scores: (N,) score of each prediction, or (N, K) of its keypoints, for `oks_ap`; None: all equal.
        true: (N, K, 2) pixels.
        visibility: (N, K), 0 unlabelled.
        boxes: (N, 4) xyxy of the true people.
        skeleton: Of both.
        metrics: Names as in the module's text.
        areas: (N,) square pixels for `oks_ap`; None: the area of the box.
        head_boxes: (N, 4) xyxy for `pckh`, NaN where unknown.
        normalisers: (N,) pixels by kind ("torso", "diameter", "head") where the caller knows them from
            keypoints that are not among these K.

    Returns:
        `instances`, `keypoints` (how many count), one key a metric, `missing`, and
        `per_keypoint: {name: {metric: value, "count": n, "missing": m}}`; `per_limb` where `pcp` is asked
        for.

    Raises:
        PoseError: A metric of that name is not known.
    """
    pred, true = np.asarray(pred, np.float64), np.asarray(true, np.float64)
    boxes, visibility = np.asarray(boxes, np.float64).reshape(-1, 4), np.asarray(visibility)
    points = _Points(pred, true, visibility, boxes, skeleton, head_boxes, dict(normalisers or {}))
    labelled = visibility > 0
    found = np.isfinite(pred).all(axis=-1)
    result: dict[str, Any] = {
        "instances": int(labelled.any(axis=1).sum()),
        "keypoints": int(labelled.sum()),
        "missing": int((labelled & ~found).sum()),
    }
    per_keypoint: dict[str, dict[str, Any]] = {
        name: {"count": int(labelled[:, k].sum()), "missing": int((labelled & ~found)[:, k].sum())}
        for k, name in enumerate(skeleton.keypoints)
    }
    for metric in metrics:
        if metric == "oks_ap":
            result[metric] = _one_each(points, pred_scores, areas)
        elif metric == "missing":
            continue
        else:
            _measure(metric, points, result, per_keypoint)
    result["per_keypoint"] = per_keypoint
    return result


def _one_each(points: _Points, scores: np.ndarray | None, areas: np.ndarray | None) -> float | None:
    if scores is None:
        scores = np.ones(len(points.pred))
    elif scores.ndim == 2:
        known = np.isfinite(scores)
        scores = np.where(known, scores, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    truth, predictions = [], []
    for row, (box, score) in enumerate(zip(points.boxes, scores, strict=True)):
        extra = {} if areas is None else {"area": float(areas[row])}
        truth.append([Instance(points.true[row], points.visibility[row], box=box, extra=extra)])
        person = Instance(points.pred[row], score=float(score))
        predictions.append([person] if person.num_labelled else [])
    return average_precision(truth, predictions, points.skeleton)


def _measure(
    metric: str, points: _Points, result: dict[str, Any], per_keypoint: dict[str, dict[str, Any]]
) -> None:
    name, _, subset = metric.partition(":")
    kind, _, text = name.partition("@")
    names = np.array(points.skeleton.keypoints)
    counts = points.visibility > 0
    if subset == "limbs":
        counts = counts & np.isin(names, LIMB_JOINTS)
    elif subset:
        raise _unknown(metric)
    if kind == "pcp":
        result[metric], limbs = pcp(
            points.pred, points.true, counts, points.skeleton, _threshold(metric, text)
        )
        result.setdefault("per_limb", {}).update(
            {limb: {metric: right / n if n else None, "count": n} for limb, (right, n) in limbs.items()}
        )
        return
    if name in ("mean_px", "median_px"):
        gaps = np.where(counts, distances(points.pred, points.true), np.inf)
        take: Callable[..., Any] = np.mean if name == "mean_px" else np.median
        value = _over_finite(take, gaps)
        each = [_over_finite(take, gaps[:, k]) for k in range(len(names))]
    elif name == "auc":
        scale = points.normaliser("torso")
        curves = [pck(points.pred, points.true, counts, scale, t)[1:] for t in AUC_THRESHOLDS]
        right = np.mean([c[0] for c in curves], axis=0)
        value, each = _shares(right, curves[0][1])
    else:
        threshold = _threshold(metric, text.removesuffix("px") if kind == "within" else text)
        if kind == "within":
            scale = np.ones(len(points.pred))
        elif kind in ("pck", "pdj", "pckh"):
            scale = points.normaliser({"pck": "torso", "pdj": "diameter", "pckh": "head"}[kind])
        else:
            raise _unknown(metric)
        if kind == "pckh":
            counts = counts & ~np.isin(names, ("pelvis", "thorax"))
        right, total = pck(points.pred, points.true, counts, scale, threshold, strict=kind == "pckh")[1:]
        value, each = _shares(right, total)
    result[metric] = value
    for keypoint, one in zip(names, each, strict=True):
        per_keypoint[str(keypoint)][metric] = one


def _shares(right: np.ndarray, total: np.ndarray) -> tuple[float | None, list[float | None]]:
    each = [float(r / n) if n else None for r, n in zip(right, total, strict=True)]
    return (float(right.sum() / total.sum()) if total.sum() else None), each


def _over_finite(take: Callable[..., Any], gaps: np.ndarray) -> float | None:
    finite = gaps[np.isfinite(gaps)]
    return float(take(finite)) if finite.size else None


def _threshold(metric: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _unknown(metric) from error
    if not 0 <= value < 1e6:
        raise _unknown(metric)
    return value


def _unknown(metric: str) -> PoseError:
    return PoseError(
        f"There is no metric '{metric}'. Known: pck@T, pckh@T, pdj@T, pcp@T (T such as 0.2), "
        "within@Npx, auc, mean_px, median_px, missing, oks_ap; "
        "':limbs' behind one restricts it to the 12 limb joints."
    )


def evaluate(
    truth: Sequence[TruthItem],
    predictions: Sequence[Sequence[Instance]],
    pred_skeleton: Skeleton,
    true_skeleton: Skeleton,
    metrics: Sequence[str] = DEFAULT_METRICS,
    *,
    matching: str = "auto",
) -> dict[str, Any]:
    """Measure predictions of whole images against their labels.

    Keypoints are matched by name. A true person counts when it has at least one matched keypoint and is no
    crowd.

    Args:
        truth: One item an image.
        predictions: The predicted instances of each image, in the same order.
        pred_skeleton: Of the predictions.
        true_skeleton: Of the truth.
        metrics: Names as in the module's text.
        matching: Which prediction belongs to which true person: "score" takes the highest scores in order,
            "oks" the most alike, "auto" takes "score" where an image has one true person and "oks" elsewhere.

    Returns:
        The dictionary of `evaluate_points` with `images` and `unmatched` (names that only one side knows).

    Raises:
        PoseError: The lists differ in length, or a metric is not known.
        SkeletonError: The two skeletons share no keypoint.
    """
    if len(truth) != len(predictions):
        raise PoseError(f"There are predictions for {len(predictions)} images and labels for {len(truth)}.")
    pred_index, true_index, unmatched = match_keypoints(pred_skeleton, true_skeleton)
    pairs = assign(truth, predictions, pred_skeleton, true_skeleton, matching)
    people = [person for person, _ in pairs]
    shape = (len(pairs), true_skeleton.num_keypoints)
    full = np.array([p.points for p in people]).reshape(*shape, 2)
    full_visibility = np.array([p.visibility for p in people]).reshape(shape)
    boxes = np.array([_box(p) for p in people]).reshape(-1, 4)
    heads = np.array([p.extra.get("head_box", [np.nan] * 4) for p in people], np.float64).reshape(-1, 4)
    pred = np.full((len(pairs), len(true_index), 2), np.nan)
    for row, (_, found) in enumerate(pairs):
        if found is not None:
            pred[row] = found.points[pred_index]
    args = (full, full_visibility, true_skeleton)
    normalisers = {"diameter": torso_diameter(*args), "head": head_sizes(*args, heads)}
    if true_skeleton.torso is not None:
        normalisers["torso"] = torso_diagonal(*args)
    else:
        normalisers["torso"] = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
    common = _restricted(true_skeleton, true_index)
    result = evaluate_points(
        pred, None, full[:, true_index], full_visibility[:, true_index], boxes, common,
        [m for m in metrics if m != "oks_ap"], normalisers=normalisers,
    )  # fmt: skip
    if "oks_ap" in metrics:
        result["oks_ap"] = average_precision(
            [[p.take(true_index) for p in item.instances] for item in truth],
            [[p.take(pred_index) for p in people] for people in predictions],
            common,
        )
    return {"images": len(truth), **result, "unmatched": unmatched}


def _box(person: Instance) -> np.ndarray:
    bounds = person.box if person.box is not None else person.bounds()
    return bounds if bounds is not None else np.full(4, np.nan)


def _restricted(skeleton: Skeleton, index: Sequence[int]) -> Skeleton:
    new = {old: position for position, old in enumerate(index)}

    def keep(pairs: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        return tuple((new[a], new[b]) for a, b in pairs if a in new and b in new)

    sigmas = tuple(skeleton.sigmas[i] for i in index) if skeleton.sigmas else ()
    names = tuple(skeleton.keypoints[i] for i in index)
    return Skeleton(skeleton.name, names, keep(skeleton.edges), keep(skeleton.swap_pairs), sigmas)
