"""Checks of labels before training: what is wrong is named with its frame and keypoint. numpy alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.instance import Instance
from poseapp.training import mirrored

# One frame for training and one to measure on is the least a run can be made of.
MIN_FRAMES = 2
# Below this a run works but what it measures says little.
FEW_FRAMES = 10
# How far outside the picture (share of its longer side) a place is a slip of the file and not a hidden limb.
FAR_OUTSIDE = 0.5
# Two people in one frame are one labelled twice when their keypoints lie this near (share of their size).
SAME_PERSON = 0.04

Severity = Literal["error", "warning"]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class LabelProblem:
    """One thing that is wrong with the labels.

    Attributes:
        kind: "too_few", "not_finite", "outside", "few_points", "zero_size", "duplicate" or "mirrored".
        text: One line that names the frame, the person where there are several, and what to do.
        image_index: Index into `Dataset.images`, or None where the whole set is meant.
        frame_idx: 0-based frame of the video, or None.
        video: The video, or None.
        keypoint: Name of the keypoint, or None where the whole person is meant.
        severity: "error" (training would fail or learn nonsense) or "warning".
    """

    kind: str
    text: str
    image_index: int | None = None
    frame_idx: int | None = None
    video: str | None = None
    keypoint: str | None = None
    severity: Severity = "warning"


def check_labels(dataset: Dataset) -> list[LabelProblem]:
    """Look for labels that would spoil training.

    Found are: fewer than `MIN_FRAMES` labelled frames (error) or fewer than `FEW_FRAMES` (warning),
    keypoints that are not numbers (error), keypoints outside the picture (error where far outside), people
    with few keypoints, people of size zero (error), one person labelled twice in a frame, and left and
    right swapped. Crowd regions are left out.

    Args:
        dataset: Labels as any format reads them.

    Returns:
        Problems, errors first, each group in the order of the images.
    """
    people = [_people(found) for found in dataset.by_image()]
    problems = list(_too_few(sum(any(p.labelled.any() for p in found) for found in people)))
    for index, (image, found) in enumerate(zip(dataset.images, people, strict=True)):
        for number, person in enumerate(found):
            where = _where(image, number, len(found))
            problems += _check_person(dataset, index, person, where)
        problems += _duplicates(dataset, index, found)
    problems += _bare(dataset, people)
    problems += _swapped(dataset, people)
    return sorted(problems, key=lambda p: p.severity != "error")


def _people(found: list[Instance]) -> list[Instance]:
    return [person for person in found if not person.extra.get("iscrowd")]


def _where(image: ImageEntry, number: int = 0, count: int = 1) -> str:
    """Say which frame, and which person where there are several."""
    name = image.file_name
    if image.video is not None and image.frame_idx is not None:
        name = f"{image.video}, frame {image.frame_idx}"
    return name if count < 2 else f"{name}, person {number + 1}"


def _problem(
    dataset: Dataset, index: int, kind: str, text: str, severity: Severity, keypoint: int | None = None
) -> LabelProblem:
    image = dataset.images[index]
    name = None if keypoint is None else dataset.skeleton.keypoints[keypoint]
    return LabelProblem(kind, text, index, image.frame_idx, image.video, name, severity)


def _too_few(num_frames: int) -> Iterator[LabelProblem]:
    if num_frames < MIN_FRAMES:
        have = "No frame is" if num_frames == 0 else "Only one frame is"
        text = f"{have} labelled; label at least {MIN_FRAMES}: one to learn from and one to measure on."
        yield LabelProblem("too_few", text, severity="error")
    elif num_frames < FEW_FRAMES:
        text = f"Only {num_frames} frames are labelled; the result can be trusted from about {FEW_FRAMES}."
        yield LabelProblem("too_few", text)


def _bare(dataset: Dataset, people: list[list[Instance]]) -> Iterator[LabelProblem]:
    """People without any keypoint: one line for all, as detection sets have thousands of them."""
    rows = [
        (i, n)
        for i, found in enumerate(people)
        for n, person in enumerate(found)
        if not person.labelled.any()
    ]
    if rows:
        index, number = rows[0]
        where = _where(dataset.images[index], number, len(people[index]))
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        text = f"{where}{more}: a person without any keypoint; training leaves such people out."
        yield _problem(dataset, index, "few_points", text, "warning")


def _check_person(dataset: Dataset, index: int, person: Instance, where: str) -> Iterator[LabelProblem]:
    names = dataset.skeleton.keypoints
    points, labelled = np.asarray(person.points, dtype=np.float64), np.asarray(person.visibility) > 0
    finite = np.isfinite(points).all(axis=1)
    for k in np.flatnonzero(labelled & ~finite):
        text = f"{where}: {names[k]} is marked as labelled but has no place; place it or unset it."
        yield _problem(dataset, index, "not_finite", text, "error", int(k))
    good = labelled & finite
    yield from _outside(dataset, index, points, good, where)
    num, total = int(good.sum()), len(points)
    # A quarter of the keypoints: fewer say too little about where the person is.
    needed = min(total, max(2, math.ceil(total / 4)))
    if 0 < num < needed:
        text = f"{where}: only {num} of {total} keypoints labelled; label at least {needed}."
        yield _problem(dataset, index, "few_points", text, "warning")
    if num >= 2 and float(np.ptp(points[good], axis=0).max()) < 1.0:
        text = f"{where}: all {num} keypoints lie on one spot; place them or delete the person."
        yield _problem(dataset, index, "zero_size", text, "error")
    if person.box is not None and num and _empty_box(person.box):
        text = f"{where}: the box of the person has no area; correct it or remove it."
        yield _problem(dataset, index, "zero_size", text, "warning")


def _empty_box(box: NDArray[np.float64]) -> bool:
    return not bool(np.isfinite(box).all() and (box[2:] > box[:2]).all())


def _outside(
    dataset: Dataset, index: int, points: NDArray[np.float64], good: Bools, where: str
) -> Iterator[LabelProblem]:
    image = dataset.images[index]
    if image.width <= 0 or image.height <= 0:
        return
    low, high = np.array([-0.5, -0.5]), np.array([image.width, image.height]) - 0.5
    with np.errstate(invalid="ignore"):
        beyond = np.maximum(low - points, points - high).max(axis=1)
    # The outer edge of the last pixel is still on the picture, also after rounding to hundredths.
    for k in np.flatnonzero(good & (beyond > 0.51)):
        far = beyond[k] > FAR_OUTSIDE * max(image.width, image.height)
        x, y = points[k]
        text = (
            f"{where}: {dataset.skeleton.keypoints[k]} at x {x:.0f}, y {y:.0f} is outside the picture of "
            f"{image.width} x {image.height}; move it inside or unset it."
        )
        yield _problem(dataset, index, "outside", text, "error" if far else "warning", int(k))


def _duplicates(dataset: Dataset, index: int, found: list[Instance]) -> Iterator[LabelProblem]:
    """People whose common keypoints lie on each other."""
    boxes = [person.bounds() for person in found]
    for second in range(1, len(found)):
        for first in range(second):
            a, b = found[first], found[second]
            both = a.labelled & b.labelled
            box = boxes[first]
            if box is None or both.sum() < 2:
                continue
            size = max(float((box[2:] - box[:2]).max()), 1.0)
            apart = np.linalg.norm(a.points[both] - b.points[both], axis=1)
            if float(np.nanmedian(apart)) <= SAME_PERSON * size:
                text = (
                    f"{_where(dataset.images[index])}: person {first + 1} and person {second + 1} are one "
                    "person labelled twice; delete one."
                )
                yield _problem(dataset, index, "duplicate", text, "warning")
                break


def _swapped(dataset: Dataset, people: list[list[Instance]]) -> Iterator[LabelProblem]:
    """Left and right swapped, by one of three signs; see `mirrored`."""
    rows = [(index, number) for index, found in enumerate(people) for number in range(len(found))]
    if not rows or not dataset.skeleton.swap_pairs:
        return
    points = np.stack([people[i][n].points for i, n in rows])
    seen = np.stack([people[i][n].labelled for i, n in rows]) & np.isfinite(points).all(axis=2)
    frames = [(dataset.images[i].video, dataset.images[i].frame_idx, people[i][n].track_id) for i, n in rows]
    signs = mirrored.find_mirrored(points, seen, frames, dataset.skeleton)
    for row in sorted(signs):
        index, number = rows[row]
        where = _where(dataset.images[index], number, len(people[index]))
        text = f"{where}: left and right look swapped ({signs[row]}); look at it and swap the sides if so."
        yield _problem(dataset, index, "mirrored", text, "warning")
