"""Which frames have labels, and how many: counted once, then kept up to date edit by edit; reading all."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.rows import SELECT_INSTANCE, row_instance
from poseapp.labels.trajectories import PeopleTable

# (video_id, frame_idx) of the last frame read.
Place = tuple[int, int]
_PAGE = 500
_ROWS = 20_000


class FrameCounts:
    """The labelled frames of each video of one database, remembered."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._known: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, video_id: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (F,) int64 labelled frames, ascending, and (F,) int64 people in each; not to be changed."""
        if video_id not in self._known:
            rows = self.db.execute(
                "SELECT frame_idx, COUNT(*) FROM instance WHERE video_id = ? "
                "GROUP BY frame_idx ORDER BY frame_idx",
                (video_id,),
            ).fetchall()
            table = np.array(rows, dtype=np.int64).reshape(-1, 2)
            self._known[video_id] = table[:, 0].copy(), table[:, 1].copy()
        return self._known[video_id]

    def update(self, frames: Iterable[tuple[int, int]]) -> None:
        """Count these (video_id, frame_idx) again."""
        for video_id, frame_idx in frames:
            if video_id not in self._known:
                continue
            places, counts = self._known[video_id]
            query = "SELECT COUNT(*) FROM instance WHERE video_id = ? AND frame_idx = ?"
            count = self.db.execute(query, (video_id, frame_idx)).fetchone()[0]
            at = int(np.searchsorted(places, frame_idx))
            known = at < len(places) and places[at] == frame_idx
            if known and count:
                counts[at] = count
            elif known:
                self._known[video_id] = np.delete(places, at), np.delete(counts, at)
            elif count:
                self._known[video_id] = np.insert(places, at, frame_idx), np.insert(counts, at, count)

    def forget(self) -> None:
        """Count everything anew when it is next asked for."""
        self._known.clear()


def read_page(
    db: sqlite3.Connection, video_id: int | None, after: Place | None, num_keypoints: int
) -> tuple[list[tuple[int, int, list[Instance]]], Place | None]:
    """Read some hundred labelled frames in order.

    Args:
        db: The project's database.
        video_id: Only frames of this video; None: of all.
        after: The frame to go on behind; None: from the start.
        num_keypoints: Of every person.

    Returns:
        (video_id, frame_idx, people) each, and where to go on, None at the end.
    """
    last_video, last_frame = after or (-1, -1)
    if video_id is None:
        where, values = "(video_id, frame_idx) > (?, ?)", (last_video, last_frame)
    else:
        where, values = "video_id = ? AND frame_idx > ?", (video_id, last_frame)
    places = db.execute(
        f"SELECT DISTINCT video_id, frame_idx FROM instance WHERE {where} "
        "ORDER BY video_id, frame_idx LIMIT ?",
        (*values, _PAGE),
    ).fetchall()
    if not places:
        return [], None
    page: dict[Place, list[Instance]] = {place: [] for place in places}
    rows = db.execute(
        f"{SELECT_INSTANCE} WHERE (video_id, frame_idx) BETWEEN (?, ?) AND (?, ?) ORDER BY id",
        (*places[0], *places[-1]),
    )
    for row in rows:
        page[row[1], row[2]].append(row_instance(row, num_keypoints))
    return [(*place, people) for place, people in page.items()], places[-1]


def read_rows(
    db: sqlite3.Connection, video_id: int, frame_idx: int | None, after: Place
) -> tuple[list[Sequence[Any]], Place]:
    """Read some thousand people of a video, or those of one frame, without making objects of them.

    Args:
        db: The project's database.
        video_id: The video.
        frame_idx: Only people of this frame; None: of all.
        after: Frame and id of the last person read; (-1, -1) at first.

    Returns:
        frame_idx, id, points, visibility, scores, track_id of each, ascending; none at the end. And the last
        person read.
    """
    only = "" if frame_idx is None else f" AND frame_idx = {int(frame_idx)}"
    rows = db.execute(
        "SELECT frame_idx, id, points, visibility, scores, track_id FROM instance "
        f"WHERE video_id = ?{only} AND (frame_idx, id) > (?, ?) ORDER BY frame_idx, id LIMIT {_ROWS}",
        (int(video_id), *after),
    ).fetchall()
    return rows, (rows[-1][0], rows[-1][1]) if rows else after


def rows_table(rows: Sequence[Sequence[Any]], num_keypoints: int) -> PeopleTable:
    """Return what `read_rows` read as arrays; damaged rows and those of another skeleton are left out."""
    rows = [row for row in rows if _has_size(row, num_keypoints)]
    if not rows:
        return PeopleTable.empty(num_keypoints)
    shape = (len(rows), num_keypoints)
    points = np.frombuffer(b"".join(row[2] for row in rows), "<f8").reshape(*shape, 2).astype(np.float32)
    seen = np.frombuffer(b"".join(row[3] for row in rows), np.uint8).reshape(shape)
    points[seen == 0] = np.nan
    scores = None
    if any(row[4] is not None for row in rows):
        scores = np.full(shape, np.nan, np.float32)
        for place, row in enumerate(rows):
            if row[4] is not None:
                scores[place] = np.frombuffer(row[4], "<f4")
    return PeopleTable(
        np.array([row[0] for row in rows], np.int64),
        points,
        scores,
        np.array([-1 if row[5] is None else row[5] for row in rows], np.int64),
        np.ones(len(rows), bool),
    )


def _has_size(row: Sequence[Any], num_keypoints: int) -> bool:
    sizes = [len(value) if isinstance(value, bytes) else -1 for value in row[2:5]]
    return sizes[:2] == [16 * num_keypoints, num_keypoints] and (
        row[4] is None or sizes[2] == 4 * num_keypoints
    )
