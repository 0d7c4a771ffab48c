"""The notice of a change, for those who show what changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """What changed, for those who show it.

    Attributes:
        topics: Some of "labels", "videos", "skeleton", "settings", "history", "predictions" (which of them
            are deleted).
        video_id: The video, where only one is concerned.
        frame_idx: The frame, where only one is concerned.
        text: The edit's sentence; for undo and redo with that word in front.
    """

    topics: frozenset[str]
    video_id: int | None = None
    frame_idx: int | None = None
    text: str = ""
