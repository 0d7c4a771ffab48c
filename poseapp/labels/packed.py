"""The database of a pack: a project whose videos are folders of just the labelled pictures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poseapp.errors import ProjectError
from poseapp.labels.merge_base import PACKED_FROM

if TYPE_CHECKING:
    from poseapp.labels.project import Project


@dataclass(frozen=True)
class PackedVideo:
    """What becomes of one video.

    Attributes:
        video_id: Its number in the project.
        folder: Of its pictures, relative to the packed project, forward slashes.
        names: File names of the pictures.
        frames: Which frame each picture is, ascending.
        fingerprint: Of the folder of pictures.
    """

    video_id: int
    folder: str
    names: Sequence[str]
    frames: Sequence[int]
    fingerprint: str


def write_packed(project: Project, videos: Sequence[PackedVideo], target: Path) -> None:
    """Write a project's labels over folders of pictures, so that they stand alone.

    The people keep their ids, and it is noted which frame of which video each picture was and at which edit
    the pack was made: `poseapp.labels.merge` brings back what is changed in it.

    Args:
        project: The project.
        videos: Those that go into the pack; labels of others are left out.
        target: The database to write.

    Raises:
        ProjectError: It cannot be written.
    """
    newest = next((entry for entry in project.history(1 << 62) if not entry.undone), None)
    note = {
        "edit": [newest.id, newest.time] if newest else None,
        "videos": {str(video.video_id): _origin(project, video) for video in videos},
    }
    project.snapshot(target)
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as db:
            db.execute("BEGIN")
            # Settings are places in this window and the like; what others need is the note alone.
            db.execute("DELETE FROM setting")
            db.execute("INSERT INTO setting VALUES (?, ?)", (PACKED_FROM, json.dumps(note)))
            kept = json.dumps([video.video_id for video in videos])
            for table, column in (("video", "id"), ("instance", "video_id"), ("frame", "video_id")):
                db.execute(
                    f"DELETE FROM {table} WHERE {column} NOT IN (SELECT value FROM json_each(?))", (kept,)
                )
            for video in videos:
                _replace(db, video)
            db.execute("COMMIT")
            db.execute("VACUUM")
    except sqlite3.Error as error:
        raise ProjectError(f"Cannot write {target}: {error}.") from error


def _origin(project: Project, video: PackedVideo) -> dict[str, object]:
    record = project.video(video.video_id)
    return {
        "name": record.name,
        "fingerprint": record.fingerprint,
        "num_frames": record.num_frames,
        "is_images": record.is_images,
        "frames": [int(frame) for frame in video.frames],
    }


def _replace(db: sqlite3.Connection, video: PackedVideo) -> None:
    places = {frame: place for place, frame in enumerate(video.frames)}
    db.create_function("place_of", 1, lambda frame: places.get(frame, -1))
    for table in ("instance", "frame"):
        db.execute(
            f"UPDATE {table} SET frame_idx = place_of(frame_idx) WHERE video_id = ?", (video.video_id,)
        )
        db.execute(f"DELETE FROM {table} WHERE video_id = ? AND frame_idx < 0", (video.video_id,))
    db.execute(
        "UPDATE video SET rel_path = ?, abs_path = ?, num_frames = ?, fps = 0, fingerprint = ?, "
        "is_images = 1 WHERE id = ?",
        (video.folder, video.folder, len(video.names), video.fingerprint, video.video_id),
    )
    db.execute("DELETE FROM picture WHERE id = ?", (video.video_id,))
    db.execute("INSERT INTO picture VALUES (?, ?)", (video.video_id, json.dumps(list(video.names))))
