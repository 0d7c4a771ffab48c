import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.qt.items.time_axis import TimeAxis, binned_curve, clock, segments, time_code


def axis(num_frames: int = 1000, left: float = 60, right: float = 1060) -> TimeAxis:
    made = TimeAxis(left=left, right=right)
    made.show_all(num_frames)
    return made


def test_first_and_last_frame_are_at_the_ends() -> None:
    made = axis()
    assert made.x(0) == 60 and made.x(999) == 1060
    assert made.frame(60) == 0 and made.frame(1060) == 999
    assert made.frame(-500) == 0 and made.frame(9000) == 999


@given(st.integers(1, 300_000), st.lists(st.tuples(st.floats(0.2, 5), st.floats(0, 1100)), max_size=8))
def test_zoom_stays_within_the_video(num_frames: int, steps: list[tuple[float, float]]) -> None:
    made = axis(num_frames)
    for factor, x in steps:
        made.zoom(factor, x)
        assert -1e-6 <= made.first <= made.first + made.span <= made.full_span + 1e-6
        assert made.span > 0


@given(st.floats(1.1, 3), st.floats(200, 900))
def test_zooming_in_keeps_the_frame_under_the_cursor(factor: float, x: float) -> None:
    made = axis(100_000)
    before = made.first + (x - made.left) / 1000 * made.span
    made.zoom(factor, x)
    after = made.first + (x - made.left) / 1000 * made.span
    assert abs(before - after) < 1e-6 * 100_000


def test_reveal_brings_a_frame_into_view() -> None:
    made = axis(10_000)
    made.zoom(20, 60)
    assert made.reveal(5000)
    assert made.first <= 5000 <= made.first + made.span
    assert not made.reveal(5000)


@given(st.integers(1, 400_000), st.floats(1, 400))
def test_ticks_are_round_and_far_enough_apart(num_frames: int, zoom: float) -> None:
    made = axis(num_frames)
    made.zoom(zoom, 500)
    ticks = made.ticks(72)
    x = made.x(ticks)
    assert len(ticks) <= 1000 / 72 + 2
    assert np.all(np.diff(x) >= 71.9)
    assert np.all((ticks >= made.first - 1) & (ticks <= made.first + made.span + 1))


def test_a_long_curve_becomes_one_value_a_column_with_its_extremes() -> None:
    made = axis(216_000)
    frames = np.arange(216_000)
    values = np.full(216_000, 0.8, np.float32)
    values[100_000] = 0.05
    x, mean, low, high = binned_curve(made, frames, values)
    assert len(x) <= 1001 and np.all(np.diff(x) > 0)
    assert low.min() == np.float32(0.05) and np.isclose(high.max(), 0.8)
    column = np.argmin(low)
    assert abs(x[column] - float(made.x(100_000))) <= 1
    assert 0.7 < mean[column] < 0.8


def test_a_short_curve_is_kept_point_by_point_and_nan_left_out() -> None:
    made = axis(10)
    x, mean, low, high = binned_curve(made, np.array([0, 3, 9]), np.array([0.1, np.nan, 0.9]))
    assert x.tolist() == [60, 1060] and mean.tolist() == low.tolist() == high.tolist() == [0.1, 0.9]
    assert len(binned_curve(made, np.zeros(0, np.int64), np.zeros(0))[0]) == 0


def test_columns_holds_each_pixel_once_and_only_those_in_view() -> None:
    made = axis(216_000)
    assert len(made.columns(np.arange(216_000))) == 1001
    made.zoom(1000, 60)
    assert made.columns(np.array([5, 200_000])).tolist() == [round(float(made.x(5)))]


def test_segments_are_runs_without_a_gap() -> None:
    assert segments(np.array([0, 1, 2, 5, 6, 9])) == [(0, 2), (5, 6), (9, 9)]
    assert segments(np.array([0, 1, 2, 5, 6, 9]), max_gap=3) == [(0, 9)]
    assert segments(np.zeros(0, np.int64)) == []


def test_time_code() -> None:
    assert time_code(5.4) == "00:05.400"
    assert time_code(59.9996) == "01:00.000"
    assert time_code(3661.25) == "1:01:01.250"


@given(st.integers(2, 400_000), st.floats(0, 1), st.floats(0, 1))
def test_showing_a_stretch_brings_all_of_it_into_view(num_frames: int, a: float, b: float) -> None:
    made = axis(num_frames)
    first, last = sorted(round(share * (num_frames - 1)) for share in (a, b))
    made.show(first, last)
    assert made.first - 1e-6 <= first and last <= made.first + made.span + 1e-6
    assert made.span <= max(last - first, 8.0) + 1e-6


@pytest.mark.parametrize(("zoom", "step"), [(1, 120), (60, 2), (3000, 0.05)])
def test_time_ticks_divide_time_as_clocks_do(zoom: float, step: float) -> None:
    made = axis(36_000)
    made.zoom(zoom, 500)
    ticks = made.time_ticks(72, 25.0)
    assert np.allclose(np.diff(ticks), step) and np.all(np.diff(made.x(ticks * 25.0)) >= 71.9)


def test_clock() -> None:
    assert clock(5.2, 0.05) == "0:05.20" and clock(65, 5) == "1:05" and clock(59.96, 0.1) == "1:00.0"
    assert clock(3661, 60) == "1:01:01"
