"""Layers that several networks are made of."""

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from poseapp.nets.posenet import PoseNet


class ConvNorm(nn.Sequential):
    """Convolution and batch norm; the norm is folded into the convolution by :func:`fold_norms`."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(channels_out),
        )


def fold_norms(net: PoseNet) -> PoseNet:
    """Fold every batch norm into the convolution before it, in place, for faster inference in eval mode."""
    for module in net.modules():
        if isinstance(module, ConvNorm) and len(module) == 2:
            convolution, norm = module[0], module[1]
            assert isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            fused = fuse_conv_bn_eval(convolution, norm)
            del module[1]
            module[0] = fused
    return net
