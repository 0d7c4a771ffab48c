"""One optimiser step: a batch in, better weights out."""

import copy
import math
from typing import Any

import torch
from torch import Tensor, nn

from poseapp.nets.codec import HeatmapCodec
from poseapp.nets.posenet import PoseNet
from poseapp.training.augment import random_look
from poseapp.training.setup import Prepared
from poseapp.training.state import Ema
from poseapp.training.validate import as_batch, standardise

MAX_GRADIENT_NORM = 5.0


class Learner:
    """Network, average, optimiser and loss of a run.

    Attributes:
        codec: Targets and loss.
        ema: Averaged weights, which are validated and kept.
        optimiser: AdamW.
        peak_rate: Highest learning rate.
    """

    def __init__(self, prepared: Prepared) -> None:
        spec = prepared.spec
        self.prepared, self.spec = prepared, spec
        self.codec = HeatmapCodec(prepared.net.stride, prepared.card.sigma)
        self.ema = Ema(prepared.net, prepared.average, spec.ema_decay)
        # Corrections only move what the network knows; new keypoints or random weights have everything to
        # learn.
        self.peak_rate = spec.learning_rate or (FINE_TUNE_RATE if prepared.initial is not None else 2e-3)
        self.optimiser = torch.optim.AdamW(
            _parameter_groups(prepared.net, spec.weight_decay),
            lr=self.peak_rate,
            fused=prepared.device.type == "cuda",
        )
        self._blended: PoseNet | None = None
        self._generator = torch.Generator(device=prepared.device)

    @torch.no_grad()
    def result(self) -> PoseNet:
        """The network to validate and keep: the average; when fine-tuning, blended with where it began."""
        average, initial = self.ema.average, self.prepared.initial
        if initial is None or self.spec.blend == 1:
            return average
        old, latest = initial.state_dict(), average.state_dict()
        self._blended = self._blended or copy.deepcopy(average)
        for name, value in self._blended.state_dict().items():
            new = latest[name]
            if value.is_floating_point():
                value.copy_(torch.lerp(old[name], new, self.spec.blend))
            else:
                value.copy_(new)
        return self._blended

    def step(self, number: int, images: Tensor, points: Tensor, weights: Tensor, share: float) -> Tensor:
        """Learn from one batch.

        Args:
            number: Of the step; seeds the random looks.
            images: ``(B, H, W, 3)`` uint8 RGB crops.
            points: ``(B, K, 2)`` crop pixels.
            weights: ``(B, K)``, 0 for keypoints without a label.
            share: How much of the run is done, 0..1.

        Returns:
            The loss, a scalar on the device.
        """
        p = self.prepared
        p.net.train()
        if self.spec.freeze_norm:
            for module in p.net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        batch = self._look(number, images)
        for group in self.optimiser.param_groups:
            group["lr"] = self.peak_rate * schedule(share)
        with torch.autocast(p.device.type, torch.bfloat16, enabled=p.device.type == "cuda"):
            outputs = p.net(batch)
        points = points.to(p.device, non_blocking=True)
        target, _ = self.codec.encode(points, outputs["heatmap"].shape[-2:])
        weight = weights.to(p.device, non_blocking=True)
        loss = self.codec.loss(outputs, *self._imitate(batch, target, weight))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(p.net.parameters(), MAX_GRADIENT_NORM)
        self.optimiser.step()
        self.ema.update(p.net, number + 1)
        return loss.detach()

    def _look(self, number: int, images: Tensor) -> Tensor:
        p = self.prepared
        self._generator.manual_seed(self.spec.seed * 1_000_003 + number)
        batch = random_look(as_batch(images, p.device), p.batches.augmentation, self._generator)
        return standardise(batch, p.card.mean, p.card.std).contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def _imitate(self, batch: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Blend the targets with what another network sees.

        The teacher speaks for every crop. Without one, the network as it was before speaks for the replay
        crops, so that its answers there stay (learning without forgetting, Li & Hoiem, ECCV 2016).
        """
        p = self.prepared
        share = self.spec.teacher_weight if p.teacher is not None else 1.0
        first = 0 if p.teacher is not None else len(batch) - p.batches.num_replay(len(batch))
        other = p.teacher if p.teacher is not None else p.initial
        if other is None or first == len(batch):
            return target, weight
        with torch.autocast(p.device.type, torch.bfloat16, enabled=p.device.type == "cuda"):
            soft = self.codec.logits(other(batch[first:])).softmax(-1)
        # A keypoint without a label follows the other network alone.
        known = weight[first:].unsqueeze(-1) * (1 - share)
        target, weight = target.clone(), weight.clone()
        target[first:] = known * target[first:] + (1 - known) * soft
        weight[first:] = known.squeeze(-1) + share
        return target, weight


FINE_TUNE_RATE = 3e-4


def schedule(share: float, warm_up: float = 0.04) -> float:
    """Factor of the learning rate: linear warm-up, then a cosine to a hundredth."""
    if share < warm_up:
        return max(share / warm_up, 0.02)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm_up) / (1 - warm_up))))


def _parameter_groups(net: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    decayed = [q for q in net.parameters() if q.dim() > 1]
    others = [q for q in net.parameters() if q.dim() <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
