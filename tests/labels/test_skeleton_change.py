"""Labels follow their keypoints through any change of the skeleton."""

import math
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.errors import ProjectError
from poseapp.labels.edits import AddInstance, AddVideo, SetSkeleton
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.skeleton_change import describe_change, keypoint_origins
from tests.labels.material import FOUR, dump, person, video_record

NAMES = ("nose", "left_hand", "right_hand", "tail", "hip", "snout", "ear")

# One step of somebody at the editor: what, which keypoint, which name, which place.
STEPS = st.tuples(
    st.sampled_from(["rename", "move", "add", "remove", "swap_names", "undo", "redo"]),
    st.integers(0, 6),
    st.sampled_from(NAMES),
    st.integers(0, 6),
)


def labelled_model(project: Project) -> list[dict[str, tuple[float, float, int, float]]]:
    """What each person's keypoints are, by name, in the order of the people."""
    found = []
    for _, _, people in project.iter_frames():
        for p in people:
            scores = p.scores if p.scores is not None else np.full(len(p.points), np.nan)
            found.append(
                {
                    name: (*p.points[k], int(p.visibility[k]), float(scores[k]))
                    for k, name in enumerate(project.skeleton.keypoints)
                    if p.visibility[k]
                }
            )
    return found


def step_of(names: list[str], step: tuple[str, int, str, int]) -> tuple[list[str], dict[str, str]] | None:
    """The names after a step and what was renamed, or None where it cannot be done."""
    what, which, name, place = step
    which %= len(names)
    if what == "rename" and name not in names:
        return [name if i == which else n for i, n in enumerate(names)], {names[which]: name}
    if what == "move":
        moved = [n for i, n in enumerate(names) if i != which]
        moved.insert(place % len(names), names[which])
        return moved, {}
    if what == "add" and name not in names:
        return [*names, name], {}
    if what == "remove" and len(names) > 1:
        return [n for i, n in enumerate(names) if i != which], {}
    other = place % len(names)
    if what == "swap_names" and other != which:
        swapped = list(names)
        swapped[which], swapped[other] = names[other], names[which]
        return swapped, {names[which]: names[other], names[other]: names[which]}
    return None


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=8), rng=st.integers(0, 1000))
def test_any_sequence_of_changes_keeps_every_label_of_what_stays(steps, rng):
    random = np.random.default_rng(rng)
    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder) / "p.pose", FOUR) as project:
        project.push(AddVideo(video_record()))
        for frame in range(3):
            visibility = random.integers(0, 3, 4)
            scores = random.random(4).astype(np.float32) if frame else None
            project.push(AddInstance(1, frame, Instance(random.random((4, 2)), visibility, scores)))
        states = [(list(FOUR.keypoints), labelled_model(project))]
        at = 0
        for step in steps:
            if step[0] in ("undo", "redo"):
                to = at + (1 if step[0] == "redo" else -1)
                if 0 <= to < len(states):
                    at = to
                    project.redo() if step[0] == "redo" else project.undo()
            else:
                names, model = states[at]
                made = step_of(names, step)
                if made is None:
                    continue
                new_names, renamed = made
                project.push(SetSkeleton(Skeleton("s", tuple(new_names)), renamed))
                follow = [
                    {renamed.get(n, n): v for n, v in one.items() if renamed.get(n, n) in new_names}
                    for one in model
                ]
                states = [*states[: at + 1], (new_names, follow)]
                at += 1
            assert list(project.skeleton.keypoints) == states[at][0]
            for found, wanted in zip(labelled_model(project), states[at][1], strict=True):
                assert found.keys() == wanted.keys()
                for name in found:
                    assert np.array_equal(found[name], wanted[name], equal_nan=True)


def test_a_name_given_up_belongs_to_who_takes_it(project):
    project.push(AddInstance(1, 0, person()))
    project.push(SetSkeleton(Skeleton("s", ("tail",)), {"nose": "tail"}))
    (found,) = project.instances(1, 0)
    assert found.points.tolist() == [[0, 1]]


def test_older_predictions_fit_a_renamed_skeleton_and_newer_ones_an_undone_one(project):
    old = project.skeleton
    project.push(SetSkeleton(replace(FOUR, keypoints=("snout", *FOUR.keypoints[1:])), {"nose": "snout"}))
    project.push(SetSkeleton(replace(FOUR, keypoints=("muzzle", *FOUR.keypoints[1:])), {"snout": "muzzle"}))
    new = project.skeleton
    assert new.former_names[0] == ("nose", "snout")
    assert new.columns_from(old) == [0, 1, 2, 3] == old.columns_from(new)
    assert Skeleton.from_dict(new.to_dict()).former_names == new.former_names
    assert project.undo() and project.undo() and project.skeleton.former_names == ()


def test_a_name_in_use_again_is_no_former_name(project):
    swapped = replace(FOUR, keypoints=("tail", "left_hand", "right_hand", "nose"))
    project.push(SetSkeleton(swapped, {"nose": "tail", "tail": "nose"}))
    assert project.skeleton.former_names == ()
    assert project.skeleton.columns_from(FOUR) == [3, 1, 2, 0]


def test_the_sentence_says_what_happens_to_labels(project):
    for frame in (0, 0, 1):
        project.push(AddInstance(1, frame, person(frame)))
    before = dump(project)
    new = Skeleton("n", ("right_hand", "snout", "left_hand", "ear"))
    change = describe_change(project, new, {"nose": "snout"})
    assert change.text == (
        "Rename nose to snout, move 1, add ear, remove tail; 3 labels of 'tail' in 2 frames will be removed, "
        "all others stay; Undo brings them back."
    )
    assert change.labels_lost == 3 and dump(project) == before
    assert describe_change(project, FOUR, {}).text == "Nothing is changed."
    assert "all labels stay" in describe_change(project, replace(FOUR, edges=()), {}).text


@pytest.mark.parametrize(
    ("renamed", "words"),
    [
        ({"foot": "nose"}, "no keypoint 'foot'"),
        ({"nose": "foot"}, "no such keypoint"),
        ({"nose": "tail", "left_hand": "tail"}, "Two keypoints"),
    ],
)
def test_wrong_renames_are_refused(renamed, words):
    with pytest.raises(ProjectError, match=words):
        keypoint_origins(FOUR, FOUR, renamed)


def test_looks_and_pose_survive_a_file(tmp_path):
    made = replace(
        FOUR,
        pose=((0.5, 0.1), (0.2, 0.5), (0.8, 0.5), (0.5, 0.9)),
        colors=("#ff0000", "", "", "#00ff00"),
        edge_colors=("", "#0000ff"),
        former_names=(("snout",), (), (), ()),
    )
    made.to_toml(tmp_path / "s.toml")
    read = Skeleton.from_toml(tmp_path / "s.toml")
    assert read == made and read.former_names == made.former_names
    assert [made.edge_color_of(e) for e in (0, 1)] == ["", "#0000ff"]
    assert set(FOUR.to_dict()) == {"name", "description", "keypoints", "edges", "swap_pairs", "sigmas"}
    assert math.isclose(read.pose[2][0], 0.8)
