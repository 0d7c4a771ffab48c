"""Instances and videos as rows of the project's tables."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.errors import ProjectError, SkeletonError
from poseapp.labels.instance import Instance
from poseapp.labels.schema import TABLES
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.stored import damaged, stored_json


@dataclass(frozen=True)
class VideoRecord:
    """A video or image folder of a project.

    Attributes:
        id: Its number in the project; ignored on adding.
        name: What it is called in lists.
        rel_path: Path from the project's folder, forward slashes; "" where there is none (another drive).
        abs_path: Where it was last.
        num_frames: Frames.
        width: Pixels, after rotation.
        height: Pixels, after rotation.
        fps: Frames a second; 0 for image folders.
        fingerprint: Of its content, to find it again; "" where unknown.
        is_images: A folder of pictures.
    """

    id: int
    name: str
    rel_path: str
    abs_path: str
    num_frames: int
    width: int
    height: int
    fps: float
    fingerprint: str = ""
    is_images: bool = False


# Frames, pixels and frames a second of a video stay below it.
_MAX_SIZE = 2**31
_VIDEO_COLUMNS = TABLES["video"]
_INSTANCE_COLUMNS = TABLES["instance"]
SELECT_INSTANCE = f"SELECT {', '.join(_INSTANCE_COLUMNS)} FROM instance"


def instance_row(instance: Instance) -> tuple[Any, ...]:
    """Return the columns of an instance behind `frame_idx`, in the order of the table."""
    return (
        instance.points.astype("<f8").tobytes(),
        instance.visibility.tobytes(),
        None if instance.scores is None else instance.scores.astype("<f4").tobytes(),
        None if instance.score is None else float(instance.score),
        instance.source,
        None if instance.track_id is None else int(instance.track_id),
        None if instance.box is None else instance.box.astype("<f8").tobytes(),
        json.dumps(instance.extra) if instance.extra else None,
    )


def row_instance(row: Sequence[Any], num_keypoints: int | None = None) -> Instance:
    """Return the instance of a row of `SELECT_INSTANCE`.

    Args:
        row: The row.
        num_keypoints: How many keypoints it must have; None: any number.

    Raises:
        ProjectError: The row is damaged.
    """
    points, visibility, scores, score, source, track_id, box, extra = row[3:]
    try:
        # Before anything is made of them: a damaged length may stand for gigabytes.
        if len(points) != 16 * len(visibility) or num_keypoints not in (None, len(visibility)):
            raise ValueError(f"{len(points)} bytes of points for {len(visibility)} keypoints")
        if not (
            isinstance(source, str) and isinstance(score, float | None) and isinstance(track_id, int | None)
        ):
            raise TypeError("a value of the wrong kind")
        return Instance(
            np.frombuffer(points, "<f8").reshape(-1, 2),
            np.frombuffer(visibility, np.uint8),
            None if scores is None else np.frombuffer(scores, "<f4"),
            score,
            source,
            track_id,
            None if box is None else np.frombuffer(box, "<f8"),
            row[0],
            stored_json(extra, "what a file said of it") if extra else {},
        )
    except (ValueError, TypeError) as error:
        raise damaged(f"Person number {row[0]}", error) from error


def row_video(row: Sequence[Any]) -> VideoRecord:
    """Return the record of a row of the video table.

    Raises:
        ProjectError: The row is damaged.
    """
    fields = dict(zip(_VIDEO_COLUMNS, row, strict=True))
    texts = all(isinstance(fields[key], str) for key in ("name", "rel_path", "abs_path", "fingerprint"))
    sizes = all(
        isinstance(fields[key], int) and 0 <= fields[key] < _MAX_SIZE
        for key in ("num_frames", "width", "height")
    )
    rate = fields["fps"]
    if not (texts and sizes and isinstance(rate, int | float) and 0 <= rate < _MAX_SIZE):
        raise damaged(f"Video number {fields['id']}", "a value of the wrong kind")
    return VideoRecord(**{**fields, "is_images": bool(fields["is_images"])})


class Tables:
    """The rows an edit works on, inside its transaction.

    Attributes:
        db: The connection.
        folder: The project's folder, which relative paths start from.
        created: Ids of the rows inserted so far.
    """

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self.db = db
        self.folder = folder
        self.created: list[int] = []

    @property
    def skeleton(self) -> Skeleton:
        """The project's skeleton as it is now."""
        return read_skeleton(self.db)

    def video(self, video_id: int) -> VideoRecord:
        """Return a video.

        Raises:
            ProjectError: There is none of that id.
        """
        query = f"SELECT {', '.join(_VIDEO_COLUMNS)} FROM video WHERE id = ?"
        row = self.db.execute(query, (video_id,)).fetchone()
        if row is None:
            raise ProjectError(f"The project has no video number {video_id}.")
        return row_video(row)

    def put_video(self, record: VideoRecord, video_id: int | None = None) -> int:
        """Insert a video, or change the one of `video_id`; return its id."""
        values = tuple(getattr(record, column) for column in _VIDEO_COLUMNS[1:])
        if video_id is None:
            marks = ", ".join("?" * len(values))
            columns = ", ".join(_VIDEO_COLUMNS[1:])
            cursor = self.db.execute(f"INSERT INTO video ({columns}) VALUES ({marks})", values)
            video_id = int(cursor.lastrowid or 0)
            self.created.append(video_id)
        else:
            sets = ", ".join(f"{column} = ?" for column in _VIDEO_COLUMNS[1:])
            self.db.execute(f"UPDATE video SET {sets} WHERE id = ?", (*values, video_id))
        return video_id

    def picture_names(self, video_id: int) -> list[str] | None:
        """Return the file names of an image folder by frame_idx, or None where they were never noted.

        Behind the pictures that are there (`VideoRecord.num_frames`) come those that are gone: their labels
        wait for them.
        """
        row = self.db.execute("SELECT names FROM picture WHERE id = ?", (video_id,)).fetchone()
        if row is None:
            return None
        names = stored_json(row[0], f"The list of pictures of video number {video_id}", list)
        if not all(isinstance(name, str) for name in names):
            raise damaged(f"The list of pictures of video number {video_id}", "a name that is no text")
        return names

    def put_picture_names(self, video_id: int, names: Sequence[str]) -> None:
        """Note the file names of an image folder."""
        self.db.execute("DELETE FROM picture WHERE id = ?", (video_id,))
        self.db.execute("INSERT INTO picture VALUES (?, ?)", (video_id, json.dumps(list(names))))

    def put_frame(self, video_id: int, frame_idx: int, fields: dict[str, Any]) -> None:
        """Keep what a file said about a frame (JSON values), in place of what was kept of it before."""
        self._put("frame", {"video_id": int(video_id), "frame_idx": int(frame_idx)}, fields)

    def put_document(self, name: str, fields: dict[str, Any]) -> None:
        """Keep what a file said as a whole (JSON values), in place of what one of that name said before."""
        self._put("document", {"name": name}, fields)

    def _put(self, table: str, key: dict[str, Any], fields: dict[str, Any]) -> None:
        where = " AND ".join(f"{column} = ?" for column in key)
        values = (json.dumps(fields), *key.values())
        if not self.db.execute(f"UPDATE {table} SET fields = ? WHERE {where}", values).rowcount:
            names = ", ".join(("fields", *key))
            marks = ", ".join("?" * len(values))
            self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)

    def instance(self, instance_id: int) -> Instance:
        """Return an instance.

        Raises:
            ProjectError: There is none of that id.
        """
        row = self.db.execute(f"{SELECT_INSTANCE} WHERE id = ?", (instance_id,)).fetchone()
        if row is None:
            raise ProjectError(f"The project has no person number {instance_id}; it may have been deleted.")
        return row_instance(row)

    def add_instance(self, video: VideoRecord, frame_idx: int, instance: Instance, num_keypoints: int) -> int:
        """Insert an instance and return its new id.

        Raises:
            ProjectError: The frame is not in the video.
            SkeletonError: The instance has another number of keypoints.
        """
        if not 0 <= frame_idx < max(video.num_frames, 1):
            raise ProjectError(
                f"Frame {frame_idx} is not in '{video.name}', "
                f"which has {video.num_frames} frames counted from 0."
            )
        check_size(instance, num_keypoints)
        columns = ", ".join(_INSTANCE_COLUMNS[1:])
        marks = ", ".join("?" * (len(_INSTANCE_COLUMNS) - 1))
        values = (video.id, int(frame_idx), *instance_row(instance))
        cursor = self.db.execute(f"INSERT INTO instance ({columns}) VALUES ({marks})", values)
        self.created.append(int(cursor.lastrowid or 0))
        return self.created[-1]

    def newest_instance(self) -> int:
        """Return the highest id of an instance, 0 where there is none."""
        return int(self.db.execute("SELECT COALESCE(MAX(id), 0) FROM instance").fetchone()[0])

    def has_instance(self, video_id: int, frame_idx: int, instance: Instance, newest: int) -> bool:
        """Tell whether a frame has a person with the same keypoints, up to the id `newest`.

        People without any keypoint are the same where their boxes are.
        """
        points, visibility, _, _, _, _, box, _ = instance_row(instance)
        same = "video_id = ? AND frame_idx = ? AND points = ? AND visibility = ? AND id <= ?"
        values = [int(video_id), int(frame_idx), points, visibility, newest]
        if not instance.num_labelled:
            same, values = f"{same} AND box IS ?", [*values, box]
        query = f"SELECT 1 FROM instance WHERE {same} LIMIT 1"
        return self.db.execute(query, values).fetchone() is not None

    def reordering(self, index: np.ndarray) -> str:
        """Return what stands after SET in an UPDATE that gives instances other keypoints.

        Args:
            index: (K,) for each new keypoint its old index, -1 where it has none and stays unlabelled.
        """

        def reordered(width: int, empty: bytes) -> Callable[[bytes | None], bytes | None]:
            # Slices of bytes: three times as fast as arrays, which counts for half a million people.
            places = [slice(width * i, width * (i + 1)) if i >= 0 else None for i in index.tolist()]

            def one(blob: bytes | None) -> bytes | None:
                if blob is None:
                    return None
                return b"".join([empty if place is None else blob[place] for place in places])

            return one

        for name, empty in (
            ("points", np.full(2, np.nan, "<f8").tobytes()),
            ("visibility", b"\0"),
            ("scores", np.full(1, np.nan, "<f4").tobytes()),
        ):
            self.db.create_function(f"reorder_{name}", 1, reordered(len(empty), empty), deterministic=True)
        return ", ".join(f"{c} = reorder_{c}({c})" for c in ("points", "visibility", "scores"))

    def reject(self, run: str, file_id: str, video_id: int, frame_idx: int, numbers: Sequence[int]) -> int:
        """Note people of a predicted frame as rejected; return how many were not before."""
        key = (run, file_id, int(video_id), int(frame_idx))
        where = "run = ? AND file_id = ? AND video_id = ? AND frame_idx = ?"
        row = self.db.execute(f"SELECT id, people FROM rejected WHERE {where}", key).fetchone()
        known = set(json.loads(row[1])) if row else set()
        new = {int(number) for number in numbers} - known
        people = json.dumps(sorted(known | new))
        if row is None:
            columns = "(run, file_id, video_id, frame_idx, people)"
            self.db.execute(f"INSERT INTO rejected {columns} VALUES (?, ?, ?, ?, ?)", (*key, people))
        elif new:
            self.db.execute("UPDATE rejected SET people = ? WHERE id = ?", (people, row[0]))
        return len(new)

    def change_instance(self, instance_id: int, instance: Instance) -> None:
        """Write an instance over the one of `instance_id`, in its frame."""
        sets = ", ".join(f"{column} = ?" for column in _INSTANCE_COLUMNS[3:])
        self.db.execute(f"UPDATE instance SET {sets} WHERE id = ?", (*instance_row(instance), instance_id))


def check_size(instance: Instance, num_keypoints: int) -> None:
    """Check that an instance fits a skeleton.

    Raises:
        SkeletonError: It does not.
    """
    if len(instance.points) != num_keypoints:
        raise SkeletonError(
            f"A person with {len(instance.points)} keypoints does not fit "
            f"the project's skeleton of {num_keypoints}."
        )


def read_skeleton(db: sqlite3.Connection) -> Skeleton:
    """Return the project's skeleton.

    Raises:
        ProjectError: It is damaged, or there is none, because making the project was interrupted.
    """
    row = db.execute("SELECT definition FROM skeleton WHERE id = 1").fetchone()
    if row is None:
        raise ProjectError("Making this project was interrupted; delete its folder and make it again.")
    try:
        return Skeleton.from_dict(stored_json(row[0], "The skeleton"), "project")
    except SkeletonError as error:
        raise damaged("The skeleton", error) from error
