"""What "open" means: a project, a video or an image folder; a video without a project gets one beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from poseapp import paths
from poseapp.errors import PoseError, ProjectError, VideoError
from poseapp.labels.edits import AddVideo, RelinkVideo
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton, load_skeleton

PROJECT_SUFFIX = ".pose"
# Told by the name alone, so that opening a video looks into nothing else.
_NEVER_LABELS = frozenset({".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".png", ".jpg", ".jpeg"})


Read = Callable[[Path], VideoRecord]


@dataclass(frozen=True)
class Opened:
    """What was opened.

    Attributes:
        project: the open project.
        video_id: the video to show, or None: the one shown last.
        text: one line for the status bar ("" when there is nothing to say).
        new: a video that the project has yet to take in, or None.
        made: whether the project was made for it just now.
    """

    project: Project
    video_id: int | None
    text: str
    new: VideoRecord | None = None
    made: bool = False


def is_project(path: Path) -> bool:
    """Whether `path` is a project folder or the database in one."""
    return path.suffix == PROJECT_SUFFIX or (path / "project.db").exists() or path.name == "project.db"


def folder_of(path: Path) -> Path:
    """The project folder that `open_any` opens or makes for a path.

    Raises:
        PoseError: when there is nothing at `path`.
    """
    if not path.exists():
        raise PoseError(f"nothing there to open: {path}")
    if is_project(path):
        return path.parent if path.name == "project.db" else path
    return project_folder_for(_named_by(path))[0]


def is_labels(path: Path) -> bool:
    """Whether `path` is a file of labels or a DeepLabCut project, of which a project is made."""
    if is_project(path) or path.suffix.lower() in _NEVER_LABELS:
        return False
    from poseapp.api.projects import is_label_file

    return is_label_file(path)


def _named_by(path: Path) -> Path:
    """What a project is called after: of a DeepLabCut project its folder rather than `config.yaml`."""
    return path.parent if path.suffix.lower() in (".yaml", ".yml") and is_labels(path) else path


def open_any(path: Path, *, skeleton: str, read: Read) -> Opened:
    """Open a project, or a video or image folder in its project.

    Args:
        path: what the user named, absolute.
        skeleton: skeleton of a project that has to be made.
        read: gives the facts of a video that the project does not know yet.

    Raises:
        PoseError: when there is nothing at `path` or it cannot be read.
    """
    folder = folder_of(path)
    if is_project(path):
        return Opened(open_project(folder), None, "")
    if is_labels(path):
        return _labels_in(path, folder)
    if folder.exists():
        project = open_project(folder)
        try:
            return _video_in(project, path, read)
        except PoseError:
            project.close()
            raise
    record = read(path)
    folder, beside = project_folder_for(path)
    project = Project.create(folder, load_skeleton(skeleton))
    where = f"beside the video: {folder.name}" if beside else f"in {folder} (the video's folder is read-only)"
    return Opened(project, None, f"New project {where}", record, made=True)


def _labels_in(path: Path, folder: Path) -> Opened:
    """The project of a file of labels, made where there is none yet."""
    if folder.exists():
        return Opened(open_project(folder), None, f"{folder.name} was made of {path.name} before")
    from poseapp import api

    made = api.new(folder, [path])
    odd = f"; {made.warnings[0]}" if made.warnings else ""
    return Opened(open_project(folder), None, f"New project {folder.name}: {made.instances} people{odd}")


def _video_in(project: Project, path: Path, read: Read) -> Opened:
    found = find_video(project, path)
    if found is not None:
        return Opened(project, found.id, "")
    record = read(path)
    if project.read_only:
        reason = project.read_only_reason
        raise ProjectError(f"the project beside this video is read-only: {reason} ({project.path})")
    return Opened(project, None, f"{path.name} added to {project.path.name}", record)


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


def glance(path: Path) -> VideoRecord:
    """What can be told of a video at once: no number of frames (1 stands for it), no fingerprint, and a size
    that its first picture may correct. No picture is decoded, which takes a tenth of a second and more in 4K.

    Raises:
        VideoError: when it is no video or image folder.
    """
    from poseapp.video import ImageFolder
    from poseapp.video.container import open_container, pick_stream
    from poseapp.video.images import IMAGE_SUFFIXES

    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        with ImageFolder(path) as pictures:
            size = pictures.width, pictures.height
    else:
        with open_container(path) as container:
            context = pick_stream(container, path).codec_context
            size = context.width, context.height
    return VideoRecord(0, path.name, "", str(path), 1, *size, 0.0, is_images=path.is_dir())


def place_of(project: Project, record: VideoRecord) -> Path | None:
    """Where a record says that its file is, or None when it is not there; searches nowhere, opens nothing."""
    places = [project.path / record.rel_path] if record.rel_path else []
    for place in [*places, Path(record.abs_path)]:
        if place.exists():
            return Path(os.path.normpath(place.absolute()))
    return None


def find_video(project: Project, path: Path) -> VideoRecord | None:
    """The project's record of the file at `path`, or None; a missing video is known by its content."""
    from poseapp.video import fingerprint

    missing = []
    for record in project.videos:
        place = place_of(project, record)
        if place is None:
            missing.append(record)
        elif place.samefile(path):
            return record
    if not any(record.fingerprint for record in missing):
        return None
    try:
        content = fingerprint(path)
    except VideoError:
        return None  # who reads it next says why
    return next((record for record in missing if record.fingerprint == content), None)


def create_project(
    path: Path, skeleton: str | Skeleton, videos: list[Path], read: Read = read_record
) -> None:
    """Make a project folder with the videos in it; the skeleton may be the name of a shipped one.

    Raises:
        PoseError: when it exists already, or a video cannot be read (then nothing is made).
    """
    records = [read(v) for v in videos]
    chosen = skeleton if isinstance(skeleton, Skeleton) else load_skeleton(skeleton)
    project = Project.create(path, chosen)
    try:
        for record in records:
            if record.fingerprint:  # a mere glance is taken in when it has been read
                project.push(AddVideo(record))
    finally:
        project.close()


def discard(project: Project) -> None:
    """Close a project that was made for a video that cannot be read, and take its empty folder away."""
    is_empty = not project.videos and not project.history(1)
    project.close()
    if is_empty:
        shutil.rmtree(project.path, ignore_errors=True)


def take_in(project: Project, record: VideoRecord) -> int:
    """Add a video that was read, where the project has not got it; returns its id."""
    found = find_video(project, Path(record.abs_path))
    if found is not None:
        return found.id
    project.push(AddVideo(record))
    return project.videos[-1].id


def relink_video(project: Project, video_id: int, path: Path, record: VideoRecord) -> None:
    """Point a video of the project at another file.

    Args:
        project: the open project.
        video_id: the video.
        path: the file.
        record: what was read of it.

    Raises:
        VideoError: when it has another number of frames.
    """
    old = project.video(video_id)
    if record.num_frames != old.num_frames:
        raise VideoError(
            f"{path.name} has {record.num_frames} frames, {old.name} has {old.num_frames}: not the same video"
        )
    project.push(RelinkVideo(video_id, path, record.fingerprint))


def remember_video(project: Project, record: VideoRecord) -> None:
    """Keep which video was shown last."""
    if not project.read_only and project.setting("last_video", None) != record.id:
        project.set_setting("last_video", record.id)


def remember_place(project: Project | None, record: VideoRecord | None, frame_idx: int) -> None:
    """Keep at which frame a video was left."""
    if project is None or record is None or project.read_only or not record.id:
        return
    if place_left(project, record) != frame_idx:
        project.set_setting(f"frame/{record.id}", frame_idx)


def place_left(project: Project, record: VideoRecord) -> int:
    """The frame at which a video was left, 0 the first time."""
    place = project.setting(f"frame/{record.id}", 0)
    return min(max(place, 0), max(record.num_frames - 1, 0)) if isinstance(place, int) else 0
