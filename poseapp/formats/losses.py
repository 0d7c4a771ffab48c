"""What a format cannot hold of a data set, said before it is written."""

from collections.abc import Callable, Sequence

import numpy as np

from poseapp.formats.dataset import Dataset
from poseapp.labels.instance import HIDDEN, Instance


def _has_hidden(person: Instance) -> bool:
    return bool((person.visibility == HIDDEN).any())


def _has_scores(person: Instance) -> bool:
    return person.scores is not None and bool(np.isfinite(person.scores[person.labelled]).any())


# Key: (whether a person has it, what is said of how many people).
_CHECKS: dict[str, tuple[Callable[[Instance], bool], str]] = {
    "hidden": (_has_hidden, "hidden keypoints of {} are written as visible ones"),
    "scores": (_has_scores, "keypoint scores of {} are left out"),
    "score": (lambda person: person.score is not None, "the scores of {} as a whole are left out"),
    "box": (lambda person: person.box is not None, "the boxes of {} are left out"),
    "track": (lambda person: person.track_id is not None, "the tracks of {} are left out"),
    "empty": (lambda person: not person.num_labelled, "{} without any keypoint are left out"),
}


def losses(dataset: Dataset, kinds: Sequence[str], title: str) -> list[str]:
    """Return one sentence for each thing that a format drops and the data set has.

    Args:
        dataset: What is to be written.
        kinds: Keys of the table above that the format does not know.
        title: How the format is called.
    """
    found = []
    for kind in kinds:
        has, text = _CHECKS[kind]
        count = sum(has(person) for _, person in dataset.instances)
        if count:
            people = "1 person" if count == 1 else f"{count:,} people"
            found.append(f"{title} cannot hold everything: {text.format(people)}.")
    return found
