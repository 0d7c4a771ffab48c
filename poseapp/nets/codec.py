"""Keypoints to heatmap targets and back, with sub-pixel positions.

Each keypoint is a probability over the cells of the heatmap and one further bin, "nowhere in this crop".
The target is a
Gaussian of unit mass; the loss is cross-entropy. Decoding takes the best cell and the expectation of the 7
x 7 cells around
it (local soft-argmax; integral regression of Sun et al., ECCV 2018, restricted to one mode), and the mass
of that window is the score: the network's own probability that the keypoint is there.

Cell i of a map with stride s is centred on crop pixel ``s * i + (s - 1) / 2``.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from poseapp.geometry.boxes import box_of_points

WINDOW = 3  # cells on each side of the best one
GOOD_SCORE = 0.2  # a keypoint counts for boxes from here on
KEEP_RATIO = 0.8  # a second look is kept unless its mean score falls below this share of the first one's


def trusted_box(points: NDArray[np.float64], scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Tight xyxy box of the keypoints a network is sure of; of all where fewer than three are.

    Args:
        points: ``(K, 2)`` pixels, finite.
        scores: ``(K,)``.
    """
    trusted = points[scores >= GOOD_SCORE]
    box = box_of_points(trusted if len(trusted) >= 3 else points)
    assert box is not None, "a network gives every keypoint a finite place"
    return box


@dataclass(frozen=True)
class HeatmapCodec:
    """Encode and decode keypoints of crops.

    Attributes:
        stride: Crop pixels a cell.
        sigma: Standard deviation of the target in cells.
    """

    stride: int = 4
    sigma: float = 1.2

    def encode(self, points_BK2: Tensor, size_hw: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Make targets.

        Args:
            points_BK2: Crop pixels; NaN is treated as outside.
            size_hw: Height and width of the map in cells.

        Returns:
            Target ``(B, K, h*w + 1)`` summing to 1, its last entry "nowhere", and ``inside`` ``(B, K)`` bool.
        """
        height, width = size_hw
        cells = (torch.nan_to_num(points_BK2, nan=-1e4) - (self.stride - 1) / 2) / self.stride
        x, y = cells[..., 0:1], cells[..., 1:2]
        inside = ((x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)).squeeze(-1)
        grid_x = torch.arange(width, device=cells.device, dtype=cells.dtype)
        grid_y = torch.arange(height, device=cells.device, dtype=cells.dtype)
        gauss_x = torch.exp(-0.5 * ((grid_x - x) / self.sigma) ** 2)
        gauss_y = torch.exp(-0.5 * ((grid_y - y) / self.sigma) ** 2)
        gauss_x = gauss_x / gauss_x.sum(-1, keepdim=True).clamp_min(1e-12)
        gauss_y = gauss_y / gauss_y.sum(-1, keepdim=True).clamp_min(1e-12)
        maps = (gauss_y.unsqueeze(-1) * gauss_x.unsqueeze(-2)).flatten(2) * inside.unsqueeze(-1)
        return torch.cat([maps, (~inside).unsqueeze(-1).to(maps.dtype)], -1), inside

    def loss(self, outputs: dict[str, Tensor], target: Tensor, weight_BK: Tensor) -> Tensor:
        """Weighted mean cross-entropy; ``weight_BK`` 0 leaves a keypoint out."""
        log_p = F.log_softmax(self.logits(outputs), -1)
        per_keypoint = -(target * log_p).sum(-1)
        return (per_keypoint * weight_BK).sum() / weight_BK.sum().clamp_min(1.0)

    @staticmethod
    def logits(outputs: dict[str, Tensor]) -> Tensor:
        """Join maps and "nowhere" to ``(B, K, h*w + 1)`` float32."""
        return torch.cat([outputs["heatmap"].flatten(2), outputs["nowhere"].unsqueeze(-1)], -1).float()

    def probabilities(self, outputs: dict[str, Tensor]) -> Tensor:
        """Heatmaps as probabilities ``(B, K, h, w)``; what is missing to 1 is "nowhere"."""
        maps = F.softmax(self.logits(outputs), -1)[..., :-1]
        return maps.reshape(outputs["heatmap"].shape)

    def decode(self, probabilities_BKhw: Tensor) -> tuple[Tensor, Tensor]:
        """Find keypoints.

        Returns:
            Points ``(B, K, 2)`` in crop pixels and scores ``(B, K)`` in 0..1.
        """
        batch, keypoints, height, width = probabilities_BKhw.shape
        best = probabilities_BKhw.flatten(2).argmax(-1)
        best_y, best_x = best // width, best % width
        padded = F.pad(probabilities_BKhw, (WINDOW, WINDOW, WINDOW, WINDOW))
        offsets = torch.arange(2 * WINDOW + 1, device=best.device)
        rows = (best_y[..., None, None] + offsets[:, None]).expand(-1, -1, -1, len(offsets))
        columns = (best_x[..., None, None] + offsets[None, :]).expand(-1, -1, len(offsets), -1)
        flat = (rows * (width + 2 * WINDOW) + columns).flatten(2)
        window = padded.flatten(2).gather(-1, flat).reshape(batch, keypoints, len(offsets), len(offsets))
        mass = window.sum((-1, -2))
        shift = (offsets - WINDOW).to(window.dtype)
        norm = mass.clamp_min(1e-12)
        x = best_x + (window.sum(-2) * shift).sum(-1) / norm
        y = best_y + (window.sum(-1) * shift).sum(-1) / norm
        points = torch.stack([x, y], -1) * self.stride + (self.stride - 1) / 2
        return points, mass.clamp(0, 1)
