"""What training and inference ask of a network."""

from typing import Any

from torch import Tensor, nn


class PoseNet(nn.Module):
    """A network from crops to heatmap logits.

    Attributes:
        stride: Crop pixels a heatmap cell.
        config: Configuration dataclass it was built from; stored in the card.
    """

    stride: int
    config: Any
    # Layers whose rows are keypoints; they move by name when the skeleton changes.
    head_layers = ("heatmap", "nowhere")

    def forward(self, x_BCHW: Tensor) -> dict[str, Tensor]:
        """Return ``heatmap`` ``(B, K, h, w)`` and ``nowhere`` ``(B, K)`` logits."""
        raise NotImplementedError
