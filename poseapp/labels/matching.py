"""Which prediction belongs to which true person."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from poseapp.errors import PoseError
from poseapp.labels.instance import Instance
from poseapp.labels.oks import oks, score_of, sigmas_of
from poseapp.labels.skeleton import Skeleton, match_keypoints


@dataclass
class TruthItem:
    """One labelled image: its people and a name for messages."""

    instances: list[Instance] = field(default_factory=list)
    name: str = ""


def assign(
    truth: Sequence[TruthItem],
    predictions: Sequence[Sequence[Instance]],
    pred_skeleton: Skeleton,
    true_skeleton: Skeleton,
    matching: str = "auto",
) -> list[tuple[Instance, Instance | None]]:
    """Pair each true person that counts with one prediction of its image or with none.

    Args:
        truth: One item an image.
        predictions: The predicted people of each image.
        pred_skeleton: Of the predictions.
        true_skeleton: Of the truth.
        matching: "score", "oks" or "auto", see `poseapp.labels.metrics.evaluate`.

    Returns:
        (true person, prediction or None), images in order; each prediction at most once.

    Raises:
        PoseError: The way of matching is not known.
        SkeletonError: The skeletons share no keypoint.
    """
    if matching not in ("auto", "score", "oks"):
        raise PoseError(f"There is no matching '{matching}'; it is auto, score or oks.")
    pred_index, true_index, _ = match_keypoints(pred_skeleton, true_skeleton)
    sigmas = sigmas_of(true_skeleton)[true_index]
    pairs: list[tuple[Instance, Instance | None]] = []
    for item, found in zip(truth, predictions, strict=True):
        people = [p for p in item.instances if not p.extra.get("iscrowd") and p.labelled[true_index].any()]
        ranked = sorted(found, key=lambda p: -score_of(p))
        if matching == "score" or (matching == "auto" and len(people) == 1):
            chosen = [*ranked[: len(people)], *[None] * (len(people) - len(ranked))]
            pairs += list(zip(people, chosen, strict=True))
            continue
        partner: list[Instance | None] = [None] * len(people)
        short = [p.take(true_index) for p in people]
        alike = [
            (oks(pred.take(pred_index), true, sigmas), row, place)
            for row, pred in enumerate(ranked)
            for place, true in enumerate(short)
        ]
        taken: set[int] = set()
        for value, row, place in sorted(alike, key=lambda entry: -entry[0]):
            if value > 0 and row not in taken and partner[place] is None:
                partner[place] = ranked[row]
                taken.add(row)
        pairs += list(zip(people, partner, strict=True))
    return pairs
