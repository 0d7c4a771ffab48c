"""What is drawn over a frame: the labels and one layer for each prediction run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

if TYPE_CHECKING:
    from poseapp.formats.predictions_h5 import PredictionFile
    from poseapp.labels.project import VideoRecord

LABELS = "labels"


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
    """The same person in another skeleton, keypoints matched by name.

    Args:
        instance: a person with `source.num_keypoints` keypoints.
        source: the skeleton it is in.
        target: the skeleton wanted.

    Returns:
        A new instance; keypoints that `source` does not know are unlabelled.
    """
    if tuple(source.keypoints) == tuple(target.keypoints):
        return instance
    index = {name: i for i, name in enumerate(source.keypoints)}
    return instance.take([index.get(name, -1) for name in target.keypoints])


class PredictionLayer:
    """One prediction file, seen from one video of the project.

    Args:
        path: the `.h5` file under the project's predictions folder.
    """

    def __init__(self, path: Path) -> None:
        from poseapp.formats.predictions_h5 import PredictionFile

        self.path = path
        self.name = path.stem
        self.file: PredictionFile = PredictionFile(path)
        self.net = str(self.file.net)
        self._stamp = self._read_stamp()
        self._curves: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def _read_stamp(self) -> tuple[int, int]:
        stat = self.path.stat()
        return stat.st_mtime_ns, stat.st_size

    def refresh(self) -> bool:
        """Read again what a running job has appended; True if there was something."""
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self.file.refresh()
        self._curves.clear()
        return True

    def video_index(self, record: VideoRecord) -> int | None:
        """Which video of the file is `record`, or None."""
        names = [str(v) for v in self.file.videos]
        wanted = {record.rel_path, record.abs_path, record.name}
        for i, name in enumerate(names):
            if name in wanted:
                return i
        for i, name in enumerate(names):
            if Path(name).name == Path(record.abs_path or record.name).name:
                return i
        return None

    def instances(self, record: VideoRecord, frame_idx: int, skeleton: Skeleton) -> list[Instance]:
        """The predicted people of one frame, in the project's skeleton."""
        index = self.video_index(record)
        if index is None:
            return []
        found = self.file.instances(index, frame_idx)
        return [to_skeleton(p, self.file.skeleton, skeleton) for p in found]

    def score_curve(self, record: VideoRecord) -> tuple[np.ndarray, np.ndarray]:
        """Predicted frames `(N,)` int64 and their mean keypoint scores `(N,)` in 0..1."""
        index = self.video_index(record)
        if index is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if index not in self._curves:
            frames, scores = self.file.frame_scores(index)
            frames = np.asarray(frames, np.int64)
            order = np.argsort(frames, kind="stable")
            self._curves[index] = frames[order], np.asarray(scores, np.float32)[order]
        return self._curves[index]

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def overlap(a: Instance, b: Instance) -> float:
    """Intersection over union of the two people's boxes, 0 where one has no point."""
    boxes = []
    for person in (a, b):
        points = person.points[np.isfinite(person.points).all(axis=1)]
        if len(points) == 0:
            return 0.0
        boxes.append((points.min(axis=0) - 1, points.max(axis=0) + 1))
    (lo_a, hi_a), (lo_b, hi_b) = boxes
    inter = np.clip(np.minimum(hi_a, hi_b) - np.maximum(lo_a, lo_b), 0, None).prod()
    return float(inter / ((hi_a - lo_a).prod() + (hi_b - lo_b).prod() - inter))


def not_yet_labelled(predicted: list[Instance], labelled: list[Instance], min_iou: float = 0.25) -> list[int]:
    """Which predicted people are still without a label.

    Each label takes the prediction it overlaps most. Where a frame has no more predicted people than labels,
    the labels have replaced them all, however far off the predictions were.

    Returns:
        Indices into `predicted`, ascending.
    """
    if len(predicted) <= len(labelled):
        return []
    free = set(range(len(predicted)))
    for label in labelled:
        best = max(free, key=lambda i: overlap(predicted[i], label), default=None)
        if best is not None and overlap(predicted[best], label) >= min_iou:
            free.discard(best)
    return sorted(free)
