"""Heatmap targets, loss and sub-pixel decoding."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from poseapp.nets.codec import HeatmapCodec

CODEC = HeatmapCodec(stride=4, sigma=1.2)


def as_maps(target: torch.Tensor, size_hw: tuple[int, int]) -> torch.Tensor:
    return target[..., :-1].reshape(*target.shape[:2], *size_hw)


@given(st.floats(16, 172), st.floats(16, 236))  # nearer to the border the Gaussian itself is cut
def test_decoding_a_target_gives_its_point_back(x, y):
    points = torch.tensor([[[x, y]]])
    target, inside = CODEC.encode(points, (64, 48))
    assert inside.all()
    found, score = CODEC.decode(as_maps(target, (64, 48)))
    assert (found - points).abs().max() < 0.1
    assert score.item() > 0.9


def test_x_and_y_are_not_exchanged_on_an_asymmetric_blob():
    maps = torch.zeros(1, 1, 20, 30)
    maps[0, 0, 5, 21], maps[0, 0, 5, 22], maps[0, 0, 6, 21] = 0.6, 0.3, 0.1
    found, score = CODEC.decode(maps)
    x, y = ((found[0, 0] - 1.5) / 4).tolist()
    assert np.isclose(x, 21.3, atol=1e-4) and np.isclose(y, 5.1, atol=1e-4)
    assert np.isclose(score.item(), 1.0)


def test_points_outside_or_unknown_are_nowhere():
    points = torch.tensor([[[-9.0, 20.0], [20.0, 400.0], [float("nan"), 3.0], [30.0, 30.0]]])
    target, inside = CODEC.encode(points, (48, 48))
    assert inside.tolist() == [[False, False, False, True]]
    assert target[0, :, -1].tolist() == [1, 1, 1, 0]
    assert torch.allclose(target.sum(-1), torch.ones(1, 4), atol=1e-5)


def test_loss_is_least_at_the_target_and_ignores_keypoints_without_weight():
    points = torch.tensor([[[40.0, 60.0], [90.0, 20.0]]])
    target, _ = CODEC.encode(points, (48, 48))
    good = target.clamp_min(1e-9).log()
    right = {"heatmap": as_maps(good, (48, 48)), "nowhere": good[..., -1]}
    shifted = {"heatmap": right["heatmap"].roll(2, -1), "nowhere": right["nowhere"]}
    everyone = torch.ones(1, 2)
    assert CODEC.loss(right, target, everyone) < CODEC.loss(shifted, target, everyone)
    entropy = -(target * good).sum(-1).mean()
    assert torch.isclose(CODEC.loss(right, target, everyone), entropy, atol=1e-3)
    half = {"heatmap": right["heatmap"].clone(), "nowhere": right["nowhere"]}
    half["heatmap"][:, 1] = shifted["heatmap"][:, 1]
    only_first = torch.tensor([[1.0, 0.0]])
    assert torch.isclose(CODEC.loss(half, target, only_first), CODEC.loss(right, target, only_first))


def test_a_network_that_says_nowhere_scores_low():
    outputs = {"heatmap": torch.zeros(1, 3, 16, 16), "nowhere": torch.full((1, 3), 12.0)}
    _, score = CODEC.decode(CODEC.probabilities(outputs))
    assert (score < 0.01).all()
