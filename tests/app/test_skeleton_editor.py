"""The skeleton editor without a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.app.skeleton_draft import SkeletonDraft
from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.app.templates import template_points
from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance, AddVideo, SetSkeleton
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import Skeleton, list_skeletons, load_skeleton

MOUSE = Skeleton("mouse", ("nose", "l_ear", "r_ear", "tail"), ((0, 3),), ((1, 2),))


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "mouse.pose", MOUSE) as made:
        made.push(AddVideo(VideoRecord(0, "m.mp4", "", "/m.mp4", 10, 100, 100, 25.0)))
        for frame in (0, 1):
            made.push(AddInstance(1, frame, Instance(np.arange(8.0).reshape(4, 2) + frame)))
        yield made


@pytest.mark.parametrize("name", list_skeletons())
def test_every_template_is_drawn_within_the_picture_and_comes_back_unchanged(name: str) -> None:
    shipped = load_skeleton(name)
    draft = SkeletonDraft.of(shipped)
    places = np.array([(p.x, p.y) for p in draft.points])
    assert places.min() >= 0 and places.max() <= 1
    assert len(np.unique(places.round(3), axis=0)) >= len(places) - 3
    made = draft.skeleton()
    assert made == shipped
    assert len(draft.place(0, 0.1, 0.2).skeleton().pose) == shipped.num_keypoints


def test_a_mouse_from_scratch() -> None:
    editor = SkeletonEditor(SkeletonDraft("mouse"))
    keys = [editor.add() for _ in range(3)]
    for key, name in zip(keys, ("nose", "left_ear", "right_ear"), strict=True):
        editor.do(f"Rename to {name}", editor.draft.rename(key, name))
    editor.toggle_edge(keys[0], keys[1])
    editor.do("Move", editor.draft.place(keys[0], 0.5, 1.7))
    made = editor.draft.skeleton()
    assert made.keypoints == ("nose", "left_ear", "right_ear")
    assert made.edges == ((0, 1),) and made.swap_pairs == ((1, 2),) and made.pose[0] == (0.5, 1.0)
    assert np.allclose(template_points(made, (0, 0, 10, 10)).max(axis=0), 10)


def test_problems_are_named_with_their_keypoint() -> None:
    draft = SkeletonDraft()
    assert [p.text for p in draft.problems()] == [
        "Give the skeleton a name.", "Add a keypoint: a skeleton needs at least one.",
    ]  # fmt: skip
    draft, first = draft.add("nose")
    draft, second = draft.add("nose")
    draft, third = draft.add("x")
    draft = draft.rename(third, "  ")
    problems = [(p.text, p.key) for p in draft.problems()[1:]]
    assert problems == [
        ("Two keypoints are called 'nose'; rename one.", second),
        ("Keypoint 3 has no name; type one.", third),
    ]
    assert draft.connect(first, first) == draft
    with pytest.raises(PoseError):
        draft.skeleton()


def test_pairs_can_be_said_flipped_and_guessed_again() -> None:
    draft = SkeletonDraft.of(MOUSE)
    assert (draft.side(1), draft.side(2), draft.side(0)) == ("left", "right", "middle")
    assert draft.flip(1).side(1) == "right"
    alone = draft.pair(1, None)
    assert alone.pairs == () and alone.rename(1, "left_ear").rename(2, "right_ear").pairs == ()
    assert draft.pair(2, 1).pairs == ((1, 2),)  # the names tell who is left
    assert draft.pair(0, 1).pairs == ((0, 1),) and draft.pair(0, 1).partner(2) is None
    assert draft.pair(0, 1).guess_sides().pairs == ((1, 2),)


def test_the_labels_of_a_project_follow(project: Project) -> None:
    editor = SkeletonEditor.for_project(project)
    editor.do("Rename", editor.draft.rename(1, "left_ear"))
    editor.select(3)
    editor.remove()
    editor.select(0)
    editor.shift(1)
    change = editor.change()
    assert change is not None and change.text == (
        "Rename l_ear to left_ear, move 1, remove tail; 2 labels of 'tail' in 2 frames will be removed, "
        "all others stay; Undo brings them back."
    )
    project.push(SetSkeleton(editor.draft.skeleton(), editor.draft.renamed()))
    assert project.skeleton.keypoints == ("left_ear", "nose", "r_ear")
    assert project.instances(1, 0)[0].points.tolist() == [[2, 3], [0, 1], [4, 5]]


def test_a_template_keeps_the_keypoints_of_the_same_name(project: Project) -> None:
    editor = SkeletonEditor.for_project(project)
    editor.start_from(Skeleton("other", ("tail", "nose", "hip")))
    change = editor.change()
    assert change is not None and [name for name, _, _ in change.removed] == ["l_ear", "r_ear"]
    assert change.added == ("hip",) and change.renamed == ()


def test_a_drag_is_one_step_and_files_come_back(tmp_path: Path) -> None:
    editor = SkeletonEditor(SkeletonDraft.of(MOUSE))
    start = editor.draft
    for x in (0.1, 0.2, 0.3):
        editor.do("Move nose", editor.draft.place(0, x, 0.5), gesture="drag 0")
    editor.end_gesture()
    assert editor.undo() == "Move nose" and editor.draft == start
    assert editor.redo() == "Move nose" and editor.draft.at(0).x == 0.3
    editor.save(tmp_path / "m.toml")
    other = SkeletonEditor(SkeletonDraft())
    other.load(tmp_path / "m.toml")
    assert other.draft.skeleton() == editor.draft.skeleton()


OPS = st.tuples(
    st.sampled_from(["add", "remove", "rename", "shift", "edge", "pair", "flip", "place", "undo", "redo"]),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(["nose", "l_ear", "left_ear", "right_ear", "tail", "hip"]),
)


@settings(max_examples=80, deadline=None)
@given(ops=st.lists(OPS, max_size=25))
def test_whatever_is_done_the_draft_is_sound_and_undo_leads_back(
    ops: list[tuple[str, int, int, str]],
) -> None:
    editor = SkeletonEditor(SkeletonDraft.of(MOUSE, keep_origin=True))
    start = editor.draft
    for what, a, b, name in ops:
        keys = [p.key for p in editor.draft.points]
        if what == "add":
            editor.add()
        elif what in ("undo", "redo"):
            getattr(editor, what)()
        elif keys:
            one, two = keys[a % len(keys)], keys[b % len(keys)]
            editor.select(one)
            if what == "remove":
                editor.remove()
            elif what == "shift":
                editor.shift(b - 5)
            elif what == "edge" and one != two:
                editor.toggle_edge(one, two)
            elif what in ("rename", "pair", "flip", "place"):
                drawn = editor.draft
                made = {
                    "rename": drawn.rename(one, name),
                    "pair": drawn.pair(one, two),
                    "flip": drawn.flip(one),
                    "place": drawn.place(one, a / 5, b / 5),
                }[what]
                editor.do(what, made)
        draft = editor.draft
        if not draft.problems():
            made_skeleton = draft.skeleton()  # raises where a pair or an edge is broken
            assert set(draft.renamed()) <= set(MOUSE.keypoints)
            assert set(draft.renamed().values()) <= set(made_skeleton.keypoints)
        else:
            paired = [key for pair in draft.pairs for key in pair]
            assert len(paired) == len(set(paired))
    while editor.undo():
        pass
    assert editor.draft == start
