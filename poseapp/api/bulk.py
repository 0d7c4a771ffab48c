"""Many people at once: whom conditions find, and one thing done to all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import ProjectError
from poseapp.formats.predicted_index import PredictedIndex
from poseapp.labels.bulk_actions import LABEL_VERBS, PREDICTION_VERBS, BulkAction
from poseapp.labels.bulk_edits import AcceptPredictions, RejectPredictions
from poseapp.labels.edits import Edit
from poseapp.labels.people_index import Count, PeopleIndex
from poseapp.labels.project import Project
from poseapp.labels.query import Query

LABELS, PREDICTIONS = "labels", "predictions"
_VERBS = {LABELS: LABEL_VERBS, PREDICTIONS: PREDICTION_VERBS}
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class EditResult(Result):
    """What was done to whom.

    Attributes:
        project: Its folder.
        of: "labels" or "predictions".
        where: The conditions, as words.
        do: The action, as words.
        text: What was done, in one sentence.
        people: How many it changed.
        frames: In how many frames.
        videos: In how many videos.
        found: How many the conditions hold for, those included whom it does not change.
        applied: False after a dry run, and where nobody was found.
    """

    project: Path
    of: str
    where: str
    do: str
    text: str
    people: int
    frames: int
    videos: int
    found: int
    applied: bool


class Crowd:
    """All labels, or all predictions that are neither labelled nor deleted, of a project, to be asked.

    Args:
        project: Open, also for reading only.
        of: "labels" or "predictions".
        runs: Of predictions: names of runs, None: all.
        report: Called with how much is read and in all; what it raises ends it.

    Attributes:
        index: Answers queries.
        skeleton: Of the project.

    Raises:
        PoseError: Something cannot be read.
    """

    def __init__(
        self, project: Project, of: str, runs: Sequence[str] | None = None, report: Report | None = None
    ) -> None:
        self.of = of
        self.skeleton = project.skeleton
        self._predicted = PredictedIndex(project, runs, report) if of == PREDICTIONS else None
        if self._predicted is not None:
            self.index = self._predicted.index
        else:
            database = project.path / "project.db"
            self.index = PeopleIndex.of_labels(database, project.skeleton, project.videos, report)

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return "person" if self.of == LABELS else "prediction"

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done to them."""
        return _VERBS[self.of]

    def count(self, query: Query, action: BulkAction | None = None) -> Count:
        """Whom a query finds; with an action, only those it changes."""
        return self.index.count(query, _extra(action, self))

    def find(self, query: Query, action: BulkAction | None = None, limit: int | None = None) -> np.ndarray:
        """Rows (N, 3) int64 of whom a query finds: key, video_id, frame_idx."""
        return self.index.find(query, _extra(action, self), limit)

    def edit(self, action: BulkAction, found: np.ndarray, report: Report) -> Edit:
        """The edit that does it to rows of `find`.

        Raises:
            ProjectError: It cannot be done to these.
        """
        check_verb(action, self.of)
        if self._predicted is None:
            return action.edit(found[:, 0].tolist(), self.skeleton, report)
        if action.verb == "accept":
            return AcceptPredictions(self._predicted.people(found), len(found), report)
        return RejectPredictions(self._predicted.rejected(found), report)

    def close(self) -> None:
        """Let go of the memory."""
        self.index.close()


def check_verb(action: BulkAction, of: str) -> None:
    """Check that an action can be done to "labels" or "predictions".

    Raises:
        ProjectError: It cannot.
    """
    if action.verb not in _VERBS[of]:
        raise ProjectError(f"'{action.verb}' cannot be done to {of}; there are {', '.join(_VERBS[of])}.")


def _extra(action: BulkAction | None, crowd: Crowd) -> tuple[str, Sequence[object]]:
    return ("1", ()) if action is None else action.condition(crowd.skeleton)


def edit(
    project: str | Path,
    where: str,
    do: str,
    *,
    of: str = LABELS,
    run: str | None = None,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> EditResult:
    """Do one thing to all people for whom conditions hold, as one edit that can be undone.

    Args:
        project: Its folder.
        where: Conditions, all of which must hold: `poseapp.labels.query.WORDS`; "" for everybody.
        do: What to do: `poseapp.labels.bulk_actions.WORDS`.
        of: "labels", or "predictions" that are neither labelled nor deleted yet.
        run: Of predictions: the run's name; None: all runs.
        dry_run: Only say what would be done.
        on_progress: Called while it works.

    Raises:
        PoseError: A word is not understood, or the project cannot be read or changed.
    """
    if of not in (LABELS, PREDICTIONS):
        raise ProjectError(f"'{of}' is neither labels nor predictions.")

    def report(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(Progress(done, total, "", "reading" if crowd is None else "changing"))

    crowd: Crowd | None = None
    with open_project(project, read_only=dry_run) as opened:
        if opened.read_only and not dry_run:
            raise ProjectError(f"{opened.path} is read-only: {opened.read_only_reason}")
        names = {record.name: record.id for record in opened.videos}
        query = Query.parse(where, names, opened.skeleton)
        action = BulkAction.parse(do, opened.skeleton)
        check_verb(action, of)
        crowd = Crowd(opened, of, None if run is None else [run], report)
        try:
            found = crowd.count(query)
            count = crowd.count(query, action)
            # Also a dry run says where it could not be done.
            change = crowd.edit(action, crowd.find(query, action), report)
            applied = count.people > 0 and not dry_run
            if applied:
                opened.push(change)
        finally:
            crowd.close()
        text = action.sentence(count, crowd.noun)
        words = query.words({v: k for k, v in names.items()})
        path = Path(opened.path)
    return EditResult(
        path, of, words, action.words(), text, count.people, count.frames, count.videos, found.people, applied
    )
