"""What becomes of a project's labels when its skeleton changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from poseapp.errors import ProjectError
from poseapp.labels.skeleton import Skeleton

if TYPE_CHECKING:
    from poseapp.labels.project import Project

# So many names stand in the sentence; of more their number.
_NAMED = 3


def keypoint_origins(old: Skeleton, new: Skeleton, renamed: Mapping[str, str]) -> list[int]:
    """Where the labels of each new keypoint come from.

    Args:
        old: The project's skeleton.
        new: The one to come.
        renamed: Old name to new name; all others are matched by name. A name that one keypoint gives up and
            another takes belongs to the latter.

    Returns:
        For each new keypoint the index of the old one, -1 where it has none.

    Raises:
        ProjectError: A name to rename is not there, is not wanted, or two become one.
    """
    for name, wanted in renamed.items():
        if name not in old.keypoints:
            raise ProjectError(f"The project's skeleton has no keypoint '{name}' to rename.")
        if wanted not in new.keypoints:
            raise ProjectError(f"'{name}' cannot become '{wanted}': the new skeleton has no such keypoint.")
    if len(set(renamed.values())) != len(renamed):
        twice = next(n for n in renamed.values() if list(renamed.values()).count(n) > 1)
        raise ProjectError(f"Two keypoints cannot both become '{twice}': rename one of them otherwise.")
    places = {name: index for index, name in enumerate(old.keypoints) if name not in renamed}
    places |= {wanted: old.keypoints.index(name) for name, wanted in renamed.items()}
    return [places.get(name, -1) for name in new.keypoints]


def with_former_names(old: Skeleton, new: Skeleton, origins: Sequence[int]) -> Skeleton:
    """The new skeleton with the names its keypoints had before, so that older predictions still fit.

    Args:
        old: The project's skeleton.
        new: The one to come.
        origins: As from `keypoint_origins`.
    """
    former = []
    for name, origin in zip(new.keypoints, origins, strict=True):
        before = [*new.former_of(name)]
        if origin >= 0:
            before += [*old.former_of(old.keypoints[origin]), old.keypoints[origin]]
        # A name that is in use again means the keypoint that has it now.
        former.append(tuple(dict.fromkeys(n for n in before if n not in new.keypoints)))
    return replace(new, former_names=tuple(former) if any(former) else ())


@dataclass(frozen=True)
class SkeletonChange:
    """What applying a skeleton does to a project.

    Attributes:
        renamed: (old name, new name) of keypoints that keep their labels under another name.
        added: Names of keypoints that start unlabelled.
        removed: (name, labels, frames) of keypoints that go, with how much of them is labelled.
        moved: How many keypoints stand elsewhere in the order, compared with those that stay.
        is_same: Nothing changes, not even edges, sides, colours or the pose.
        people: Labelled people of the project.
    """

    renamed: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    removed: tuple[tuple[str, int, int], ...]
    moved: int
    is_same: bool
    people: int

    @property
    def labels_lost(self) -> int:
        """Labelled keypoints that go."""
        return sum(labels for _, labels, _ in self.removed)

    @property
    def text(self) -> str:
        """One sentence: what is done, and what that means for the labels."""
        done = [f"rename {_listed([f'{old} to {new}' for old, new in self.renamed])}"] if self.renamed else []
        done += [f"move {self.moved}"] if self.moved else []
        done += [f"add {_listed(self.added)}"] if self.added else []
        done += [f"remove {_listed([name for name, _, _ in self.removed])}"] if self.removed else []
        if self.is_same:
            return "Nothing is changed."
        if not done:
            done = ["change edges, sides or looks"]
        first = ", ".join(done)
        return f"{first[0].upper()}{first[1:]}; {self._labels()}."

    def _labels(self) -> str:
        lost = [(name, labels, frames) for name, labels, frames in self.removed if labels]
        if not self.people:
            return "nothing is labelled yet"
        if not lost:
            return "all labels stay"
        parts = [f"{_count(n, 'label')} of '{name}' in {_count(f, 'frame')}" for name, n, f in lost[:_NAMED]]
        if len(lost) > _NAMED:
            parts.append(
                f"{_count(sum(n for _, n, _ in lost[_NAMED:]), 'label')} of {len(lost) - _NAMED} more"
            )
        return f"{' and '.join(parts)} will be removed, all others stay; Undo brings them back"


def describe_change(project: Project, new: Skeleton, renamed: Mapping[str, str]) -> SkeletonChange:
    """Say what `SetSkeleton(new, renamed)` would do to a project; changes nothing.

    Raises:
        ProjectError: As `keypoint_origins`.
    """
    old = project.skeleton
    origins = keypoint_origins(old, new, renamed)
    kept = [origin for origin in origins if origin >= 0]
    gone = [index for index in range(old.num_keypoints) if index not in kept]
    return SkeletonChange(
        tuple((old.keypoints[o], n) for o, n in zip(origins, new.keypoints, strict=True)
              if o >= 0 and old.keypoints[o] != n),
        tuple(n for o, n in zip(origins, new.keypoints, strict=True) if o < 0),
        tuple((old.keypoints[index], *project.keypoint_labels(index)) for index in gone),
        len(kept) - _longest_rise(kept),
        with_former_names(old, new, origins) == old,
        project.counts()["instances"],
    )  # fmt: skip


def _longest_rise(numbers: Sequence[int]) -> int:
    """Length of the longest rising part: what is not in it was moved."""
    best: list[int] = []
    for at, number in enumerate(numbers):
        best.append(1 + max((best[i] for i in range(at) if numbers[i] < number), default=0))
    return max(best, default=0)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} keypoints"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
