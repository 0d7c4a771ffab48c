"""Rotations, frames and the two-bone limb."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.geometry.kinematics import bend_two_bones, frame_along, rotation, unit

ANGLE = st.floats(-7, 7)
VECTOR = st.tuples(*[st.floats(-2, 2)] * 3).map(np.array).filter(lambda v: float(np.linalg.norm(v)) > 0.05)


def test_rotation_follows_the_right_hand_rule() -> None:
    quarter = np.pi / 2
    np.testing.assert_allclose(rotation("x", quarter) @ [0, 1, 0], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(rotation("y", quarter) @ [0, 0, 1], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(rotation("z", quarter) @ [1, 0, 0], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation([0, 0, 5.0], 0.3), rotation("z", 0.3), atol=1e-12)


@given(VECTOR, ANGLE, VECTOR)
def test_rotation_keeps_lengths_and_its_axis(axis: np.ndarray, angle: float, vector: np.ndarray) -> None:
    turn = rotation(axis, angle)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(turn @ axis, axis, atol=1e-9)
    np.testing.assert_allclose(turn @ rotation(axis, -angle) @ vector, vector, atol=1e-9)


def test_axes_that_are_none() -> None:
    with pytest.raises(ValueError, match="unknown axis"):
        rotation("xy", 1.0)
    with pytest.raises(ValueError, match="length zero"):
        unit([0, 0, 0])


@given(VECTOR, VECTOR)
def test_frames_are_right_handed_and_keep_up(up: np.ndarray, left: np.ndarray) -> None:
    if np.linalg.norm(np.cross(unit(up), unit(left))) < 1e-2:
        return
    frame = frame_along(up, left)
    np.testing.assert_allclose(frame.T @ frame, np.eye(3), atol=1e-9)
    assert np.linalg.det(frame) == pytest.approx(1)
    np.testing.assert_allclose(frame[:, 1], unit(up), atol=1e-12)
    assert frame[:, 0] @ unit(left) > 0


@given(VECTOR, st.floats(0.2, 1.0), st.floats(0.2, 1.0), VECTOR)
def test_two_bones_keep_their_lengths(
    end: np.ndarray, length_a: float, length_b: float, out: np.ndarray
) -> None:
    if np.linalg.norm(np.cross(unit(end), unit(out))) < 1e-2:
        return
    start = np.array([0.3, -0.1, 0.2])
    middle, reached = bend_two_bones(start, start + end, length_a, length_b, out)
    assert np.linalg.norm(middle - start) == pytest.approx(length_a, abs=1e-6)
    assert np.linalg.norm(reached - middle) == pytest.approx(length_b, abs=1e-6)
    distance = float(np.linalg.norm(end))
    if abs(length_a - length_b) < distance < length_a + length_b:
        np.testing.assert_allclose(reached, start + end, atol=1e-9)
        across = out - unit(end) * (out @ unit(end))
        assert (middle - start) @ across >= -1e-9
    else:
        np.testing.assert_allclose(np.cross(reached - start, end), 0, atol=1e-6)


def test_a_knee_bends_towards_the_given_side() -> None:
    knee, ankle = bend_two_bones([0, 1, 0], [0, 0.4, 0], 0.4, 0.4, [0, 0, 1])
    np.testing.assert_allclose(knee, [0, 0.7, np.sqrt(0.16 - 0.09)], atol=1e-12)
    np.testing.assert_allclose(ankle, [0, 0.4, 0], atol=1e-12)
