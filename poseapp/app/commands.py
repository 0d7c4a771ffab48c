"""What the rows of `actions.ACTIONS` do: each takes the session and asked values, and opens no dialog."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poseapp.app import editing
from poseapp.app.background import in_background
from poseapp.app.layers import LABELS
from poseapp.app.session import Session
from poseapp.errors import PoseError


def nothing(session: Session) -> None:
    """The dialog that was shown is all there is to it."""


# -- files


def open_path(session: Session, path: str | Path) -> None:
    """Open a project, video or image folder."""
    session.open(path)


def new_project(
    session: Session, path: str | Path, skeleton: str, videos: list[str | Path] | None = None
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


def import_labels(session: Session, path: str | Path, format: str | None = None) -> None:
    """Add labels from a file, as one edit."""
    from poseapp import api

    found = api.import_labels(session.writable_project(), path, format=format)
    text = f"Imported {found.instances} people in {found.frames} frames"
    if found.unmatched:
        text += f"; left out: {', '.join(found.unmatched)}"
    session.message.emit(text)


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

    if session.project is None:
        raise PoseError("no project is open; open one first")
    files = {found.name: found.path for found in session.prediction_layers}
    source = session.project.path if layer == LABELS else files.get(layer)
    if source is None:
        raise PoseError(f"the prediction {layer} is not there any more; choose another layer")
    name = Path(path).name
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


# -- edit


def undo(session: Session) -> None:
    """Take back the last edit."""
    session.undo()


def redo(session: Session) -> None:
    """Do again what was undone last."""
    session.redo()


def delete_person(session: Session) -> None:
    """Delete the selected label."""
    editing.delete_person(session)


def delete_frame_labels(session: Session) -> None:
    """Delete all labels of the frame."""
    editing.delete_frame_labels(session)


def delete_video_labels(session: Session) -> None:
    """Delete all labels of the video, as one edit."""
    editing.delete_video_labels(session)


def deselect(session: Session) -> None:
    """Put back what is being dragged; else select nothing and go back to the select tool."""
    if session.gesture_active:
        session.view_command.emit("cancel")
        return
    session.set_tool("select")
    session.select(None)


# -- view


def view(command: str) -> Callable[[Session], None]:
    """A command for the canvas: "fit", "actual_size", "zoom_in", "zoom_out", "person"."""

    def run(session: Session) -> None:
        session.view_command.emit(command)

    return run


def toggle_overlay(session: Session) -> None:
    """Show or hide the people."""
    session.set_overlay_visible(not session.overlay_visible)


# -- go


def toggle_playing(session: Session) -> None:
    """Play or pause; at the end, from the start."""
    if not session.playing and session.frame_idx >= session.num_frames - 1:
        session.go_to(0)
    session.set_playing(not session.playing)


def step(num: int) -> Callable[[Session], None]:
    """Go `num` frames on; stops playback."""

    def run(session: Session) -> None:
        session.set_playing(False)
        session.step(num)

    return run


def first_frame(session: Session) -> None:
    """To the start."""
    session.go_to(0)


def last_frame(session: Session) -> None:
    """To the end."""
    session.go_to(session.num_frames - 1)


def to_frame(session: Session, frame_idx: int) -> None:
    """To a frame, 0-based."""
    session.go_to(frame_idx)


def next_labelled(session: Session) -> None:
    """To the next labelled frame."""
    if not session.go_to_next(session.labelled_frames(), 1):
        session.message.emit("No labelled frame after this one")


def previous_labelled(session: Session) -> None:
    """To the labelled frame before."""
    if not session.go_to_next(session.labelled_frames(), -1):
        session.message.emit("No labelled frame before this one")


def next_doubtful(session: Session) -> None:
    """To the next doubtful frame."""
    if not session.go_to_next(session.doubtful_frames(), 1):
        session.message.emit("No doubtful frame after this one")


def previous_doubtful(session: Session) -> None:
    """To the doubtful frame before."""
    if not session.go_to_next(session.doubtful_frames(), -1):
        session.message.emit("No doubtful frame before this one")


# -- label


def tool(name: str) -> Callable[[Session], None]:
    """Choose a canvas tool."""

    def run(session: Session) -> None:
        session.set_tool(name)

    return run


def copy_previous(session: Session) -> None:
    """Copy the pose of the nearest frame before that has one."""
    editing.copy_previous(session)


def accept_prediction(session: Session) -> None:
    """Make the selected prediction, or every prediction of the frame, a label."""
    editing.accept(session)


def cycle_visibility(session: Session) -> None:
    """Visible, hidden, unlabelled."""
    editing.cycle_visibility(session)


def unset_keypoint(session: Session) -> None:
    """Remove the selected keypoint; without one, the person."""
    if session.selected_keypoint is None:
        editing.delete_person(session)
    else:
        editing.unset_keypoint(session)


def swap_sides(session: Session) -> None:
    """Swap left and right of the selected person, or of the only one."""
    editing.swap_sides(session)


def next_keypoint(direction: int) -> Callable[[Session], None]:
    """Select the next (1) or previous (-1) keypoint that is labelled."""

    def run(session: Session) -> None:
        editing.select_next_keypoint(session, direction)

    return run


def select_person(number: int) -> Callable[[Session], None]:
    """Select the person with this number, 1-based."""

    def run(session: Session) -> None:
        people = session.instances_on_screen()
        if number <= len(people):
            session.select(people[number - 1].ref)
        else:
            session.message.emit(f"There is no person {number} in this frame")

    return run


# -- jobs


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
