"""Labels of image folders belong to pictures, not to numbers: when pictures come or go, labels follow.

The numbers of all pictures behind a new one change, so every row that names a frame of the folder is
renumbered: labels, what files said of frames, and all of the undo history. This is no edit: undone, labels
would lie on other pictures. The names of pictures that are gone are kept behind those that are there, and so
their labels wait for them.
"""

import json
from collections.abc import Callable
from pathlib import Path

from poseapp.labels.rows import Tables, VideoRecord
from poseapp.paths import list_pictures

_RENUMBERED = ("instance", "instance_log", "frame", "frame_log")


def names_in(folder: Path) -> list[str] | None:
    """Return the names of a folder's pictures in their order, or None where it cannot be read."""
    try:
        return [picture.name for picture in list_pictures(folder)]
    except OSError:
        return None


def follow_pictures(tables: Tables, record: VideoRecord, folder: Path) -> bool:
    """Renumber an image folder's frames by the names of its pictures, inside a transaction.

    Nothing is done where it cannot be known which picture was which: see `check_pictures`.

    Args:
        tables: Of the project, while no edit is being noted.
        record: The image folder.
        folder: Where it is now.

    Returns:
        Whether any frame got another number.
    """
    now, known = names_in(folder), tables.picture_names(record.id)
    if not now or known is None:
        if now and len(now) == record.num_frames:
            tables.put_picture_names(record.id, now)
        return False
    if known[: record.num_frames] == now or set(known).isdisjoint(now):
        return False
    there = set(now)
    names = now + [name for name in known if name not in there]
    places = {name: index for index, name in enumerate(names)}
    _renumber(tables, record.id, {old: places[name] for old, name in enumerate(known)})
    text = json.dumps(names)
    for table in ("picture", "picture_log"):
        tables.db.execute(f"UPDATE {table} SET names = ? WHERE id = ? AND names NOT NULL", (text, record.id))
    for table in ("video", "video_log"):
        tables.db.execute(
            f"UPDATE {table} SET num_frames = ? WHERE id = ? AND num_frames NOT NULL", (len(now), record.id)
        )
    return True


def _renumber(tables: Tables, video_id: int, places: dict[int, int]) -> None:
    tables.db.create_function("place_of", 1, lambda frame_idx: places.get(frame_idx, frame_idx))
    for table in _RENUMBERED:
        tables.db.execute(
            f"UPDATE {table} SET frame_idx = place_of(frame_idx) WHERE video_id = ?", (video_id,)
        )


def check_pictures(tables: Tables, record: VideoRecord, folder: Path) -> str | None:
    """Return one sentence about what is wrong with the pictures of a folder, or None.

    Args:
        tables: Of the project.
        record: The image folder.
        folder: Where it is now.
    """
    now, known = names_in(folder), tables.picture_names(record.id)
    if now is None:
        return f"The pictures of '{record.name}' cannot be read; look whether {folder} is there."
    if known is None:
        if len(now) == record.num_frames:
            return None
        return (
            f"'{record.name}' has {len(now)} pictures but had {record.num_frames} when it was labelled, and "
            "the project does not know their names: labels may lie on other pictures; put the folder back as "
            "it was."
        )
    there = set(now)
    if there.isdisjoint(known):
        return f"None of the pictures of '{record.name}' has the name it had: relink it to the right folder."
    if known[: record.num_frames] != now:
        return (
            f"Pictures of '{record.name}' came or went: open the project again, for writing, and its labels "
            "follow them."
        )
    query = "SELECT DISTINCT frame_idx FROM instance WHERE video_id = ? AND frame_idx >= ? ORDER BY 1"
    gone = [row[0] for row in tables.db.execute(query, (record.id, record.num_frames))]
    if not gone:
        return None
    names = ", ".join(known[index] for index in gone[:3]) + (", ..." if len(gone) > 3 else "")
    count = "1 labelled picture" if len(gone) == 1 else f"{len(gone)} labelled pictures"
    return f"{count} of '{record.name}' not there any more ({names}); the labels wait for them to come back."


def check_file(record: VideoRecord, path: Path, fingerprint: Callable[[Path], str] | None) -> str | None:
    """Return one sentence where a video file is not the one that was labelled, or None.

    Args:
        record: The video.
        path: Where it is now.
        fingerprint: Tells a file's content, as `VideoRecord.fingerprint` was made.
    """
    if fingerprint is None or not record.fingerprint:
        return None
    try:
        same = fingerprint(path) == record.fingerprint
    except (OSError, ValueError) as error:
        return f"The video '{record.name}' cannot be read: {error}"
    if same:
        return None
    return (
        f"The file of '{record.name}' is another than the one that was labelled, so labels may lie on other "
        "frames: put the right file back, or relink the video to say that it is right."
    )
