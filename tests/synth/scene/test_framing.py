"""Cameras stand where the view asks and show what it asks for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.synth.scene.framing import View, frame, sample_view
from poseapp.synth.settings import SynthSettings

PERSON = np.random.default_rng(0).uniform([-0.3, 0, -0.2], [0.3, 1.75, 0.2], (200, 3))


def box(camera, points):
    pixels = camera.project(points)[0]
    assert np.isfinite(pixels).all()
    return pixels.min(0), pixels.max(0)


@given(
    st.floats(0, 6.28), st.floats(0.3, 2.6), st.floats(0.7, 2.5), st.floats(0.3, 0.9), st.floats(-1, 1),
    st.floats(-1, 1), st.floats(-0.2, 0.2),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_person_is_as_large_as_asked_and_inside(azimuth, height, focal, size, x, y, roll):
    view = View(azimuth, height, focal * 256, roll, size * 256, (x, y), (0, 0))
    camera = frame(PERSON, view, 256, 256)
    low, high = box(camera, PERSON)
    assert abs((high - low).max() / 256 - size) < 0.06 * size + 0.01
    assert (low > -8).all() and (high < 263).all()
    assert camera.position[1] > 0.05


def test_off_centre_places_are_followed():
    def middle(place):
        view = View(0.3, 1.4, 350, 0.0, 120, place, (0, 0))
        low, high = box(frame(PERSON, view, 320, 240), PERSON)
        return (low + high) / 2

    left, right = middle((-0.9, 0)), middle((0.9, 0))
    assert left[0] < 100 and right[0] > 220
    assert middle((0, -0.9))[1] < middle((0, 0.9))[1] - 60


def test_a_cut_pushes_that_share_out_of_the_picture():
    for sign in (-1, 1):
        view = View(0.3, 1.4, 350, 0.0, 150, (0, 0), (sign * 0.3, 0))
        low, high = box(frame(PERSON, view, 256, 256), PERSON)
        out = (high[0] - 256 if sign > 0 else -low[0]) / (high[0] - low[0])
        assert abs(out - 0.3) < 0.05


def test_upper_body_views_keep_the_head():
    view = View(0.3, 1.4, 350, 0.0, 400, (0, 0), (0, 0.4))
    low, high = box(frame(PERSON, view, 256, 256), PERSON)
    assert 0 < low[1] < 40 and high[1] > 300


def test_views_follow_the_settings():
    wanted = SynthSettings(
        person_size=(0.5, 0.6),
        focal_lengths=(1.0, 1.5),
        camera_height_m=(1.0, 1.2),
        roll_deg=0,
        width=200,
        height=300,
    )
    views = [sample_view(np.random.default_rng(i), wanted, 0) for i in range(200)]
    assert all(view.roll_rad == 0 for view in views)
    assert all(300 <= view.focal_px <= 450 for view in views)
    assert all(1.0 <= view.height_m <= 1.2 for view in views)
    whole = [view for view in views if view.cut == (0, 0)]
    assert 0.7 < len(whole) / len(views) < 0.95
    assert all(100 <= view.size_px <= 120 for view in whole)
    tilted = [
        sample_view(np.random.default_rng(i), SynthSettings(roll_deg=10), 0).roll_rad for i in range(100)
    ]
    assert np.radians(5) < max(tilted) <= np.radians(10) and min(tilted) < -np.radians(5)


def test_a_fill_shows_everything_that_people_do():
    track = np.concatenate([PERSON + [x, 0, 0] for x in np.linspace(-3, 3, 10)])
    view = View(0.2, 1.5, 500, 0.05, 100, (0.5, 0.5), (0, 0))
    low, high = box(frame(track, view, 640, 360, fill=0.8), track)
    assert (low > 0).all() and (high < [639, 359]).all()
    assert ((high - low) / [640, 360]).max() > 0.7
