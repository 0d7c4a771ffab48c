import pytest

from poseapp.labels.sides import guess_pairs, torso_indices


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        ("left_eye right_eye nose", ((0, 1),)),
        ("RKnee LKnee neck", ((1, 0),)),
        ("l_hip r_hip", ((0, 1),)),
        ("hip_r hip_l", ((1, 0),)),
        ("leftear rightear snout", ((0, 1),)),
        ("EarLeft EarRight", ((0, 1),)),
        ("kneeL kneeR", ((0, 1),)),
        ("lShldr rShldr", ((0, 1),)),
        ("lear rear", ((0, 1),)),
        ("paw1LH_top paw2LF_top paw3RF_top paw4RH_top", ((0, 3), (1, 2))),
        ("left_toe_1 left_toe_2 right_toe_1 right_toe_2", ((0, 2), (1, 3))),
        # No partner, no pair: the rear of a mouse, a lip, an upright bar.
        ("rear tail", ()),
        ("lip upright nose", ()),
        ("1 6 3 4", ()),
    ],
)
def test_pairs_from_names(names, pairs):
    assert guess_pairs(names.split()) == pairs


def test_a_keypoint_is_in_one_pair_only():
    pairs = guess_pairs(["left_a", "right_a", "l_a", "r_a", "LAx", "RAx"])
    flat = [index for pair in pairs for index in pair]
    assert len(flat) == len(set(flat)) == 6


@pytest.mark.parametrize(
    "names",
    [
        "right_shoulder left_shoulder right_hip left_hip",
        "RShoulder LShoulder RHip LHip",
        "shoulder_r shoulder_l hip_r hip_l",
        "r-shoulder l-shoulder r-hip l-hip",
    ],
)
def test_torso_by_many_spellings(names):
    assert torso_indices(names.split()) == (0, 1, 2, 3)
