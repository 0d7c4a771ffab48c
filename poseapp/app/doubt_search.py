"""The search for doubtful frames of the open project: what is read and remembered, beside the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poseapp.errors import PoseError
from poseapp.labels.doubt import Doubt, Limits, find_doubts
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.trajectories import PeopleTable, joined, without_frames

if TYPE_CHECKING:
    from poseapp.app.layers import PredictionLayer
    from poseapp.labels.project import VideoRecord

# Things change several at once; a growing prediction file is read so seldom that it takes a small share.
PATIENCE_S = 0.1
REST_FACTOR = 10
MAX_REST_S = 20.0


@dataclass(frozen=True, eq=False)
class Source:
    """A prediction file as it is now; equal keys hold the same people."""

    name: str
    path: Path
    key: Hashable
    video_index: int
    columns: tuple[int, ...]
    hidden: dict[int, dict[int, frozenset[int]]]


@dataclass(frozen=True, eq=False)
class Question:
    """The doubts of one video under these limits."""

    video_id: int
    sources: tuple[Source, ...]
    skeleton: Skeleton
    limits: Limits

    @property
    def key(self) -> Hashable:
        """Equal keys have the same answer."""
        return tuple(s.key for s in self.sources), self.skeleton, self.limits


Answer = list[tuple[str, Doubt]]


def question(
    record: VideoRecord, layers: list[PredictionLayer], skeleton: Skeleton, limits: Limits
) -> Question:
    """What to look at for a video.

    Args:
        record: the video.
        layers: prediction files to look at, newest first.
        skeleton: the project's.
        limits: from where on something is doubtful.
    """
    sources = []
    for layer in layers:
        index = layer.video_index(record)
        if index is None:
            continue
        try:
            stat = layer.path.stat()
        except OSError:
            continue  # deleted just now; the layers will notice
        columns = tuple(skeleton.columns_from(layer.file.skeleton))
        key = (layer.name, stat.st_mtime_ns, stat.st_size, index, columns, layer.times_hidden)
        sources.append(Source(layer.name, layer.path, key, index, columns, layer.file.hidden))
    return Question(record.id, tuple(sources), skeleton, limits)


def answer(asked: Question) -> Answer:
    """Read the predictions and look for doubts: (run, doubt) each, the strongest first.

    Raises:
        PoseError: a file cannot be read any more.
    """
    from poseapp.formats.predictions_h5 import PredictionFile

    tables: list[PeopleTable] = []
    runs: dict[int, str] = {}
    taken, empty = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for source in asked.sources:
        with PredictionFile(source.path) as file:
            file.hidden = source.hidden
            frames, scores = file.frame_scores(source.video_index)
            table = file.people_table(source.video_index).columns(source.columns)
        new = np.setdiff1d(frames, taken)
        tables.append(without_frames(table, taken))
        # Who was deleted leaves no score: such a frame has been looked at.
        nobody = np.setdiff1d(frames[scores == 0], table.frames)
        empty = np.union1d(empty, np.intersect1d(new, nobody))
        runs.update(dict.fromkeys(new.tolist(), source.name))
        taken = np.union1d(taken, frames)
    people = joined(tables) if tables else PeopleTable.empty(asked.skeleton.num_keypoints)
    doubts = find_doubts(people, asked.skeleton, asked.limits, empty=empty)
    return [(runs[doubt.frame_idx], doubt) for doubt in doubts]


class DoubtSearch:
    """Answers of one window.

    Args:
        publish: called with a function for the window's thread when an answer is there.
        on_answer: called, in the window's thread, after it.
    """

    def __init__(self, publish: Callable[[Callable[[], None]], None], on_answer: Callable[[], None]) -> None:
        self._publish, self._on_answer = publish, on_answer
        self._known: dict[int, tuple[Hashable, Answer]] = {}
        self._waiting: dict[int, Question] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def stop(self, seconds: float) -> None:
        """Begin nothing any more, and wait for what is being worked out: the window closes."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def forget(self) -> None:
        """Another project: nothing is known."""
        with self._lock:
            self._waiting.clear()
        self._known = {}  # another object: an answer that comes late finds the old one

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._thread is not None

    def known(self, asked: Question, wait: bool) -> Answer:
        """The answer, or the last one to the like of it while a new one is worked out.

        Args:
            asked: what is wanted.
            wait: work it out now, in this thread.
        """
        key, found = self._known.get(asked.video_id, (None, []))
        if key == asked.key:
            return found
        if not asked.sources:
            self._known[asked.video_id] = (asked.key, [])
            return []
        if wait:
            try:
                found = answer(asked)
            except (PoseError, OSError):
                return found  # the layers tell of files that cannot be read
            self._known[asked.video_id] = (asked.key, found)
            return found
        with self._lock:
            self._waiting[asked.video_id] = asked
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="doubt", daemon=True)
                self._thread.start()
        return found

    def _work(self) -> None:
        while True:
            stopping = self._stopping.wait(PATIENCE_S)
            with self._lock:
                if not self._waiting or stopping:
                    self._thread = None
                    break
                asked = self._waiting.pop(next(iter(self._waiting)))
            begun, known = time.monotonic(), self._known
            try:
                self._take(asked, answer(asked), known)
            except (PoseError, OSError):
                continue  # closed or replaced meanwhile: whoever did it asks again
            rest_s = min(REST_FACTOR * (time.monotonic() - begun), MAX_REST_S) if self._waiting else 0.0
            self._stopping.wait(rest_s)
        if not self._stopping.is_set():
            self._publish(self._on_answer)

    def _take(self, asked: Question, found: Answer, known: dict[int, tuple[Hashable, Answer]]) -> None:
        def take() -> None:
            known[asked.video_id] = (asked.key, found)
            self._on_answer()

        self._publish(take)
