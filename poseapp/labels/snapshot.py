"""A copy of a project's labels for a job: what the job sees stays as it was when the job began."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from poseapp.errors import ProjectError
from poseapp.labels.schema import TABLES, connect

# The setting of a copy that names the project's folder, from where its videos are found.
SNAPSHOT_OF = "snapshot_of"


def write_snapshot(source: Path, folder: Path, target: Path) -> None:
    """Copy videos, skeleton, labels and settings, without the history, into one self-contained file.

    Args:
        source: The project's database, which others may be writing: only what is committed is copied.
        folder: The project's folder.
        target: The file to write; a snapshot there is replaced.

    Raises:
        ProjectError: It cannot be written.
    """
    if not target.parent.is_dir():
        raise ProjectError(f"Cannot write the snapshot {target}: its folder is not there.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        connect(draft, read_only=False).close()
        _copy(source, folder, draft)
        os.replace(draft, target)
    except (sqlite3.Error, OSError) as error:
        raise ProjectError(f"Cannot write the snapshot {target}: {error}.") from error
    finally:
        for end in ("", "-wal", "-shm"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _copy(source: Path, folder: Path, draft: Path) -> None:
    copy = sqlite3.connect(f"{draft.as_uri()}?mode=rw", uri=True, isolation_level=None)
    with closing(copy):
        copy.execute("ATTACH ? AS source", (f"{source.as_uri()}?mode=ro",))
        copy.execute("BEGIN")
        for table in (*TABLES, "setting"):
            copy.execute(f"INSERT INTO main.{table} SELECT * FROM source.{table}")
        value = json.dumps(str(folder))
        copy.execute("INSERT OR REPLACE INTO main.setting VALUES (?, ?)", (SNAPSHOT_OF, value))
        copy.execute("COMMIT")
        copy.execute("DETACH source")
        # One file without a write-ahead log beside it is what can be moved and opened anywhere.
        copy.execute("PRAGMA journal_mode = DELETE")
