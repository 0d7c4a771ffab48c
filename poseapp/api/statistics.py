"""`statistics`: what a project's labels are: how many, of what, where from, how large, how far corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from poseapp.api.projects import open_project
from poseapp.api.results import Result
from poseapp.api.same_video import pair_videos, video_paths
from poseapp.errors import FormatError
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.labels.instance import HIDDEN, VISIBLE, Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton

SOURCES = ("by hand", "corrected", "accepted", "imported", "interpolated")
COVERAGE_BINS = 100
BOX_BINS = 12
SAME_PX = 0.01


@dataclass(frozen=True)
class KeypointStatistics(Result):
    """One keypoint over all labelled people.

    Attributes:
        keypoint: Its name.
        visible: How often it is labelled and visible.
        hidden: How often it is labelled and hidden.
        missing: How often it has no place.
        corrected: How often a prediction of it was moved.
        correction_px: Median distance from the prediction to the label where it was moved, or null.
    """

    keypoint: str
    visible: int
    hidden: int
    missing: int
    corrected: int
    correction_px: float | None


@dataclass(frozen=True)
class LabelStatistics(Result):
    """The labels of one video, or of all.

    Attributes:
        video: Its name, "" for all.
        frames: Frames there are.
        labelled: Frames with labels.
        people: Labelled people.
        keypoints: One row a keypoint, in the order of the skeleton.
        sources: People by where they come from: "by hand", "corrected" (a prediction, moved), "accepted" (a
            prediction as it was), "imported", "interpolated".
        box_px: People by the longer side of the box around their keypoints: `edges` (B + 1) px, `counts` (B).
        coverage: Share of labelled frames in each of up to 100 equal parts of the video; [] for all.
    """

    video: str
    frames: int
    labelled: int
    people: int
    keypoints: list[KeypointStatistics]
    sources: dict[str, int]
    box_px: dict[str, list[float]]
    coverage: list[float]


@dataclass(frozen=True)
class StatisticsResult(Result):
    """Statistics of a project's labels.

    Attributes:
        project: The project.
        total: Of all videos together.
        videos: Of each video.
    """

    project: Path
    total: LabelStatistics
    videos: list[LabelStatistics]


@dataclass
class _Tally:
    """What is counted while the labels are gone through."""

    skeleton: Skeleton
    visible: np.ndarray = field(init=False)
    hidden: np.ndarray = field(init=False)
    people: int = 0
    sources: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0))
    sizes: list[float] = field(default_factory=list)
    moved: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visible = np.zeros(self.skeleton.num_keypoints, np.int64)
        self.hidden = np.zeros(self.skeleton.num_keypoints, np.int64)

    def add(self, person: Instance, predicted: list[Instance]) -> None:
        self.people += 1
        self.visible += person.visibility == VISIBLE
        self.hidden += person.visibility == HIDDEN
        bounds = person.bounds()
        if bounds is not None:
            self.sizes.append(float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])))
        source = person.source
        if source.startswith("prediction:"):
            moved = _moved(person, predicted)
            if moved is not None:
                self.moved.append(moved)
            untouched = person.scores is not None and not np.isnan(person.scores[person.labelled]).any()
            kept = untouched if moved is None else bool(np.nan_to_num(moved).max(initial=0.0) <= SAME_PX)
            self.sources["accepted" if kept else "corrected"] += 1
        elif source.startswith("import:"):
            self.sources["imported"] += 1
        else:
            self.sources["interpolated" if source in ("interpolated", "propagated") else "by hand"] += 1

    def merge(self, other: _Tally) -> None:
        self.visible += other.visible
        self.hidden += other.hidden
        self.people += other.people
        self.sizes += other.sizes
        self.moved += other.moved
        for source, number in other.sources.items():
            self.sources[source] += number

    def result(self, video: str, frames: int, labelled: int, coverage: list[float]) -> LabelStatistics:
        shape = (len(self.moved), self.skeleton.num_keypoints)
        moved = np.array(self.moved).reshape(shape)
        rows = []
        for k, name in enumerate(self.skeleton.keypoints):
            distances = moved[:, k][np.nan_to_num(moved[:, k]) > SAME_PX]
            visible, hidden = int(self.visible[k]), int(self.hidden[k])
            median = round(float(np.median(distances)), 2) if len(distances) else None
            missing = self.people - visible - hidden
            rows.append(KeypointStatistics(name, visible, hidden, missing, len(distances), median))
        counts, edges = np.histogram(self.sizes, BOX_BINS, (0.0, _nice(max(self.sizes, default=1.0))))
        boxes = (
            {"edges": edges.tolist(), "counts": counts.tolist()}
            if self.sizes
            else {"edges": [], "counts": []}
        )
        return LabelStatistics(
            video, frames, labelled, self.people, rows, dict(self.sources), boxes, coverage
        )


def statistics(project: str | Path) -> StatisticsResult:
    """Count a project's labels.

    Raises:
        ProjectError: There is no project, or it is damaged.
    """
    opened = open_project(Path(project), read_only=True)
    try:
        return count_labels(opened)
    finally:
        opened.close()


def count_labels(project: Project) -> StatisticsResult:
    """What `statistics` does, in a project that is open."""
    total, videos = _Tally(project.skeleton), []
    for record in project.videos:
        tally = _Tally(project.skeleton)
        runs = _Runs(project, record)
        for _, frame_idx, people in project.iter_frames(record.id):
            for person in people:
                tally.add(person, runs.people(person.source, frame_idx))
        runs.close()
        labelled = project.labelled_frames(record.id)
        videos.append(
            tally.result(
                record.name, record.num_frames, len(labelled), _coverage(labelled, record.num_frames)
            )
        )
        total.merge(tally)
    frames, labelled_all = sum(v.frames for v in videos), sum(v.labelled for v in videos)
    return StatisticsResult(project.path, total.result("", frames, labelled_all, []), videos)


class _Runs:
    """Prediction files of a video, opened when a label comes from them."""

    def __init__(self, project: Project, record: VideoRecord) -> None:
        self._project, self._record = project, record
        self._files: dict[str, tuple[PredictionFile, int, list[int]] | None] = {}

    def people(self, source: str, frame_idx: int) -> list[Instance]:
        """Who was predicted in a frame by the run that a label comes from, in the project's skeleton."""
        if not source.startswith("prediction:"):
            return []
        run = source.removeprefix("prediction:")
        if run not in self._files:
            self._files[run] = self._open(run)
        found = self._files[run]
        if found is None:
            return []
        file, index, columns = found
        return [person.take(columns) for person in file.instances(index, frame_idx)]

    def _open(self, run: str) -> tuple[PredictionFile, int, list[int]] | None:
        place = self._project.predictions_dir / f"{run}.h5"
        try:
            file = PredictionFile(place)
        except FormatError:
            return None  # deleted or damaged since: its labels still count
        video = self._project.resolve(self._record) or Path(self._record.abs_path)
        names = [str(name) for name in file.videos]
        paths = video_paths(place, names, place.absolute().parent)
        index = pair_videos([video], [paths[name] for name in names], place.name).get(0)
        if index is None:
            file.close()
            return None
        return file, index, self._project.skeleton.columns_from(file.skeleton)

    def close(self) -> None:
        """Close the files."""
        for found in self._files.values():
            if found is not None:
                found[0].close()


def _moved(person: Instance, predicted: list[Instance]) -> np.ndarray | None:
    """(K,) px from the nearest of the predicted people to a label, NaN where either is missing."""
    gaps = [np.hypot(*(person.points - other.points).T) for other in predicted]
    known = [gap for gap in gaps if np.isfinite(gap).any()]
    return min(known, key=lambda gap: float(np.nanmedian(gap)), default=None)


def _coverage(labelled: np.ndarray, frames: int) -> list[float]:
    bins = min(COVERAGE_BINS, frames)
    if bins == 0:
        return []
    edges = np.linspace(0, frames, bins + 1)
    inside, _ = np.histogram(labelled, edges)
    sizes, _ = np.histogram(np.arange(frames), edges)
    return (inside / np.maximum(sizes, 1)).round(4).tolist()


def _nice(number: float) -> float:
    """The next of 1.2, 2.4, 6 or 12 times a power of ten: its twelfths are round."""
    power = 10.0 ** np.floor(np.log10(max(number, 1.0)))
    return float(next(step * power for step in (1.2, 2.4, 6.0, 12.0) if step * power >= number))
