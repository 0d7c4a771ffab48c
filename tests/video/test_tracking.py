"""Points followed over a drawn texture whose motion is known."""

import cv2
import numpy as np
import pytest

from poseapp.video.tracking import PointTracker

START = np.array([[60.0, 60.0], [110.0, 70.0], [80.0, 130.0], [np.nan, np.nan]])


def picture(shift: float) -> np.ndarray:
    noise = np.random.default_rng(3).integers(0, 255, (240, 320), np.uint8)
    ground = cv2.GaussianBlur(noise, (0, 0), 2.0)
    ground = cv2.normalize(ground, None, 0, 255, cv2.NORM_MINMAX)
    matrix = np.array([[1, 0, shift], [0, 1, 0.5 * shift]], np.float32)
    moved = cv2.warpAffine(ground, matrix, (320, 240), borderMode=cv2.BORDER_REFLECT)
    return np.repeat(moved[:, :, None], 3, axis=2)


def test_points_move_with_the_texture() -> None:
    tracker = PointTracker(picture(0.0), START, [(0, 1), (1, 2)])
    for k in range(1, 21):
        tracker.step(picture(1.7 * k))
    assert tracker.num == 3 and not tracker.why
    assert tracker.points[:3] == pytest.approx(START[:3] + (34.0, 17.0), abs=0.3)
    assert not tracker.alive[3]


def test_a_point_behind_an_occluder_stops_and_the_others_go_on() -> None:
    tracker = PointTracker(picture(0.0), START)
    for k in range(1, 6):
        image = picture(float(k))
        if k >= 3:
            image[110:160, 60:110] = 30
        tracker.step(image)
    assert list(tracker.why) == [2]
    assert np.isnan(tracker.points[2]).all() and tracker.alive[:2].all()


def test_a_point_that_leaves_the_picture_stops() -> None:
    tracker = PointTracker(picture(0.0), np.array([[300.0, 100.0], [60.0, 60.0]]))
    for k in range(1, 8):
        tracker.step(picture(4.0 * k))
    assert list(tracker.why) == [0] and tracker.alive[1]
