"""The byte-bounded window, the proxy store and the order in which proxies are built."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseapp.video.proxy import ProxyStore, coarse_to_fine
from poseapp.video.window import FrameWindow


def test_farthest_goes_first_and_behind_counts_more():
    window: FrameWindow[str] = FrameWindow(50)
    window.move(10, 1)
    for k in (10, 11, 12, 13, 9):
        assert window.add(k, "x", 10)
    assert window.add(14, "x", 10) is False  # 14 is 4 away, 9 counts as 3
    window.move(11, 1)
    assert window.add(14, "x", 10) and 9 not in window
    window.move(11, -1)
    assert window.add(8, "x", 10) and 14 not in window
    assert list(window) == [8, 10, 11, 12, 13]
    assert window.first_missing(8, 13) == 9 and window.last_missing(10, 13) is None


def test_a_frame_larger_than_the_bound_is_held_only_at_the_playhead():
    window: FrameWindow[str] = FrameWindow(50)
    window.move(3, 1)
    assert window.add(4, "x", 80) is False and window.held_bytes == 0
    assert window.add(3, "x", 80) and window.get(3) == "x"
    assert window.add(4, "y", 10) is False and window.get(3) == "x"
    window.move(9, 1)
    assert window.add(9, "z", 80) and list(window) == [9]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 30), st.booleans(), st.integers(0, 40)), max_size=80
    ),
    st.integers(1, 120),
)
def test_the_bound_always_holds(steps, bound):
    window: FrameWindow[int] = FrameWindow(bound)
    for k, size, forward, playhead in steps:
        window.move(playhead, 1 if forward else -1)
        window.add(k, k, size)
        held = list(window)
        assert held == sorted(set(held)) and all(window.get(number) == number for number in held)
        assert window.held_bytes <= bound or held == [playhead]


@given(st.integers(0, 300))
def test_coarse_to_fine_visits_all_and_spreads_early(count):
    order = coarse_to_fine(np.arange(count) * 3)
    assert sorted(order) == [3 * k for k in range(count)]
    if count >= 64:
        early = np.sort(order[:16]) / (3 * count)
        assert np.diff(early).max() < 0.3 and early[-1] > 0.7


def test_proxy_store_bound_and_nearest():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (36, 64, 3), np.uint8)
    store = ProxyStore(30_000)
    assert store.nearest(5) is None
    added = [k for k in range(0, 300, 10) if store.add(k, picture)]
    assert 2 < len(added) < 30 and store.held_bytes <= 30_000
    assert store.nearest(14) == 10 and store.nearest(16) == 20 and store.nearest(9999) == added[-1]
    assert store.image(10).shape == (36, 64, 3)
    assert 1 <= store.room_for(1000) <= len(added) + 1
