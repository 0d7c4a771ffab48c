"""Pinhole cameras: what they project comes back, and turns go the way the page says."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from poseapp.geometry.cameras import Camera

metres = st.floats(-8, 8, allow_nan=False, width=32)
places = st.tuples(metres, metres, metres).map(np.array)
rolls = st.floats(-3.1, 3.1)
focals = st.floats(50, 3000)
sides = st.integers(32, 1000)


@st.composite
def cameras(draw: st.DrawFn) -> tuple[Camera, np.ndarray]:
    """A camera and what it looks at."""
    eye, target = draw(places), draw(places)
    away = target - eye
    assume(np.linalg.norm(away) > 0.3 and np.linalg.norm(away[[0, 2]]) > 0.05)
    return Camera.looking_at(eye, target, draw(sides), draw(sides), draw(focals), draw(rolls)), target


@given(cameras())
def test_axes_are_a_rotation_and_the_target_is_in_the_middle(given_camera: tuple[Camera, np.ndarray]) -> None:
    camera, target = given_camera
    assert np.allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-9)
    assert abs(np.linalg.det(camera.rotation) - 1) < 1e-9
    pixel, depth = camera.project(target)
    assert np.allclose(pixel, [(camera.width - 1) / 2, (camera.height - 1) / 2], atol=1e-5)
    assert np.isclose(depth, np.linalg.norm(target - camera.position))
    assert np.allclose(camera.to_camera(camera.position), 0, atol=1e-9)


@given(
    cameras(),
    st.lists(st.tuples(st.floats(-50, 1050), st.floats(-50, 1050), st.floats(0.05, 60)), min_size=1),
)
def test_unprojected_pixels_come_back(
    given_camera: tuple[Camera, np.ndarray], seen: list[tuple[float, float, float]]
) -> None:
    camera, _ = given_camera
    x, y, depth = np.array(seen).T
    pixels = np.stack([x, y], 1)
    points = camera.unproject(pixels, depth)
    back, back_depth = camera.project(points)
    assert np.allclose(back, pixels, atol=1e-4) and np.allclose(back_depth, depth, rtol=1e-9, atol=1e-9)
    assert np.allclose(camera.position + camera.rays(pixels) * depth[:, None], points)


@given(cameras(), st.floats(-40, 400), st.floats(-40, 400), st.floats(0.1, 6), sides, sides)
def test_a_part_of_the_picture_has_its_own_camera(
    given_camera: tuple[Camera, np.ndarray], x: float, y: float, scale: float, width: int, height: int
) -> None:
    camera, target = given_camera
    part = camera.cropped(x, y, width, height, scale)
    full, depth = camera.project(target)
    own, own_depth = part.project(target)
    assert (part.width, part.height) == (width, height)
    assert np.allclose(own, (full - [x, y]) * scale, atol=1e-6) and own_depth == depth
    assert np.allclose(
        part.cropped(-x * scale, -y * scale, 99, 99, 1 / scale).project(target)[0], full, atol=1e-6
    )


def test_right_is_right_and_up_is_up() -> None:
    """From +Z, the world's +X appears on the right, +Y above."""
    camera = Camera.looking_at(np.array([0, 0, 5.0]), np.zeros(3), 101, 81, 100.0)
    assert np.allclose(camera.project(np.array([0.5, 0, 0]))[0], [60, 40])
    assert np.allclose(camera.project(np.array([0, 0.5, 0]))[0], [50, 30])


@given(st.floats(0.05, 1.5), st.floats(0.2, 2))
def test_a_positive_roll_turns_the_content_anticlockwise(roll: float, aside: float) -> None:
    camera = Camera.looking_at(np.array([0, 0, 5.0]), np.zeros(3), 101, 81, 100.0, roll)
    offset = camera.project(np.array([aside, 0, 0]))[0] - [50, 40]
    angle = np.arctan2(-offset[1], offset[0])  # seen in the picture, y up
    assert np.isclose(angle, roll)


def test_what_lies_behind_has_no_pixel() -> None:
    camera = Camera.looking_at(np.array([0, 0, 5.0]), np.zeros(3), 64, 64, 100.0)
    pixels, depth = camera.project(np.array([[0, 0, 6.0], [0, 0, 5.0], [0, 0, 4.0]]))
    assert np.isnan(pixels[:2]).all() and np.isfinite(pixels[2]).all()
    assert np.allclose(depth, [-1, 0, 1])
