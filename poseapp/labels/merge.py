"""What another project has that mine has not, and where the two of them disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poseapp.errors import ProjectError
from poseapp.labels.instance import Instance
from poseapp.labels.merge_base import PACKED_FROM, Then, common_base, people_then
from poseapp.labels.rows import VideoRecord
from poseapp.labels.skeleton import match_keypoints

if TYPE_CHECKING:
    from poseapp.labels.project import Project

# Two people of one frame are one person labelled twice where their keypoints lie, on average, nearer to each
# other than this share of the person's size.
SAME_PERSON = 0.25

FrameOf = Callable[[int], int | None]


@dataclass(frozen=True)
class Difference:
    """One person that is not the same in both projects.

    Attributes:
        kind: "add" (only they have it), "change" (only they changed it), "remove" (only they deleted it) or
            "conflict" (both changed it, or both labelled it anew).
        video: Place in `MergePlan.videos`.
        frame_idx: Of my video, 0-based.
        mine: The person in my project, with its id; None where I have it not, or deleted it.
        theirs: The person in theirs, with the keypoints of my skeleton; None where they deleted it.
    """

    kind: str
    video: int
    frame_idx: int
    mine: Instance | None
    theirs: Instance | None

    @property
    def distance(self) -> float | None:
        """Largest distance between two places of one keypoint in pixels, or None where there is none."""
        if self.mine is None or self.theirs is None:
            return None
        gaps = np.hypot(*(self.mine.points - self.theirs.points).T)
        return float(np.nanmax(gaps)) if np.isfinite(gaps).any() else None


@dataclass(frozen=True)
class MergedVideo:
    """A video of theirs and where its labels go.

    Attributes:
        record: Of my project; of theirs, where it is to be added.
        is_new: Whether my project has not got it.
        path: Where a new video's file is, or None where it is missing.
        picture_names: Of a new image folder.
    """

    record: VideoRecord
    is_new: bool
    path: Path | None = None
    picture_names: list[str] | None = None


@dataclass
class MergePlan:
    """What merging another project would do; `poseapp.labels.merge_edit.MergeLabels` does it.

    Attributes:
        name: What the other project is called.
        videos: Their videos.
        differences: In order of videos and frames, conflicts among them.
        identical: People who are the same in both.
        unmatched: Keypoints that only one side knows; theirs are left out.
        has_base: Whether the two have a common past, so that changes of one side are no conflicts.
        left_out: Their people in frames that my video has not got.
    """

    name: str
    videos: list[MergedVideo] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    identical: int = 0
    unmatched: list[str] = field(default_factory=list)
    has_base: bool = False
    left_out: int = 0

    @property
    def conflicts(self) -> list[Difference]:
        """The differences that somebody has to decide."""
        return [found for found in self.differences if found.kind == "conflict"]

    def count(self, kind: str) -> int:
        """How many differences are of a kind."""
        return sum(found.kind == kind for found in self.differences)


def plan_merge(mine: Project, theirs: Project) -> MergePlan:
    """Compare two projects.

    Videos are the same by content, else by name and number of frames; keypoints by name.

    Args:
        mine: The project that is to get the labels.
        theirs: The other.

    Raises:
        ProjectError: They are one and the same.
        SkeletonError: They share no keypoint.
    """
    if mine.path.resolve() == theirs.path.resolve():
        raise ProjectError(f"{theirs.path.name} is this project itself; choose another one to merge.")
    their_index, my_index, unmatched = match_keypoints(theirs.skeleton, mine.skeleton)
    take = np.full(mine.skeleton.num_keypoints, -1)
    take[my_index] = their_index
    base = common_base(mine, theirs)
    plan = MergePlan(theirs.path.name, unmatched=unmatched, has_base=base is not None)
    my_past = people_then(mine, base.mine) if base else None
    their_past = people_then(theirs, base.theirs) if base else None
    for record in theirs.videos:
        video, frame_of = _video_for(mine, theirs, record)
        plan.videos.append(video)
        frames = _Frames(plan, len(plan.videos) - 1, take, my_past, their_past)
        my_people = {} if video.is_new else _by_frame(mine, video.record.id)
        their_people: dict[int, list[Instance]] = {}
        for frame_idx, people in _by_frame(theirs, record.id).items():
            place = frame_of(frame_idx)
            if place is None:
                plan.left_out += len(people)
            else:
                their_people[place] = people
        frames.compare(my_people, their_people, frame_of, record.id)
    return plan


def _by_frame(project: Project, video_id: int) -> dict[int, list[Instance]]:
    return {frame_idx: people for _video, frame_idx, people in project.iter_frames(video_id)}


@dataclass
class _Frames:
    """Compares the frames of one video."""

    plan: MergePlan
    video: int
    take: np.ndarray
    my_past: dict[int, Then | None] | None
    their_past: dict[int, Then | None] | None

    def compare(
        self,
        mine: dict[int, list[Instance]],
        theirs: dict[int, list[Instance]],
        frame_of: FrameOf,
        their_video: int,
    ) -> None:
        deleted = self._deleted_by_them(theirs, frame_of, their_video)
        for frame_idx in sorted({*mine, *theirs, *deleted}):
            self._frame(
                frame_idx, mine.get(frame_idx, []), theirs.get(frame_idx, []), deleted.get(frame_idx, {})
            )

    def _deleted_by_them(
        self, theirs: dict[int, list[Instance]], frame_of: FrameOf, their_video: int
    ) -> dict[int, dict[int, Instance]]:
        """People of the common past that they have no more: by my frame and id."""
        there = {person.id for people in theirs.values() for person in people}
        gone: dict[int, dict[int, Instance]] = {}
        for number, then in (self.their_past or {}).items():
            if then is not None and then.video_id == their_video and number not in there:
                place = frame_of(then.frame_idx)
                if place is not None:
                    gone.setdefault(place, {})[number] = then.instance
        return gone

    def _frame(
        self, frame_idx: int, mine: list[Instance], theirs: list[Instance], gone: dict[int, Instance]
    ) -> None:
        mine_by_id = {person.id: person for person in mine}
        new_mine = [person for person in mine if not self._is_old(person, self.my_past)]
        new_theirs = []
        for person in theirs:
            if not self._is_old(person, self.their_past):
                new_theirs.append(person)
                continue
            self._old(frame_idx, mine_by_id.get(person.id), person)
        for number, then in gone.items():
            ours = mine_by_id.get(number)
            if ours is not None:
                changed = not _same(ours, then)
                self._note("conflict" if changed else "remove", frame_idx, ours, None)
        for ours, other in pair_people(new_mine, [self._taken(person) for person in new_theirs]):
            if ours is None:
                self._note("add", frame_idx, None, other)
            elif other is not None and _same(ours, other):
                self.plan.identical += 1
            elif other is not None:
                self._note("conflict", frame_idx, ours, other)

    def _is_old(self, person: Instance, past: dict[int, Then | None] | None) -> bool:
        """Whether a person was there in the common past."""
        return past is not None and (person.id not in past or past[person.id] is not None)

    def _old(self, frame_idx: int, ours: Instance | None, person: Instance) -> None:
        """A person whom both knew in the common past."""
        assert person.id is not None
        theirs = self._taken(person)
        then_theirs = (self.their_past or {}).get(person.id)
        changed_theirs = then_theirs is not None and not _same(person, then_theirs.instance)
        if ours is None:
            if changed_theirs:
                self._note("conflict", frame_idx, None, theirs)
            return
        then_mine = (self.my_past or {}).get(person.id)
        changed_mine = then_mine is not None and not _same(ours, then_mine.instance)
        if _same(ours, theirs):
            self.plan.identical += 1
        elif changed_theirs:
            self._note("conflict" if changed_mine else "change", frame_idx, ours, theirs)

    def _taken(self, person: Instance) -> Instance:
        taken = person.take(self.take)
        taken.id = None
        return taken

    def _note(self, kind: str, frame_idx: int, mine: Instance | None, theirs: Instance | None) -> None:
        self.plan.differences.append(Difference(kind, self.video, frame_idx, mine, theirs))


def _same(one: Instance, other: Instance) -> bool:
    """Whether a person would call them the same: places, visibility and track."""
    return (
        np.array_equal(one.points, other.points, equal_nan=True)
        and np.array_equal(one.visibility, other.visibility)
        and one.track_id == other.track_id
    )


def pair_people(
    mine: list[Instance], theirs: list[Instance]
) -> Iterable[tuple[Instance | None, Instance | None]]:
    """Pair the people of one frame that two have labelled, nearest first; the others stand alone.

    Args:
        mine: People with K keypoints.
        theirs: People with the same K keypoints.

    Returns:
        Pairs; `(mine, None)` and `(None, theirs)` for who has no partner nearer than `SAME_PERSON`.
    """
    gaps = sorted(
        (gap, row, column)
        for row, ours in enumerate(mine)
        for column, other in enumerate(theirs)
        if (gap := _gap(ours, other)) < SAME_PERSON
    )
    pairs: list[tuple[Instance | None, Instance | None]] = []
    rows, columns = set(range(len(mine))), set(range(len(theirs)))
    for _gap_size, row, column in gaps:
        if row in rows and column in columns:
            pairs.append((mine[row], theirs[column]))
            rows.remove(row)
            columns.remove(column)
    pairs += [(mine[row], None) for row in sorted(rows)]
    pairs += [(None, theirs[column]) for column in sorted(columns)]
    return pairs


def _gap(one: Instance, other: Instance) -> float:
    """Mean distance of the keypoints that both have, as a share of the larger one's diagonal."""
    if _same(one, other):
        return 0.0
    gaps = np.hypot(*(one.points - other.points).T)
    if not np.isfinite(gaps).any():
        return np.inf
    sizes = [bounds for person in (one, other) if (bounds := person.bounds()) is not None]
    diagonal = max(float(np.hypot(b[2] - b[0], b[3] - b[1])) for b in sizes)
    return float(np.nanmean(gaps)) / max(diagonal, 40.0)


def _video_for(mine: Project, theirs: Project, record: VideoRecord) -> tuple[MergedVideo, FrameOf]:
    """Where the labels of a video of theirs go, and which frame of mine each of its frames is."""
    origin = (theirs.setting(PACKED_FROM) or {}).get("videos", {}).get(str(record.id))
    wanted = record
    if origin is not None:
        frames = [int(number) for number in origin["frames"]]
        wanted = replace(
            record,
            name=origin["name"],
            num_frames=origin["num_frames"],
            fingerprint=origin["fingerprint"],
        )
    found = _find(mine.videos, wanted)
    if found is not None and origin is not None:
        return MergedVideo(found, False), lambda k: frames[k] if k < len(frames) else None
    if found is not None and found.is_images:
        my_names, names = mine.picture_names(found.id), theirs.picture_names(record.id)
        if my_names and names and my_names != names:
            places = {name: index for index, name in enumerate(my_names)}
            return MergedVideo(found, False), lambda k: places.get(names[k]) if k < len(names) else None
    if found is not None:
        return MergedVideo(found, False), lambda k: k if k < found.num_frames else None
    new = MergedVideo(record, True, theirs.resolve(record), theirs.picture_names(record.id))
    return new, lambda k: k


def _find(videos: list[VideoRecord], wanted: VideoRecord) -> VideoRecord | None:
    for record in videos:
        if wanted.fingerprint and record.fingerprint == wanted.fingerprint:
            return record
    for record in videos:
        if (record.name, record.num_frames) == (wanted.name, wanted.num_frames):
            return record
    return None
