"""A project: a folder with the labels of some videos, every edit of them, and what was computed from them.

    NAME.pose/project.db   videos, skeleton, labels, settings, undo history (SQLite)
    NAME.pose/lock         held by the one window that may write
    NAME.pose/predictions/ runs/ cache/

There is no saving: `push` returns when the edit is on the disk. Calls may come from any thread; they wait for
each other.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from psygnal import Signal

from poseapp.errors import ProjectError
from poseapp.labels.change import Change
from poseapp.labels.contents import Contents
from poseapp.labels.edits import Edit
from poseapp.labels.folder import DATABASE, make_folder, opening, remove_unfinished
from poseapp.labels.history import History, HistoryEntry
from poseapp.labels.instance import Instance
from poseapp.labels.lock import FileLock
from poseapp.labels.pictures import follow_pictures
from poseapp.labels.rows import Tables, VideoRecord, read_skeleton, row_instance
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.snapshot import SNAPSHOT_OF, write_snapshot
from poseapp.labels.stored import stored_json

__all__ = ["Change", "Project", "VideoRecord"]

# An edit over more frames than this announces "everything" instead of each of them.
_MAX_FRAMES = 500
_MAX_STEPS = 1000


class Project(Contents):
    """An open project; made by `Project.create` or `Project.open`.

    Attributes:
        path: Its folder (for a snapshot: the folder of the project it was taken from).
        read_only: Whether edits are refused.
        read_only_reason: Why, as the end of a sentence; "" when they are not.
        fingerprint_of: Tells a file's content as `VideoRecord.fingerprint` was made; lets `resolve` find
            moved files.
        changed: Emits a `Change` after each edit, undo, redo and setting.
    """

    changed = Signal(Change)

    def __init__(self, path: Path, db: sqlite3.Connection, lock: FileLock | None, reason: str) -> None:
        super().__init__(path, db)
        self.read_only_reason = reason
        self.read_only = lock is None
        self._lock = lock
        self._history = History(db)
        self._last_drag: tuple[int, str] | None = None
        if lock is not None:
            self._history.watch()

    @classmethod
    def create(cls, path: str | os.PathLike[str], skeleton: Skeleton) -> "Project":
        """Make a project and open it for writing.

        Args:
            path: The folder to make; it may exist if it is empty.
            skeleton: Of all its labels.

        Raises:
            ProjectError: There is something there already, or the folder cannot be made.
        """
        folder = Path(path).absolute()
        new = make_folder(folder)
        lock = FileLock(folder / "lock")
        reason = lock.acquire()
        if reason:
            remove_unfinished(folder, new)
            raise ProjectError(f"Cannot make the project {folder}: {reason}.")
        try:
            with opening(folder / DATABASE, read_only=False) as db:
                db.execute("INSERT INTO skeleton VALUES (1, ?)", (json.dumps(skeleton.to_dict()),))
                return cls(folder, db, lock, "")
        except ProjectError:
            lock.release(remove=True)
            remove_unfinished(folder, new)
            raise

    @classmethod
    def open(cls, path: str | os.PathLike[str], read_only: bool = False) -> "Project":
        """Open a project's folder, its `project.db`, or a snapshot (always read-only).

        Where another process or window has it open for writing, or the folder cannot be written, it opens
        read-only and `read_only_reason` says why.

        Raises:
            ProjectError: There is no project, or it is damaged or made by a newer program.
        """
        folder = Path(path).absolute()
        if folder.name == DATABASE:
            folder = folder.parent
        if folder.is_file():
            return cls._open_snapshot(folder)
        if not (folder / DATABASE).is_file():
            raise ProjectError(f"There is no project at {folder}.")
        reason, lock = "it was opened for reading only", None
        if not read_only:
            lock = FileLock(folder / "lock")
            reason = lock.acquire()
            if not reason and not os.access(folder / DATABASE, os.W_OK):
                reason = "its file is write-protected"
            if reason:
                lock.release()
                lock = None
        try:
            with opening(folder / DATABASE, read_only=lock is None) as db:
                project = cls(folder, db, lock, reason)
                if lock is not None:
                    # Labels can be looked at all the same where this cannot be written; `check_video` tells.
                    with contextlib.suppress(ProjectError):
                        project._follow_pictures()
                return project
        except ProjectError:
            if lock is not None:
                lock.release()
            raise

    @classmethod
    def _open_snapshot(cls, path: Path) -> "Project":
        with opening(path, read_only=True) as db:
            row = db.execute("SELECT value FROM setting WHERE key = ?", (SNAPSHOT_OF,)).fetchone()
            folder = Path(stored_json(row[0], "The snapshot", str)) if row else path.parent
            return cls(folder, db, None, "it is a snapshot")

    def close(self) -> None:
        """Close the project and let others write; calling it again does nothing."""
        with self._mutex:
            self._db.close()
            if self._lock is not None:
                self._lock.release()

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Its folders

    @property
    def predictions_dir(self) -> Path:
        """Folder of prediction files."""
        return self.path / "predictions"

    @property
    def runs_dir(self) -> Path:
        """Folder of run folders."""
        return self.path / "runs"

    @property
    def cache_dir(self) -> Path:
        """Folder of what can be made again."""
        return self.path / "cache"

    # Edits

    def push(self, edit: Edit) -> list[int]:
        """Do an edit and announce it; when this returns it is on the disk.

        Returns:
            Ids of the videos or instances it created.

        Raises:
            ProjectError: The project is read-only, or the edit cannot be done; nothing has changed then.
            SkeletonError: A person does not fit the skeleton.
        """
        tables = Tables(self._db, self.path)
        self.changed.emit(self._do(edit, tables))
        return tables.created

    def push_quietly(self, edit: Edit) -> Change:
        """Do an edit as `push` in any thread; the caller announces the change with `changed` in its own."""
        return self._do(edit, Tables(self._db, self.path))

    def _do(self, edit: Edit, tables: Tables) -> Change:
        key, last = edit.drag_key, self._last_drag
        with self._writing():
            edit_id = self._history.begin(last[0] if key and last and last[1] == key else None)
            text = edit.apply(tables)
            self._history.finish(edit_id, text)
        with self._reading():
            self._last_drag = (edit_id, key) if key else None
            return self._follow(edit_id, text)

    def undo(self) -> str | None:
        """Undo the newest edit that is not undone; return its sentence, or None where there is none.

        Raises:
            ProjectError: The project is read-only.
        """
        return self._step(self._history.top, after=False, word="Undo")

    def redo(self) -> str | None:
        """Do again the edit undone last; return its sentence, or None where there is none.

        Raises:
            ProjectError: The project is read-only.
        """
        return self._step(self._history.next, after=True, word="Redo")

    def _step(self, choose: Callable[[], HistoryEntry | None], after: bool, word: str) -> str | None:
        with self._writing():
            entry = choose()
            if entry is not None:
                self._history.restore(entry.id, after)
        if entry is None:
            return None
        self._last_drag = None
        with self._reading():
            change = self._follow(entry.id, f"{word}: {entry.text}")
        self.changed.emit(change)
        return entry.text

    @property
    def undo_text(self) -> str | None:
        """The sentence of the edit that `undo` would undo, or None."""
        return self._text_of(self._history.top)

    @property
    def redo_text(self) -> str | None:
        """The sentence of the edit that `redo` would do again, or None."""
        return self._text_of(self._history.next)

    def _text_of(self, choose: Callable[[], HistoryEntry | None]) -> str | None:
        with self._reading():
            entry = choose()
        return entry.text if entry else None

    def history(self, limit: int = 100, before: int | None = None) -> list[HistoryEntry]:
        """Return the newest edits, newest first, undone ones included; those before an edit where one is
        named."""
        with self._reading():
            return self._history.entries(limit, before)

    def history_place(self) -> tuple[int, int]:
        """Return the id of the newest edit that is not undone (0: all are), and how many edits there are."""
        with self._reading():
            top = self._history.top()
            return top.id if top is not None else 0, self._history.count()

    def travel(self, edit_id: int, max_s: float = 0.05) -> int:
        """Undo or redo until an edit is the newest that is not undone, as far as one stretch of time allows.

        Args:
            edit_id: where to go; 0: before the first edit.
            max_s: seconds; what is done within them is one transaction and one notice.

        Returns:
            How many edits are still between here and there.

        Raises:
            ProjectError: The project is read-only.
        """
        end, done = time.monotonic() + max_s, list[int]()
        with self._writing():
            for number, after in self._history.steps(edit_id, _MAX_STEPS):
                self._history.restore(number, after)
                done.append(number)
                if time.monotonic() > end:
                    break
            left = self._history.distance(edit_id) if done else 0
        if done:
            self._last_drag = None
            with self._reading():
                topics = frozenset[str]().union(*(self._follow(number, "").topics for number in done))
            self.changed.emit(Change(topics))
        return left

    def edit_frame(self, edit_id: int) -> tuple[int, int] | None:
        """Return the (video_id, frame_idx) whose people an edit changed; None where it was not one frame."""
        with self._reading():
            frames = self._history.frames(edit_id, 1)
        return (int(frames[0][0]), int(frames[0][1])) if frames else None

    def people_at(self, edit_id: int) -> dict[int, tuple[int, int, Instance] | None]:
        """Return the people that may have changed since an edit was the newest one done, by id, as
        (video_id, frame_idx, person) of then; None: not there then."""
        with self._reading():
            rows = self._history.rows_at(edit_id)
        return {
            number: None if row is None else (int(row[1]), int(row[2]), row_instance(row))
            for number, row in rows.items()
        }

    def skeleton_changed_since(self, edit_id: int) -> bool:
        """Return whether an edit after `edit_id` changed the skeleton, undone ones included."""
        with self._reading():
            return self._history.skeleton_changed_since(edit_id)

    # Settings and copies

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a JSON value under a name; this is no edit and cannot be undone.

        Raises:
            ProjectError: The project is read-only.
        """
        with self._writing():
            self._db.execute(
                "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )
        self.changed.emit(Change(frozenset({"settings"}), text=key))

    def snapshot(self, path: str | os.PathLike[str]) -> None:
        """Write a consistent copy of videos, skeleton, labels and settings, without the history, for a job.

        `Project.open` opens it read-only; videos are looked for from this project's folder.

        Args:
            path: The file to write; a snapshot there is replaced.

        Raises:
            ProjectError: It cannot be written.
        """
        with self._reading():
            source = Path(self._db.execute("PRAGMA database_list").fetchone()[2])
            write_snapshot(source, self.path, Path(path).absolute())

    def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Write a consistent copy of the whole database, history and all, as one file.

        Raises:
            ProjectError: It cannot be written.
        """
        with self._reading(), contextlib.closing(sqlite3.connect(path)) as copy:
            self._db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        if self.read_only:
            raise ProjectError(f"The project {self.path.name} cannot be changed: {self.read_only_reason}.")
        with self._mutex:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise ProjectError(
                    f"The edit was not kept, {self.path} cannot be written: {error}."
                ) from error

    def _follow(self, edit_id: int, text: str) -> Change:
        topics = self._history.topics(edit_id)
        frames = self._history.frames(edit_id, _MAX_FRAMES) if "labels" in topics else []
        if "skeleton" in topics:
            self._skeleton = read_skeleton(self._db)
        if frames is None or "videos" in topics:
            self._frames.forget()
        else:
            self._frames.update(frames)
        if "videos" in topics and self._follow_pictures():
            return Change(topics | {"history", "labels"}, text=text)
        videos = {video for video, _ in frames or []}
        return Change(
            topics | {"history"},
            next(iter(videos)) if len(videos) == 1 and frames is not None else None,
            frames[0][1] if frames is not None and len(frames) == 1 else None,
            text,
        )

    def _follow_pictures(self) -> bool:
        """Let labels follow the pictures of image folders; return whether any had to."""
        tables = Tables(self._db, self.path)
        places = [(record, self.resolve(record)) for record in self.videos if record.is_images]
        followed = False
        for record, folder in places:
            if folder is not None:
                with self._writing():
                    followed |= follow_pictures(tables, record, folder)
        if followed:
            self._frames.forget()
        return followed
