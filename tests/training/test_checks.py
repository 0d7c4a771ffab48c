"""Checks of labels before training: each kind of problem is found, named, and not seen where it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from poseapp.formats import coco
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.training.checks import LabelProblem, check_labels

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SKELETON = Skeleton(
    "small",
    ("right_hip", "left_hip", "right_shoulder", "left_shoulder", "right_hand", "left_hand", "head"),
    edges=((0, 1), (2, 3)),
    swap_pairs=((1, 0), (3, 2), (5, 4)),
)
# Seen from the front: the person's right is at the left of the picture.
FRONT = np.array([[40, 60], [60, 60], [35, 20], [65, 20], [25, 55], [78, 30], [50, 5]], dtype=np.float64)


def clip(num_frames: int = 12, back: bool = False) -> Dataset:
    """A person who sways through a video of 200 x 150 pixels."""
    images, people = [], []
    for k in range(num_frames):
        points = FRONT + [20 + 3 * k, 30 + 5 * np.sin(k)] + 0.8 * np.sin(k + np.arange(14)).reshape(7, 2)
        if back and k % 2:
            points = points[SKELETON.swap_index]
        images.append(ImageEntry(f"clip.mp4#{k:06d}", 200, 150, "clip.mp4", 4 * k))
        people.append((k, Instance(points)))
    return Dataset(SKELETON, images, people, Path())


def pictures(num: int, back: bool) -> Dataset:
    """The same as pictures, at random turns and sizes; `back`: every second one seen from behind."""
    data = clip(num, back)
    rng = np.random.default_rng(1)
    for index, person in data.instances:
        angle, size = rng.uniform(-3, 3), rng.uniform(0.3, 0.6)
        turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        person.points = (person.points - person.points.mean(0)) @ turn.T + [100, 75]
        data.images[index] = ImageEntry(f"{index}.png", 200, 150)
    return data


def swap(data: Dataset, row: int) -> None:
    person = data.instances[row][1]
    person.points, person.visibility = (
        person.points[SKELETON.swap_index],
        person.visibility[SKELETON.swap_index],
    )


def kinds(problems: list[LabelProblem]) -> list[str]:
    return [problem.kind for problem in problems]


def test_good_labels_have_no_problem() -> None:
    assert check_labels(clip()) == []


def test_too_few_frames() -> None:
    for num_frames, severity in ((0, "error"), (1, "error"), (2, "warning"), (9, "warning")):
        (problem,) = check_labels(clip(num_frames))
        assert (problem.kind, problem.severity) == ("too_few", severity)
    empty = clip(3)
    for _, person in empty.instances:
        person.visibility[:] = 0
    assert check_labels(empty)[0].kind == "too_few"
    assert check_labels(empty)[0].severity == "error"


def test_keypoints_outside_the_picture_name_frame_and_keypoint() -> None:
    data = clip()
    data.instances[3][1].points[6] = [100, -4.2]
    data.instances[5][1].points[4] = [5000, 20]
    far, near = check_labels(data)
    assert (far.kind, far.severity, far.keypoint, far.frame_idx) == ("outside", "error", "right_hand", 20)
    assert (near.kind, near.severity, near.keypoint, near.frame_idx) == ("outside", "warning", "head", 12)
    assert near.image_index == 3 and near.video == "clip.mp4"
    assert "clip.mp4, frame 12" in near.text and "head" in near.text and "\n" not in near.text


def test_the_outer_edge_of_the_picture_is_inside_and_unknown_sizes_are_not_judged() -> None:
    data = clip()
    data.instances[0][1].points[4] = [-0.5, 149.5]
    assert check_labels(data) == []
    data.instances[0][1].points[4] = [900, 900]
    data.images[0] = ImageEntry("clip.mp4#0", 0, 0, "clip.mp4", 0)
    assert "outside" not in kinds(check_labels(data))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_places_that_are_not_numbers(value: float) -> None:
    data = clip()
    data.instances[2][1].points[1, 0] = value
    (problem,) = check_labels(data)
    assert (problem.kind, problem.severity, problem.keypoint) == ("not_finite", "error", "left_hip")


def test_few_keypoints_and_people_without_any() -> None:
    data = clip()
    data.instances[4][1].visibility[1:] = 0
    for row in (6, 7):
        data.instances[row][1].visibility[:] = 0
    few = [p for p in check_labels(data) if p.kind == "few_points"]
    assert [p.image_index for p in few] == [4, 6]
    assert "only 1 of 7" in few[0].text
    assert "and 1 more" in few[1].text


def test_people_of_size_zero() -> None:
    data = clip()
    data.instances[1][1].points[:] = [50, 50]
    data.instances[8][1].box = np.array([10.0, 10.0, 10.0, 40.0])
    found = [(p.image_index, p.severity) for p in check_labels(data) if p.kind == "zero_size"]
    assert found == [(1, "error"), (8, "warning")]


def test_one_person_labelled_twice_but_not_two_side_by_side() -> None:
    data = clip()
    twice = data.instances[2][1].copy()
    twice.points += 1
    beside = data.instances[5][1].copy()
    beside.points += [40, 0]
    data.instances += [(2, twice), (5, beside)]
    (problem,) = check_labels(data)
    assert (problem.kind, problem.image_index) == ("duplicate", 2)
    assert "person 1 and person 2" in problem.text


def test_crowd_regions_are_left_out() -> None:
    data = clip()
    crowd = Instance(np.zeros((7, 2)))
    crowd.extra["iscrowd"] = 1
    data.instances.append((0, crowd))
    assert check_labels(data) == []


@pytest.mark.parametrize("row", [1, 5, 10])
def test_a_swapped_frame_disagrees_with_its_neighbours(row: int) -> None:
    data = clip()
    swap(data, row)
    (problem,) = check_labels(data)
    assert (problem.kind, problem.image_index, problem.frame_idx) == ("mirrored", row, 4 * row)
    assert f"frame {4 * row}" in problem.text


def test_turning_to_the_back_far_between_labelled_frames_is_no_swap() -> None:
    data = clip(back=True)
    for index, image in enumerate(data.images):
        image.frame_idx = 200 * index
    assert check_labels(data) == []


def test_a_swapped_picture_disagrees_with_all_others_at_any_turn() -> None:
    data = pictures(20, back=False)
    assert check_labels(data) == []
    swap(data, 7)
    (problem,) = check_labels(data)
    assert (problem.kind, problem.image_index) == ("mirrored", 7)


def test_people_from_front_and_back_are_not_judged_by_each_other() -> None:
    assert check_labels(pictures(20, back=True)) == []


def test_shoulders_against_hips() -> None:
    data = pictures(20, back=True)
    points = data.instances[4][1].points
    points[[2, 3]] = points[[3, 2]]
    (problem,) = check_labels(data)
    assert (problem.kind, problem.image_index) == ("mirrored", 4)
    assert "shoulders" in problem.text


def test_errors_come_first() -> None:
    data = clip(3)
    data.instances[2][1].points[0] = [1e6, 0]
    assert [p.severity for p in check_labels(data)] == ["error", "warning"]


def test_the_checks_do_not_import_torch() -> None:
    code = "import sys, poseapp.training.checks; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not (DATA / "lspet" / "val.json").exists(), reason="shared data (lspet) is not here")
def test_photographs_of_athletes_are_mostly_clean() -> None:
    problems = check_labels(coco.read(DATA / "lspet" / "val.json"))
    assert {p.kind for p in problems} <= {"mirrored", "outside"}
    # Crowd labels: some shoulders are swapped against the hips, looked at one by one; most are right.
    assert 0 < len(problems) < 25


@pytest.mark.skipif(
    not (DATA / "openfield" / "train.json").exists(), reason="shared data (openfield) is not here"
)
def test_a_swapped_mouse_is_found_among_mice() -> None:
    data = coco.read(DATA / "openfield" / "train.json")
    before = {p.image_index for p in check_labels(data) if p.kind == "mirrored"}
    index, person = data.instances[20]
    swapped = data.skeleton.swap_index
    person.points, person.visibility = person.points[swapped], person.visibility[swapped]
    after = {p.image_index for p in check_labels(data) if p.kind == "mirrored"}
    assert after - before == {index}
    assert len(before) <= 2
