"""Everything that can be done to a project, each an object that `Project.push` runs in one transaction.

An edit only changes rows; how it is undone follows from the rows (`poseapp.labels.history`). `sentence` is
what undo menus and the status bar say. Edits with a `drag_key` continue the edit before them when that has
the same key: one drag, one undo step.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np

from poseapp.errors import ProjectError
from poseapp.labels.instance import VISIBLE, Instance
from poseapp.labels.rows import Tables, VideoRecord, check_size
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.skeleton_change import keypoint_origins, with_former_names
from poseapp.labels.video_edits import AddVideo, RelinkVideo, RemoveVideo

__all__ = [
    "AddInstance", "AddVideo", "DeleteInstances", "Edit", "ImportInstances", "MoveInstance", "MoveKeypoint",
    "RelinkVideo", "RemoveVideo", "ReplaceInstance", "SetSkeleton", "SetVisibility", "SwapSides",
    "UnsetKeypoint",
]  # fmt: skip


class Edit(Protocol):
    """What `Project.push` takes."""

    @property
    def drag_key(self) -> str | None:
        """Edits of one drag share a key; None never merges."""

    def apply(self, tables: Tables) -> str:
        """Change the rows and return the sentence that says what was done.

        Raises:
            PoseError: It cannot be done; the transaction is rolled back.
        """


@dataclass
class AddInstance:
    """Add a person to a frame; the instance's id is given by the project."""

    video_id: int
    frame_idx: int
    instance: Instance
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Insert the instance."""
        video = tables.video(self.video_id)
        tables.add_instance(video, self.frame_idx, self.instance, tables.skeleton.num_keypoints)
        accepted = self.instance.source.startswith("prediction:")
        return "Accept prediction" if accepted else "Add person"


@dataclass
class ImportInstances:
    """Add many people at once: (video_id, frame_idx, instance) each.

    People who were in their frame before with the very same keypoints are passed over, so that importing a
    file twice doubles nothing.

    Attributes:
        items: The people.
        frames: What the file said about frames, by (video_id, frame_idx): JSON values, written back on
            export.
        document: The file's name and what it said as a whole, alike.
        skipped: How many people were passed over; known after the push.
        changed: The (video_id, frame_idx) that got people; known after the push.
    """

    items: Iterable[tuple[int, int, Instance]]
    frames: Mapping[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    document: tuple[str, dict[str, Any]] | None = None
    skipped: int = field(default=0, init=False)
    changed: set[tuple[int, int]] = field(default_factory=set, init=False)
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Insert the instances."""
        count, self.skipped, num_keypoints = 0, 0, tables.skeleton.num_keypoints
        self.changed.clear()
        newest = tables.newest_instance()
        videos: dict[int, VideoRecord] = {}
        for video_id, frame_idx, instance in self.items:
            if video_id not in videos:
                videos[video_id] = tables.video(video_id)
            if tables.has_instance(video_id, frame_idx, instance, newest):
                self.skipped += 1
                continue
            tables.add_instance(videos[video_id], frame_idx, instance, num_keypoints)
            self.changed.add((video_id, frame_idx))
            count += 1
        for (video_id, frame_idx), fields in self.frames.items():
            tables.put_frame(video_id, frame_idx, fields)
        if self.document is not None:
            tables.put_document(*self.document)
        there = f" ({self.skipped:,} were there already)" if self.skipped else ""
        return f"Import {_people(count)}{there}"


@dataclass
class DeleteInstances:
    """Delete people: those of `ids`, of a whole video, of one frame of it, or all.

    Exactly one of `ids`, `video_id`, `everything` is given; `frame_idx` only with `video_id`.
    """

    ids: Sequence[int] | None = None
    video_id: int | None = None
    frame_idx: int | None = None
    everything: bool = False
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Delete the instances."""
        if (self.ids is not None) + (self.video_id is not None) + self.everything != 1:
            raise ProjectError("Say which people to delete: ids, one video, or everything.")
        if self.ids is not None:
            for instance_id in self.ids[:1]:
                tables.instance(instance_id)
            numbers = json.dumps([int(i) for i in self.ids])
            where = "WHERE id IN (SELECT value FROM json_each(?))"
            values: tuple[object, ...] = (numbers,)
            place = ""
        elif self.video_id is not None:
            record = tables.video(self.video_id)
            where, values = "WHERE video_id = ?", (self.video_id,)
            place = f" of {record.name}"
            if self.frame_idx is not None:
                where, values = f"{where} AND frame_idx = ?", (self.video_id, self.frame_idx)
                place = f" of frame {self.frame_idx}"
        else:
            where, values, place = "", (), ""
        count = tables.db.execute(f"DELETE FROM instance {where}", values).rowcount
        return f"Delete {_people(count)}{place}"


@dataclass
class MoveKeypoint:
    """Place a keypoint; one that was unlabelled becomes visible.

    `x`, `y` are pixels; `visibility` (1 or 2) may be set with it. The keypoint's score is dropped: a person
    placed it. So are box, area and segmentation of the old pose.
    """

    instance_id: int
    keypoint: int
    x: float
    y: float
    visibility: int | None = None
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Change the point."""
        name, instance = _keypoint(tables, self.instance_id, self.keypoint)
        if not np.isfinite([self.x, self.y]).all():
            raise ProjectError(f"A place for {name} must be two finite numbers, not ({self.x}, {self.y}).")
        if self.visibility not in (None, 1, 2):
            raise ProjectError(f"A placed keypoint is hidden (1) or visible (2), not {self.visibility}.")
        instance.points[self.keypoint] = self.x, self.y
        instance.visibility[self.keypoint] = self.visibility or instance.visibility[self.keypoint] or VISIBLE
        if instance.scores is not None:
            instance.scores[self.keypoint] = np.nan
        if instance.source in ("interpolated", "propagated"):
            instance.source = "user"  # somebody has looked at it
        instance.outline_changed()
        tables.change_instance(self.instance_id, instance)
        return f"Move {name}"


@dataclass
class MoveInstance:
    """Move a whole person by (dx, dy) pixels, its box too; a segmentation is dropped."""

    instance_id: int
    dx: float
    dy: float
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Change all points."""
        if not np.isfinite([self.dx, self.dy]).all():
            raise ProjectError(f"A person moves by two finite numbers, not ({self.dx}, {self.dy}).")
        instance = tables.instance(self.instance_id)
        instance.points += (self.dx, self.dy)
        if instance.box is not None:
            instance.box += (self.dx, self.dy, self.dx, self.dy)
        instance.extra.pop("segmentation", None)
        tables.change_instance(self.instance_id, instance)
        return "Move person"


@dataclass
class SetVisibility:
    """Make a placed keypoint visible (2) or hidden (1), or unset it (0)."""

    instance_id: int
    keypoint: int
    visibility: int
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Change the visibility."""
        name, instance = _keypoint(tables, self.instance_id, self.keypoint)
        if self.visibility not in (0, 1, 2):
            raise ProjectError(f"Visibility is 0, 1 or 2, not {self.visibility}.")
        if self.visibility and not instance.visibility[self.keypoint]:
            raise ProjectError(f"{name} has no place yet: place it first.")
        instance.visibility[self.keypoint] = self.visibility
        if not self.visibility:
            instance.points[self.keypoint] = np.nan
            instance.outline_changed()
        tables.change_instance(self.instance_id, instance)
        return f"{('Unset', 'Hide', 'Show')[self.visibility]} {name}"


@dataclass
class UnsetKeypoint:
    """Take a keypoint's place away."""

    instance_id: int
    keypoint: int
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Make the keypoint unlabelled."""
        return SetVisibility(self.instance_id, self.keypoint, 0).apply(tables)


@dataclass
class SwapSides:
    """Exchange a person's left and right keypoints."""

    instance_id: int
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Reorder the keypoints."""
        # The places stay, so box, area and segmentation do too.
        swapped = tables.instance(self.instance_id).take(tables.skeleton.swap_index)
        tables.change_instance(self.instance_id, swapped)
        return "Swap left and right"


@dataclass
class ReplaceInstance:
    """Put another pose, score, source and so on in a person's place; frame and id stay."""

    instance_id: int
    instance: Instance
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Change all columns of the instance."""
        tables.instance(self.instance_id)
        check_size(self.instance, tables.skeleton.num_keypoints)
        tables.change_instance(self.instance_id, self.instance)
        return "Replace person"


@dataclass
class SetSkeleton:
    """Give the project another skeleton; labels follow their keypoints.

    Attributes:
        skeleton: The new one.
        renamed: Old name to new name. Other keypoints are matched by name; new ones start unlabelled, and
            labels of those left out go (undo brings them back). A new name that another keypoint had before
            belongs to the renamed one.
    """

    skeleton: Skeleton
    renamed: dict[str, str] | None = None
    drag_key: ClassVar[None] = None

    def apply(self, tables: Tables) -> str:
        """Change the skeleton and every instance."""
        old = tables.skeleton
        index = keypoint_origins(old, self.skeleton, self.renamed or {})
        definition = json.dumps(with_former_names(old, self.skeleton, index).to_dict())
        tables.db.execute("UPDATE skeleton SET definition = ? WHERE id = 1", (definition,))
        if index != list(range(old.num_keypoints)):
            tables.db.execute(f"UPDATE instance SET {tables.reordering(np.array(index))}")
        return f"Change skeleton to {self.skeleton.name}"


def _keypoint(tables: Tables, instance_id: int, keypoint: int) -> tuple[str, Instance]:
    names = tables.skeleton.keypoints
    if not 0 <= keypoint < len(names):
        raise ProjectError(
            f"There is no keypoint number {keypoint}; they are numbered 0 to {len(names) - 1}."
        )
    return names[keypoint].replace("_", " "), tables.instance(instance_id)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
