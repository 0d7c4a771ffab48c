"""What the rows of menu Predict, Train and Tools do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poseapp.app.background import in_background
from poseapp.app.session import Session
from poseapp.errors import PoseError


def predict(session: Session, **options: Any) -> None:
    """Predict the current video in another process."""
    session.start_prediction(**options)
    session.message.emit("Prediction started")


def predict_from_here(session: Session, **options: Any) -> None:
    """Predict from the current frame to the end in another process."""
    predict(session, frames=(session.frame_idx, session.num_frames), **options)


def fine_tune(session: Session, **options: Any) -> None:
    """Train on the project's labels in another process."""
    session.start_fine_tune(**options)
    session.message.emit("Fine-tuning started")


def synthesize(session: Session, out: str | Path, **options: Any) -> None:
    """Draw a data set of people in another process."""
    session.start_synthesis(out, **options)
    session.message.emit(f"Drawing people into {Path(out).name}")


def open_data_set(
    session: Session, path: str | Path, then: Callable[[], None] = lambda: None
) -> threading.Thread:
    """Open a data set of drawn people as a project with its labels, made in a thread of its own.

    Args:
        session: the open window.
        path: the data set's folder; gets the project.
        then: called in the window's thread once it is open.
    """
    from poseapp.app.data_sets import project_of

    path = Path(path)

    def show(project: Path) -> None:
        try:
            session.open(project)
        except (PoseError, OSError) as error:
            session.failed.emit(str(error))
        else:
            then()

    def work(_task: object) -> None:
        project = project_of(path)
        # The database belongs to the window's thread.
        session.posted.emit(lambda: show(project))

    return in_background(session, f"Reading {path.name}", f"{path.name} opened with its labels", work)


def stop_trainings(session: Session) -> None:
    """Stop the running trainings and keep what they have."""
    for run in session.runs:
        if run.active and run.kind == "train":
            session.stop_and_keep(run)


def resume(kind: str) -> Callable[[Session], None]:
    """Go on with the newest job of a kind ("train", "predict") that ended before its time."""

    def run(session: Session) -> None:
        for found in session.runs:
            if found.kind == kind and found.can_resume:
                session.resume(found)
                return

    return run


def cancel_runs(session: Session) -> None:
    """Stop every running job now."""
    for run in session.runs:
        if run.active:
            session.cancel(run)
