"""The person followed through the current video and what is measured of them, worked out beside the window.

Timeline and plots say which curves they want; a thread reads labels and predictions, follows the selected
person (else the first one) and measures; `changed` tells that there is something new. Reading is done once,
then only for frames that were edited and prediction files that grew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from poseapp.app.layers import LABELS
from poseapp.errors import PoseError
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
    from poseapp.app.session import Session
    from poseapp.labels.change import Change
    from poseapp.labels.project import Project

# Edits of a drag come many a second; they are looked at together.
PATIENCE_S = 0.12
# A growing prediction file is read again after so many times as long as reading it took.
REST_FACTOR = 10
MAX_PATCHED = 64
SAME_PX = 3.0


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
class _Source:
    """A prediction file as it is now; equal keys hold the same people."""

    path: Path
    key: Hashable
    video_index: int
    columns: tuple[int, ...]
    hidden: dict[int, dict[int, frozenset[int]]]


@dataclass(frozen=True, eq=False)
class _Question:
    project: Project
    video_id: int
    num_keypoints: int
    with_labels: bool
    sources: tuple[_Source, ...]
    anchor: tuple[int, np.ndarray] | None
    wanted: frozenset[Quantity]
    timestamps: np.ndarray | None
    fps: float


class Motion:
    """Curves of one window.

    Attributes:
        changed: psygnal signal, from any thread: curves are new, or gone.
        picture_wanted: psygnal signal with the path that a picture of the plots is to be written to.
        shown: what the plots show, in the order it was chosen.
        person: the followed person, one row a frame; None while it is not known.
    """

    changed = Signal()
    picture_wanted = Signal(object)

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown: tuple[Quantity, ...] = ()
        self.person: PeopleTable | None = None
        self._wanted: dict[str, frozenset[Quantity]] = {}
        self._curves: dict[Quantity, Curve] = {}
        self._anchor: tuple[int, np.ndarray] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._question: _Question | None = None
        self._thread: threading.Thread | None = None
        self._edited: set[int] | None = None  # frames edited since they were read; None: all
        self._reader = _Reader()
        session.video_changed.connect(self._forget)
        session.project_changed.connect(self._forget)
        session.labels_changed.connect(self._on_labels)
        session.layers_changed.connect(self._ask)
        session.selection_changed.connect(self._on_selection)

    # -- for the window's thread

    def want(self, owner: str, quantities: Iterable[Quantity]) -> None:
        """Say which curves somebody needs from now on; none: nothing is read for them."""
        wanted = frozenset(quantities)
        if wanted == self._wanted.get(owner, frozenset()):
            return
        self._wanted[owner] = wanted
        self._ask()

    def show(self, quantities: Iterable[Quantity]) -> None:
        """Choose what the plots show."""
        self.shown = tuple(quantities)
        self.want("plots", self.shown)
        self.changed.emit()

    def curve(self, quantity: Quantity) -> Curve | None:
        """A wanted curve, or None while it is being worked out."""
        return self._curves.get(quantity)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        with self._lock:
            return self._thread is not None

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until all is worked out, for scripts and tests."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def stop(self, seconds: float = 3.0) -> None:
        """Work nothing out any more, and wait for what is being worked out: the window closes."""
        self._stopping.set()
        self.wait(seconds)

    def _forget(self) -> None:
        self._anchor = None
        with self._lock:
            self._edited = None
            self._curves, self.person = {}, None
        skeleton, count = self._session.skeleton, 0
        if skeleton is not None:
            count = skeleton.num_keypoints
        self.shown = tuple(q for q in self.shown if max(q.keypoints) < count)
        self._wanted = {
            owner: frozenset(q for q in wanted if max(q.keypoints) < count)
            for owner, wanted in self._wanted.items()
        }
        self.changed.emit()
        self._ask()

    def _on_labels(self, change: Change) -> None:
        video = self._session.video
        if "skeleton" in change.topics:
            self._forget()
            return
        with self._lock:
            if change.frame_idx is None or video is None or change.video_id is None:
                self._edited = None
            elif change.video_id == video.id and self._edited is not None:
                self._edited.add(change.frame_idx)
        self._ask()

    def _on_selection(self) -> None:
        chosen = self._session.selected_instance
        if chosen is None or self._is_followed(self._session.frame_idx, chosen.instance.points):
            return
        self._anchor = self._session.frame_idx, chosen.instance.points
        self._ask()

    def _is_followed(self, frame_idx: int, points: np.ndarray) -> bool:
        person = self.person
        if person is None:
            return False
        at = int(np.searchsorted(person.frames, frame_idx))
        if at >= len(person) or person.frames[at] != frame_idx or points.shape != person.points[at].shape:
            return False
        return _gap(person.points[at], points) < SAME_PX

    def _ask(self) -> None:
        session = self._session
        wanted = frozenset().union(*self._wanted.values())
        if session.project is None or session.video is None or session.skeleton is None or not wanted:
            return
        visible = {row.id for row in session.layers if row.visible}
        question = _Question(
            session.project,
            session.video.id,
            session.skeleton.num_keypoints,
            LABELS in visible,
            tuple(self._sources(visible)),
            self._anchor,
            wanted,
            session.timestamps,
            session.fps,
        )
        with self._lock:
            self._question = question
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="motion", daemon=True)
                self._thread.start()

    def _sources(self, visible: set[str]) -> Iterable[_Source]:
        session = self._session
        assert session.video is not None and session.skeleton is not None
        for layer in session.prediction_layers:
            index = layer.video_index(session.video)
            if index is None or layer.name not in visible:
                continue
            try:
                stat = layer.path.stat()
            except OSError:
                continue  # deleted just now; the layers will notice
            columns = tuple(session.skeleton.columns_from(layer.file.skeleton))
            key = (str(layer.path), stat.st_mtime_ns, stat.st_size, index, columns, layer.times_hidden)
            yield _Source(layer.path, key, index, columns, layer.file.hidden)

    # -- in the thread

    def _work(self) -> None:
        while True:
            stopping = self._stopping.wait(PATIENCE_S)
            with self._lock:
                question, self._question = self._question, None
                if question is None or stopping:
                    self._thread = None
                    return
                edited, self._edited = self._edited, set()
            begun = time.monotonic()
            try:
                person = self._reader.person(question, edited)
                curves = self._reader.curves(question, person)
            except (PoseError, OSError):
                # Closed or replaced meanwhile: whoever closed it tells what is to be read now.
                with self._lock:
                    self._edited = None
                continue
            if self._publish(question, person, curves):
                self.changed.emit()
            if self._reader.read_predictions:
                self._stopping.wait(min(REST_FACTOR * (time.monotonic() - begun), 2.0))

    def _publish(self, question: _Question, person: PeopleTable, curves: dict[Quantity, Curve]) -> bool:
        video = self._session.video
        if video is None or video.id != question.video_id or self._session.project is not question.project:
            return False
        self.person, self._curves = person, curves
        return True


class _Reader:
    """What the thread remembers from one question to the next."""

    def __init__(self) -> None:
        self._place: tuple[object, int] | None = None
        self._labels: PeopleTable | None = None
        self._files: dict[Path, tuple[Hashable, PeopleTable]] = {}
        self._person: PeopleTable | None = None
        self._basis: tuple[object, ...] = ()
        self._measured: dict[Quantity, Curve] = {}
        self.read_predictions = False

    def person(self, question: _Question, edited: set[int] | None) -> PeopleTable:
        """The person to follow, one row a frame."""
        self.read_predictions = False
        place = (question.project, question.video_id)
        if place != self._place:
            self.__init__()  # type: ignore[misc]
            self._place = place
        if edited != set() or self._labels is None:
            self._labels = self._read_labels(question, edited)
        tables = [self._labels] if question.with_labels else []
        taken = np.zeros(0, np.int64)
        for source in question.sources:
            table = without_frames(self._read_file(source), taken)
            tables.append(table)
            taken = np.union1d(taken, table.frames)
        self._files = {s.path: self._files[s.path] for s in question.sources}
        anchor = question.anchor
        basis = (
            self._labels,
            *(self._files[s.path][1] for s in question.sources),
            question.with_labels,
            anchor,
            question.timestamps is None,
        )
        if (
            self._person is None
            or len(basis) != len(self._basis)
            or any(one is not other for one, other in zip(basis, self._basis, strict=True))
        ):
            everybody = joined(tables) if tables else PeopleTable.empty(question.num_keypoints)
            row = _row_of(everybody, anchor)
            rows = np.zeros(0, np.int64) if row is None else follow(everybody, row)
            self._person, self._measured = everybody.take(rows), {}
            self._basis = basis
        return self._person

    def _read_labels(self, question: _Question, edited: set[int] | None) -> PeopleTable:
        old, project, video_id = self._labels, question.project, question.video_id
        if old is None or edited is None or len(edited) > MAX_PATCHED:
            return project.people_table(video_id)
        fresh = [project.people_table(video_id, k) for k in sorted(edited)]
        return joined([without_frames(old, np.array(sorted(edited), np.int64)), *fresh])

    def _read_file(self, source: _Source) -> PeopleTable:
        from poseapp.formats.predictions_h5 import PredictionFile

        known = self._files.get(source.path)
        if known is None or known[0] != source.key:
            self.read_predictions = True
            with PredictionFile(source.path) as file:
                file.hidden = source.hidden
                table = file.people_table(source.video_index).columns(source.columns)
            self._files[source.path] = known = (source.key, table)
        return known[1]

    def curves(self, question: _Question, person: PeopleTable) -> dict[Quantity, Curve]:
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


def _row_of(table: PeopleTable, anchor: tuple[int, np.ndarray] | None) -> int | None:
    """The row of the person that was chosen, else of the first one."""
    if anchor is not None:
        frame_idx, points = anchor
        low, high = np.searchsorted(table.frames, [frame_idx, frame_idx + 1])
        gaps = [_gap(table.points[row], points) for row in range(low, high)]
        if gaps and np.isfinite(gaps).any():
            return int(low + np.argmin(gaps))
    return first_person(table)


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """Median distance of the keypoints that two people have in common; infinite where there is none."""
    distance = np.hypot(*(one - other).T)
    known = distance[np.isfinite(distance)]
    return float(np.median(known)) if len(known) else np.inf


def both_sides(keypoint: int | None, kind: str, session: Session) -> list[Quantity]:
    """What the timeline shows: a keypoint and its mirror image, left first; None: the mean of each side."""
    from poseapp.labels.quantities import side_keypoints

    skeleton = session.skeleton
    if skeleton is None:
        return []
    if keypoint is not None:
        pair = sorted({keypoint, int(skeleton.swap_index[keypoint])}, key=lambda k: skeleton.sides[k])
        return [Quantity(kind, (k,)) for k in pair]
    if kind in ("x", "y"):
        return []
    groups = [side_keypoints(skeleton, side) for side in ("left", "right")]
    if not all(groups):
        groups = [tuple(range(skeleton.num_keypoints))]
    return [Quantity(kind, group) for group in groups]
