"""Whom conditions find, asked beside the window: the newest question is answered, older ones are dropped."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from psygnal import Signal

from poseapp.api.bulk import LABELS, Crowd, Report
from poseapp.errors import PoseError
from poseapp.labels.bulk_actions import BulkAction
from poseapp.labels.edits import Edit
from poseapp.labels.people_index import Count
from poseapp.labels.project import Project
from poseapp.labels.query import Query

MAX_ROWS = 1000


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        of: "labels" or "predictions".
        run: of predictions: name of a run, None: all.
        query: the conditions.
        action: what is to be done.
    """

    of: str = LABELS
    run: str | None = None
    query: Query = field(default_factory=Query)
    action: BulkAction = field(default_factory=lambda: BulkAction("delete"))


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        question: what was asked.
        found: for whom the conditions hold.
        changed: whom of these the action changes.
        rows: (N, 3) int64 key, video_id and frame_idx of the first of those it changes.
        noun: "person" or "prediction".
        tracks: numbers of the tracks there are.
        problem: why there is no answer, or "".
    """

    question: Question
    found: Count = Count(0, 0, 0)
    changed: Count = Count(0, 0, 0)
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    noun: str = "person"
    tracks: tuple[int, ...] = ()
    problem: str = ""

    @property
    def sentence(self) -> str:
        """Exactly what will be done."""
        return self.question.action.sentence(self.changed, self.noun)


class BulkSelection:
    """Answers questions about the people of one project in a thread of its own.

    Args:
        project_path: the project's folder; it is read through connections of their own.

    Attributes:
        changed: psygnal signal, from the thread: there is an `answer`, or reading goes on.
        answer: to the newest question that was answered.
        progress: how much of what has to be read is read, 0 to 1; None while nothing is being read.
    """

    changed = Signal()

    def __init__(self, project_path: Path) -> None:
        self._path = project_path
        self.answer: Answer | None = None
        self.progress: float | None = None
        self._lock = threading.Condition()
        self._question: Question | None = None
        self._closed = False
        self._projects: list[Project] = []
        self._crowds: dict[tuple[str, str | None], Crowd] = {}
        self._thread = threading.Thread(target=self._work, name="bulk", daemon=True)
        self._thread.start()

    def ask(self, question: Question) -> None:
        """Ask; `changed` says when there is an answer."""
        with self._lock:
            self._question = question
            self._lock.notify()

    def _work(self) -> None:
        while True:
            with self._lock:
                while self._question is None and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
                question, self._question = self._question, None
            assert question is not None
            try:
                self.answer = self._answer(question)
            except PoseError as error:
                self.answer = Answer(question, problem=str(error))
            except _Closed:
                return
            self.progress = None
            self.changed.emit()

    def _answer(self, question: Question) -> Answer:
        crowd = self._crowd(question)
        return Answer(
            question,
            crowd.count(question.query),
            crowd.count(question.query, question.action),
            crowd.find(question.query, question.action, MAX_ROWS),
            crowd.noun,
            tuple(crowd.index.tracks()),
        )

    def _crowd(self, question: Question) -> Crowd:
        key = question.of, question.run
        if key not in self._crowds:
            project = Project.open(self._path, read_only=True)
            self._projects.append(project)
            runs = None if question.run is None else [question.run]
            self._crowds[key] = Crowd(project, question.of, runs, self._report)
        return self._crowds[key]

    def _report(self, done: int, total: int) -> None:
        if self._closed:
            raise _Closed
        self.progress = done / total if total else None
        self.changed.emit()

    def edit(self, answer: Answer, report: Report) -> Edit:
        """The edit that does what the answer's sentence says.

        Raises:
            PoseError: it cannot be done.
        """
        crowd = self._crowd(answer.question)
        return crowd.edit(
            answer.question.action, crowd.find(answer.question.query, answer.question.action), report
        )

    def close(self) -> None:
        """Let go of what was read; not before the edit is done."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        self._thread.join()
        for crowd in self._crowds.values():
            crowd.close()
        for project in self._projects:
            project.close()


class _Closed(Exception):
    """Nobody waits for an answer any more."""
