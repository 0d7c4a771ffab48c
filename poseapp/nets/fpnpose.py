"""The product's own single-person network: residual backbone, global attention at stride 32, top-down
pyramid, heatmaps.

Built for two CPU cores: dense 3x3 convolutions (fast in oneDNN), few layers, one attention block on the 6
x 6 grid that
lets the two sides of a body see each other, and heatmaps at stride 4. Parts: residual blocks of He et al.
(CVPR 2016), feature pyramid of Lin et al. (CVPR 2017), pre-norm attention of Vaswani et al. (2017).

Shapes: B batch, C channels, H W image, h w heatmap (H/4, W/4), K keypoints, N = tokens.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from poseapp.nets.layers import ConvNorm
from poseapp.nets.posenet import PoseNet


@dataclass(frozen=True)
class FpnPoseConfig:
    """Arguments of the network.

    Attributes:
        num_keypoints: K.
        widths: Channels at strides 4, 8, 16, 32.
        depths: Residual blocks at these strides.
        stem_width: Channels of the first convolution (stride 2).
        head_width: Channels of the pyramid.
        attention_layers: Attention blocks at stride 32; 0 switches them off.
        drop_path: Largest probability with which a residual branch is skipped in training.
    """

    num_keypoints: int
    widths: tuple[int, int, int, int] = (48, 96, 192, 256)
    depths: tuple[int, int, int, int] = (2, 2, 4, 2)
    stem_width: int = 24
    head_width: int = 64
    attention_layers: int = 2
    drop_path: float = 0.1

    def __post_init__(self) -> None:
        if self.num_keypoints < 1:
            raise ValueError("num_keypoints must be at least 1")
        if self.widths[3] % 32:
            raise ValueError("the last width must be a multiple of 32 (attention heads)")


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, with stochastic depth."""

    def __init__(self, channels_in: int, channels_out: int, stride: int, drop_path: float) -> None:
        super().__init__()
        self.first = ConvNorm(channels_in, channels_out, 3, stride)
        self.second = ConvNorm(channels_out, channels_out)
        same = channels_in == channels_out and stride == 1
        self.shortcut: nn.Module = nn.Identity() if same else ConvNorm(channels_in, channels_out, 1, stride)
        self.drop_path = drop_path if same else 0.0

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return the block's output, same layout as the input."""
        branch = self.second(F.relu(self.first(x_BCHW), inplace=True))
        if self.training and self.drop_path > 0:
            keep = 1 - self.drop_path
            mask = torch.rand(branch.shape[0], 1, 1, 1, device=branch.device) < keep
            branch = branch * mask.to(branch.dtype) / keep
        return F.relu(self.shortcut(x_BCHW) + branch)


class AttentionBlock(nn.Module):
    """Pre-norm self-attention over all positions of the coarsest grid, with a convolutional position code."""

    def __init__(self, channels: int, head_channels: int = 32) -> None:
        super().__init__()
        self.position = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm_attention = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.project = nn.Linear(channels, channels)
        self.norm_mlp = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, 2 * channels)
        self.contract = nn.Linear(2 * channels, channels)
        self.num_heads = channels // head_channels
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.contract.weight)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return the attended grid, same shape."""
        x_BCHW = x_BCHW + self.position(x_BCHW)
        batch, channels, height, width = x_BCHW.shape
        x_BNC = x_BCHW.flatten(2).transpose(1, 2)
        qkv = self.qkv(self.norm_attention(x_BNC)).reshape(batch, height * width, 3, self.num_heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = (
            F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, height * width, channels)
        )
        x_BNC = x_BNC + self.project(mixed)
        x_BNC = x_BNC + self.contract(F.gelu(self.expand(self.norm_mlp(x_BNC))))
        return x_BNC.transpose(1, 2).reshape(batch, channels, height, width)


class FpnPose(PoseNet):
    """Image crop to keypoint heatmap logits and, per keypoint, the logit of lying nowhere in the crop."""

    stride = 4

    def __init__(self, config: FpnPoseConfig) -> None:
        super().__init__()
        self.config = config
        widths, head = config.widths, config.head_width
        self.stem = nn.Sequential(
            ConvNorm(3, config.stem_width, 3, 2),
            nn.ReLU(inplace=True),
            ConvNorm(config.stem_width, widths[0], 3, 2),
            nn.ReLU(inplace=True),
        )
        blocks_total, block_number = sum(config.depths), 0
        stages = []
        channels = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, config.depths, strict=True)):
            blocks = []
            for i in range(depth):
                drop = config.drop_path * block_number / max(blocks_total - 1, 1)
                blocks.append(ResidualBlock(channels, width, 2 if stage and not i else 1, drop))
                channels, block_number = width, block_number + 1
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.attention = nn.Sequential(*(AttentionBlock(widths[3]) for _ in range(config.attention_layers)))
        self.laterals = nn.ModuleList(ConvNorm(width, head, 1) for width in widths)
        self.smooth = nn.ModuleList(ConvNorm(head, head) for _ in widths[:-1])
        self.heatmap = nn.Conv2d(head, config.num_keypoints, 1)
        self.nowhere = nn.Linear(widths[3], config.num_keypoints)

    def features(self, x_BCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Return the stride-4 pyramid features ``(B, head, h, w)`` and the pooled coarse features ``(B,
        C)``."""
        x_BCHW = self.stem(x_BCHW)
        levels = []
        for stage in self.stages:
            x_BCHW = stage(x_BCHW)
            levels.append(x_BCHW)
        levels[-1] = self.attention(levels[-1])
        y = self.laterals[-1](levels[-1])
        for i in range(len(levels) - 2, -1, -1):
            up = F.interpolate(y, size=levels[i].shape[-2:], mode="nearest")
            y = F.relu(self.smooth[i](up + self.laterals[i](levels[i])), inplace=True)
        return y, levels[-1].mean((2, 3))

    def forward(self, x_BCHW: Tensor) -> dict[str, Tensor]:
        """Map normalised crops to logits.

        Args:
            x_BCHW: ``(B, 3, H, W)``, normalised RGB; H and W multiples of 32.

        Returns:
            ``heatmap`` ``(B, K, H/4, W/4)`` and ``nowhere`` ``(B, K)``, logits of one softmax over all
            cells and "nowhere".
        """
        y, pooled = self.features(x_BCHW)
        return {"heatmap": self.heatmap(y), "nowhere": self.nowhere(pooled)}


def small(num_keypoints: int) -> FpnPoseConfig:
    """The shipped size: about 1.0 GMAC at 192 x 192."""
    return FpnPoseConfig(num_keypoints)


def extra_small(num_keypoints: int) -> FpnPoseConfig:
    """A fifth of the shipped size, learnt in minutes on a laptop."""
    return FpnPoseConfig(num_keypoints, (24, 48, 96, 128), (1, 2, 2, 2), 16, 48, 1, 0.05)


def large(num_keypoints: int) -> FpnPoseConfig:
    """Teacher size, for a GPU."""
    return FpnPoseConfig(num_keypoints, (80, 160, 320, 512), (3, 4, 8, 3), 40, 128, 4, 0.3)


def tiny(num_keypoints: int) -> FpnPoseConfig:
    """For tests: a few thousand parameters a stage."""
    return FpnPoseConfig(num_keypoints, (16, 24, 32, 32), (1, 1, 1, 1), 8, 16, 1, 0.0)
