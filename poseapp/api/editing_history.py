"""The edits of a project: listed, and gone back to or forward to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.errors import ProjectError

STRETCH_S = 0.5


@dataclass(frozen=True)
class HistoryResult(Result):
    """The edits of a project, newest first.

    Attributes:
        project: Its folder.
        place: The newest edit that is not undone; 0 where all are.
        total: How many edits there are.
        edits: Of each its `id`, `time` (ISO 8601, local), `text` and whether it is `undone`.
        steps: How many edits were undone or redone to get here.
    """

    project: Path
    place: int
    total: int
    edits: list[dict[str, Any]]
    steps: int = 0


def history(
    project: str | Path, *, go_to: int | None = None, limit: int = 20, on_progress: OnProgress | None = None
) -> HistoryResult:
    """List the edits of a project; before that undo or redo until a chosen one is the newest that is done.

    Args:
        project: The project's folder.
        go_to: An edit's id, or 0 for before the first one; None leaves the project as it is.
        limit: How many edits are listed.
        on_progress: Told of edits undone or redone.

    Raises:
        ProjectError: There is no project or no such edit, or it is open elsewhere and cannot be changed.
    """
    with open_project(project, read_only=go_to is None) as opened:
        steps = 0
        if go_to is not None:
            if go_to and not any(e.id == go_to for e in opened.history(1, before=go_to + 1)):
                raise ProjectError(f"{opened.path} has no edit {go_to}; poseapp history lists them")
            before, _ = opened.history_place()
            left = opened.travel(go_to, STRETCH_S)
            while left:
                steps = max(steps, left)
                if on_progress is not None:
                    on_progress(Progress(steps - left, steps, "edits", "going there"))
                left = opened.travel(go_to, STRETCH_S)
            low, high = sorted((before, go_to))
            steps = sum(low < e.id <= high for e in opened.history(1_000_000))
        place, total = opened.history_place()
        rows = [
            {
                "id": e.id,
                "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(e.time)),
                "text": e.text,
                "undone": e.undone,
            }
            for e in opened.history(limit)
        ]
        return HistoryResult(opened.path, place, total, rows, steps)
