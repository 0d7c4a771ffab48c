"""People over time: following, measuring, the words for what is measured."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseapp.errors import PoseError
from poseapp.labels.edits import AddInstance, AddVideo
from poseapp.labels.project import Project
from poseapp.labels.quantities import parse, side, title, word
from poseapp.labels.skeleton import load_skeleton
from poseapp.labels.trajectories import (
    PeopleTable,
    Quantity,
    first_person,
    follow,
    joined,
    measure,
    without_frames,
)
from tests.labels.material import FOUR, person, video_record

SHAPE = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 40.0], [20.0, 40.0]], np.float32)


def table(
    rows: list[tuple[int, float]], tracks: list[int] | None = None, labelled: list[bool] | None = None
) -> PeopleTable:
    """People of one shape: (frame, x) each."""
    count = len(rows)
    points = np.stack([SHAPE + (x, 100.0) for _, x in rows]).astype(np.float32)
    return PeopleTable(
        np.array([frame for frame, _ in rows]),
        points,
        np.full((count, 4), 0.5, np.float32),
        np.array(tracks or [-1] * count),
        np.array(labelled or [False] * count),
    )


def test_two_people_who_swap_their_places_in_the_list_are_told_apart() -> None:
    rows = [(k, x) for k in range(30) for x in ((100.0 + k, 300.0 - k) if k % 2 else (300.0 - k, 100.0 + k))]
    everybody = table(rows)
    for row, start in ((0, 300.0), (1, 100.0)):
        found = everybody.take(follow(everybody, row))
        assert found.frames.tolist() == list(range(30))
        assert abs(found.points[-1, 0, 0] - (271.0 if start == 300.0 else 129.0)) < 1e-3
    middle = follow(everybody, 31)  # begun anywhere, followed both ways
    assert everybody.frames[middle].tolist() == list(range(30))


def test_tracks_decide_where_there_are_some() -> None:
    rows = [(k, x) for k in range(4) for x in (100.0, 110.0)]
    everybody = table(rows, tracks=[1, 2, 2, 1, 1, 2, 2, 1])
    found = everybody.take(follow(everybody, 0))
    assert found.points[:, 0, 0].tolist() == [100, 110, 100, 110]


def test_somebody_far_off_is_somebody_else_and_a_gap_is_bridged() -> None:
    rows = [(0, 100.0), (0, 400.0), (1, 101.0), (1, 401.0), (2, 402.0), (3, 403.0), (4, 104.0), (4, 404.0)]
    everybody = table(rows)
    found = everybody.take(follow(everybody, 0))
    assert found.frames.tolist() == [0, 1, 4] and found.points[:, 0, 0].tolist() == [100, 101, 104]
    late = table([(0, 100.0), (0, 400.0), (60, 100.0), (60, 400.0)])
    assert follow(late, 0).tolist() == [0]


def test_a_label_goes_before_the_prediction_it_corrects() -> None:
    labels = table([(1, 109.0)], labelled=[True])
    predicted = table([(0, 100.0), (0, 400.0), (1, 101.0), (1, 401.0), (2, 102.0), (2, 402.0)])
    everybody = joined([labels, predicted])
    found = everybody.take(follow(everybody, 0))
    assert found.labelled.tolist() == [False, True, False]
    assert found.points[:, 0, 0].tolist() == [100, 109, 102]


def test_a_newer_file_goes_before_an_older_one_frame_by_frame() -> None:
    new, old = table([(1, 5.0), (2, 6.0)]), table([(0, 1.0), (1, 2.0), (3, 3.0)])
    both = joined([new, without_frames(old, new.frames)])
    assert both.frames.tolist() == [0, 1, 2, 3] and both.points[:, 0, 0].tolist() == [1, 5, 6, 3]


def test_the_first_person_is_counted_from_the_left() -> None:
    everybody = table([(0, 50.0), (2, 300.0), (2, 100.0)])
    assert first_person(everybody) == 0 and first_person(everybody, 2) == 1
    assert first_person(everybody, 3) is None and first_person(PeopleTable.empty(4)) is None


@given(st.floats(-50, 50), st.floats(-50, 50), st.integers(2, 40), st.sampled_from([10.0, 25.0, 59.94]))
def test_constant_motion_has_its_speed_everywhere(vx: float, vy: float, count: int, fps: float) -> None:
    times = np.arange(count) / fps
    points = (np.array([[0.0, 0.0], [3.0, 4.0]]) + times[:, None, None] * (vx, vy)).astype(np.float32)
    frames = np.arange(count)
    made = PeopleTable(frames, points, None, np.full(count, -1), np.zeros(count, bool))
    for keypoints in ((0,), (0, 1)):
        speed = measure(made, Quantity("speed", keypoints), times)
        assert np.allclose(speed, np.hypot(vx, vy), rtol=1e-3, atol=1e-2)
    assert np.allclose(measure(made, Quantity("length", (0, 1)), times), 5.0, atol=1e-3)


def test_speed_does_not_cross_gaps_and_uses_real_times() -> None:
    made = table([(0, 0.0), (1, 10.0), (20, 500.0), (21, 504.0), (22, 508.0)])
    times = np.array([0.0, 0.1, 2.0, 2.1, 2.3])
    speed = measure(made, Quantity("speed", (0,)), times)
    assert np.allclose(speed, [100.0, 100.0, 40.0, 8 / 0.3, 20.0], atol=1e-3)
    alone = table([(0, 0.0)])
    assert np.isnan(measure(alone, Quantity("speed", (0,)), np.zeros(1))).all()


def test_unknown_keypoints_leave_holes_not_numbers() -> None:
    made = table([(k, 10.0 * k) for k in range(5)])
    made.points[2, 1] = np.nan
    made.scores[3, 0] = np.nan
    times = np.arange(5) / 10
    assert np.isnan(measure(made, Quantity("x", (1,)), times)).tolist() == [False, False, True, False, False]
    speed = measure(made, Quantity("speed", (1,)), times)
    assert np.isnan(speed).tolist() == [False, False, True, False, False]
    assert np.allclose(measure(made, Quantity("speed", (0, 1)), times), 100.0)
    assert np.isnan(measure(made, Quantity("length", (0, 1)), times))[2]
    assert np.allclose(measure(made, Quantity("score", (0, 2)), times), 0.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left wrist:speed", Quantity("speed", (9,))),
        ("Left_Wrist:X", Quantity("x", (9,))),
        ("left hip-left knee:length", Quantity("length", (11, 13))),
        ("left_hip–left_knee: length", Quantity("length", (11, 13))),
        ("person:score", Quantity("score", tuple(range(17)))),
        ("left side:speed", Quantity("speed", tuple(range(1, 17, 2)))),
    ],
)
def test_words_for_curves(text: str, expected: Quantity) -> None:
    skeleton = load_skeleton("coco17")
    found = parse(text, skeleton)
    assert found == expected
    assert parse(word(found, skeleton), skeleton) == found  # what is written can be read again


@pytest.mark.parametrize(
    "text", ["nose", "nose:colour", "tail:x", "person:x", "nose:length", "nose-tail:length", ":x"]
)
def test_other_words_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(PoseError) as caught:
        parse(text, load_skeleton("coco17"))
    assert "\n" not in str(caught.value) and text in str(caught.value)


def test_names_and_sides() -> None:
    skeleton = load_skeleton("coco17")
    assert title(Quantity("speed", (9,)), skeleton) == "left wrist speed"
    assert title(Quantity("length", (11, 13)), skeleton) == "left hip–left knee length"
    assert [side(Quantity("x", k), skeleton) for k in ((9,), (10,), (0,), (9, 10))] == [
        "left", "right", "middle", "middle",
    ]  # fmt: skip


def test_a_projects_labels_as_a_table(tmp_path) -> None:  # noqa: ANN001
    project = Project.create(tmp_path / "a.pose", FOUR)
    (video,) = project.push(AddVideo(video_record()))
    for frame_idx, start in ((7, 1.0), (3, 5.0), (3, 9.0)):
        project.push(AddInstance(video, frame_idx, person(start, track_id=int(start))))
    hidden = person(2.0)
    hidden.points[1] = np.nan
    hidden.visibility[1] = 0
    hidden.scores = np.full(4, 0.25, np.float32)
    project.push(AddInstance(video, 9, hidden))
    found = project.people_table(video)
    assert found.frames.tolist() == [3, 3, 7, 9] and found.labelled.all()
    assert found.tracks.tolist() == [5, 9, 1, -1]
    assert np.allclose(found.points[0], person(5.0).points) and np.isnan(found.points[3, 1]).all()
    assert np.isnan(found.scores[0]).all() and np.allclose(found.scores[3], 0.25)
    assert project.people_table(video, 3).frames.tolist() == [3, 3]
    assert len(project.people_table(99)) == 0
    project.close()


def test_a_hundred_thousand_frames_are_quick() -> None:
    count = 100_000
    rng = np.random.default_rng(3)
    points = rng.normal(100, 3, (count, 17, 2)).astype(np.float32)
    made = PeopleTable(np.arange(count), points, None, np.full(count, -1), np.zeros(count, bool))
    begun = time.perf_counter()
    found = made.take(follow(made, 0))
    measure(found, Quantity("speed", (9,)), found.frames / 25)
    measure(found, Quantity("length", (9, 7)), found.frames / 25)
    assert time.perf_counter() - begun < 1.0
