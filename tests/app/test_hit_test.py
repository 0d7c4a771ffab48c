import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.app.hit_test import Hit, hit_test, nearest_point, segment_distance
from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.labels.instance import Instance

EDGES = [(0, 1), (1, 2)]


def person(points: list[tuple[float, float]], key: int, layer: str = LABELS) -> ScreenInstance:
    return ScreenInstance(Instance(np.array(points, float)), layer, True, Ref(layer, key))


def at(people: list[ScreenInstance], x: float, y: float, **options: object) -> Hit | None:
    chosen = {"radius": 10.0, "limb_radius": 4.0} | options
    return hit_test(people, EDGES, np.array([x, y]), **chosen)  # type: ignore[arg-type]


def test_nearest_keypoint_within_reach_wins() -> None:
    people = [person([(0, 0), (12, 0), (100, 100)], 1)]
    assert at(people, 7, 0) == Hit(Ref(LABELS, 1), 1)
    assert at(people, 5, 0) == Hit(Ref(LABELS, 1), 0)


def test_keypoint_wins_over_a_nearer_limb_and_limb_is_hit_between_keypoints() -> None:
    people = [person([(0, 0), (100, 0), (100, 100)], 1)]
    assert at(people, 8, 1) == Hit(Ref(LABELS, 1), 0)
    assert at(people, 50, 3) == Hit(Ref(LABELS, 1), None)
    assert at(people, 50, 5) is None


def test_of_two_people_at_one_place_the_selected_then_the_topmost_is_hit() -> None:
    people = [person([(0, 0), (50, 0), (50, 50)], 1), person([(1, 0), (50, 0), (50, 50)], 2)]
    assert at(people, 0.4, 0) == Hit(Ref(LABELS, 2), 0)
    assert at(people, 0.4, 0, first=Ref(LABELS, 1)) == Hit(Ref(LABELS, 1), 0)
    assert at(people, 50, 25, first=Ref(LABELS, 1)) == Hit(Ref(LABELS, 1), None)


def test_a_clearly_nearer_keypoint_wins_over_a_person_on_top() -> None:
    people = [person([(0, 0), (50, 0), (50, 50)], 1), person([(8, 0), (60, 0), (60, 50)], 2)]
    assert at(people, 0, 0) == Hit(Ref(LABELS, 1), 0)


def test_unlabelled_keypoints_and_their_limbs_are_not_there() -> None:
    people = [person([(0, 0), (np.nan, np.nan), (100, 0)], 1)]
    assert at(people, 50, 0) is None
    assert at(people, 99, 0) == Hit(Ref(LABELS, 1), 2)
    assert nearest_point(np.full((3, 2), np.nan), np.zeros(2), 1e9) is None


@given(
    st.lists(st.tuples(*[st.floats(-100, 100)] * 4), min_size=1, max_size=6),
    st.tuples(st.floats(-150, 150), st.floats(-150, 150)),
)
def test_segment_distance_is_the_least_over_sampled_points(
    ends: list[tuple[float, ...]], at: tuple[float, float]
) -> None:
    array = np.array(ends).reshape(-1, 2, 2)
    found = segment_distance(array[:, 0], array[:, 1], np.array(at))
    t = np.linspace(0, 1, 401)[:, None]
    for (start, end), distance in zip(array, found, strict=True):
        sampled = np.hypot(*(start + t * (end - start) - at).T).min()
        step = np.hypot(*(end - start)) / 400
        assert distance <= sampled + 1e-6
        assert sampled - distance <= step + 1e-6


@pytest.mark.parametrize("edges", [[], EDGES])
def test_nothing_is_hit_without_people(edges: list[tuple[int, int]]) -> None:
    assert hit_test([], edges, np.zeros(2), radius=10, limb_radius=5) is None
