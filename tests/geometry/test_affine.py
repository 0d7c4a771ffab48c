"""Crops and their inverses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.geometry.affine import apply, crop_matrix, frame_box, invert, warp

coordinate = st.floats(-500, 2500)
size = st.floats(5, 1500)


@given(coordinate, coordinate, size, size, st.floats(-3.2, 3.2), st.floats(0.4, 2.5), st.booleans())
def test_inverse_undoes_the_crop(x, y, w, h, rotation, scale, flip):
    matrix = crop_matrix(np.array([x, y, x + w, y + h]), (192, 256), rotation, scale, flip)
    points = np.array([[x, y], [x + w, y + h], [0.0, 0.0], [1000.0, -50.0]])
    assert np.abs(apply(invert(matrix), apply(matrix, points)) - points).max() < 1e-4


def test_box_centre_lands_in_the_middle_and_the_longer_side_fills_the_crop():
    matrix = crop_matrix(np.array([100.0, 50.0, 300.0, 150.0]), (200, 200))
    assert np.allclose(apply(matrix, np.array([200.0, 100.0])), [99.5, 99.5])
    left, right = apply(matrix, np.array([[100.0, 100.0], [300.0, 100.0]]))[:, 0]
    assert left == pytest.approx(-0.5) and right == pytest.approx(199.5)


def test_a_whole_frame_crop_of_the_same_size_is_the_identity():
    assert np.allclose(crop_matrix(frame_box(64, 64), (64, 64)), [[1, 0, 0], [0, 1, 0]])


def test_flip_mirrors_left_and_right_only():
    box = np.array([0.0, 0.0, 100.0, 100.0])
    plain, mirrored = crop_matrix(box, (64, 64)), crop_matrix(box, (64, 64), flip=True)
    points = np.array([[10.0, 70.0], [80.0, 5.0]])
    assert np.allclose(apply(mirrored, points)[:, 0], 63 - apply(plain, points)[:, 0])
    assert np.allclose(apply(mirrored, points)[:, 1], apply(plain, points)[:, 1])


@pytest.mark.parametrize("length", [300, 2600])
def test_warped_mark_is_where_the_matrix_says(length):
    """Also for a strong reduction, which averages first."""
    image = np.zeros((length, length, 3), np.uint8)
    mark = np.array([length * 0.62, length * 0.31])
    radius = length // 40
    x, y = mark.round().astype(int)
    image[y - radius : y + radius + 1, x - radius : x + radius + 1] = 255
    matrix = crop_matrix(np.array([0.1, 0.1, 0.9, 0.9]) * length, (96, 96), rotation_rad=0.4)
    crop = warp(image, matrix, (96, 96))[..., 0].astype(float)
    rows, columns = np.mgrid[:96, :96]
    found = np.array([(columns * crop).sum(), (rows * crop).sum()]) / crop.sum()
    assert np.abs(found - apply(matrix, np.array([x, y], float))).max() < 0.15


def test_outside_the_image_is_the_fill_colour():
    image = np.full((20, 20, 3), 9, np.uint8)
    crop = warp(image, crop_matrix(np.array([100.0, 100.0, 120.0, 120.0]), (16, 16)), (16, 16), fill=77)
    assert (crop == 77).all()
