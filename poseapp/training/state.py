"""What a run needs to go on after it was stopped or killed."""

from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError

import torch

from poseapp.errors import TrainingError
from poseapp.nets.posenet import PoseNet
from poseapp.paths import replace_atomic


@dataclass
class Progress:
    """Where a run stands.

    Attributes:
        step: Optimiser steps made.
        seconds: Training time used so far, over all attempts.
        images: Crops seen.
        new_images: Crops seen of the labels, without replay.
        best_quality: Best validation so far.
        bad_validations: Validations since.
        batch: Images a step (halved when memory ran out).
    """

    step: int = 0
    seconds: float = 0.0
    images: int = 0
    new_images: int = 0
    best_quality: float = -1.0
    bad_validations: int = 0
    batch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


class Ema:
    """Exponential moving average of weights and norm statistics, warmed up so that early steps do not
    linger."""

    def __init__(self, net: PoseNet, average: PoseNet, decay: float) -> None:
        self.decay = decay
        self.average = average
        self.average.load_state_dict(net.state_dict())
        self.average.eval()

    @torch.no_grad()
    def update(self, net: PoseNet, step: int) -> None:
        """Move the average towards ``net``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        own = [v for v in self.average.state_dict().values() if v.is_floating_point()]
        new = [v for v in net.state_dict().values() if v.is_floating_point()]
        torch._foreach_lerp_(own, new, 1 - decay)


def save_state(
    path: Path, net: PoseNet, ema: Ema, optimiser: torch.optim.Optimizer, progress: Progress
) -> None:
    """Write everything needed to go on, whole or not at all."""
    with replace_atomic(path) as temporary:
        torch.save(
            {
                "net": net.state_dict(),
                "ema": ema.average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "progress": vars(progress),
            },
            temporary,
        )


def load_state(path: Path, net: PoseNet, ema: Ema, optimiser: torch.optim.Optimizer) -> Progress:
    """Continue from :func:`save_state`.

    Raises:
        TrainingError: The file is damaged.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(state["net"])
        ema.average.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        return Progress(**state["progress"])
    except (RuntimeError, KeyError, TypeError, ValueError, EOFError, OSError, UnpicklingError) as error:
        reason = str(error).splitlines()[0]
        raise TrainingError(
            f"the run cannot be resumed, its state is damaged ({reason}); start a new run: {path}"
        ) from error
