"""Each number here was worked out by hand."""

import numpy as np
import pytest

from poseapp.labels.measures import head_sizes, limbs_of, pck, pcp, torso_diagonal, torso_diameter
from poseapp.labels.skeleton import Skeleton, load_skeleton

# Three keypoints: 3 px off, missing, exactly 5 px off (3-4-5 triangle).
TRUE = np.array([[[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]]])
PRED = np.array([[[3.0, 0.0], [np.nan, np.nan], [23.0, 4.0]]])
ALL = np.ones((1, 3), bool)


def test_pck_counts_a_point_exactly_on_the_threshold_and_a_missing_one_as_wrong():
    share, right, total = pck(PRED, TRUE, ALL, np.array([50.0]), 0.1)
    assert (share, right.tolist(), total.tolist()) == (2 / 3, [1, 0, 1], [1, 1, 1])


def test_pckh_compares_strictly():
    share, right, _ = pck(PRED, TRUE, ALL, np.array([50.0]), 0.1, strict=True)
    assert (share, right.tolist()) == (1 / 3, [1, 0, 0])


@pytest.mark.parametrize(("threshold", "right"), [(0.0, 0), (0.059, 0), (0.06, 1), (0.099, 1), (0.1, 2)])
def test_pck_thresholds(threshold, right):
    assert pck(PRED, TRUE, ALL, np.array([50.0]), threshold)[0] == right / 3


def test_pck_on_decimal_thresholds_is_not_decided_by_rounding():
    # 0.2 x 15.35 is 3.0700000000000003 or 3.07 depending on who multiplies.
    true, pred = np.zeros((1, 1, 2)), np.array([[[3.07, 0.0]]])
    one = np.ones((1, 1), bool)
    assert pck(pred, true, one, np.array([15.35]), 0.2)[0] == 1
    assert pck(pred, true, one, np.array([15.35]), 0.2, strict=True)[0] == 0


def test_pck_leaves_out_unlabelled_keypoints_and_people_without_a_normaliser():
    pred, true = np.repeat(PRED, 2, axis=0), np.repeat(TRUE, 2, axis=0)
    labelled = np.array([[True, False, False], [True, True, True]])
    share, right, total = pck(pred, true, labelled, np.array([50.0, np.nan]), 0.1)
    assert (share, right.tolist(), total.tolist()) == (1.0, [1, 0, 0], [1, 0, 0])
    assert pck(pred, true, labelled, np.array([0.0, np.nan]), 0.1)[0] is None


BODY = Skeleton("torso", ("right_shoulder", "left_shoulder", "right_hip", "left_hip"))


def test_torso_lengths():
    # Right shoulder to left hip: (6, 8), 10 px. Left shoulder to right hip: (0, 7), 7 px.
    true = np.array([[[0.0, 0.0], [5.0, 0.0], [5.0, 7.0], [6.0, 8.0]]] * 2)
    visibility = np.array([[2, 2, 2, 1], [2, 2, 2, 0]])
    assert torso_diagonal(true, visibility, BODY)[0] == 10
    assert np.isnan(torso_diagonal(true, visibility, BODY)[1])
    assert torso_diameter(true, visibility, BODY).tolist() == [7, 7]
    assert np.isnan(torso_diagonal(true[:, :3], visibility[:, :3], Skeleton("x", ("a", "b", "c")))).all()


def test_head_sizes_from_the_box_or_the_two_ends():
    skeleton = Skeleton("head", ("head_top", "upper_neck"))
    true = np.array([[[0.0, 0.0], [0.0, 9.0]]] * 3)
    visibility = np.array([[2, 2], [2, 2], [2, 0]])
    boxes = np.array([[10.0, 10.0, 40.0, 50.0], [np.nan] * 4, [np.nan] * 4])
    sizes = head_sizes(true, visibility, skeleton, boxes)
    assert sizes[:2].tolist() == [30.0, 9.0] and np.isnan(sizes[2])  # 0.6 x 50; 9


def test_pcp_needs_both_ends():
    skeleton = Skeleton("arm", ("left_shoulder", "left_elbow", "left_wrist"))
    true = np.array([[[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]]])
    # Shoulder 5 px off (exactly half of 10), elbow right, wrist 5.1 px off.
    pred = np.array([[[5.0, 0.0], [10.0, 0.0], [25.1, 0.0]]])
    share, each = pcp(pred, true, ALL, skeleton, 0.5)
    assert share == 0.5
    assert each == {"left_upper_arm": (1, 1), "left_lower_arm": (0, 1)}
    pred[0, 0] = np.nan
    assert pcp(pred, true, ALL, skeleton, 0.5)[0] == 0
    assert pcp(pred, true, ~ALL, skeleton, 0.5)[0] is None


def test_pcp_limbs():
    assert len(limbs_of(load_skeleton("lsp14"))) == 10
    assert {name for name, _, _ in limbs_of(load_skeleton("lsp14"))} >= {"head", "torso", "right_lower_leg"}
    assert len(limbs_of(load_skeleton("coco17"))) == 9
    mouse = load_skeleton("openfield4")
    assert [name for name, _, _ in limbs_of(mouse)][0] == "snout-leftear"


def test_pcp_torso_runs_between_midpoints():
    # Mid-shoulder (2, 0) to mid-hip (2, 10): length 10. Both shoulders 6 px to the left: the midpoint too.
    true = np.array([[[0.0, 0.0], [4.0, 0.0], [0.0, 10.0], [4.0, 10.0]]])
    skeleton = Skeleton("body", BODY.keypoints + ("left_elbow",))
    true = np.concatenate([true, [[[4.0, 8.0]]]], axis=1)
    pred = true.copy()
    pred[0, :2, 0] -= 6
    _, each = pcp(pred, true, np.ones((1, 5), bool), skeleton, 0.5)
    assert each["torso"] == (0, 1)
    assert pcp(pred, true, np.ones((1, 5), bool), skeleton, 0.6)[1]["torso"] == (1, 1)
