"""Material of the label tests."""

import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton

FOUR = Skeleton("four", ("nose", "left_hand", "right_hand", "tail"), ((0, 1), (0, 2)), ((1, 2),))


def video_record(name: str = "walk.mp4", num_frames: int = 100, **fields) -> VideoRecord:
    """A video that need not exist."""
    return VideoRecord(0, name, "", f"/videos/{name}", num_frames, 640, 480, 25.0, **fields)


def person(start: float = 0.0, **fields) -> Instance:
    """Four visible keypoints on a diagonal."""
    return Instance(np.arange(8, dtype=float).reshape(4, 2) + start, **fields)


def dump(project: Project) -> dict:
    """Everything an edit may change, as plain comparable values."""
    tables = {}
    for table in ("video", "skeleton", "instance"):
        tables[table] = project._db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
    return tables
