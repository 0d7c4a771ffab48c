import numpy as np
import pytest

from poseapp.errors import PoseError
from poseapp.labels.between import between, chains, fill, follow
from poseapp.labels.instance import Instance

RNG = np.random.default_rng(3)


def person(x: float, track: int | None = None, hidden: tuple[int, ...] = ()) -> Instance:
    points = np.array([[x, 0.0], [x + 10, 0.0], [x, 20.0]])
    return Instance(points, [1 if k in hidden else 2 for k in range(3)], track_id=track)


@pytest.mark.parametrize("method", ["linear", "spline"])
def test_it_passes_through_the_labels_and_stays_between_them(method: str) -> None:
    for _ in range(50):
        t = np.sort(RNG.choice(100, RNG.integers(2, 9), replace=False))
        y = RNG.normal(0, 50, (len(t), 4))
        assert between(t, y, t, method) == pytest.approx(y)
        at = np.linspace(t[0], t[-1], 200)
        values = between(t, y, at, method)
        left = np.clip(np.searchsorted(t, at, side="right") - 1, 0, len(t) - 2)
        low, high = np.minimum(y[left], y[left + 1]), np.maximum(y[left], y[left + 1])
        assert (values >= low - 1e-9).all() and (values <= high + 1e-9).all()


@pytest.mark.parametrize("method", ["linear", "spline"])
def test_a_straight_line_is_met_exactly(method: str) -> None:
    t = np.array([0, 3, 4, 11])
    at = np.arange(12)
    assert between(t, 2.5 * t[:, None] - 7, at, method) == pytest.approx(2.5 * at[:, None] - 7)


def test_the_spline_is_smooth_where_the_line_has_a_corner() -> None:
    t, y = np.array([0.0, 10, 20]), np.array([[0.0], [10], [40]])
    spline = between(t, y, np.array([9.9, 10, 10.1]), "spline")[:, 0]
    assert spline[1] - spline[0] == pytest.approx(spline[2] - spline[1], rel=0.05)
    with pytest.raises(PoseError, match="cubic"):
        between(t, y, t, "cubic")


def test_only_what_both_ends_have_is_filled_and_nothing_beyond() -> None:
    start, end = person(0, hidden=(1,)), person(40)
    end.points[2], end.visibility[2] = np.nan, 0
    filling = fill({10: [start], 14: [end]}, range(0, 30))
    assert list(filling.people) == [11, 12, 13] and filling.gaps == 1
    middle = filling.people[12][0]
    assert middle.points[0].tolist() == [20, 0] and middle.visibility.tolist() == [2, 1, 0]
    assert middle.source == "interpolated"
    assert list(fill({10: [start], 14: [end]}, range(12, 30), step=2).people) == [12]
    assert not fill({10: [start]}, range(0, 30)).people


def test_people_are_told_apart_by_track_then_by_nearness() -> None:
    crossed = {0: [person(0, 1), person(50, 2)], 5: [person(0, 2), person(50, 1)]}
    assert [[p.track_id for _, p in c] for c in chains(crossed)] == [[1, 1], [2, 2]]
    near = {0: [person(0), person(50)], 5: [person(48), person(3)]}
    assert [[p.points[0, 0] for _, p in c] for c in chains(near)] == [[0, 3], [50, 48]]
    assert len(chains({0: [person(0)], 5: [person(500)]})) == 2
    late = {0: [person(0, 1)], 5: [person(90, 2)], 9: [person(9, 1)]}
    assert [[k for k, _ in c] for c in chains(late)] == [[0, 9], [5]]


def test_following_sees_through_exchanged_sides() -> None:
    swap = np.array([1, 0, 2])
    at = {1: [person(80), person(2).take(swap)], 2: [person(4)], 3: [person(300)]}
    assert follow(person(0), [1, 2, 3], at.__getitem__, swap) == [(1, 1), (2, 0)]
