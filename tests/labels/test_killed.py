"""Killed between and in the middle of edits: what was announced is there, and nothing is half there."""

import itertools
import os
import subprocess
import sys

import pytest

from poseapp.labels.edits import AddVideo
from poseapp.labels.project import Project
from tests.labels.material import FOUR, video_record

# In one frame after the other: adds a person, moves it, adds twenty at once, and tells so.
WRITER = """
import sys
from poseapp.labels.project import Project
from poseapp.labels.edits import AddInstance, ImportInstances, MoveKeypoint
from poseapp.labels.instance import Instance
project = Project.open(sys.argv[1])
assert not project.read_only
while True:
    k = project.counts()["labelled_frames"]
    (number,) = project.push(AddInstance(1, k, Instance([[k, 0.0]] * 4)))
    project.push(MoveKeypoint(number, 1, k, 5.0))
    project.push(ImportInstances((1, k, Instance([[k, 0.0]] * 4)) for _ in range(20)))
    print(k, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX")
def test_killed_again_and_again(tmp_path):
    path = tmp_path / "p.pose"
    with Project.create(path, FOUR) as project:
        project.push(AddVideo(video_record(num_frames=10**6)))
    done = -1
    for round_number in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as child:
            # Each round dies at another place: some lines later, in the midst of whatever runs then.
            for line in itertools.islice(child.stdout, 3 + 4 * round_number):
                done = int(line)
            child.kill()
        with Project.open(path) as project:
            assert not project.read_only
            assert project._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            frames = project.labelled_frames(1)
            assert frames.tolist() == list(range(len(frames))) and len(frames) > done
            for frame_idx in range(done + 1):
                assert len(project.instances(1, frame_idx)) == 21
            for _, frame_idx, people in project.iter_frames():
                # The edit of twenty is there as a whole or not at all.
                assert len(people) in ((21,) if frame_idx <= done else (1, 21))
            done = len(frames) - 1
            # A frame cut short is finished, so that the next round starts from whole ones.
            if len(project.instances(1, done)) == 1:
                assert project.undo() is not None
                while len(project.instances(1, done)) == 1:
                    assert project.undo() is not None
                done -= 1
    with Project.open(path) as project:
        steps = len([e for e in project.history(10**6) if not e.undone])
        for _ in range(steps):
            assert project.undo() is not None
        assert project.counts()["instances"] == 0 and project.undo() is None
    assert sorted(os.listdir(path)) == ["cache", "lock", "predictions", "project.db", "runs"]
