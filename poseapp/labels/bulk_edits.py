"""Edits of many people at once, each one undo step.

They do to each person what the edit of one person does, as statements over pages of ids inside the one
transaction. `report` is called between pages; what it raises takes everything back.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poseapp.errors import ProjectError
from poseapp.labels.instance import Instance
from poseapp.labels.people_index import people
from poseapp.labels.rows import Tables, VideoRecord

_PAGE = 5_000
Report = Callable[[int, int], None]
_UNSET = np.full(2, np.nan).astype("<f8").tobytes()
_OUTLINE = ("area", "segmentation")


def _silent(done: int, total: int) -> None:
    """Nobody wants to know."""


def _in_pages(
    tables: Tables, statement: str, ids: Sequence[int], report: Report, values: Sequence[Any] = ()
) -> int:
    """Run `statement ... WHERE id IN (...)` over pages of ids; returns how many rows it touched."""
    touched = 0
    for first in range(0, len(ids), _PAGE):
        page = json.dumps([int(i) for i in ids[first : first + _PAGE]])
        where = "WHERE id IN (SELECT value FROM json_each(?))"
        touched += tables.db.execute(f"{statement} {where}", (*values, page)).rowcount
        report(min(first + _PAGE, len(ids)), len(ids))
    return touched


@dataclass
class BulkDelete:
    """Delete people by their ids."""

    ids: Sequence[int]
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Delete the rows."""
        return f"Delete {people(_in_pages(tables, 'DELETE FROM instance', self.ids, self.report))}"


@dataclass
class BulkVisibility:
    """Make a keypoint visible (2) or hidden (1), or unset it (0), wherever it has a place.

    Attributes:
        ids: Of the people.
        keypoint: 0-based index.
        visibility: 0, 1 or 2.
        report: Called between pages.
    """

    ids: Sequence[int]
    keypoint: int
    visibility: int
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the rows."""
        names = tables.skeleton.keypoints
        if not 0 <= self.keypoint < len(names) or self.visibility not in (0, 1, 2):
            raise ProjectError(
                f"There is no keypoint number {self.keypoint} of visibility {self.visibility} to set."
            )
        k, byte = self.keypoint, bytes([self.visibility])

        def seen(blob: bytes) -> bytes:
            return blob[:k] + byte + blob[k + 1 :] if blob[k] else blob

        def unset(blob: bytes) -> bytes:
            return blob[: 16 * k] + _UNSET + blob[16 * k + 16 :]

        tables.db.create_function("bulk_seen", 1, seen, deterministic=True)
        tables.db.create_function("bulk_unset", 1, unset, deterministic=True)
        tables.db.create_function("bulk_outline", 1, _without_outline, deterministic=True)
        sets = "visibility = bulk_seen(visibility)"
        if not self.visibility:
            sets += ", points = bulk_unset(points), box = NULL, extra = bulk_outline(extra)"
        ids = _labelled(tables, self.ids, k)
        count = _in_pages(tables, f"UPDATE instance SET {sets}", ids, self.report)
        return f"{('Unset', 'Hide', 'Show')[self.visibility]} {_words(names[k])} of {people(count)}"


def _labelled(tables: Tables, ids: Sequence[int], keypoint: int) -> list[int]:
    """Those of the ids whose keypoint has a place."""
    found: list[int] = []
    for first in range(0, len(ids), _PAGE):
        page = json.dumps([int(i) for i in ids[first : first + _PAGE]])
        rows = tables.db.execute(
            "SELECT id FROM instance WHERE id IN (SELECT value FROM json_each(?)) "
            "AND substr(visibility, ?, 1) <> x'00'",
            (page, keypoint + 1),
        )
        found += [row[0] for row in rows]
    return found


def _without_outline(text: str | None) -> str | None:
    if text is None:
        return None
    kept = {key: value for key, value in json.loads(text).items() if key not in _OUTLINE}
    return json.dumps(kept) if kept else None


@dataclass
class BulkSwapSides:
    """Exchange left and right keypoints of many people."""

    ids: Sequence[int]
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Reorder the rows' keypoints."""
        sets = tables.reordering(tables.skeleton.swap_index)
        count = _in_pages(tables, f"UPDATE instance SET {sets}", self.ids, self.report)
        return f"Swap left and right of {people(count)}"


@dataclass
class BulkTrack:
    """Give many people a track, or with None take it away."""

    ids: Sequence[int]
    track: int | None
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the rows."""
        count = _in_pages(tables, "UPDATE instance SET track_id = ?", self.ids, self.report, (self.track,))
        if self.track is None:
            return f"Take {people(count)} out of their tracks"
        return f"Put {people(count)} on track {self.track}"


@dataclass
class BulkSource:
    """Say that many people were labelled by hand, wherever they came from."""

    ids: Sequence[int]
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the rows."""
        count = _in_pages(tables, "UPDATE instance SET source = 'user'", self.ids, self.report)
        return f"Mark {people(count)} as labelled by hand"


@dataclass
class AcceptPredictions:
    """Add predicted people as labels: (video_id, frame_idx, person) each, `source` "prediction:RUN".

    Attributes:
        items: The people; read once.
        total: How many, for the report.
        report: Called between pages.
    """

    items: Iterable[tuple[int, int, Instance]]
    total: int
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Insert the people."""
        num_keypoints, count = tables.skeleton.num_keypoints, 0
        videos: dict[int, VideoRecord] = {}
        for video_id, frame_idx, person in self.items:
            if video_id not in videos:
                videos[video_id] = tables.video(video_id)
            tables.add_instance(videos[video_id], frame_idx, person, num_keypoints)
            count += 1
            if count % _PAGE == 0:
                self.report(count, self.total)
        return f"Accept {people(count, 'prediction')}"


@dataclass
class RejectPredictions:
    """Delete predicted people: they are noted as rejected and no longer shown, exported or counted.

    Attributes:
        people: By (run, the id of its file): by (video_id, frame_idx) the numbers of people in the frame.
        report: Called between pages.
    """

    people: Mapping[tuple[str, str], Mapping[tuple[int, int], Sequence[int]]]
    report: Report = _silent
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Note them beside those rejected before."""
        total = sum(len(frames) for frames in self.people.values())
        count = done = 0
        for (run, file_id), frames in self.people.items():
            for (video_id, frame_idx), numbers in frames.items():
                count += tables.reject(run, file_id, video_id, frame_idx, numbers)
                done += 1
                if done % _PAGE == 0:
                    self.report(done, total)
        return f"Delete {people(count, 'prediction')}"


@dataclass
class AddPeople:
    """Add people who were made for many frames: (video_id, frame_idx, person) each.

    Attributes:
        items: The people.
        verb: What made them, as "Interpolate".
    """

    items: Sequence[tuple[int, int, Instance]]
    verb: str
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Insert the people."""
        num_keypoints = tables.skeleton.num_keypoints
        videos: dict[int, VideoRecord] = {}
        for video_id, frame_idx, person in self.items:
            if video_id not in videos:
                videos[video_id] = tables.video(video_id)
            tables.add_instance(videos[video_id], frame_idx, person, num_keypoints)
        count = len({item[:2] for item in self.items})
        return f"{self.verb} {count:,} frame{'s' * (count != 1)}"


@dataclass
class SwapOverTime:
    """Exchange a person's sides in many frames.

    Attributes:
        ids: Their labels.
        accepted: Predictions that become labels, sides exchanged already: (video_id, frame_idx, person) each.
    """

    ids: Sequence[int]
    accepted: Sequence[tuple[int, int, Instance]] = ()
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Reorder keypoints and insert people."""
        BulkSwapSides(self.ids).apply(tables)
        AddPeople(self.accepted, "Accept").apply(tables)
        count = len(self.ids) + len(self.accepted)
        return f"Swap left and right in {count:,} frame{'s' * (count != 1)}"


def _words(name: str) -> str:
    return name.replace("_", " ")
