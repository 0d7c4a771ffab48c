import numpy as np
import pytest

from poseapp.errors import SkeletonError
from poseapp.labels.instance import Instance


def test_visibility_and_nan_agree():
    points = [[1, 2], [np.nan, 3], [4, 5], [np.inf, 0]]
    by_points = Instance(points)
    assert by_points.visibility.tolist() == [2, 0, 2, 0]
    assert np.isnan(by_points.points[[1, 3]]).all()
    given = Instance(points, [1, 2, 0, 2])
    assert given.visibility.tolist() == [1, 0, 0, 0]
    assert np.isnan(given.points[1:]).all() and given.points[0].tolist() == [1, 2]
    assert given.labelled.tolist() == [True, False, False, False] and given.num_labelled == 1


def test_types_are_as_documented():
    one = Instance([[1, 2]], scores=[0.5], box=[0, 1, 2, 3])
    assert (one.points.dtype, one.visibility.dtype) == (np.float64, np.uint8)
    assert (one.scores.dtype, one.box.dtype) == (np.float32, np.float64)


@pytest.mark.parametrize(
    "fields",
    [
        {"points": [1, 2]},
        {"points": [[1, 2, 3]]},
        {"points": [[1, 2]], "visibility": [3]},
        {"points": [[1, 2]], "visibility": [0.5]},
        {"points": [[1, 2]], "visibility": [2, 2]},
        {"points": [[1, 2]], "scores": [1, 2]},
        {"points": [[1, 2]], "box": [1, 2]},
    ],
)
def test_wrong_shapes(fields):
    with pytest.raises(SkeletonError):
        Instance(**fields)


def test_nothing_is_shared():
    points, scores = np.ones((1, 2)), np.ones(1, np.float32)
    one = Instance(points, scores=scores, extra={"area": 3})
    other = one.copy()
    assert other.same_as(one) and other.id == one.id
    points[:], other.scores[:], other.extra["area"] = 9, 0, 4
    assert one.points.tolist() == [[1, 1]] and one.scores.tolist() == [1] and one.extra == {"area": 3}


def test_take_reorders_and_leaves_new_ones_unlabelled():
    one = Instance([[1, 1], [2, 2]], [1, 2], scores=[0.1, 0.2], box=[0, 0, 3, 3])
    two = one.take([1, -1, 0])
    assert two.points[[0, 2]].tolist() == [[2, 2], [1, 1]] and np.isnan(two.points[1]).all()
    assert two.visibility.tolist() == [2, 0, 1]
    assert np.isnan(two.scores[1]) and two.scores[0] == np.float32(0.2)
    assert one.points.tolist() == [[1, 1], [2, 2]]


def test_bounds_and_empty():
    assert Instance([[1, 5], [3, 2], [np.nan, 0]]).bounds().tolist() == [1, 2, 3, 5]
    assert Instance.empty(3).bounds() is None and Instance.empty(3).num_labelled == 0


def test_same_as_sees_each_field():
    one = Instance([[1, np.nan]], score=0.5)
    assert one.same_as(Instance([[1, np.nan]], score=0.5, id=7))
    for change in ({"score": 0.4}, {"source": "x"}, {"track_id": 1}, {"extra": {"a": 1}}, {"scores": [1]}):
        assert not one.same_as(Instance(**({"points": [[1, np.nan]], "score": 0.5} | change)))
