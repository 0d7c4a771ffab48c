"""Every network of the table: shapes, folding, gradients."""

import pytest
import torch

from poseapp.errors import CheckpointError
from poseapp.nets import NETS, net_entry
from poseapp.nets.codec import HeatmapCodec
from poseapp.nets.layers import fold_norms

SMALL = [name for name in NETS if not name.endswith("_l")]


@pytest.mark.parametrize("name", NETS)
def test_output_shapes(name):
    entry = NETS[name]
    net = entry.build(5).eval()
    width, height = entry.input_size
    with torch.inference_mode():
        outputs = net(torch.zeros(2, 3, height, width))
        wide = net(torch.zeros(1, 3, 64, 96))
    assert outputs["heatmap"].shape == (2, 5, height // net.stride, width // net.stride)
    assert outputs["nowhere"].shape == (2, 5)
    assert wide["heatmap"].shape == (1, 5, 64 // net.stride, 96 // net.stride)


@pytest.mark.parametrize("name", SMALL)
def test_folded_norms_change_nothing(name):
    torch.manual_seed(0)
    net = NETS[name].build(4)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
    net.eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        before = net(image)
        after = fold_norms(net)(image)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in net.modules())
    assert torch.allclose(before["heatmap"], after["heatmap"], atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("name", SMALL)
def test_every_parameter_learns(name):
    torch.manual_seed(0)
    net = NETS[name].build(3).train()
    codec = HeatmapCodec(net.stride)
    outputs = net(torch.randn(4, 3, 64, 64))
    points = torch.rand(4, 3, 2) * 60
    points[0, 0] = -50
    target, _ = codec.encode(points, outputs["heatmap"].shape[-2:])
    codec.loss(outputs, target, torch.ones(4, 3)).backward()
    # Zero-initialised projections pass no gradient to what lies before them at the very first step.
    silent = ("norm_attention", "qkv", "norm_mlp", "expand")
    missing = [
        n
        for n, p in net.named_parameters()
        if (p.grad is None or not p.grad.abs().sum() > 0) and not any(s in n for s in silent)
    ]
    assert missing == []


def test_unknown_network_is_named_with_the_choice():
    with pytest.raises(CheckpointError, match="fpnpose_s"):
        net_entry("resnet")
