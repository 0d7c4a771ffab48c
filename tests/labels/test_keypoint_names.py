"""Which keypoints of two skeletons are the same, by their names."""

import pytest

from poseapp.errors import SkeletonError
from poseapp.labels.keypoint_names import check_names, guess_names, normal_form
from poseapp.labels.skeleton import load_skeleton

SPELLINGS = (
    "left_wrist",
    "LWrist",
    "wrist_l",
    "Wrist-Left",
    "leftWrist",
    "L_Wrist",
    "leftwrist",
    "wristLeft",
)


@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings_of_one_keypoint(name):
    assert normal_form(name) == ("left", "wrist")


def test_sides_are_kept_apart():
    assert normal_form("RKnee") == ("right", "knee") and normal_form("lips")[0] == ""


def test_openpose_names_find_ours():
    ours = load_skeleton("coco17").keypoints
    theirs = [
        "Nose", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist", "LHip", "RHip", "LKnee",
        "RKnee", "LAnkle", "RAnkle", "LBigToe",
    ]  # fmt: skip
    found = guess_names(theirs, ours)
    assert found == {
        "Nose": "nose", "LShoulder": "left_shoulder", "RShoulder": "right_shoulder", "LElbow": "left_elbow",
        "RElbow": "right_elbow", "LWrist": "left_wrist", "RWrist": "right_wrist", "LHip": "left_hip",
        "RHip": "right_hip", "LKnee": "left_knee", "RKnee": "right_knee", "LAnkle": "left_ankle",
        "RAnkle": "right_ankle",
    }  # fmt: skip


def test_mice_find_each_other():
    ours = load_skeleton("openfield4").keypoints
    found = guess_names(["nose", "ear_L", "ear_R", "tail_base"], ours)
    assert found == {"nose": "snout", "ear_L": "leftear", "ear_R": "rightear", "tail_base": "tailbase"}


def test_what_could_be_several_is_left_to_the_person():
    assert guess_names(["LHand", "LWrist"], ["left_wrist"]) == {}
    assert guess_names(["hand"], ["wrist", "hand"]) == {"hand": "hand"}


def test_a_mapping_is_checked():
    with pytest.raises(SkeletonError, match="The file has no keypoint 'x'"):
        check_names({"x": "a"}, ["b"], ["a"])
    with pytest.raises(SkeletonError, match="The project has no keypoint 'z'"):
        check_names({"b": "z"}, ["b"], ["a"])
    with pytest.raises(SkeletonError, match="'b' and 'c' cannot both be the keypoint 'a'"):
        check_names({"b": "a", "c": "a"}, ["b", "c"], ["a"])
