"""What the rows of menu File do."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseapp.app.background import in_background
from poseapp.app.layers import LABELS
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.skeleton import Skeleton

if TYPE_CHECKING:
    from poseapp.api.import_plan import ImportPlan


def nothing(session: Session) -> None:
    """The dialog that was shown is all there is to it."""


def open_path(session: Session, path: str | Path) -> None:
    """Open a project, video or image folder."""
    session.open(path)


def new_project(
    session: Session, path: str | Path, skeleton: str | Skeleton, videos: list[str | Path] | None = None
) -> None:
    """Make a project and open it."""
    session.new_project(path, skeleton, videos)


def add_video(session: Session, path: str | Path) -> None:
    """Add a video to the open project."""
    session.add_video(path)


def relink_video(session: Session, path: str | Path) -> None:
    """Tell where the current video is now."""
    if session.video is not None:
        session.relink_video(session.video.id, path)


def import_labels(
    session: Session,
    path: str | Path,
    format: str | None = None,
    plan: ImportPlan | None = None,
    conflicts: str = "both",
) -> None:
    """Add labels from a file, as one edit.

    Args:
        session: the open window.
        path: the file.
        format: a name in `FORMATS`; by the file when None.
        plan: what was planned and agreed to, or None to import as it comes.
        conflicts: what becomes of people who are labelled otherwise: "keep", "replace" or "both".
    """
    from poseapp import api
    from poseapp.api.exchange import import_result
    from poseapp.api.import_plan import apply_import

    project = session.writable_project()
    if plan is None:
        found = api.import_labels(project, path, format=format, conflicts=conflicts)
    else:
        found = import_result(project, plan, apply_import(project, plan, conflicts), conflicts)
    text = f"Imported {found.instances} people in {found.frames} frames"
    if found.replaced:
        text += f", {found.replaced} replaced"
    if found.unmatched:
        text += f"; left out: {', '.join(found.unmatched)}"
    session.message.emit(text)


def export_source(session: Session, layer: str) -> Path:
    """What is exported of a layer: the project, or the file of a prediction.

    Raises:
        PoseError: when no project is open or there is no such layer.
    """
    if session.project is None:
        raise PoseError("no project is open; open one first")
    files = {found.name: found.path for found in session.prediction_layers}
    source = session.project.path if layer == LABELS else files.get(layer)
    if source is None:
        raise PoseError(f"the prediction {layer} is not there any more; choose another layer")
    return Path(source)


def export_labels(
    session: Session, path: str | Path, format: str | None = None, layer: str = LABELS, **options: Any
) -> threading.Thread:
    """Write a layer in another program's format, in a thread of its own.

    Args:
        session: the open window.
        path: the file to write.
        format: a name in `FORMATS`; by the file's name when None.
        layer: `LABELS` or the name of a prediction layer.
        **options: what the format's writer takes.

    Raises:
        PoseError: when no project is open or there is no such layer.
    """
    from poseapp import api

    source, name = export_source(session, layer), Path(path).name
    return in_background(
        session,
        f"Writing {name}",
        f"Exported to {name}",
        lambda _task: api.export_labels(source, path, format=format, **options),
    )


def render_movie(session: Session, path: str | Path) -> threading.Thread:
    """Write the current video as the window shows it, labels and predictions, in a thread of its own.

    Raises:
        PoseError: when there is no video, nobody to draw, or the file's name does not end in .mp4.
    """
    from poseapp.app.movie import write_movie

    path, video, record, project = Path(path), session.video_path, session.video, session.project
    if video is None or record is None or project is None:
        raise PoseError("there is no video to draw on; add or find it first")
    if session.current_prediction_layer() is None and not len(session.labelled_frames()):
        raise PoseError("nobody is labelled or predicted in this video; predict it first")
    if path.suffix.lower() != ".mp4":
        raise PoseError(f"a movie is written as .mp4; choose another name than {path.name}")
    hidden = [layer.id for layer in session.layers if not layer.visible]
    return in_background(
        session,
        f"Writing {path.name}",
        f"Movie written: {path.name}",
        lambda task: write_movie(project.path, record, video, hidden, path, task.report),
        cancellable=True,
    )


def close_project(session: Session) -> None:
    """Back to the start page."""
    session.close()


def quit_window(session: Session) -> None:
    """Ask the window to close."""
    session.view_command.emit("quit")
