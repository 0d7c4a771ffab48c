"""What the thread behind the curves reads and remembers: people as arrays, and the one who is followed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poseapp.labels.trajectories import (
    PeopleTable,
    Quantity,
    first_person,
    follow,
    joined,
    measure,
    without_frames,
)

if TYPE_CHECKING:
    from poseapp.labels.project import Project

MAX_PATCHED = 64
# With more labels than these they are not kept: after an edit only the frame concerned is read and the person
# is looked for in it, instead of all being followed anew.
MANY_ROWS = 60_000
REACH = 0.75


@dataclass(frozen=True, eq=False)
class Curve:
    """One quantity of the followed person.

    Attributes:
        frames: (N,) int64, ascending.
        values: (N,) float64, NaN where unknown.
        labelled: (N,) bool: from a label.
    """

    frames: np.ndarray
    values: np.ndarray
    labelled: np.ndarray


@dataclass(frozen=True, eq=False)
class Source:
    """A prediction file as it is now; equal keys hold the same people."""

    path: Path
    key: Hashable
    video_index: int
    columns: tuple[int, ...]
    hidden: dict[int, dict[int, frozenset[int]]]


@dataclass(frozen=True, eq=False)
class Question:
    project: Project
    video_id: int
    num_keypoints: int
    with_labels: bool
    sources: tuple[Source, ...]
    anchor: tuple[int, np.ndarray] | None
    wanted: frozenset[Quantity]
    timestamps: np.ndarray | None
    fps: float


class Reader:
    """What the thread remembers from one question to the next."""

    def __init__(self) -> None:
        self._place: tuple[object, int] | None = None
        self._labels: PeopleTable | None = None
        self._labels_are: object = None  # another object whenever the labels were read anew
        self._files: dict[Path, tuple[Hashable, PeopleTable]] = {}
        self._person: PeopleTable | None = None
        self._basis: tuple[object, ...] = ()
        self._measured: dict[Quantity, Curve] = {}
        self.read_predictions = False

    def person(self, question: Question, edited: set[int] | None) -> PeopleTable:
        """The person to follow, one row a frame."""
        self.read_predictions = False
        place = (question.project, question.video_id)
        if place != self._place:
            self.__init__()  # type: ignore[misc]
            self._place = place
        if edited and self._labels is None and len(edited) <= MAX_PATCHED and self._is_same(question):
            self._patch(question, sorted(edited))
            return self._person or PeopleTable.empty(question.num_keypoints)
        if not edited and edited is not None and self._person is not None and self._is_same(question):
            return self._person
        labels = self._labels
        if edited != set() or labels is None:
            labels = self._read_labels(question, edited)
            self._labels_are = object()
        self._labels = labels if len(labels) <= MANY_ROWS else None
        tables = [labels] if question.with_labels else []
        taken = np.zeros(0, np.int64)
        for source in question.sources:
            table = without_frames(self._read_file(source), taken)
            tables.append(table)
            taken = np.union1d(taken, table.frames)
        self._files = {s.path: self._files[s.path] for s in question.sources}
        if self._person is None or not self._is_same(question):
            everybody = joined(tables) if tables else PeopleTable.empty(question.num_keypoints)
            row = _row_of(everybody, question.anchor)
            rows = np.zeros(0, np.int64) if row is None else follow(everybody, row)
            self._person, self._measured = everybody.take(rows), {}
            self._basis = self._basis_of(question)
            if len(everybody) > MANY_ROWS:
                del everybody, tables, labels
                give_back_memory()
        return self._person

    def _basis_of(self, question: Question) -> tuple[object, ...]:
        """What the followed person depends on."""
        files = tuple(self._files[s.path][1] if s.path in self._files else None for s in question.sources)
        return self._labels_are, question.anchor, *files, *(s.key for s in question.sources), (
            question.with_labels, question.timestamps is None,
        )  # fmt: skip

    def _is_same(self, question: Question) -> bool:
        """Whether nothing has changed that the followed person depends on."""
        basis, held = self._basis_of(question), 2 + len(question.sources)
        if len(basis) != len(self._basis):
            return False
        # Tables and anchors are compared as objects, keys by what they say.
        same = all(one is other for one, other in zip(basis[:held], self._basis[:held], strict=True))
        return same and basis[held:] == self._basis[held:]

    def _patch(self, question: Question, edited: list[int]) -> None:
        """Look for the person in edited frames alone."""
        person = self._person
        if person is None:
            return
        frames = np.array(edited, np.int64)
        rest = without_frames(person, frames)
        found = []
        for k in edited:
            here = question.project.people_table(question.video_id, k) if question.with_labels else None
            if here is None or not len(here):
                seen = [self._files[s.path][1] for s in question.sources]
                there = [t.take(np.arange(*np.searchsorted(t.frames, [k, k + 1]))) for t in seen]
                here = next((t for t in there if len(t)), None)
            row = None if here is None else _continues(rest, here, k)
            if here is not None and row is not None:
                found.append(here.take(np.array([row])))
        self._person, self._measured = joined([rest, *found]), {}

    def _read_labels(self, question: Question, edited: set[int] | None) -> PeopleTable:
        old, project, video_id = self._labels, question.project, question.video_id
        if old is None or edited is None or len(edited) > MAX_PATCHED:
            return project.people_table(video_id)
        fresh = [project.people_table(video_id, k) for k in sorted(edited)]
        return joined([without_frames(old, np.array(sorted(edited), np.int64)), *fresh])

    def _read_file(self, source: Source) -> PeopleTable:
        from poseapp.formats.predictions_h5 import PredictionFile

        known = self._files.get(source.path)
        if known is None or known[0] != source.key:
            self.read_predictions = True
            with PredictionFile(source.path) as file:
                file.hidden = source.hidden
                table = file.people_table(source.video_index).columns(source.columns)
            self._files[source.path] = known = (source.key, table)
        return known[1]

    def curves(self, question: Question, person: PeopleTable) -> dict[Quantity, Curve]:
        """What is wanted of that person."""
        times = person.frames / question.fps
        if question.timestamps is not None and len(person) and person.frames[-1] < len(question.timestamps):
            times = question.timestamps[person.frames]
        for quantity in question.wanted:
            if quantity not in self._measured:
                values = measure(person, quantity, times)
                self._measured[quantity] = Curve(person.frames, values, person.labelled)
        self._measured = {q: self._measured[q] for q in question.wanted}
        return dict(self._measured)


def give_back_memory() -> None:
    """Let the system have what glibc keeps of freed memory: a hundred megabytes after a long read."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _continues(person: PeopleTable, here: PeopleTable, frame_idx: int) -> int | None:
    """Which row of one frame continues a person, by track, else by place; None: nobody."""
    if not len(person):
        return 0 if len(here) else None
    at = min(int(np.searchsorted(person.frames, frame_idx)), len(person) - 1)
    near = [k for k in (at - 1, at) if 0 <= k < len(person)]
    nearest = min(near, key=lambda k: abs(int(person.frames[k]) - frame_idx))
    if person.tracks[nearest] >= 0:
        same = np.flatnonzero(here.tracks == person.tracks[nearest])
        return int(same[0]) if len(same) else None
    before = person.points[nearest]
    gaps = [gap(points, before) for points in here.points]
    best = int(np.argmin(gaps))
    seen = before[np.isfinite(before).all(axis=1)]
    size = float(np.hypot(*np.ptp(seen, axis=0))) if len(seen) else 0.0
    missing = max(abs(int(person.frames[nearest]) - frame_idx), 1)
    return best if gaps[best] <= max(REACH * size * np.sqrt(missing), 8.0) else None


def _row_of(table: PeopleTable, anchor: tuple[int, np.ndarray] | None) -> int | None:
    """The row of the person that was chosen, else of the first one."""
    if anchor is not None:
        frame_idx, points = anchor
        low, high = np.searchsorted(table.frames, [frame_idx, frame_idx + 1])
        gaps = [gap(table.points[row], points) for row in range(low, high)]
        if gaps and np.isfinite(gaps).any():
            return int(low + np.argmin(gaps))
    return first_person(table)


def gap(one: np.ndarray, other: np.ndarray) -> float:
    """Median distance of the keypoints that two people have in common; infinite where there is none."""
    distance = np.hypot(*(one - other).T)
    known = distance[np.isfinite(distance)]
    return float(np.median(known)) if len(known) else np.inf
