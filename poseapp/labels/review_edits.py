"""Edits of the queue of frames to look at: not doubtful after all, and frames suggested for labelling.

A frame is "dismissed" for one run of predictions (the note is the run's name: another network may be wrong
there again), or "suggested" (the note says why).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from poseapp.labels.rows import Tables

DISMISSED, SUGGESTED = "dismissed", "suggested"


@dataclass
class DismissDoubt:
    """A frame needs no look; a suggestion of it goes too.

    Attributes:
        run: the predictions that were doubted, "" for a frame that was only suggested.
    """

    video_id: int
    frame_idx: int
    run: str = ""
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Note it."""
        tables.video(self.video_id)
        place = (self.video_id, self.frame_idx)
        tables.db.execute(
            "DELETE FROM review WHERE video_id = ? AND frame_idx = ? AND state = ?", (*place, SUGGESTED)
        )
        if self.run:
            query = "INSERT INTO review (video_id, frame_idx, state, note) VALUES (?, ?, ?, ?)"
            tables.db.execute(query, (*place, DISMISSED, self.run))
        return f"Frame {self.frame_idx} is not doubtful"


@dataclass
class SuggestFrames:
    """Put frames in the queue, in place of what was suggested before: (video_id, frame_idx, why) each."""

    frames: Sequence[tuple[int, int, str]]
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Replace the suggestions."""
        for video_id in {frame[0] for frame in self.frames}:
            tables.video(video_id)
        tables.db.execute("DELETE FROM review WHERE state = ?", (SUGGESTED,))
        query = "INSERT INTO review (video_id, frame_idx, state, note) VALUES (?, ?, ?, ?)"
        rows = [(video_id, frame_idx, SUGGESTED, why) for video_id, frame_idx, why in self.frames]
        tables.db.executemany(query, rows)
        return f"Suggest {len(rows)} frame{'s' if len(rows) != 1 else ''}" if rows else "Clear suggestions"
