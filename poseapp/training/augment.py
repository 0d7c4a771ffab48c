"""Random crops (geometry, on the CPU by OpenCV) and random looks (colour, blur, cutout; batched on the
device)."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from poseapp.geometry.affine import Matrix, apply, crop_matrix, frame_box, warp
from poseapp.training.spec import Augmentation


@dataclass
class Crop:
    """One training or validation crop.

    Attributes:
        image: ``(H, W, 3)`` uint8 RGB.
        points: ``(K, 2)`` crop pixels; NaN where nothing is known.
        weight: ``(K,)`` 0 leaves the keypoint out of the loss.
        matrix: ``(2, 3)`` image to crop.
    """

    image: NDArray[np.uint8]
    points: NDArray[np.float64]
    weight: NDArray[np.float32]
    matrix: Matrix


def random_crop(
    image: NDArray[np.uint8],
    points: NDArray[np.float64],
    labelled: NDArray[np.bool_],
    box: NDArray[np.float64],
    size_wh: tuple[int, int],
    box_scale: float,
    swap_index: NDArray[np.int64] | None,
    augmentation: Augmentation,
    rng: np.random.Generator,
) -> Crop:
    """Draw a crop around ``box``.

    Args:
        image: ``(H, W, 3)`` uint8 RGB.
        points: ``(K, 2)`` image pixels.
        labelled: ``(K,)``.
        box: Tight xyxy box of the person (or the frame).
        size_wh: Crop size.
        box_scale: Enlargement of the box before augmentation.
        swap_index: ``(K,)`` index of each keypoint's mirror partner; None forbids flipping.
        augmentation: Ranges.
        rng: Source of randomness.
    """
    a = augmentation
    rotation = float(np.clip(rng.normal(0, a.rotation_deg), -3 * a.rotation_deg, 3 * a.rotation_deg))
    if rng.random() < a.full_turn:
        rotation = float(rng.uniform(-180, 180))
    scale = float(np.exp(rng.uniform(np.log(a.scale_min), np.log(a.scale_max))))
    flip = bool(a.flip and swap_index is not None and rng.random() < 0.5)
    side = np.maximum(box[2:] - box[:2], 1.0).max()
    shift = rng.uniform(-a.shift, a.shift, 2) * side
    negative = rng.random() < a.negative
    if negative:
        # Look beside the person: far enough that most of it is out of the crop.
        angle = rng.uniform(0, 2 * np.pi)
        shift = np.array([np.cos(angle), np.sin(angle)]) * side * rng.uniform(0.9, 1.6)
        scale *= float(rng.uniform(0.4, 0.9))
    matrix = crop_matrix(box + np.tile(shift, 2), size_wh, np.deg2rad(rotation), box_scale * scale, flip)
    # Outside the picture: sometimes black, sometimes grey, so that the border itself says nothing.
    crop = warp(image, matrix, size_wh, fill=(0, 0, 114, int(rng.integers(256)))[int(rng.integers(4))])
    moved = apply(matrix, points)
    weight = labelled.astype(np.float32)
    if flip and swap_index is not None:
        moved, weight = moved[swap_index], weight[swap_index]
    return Crop(crop, moved, weight, matrix)


def plain_crop(
    image: NDArray[np.uint8],
    points: NDArray[np.float64],
    labelled: NDArray[np.bool_],
    box: NDArray[np.float64] | None,
    size_wh: tuple[int, int],
    box_scale: float,
) -> Crop:
    """The crop that inference would use for this box; None is the whole frame."""
    if box is None:
        box, box_scale = frame_box(image.shape[1], image.shape[0]), 1.0
    matrix = crop_matrix(box, size_wh, scale=box_scale)
    return Crop(warp(image, matrix, size_wh), apply(matrix, points), labelled.astype(np.float32), matrix)


def random_look(batch: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Change colours, sharpness and cover patches.

    Args:
        batch: ``(B, 3, H, W)`` float in 0..1.
        augmentation: Strengths.
        generator: On the batch's device.
    """
    count, _, height, width = batch.shape

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(count, *shape, device=batch.device, generator=generator) * (high - low) + low

    strength = augmentation.colour
    if strength > 0:
        grey = (batch * batch.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
        saturation = uniform(1 - 1.5 * strength, 1 + 1.5 * strength, 1, 1, 1)
        saturation = torch.where(
            uniform(0, 1, 1, 1, 1) < 0.3 * strength, torch.zeros_like(saturation), saturation
        )
        batch = grey + (batch - grey) * saturation.clamp_min(0)
        mean = batch.mean((1, 2, 3), keepdim=True)
        batch = mean + (batch - mean) * uniform(1 - strength, 1 + strength, 1, 1, 1)
        batch = (
            batch
            * uniform(1 - strength, 1 + strength, 1, 1, 1)
            * uniform(1 - strength / 3, 1 + strength / 3, 3, 1, 1)
        )
        batch = batch.clamp(0, 1) ** uniform(1 - strength / 2, 1 + strength, 1, 1, 1)
    if augmentation.blur > 0:
        soft = F.avg_pool2d(F.pad(batch, (1, 1, 1, 1), mode="replicate"), 3, 1)
        batch = torch.where(uniform(0, 1, 1, 1, 1) < augmentation.blur, soft, batch)
        noise = torch.randn(batch.shape, device=batch.device, generator=generator)
        amount = uniform(0, 0.05, 1, 1, 1) * (uniform(0, 1, 1, 1, 1) < augmentation.blur)
        batch = batch + noise * amount
    if augmentation.cutout > 0:
        x = torch.arange(width, device=batch.device).view(1, 1, 1, -1)
        y = torch.arange(height, device=batch.device).view(1, 1, -1, 1)
        half_w, half_h = uniform(0.05, 0.18, 1, 1, 1) * width, uniform(0.05, 0.18, 1, 1, 1) * height
        centre_x, centre_y = uniform(0, width, 1, 1, 1), uniform(0, height, 1, 1, 1)
        inside = ((x - centre_x).abs() < half_w) & ((y - centre_y).abs() < half_h)
        inside = inside & (uniform(0, 1, 1, 1, 1) < augmentation.cutout)
        batch = torch.where(inside, uniform(0, 1, 3, 1, 1), batch)
    return batch.clamp(0, 1)
