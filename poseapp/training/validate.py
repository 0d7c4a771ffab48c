"""Validation of a network on labelled crops, as inference would crop them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from poseapp.geometry.affine import apply, invert
from poseapp.labels.metrics import pck, torso_diagonal
from poseapp.labels.skeleton import Skeleton
from poseapp.nets.codec import KEEP_RATIO, HeatmapCodec, trusted_box
from poseapp.nets.posenet import PoseNet
from poseapp.training.augment import Crop, plain_crop
from poseapp.training.data import Sample


@dataclass(frozen=True)
class Validation:
    """What a network does on held-out samples.

    Attributes:
        metrics: ``pck@0.2``, ``pck@0.1``, ``pck@0.05``, ``mean_px``, ``loss`` and their summary ``quality``.
        points: ``(N, K, 2)`` predictions in sample pixels.
        scores: ``(N, K)``.
    """

    metrics: dict[str, float]
    points: NDArray[np.float64]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class CropRule:
    """How inference will crop: size, enlargement, and whether it starts from the whole frame."""

    input_size: tuple[int, int]
    box_scale: float
    from_frame: bool


def as_batch(images_BHWC: torch.Tensor, device: torch.device) -> torch.Tensor:
    """uint8 RGB crops ``(B, H, W, 3)`` to ``(B, 3, H, W)`` in 0..1 on the device, channels last in memory."""
    batch = images_BHWC.to(device, non_blocking=True).permute(0, 3, 1, 2)
    return batch.to(torch.float32, memory_format=torch.channels_last).div_(255)


def standardise(batch: torch.Tensor, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Subtract the mean and divide by the deviation, both on the 0..1 scale."""
    return (batch - batch.new_tensor(mean).view(1, 3, 1, 1)) / batch.new_tensor(std).view(1, 3, 1, 1)


@torch.inference_mode()
def validate(
    net: PoseNet,
    codec: HeatmapCodec,
    samples: Sequence[Sample],
    skeleton: Skeleton,
    rule: CropRule,
    mean: Sequence[float],
    std: Sequence[float],
    device: torch.device,
    batch_size: int = 64,
) -> Validation:
    """Predict every sample and compare."""
    was_training = net.training
    net.eval()
    points: list[NDArray[np.float64]] = []
    scores: list[NDArray[np.float32]] = []
    losses: list[float] = []
    for start in range(0, len(samples), batch_size):
        part = samples[start : start + batch_size]
        crops = [
            plain_crop(
                s.image,
                s.points,
                s.labelled,
                None if rule.from_frame else s.box,
                rule.input_size,
                rule.box_scale,
            )
            for s in part
        ]
        found, score, loss = _predict(net, codec, crops, mean, std, device)
        losses.append(loss * len(part))
        if rule.from_frame:
            crops = [_refine(s, p, c, rule) for s, p, c in zip(part, found, score, strict=True)]
            again, second, _ = _predict(net, codec, crops, mean, std, device)
            better = second.mean(1) >= KEEP_RATIO * score.mean(1)
            found = [a if b else f for a, b, f in zip(again, better, found, strict=True)]
            score = np.where(better[:, None], second, score)
        points.extend(found)
        scores.extend(score)
    net.train(was_training)
    predicted, score_array = np.stack(points), np.stack(scores)
    metrics = measure(predicted, samples, skeleton)
    metrics["loss"] = float(np.sum(losses) / len(samples))
    return Validation(metrics, predicted, score_array)


def _predict(
    net: PoseNet,
    codec: HeatmapCodec,
    crops: list[Crop],
    mean: Sequence[float],
    std: Sequence[float],
    device: torch.device,
) -> tuple[list[NDArray[np.float64]], NDArray[np.float32], float]:
    images = torch.from_numpy(np.stack([c.image for c in crops]))
    batch = standardise(as_batch(images, device), mean, std)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        outputs = net(batch)
    target, _ = codec.encode(
        torch.from_numpy(np.stack([c.points for c in crops])).float().to(device),
        outputs["heatmap"].shape[-2:],
    )
    weight = torch.from_numpy(np.stack([c.weight for c in crops])).to(device)
    loss = float(codec.loss(outputs, target, weight))
    found, score = codec.decode(codec.probabilities(outputs))
    in_sample = [apply(invert(c.matrix), p) for c, p in zip(crops, found.cpu().double().numpy(), strict=True)]
    return in_sample, score.float().cpu().numpy(), loss


def _refine(sample: Sample, points: NDArray[np.float64], scores: NDArray[np.float32], rule: CropRule) -> Crop:
    box = trusted_box(points, scores)
    return plain_crop(sample.image, sample.points, sample.labelled, box, rule.input_size, rule.box_scale)


def measure(
    predicted: NDArray[np.float64], samples: Sequence[Sample], skeleton: Skeleton
) -> dict[str, float]:
    """PCK at three thresholds, the mean error in frame pixels, and ``quality``, by which networks are
    compared.

    PCK here divides by the torso diagonal where it is labelled, else by the longer side of the box, so
    that every
    sample counts even in the smallest validation split. ``quality`` is the area under the PCK curve from 0
    to 0.2.
    """
    true = np.stack([s.points for s in samples])
    labelled = np.stack([s.labelled for s in samples])
    normaliser = torso_diagonal(true, np.where(labelled, 2, 0), skeleton)
    sides = np.array([(s.box[2:] - s.box[:2]).max() for s in samples])
    normaliser = np.where(np.isfinite(normaliser), normaliser, sides)
    values = {f"pck@{t}": pck(predicted, true, labelled, normaliser, t)[0] or 0.0 for t in (0.2, 0.1, 0.05)}
    zoom = np.array([np.sqrt(abs(np.linalg.det(s.to_frame[:, :2]))) for s in samples])
    distance = np.linalg.norm(predicted - true, axis=-1)
    values["mean_px"] = float((distance * zoom[:, None])[labelled].mean())
    share = distance / np.maximum(normaliser, 1e-6)[:, None] / 0.2
    values["quality"] = float(np.clip(1 - share, 0, 1)[labelled].mean())
    return values
