"""The tables of a project and how older files are brought up to date.

SQLite in write-ahead mode with `synchronous = FULL`: a commit returns when it is on the disk, so neither a
killed process nor a power cut loses an edit that was seen. (NORMAL would be enough for the former, but a
power cut could take the edits since the last checkpoint with it; an edit is one commit, and the milliseconds
a sync takes are not felt.)
"""

import functools
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from poseapp.errors import ProjectError
from poseapp.labels.stored import MAX_VALUE_BYTES

# "PosA": tells a project from any other SQLite file.
APPLICATION_ID = 0x506F7341
# How long to wait for another process that holds the file.
_TIMEOUT_S = 5.0

# What an edit may change. For each table NAME there is NAME_log with the rows before and after each edit.
TABLES = {
    "video": (
        "id", "name", "rel_path", "abs_path", "num_frames", "width", "height", "fps", "fingerprint",
        "is_images",
    ),
    "skeleton": ("id", "definition"),
    "instance": (
        "id", "video_id", "frame_idx", "points", "visibility", "scores", "score", "source", "track_id", "box",
        "extra",
    ),
    "picture": ("id", "names"),
    "frame": ("id", "video_id", "frame_idx", "fields"),
    "document": ("id", "name", "fields"),
    "rejected": ("id", "run", "file_id", "video_id", "frame_idx", "people"),
    "review": ("id", "video_id", "frame_idx", "state", "note"),
}  # fmt: skip

_VERSION_1 = """
CREATE TABLE video (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, rel_path TEXT NOT NULL, abs_path TEXT NOT NULL,
    num_frames INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, fps REAL NOT NULL,
    fingerprint TEXT NOT NULL, is_images INTEGER NOT NULL
);
CREATE TABLE skeleton (id INTEGER PRIMARY KEY, definition TEXT NOT NULL);
CREATE TABLE instance (
    id INTEGER PRIMARY KEY AUTOINCREMENT, video_id INTEGER NOT NULL, frame_idx INTEGER NOT NULL,
    points BLOB NOT NULL, visibility BLOB NOT NULL, scores BLOB, score REAL, source TEXT NOT NULL, track_id
    INTEGER, box BLOB, extra TEXT
);
CREATE INDEX instance_by_frame ON instance (video_id, frame_idx);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, time REAL NOT NULL, undone INTEGER NOT NULL
    DEFAULT 0
);
CREATE TABLE video_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, name
    TEXT, rel_path TEXT, abs_path TEXT, num_frames INTEGER, width INTEGER, height INTEGER, fps REAL,
    fingerprint TEXT, is_images INTEGER, UNIQUE (edit_id, after, id)
);
CREATE TABLE skeleton_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL,
    definition TEXT, UNIQUE (edit_id, after, id)
);
CREATE TABLE instance_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, video_id
    INTEGER, frame_idx INTEGER, points BLOB, visibility BLOB, scores BLOB, score REAL, source TEXT, track_id
    INTEGER, box BLOB, extra TEXT, UNIQUE (edit_id, after, id)
);
"""

_VERSION_2 = """
CREATE TABLE picture (id INTEGER PRIMARY KEY, names TEXT NOT NULL);
CREATE TABLE frame (
    id INTEGER PRIMARY KEY AUTOINCREMENT, video_id INTEGER NOT NULL, frame_idx INTEGER NOT NULL, fields TEXT
    NOT NULL
);
CREATE INDEX frame_by_place ON frame (video_id, frame_idx);
CREATE TABLE document (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE picture_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, names
    TEXT, UNIQUE (edit_id, after, id)
);
CREATE TABLE frame_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, video_id
    INTEGER, frame_idx INTEGER, fields TEXT, UNIQUE (edit_id, after, id)
);
CREATE TABLE document_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, name
    TEXT, fields TEXT, UNIQUE (edit_id, after, id)
)
"""

_VERSION_3 = """
CREATE TABLE rejected (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, file_id TEXT NOT NULL, video_id INTEGER NOT NULL,
    frame_idx INTEGER NOT NULL, people TEXT NOT NULL
);
CREATE INDEX rejected_by_place ON rejected (run, file_id, video_id, frame_idx);
CREATE TABLE rejected_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, run TEXT,
    file_id TEXT, video_id INTEGER, frame_idx INTEGER, people TEXT, UNIQUE (edit_id, after, id)
)
"""

_VERSION_4 = """
CREATE TABLE review (
    id INTEGER PRIMARY KEY AUTOINCREMENT, video_id INTEGER NOT NULL, frame_idx INTEGER NOT NULL, state TEXT
    NOT NULL, note TEXT NOT NULL
);
CREATE INDEX review_by_place ON review (video_id, frame_idx);
CREATE TABLE review_log (
    edit_id INTEGER NOT NULL, after INTEGER NOT NULL, present INTEGER NOT NULL, id INTEGER NOT NULL, video_id
    INTEGER, frame_idx INTEGER, state TEXT, note TEXT, UNIQUE (edit_id, after, id)
)
"""

# Script number n takes a file from version n to n + 1; the first makes a new file. Released scripts never
# change.
MIGRATIONS: Sequence[str] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)


def connect(path: Path, read_only: bool) -> sqlite3.Connection:
    """Open a database file as a project of the newest version; a writer migrates an older one.

    Args:
        path: The database file; a writer creates it where it is missing.
        read_only: Change nothing, not even to migrate.

    Raises:
        ProjectError: It is no project, is damaged, or was made by a newer program.
    """
    try:
        db = _open(path, read_only)
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    except UnicodeDecodeError as error:  # of what SQLite says about a definition
        raise ProjectError(f"{path} is damaged or no project: {error}. Restore it from a copy.") from error
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        _check(db, path)
        if not read_only:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            migrate(db, path)
        elif _version(db) < len(MIGRATIONS):
            raise ProjectError(
                f"{path.parent} was made by an older program; open it once for writing to update it."
            )
        return db
    except sqlite3.Error as error:
        db.close()
        raise unusable(path, error) from error
    except UnicodeDecodeError as error:
        db.close()
        raise ProjectError(f"{path} is damaged or no project: {error}. Restore it from a copy.") from error
    except ProjectError:
        db.close()
        raise


def unusable(path: Path, error: sqlite3.Error) -> ProjectError:
    """Return the error to raise where a database cannot be used: what is wrong and what to do."""
    code = _primary_code(error)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return ProjectError(f"Cannot write the project {path.parent}: {error}. Free some space or move it.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProjectError(f"The project {path.parent} is in use ({error}): try again in a moment.")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return ProjectError(f"Cannot open the project {path.parent}: {error}.")
    return ProjectError(f"{path} is damaged or no project: {error}. Restore it from a copy.")


def _primary_code(error: sqlite3.Error) -> int:
    # The low byte is the code proper, the rest says more about it.
    return (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    modes = ["mode=ro", "immutable=1"] if read_only else ["mode=rwc"]
    for mode in modes:
        db = sqlite3.connect(
            f"{uri}?{mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=_TIMEOUT_S
        )
        try:
            db.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.Error as error:
            db.close()
            # On a medium where nothing can be written, WAL files cannot be read the usual way. A file that
            # is merely locked is being written: taking it for unchanging would show nonsense.
            unwritable = _primary_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not unwritable or mode == modes[-1]:
                raise
        else:
            break
    if read_only:
        db.execute("PRAGMA query_only = 1")
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _check(db: sqlite3.Connection, path: Path) -> None:
    application = db.execute("PRAGMA application_id").fetchone()[0]
    empty = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0
    if application != APPLICATION_ID and not (empty and application == 0):
        raise ProjectError(f"{path} is an SQLite file of another program, not a project.")
    if _version(db) > len(MIGRATIONS):
        raise ProjectError(
            f"{path.parent} was made by a newer version of the program; update the program to open it."
        )
    # Views, triggers and columns of others would run or be read as if they were ours.
    differing = set(db.execute(_DEFINITIONS)) ^ _definitions(tuple(MIGRATIONS[: max(_version(db), 0)]))
    if differing and not empty:
        name = min(str(row[1]) for row in differing)
        raise ProjectError(
            f"{path} is damaged or no project: '{name}' is not as the program made it. "
            "Restore it from a copy."
        )


_DEFINITIONS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)


@functools.cache
def _definitions(scripts: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """What stands in the schema of a file that these scripts made."""
    with closing(sqlite3.connect(":memory:")) as db:
        for script in scripts:
            db.executescript(script)
        return frozenset(db.execute(_DEFINITIONS))


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a file to the newest version in one transaction, after keeping a copy of what was there.

    Args:
        db: Open for writing, outside a transaction.
        path: Its file; the copy is called `project.db.v1` after its version.
    """
    version = _version(db)
    if version == len(MIGRATIONS):
        return
    if version > 0:
        with closing(sqlite3.connect(path.with_name(f"{path.name}.v{version}"))) as copy:
            db.backup(copy)
    db.execute("BEGIN IMMEDIATE")
    try:
        for script in MIGRATIONS[version:]:
            for statement in script.split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("COMMIT")
    except BaseException:
        # Where the disk is full SQLite has rolled back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
