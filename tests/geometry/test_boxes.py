"""Boxes: tight boxes of keypoints, overlap, clipping, squares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.geometry.boxes import box_area, box_of_points, clip_box, iou, square_box

NAN = float("nan")
COORDINATE = st.floats(-500, 500)
BOX = st.tuples(COORDINATE, COORDINATE, st.floats(1, 300), st.floats(1, 300)).map(
    lambda v: np.array([v[0], v[1], v[0] + v[2], v[1] + v[3]])
)


def test_box_of_points_leaves_out_unlabelled_keypoints() -> None:
    points = np.array([[10, 20], [30, 60], [NAN, NAN], [500, 500], [5, np.inf]])
    box = box_of_points(points, np.array([2, 1, 2, 0, 2]))
    assert box is not None
    np.testing.assert_array_equal(box, [10, 20, 30, 60])
    everything = box_of_points(points)
    assert everything is not None
    np.testing.assert_array_equal(everything, [10, 20, 500, 500])


def test_box_of_points_pads_by_the_longer_side() -> None:
    box = box_of_points(np.array([[10, 20], [30, 60]]), pad=0.25)
    assert box is not None
    np.testing.assert_allclose(box, [0, 10, 40, 70])


def test_box_of_points_without_labels_is_none() -> None:
    assert box_of_points(np.full((4, 2), NAN)) is None
    assert box_of_points(np.ones((4, 2)), np.zeros(4)) is None
    assert box_of_points(np.empty((0, 2))) is None


def test_iou_of_known_boxes() -> None:
    assert iou([0, 0, 2, 2], [1, 0, 3, 2]) == pytest.approx(1 / 3)
    assert iou([0, 0, 2, 2], [5, 5, 6, 6]) == 0
    assert iou([0, 0, 0, 2], [0, 0, 0, 2]) == 0
    assert iou([0, 0, NAN, 2], [0, 0, 1, 2]) == 0


@given(BOX, BOX)
def test_iou_is_symmetric_and_one_only_with_itself(a: np.ndarray, b: np.ndarray) -> None:
    assert float(iou(a, b)) == pytest.approx(float(iou(b, a)))
    assert 0 <= float(iou(a, b)) <= 1 + 1e-9
    assert float(iou(a, a)) == pytest.approx(1)
    assert float(iou(a, b)) <= min(box_area(a), box_area(b)) / max(box_area(a), box_area(b)) + 1e-9


def test_iou_broadcasts_to_a_matrix() -> None:
    a = np.array([[0, 0, 2, 2], [0, 0, 4, 4]])
    b = np.array([[0, 0, 2, 2], [2, 2, 4, 4], [9, 9, 10, 10]])
    np.testing.assert_allclose(iou(a[:, None], b[None]), [[1, 0, 0], [0.25, 0.25, 0]])


def test_clip_box_keeps_the_half_pixel_at_the_border() -> None:
    np.testing.assert_allclose(clip_box([-10, 3, 700, 900], 640, 480), [-0.5, 3, 639.5, 479.5])
    outside = clip_box([700, 10, 800, 20], 640, 480)
    assert box_area(outside) == 0


@given(BOX, st.floats(0.5, 3))
def test_square_box_keeps_the_centre(box: np.ndarray, scale: float) -> None:
    square = square_box(box, scale)
    side = square[2:] - square[:2]
    assert side[0] == pytest.approx(side[1])
    assert side[0] == pytest.approx(max((box[2:] - box[:2]).max() * scale, 1.0))
    np.testing.assert_allclose(square[:2] + square[2:], box[:2] + box[2:], atol=1e-6)


def test_square_box_of_a_point_has_the_least_side() -> None:
    np.testing.assert_allclose(square_box([5, 5, 5, 5], min_side=10), [0, 0, 10, 10])
