"""The edit that takes another project's labels in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from poseapp.errors import ProjectError
from poseapp.labels.locate import relative_to_project
from poseapp.labels.merge import Difference, MergePlan
from poseapp.labels.rows import Tables, VideoRecord

CHOICES = ("mine", "theirs", "both")


@dataclass
class MergeLabels:
    """Take the labels of another project in, as one step that can be undone.

    Attributes:
        plan: What the two have.
        choices: For each of `plan.conflicts` in order: "mine", "theirs" or "both".
    """

    plan: MergePlan
    choices: Sequence[str] = ()
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Add, change and delete people; add the videos they are in.

        Raises:
            ProjectError: A conflict is not decided, or a person to change is not there any more.
        """
        conflicts = self.plan.conflicts
        if len(self.choices) != len(conflicts) or not set(self.choices) <= set(CHOICES):
            raise ProjectError(
                f"{len(conflicts)} people differ: say of each whether mine, theirs or both count."
            )
        videos = [_place(tables, video.record, video.is_new, video.path, video.picture_names)
                  for video in self.plan.videos]  # fmt: skip
        choices = iter(self.choices)
        num_keypoints = tables.skeleton.num_keypoints
        for difference in self.plan.differences:
            choice = next(choices) if difference.kind == "conflict" else "theirs"
            if choice != "mine":
                _take(tables, difference, videos[difference.video], choice == "both", num_keypoints)
        return f"Merge {self.plan.name}: {self.summary()}"

    def summary(self) -> str:
        """Return what is done as the end of a sentence, such as "3 people added, 1 changed"."""
        plan, taken = self.plan, sum(choice != "mine" for choice in self.choices)
        counts = [
            (plan.count("add"), "added"),
            (plan.count("change"), "changed"),
            (plan.count("remove"), "deleted"),
            (taken, f"of {len(self.choices)} conflicts taken from theirs"),
            (sum(video.is_new for video in plan.videos), "videos added"),
        ]
        said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
        return said or "nothing new"


def _place(
    tables: Tables, record: VideoRecord, is_new: bool, path: Path | None, names: list[str] | None
) -> VideoRecord:
    if not is_new:
        return tables.video(record.id)
    where = path or Path(record.abs_path)
    added = replace(record, abs_path=str(where), rel_path=relative_to_project(where, tables.folder))
    video_id = tables.put_video(added)
    if names:
        tables.put_picture_names(video_id, names)
    return replace(added, id=video_id)


def _take(tables: Tables, difference: Difference, video: VideoRecord, both: bool, num_keypoints: int) -> None:
    mine, theirs = difference.mine, difference.theirs
    if theirs is None:
        if mine is not None and not both:
            tables.db.execute("DELETE FROM instance WHERE id = ?", (mine.id,))
    elif mine is None or both:
        tables.add_instance(video, difference.frame_idx, theirs, num_keypoints)
    else:
        assert mine.id is not None
        tables.instance(mine.id)
        tables.change_instance(mine.id, theirs)
