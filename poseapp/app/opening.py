"""What "open" means: a project, a video or an image folder; a video without a project gets one beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from poseapp import paths
from poseapp.errors import PoseError, ProjectError, VideoError
from poseapp.labels.edits import AddVideo, RelinkVideo
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import load_skeleton

PROJECT_SUFFIX = ".pose"


@dataclass(frozen=True)
class Opened:
    """What was opened.

    Attributes:
        project: the open project.
        video_id: the video to show, or None: the one shown last.
        text: one line for the status bar ("" when there is nothing to say).
    """

    project: Project
    video_id: int | None
    text: str


def is_project(path: Path) -> bool:
    """Whether `path` is a project folder or the database in one."""
    return path.suffix == PROJECT_SUFFIX or (path / "project.db").exists() or path.name == "project.db"


def open_any(path: Path, *, skeleton: str) -> Opened:
    """Open a project, or a video or image folder in its project.

    Args:
        path: what the user named.
        skeleton: skeleton of a project that has to be made.

    Raises:
        PoseError: when there is nothing at `path` or it cannot be read.
    """
    path = path.expanduser().absolute()
    if not path.exists():
        raise PoseError(f"nothing there to open: {path}")
    if is_project(path):
        return Opened(open_project(path.parent if path.name == "project.db" else path), None, "")
    record = read_record(path)
    folder, beside = project_folder_for(path)
    if folder.exists():
        project = open_project(folder)
        found = find_video(project, path)
        if found is not None:
            return Opened(project, found.id, "")
        if project.read_only:
            reason = project.read_only_reason
            project.close()
            raise ProjectError(f"the project beside this video is read-only: {reason} ({folder})")
        project.push(AddVideo(record))
        return Opened(project, project.videos[-1].id, f"{path.name} added to {folder.name}")
    project = Project.create(folder, load_skeleton(skeleton))
    project.push(AddVideo(record))
    where = f"beside the video: {folder.name}" if beside else f"in {folder} (the video's folder is read-only)"
    return Opened(project, project.videos[-1].id, f"New project {where}")


def open_project(path: Path) -> Project:
    """Open a project so that it finds videos that were moved.

    Raises:
        ProjectError: when there is none or it is damaged.
    """
    from poseapp.video import fingerprint

    project = Project.open(path)
    project.fingerprint_of = fingerprint
    return project


def project_folder_for(path: Path) -> tuple[Path, bool]:
    """Where the project of a video belongs, and whether that is beside the video."""
    name = (path.name if path.is_dir() else path.stem) + PROJECT_SUFFIX
    beside = path.parent / name
    if beside.exists() or os.access(path.parent, os.W_OK):
        return beside, True
    folder = user_projects_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name, False


def user_projects_dir() -> Path:
    """Projects of videos whose own folder is read-only."""
    return paths.user_config_dir() / "projects"


def read_record(path: Path) -> VideoRecord:
    """Facts of a video or image folder, for `AddVideo`.

    Raises:
        VideoError: when it cannot be read.
    """
    from poseapp import api  # reads video: not before the first one is opened

    return api.record_of_video(path)


def find_video(project: Project, path: Path) -> VideoRecord | None:
    """The project's record of the file at `path`, or None."""
    for record in project.videos:
        found = project.resolve(record)
        if found is not None and found.exists() and found.samefile(path):
            return record
    return None


def create_project(path: Path, skeleton: str, videos: list[Path]) -> None:
    """Make a project folder with the videos in it.

    Raises:
        PoseError: when it exists already, or a video cannot be read (then nothing is made).
    """
    records = [read_record(v) for v in videos]
    project = Project.create(path, load_skeleton(skeleton))
    try:
        for record in records:
            project.push(AddVideo(record))
    finally:
        project.close()


def add_video(project: Project, path: Path) -> int:
    """Add a video (or find it, where the project has it already); returns its id.

    Raises:
        VideoError: when it cannot be read.
    """
    found = find_video(project, path)
    if found is not None:
        return found.id
    project.push(AddVideo(read_record(path)))
    return project.videos[-1].id


def relink_video(project: Project, video_id: int, path: Path) -> None:
    """Point a video of the project at another file.

    Raises:
        VideoError: when the file cannot be read or has another number of frames.
    """
    record, old = read_record(path), project.video(video_id)
    if record.num_frames != old.num_frames:
        raise VideoError(
            f"{path.name} has {record.num_frames} frames, {old.name} has {old.num_frames}: not the same video"
        )
    project.push(RelinkVideo(video_id, path, record.fingerprint))


def remember_video(project: Project, record: VideoRecord) -> None:
    """Keep which video was shown last."""
    if not project.read_only:
        project.set_setting("last_video", record.id)


def remember_place(project: Project | None, record: VideoRecord | None, frame_idx: int) -> None:
    """Keep at which frame a video was left."""
    if project is not None and record is not None and not project.read_only:
        project.set_setting(f"frame/{record.id}", frame_idx)


def place_left(project: Project, record: VideoRecord) -> int:
    """The frame at which a video was left, 0 the first time."""
    place = project.setting(f"frame/{record.id}", 0)
    return min(max(int(place), 0), max(record.num_frames - 1, 0))
