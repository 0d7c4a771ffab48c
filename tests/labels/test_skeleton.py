import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.errors import SkeletonError
from poseapp.labels.skeleton import (
    Skeleton,
    list_skeletons,
    load_skeleton,
    match_keypoints,
    shipped_skeleton,
)

NUM_KEYPOINTS = {
    "coco17": (17, 19), "halpe26": (26, 27), "mpii16": (16, 14), "lsp14": (14, 13), "h36m17": (17, 16),
    "upper7": (7, 7), "hand21": (21, 20), "openfield4": (4, 4), "mirror_mouse17": (17, 12),
}  # fmt: skip


def test_what_is_shipped():
    assert list_skeletons() == sorted(NUM_KEYPOINTS)


@pytest.mark.parametrize("name", NUM_KEYPOINTS)
def test_shipped_skeletons_are_sound(name):
    skeleton = load_skeleton(name)
    assert skeleton.name == name and skeleton.description
    assert (skeleton.num_keypoints, len(skeleton.edges)) == NUM_KEYPOINTS[name]
    assert shipped_skeleton(skeleton.keypoints) == skeleton
    # The pairs on file are those that the names tell.
    assert Skeleton.from_names(name, skeleton.keypoints).swap_pairs == tuple(sorted(skeleton.swap_pairs))
    for left, right in skeleton.swap_pairs:
        assert skeleton.sides[left] == "left" and skeleton.sides[right] == "right"
    assert (skeleton.swap_index[skeleton.swap_index] == range(skeleton.num_keypoints)).all()


def test_coco17_order_and_torso():
    skeleton = load_skeleton("coco17")
    assert skeleton.keypoints[:3] == ("nose", "left_eye", "right_eye")
    assert [skeleton.keypoints[i] for i in skeleton.torso] == [
        "right_shoulder", "left_shoulder", "right_hip", "left_hip",
    ]  # fmt: skip
    assert skeleton.sigmas[0] == 0.026 and skeleton.sigmas[11] == 0.107


def test_no_torso_without_hips():
    assert load_skeleton("upper7").torso is None


def test_mpii_flip_pairs_as_published():
    pairs = {frozenset(pair) for pair in load_skeleton("mpii16").swap_pairs}
    assert pairs == {frozenset(p) for p in ((0, 5), (1, 4), (2, 3), (10, 15), (11, 14), (12, 13))}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"keypoints": ()}, "no keypoints"),
        ({"keypoints": ("a", "b", "a")}, "'a' twice"),
        ({"keypoints": ("a", " ")}, "without a name"),
        ({"edges": ((0, 2),)}, "numbered 0 to 1"),
        ({"edges": ((-1, 0),)}, "numbered 0 to 1"),
        ({"edges": ((1, 1),)}, "'b' to itself"),
        ({"keypoints": ("a", "b", "c"), "swap_pairs": ((0, 1), (1, 2))}, "'b' in two swap pairs"),
        ({"sigmas": (0.1,)}, "1 sigmas for 2"),
        ({"sigmas": (0.1, float("nan"))}, "not a positive number"),
        ({"keypoints": ("a", "\ud800")}, "not valid Unicode"),
    ],
)
def test_bad_skeletons(fields, message):
    with pytest.raises(SkeletonError, match=message) as caught:
        Skeleton(**({"name": "s", "keypoints": ("a", "b")} | fields))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = 'x'", "needs `name`"),
        ("name = 'x'\nkeypoints = ['a']\nedges = [['a', 'z']]", "'z', which is not one of the keypoints"),
        ("name = 'x'\nkeypoints = ['a']\nedges = [['a']]", "list of pairs"),
        ("name = 'x'\nkeypoints = ['a']\nsigmas = 'much'", "list of numbers"),
        ("name = [", "not a TOML file"),
    ],
)
def test_bad_files(tmp_path, text, message):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(SkeletonError, match=message) as caught:
        load_skeleton(path)
    assert "\n" not in str(caught.value)


def test_unknown_names_list_what_there_is():
    with pytest.raises(SkeletonError, match="coco17"):
        load_skeleton("coco18")
    with pytest.raises(SkeletonError, match="no keypoint 'left_knie'"):
        load_skeleton("coco17").index("left_knie")


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(st.lists(names, min_size=1, max_size=6, unique=True), names, st.data())
def test_toml_round_trip(tmp_path_factory, keypoints, name, data):
    ends = st.integers(0, len(keypoints) - 1)
    edges = data.draw(st.lists(st.tuples(ends, ends).filter(lambda p: p[0] != p[1]), max_size=5))
    order = data.draw(st.permutations(range(len(keypoints))))
    pairs = tuple(zip(order[0::2], order[1::2], strict=False))
    skeleton = Skeleton(name, tuple(keypoints), tuple(edges), pairs, (0.05,) * len(keypoints), "a\n'\"\\\x7f")
    path = tmp_path_factory.mktemp("toml") / "s.toml"
    skeleton.to_toml(path)
    assert Skeleton.from_toml(path) == skeleton
    assert Skeleton.from_dict(skeleton.to_dict()) == skeleton


def test_match_keypoints_by_name():
    coco, lsp = load_skeleton("coco17"), load_skeleton("lsp14")
    pred_index, true_index, unmatched = match_keypoints(coco, lsp)
    assert [coco.keypoints[i] for i in pred_index] == [lsp.keypoints[i] for i in true_index]
    assert len(pred_index) == 12
    assert unmatched == ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "neck", "head_top"]


def test_skeletons_without_a_common_name():
    with pytest.raises(SkeletonError, match="share no keypoint"):
        match_keypoints(load_skeleton("hand21"), load_skeleton("openfield4"))
