"""What is in a project, for reading: videos, labels, settings, what imported files said."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.errors import PoseError, ProjectError
from poseapp.labels.frames import FrameCounts, Place, read_page, read_rows, rows_table
from poseapp.labels.instance import Instance
from poseapp.labels.locate import find_video
from poseapp.labels.pictures import check_file, check_pictures
from poseapp.labels.rows import SELECT_INSTANCE, Tables, VideoRecord, read_skeleton, row_instance, row_video
from poseapp.labels.schema import TABLES
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.stored import damaged, stored_json
from poseapp.labels.trajectories import Collected, PeopleTable


class Contents:
    """The reading side of `poseapp.labels.project.Project`, which adds edits.

    Attributes:
        path: The project's folder.
        fingerprint_of: Tells a file's content as `VideoRecord.fingerprint` was made; lets `resolve` find
            moved files and `check_video` notice replaced ones.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.fingerprint_of: Callable[[Path], str] | None = None
        self._db = db
        self._mutex = threading.RLock()
        self._frames = FrameCounts(db)
        self._skeleton = read_skeleton(db)
        self._data_version = self._read_data_version()

    @property
    def skeleton(self) -> Skeleton:
        """Of all labels."""
        with self._reading():
            return self._skeleton

    @property
    def videos(self) -> list[VideoRecord]:
        """All videos, in the order they were added."""
        with self._reading():
            rows = self._db.execute(f"SELECT {', '.join(TABLES['video'])} FROM video ORDER BY id").fetchall()
            return [row_video(row) for row in rows]

    def video(self, video_id: int) -> VideoRecord:
        """Return a video.

        Raises:
            ProjectError: There is none of that id.
        """
        with self._reading():
            return Tables(self._db, self.path).video(video_id)

    def resolve(self, video: VideoRecord | int) -> Path | None:
        """Return where a video's file is now, or None: see `poseapp.labels.locate.find_video`."""
        record = self.video(video) if isinstance(video, int) else video
        return find_video(record, self.path, self.fingerprint_of)

    def check_video(self, video: VideoRecord | int) -> str | None:
        """Return one sentence where a video's file or pictures are not those that were labelled, or None.

        None too where it cannot be told: the file is not found (see `resolve`), or there is no
        `fingerprint_of`.
        """
        record = self.video(video) if isinstance(video, int) else video
        path = self.resolve(record)
        if path is None:
            return None
        if not record.is_images:
            return check_file(record, path, self.fingerprint_of)
        with self._reading():
            return check_pictures(Tables(self._db, self.path), record, path)

    def picture_names(self, video_id: int) -> list[str] | None:
        """Return the names of an image folder's pictures by frame_idx, behind them those that are gone; None
        where they were never noted."""
        with self._reading():
            return Tables(self._db, self.path).picture_names(video_id)

    def imported_frames(self) -> dict[tuple[int, int], dict[str, Any]]:
        """Return what imported files said about frames, by (video_id, frame_idx)."""
        with self._reading():
            rows = self._db.execute("SELECT video_id, frame_idx, fields FROM frame").fetchall()
        return {
            (video_id, frame_idx): stored_json(fields, f"What a file said of frame {frame_idx}")
            for video_id, frame_idx, fields in rows
        }

    def imported_documents(self) -> list[tuple[str, dict[str, Any]]]:
        """Return name and content, as a whole, of imported files, oldest first."""
        with self._reading():
            rows = self._db.execute("SELECT name, fields FROM document ORDER BY id").fetchall()
        return [(str(name), stored_json(fields, f"What the file {name} said")) for name, fields in rows]

    def reviewed(self) -> list[tuple[int, int, str, str]]:
        """Return what was decided about frames: (video_id, frame_idx, state, note), oldest first.

        States and notes: see `poseapp.labels.review_edits`.
        """
        with self._reading():
            query = "SELECT video_id, frame_idx, state, note FROM review ORDER BY id"
            return self._db.execute(query).fetchall()

    def instances(self, video_id: int, frame_idx: int) -> list[Instance]:
        """Return the labelled people of a frame, oldest first; changing them changes nothing in the
        project."""
        with self._reading():
            rows = self._db.execute(
                f"{SELECT_INSTANCE} WHERE video_id = ? AND frame_idx = ? ORDER BY id",
                (int(video_id), int(frame_idx)),
            ).fetchall()
            return [row_instance(row, self._skeleton.num_keypoints) for row in rows]

    def people_table(self, video_id: int, frame_idx: int | None = None) -> PeopleTable:
        """Return the labelled people of a video (or of one of its frames) as arrays, read page by page, so
        that others may read and write meanwhile."""
        place, num_keypoints = (-1, -1), self.skeleton.num_keypoints
        expected = int(self.label_counts(video_id)[1].sum()) if frame_idx is None else 0
        tables = Collected(expected, num_keypoints)
        while True:
            with self._reading():
                rows, place = read_rows(self._db, video_id, frame_idx, place)
            tables.add(rows_table(rows, num_keypoints))
            if not rows:
                return tables.table()

    def labelled_frames(self, video_id: int) -> np.ndarray:
        """Return the int64 indices, ascending, of a video's frames that have a labelled person."""
        with self._reading():
            return self._frames.of(video_id)[0].copy()

    def label_counts(self, video_id: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (F,) int64 labelled frames of a video, ascending, and (F,) int64 people in each."""
        with self._reading():
            frames, counts = self._frames.of(video_id)
            return frames.copy(), counts.copy()

    def iter_frames(self, video_id: int | None = None) -> Iterator[tuple[int, int, list[Instance]]]:
        """Yield (video_id, frame_idx, people) of every labelled frame in order, reading a page at a time."""
        place: Place | None = None
        while True:
            with self._reading():
                page, place = read_page(self._db, video_id, place, self._skeleton.num_keypoints)
            yield from page
            if place is None:
                return

    def counts(self, video_id: int | None = None) -> dict[str, int]:
        """Return how many `videos`, `labelled_frames` and `instances` there are, in all or in one video."""
        with self._reading():
            ids = [row[0] for row in self._db.execute("SELECT id FROM video")]
            chosen = [i for i in ids if video_id in (None, i)]
            found = [self._frames.of(i) for i in chosen]
        return {
            "videos": len(chosen),
            "labelled_frames": sum(len(frames) for frames, _ in found),
            "instances": sum(int(counts.sum()) for _, counts in found),
        }

    def rejected(self, run: str, file_id: str) -> dict[tuple[int, int], frozenset[int]]:
        """Return which people of a run's predictions were deleted: their numbers in the frame by (video_id,
        frame_idx).

        Args:
            run: Its name.
            file_id: Of its file: another file of the same name is none of our business.
        """
        query = "SELECT video_id, frame_idx, people FROM rejected WHERE run = ? AND file_id = ?"
        with self._reading():
            rows = self._db.execute(query, (run, file_id)).fetchall()
            return {
                (video_id, frame_idx): frozenset(stored_json(people, "What was rejected", list))
                for video_id, frame_idx, people in rows
            }

    def keypoint_labels(self, keypoint: int) -> tuple[int, int]:
        """Return how many people have a keypoint (0-based index) labelled, hidden ones too, and in how many
        frames."""
        query = (
            "SELECT COUNT(*), COUNT(DISTINCT video_id << 32 | frame_idx) FROM instance "
            "WHERE substr(visibility, ?, 1) <> x'00'"
        )
        with self._reading():
            people, frames = self._db.execute(query, (int(keypoint) + 1,)).fetchone()
        return int(people), int(frames)

    def setting(self, key: str, default: Any = None) -> Any:
        """Return a value stored by `set_setting`, or `default`, also where the value is damaged."""
        with self._reading():
            row = self._db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        try:
            # Settings are conveniences, not work: a damaged one must not keep the labels from being opened.
            return default if row is None else stored_json(row[0], key, object)
        except ProjectError:
            return default

    def _read_data_version(self) -> int:
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._mutex:
            try:
                # Only another process changes this number; what is remembered of the file is then out of
                # date.
                version = self._read_data_version()
                if version != self._data_version:
                    self._data_version = version
                    self._frames.forget()
                    self._skeleton = read_skeleton(self._db)
                yield
            except sqlite3.Error as error:
                raise ProjectError(f"Cannot read the project {self.path}: {error}.") from error
            except PoseError:
                raise
            except (ValueError, TypeError, OverflowError) as error:
                raise damaged("A row", error) from error
