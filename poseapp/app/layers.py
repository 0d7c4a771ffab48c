"""What is drawn over a frame: the labels and one layer for each prediction run."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

if TYPE_CHECKING:
    from poseapp.formats.predictions_h5 import PredictionFile
    from poseapp.labels.project import Project, VideoRecord

LABELS = "labels"
# A growing file is read again after this many times as long as reading it took.
REST_FACTOR = 20


@dataclass(frozen=True)
class Ref:
    """Names one person of the current frame.

    Attributes:
        layer: `LABELS` or the name of a prediction layer.
        key: the label's id, or the index of the person in the predicted frame.
    """

    layer: str
    key: int

    @property
    def is_label(self) -> bool:
        """Whether this is a label (False: a prediction)."""
        return self.layer == LABELS


@dataclass
class Layer:
    """One row of the list of layers.

    Attributes:
        id: `LABELS` or the stem of the prediction file.
        title: what the user reads.
        visible: whether it is drawn.
        num_frames: frames of the current video that have something in this layer.
        net: the network's name ("" for labels).
    """

    id: str
    title: str
    visible: bool = True
    num_frames: int = 0
    net: str = ""

    @property
    def is_labels(self) -> bool:
        """Whether this is the labels' own layer."""
        return self.id == LABELS


@dataclass(frozen=True)
class ScreenInstance:
    """One person as drawn: data in the project's skeleton.

    Attributes:
        instance: points in pixels of the full frame; never change it in place.
        layer: id of the layer it comes from.
        editable: False in a project opened read-only.
        ref: its name, for selection and edits.
    """

    instance: Instance
    layer: str
    editable: bool
    ref: Ref

    @property
    def is_prediction(self) -> bool:
        """Whether it is drawn as a prediction (thinner, until it is touched)."""
        return not self.ref.is_label


def to_skeleton(instance: Instance, source: Skeleton, target: Skeleton) -> Instance:
    """The same person in another skeleton, keypoints matched by name, also by the one they had before.

    Args:
        instance: a person with `source.num_keypoints` keypoints.
        source: the skeleton it is in.
        target: the skeleton wanted.

    Returns:
        A new instance; keypoints that `source` does not know are unlabelled.
    """
    if tuple(source.keypoints) == tuple(target.keypoints):
        return instance
    return instance.take(target.columns_from(source))


class PredictionLayer:
    """One prediction file, seen from the videos of a project.

    Args:
        path: the `.h5` file.
        project: the open project.
    """

    def __init__(self, path: Path, project: Project) -> None:
        from poseapp.formats.predictions_h5 import PredictionFile

        self.path = path
        self.name = path.stem
        self.file: PredictionFile = PredictionFile(path)
        self.net = str(self.file.net)
        self._project = project
        self._stamp = self._read_stamp()
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._indices: dict[int, int | None] = {}
        self._refresh_s = 0.0
        self._next_refresh = 0.0
        self.times_hidden = 0
        self.hide_deleted()

    def _read_stamp(self) -> tuple[int, int]:
        stat = self.path.stat()
        return stat.st_mtime_ns, stat.st_size

    def refresh(self, wait: bool = False) -> bool:
        """Read again what a running job has appended; True if there was something.

        A growing file of a long video is dear to read: it is looked at so seldom that this takes a small
        share of the time.

        Args:
            wait: read at once, however dear.
        """
        now = time.monotonic()
        if now < self._next_refresh and not wait:
            return False
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self.file.refresh()
        self._curves.clear()
        self._refresh_s = time.monotonic() - now
        self._put_off()
        return True

    def _put_off(self) -> None:
        self._next_refresh = time.monotonic() + REST_FACTOR * self._refresh_s

    def video_index(self, record: VideoRecord) -> int | None:
        """Which video of the file is `record`, or None."""
        if record.id not in self._indices:
            self._indices[record.id] = self._find_video(record)
        return self._indices[record.id]

    def forget_videos(self) -> None:
        """The project's videos have changed."""
        self._indices.clear()
        self.hide_deleted()

    def hide_deleted(self) -> None:
        """Leave out who was deleted in the project."""
        found = {record.id: self.video_index(record) for record in self._project.videos}
        index_of = {video_id: index for video_id, index in found.items() if index is not None}
        from poseapp.formats.predictions_hidden import hidden_people  # brings h5py: not at the start

        self.times_hidden += 1
        self.file.hidden = hidden_people(self._project, self.name, self.file.file_id, index_of)
        self._curves.clear()

    def number_of(self, record: VideoRecord, frame_idx: int, place: int) -> int:
        """Which of the people in the frame of the file is at a place of `instances`."""
        hidden = self.file.hidden.get(self.video_index(record) or 0, {}).get(frame_idx, frozenset())
        return [i for i in range(place + 1 + len(hidden)) if i not in hidden][place]

    def _find_video(self, record: VideoRecord) -> int | None:
        names = [str(v) for v in self.file.videos]
        folder = self._project.path
        mine = _places(folder, record)
        for i, name in enumerate(names):
            # A job writes names relative to the project, a command relative to its output.
            if not mine.isdisjoint({os.path.realpath(f / name) for f in (folder, self.path.parent)}):
                return i
        # Moved since: then the file's name alone tells, if no other video has it.
        own = _file_names(record)
        if any(own & _file_names(other) for other in self._project.videos if other.id != record.id):
            return None
        found = [i for i, name in enumerate(names) if _last_part(name) in own]
        return found[0] if len(found) == 1 else None

    def instances(self, record: VideoRecord, frame_idx: int, skeleton: Skeleton) -> list[Instance]:
        """The predicted people of one frame, in the project's skeleton."""
        index = self.video_index(record)
        if index is None:
            return []
        found = self.file.instances(index, frame_idx)
        return [to_skeleton(p, self.file.skeleton, skeleton) for p in found]

    def score_curve(self, record: VideoRecord) -> tuple[np.ndarray, np.ndarray]:
        """Predicted frames `(N,)` int64, ascending, and their mean keypoint scores `(N,)` in 0..1."""
        index = self.video_index(record)
        if index is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if index not in self._curves:
            began = time.monotonic()
            frames, scores = self.file.frame_scores(index)
            self._curves[index] = np.asarray(frames, np.int64), np.asarray(scores, np.float32)
            self._refresh_s += time.monotonic() - began
            self._put_off()
        return self._curves[index]

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _last_part(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _file_names(record: VideoRecord) -> set[str]:
    return {record.name, _last_part(record.abs_path)} - {""}


def _places(folder: Path, record: VideoRecord) -> set[str]:
    """Where a record says that its file is, links followed."""
    return {os.path.realpath(folder / name) for name in (record.rel_path, record.abs_path) if name}
