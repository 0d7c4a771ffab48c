"""What a person does in a project, for tests."""

from pathlib import Path

import numpy as np

from poseapp import api
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance


def correct(project: Path) -> None:
    """Label one person in the first frame of a project."""
    opened = api.open_project(project)
    points = np.full((opened.skeleton.num_keypoints, 2), 20.0)
    opened.push(AddInstance(opened.videos[0].id, 0, Instance(points)))
    opened.close()
