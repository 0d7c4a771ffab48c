"""One step that changes several people, or many keypoints of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from poseapp.labels.instance import Instance
from poseapp.labels.rows import Tables, check_size


@dataclass
class ChangePeople:
    """Put other poses in the place of people, and add others, as one step.

    Attributes:
        changed: The new state of people by their id.
        added: (video_id, frame_idx, person) each, such as predictions that became labels by the change.
        text: The sentence of the step.
        drag_key: Steps in a row with the same key are one.
    """

    changed: Mapping[int, Instance]
    added: Sequence[tuple[int, int, Instance]]
    text: str
    drag_key: str | None = None

    def apply(self, tables: Tables) -> str:
        """Write all of them.

        Raises:
            ProjectError: A person is not there any more, or a frame is not in its video.
            SkeletonError: A person does not fit the skeleton.
        """
        num_keypoints = tables.skeleton.num_keypoints
        for instance_id, instance in self.changed.items():
            tables.instance(instance_id)
            check_size(instance, num_keypoints)
            tables.change_instance(instance_id, instance)
        for video_id, frame_idx, instance in self.added:
            tables.add_instance(tables.video(video_id), frame_idx, instance, num_keypoints)
        return self.text
