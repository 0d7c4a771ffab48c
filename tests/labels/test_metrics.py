import numpy as np
import pytest

from poseapp.errors import PoseError, SkeletonError
from poseapp.labels.instance import Instance
from poseapp.labels.metrics import TruthItem, evaluate, evaluate_points
from poseapp.labels.skeleton import Skeleton, load_skeleton

BODY = Skeleton(
    "body",
    ("right_shoulder", "left_shoulder", "right_hip", "left_hip", "head_top", "neck"),
)
# Diagonal 50 px, both ways; head 10 px.
TRUE = np.array([[0.0, 0.0], [30.0, 0.0], [0.0, 40.0], [30.0, 40.0], [15.0, -20.0], [15.0, -10.0]])
# Off by 0, 5, 10, 11 px, missing, 5 px.
PRED = TRUE + np.array([[0, 0], [3, 4], [6, 8], [11, 0], [np.nan, 0], [5, 0]])


def one_image(pred=PRED, true=TRUE, metrics=("pck@0.2",), **fields):
    return evaluate([TruthItem([Instance(true, **fields)])], [[Instance(pred)]], BODY, BODY, metrics)


def test_all_metrics_of_one_person():
    shares = ["pck@0.2", "pck@0.1", "pdj@0.2", "pckh@0.5", "pckh@0.51", "within@5px"]
    result = one_image(metrics=[*shares, "mean_px", "median_px", "auc"])
    assert (result["images"], result["instances"], result["keypoints"]) == (1, 1, 6)
    assert result["missing"] == 1 and result["unmatched"] == []
    assert result["pck@0.2"] == 4 / 6  # at most 10 px: 0, 5, 10, 5
    assert result["pck@0.1"] == 3 / 6  # at most 5 px
    assert result["pdj@0.2"] == 4 / 6  # left shoulder to right hip is 50 px too
    assert result["pckh@0.5"] == 1 / 6  # below 5 px: 0
    assert result["pckh@0.51"] == 3 / 6
    assert result["within@5px"] == 3 / 6
    assert result["mean_px"] == pytest.approx((0 + 5 + 10 + 11 + 5) / 5)
    assert result["median_px"] == 5
    # Thresholds 0, .01 ... .5 of 50 px: right from .0 (51), .1 (41), .2 (31), .22 (29), never, .1 (41).
    assert result["auc"] == pytest.approx((51 + 41 + 31 + 29 + 0 + 41) / 51 / 6)
    hip = result["per_keypoint"]["left_hip"]
    assert (hip["count"], hip["missing"], hip["pck@0.2"], hip["mean_px"]) == (1, 0, 0.0, 11.0)
    assert result["per_keypoint"]["head_top"]["missing"] == 1
    assert result["per_keypoint"]["head_top"]["mean_px"] is None


def test_pcp_in_the_result():
    result = one_image(metrics=["pcp@0.5"])
    # Torso: mid-shoulder off by (1.5, 2), mid-hip by (8.5, 4), 40 px long: right. Head has no prediction.
    assert result["pcp@0.5"] == 0.5
    assert result["per_limb"]["torso"] == {"pcp@0.5": 1.0, "count": 1}
    assert result["per_limb"]["head"] == {"pcp@0.5": 0.0, "count": 1}


def test_limbs_leaves_out_head_and_neck():
    assert one_image(metrics=["pck@0.2:limbs"])["pck@0.2:limbs"] == 3 / 4


def test_hidden_keypoints_count_and_unlabelled_do_not():
    result = one_image(visibility=[2, 1, 2, 2, 0, 0])
    assert (result["keypoints"], result["pck@0.2"]) == (4, 3 / 4)


def test_people_without_a_whole_torso_do_not_count_for_pck_but_for_pixels():
    result = one_image(metrics=["pck@0.2", "mean_px"], visibility=[0, 2, 2, 2, 2, 2])
    assert result["pck@0.2"] is None
    assert result["mean_px"] == pytest.approx((5 + 10 + 11 + 5) / 4)


def test_without_a_torso_the_longer_side_of_the_box_is_the_measure():
    mouse = load_skeleton("openfield4")
    true = Instance([[0, 0], [10, 0], [0, 20], [5, 100]])
    pred = Instance([[0, 20], [10, 20.1], [0, 20], [5, 100]])
    result = evaluate([TruthItem([true])], [[pred]], mouse, mouse, ["pck@0.2"])
    assert result["pck@0.2"] == 3 / 4  # 20 px allowed, of a box 10 x 100
    boxed = true.copy()
    boxed.box = np.array([0.0, 0.0, 200.0, 100.0])
    assert evaluate([TruthItem([boxed])], [[pred]], mouse, mouse, ["pck@0.2"])["pck@0.2"] == 1


def test_nobody_found_is_all_missing():
    result = evaluate([TruthItem([Instance(TRUE)])], [[]], BODY, BODY, ["pck@0.2", "mean_px", "oks_ap"])
    assert (result["pck@0.2"], result["mean_px"], result["missing"], result["oks_ap"]) == (0, None, 6, 0)


def test_nothing_labelled_gives_none_everywhere():
    empty = [TruthItem([Instance.empty(6)]), TruthItem([])]
    metrics = ["pck@0.2", "mean_px", "auc", "oks_ap", "pcp@0.5", "pckh@0.5"]
    result = evaluate(empty, [[Instance(PRED)], []], BODY, BODY, metrics)
    assert (result["images"], result["instances"], result["keypoints"]) == (2, 0, 0)
    assert all(result[metric] is None for metric in metrics)


def test_of_several_predictions_the_best_score_counts_for_one_person():
    good, bad = Instance(TRUE, score=0.4), Instance(TRUE + 100, score=0.9)
    truth = [TruthItem([Instance(TRUE)])]
    assert evaluate(truth, [[good, bad]], BODY, BODY, ["pck@0.2"])["pck@0.2"] == 0
    assert evaluate(truth, [[good, bad]], BODY, BODY, ["pck@0.2"], matching="oks")["pck@0.2"] == 1


def test_several_people_are_matched_by_likeness():
    truth = [TruthItem([Instance(TRUE), Instance(TRUE + 500)])]
    found = [Instance(TRUE + 501, score=0.9), Instance(TRUE + 1, score=0.8), Instance(TRUE + 2, score=0.1)]
    result = evaluate(truth, [found], BODY, BODY, ["mean_px"])
    assert result["mean_px"] == pytest.approx(np.sqrt(2)) and result["missing"] == 0


def test_crowds_are_left_out():
    crowd = Instance(TRUE, extra={"iscrowd": 1})
    result = evaluate([TruthItem([Instance(TRUE), crowd])], [[Instance(TRUE)]], BODY, BODY, ["pck@0.2"])
    assert (result["instances"], result["pck@0.2"]) == (1, 1)


def test_skeletons_are_matched_by_name_and_the_torso_is_that_of_the_truth():
    limbs = Skeleton("some", ("neck", "left_hip", "tail"))
    pred = Instance(np.array([TRUE[5], TRUE[3], [0, 0]]))
    result = evaluate([TruthItem([Instance(TRUE)])], [[pred]], limbs, BODY, ["pck@0.2", "oks_ap"])
    assert (result["keypoints"], result["pck@0.2"], result["oks_ap"]) == (2, 1, pytest.approx(1))
    assert list(result["per_keypoint"]) == ["left_hip", "neck"]
    assert result["unmatched"] == ["tail", "right_shoulder", "left_shoulder", "right_hip", "head_top"]
    with pytest.raises(SkeletonError, match="share no keypoint"):
        evaluate([], [], load_skeleton("hand21"), BODY)


@pytest.mark.parametrize(
    "metric", ["pck", "pck@", "pck@x", "pck@-1", "pck@nan", "foo@0.2", "pck@0.2:arms", ""]
)
def test_unknown_metrics_are_named(metric):
    with pytest.raises(PoseError, match="There is no metric"):
        one_image(metrics=[metric])


def test_lists_of_different_length():
    with pytest.raises(PoseError, match="2 images and labels for 1"):
        evaluate([TruthItem()], [[], []], BODY, BODY)
    with pytest.raises(PoseError, match="no matching"):
        evaluate([], [], BODY, BODY, matching="best")


def test_pckh_leaves_out_pelvis_and_thorax():
    mpii = load_skeleton("mpii16")
    true = np.arange(32, dtype=float).reshape(16, 2)
    heads = np.array([[0.0, 0.0, 30.0, 40.0]])  # 0.6 x 50 = 30 px
    args = (None, true[None], np.full((1, 16), 2), np.zeros((1, 4)), mpii, ["pckh@0.5"])
    result = evaluate_points(true[None] + [14, 0], *args, head_boxes=heads)
    assert result["pckh@0.5"] == 1 and result["per_keypoint"]["pelvis"]["pckh@0.5"] is None
    assert evaluate_points(true[None] + [15, 0], *args, head_boxes=heads)["pckh@0.5"] == 0


def test_oks_ap_from_arrays():
    coco = load_skeleton("coco17")
    rng = np.random.default_rng(1)
    true = rng.uniform(0, 200, (5, 17, 2))
    visibility = np.full((5, 17), 2)
    boxes = np.array([[0.0, 0.0, 200.0, 200.0]] * 5)
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    pred = true.copy()
    pred[3] += 1000
    # 3 right, 1 wrong, 1 right: precision 1 up to recall .6, then 4/5 at recall .8, then nothing.
    result = evaluate_points(pred, scores, true, visibility, boxes, coco, ["oks_ap"])
    assert result["oks_ap"] == pytest.approx((61 * 1 + 20 * 0.8) / 101)
