"""How long it takes to ask for and to change many people at once.

python -m bench.bulk_edits [--people 500000]
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from poseapp.api.bulk import LABELS, Crowd
from poseapp.labels.bulk_actions import BulkAction
from poseapp.labels.edits import AddVideo
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.query import Query
from poseapp.labels.rows import instance_row
from poseapp.labels.skeleton import load_skeleton

PEOPLE_A_FRAME, VIDEOS = 5, 3
QUERIES = {
    "score<0.3": Query(score_below=0.3),
    "left_wrist=hidden frames=10:5000": Query(keypoints=(("left_wrist", "hidden"),), frames=(10, 5000)),
    "outside size<200": Query(outside=True, size_below=200),
    "duplicate": Query(duplicates=True),
}


def fill(path: Path, count: int) -> None:
    """A project with so many people."""
    random = np.random.default_rng(0)
    skeleton = load_skeleton("coco17")
    with Project.create(path, skeleton) as project:
        frames = count // PEOPLE_A_FRAME // VIDEOS + 1
        for k in range(VIDEOS):
            project.push(AddVideo(VideoRecord(0, f"{k}.mp4", "", f"/{k}.mp4", frames, 1920, 1080, 25.0)))
        made = []
        for _ in range(2000):
            points = random.uniform(0, 1900, 2) * (1, 0.55) + random.normal(0, 80, (17, 2))
            made.append(instance_row(Instance(points, random.integers(0, 3, 17), scores=random.random(17))))
        rows = (
            (1 + k % VIDEOS, k // VIDEOS // PEOPLE_A_FRAME, *made[int(i)])
            for k, i in enumerate(random.integers(0, len(made), count))
        )
        columns = "video_id, frame_idx, points, visibility, scores, score, source, track_id, box, extra"
        with project._writing():
            project._db.executemany(
                f"INSERT INTO instance ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500_000)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.pose"
        fill(path, words.people)
        with Project.open(path) as project:
            began = time.perf_counter()
            crowd = Crowd(project, LABELS)
            print(f"{words.people:,} people read              {time.perf_counter() - began:7.2f} s")
            for name, query in QUERIES.items():
                began = time.perf_counter()
                count = crowd.count(query)
                print(f"{name:36} {time.perf_counter() - began:7.2f} s  {count.text()}")
            for what in ("hide left_wrist", "swap-sides", "delete"):
                action = BulkAction.parse(what, project.skeleton)
                found = crowd.find(Query(), action)
                began = time.perf_counter()
                project.push(crowd.edit(action, found, lambda done, total: None))
                took = time.perf_counter() - began
                began = time.perf_counter()
                project.undo()
                undone = time.perf_counter() - began
                print(f"{what} of {len(found):,}".ljust(36), f"{took:7.2f} s  undo {undone:.2f} s")


if __name__ == "__main__":
    main()
