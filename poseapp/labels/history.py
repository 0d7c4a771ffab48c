"""Undo and redo as rows: what each edit found and what it left, whatever the edit was.

While an edit runs, triggers note every row of the tables in `TABLES` that it inserts, changes or deletes, as
it was before; at its end the same rows are noted as they are now. Undo puts the former back, redo the latter.
No edit knows how to undo itself, nothing is looped over in Python, and all of it stands in the transaction of
the edit.
"""

import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from poseapp.labels.schema import TABLES

_TOPICS = {
    "video": "videos", "skeleton": "skeleton", "instance": "labels", "picture": "videos", "frame": "labels",
    "document": "labels", "rejected": "predictions", "review": "labels",
}  # fmt: skip


@dataclass(frozen=True)
class HistoryEntry:
    """An edit of the past.

    Attributes:
        id: Rises with each edit.
        text: Its sentence.
        time: When, in seconds since 1970.
        undone: Whether it is undone and can be redone.
    """

    id: int
    text: str
    time: float
    undone: bool


class History:
    """The edits of one database and what they changed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def watch(self) -> None:
        """Set up the triggers, which belong to this connection alone."""
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS recording (edit_id INTEGER)")
        for table, columns in TABLES.items():
            names = ", ".join(columns)
            old = ", ".join(f"OLD.{column}" for column in columns)
            target = f"INSERT OR IGNORE INTO {table}_log (edit_id, after, present, "
            self.db.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {table}_inserted AFTER INSERT ON main.{table} BEGIN "
                f"{target} id) SELECT edit_id, 0, 0, NEW.id FROM recording; END"
            )
            for event in ("UPDATE", "DELETE"):
                self.db.execute(
                    f"CREATE TEMP TRIGGER IF NOT EXISTS {table}_{event} AFTER {event} ON main.{table} BEGIN "
                    f"{target} {names}) SELECT edit_id, 0, 1, {old} FROM recording; END"
                )

    def begin(self, merge_into: int | None) -> int:
        """Start noting an edit, inside a transaction; return its id.

        Args:
            merge_into: The edit it continues (the same drag), or None: a new one, for which all undone edits
                go.
        """
        if merge_into is None:
            self._drop_undone()
            cursor = self.db.execute("INSERT INTO history (text, time) VALUES ('', ?)", (time.time(),))
            merge_into = int(cursor.lastrowid or 0)
        self.db.execute("INSERT INTO recording VALUES (?)", (merge_into,))
        return merge_into

    def finish(self, edit_id: int, text: str) -> None:
        """End noting the edit and keep how its rows are now."""
        self.db.execute("DELETE FROM recording")
        self.db.execute("UPDATE history SET text = ? WHERE id = ?", (text, edit_id))
        for table, columns in TABLES.items():
            names = ", ".join(columns)
            now = ", ".join(f"t.{column}" for column in columns)
            self.db.execute(f"DELETE FROM {table}_log WHERE edit_id = ? AND after = 1", (edit_id,))
            self.db.execute(
                f"INSERT INTO {table}_log (edit_id, after, present, {names}) SELECT ?, 1, 1, {now} "
                f"FROM {table}_log AS l JOIN {table} AS t ON t.id = l.id WHERE l.edit_id = ? AND l.after = 0",
                (edit_id, edit_id),
            )

    def top(self) -> HistoryEntry | None:
        """The edit that undo would undo."""
        return self._one("WHERE undone = 0 ORDER BY id DESC")

    def next(self) -> HistoryEntry | None:
        """The edit that redo would redo."""
        return self._one("WHERE undone = 1 ORDER BY id")

    def entries(self, limit: int, before: int | None = None) -> list[HistoryEntry]:
        """The newest edits, newest first, undone ones included; only those before an edit where one is
        named."""
        return self._read("" if before is None else f"WHERE id < {int(before)}", limit, "ORDER BY id DESC")

    def count(self) -> int:
        """How many edits there are, undone ones included."""
        return int(self.db.execute("SELECT COUNT(*) FROM history").fetchone()[0])

    def steps(self, edit_id: int, limit: int) -> list[tuple[int, bool]]:
        """The first steps to where an edit is the newest that is done: pairs of an edit and whether it is
        redone. None where there is no such edit."""
        if edit_id and self._one(f"WHERE id = {int(edit_id)}") is None:
            return []
        back = "SELECT id FROM history WHERE undone = 0 AND id > ? ORDER BY id DESC LIMIT ?"
        rows = self.db.execute(back, (edit_id, limit)).fetchall()
        if rows:
            return [(number, False) for (number,) in rows]
        forth = "SELECT id FROM history WHERE undone = 1 AND id <= ? ORDER BY id LIMIT ?"
        return [(number, True) for (number,) in self.db.execute(forth, (edit_id, limit))]

    def distance(self, edit_id: int) -> int:
        """How many steps it is to where an edit is the newest that is done."""
        sentence = "SELECT COUNT(*) FROM history WHERE (undone = 0 AND id > ?) OR (undone = 1 AND id <= ?)"
        return int(self.db.execute(sentence, (edit_id, edit_id)).fetchone()[0])

    def restore(self, edit_id: int, after: bool) -> None:
        """Put the rows of an edit back, inside a transaction: as it left them (`after`), or as it found
        them."""
        for table, columns in TABLES.items():
            names = ", ".join(columns)
            self.db.execute(
                f"DELETE FROM {table} WHERE id IN "
                f"(SELECT id FROM {table}_log WHERE edit_id = ? AND after = 0)",
                (edit_id,),
            )
            self.db.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_log "
                "WHERE edit_id = ? AND after = ? AND present = 1",
                (edit_id, int(after)),
            )
        self.db.execute("UPDATE history SET undone = ? WHERE id = ?", (int(not after), edit_id))

    def topics(self, edit_id: int) -> frozenset[str]:
        """Which tables an edit touched, by the names of change notices."""
        return frozenset(
            _TOPICS[table]
            for table in TABLES
            if self.db.execute(f"SELECT 1 FROM {table}_log WHERE edit_id = ? LIMIT 1", (edit_id,)).fetchone()
        )

    def frames(self, edit_id: int, limit: int) -> list[tuple[int, int]] | None:
        """The (video_id, frame_idx) whose instances an edit touched, or None where there are more than
        `limit`."""
        rows = self.db.execute(
            "SELECT DISTINCT video_id, frame_idx FROM instance_log WHERE edit_id = ? AND present = 1 LIMIT ?",
            (edit_id, limit + 1),
        ).fetchall()
        return None if len(rows) > limit else rows

    def rows_at(self, edit_id: int) -> dict[int, tuple[Any, ...] | None]:
        """Rows of the instance table that may have changed since an edit was the newest one done, by id, as
        they were then; None: the row was not there."""
        names = ", ".join(f"l.{column}" for column in TABLES["instance"])
        later = self.db.execute(
            f"SELECT l.present, f.id, {names} FROM ("
            "SELECT id, MIN(edit_id) AS first FROM instance_log WHERE after = 0 AND edit_id > ? GROUP BY id"
            ") AS f JOIN instance_log AS l ON l.id = f.id AND l.edit_id = f.first AND l.after = 0",
            (edit_id,),
        )
        found = {row[1]: row[2:] if row[0] else None for row in later}
        # Edits up to that one may have been undone since.
        undone = self.db.execute(
            f"SELECT l.present, f.id, {names} FROM ("
            "SELECT o.id, MAX(o.edit_id) AS last FROM instance_log AS o JOIN ("
            "SELECT DISTINCT i.id FROM instance_log AS i JOIN history AS h ON h.id = i.edit_id "
            "WHERE h.undone = 1 AND h.id <= ? AND i.after = 0"
            ") AS u ON u.id = o.id WHERE o.after = 0 AND o.edit_id <= ? GROUP BY o.id"
            ") AS f LEFT JOIN instance_log AS l ON l.id = f.id AND l.edit_id = f.last AND l.after = 1",
            (edit_id, edit_id),
        )
        return {row[1]: row[2:] if row[0] else None for row in undone} | found

    def skeleton_changed_since(self, edit_id: int) -> bool:
        """Whether an edit after `edit_id` touched the skeleton."""
        query = "SELECT 1 FROM skeleton_log WHERE edit_id > ? LIMIT 1"
        return self.db.execute(query, (edit_id,)).fetchone() is not None

    def _drop_undone(self) -> None:
        first = self.next()
        if first is None:
            return
        for table in TABLES:
            self.db.execute(f"DELETE FROM {table}_log WHERE edit_id >= ?", (first.id,))
        self.db.execute("DELETE FROM history WHERE id >= ?", (first.id,))

    def _one(self, condition: str) -> HistoryEntry | None:
        found = self._read(condition, 1)
        return found[0] if found else None

    def _read(self, condition: str, limit: int, order: str = "") -> list[HistoryEntry]:
        wanted = f"SELECT id, text, time, undone FROM history {condition} {order} LIMIT ?"
        rows = self.db.execute(wanted, (limit,))
        return [
            HistoryEntry(
                number, str(text), float(when) if isinstance(when, int | float) else 0.0, bool(undone)
            )
            for number, text, when, undone in rows
        ]
