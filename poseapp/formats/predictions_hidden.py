"""Predicted people whom somebody deleted: noted in the project, left out of what its files show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from poseapp.errors import ProjectError
from poseapp.formats.project_dataset import ProjectFrames
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project

if TYPE_CHECKING:
    from poseapp.formats.predictions_h5 import PredictionFile

# By video index, by frame_idx: numbers of people in the frame.
Hidden = dict[int, dict[int, frozenset[int]]]


def shown(people: list[Instance], hidden: frozenset[int] | None) -> list[Instance]:
    """The people of a frame without the hidden ones."""
    return people if not hidden else [person for i, person in enumerate(people) if i not in hidden]


def hidden_people(project: Project, run: str, file_id: str, index_of: Mapping[int, int]) -> Hidden:
    """Who of a file is deleted in a project.

    Args:
        project: The project.
        run: Name of the file without its ending.
        file_id: Of the file.
        index_of: Index in the file of each video of the project that is in it, by id.
    """
    found: Hidden = {}
    for (video_id, frame_idx), numbers in project.rejected(run, file_id).items():
        if video_id in index_of:
            found.setdefault(index_of[video_id], {})[frame_idx] = numbers
    return found


def hide_rejected(file: PredictionFile, project: Project, frames: ProjectFrames | None = None) -> None:
    """Leave out of a file of a project's predictions who was deleted in the project.

    Args:
        file: In the project's folder of predictions.
        project: The project.
        frames: Where its videos are, where that is known already.
    """
    known = frames or ProjectFrames(project)
    found = {known.find(name): index for index, name in enumerate(file.videos)}
    index_of = {video_id: index for video_id, index in found.items() if video_id is not None}
    file.hidden = hidden_people(project, file.path.stem, file.file_id, index_of)


def hide_deleted(file: PredictionFile) -> None:
    """Leave out of a file who was deleted in the project that it lies in, where it lies in one."""
    project = project_around(file.path.resolve().parent)
    if project is not None:
        with project:
            hide_rejected(file, project)


def project_around(folder: Path) -> Project | None:
    """The project whose folder of predictions this is, opened for reading, or None."""
    if folder.name != "predictions" or not (folder.parent / "project.db").is_file():
        return None
    try:
        return Project.open(folder.parent, read_only=True)
    except ProjectError:
        # Predictions can be read without what their project says.
        return None
