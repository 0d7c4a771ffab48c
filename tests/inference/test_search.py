"""Windows in which a person is looked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseapp.inference.search import candidate_windows

side = st.integers(16, 4000)


@given(side, side)
def test_windows_are_square_and_cover_the_whole_picture(width, height):
    for windows in candidate_windows(width, height):
        sizes = windows[:, 2:] - windows[:, :2]
        assert np.allclose(sizes[:, 0], sizes[:, 1])
        corners = np.array(
            [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1], [width // 2, height // 2]]
        )
        inside = (windows[:, None, :2] <= corners + 0.5).all(-1) & (
            windows[:, None, 2:] >= corners - 0.5
        ).all(-1)
        assert inside.any(0).all()


def test_from_coarse_to_fine():
    sizes = [windows[-1][2] - windows[-1][0] for windows in candidate_windows(1920, 1080)]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 3
