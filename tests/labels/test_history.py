"""Random edits: undoing them all leads back to the start, redoing them to the end, also over restarts."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp.errors import PoseError
from poseapp.labels import edits
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton
from tests.labels.material import FOUR, dump, person, video_record

ids = st.integers(1, 6)
videos = st.integers(1, 3)
frames = st.integers(0, 4)
keypoints = st.integers(0, 3)
coordinates = st.floats(-1e6, 1e6)
keys = st.sampled_from([None, None, "drag"])
SKELETONS = (FOUR, Skeleton("other", ("tail", "x", "nose", "y")), Skeleton("same", FOUR.keypoints[::-1]))

one_edit = st.one_of(
    st.builds(edits.AddVideo, st.builds(video_record, st.sampled_from(["a.mp4", "b.mp4"]))),
    st.builds(edits.RemoveVideo, videos),
    st.builds(edits.RelinkVideo, videos, st.just("/tmp/other.mp4"), st.sampled_from([None, "f"])),
    st.builds(edits.AddInstance, videos, frames, st.builds(person, coordinates), keys),
    st.builds(edits.AddInstance, videos, frames, st.builds(person, coordinates), keys),
    st.builds(
        edits.MoveKeypoint, ids, keypoints, coordinates, coordinates, st.sampled_from([None, 1, 2]), keys
    ),
    st.builds(edits.MoveInstance, ids, coordinates, coordinates, keys),
    st.builds(edits.SetVisibility, ids, keypoints, st.integers(0, 2), keys),
    st.builds(edits.SwapSides, ids),
    st.builds(edits.ReplaceInstance, ids, st.builds(person, coordinates), keys),
    st.builds(lambda v, f: edits.ImportInstances([(v, k, person(k)) for k in f]), videos, st.lists(frames)),
    st.builds(lambda i: edits.DeleteInstances(ids=i), st.lists(ids, min_size=1)),
    st.builds(lambda v: edits.DeleteInstances(video_id=v), videos),
    st.just(edits.DeleteInstances(everything=True)),
    st.builds(edits.SetSkeleton, st.sampled_from(SKELETONS)),
)
step = st.one_of(one_edit, one_edit, one_edit, st.sampled_from(["undo", "redo", "reopen"]))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(st.lists(step, max_size=25))
def test_undo_all_and_redo_all(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("history") / "p.pose"
    project = Project.create(path, FOUR)
    try:
        start = dump(project)
        states = [start]
        place = 0
        for action in steps:
            length = len(project.history(1000))
            if action == "reopen":
                project.close()
                project = Project.open(path)
            elif action == "undo":
                done = project.undo()
                assert (done is None) == (place == 0)
                place -= done is not None
            elif action == "redo":
                done = project.redo()
                assert (done is None) == (place == len(states) - 1)
                place += done is not None
            else:
                before = dump(project)
                try:
                    project.push(action)
                except PoseError:
                    assert dump(project) == before
                    continue
                merged = len(project.history(1000)) == length and place == len(states) - 1 and place > 0
                states[place + (not merged) :] = [dump(project)]
                place += not merged
            assert dump(project) == states[place]
        check_from_end_to_end(project, path, states, place)
    finally:
        project.close()


def check_from_end_to_end(project, path, states, place):
    while project.redo() is not None:
        place += 1
        assert dump(project) == states[place]
    assert place == len(states) - 1
    project.close()
    with Project.open(path) as again:
        for state in reversed(states[:-1]):
            assert again.undo() is not None
            assert dump(again) == state
        assert again.undo() is None
    with Project.open(path) as again:
        for state in states[1:]:
            assert again.redo() is not None
            assert dump(again) == state
        counted = again.counts()
        assert counted["instances"] == len(states[-1]["instance"])
        known = {row[0] for row in states[-1]["video"]}
        shown = {(row[1], row[2]) for row in states[-1]["instance"] if row[1] in known}
        assert counted["labelled_frames"] == len(shown)


def test_bulk_deletion_of_fifty_thousand_comes_back(project):
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 500, (4, 2))
    project.push(edits.ImportInstances((1, k % 100, Instance(points + k)) for k in range(50_000)))
    before = dump(project)
    project.push(edits.DeleteInstances(video_id=1))
    project.push(edits.RemoveVideo(1))
    project.close()
    with Project.open(project.path) as again:
        assert again.counts() == {"videos": 0, "labelled_frames": 0, "instances": 0}
        again.undo()
        again.undo()
        assert dump(again) == before and again.counts(1)["instances"] == 50_000
        again.redo()
        assert again.counts(1)["instances"] == 0
