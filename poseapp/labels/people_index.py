"""What queries look at: a table in memory with a row of plain numbers for each person.

Points lie in the project as blobs, predictions in other files. Both are read here once, a page at a time with
numpy; afterwards every `Query` is one SQL statement on the same columns, whatever it asks.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.labels.query import Query
from poseapp.labels.rows import VideoRecord
from poseapp.labels.schema import connect
from poseapp.labels.skeleton import Skeleton

_PAGE = 20_000
_COLUMNS = (
    "key", "video_id", "frame_idx", "kind", "run", "labelled", "score", "track_id", "x0", "y0", "x1", "y1",
    "visibility",
)  # fmt: skip
_TABLES = """
CREATE TABLE person (
    key INTEGER PRIMARY KEY, video_id INTEGER, frame_idx INTEGER, kind TEXT, run TEXT, labelled INTEGER,
    score REAL, track_id INTEGER, x0 REAL, y0 REAL, x1 REAL, y1 REAL, visibility BLOB
);
CREATE TABLE video (id INTEGER PRIMARY KEY, width INTEGER, height INTEGER);
"""
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Count:
    """How much a query finds."""

    people: int
    frames: int
    videos: int

    def text(self, noun: str = "person") -> str:
        """`412 people in 380 frames of 3 videos`; `noun` is "person" or "prediction"."""
        return (
            f"{people(self.people, noun)} in {_count(self.frames, 'frame')} of {_count(self.videos, 'video')}"
        )


class PeopleIndex:
    """People to ask for; used by one thread at a time.

    Attributes:
        skeleton: That of the project, which `visibility` follows.
    """

    def __init__(self, skeleton: Skeleton, videos: Iterable[VideoRecord]) -> None:
        self.skeleton = skeleton
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.executescript(_TABLES)
        rows = [(v.id, v.width, v.height) for v in videos]
        self._db.executemany("INSERT INTO video VALUES (?, ?, ?)", rows)

    @classmethod
    def of_labels(
        cls,
        database: Path,
        skeleton: Skeleton,
        videos: Iterable[VideoRecord],
        on_progress: OnProgress | None = None,
    ) -> "PeopleIndex":
        """Read the labels of a project through a connection of its own, so that nobody waits for it.

        Args:
            database: The project's `project.db`.
            skeleton: Of the project.
            videos: Of the project.
            on_progress: Called with people read and in all; what it raises ends it.

        Raises:
            ProjectError: It cannot be read.
        """
        index, db = cls(skeleton, videos), connect(database, read_only=True)
        try:
            total = int(db.execute("SELECT COUNT(*) FROM instance").fetchone()[0])
            cursor = db.execute(
                "SELECT id, video_id, frame_idx, source, track_id, points, visibility, scores, score "
                "FROM instance ORDER BY id"
            )
            done = 0
            while rows := cursor.fetchmany(_PAGE):
                index._add_labels(rows)
                done += len(rows)
                if on_progress is not None:
                    on_progress(done, total)
        finally:
            db.close()
        index.finish()
        return index

    def _add_labels(self, rows: Sequence[Sequence[Any]]) -> None:
        count, num = len(rows), self.skeleton.num_keypoints
        points = np.frombuffer(b"".join(row[5] for row in rows), "<f8").reshape(count, num, 2)
        visibility = np.frombuffer(b"".join(row[6] for row in rows), np.uint8).reshape(count, num)
        unknown = np.full(num, np.nan, "<f4").tobytes()
        joined = b"".join(unknown if row[7] is None else row[7] for row in rows)
        scores = np.frombuffer(joined, "<f4").reshape(count, num)
        score = np.array([np.nan if row[8] is None else row[8] for row in rows], np.float64)
        seen = visibility > 0
        placed = (seen & np.isnan(scores)).any(axis=1).tolist()
        kinds, runs = zip(
            *(_origin(row[3], by_hand) for row, by_hand in zip(rows, placed, strict=True)), strict=True
        )
        keys, videos, frames = (np.array([row[i] for row in rows], np.int64) for i in range(3))
        self.add(
            keys, videos, frames, kinds, runs, [row[4] for row in rows], points, visibility, scores, score
        )

    def add(
        self,
        keys: np.ndarray,
        videos: np.ndarray,
        frames: np.ndarray,
        kinds: Sequence[str],
        runs: Sequence[str],
        tracks: Sequence[int | None],
        points: np.ndarray,
        visibility: np.ndarray,
        scores: np.ndarray,
        score: np.ndarray,
    ) -> None:
        """Add M people of K keypoints.

        Args:
            keys: (M,) int64, of which none is there yet: what `find` returns.
            videos: (M,) int64 ids.
            frames: (M,) int64.
            kinds: M of `KINDS` or "prediction".
            runs: M names of the runs they come from, "" where from none.
            tracks: M.
            points: (M, K, 2) pixels.
            visibility: (M, K) uint8.
            scores: (M, K), NaN where unknown.
            score: (M,), NaN where unknown.
        """
        seen = visibility > 0
        low = np.where(seen[..., None], points, np.inf).min(axis=1)
        high = np.where(seen[..., None], points, -np.inf).max(axis=1)
        box = np.where(np.isfinite(np.hstack([low, high])), np.hstack([low, high]), np.nan)
        known = seen & np.isfinite(scores)
        mean = np.where(known, scores, 0).sum(axis=1, dtype=np.float64) / np.maximum(known.sum(axis=1), 1)
        mean = np.where(np.isfinite(score), score, np.where(known.any(axis=1), mean, np.nan))
        # SQLite keeps NaN as NULL, for which no comparison holds.
        columns = (
            keys.tolist(), videos.tolist(), frames.tolist(), kinds, runs, seen.sum(axis=1).tolist(),
            mean.tolist(), tracks, *box.T.tolist(),
            [row.tobytes() for row in np.ascontiguousarray(visibility)],
        )  # fmt: skip
        marks = ", ".join("?" * len(_COLUMNS))
        self._db.executemany(f"INSERT INTO person VALUES ({marks})", zip(*columns, strict=True))

    def finish(self) -> None:
        """All have been added."""
        self._db.execute("CREATE INDEX person_by_frame ON person (video_id, frame_idx)")

    def count(self, query: Query, extra: tuple[str, Sequence[Any]] = ("1", ())) -> Count:
        """Count whom a query finds; `extra` is a further condition.

        Raises:
            PoseError: The query does not fit the project.
        """
        where, values = self._where(query, extra)
        found = self._db.execute(
            "SELECT SUM(n), COUNT(*), COUNT(DISTINCT video_id) FROM "
            "(SELECT video_id, COUNT(*) AS n FROM person p "
            f"WHERE {where} GROUP BY video_id, frame_idx)",
            values,
        ).fetchone()
        return Count(int(found[0] or 0), int(found[1]), int(found[2]))

    def find(
        self, query: Query, extra: tuple[str, Sequence[Any]] = ("1", ()), limit: int | None = None
    ) -> np.ndarray:
        """Return (N, 3) int64: key, video_id and frame_idx of whom a query finds, frame by frame."""
        where, values = self._where(query, extra)
        rows = self._db.execute(
            f"SELECT key, video_id, frame_idx FROM person p WHERE {where} "
            "ORDER BY video_id, frame_idx, key LIMIT ?",
            [*values, -1 if limit is None else limit],
        ).fetchall()
        return np.array(rows, np.int64).reshape(-1, 3)

    def runs(self) -> list[str]:
        """Return the names of the runs that people come from."""
        rows = self._db.execute("SELECT DISTINCT run FROM person WHERE run <> '' ORDER BY run").fetchall()
        return [row[0] for row in rows]

    def tracks(self) -> list[int]:
        """Return the numbers of the tracks there are."""
        rows = self._db.execute(
            "SELECT DISTINCT track_id FROM person WHERE track_id IS NOT NULL ORDER BY track_id"
        ).fetchall()
        return [row[0] for row in rows]

    def _where(self, query: Query, extra: tuple[str, Sequence[Any]]) -> tuple[str, list[Any]]:
        where, values = query.condition(self.skeleton)
        return f"{where} AND ({extra[0]})", [*values, *extra[1]]

    def close(self) -> None:
        """Let go of the memory."""
        self._db.close()


def _origin(source: str, by_hand: bool) -> tuple[str, str]:
    """Kind and run of a label; what a person has placed by hand, a keypoint without score, is corrected."""
    if source.startswith("prediction:"):
        return "corrected" if by_hand else "accepted", source.removeprefix("prediction:")
    if source.startswith("import:"):
        return "imported", ""
    return ("interpolated" if source in ("interpolated", "propagated") else "hand"), ""


def people(count: int, noun: str = "person") -> str:
    """`1 person`, `3 people`, `2 predictions`."""
    if noun == "person":
        return "1 person" if count == 1 else f"{count:,} people"
    return _count(count, noun)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
