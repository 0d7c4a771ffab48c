"""Random crops: points stay on what they mark, and a mirrored person's left is its right."""

import cv2
import numpy as np
import pytest
import torch

from poseapp.training.augment import random_crop, random_look
from poseapp.training.spec import Augmentation

COLOURS = np.array([(250, 30, 30), (30, 250, 30), (30, 30, 250)])
POINTS = np.array([[40.0, 60.0], [95.0, 50.0], [70.0, 100.0]])
SWAP = np.array([1, 0, 2])


def crop_of(seed: int, swap: np.ndarray | None = SWAP, labelled=(True, True, True)):
    image = np.full((140, 140, 3), 120, np.uint8)
    for colour, (x, y) in zip(COLOURS, POINTS, strict=True):
        cv2.circle(image, (int(x), int(y)), 9, colour.tolist(), -1)
    box = np.array([40.0, 50.0, 95.0, 100.0])
    options = Augmentation(negative=0.0, full_turn=0.3)
    rng = np.random.default_rng(seed)
    return random_crop(image, POINTS, np.array(labelled), box, (96, 96), 1.5, swap, options, rng)


@pytest.mark.parametrize("seed", range(24))
def test_each_point_lies_on_its_own_mark_or_its_partners_when_mirrored(seed):
    crop = crop_of(seed)
    mirrored = np.linalg.det(crop.matrix[:, :2]) < 0
    expected = COLOURS[SWAP] if mirrored else COLOURS
    seen = 0
    for (x, y), colour in zip(crop.points, expected, strict=True):
        if 3 <= x < 93 and 3 <= y < 93:
            seen += 1
            assert np.abs(crop.image[round(y), round(x)].astype(int) - colour).max() < 40
    assert seen


def test_about_half_are_mirrored_and_none_without_partners():
    signs = [np.linalg.det(crop_of(seed).matrix[:, :2]) < 0 for seed in range(60)]
    assert 15 < sum(signs) < 45
    assert not any(np.linalg.det(crop_of(seed, swap=None).matrix[:, :2]) < 0 for seed in range(60))


def test_what_is_unlabelled_moves_with_its_side():
    for seed in range(20):
        crop = crop_of(seed, labelled=(False, True, True))
        mirrored = np.linalg.det(crop.matrix[:, :2]) < 0
        assert crop.weight.tolist() == ([1, 0, 1] if mirrored else [0, 1, 1])


def test_looks_change_colours_within_range_and_repeat_with_their_seed():
    batch = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    one, two = (random_look(batch, Augmentation(), torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, two) and not torch.equal(one, batch)
    assert one.shape == batch.shape and one.min() >= 0 and one.max() <= 1
    none = Augmentation(colour=0.0, blur=0.0, cutout=0.0)
    assert torch.equal(random_look(batch, none, torch.Generator().manual_seed(5)), batch)
