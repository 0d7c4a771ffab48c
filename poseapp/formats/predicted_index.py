"""The predictions of a project that nobody has labelled or deleted yet, as an index that can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from poseapp.errors import FormatError
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.formats.predictions_hidden import hide_rejected
from poseapp.formats.predictions_table import PredictedPeople
from poseapp.formats.project_dataset import ProjectFrames
from poseapp.labels.instance import Instance
from poseapp.labels.people_index import OnProgress, PeopleIndex
from poseapp.labels.project import Project
from poseapp.labels.unlabelled import not_yet_labelled

_KINDS = "prediction"


class PredictedIndex:
    """Predicted people of some runs of a project.

    Args:
        project: Open, also for reading only; used while this is made and by `people`.
        runs: Names of prediction files; None: all that can be read.
        on_progress: Called with files read and in all; what it raises ends it.

    Attributes:
        index: To ask; its keys are rows of what is kept here.

    Raises:
        FormatError: A named run is not there or cannot be read.
    """

    def __init__(
        self, project: Project, runs: Sequence[str] | None = None, on_progress: OnProgress | None = None
    ) -> None:
        self._project = project
        self.index = PeopleIndex(project.skeleton, project.videos)
        self._files: list[tuple[str, str, Path]] = []
        self._file_of = np.zeros(0, np.int64)
        self._number = np.zeros(0, np.int64)
        frames = ProjectFrames(project)
        paths = sorted(project.predictions_dir.glob("*.h5"))
        for name in runs or ():
            if name not in {path.stem for path in paths}:
                known = ", ".join(path.stem for path in paths) or "none"
                raise FormatError(f"The project has no predictions '{name}'; it has {known}.")
        chosen = [path for path in paths if runs is None or path.stem in runs]
        for done, path in enumerate(chosen):
            if on_progress is not None:
                on_progress(done, len(chosen))
            try:
                self._add_file(path, frames)
            except FormatError:
                # One damaged file must not hide all the rest; a named one is an error.
                if runs is not None:
                    raise
        self.index.finish()

    def _add_file(self, path: Path, frames: ProjectFrames) -> None:
        with PredictionFile(path) as file:
            hide_rejected(file, self._project, frames)
            self._files.append((path.stem, file.file_id, path))
            for number, name in enumerate(file.videos):
                video_id = frames.find(name)
                if video_id is not None:
                    self._add_video(file, number, video_id)

    def _add_video(self, file: PredictionFile, number: int, video_id: int) -> None:
        found = file.predicted_people(number)
        columns = np.array(self._project.skeleton.columns_from(file.skeleton))
        found = found.take(_unlabelled(self._project, video_id, found, columns))
        count, known = len(found), columns >= 0
        first = len(self._number)
        self.index.add(
            np.arange(first, first + count),
            np.full(count, video_id),
            found.frame_idx,
            [_KINDS] * count,
            [file.path.stem] * count,
            [None if track < 0 else track for track in found.track_id.tolist()],
            np.where(known[:, None], found.points[:, columns], np.nan),
            np.where(known, found.visibility[:, columns], 0).astype(np.uint8),
            np.where(known, found.scores[:, columns], np.nan),
            found.score,
        )
        self._number = np.concatenate([self._number, found.number])
        self._file_of = np.concatenate([self._file_of, np.full(count, len(self._files) - 1)])

    def rejected(self, found: np.ndarray) -> dict[tuple[str, str], dict[tuple[int, int], list[int]]]:
        """What `RejectPredictions` takes, of rows (N, 3) as `PeopleIndex.find` returns them."""
        people: dict[tuple[str, str], dict[tuple[int, int], list[int]]] = {}
        files, numbers = self._file_of[found[:, 0]].tolist(), self._number[found[:, 0]].tolist()
        for (_, video_id, frame_idx), file, number in zip(found.tolist(), files, numbers, strict=True):
            run, file_id, _ = self._files[file]
            people.setdefault((run, file_id), {}).setdefault((video_id, frame_idx), []).append(number)
        return people

    def people(self, found: np.ndarray) -> Iterator[tuple[int, int, Instance]]:
        """Read rows (N, 3) of `PeopleIndex.find` as labels: (video_id, frame_idx, person) each.

        Raises:
            FormatError: A file can no longer be read.
        """
        target = self._project.skeleton
        for at, (_, _, path) in enumerate(self._files):
            rows = found[self._file_of[found[:, 0]] == at]
            if not len(rows):
                continue
            with PredictionFile(path) as file:
                frames = ProjectFrames(self._project)
                index_of = {frames.find(name): i for i, name in enumerate(file.videos)}
                columns = target.columns_from(file.skeleton)
                for key, video_id, frame_idx in rows.tolist():
                    everybody = file.instances(index_of[video_id], frame_idx)
                    yield video_id, frame_idx, everybody[int(self._number[key])].take(columns)

    def close(self) -> None:
        """Let go of the memory."""
        self.index.close()


def _unlabelled(project: Project, video_id: int, found: PredictedPeople, columns: np.ndarray) -> np.ndarray:
    """(M,) bool: who of a run's people in a video has no label yet, as the window tells it."""
    keep = np.ones(len(found), bool)
    labelled, counts = project.label_counts(video_id)
    frames, first, predicted = np.unique(found.frame_idx, return_index=True, return_counts=True)
    both, at_label, at_found = np.intersect1d(labelled, frames, return_indices=True)
    for frame_idx, label_at, found_at in zip(both.tolist(), at_label, at_found, strict=True):
        rows = np.arange(first[found_at], first[found_at] + predicted[found_at])
        keep[rows] = False
        if predicted[found_at] > counts[label_at]:
            people = [_person(found, row, columns) for row in rows]
            free = not_yet_labelled(people, project.instances(video_id, frame_idx))
            keep[rows[free]] = True
    return keep


def _person(found: PredictedPeople, row: int, columns: np.ndarray) -> Instance:
    return Instance(found.points[row], found.visibility[row]).take(columns)
