"""Mistakes put into a calm motion are found, named and told once."""

import numpy as np
import pytest

from poseapp.labels.doubt import Limits, find_doubts, one_a_frame
from poseapp.labels.skeleton import Skeleton, load_skeleton
from poseapp.labels.tracks import link, numbers_in_frame, per_track
from poseapp.labels.trajectories import PeopleTable
from tests.gui.figures import true_points

COCO = load_skeleton("coco17")
WRIST, LEFT_KNEE, LEFT_ANKLE = 9, 13, 15
FRAMES = 120


def table(people: int = 1, frames: int = FRAMES) -> PeopleTable:
    """Walking figures, far from each other, all sure."""
    rng = np.random.default_rng(1)
    one = np.array([true_points(k % 24 if (k // 24) % 2 == 0 else 23 - k % 24) for k in range(frames)])
    points = one[:, None] * 2 + np.arange(people)[:, None, None] * [900, 0]
    points = (points + rng.normal(0, 0.5, points.shape)).reshape(-1, 17, 2).astype(np.float32)
    scores = np.full((len(points), 17), 0.9, np.float32)
    index = np.repeat(np.arange(frames), people)
    return PeopleTable(index, points, scores, np.full(len(points), -1), np.zeros(len(points), bool))


def test_a_calm_motion_has_no_doubts():
    assert find_doubts(table(people=2), COCO) == []


def test_a_jump_names_keypoint_and_pixels():
    made = table()
    made.points[50, WRIST] += (61, 0)
    (doubt,) = [d for d in find_doubts(made, COCO) if d.kind == "jump"]
    assert doubt.frame_idx == 50 and doubt.keypoints[0] == WRIST and doubt.person == 0
    assert doubt.value == pytest.approx(61, abs=8)
    assert doubt.text.startswith("left wrist jumps ") and doubt.text.endswith(" px in one frame")


def test_a_jump_of_one_person_is_not_one_of_the_other():
    made = table(people=2)
    row = np.flatnonzero((made.frames == 50) & (numbers_in_frame(made.frames) == 1))[0]
    made.points[row, WRIST] += (0, 70)
    doubts = [d for d in find_doubts(made, COCO) if d.kind == "jump"]
    assert [(d.frame_idx, d.person) for d in doubts] == [(50, 1)]


def test_people_listed_in_another_order_are_followed():
    made = table(people=2)
    for frame in range(1, FRAMES, 2):
        rows = np.flatnonzero(made.frames == frame)
        made.points[rows] = made.points[rows[::-1]]
    assert find_doubts(made, COCO) == []
    before, tracks = link(made)
    assert len(np.unique(tracks)) == 2 and (before >= 0).sum() == 2 * (FRAMES - 1)


@pytest.mark.parametrize("length", [1, 3, 40])
def test_swapped_sides_are_found_until_they_are_right_again(length):
    made = table()
    made.points[60 : 60 + length] = made.points[60 : 60 + length][:, COCO.swap_index]
    doubts = [d for d in find_doubts(made, COCO, Limits(apart=0)) if d.kind == "flip"]
    assert sorted(d.frame_idx for d in doubts) == list(range(60, 60 + length))
    assert doubts[0].frame_idx in (60, 60 + length - 1)
    assert doubts[0].text == "left and right of the person look swapped"


def test_swapped_legs_are_called_legs():
    made = table()
    order = np.arange(17)
    order[[11, 12, 13, 14, 15, 16]] = [12, 11, 14, 13, 16, 15]
    made.points[40] = made.points[40][order]
    (doubt,) = [d for d in find_doubts(made, COCO) if d.kind == "flip"]
    assert (doubt.frame_idx, doubt.text) == (40, "left and right legs look swapped")
    assert set(doubt.keypoints) == {11, 12, 13, 14, 15, 16}


def test_a_stretched_shin_is_told_in_times_its_length():
    made = table()
    knee = made.points[30, LEFT_KNEE]
    made.points[30, LEFT_ANKLE] = knee + 1.9 * (made.points[30, LEFT_ANKLE] - knee)
    (doubt,) = [d for d in find_doubts(made, COCO) if d.kind == "bone"]
    assert doubt.frame_idx == 30 and set(doubt.keypoints) == {LEFT_KNEE, LEFT_ANKLE}
    assert doubt.value == pytest.approx(1.9, abs=0.1) and doubt.text == "left shin is 1.9x its usual length"


def test_somebody_who_comes_nearer_keeps_their_bones():
    made = table()
    grow = np.linspace(1, 4, FRAMES)[:, None, None]
    made.points[:] = made.points * grow
    assert [d for d in find_doubts(made, COCO) if d.kind == "bone"] == []


def test_low_scores_of_person_and_keypoint():
    made = table()
    made.scores[20] = 0.31
    made.scores[70, WRIST] = 0.1
    doubts = find_doubts(made, COCO)
    assert [(d.frame_idx, d.text, d.keypoints) for d in doubts] == [
        (70, "left wrist has score .10", (WRIST,)),
        (20, "score .31", ()),
    ]
    assert find_doubts(made, COCO, Limits(score=0.1)) == []


def test_a_keypoint_that_is_always_unsure_is_no_news():
    made = table()
    made.scores[:, WRIST] = 0.1
    assert find_doubts(made, COCO) == []


def test_one_mistake_over_many_frames_is_told_once_and_frames_with_nobody_too():
    made = table()
    made.scores[20:30] = np.linspace(0.4, 0.2, 10)[:, None]
    doubts = find_doubts(made, COCO, empty=np.array([140, 141, 142]))
    assert [d.frame_idx for d in doubts] == [140, 29]
    assert doubts[0].text == "nobody was found here" and doubts[0].person is None


def test_signs_can_be_chosen_and_are_merged_to_one_a_frame():
    made = table()
    made.points[50, WRIST] += (90, 0)
    assert {d.kind for d in find_doubts(made, COCO)} == {"jump", "bone"}
    assert {d.kind for d in find_doubts(made, COCO, kinds=("bone",))} == {"bone"}
    (best,) = one_a_frame(find_doubts(made, COCO))
    assert best.frame_idx == 50


def test_missing_keypoints_and_skeletons_without_pairs_do_no_harm():
    made = table()
    made.points[:, 3] = np.nan
    made.points[10] = np.nan
    bare = Skeleton("bare", COCO.keypoints)
    assert find_doubts(made, bare) == find_doubts(PeopleTable.empty(17), COCO) == []


def test_the_usual_of_a_short_track_is_that_of_everybody():
    values, tracks = np.array([[1.0]] * 40 + [[9.0]] * 3), np.array([0] * 40 + [1] * 3)
    assert per_track(values, tracks)[:, 0].tolist() == [1.0] * 43
