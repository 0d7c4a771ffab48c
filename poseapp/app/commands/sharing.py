"""What the rows for shared work do: merging, packing, finding videos, editing here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from poseapp.app.background import Task, in_background
from poseapp.app.session import Session
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.labels.merge import MergePlan


def merge_project(session: Session, plan: MergePlan, choices: Sequence[str]) -> None:
    """Take the labels of another project in.

    Args:
        session: the open window.
        plan: what was read of the other project.
        choices: what counts in each conflict.
    """
    from poseapp.labels.merge_edit import MergeLabels

    session.push(MergeLabels(plan, choices))


def pack_project(session: Session, path: str | Path, content: str) -> threading.Thread:
    """Write the open project into one file, in a thread of its own.

    Raises:
        PoseError: when no project is open.
    """
    from poseapp import api

    if session.project is None:
        raise PoseError("no project is open; open one first")
    project, out = session.project.path, Path(path)

    def work(task: Task) -> None:
        done = api.pack(project, out, content=content, on_progress=lambda p: task.report(p.done, p.total))
        if done.warnings:
            session.failed.emit("; ".join(done.warnings))

    return in_background(
        session, f"Packing {project.name}", f"Packed into {out.name}", work, cancellable=True
    )


def unpack_project(session: Session, path: str | Path, out: str | Path | None = None) -> threading.Thread:
    """Make a project of a pack in a thread of its own, then open it."""
    from poseapp import api

    path = Path(path)

    def show(project: Path) -> None:
        try:
            session.open(project)
        except (PoseError, OSError) as error:
            session.failed.emit(str(error))

    def work(_task: Task) -> None:
        project = api.unpack(path, out).project
        # The database belongs to the window's thread.
        session.posted.emit(lambda: show(project))

    return in_background(session, f"Unpacking {path.name}", f"{path.name} unpacked", work)


def find_videos(session: Session, path: str | Path) -> threading.Thread:
    """Look for the missing videos of the project in a folder and all below it, in a thread of its own.

    Raises:
        PoseError: when no project is open or it is read-only.
    """
    from poseapp.api.sharing import find_by_content
    from poseapp.labels.video_edits import RelinkVideo, RelinkVideos

    project, folder = session.writable_project(), Path(path)
    missing = [record for record in project.videos if session.place_of(record) is None]

    def link(found: dict[int, Path]) -> None:
        if session.project is not project:
            return
        if found:
            session.push(RelinkVideos([RelinkVideo(number, place) for number, place in found.items()]))
            if session.video is not None and session.video.id in found:
                session.show_video(session.video.id)
        names = [record.name for record in missing if record.id not in found]
        text = f"Found {len(found)} of {len(missing)} missing videos"
        session.message.emit(text + (f"; not found: {', '.join(names)}" if names else ""))

    def work(task: Task) -> None:
        found, _searched = find_by_content(missing, [folder], lambda p: task.report(p.done, p.total))
        session.posted.emit(lambda: link(found))

    return in_background(
        session,
        f"Looking for videos in {folder.name}",
        f"Looked through {folder.name}",
        work,
        cancellable=True,
    )


def edit_here(session: Session) -> None:
    """Open a read-only project again, for writing if nobody else has it open by now."""
    project, frame_idx = session.project, session.frame_idx
    if project is None or not project.read_only:
        return
    session.open(project.path)
    session.go_to(frame_idx)
    if session.project is not None and not session.project.read_only:
        session.message.emit("You can edit here now")
