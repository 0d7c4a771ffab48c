"""Edits of a project's list of videos."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from poseapp.labels.locate import relative_to_project
from poseapp.labels.pictures import names_in
from poseapp.labels.rows import Tables, VideoRecord


@dataclass
class AddVideo:
    """Add a video; its id is given by the project."""

    record: VideoRecord
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Insert the video."""
        path = Path(self.record.abs_path)
        record = replace(self.record, rel_path=relative_to_project(path, tables.folder))
        video_id = tables.put_video(record)
        names = names_in(path) if record.is_images else None
        if names:
            tables.put_picture_names(video_id, names)
        return f"Add video {record.name}"


@dataclass
class RemoveVideo:
    """Remove a video and its labels from the project; its file stays."""

    video_id: int
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Delete the video and its labels."""
        record = tables.video(self.video_id)
        for table in ("instance", "frame", "rejected", "review"):
            tables.db.execute(f"DELETE FROM {table} WHERE video_id = ?", (self.video_id,))
        tables.db.execute("DELETE FROM picture WHERE id = ?", (self.video_id,))
        tables.db.execute("DELETE FROM video WHERE id = ?", (self.video_id,))
        return f"Remove video {record.name}"


@dataclass
class RelinkVideo:
    """Say where a video's file is now.

    Labels of an image folder follow its pictures by name; where no name is the same but the number of
    pictures is, they were renamed, and their order counts.
    """

    video_id: int
    path: Path
    fingerprint: str | None = None
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the paths, and the fingerprint where one is given."""
        record = tables.video(self.video_id)
        path = Path(self.path).absolute()
        changed = replace(
            record,
            rel_path=relative_to_project(path, tables.folder),
            abs_path=str(path),
            fingerprint=record.fingerprint if self.fingerprint is None else self.fingerprint,
        )
        tables.put_video(changed, self.video_id)
        known = tables.picture_names(self.video_id) if record.is_images else None
        names = names_in(path) if known is not None else None
        if names and known and len(names) == len(known) and set(names).isdisjoint(known):
            tables.put_picture_names(self.video_id, names)
        return f"Relink video {record.name}"


@dataclass
class RelinkVideos:
    """Say where the files of several videos are now, as one step."""

    edits: Sequence[RelinkVideo]
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the paths."""
        texts = [edit.apply(tables) for edit in self.edits]
        return texts[0] if len(texts) == 1 else f"Relink {len(texts)} videos"
