"""What every format reads into and writes from: images, the people in them, one skeleton."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from poseapp.errors import FormatError
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass
class ImageEntry:
    """One picture or one frame of a video.

    Attributes:
        file_name: The picture's path relative to `Dataset.root`, with forward slashes; for a frame any name.
        width: Pixels, 0 where the file does not tell.
        height: Pixels, 0 where the file does not tell.
        video: The video the frame is from, or None for a picture.
        frame_idx: 0-based frame of that video, or None.
        id: Its id in the file, or None to be numbered on writing.
        extra: Further fields of the file (JSON values), written back on export.
    """

    file_name: str
    width: int = 0
    height: int = 0
    video: str | None = None
    frame_idx: int | None = None
    id: int | str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Dataset:
    """Images and instances of one skeleton.

    Attributes:
        skeleton: What all instances follow.
        images: The pictures and frames.
        instances: (index into `images`, instance).
        root: The folder that `file_name` is relative to.
        info: What else the file holds (JSON values); each format says in its docstring what it keeps here.
            `track_names` has the names of tracks by `track_id` as text, in formats that name them.
        warnings: What reading found odd or left out, one sentence each.
    """

    skeleton: Skeleton
    images: list[ImageEntry] = field(default_factory=list)
    instances: list[tuple[int, Instance]] = field(default_factory=list)
    root: Path = field(default_factory=Path)
    info: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def by_image(self) -> list[list[Instance]]:
        """Return the instances of each image, in the order of `images`."""
        groups: list[list[Instance]] = [[] for _ in self.images]
        for index, instance in self.instances:
            groups[index].append(instance)
        return groups

    def image_path(self, index: int) -> Path:
        """Return where a picture lies.

        Raises:
            FormatError: The name would lead out of `root`.
        """
        return self.root / inside(self.images[index].file_name, "file_name")


def inside(name: str, what: str) -> str:
    """Return a relative path with forward slashes, having checked that it stays inside its folder.

    Raises:
        FormatError: It is absolute, names a drive, climbs out with "..", or holds a NUL character.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    absolute = name[:1] in ("/", "\\") or _DRIVE.match(name)
    if absolute or ".." in parts or "\0" in name:
        raise FormatError(
            f"The {what} {name!r} leads out of the folder of its file; use a path relative to that folder."
        )
    return "/".join(parts)


def frame_file_name(video: str, frame_idx: int) -> str:
    """Return the name a video frame goes by in files that want one for every image."""
    stem = PurePosixPath(video.replace("\\", "/")).stem or "video"
    return f"{stem}/frame_{frame_idx:06d}.png"


def group_by_video(dataset: Dataset) -> dict[str | None, list[int]]:
    """Return the image indices of each video (None: the pictures), videos in order of appearance."""
    groups: dict[str | None, list[int]] = {}
    for index, image in enumerate(dataset.images):
        groups.setdefault(image.video, []).append(index)
    return groups


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises:
        FormatError: It cannot be read or is not UTF-8.
    """
    try:
        # Line ends stay as they are: within a cell of a table they are content.
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FormatError(f"Cannot read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not a text file in UTF-8 (byte {error.start}).") from error


def first_duplicate(values: Iterable[Any]) -> Any | None:
    """Return the first value that occurs a second time, or None."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def dataset_from_project(project: Project, video_id: int | None = None) -> Dataset:
    """Return the labels of a project, or of one of its videos; see `project_dataset.read_project`.

    Raises:
        ProjectError: It cannot be known which picture of a changed folder was meant.
    """
    # Here, because that module makes what this one defines.
    from poseapp.formats.project_dataset import read_project

    return read_project(project, video_id)


def video_names(dataset: Dataset, folder: Path) -> dict[str, str]:
    """Return how a file in `folder` calls each video of a data set, never by a path that leads out.

    Below the folder that is the relative path. Other relative paths stay as they are; of paths that lead out
    as many parts are left as tell the videos apart, which names them without saying where they are.
    """
    names: dict[str, str] = {}
    outside: list[str] = []
    for video in dict.fromkeys(image.video for image in dataset.images if image.video is not None):
        # A path of Windows means nothing elsewhere.
        foreign = os.name != "nt" and (_DRIVE.match(video) or video.startswith("\\\\"))
        below = None if foreign else _below(dataset.root / video, folder)
        if below is not None:
            names[video] = below
        elif _leads_out(video):
            outside.append(video)
        else:
            names[video] = video
    for video in outside:
        parts = video.replace("\\", "/").replace("\0", "").split("/")
        parts = [part for part in parts if part not in ("", ".", "..") and not _DRIVE.match(part)]
        others = set(names.values())
        name = next(
            (name for k in range(1, len(parts) + 1) if (name := "/".join(parts[-k:])) not in others), None
        )
        names[video] = name or f"{len(names)}/{parts[-1] if parts else 'video'}"
    return names


def _below(path: Path, folder: Path) -> str | None:
    for resolve in (os.path.abspath, os.path.realpath):
        try:
            return Path(resolve(path)).relative_to(resolve(folder)).as_posix()
        except ValueError:
            continue
    return None


def _leads_out(name: str) -> bool:
    try:
        inside(name, "video")
    except FormatError:
        return True
    return False
