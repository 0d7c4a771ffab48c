"""Data sets of drawn people as the window uses them: where they go, and as projects; no Qt."""

from __future__ import annotations

import shutil
from pathlib import Path

from poseapp.errors import SynthError

NAME = "synthetic"
SKELETON = "halpe26"


def next_place(folder: Path) -> Path:
    """A folder that is not there yet: "synthetic", "synthetic-2" …"""
    place, number = folder / NAME, 2
    while place.exists():
        place, number = folder / f"{NAME}-{number}", number + 1
    return place


def labels_of(data_set: Path, skeleton: str = SKELETON) -> Path:
    """The COCO file of a data set with the keypoints of a skeleton.

    Raises:
        SynthError: there is none.
    """
    for name in (f"{skeleton}.json", f"annotations/{skeleton}.json"):
        if (data_set / name).is_file():
            return data_set / name
    raise SynthError(f"there are no labels of {skeleton} in this folder; make the data set anew: {data_set}")


def project_of(data_set: Path) -> Path:
    """The project of a data set's pictures with their labels; made in its folder the first time.

    Raises:
        PoseError: the data set is not complete, or its folder cannot be written to.
    """
    from poseapp import api

    place = data_set / f"{data_set.name}.pose"
    if (place / "project.db").is_file():
        return place
    labels = labels_of(data_set)
    api.new(place, [], skeleton=SKELETON)
    try:
        api.import_labels(place, labels)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)  # half a project would be opened the next time
        raise
    return place
