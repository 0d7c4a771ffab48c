"""A project's folder: made, opened, and taken away again where making it failed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from poseapp.errors import ProjectError
from poseapp.labels.schema import connect, unusable

DATABASE = "project.db"
_FOLDERS = ("predictions", "runs", "cache")


def make_folder(folder: Path) -> bool:
    """Make a project's folder and those in it; return whether it was not there before.

    Raises:
        ProjectError: There is something in it, or it cannot be made.
    """
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ProjectError(f"{folder} exists and is not empty; choose another name for the project.")
        for name in _FOLDERS:
            (folder / name).mkdir()
    except OSError as error:
        raise ProjectError(f"Cannot make the project {folder}: {error.strerror or error}.") from error
    return new


@contextlib.contextmanager
def opening(path: Path, read_only: bool) -> Iterator[sqlite3.Connection]:
    """Open a database; where the body fails it is closed again and SQLite's errors become ours.

    Raises:
        ProjectError: It cannot be opened or used.
    """
    db = connect(path, read_only)
    try:
        yield db
    except sqlite3.Error as error:
        db.close()
        raise unusable(path, error) from error
    except BaseException:
        db.close()
        raise


def remove_unfinished(folder: Path, whole: bool) -> None:
    """Remove what making a project has made so far; what cannot be removed stays."""
    for end in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            (folder / f"{DATABASE}{end}").unlink()
    for place in [*(folder / name for name in _FOLDERS), *([folder] if whole else [])]:
        with contextlib.suppress(OSError):
            place.rmdir()
