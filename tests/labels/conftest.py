"""A project to edit."""

import pytest

from poseapp.labels.edits import AddVideo
from poseapp.labels.project import Project
from tests.labels.material import FOUR, video_record


@pytest.fixture
def project(tmp_path):
    """A project with one video of 100 frames, id 1, and no labels."""
    made = Project.create(tmp_path / "walk.pose", FOUR)
    made.push(AddVideo(video_record()))
    yield made
    made.close()
