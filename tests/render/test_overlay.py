"""Overlays: the right colours at the right places, and nothing where there is nothing."""

import numpy as np
import pytest

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.render.overlay import SIDE_COLOURS, draw_instances, edge_side

SKELETON = Skeleton(
    "arms",
    ("neck", "left_hand", "right_hand"),
    edges=((0, 1), (0, 2), (1, 2)),
    swap_pairs=((1, 2),),
)
POINTS = [[100.0, 40.0], [160.0, 120.0], [40.0, 120.0]]


def blank() -> np.ndarray:
    return np.zeros((160, 200, 3), np.uint8)


def person(**fields) -> Instance:
    return Instance(np.array(POINTS), **fields)


def test_dots_have_the_colour_of_their_side():
    image = draw_instances(blank(), [person()], SKELETON)
    for (x, y), side in zip(POINTS, ("middle", "left", "right"), strict=True):
        assert tuple(image[int(y), int(x)]) == SIDE_COLOURS[side]


def test_edges_take_the_side_of_their_ends():
    assert edge_side(SKELETON, (0, 1)) == "left"
    assert edge_side(SKELETON, (0, 2)) == "right"
    assert edge_side(SKELETON, (1, 2)) == "middle"
    image = draw_instances(blank(), [person()], SKELETON, scale=4)
    assert tuple(image[80, 130]) == SIDE_COLOURS["left"]


def test_the_picture_given_is_left_alone():
    image = blank()
    drawn = draw_instances(image, [person()], SKELETON)
    assert not image.any() and drawn.any()
    assert np.array_equal(draw_instances(image, [], SKELETON), image)


def test_unlabelled_points_and_their_edges_are_not_drawn():
    visibility = np.array([2, 0, 2], np.uint8)
    image = draw_instances(blank(), [person(visibility=visibility)], SKELETON)
    assert not image[100:140, 120:].any()
    assert image[120, 40].any()


@pytest.mark.parametrize(
    "fields",
    [{"scores": np.array([0.9, 0.1, 0.9])}, {"visibility": np.array([2, 1, 2])}, {"scores": [1, np.nan, 1]}],
)
def test_a_doubtful_or_hidden_point_is_a_ring(fields):
    lonely = Skeleton("points", SKELETON.keypoints, swap_pairs=((1, 2),))
    image = draw_instances(blank(), [person(**fields)], lonely, scale=4)
    assert not image[120, 160].any(), "a ring is open in the middle"
    assert image[100:140, 140:180].any()
    assert image[120, 40].any(), "a sure point is filled"


def test_predictions_are_thinner():
    label = draw_instances(blank(), [person()], SKELETON, scale=4)
    prediction = draw_instances(blank(), [person()], SKELETON, scale=4, predicted=True)
    assert 0 < np.count_nonzero(prediction.any(2)) < np.count_nonzero(label.any(2))


def test_sizes_follow_the_picture():
    shares = []
    for factor in (3, 12):
        canvas = np.zeros((160 * factor, 200 * factor, 3), np.uint8)
        drawn = draw_instances(canvas, [Instance(np.array(POINTS) * factor)], SKELETON)
        shares.append(np.count_nonzero(drawn.any(2)) / canvas[..., 0].size)
    assert 0.4 < shares[1] / shares[0] < 1.5


def test_points_far_outside_do_no_harm():
    far = Instance(np.array([[1e9, 40.0], [-1e12, 120.0], [40.0, 120.0]]))
    image = draw_instances(blank(), [far], SKELETON)
    assert tuple(image[120, 40]) == SIDE_COLOURS["right"]
