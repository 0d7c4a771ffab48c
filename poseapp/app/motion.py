"""The person followed through the current video and what is measured of them, worked out beside the window.

Timeline and plots say which curves they want; a thread reads labels and predictions, follows the selected
person (else the first one) and measures; `changed` tells that there is something new. Reading is done once,
then only for frames that were edited and prediction files that grew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from poseapp.app.layers import LABELS
from poseapp.app.motion_reader import MANY_ROWS, Curve, Question, Reader, Source, gap
from poseapp.errors import PoseError
from poseapp.labels.trajectories import (
    PeopleTable,
    Quantity,
)

if TYPE_CHECKING:
    from poseapp.app.session import Session
    from poseapp.labels.change import Change

# Edits of a drag come many a second; they are looked at together, and where there are very many labels only
# once the hand rests.
PATIENCE_S = 0.12
LONG_PATIENCE_S, LONGEST_S = 0.8, 20.0
# A growing prediction file is read again after so many times as long as reading it took.
REST_FACTOR = 10
SAME_PX = 3.0


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
        self._question: Question | None = None
        self._thread: threading.Thread | None = None
        self._asked_at = 0.0
        self._edited: set[int] | None = None  # frames edited since they were read; None: all
        self._reader = Reader()
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
        return gap(person.points[at], points) < SAME_PX

    def _ask(self) -> None:
        session = self._session
        wanted = frozenset().union(*self._wanted.values())
        if session.project is None or session.video is None or session.skeleton is None or not wanted:
            return
        visible = {row.id for row in session.layers if row.visible}
        question = Question(
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
        self._asked_at = time.monotonic()
        with self._lock:
            self._question = question
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="motion", daemon=True)
                self._thread.start()

    def _sources(self, visible: set[str]) -> Iterable[Source]:
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
            yield Source(layer.path, key, index, columns, layer.file.hidden)

    # -- in the thread

    def _wait_for_rest(self) -> bool:
        """Wait for the end of a row of edits; True where the window closes."""
        begun = time.monotonic()
        stopping = self._stopping.wait(PATIENCE_S)
        person = self.person
        if person is None or len(person) < MANY_ROWS // 10:
            return stopping
        while not stopping and time.monotonic() - begun < LONGEST_S:
            left = LONG_PATIENCE_S - (time.monotonic() - self._asked_at)
            if left <= 0:
                break
            stopping = self._stopping.wait(left)
        return stopping

    def _work(self) -> None:
        while True:
            stopping = self._wait_for_rest()
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

    def _publish(self, question: Question, person: PeopleTable, curves: dict[Quantity, Curve]) -> bool:
        video = self._session.video
        if video is None or video.id != question.video_id or self._session.project is not question.project:
            return False
        self.person, self._curves = person, curves
        return True


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
