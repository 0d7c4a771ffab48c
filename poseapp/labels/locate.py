"""Where a project's videos are: relative, absolute, or found again by content."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from poseapp.labels.rows import VideoRecord

# Looking for a moved file reads a part of each candidate; in a folder of thousands that would take minutes.
_MAX_CANDIDATES = 200


def relative_to_project(path: Path, folder: Path) -> str:
    """Return a path from the project's folder with forward slashes, "" where there is none (another
    drive)."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return ""


def find_video(
    record: VideoRecord, folder: Path, fingerprint: Callable[[Path], str] | None = None
) -> Path | None:
    """Return where a video is now, or None.

    Tried in turn: the relative path, the absolute path, a file beside or in the project that has the same
    name, then, where `fingerprint` is given, one with the same content. A same-named file must have the same
    content too when that can be told.

    Args:
        record: The video.
        folder: The project's folder.
        fingerprint: Tells a file's content, as `VideoRecord.fingerprint` was made.
    """
    relative = folder / PurePosixPath(record.rel_path) if record.rel_path else None
    for path in (relative, Path(record.abs_path)):
        if path is not None and path.exists():
            return Path(os.path.normpath(path.absolute()))
    name = PurePosixPath(record.abs_path.replace("\\", "/")).name
    candidates = [
        entry
        for place in (folder.absolute().parent, folder.absolute())
        if place.is_dir()
        for entry in sorted(place.iterdir())
        if entry.is_dir() == record.is_images and (entry.name == name or entry.suffix == Path(name).suffix)
    ]
    candidates.sort(key=lambda entry: entry.name != name)
    if fingerprint is None or not record.fingerprint:
        return candidates[0] if candidates and candidates[0].name == name else None
    for entry in candidates[:_MAX_CANDIDATES]:
        try:
            if fingerprint(entry) == record.fingerprint:
                return entry
        except (OSError, ValueError):
            # An unreadable neighbour is not the video we look for.
            continue
    return None
