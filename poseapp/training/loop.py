"""The training loop: one run folder in, checkpoints, events and a verdict out."""

import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from poseapp.errors import TrainingError
from poseapp.jobs import RunFolder
from poseapp.nets.card import read_card
from poseapp.nets.checkpoint import load_checkpoint, save_checkpoint
from poseapp.nets.device import place
from poseapp.nets.posenet import PoseNet
from poseapp.training.clock import Clock
from poseapp.training.data import batch_loader
from poseapp.training.journal import Journal, OnProgress
from poseapp.training.learner import Learner
from poseapp.training.setup import Prepared, prepare
from poseapp.training.spec import TrainSpec
from poseapp.training.state import Progress, load_state, save_state
from poseapp.training.stream import DrawerMaker
from poseapp.training.validate import Validation, validate

TELL_EVERY_S = 0.7
SAVE_EVERY_S = 30.0
KNOWN_SAMPLES = 64
MAY_FORGET = 0.1  # share of right keypoints a network may lose on the replay set and still be taken


@dataclass
class TrainResult:
    """What a run came to.

    Attributes:
        epochs: Passes over the training images.
        seconds: Training time, all attempts together.
        images_per_second: Crops learnt from a second.
        train_loss: Mean since the validation before the last.
        val: Metrics of the best weights on the held-out images.
        before: The same of the network it started from, or empty.
        accepted: Whether the new network should take the old one's place: better on held-out labels and
            not much worse on the replay set, or there was none before.
        checkpoint: Path of the best weights.
        num_train: Training samples.
        num_val: Samples of ``val``.
        held_out: False where there were too few labels to hold any out; then ``val`` is over training
            samples.
        known_before: ``pck@0.2`` on the replay set before, NaN where there is none.
        known_after: The same of the new network.
        state: "done", "stopped" or "cancelled".
        history: One row a validation.
    """

    epochs: float
    seconds: float
    images_per_second: float
    train_loss: float
    val: dict[str, float]
    before: dict[str, float]
    accepted: bool
    checkpoint: str
    num_train: int
    num_val: int
    held_out: bool
    known_before: float = math.nan
    known_after: float = math.nan
    state: str = "done"
    history: list[dict[str, float]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain values; what is not known is None."""
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in asdict(self).items()}


def run(
    folder: RunFolder, on_progress: OnProgress | None = None, drawer_maker: DrawerMaker | None = None
) -> TrainResult:
    """Do, or go on with, what ``spec.json`` of a run folder says, in this process.

    Args:
        folder: The run.
        on_progress: Told about once a second.
        drawer_maker: Makes people to order, where the spec mixes them in.

    Raises:
        TrainingError: Labels, options or memory do not allow it.
    """
    trainer = Trainer(folder, on_progress, drawer_maker)
    try:
        return trainer.run()
    finally:
        trainer.prepared.batches.close()


class Trainer:
    """One run. Kept as an object because validation, checkpoints and the loop share its state."""

    def __init__(
        self, folder: RunFolder, on_progress: OnProgress | None, drawer_maker: DrawerMaker | None = None
    ) -> None:
        self.folder = folder
        self.spec = TrainSpec.from_dict(folder.spec)
        self.clock = Clock(self.spec.minutes)
        self.journal = Journal(folder, on_progress)
        self.prepared: Prepared = prepare(self.spec, folder.path, self.journal.reading, drawer_maker)
        folder.write_spec(self.spec.to_dict())
        self.learner = Learner(self.prepared)
        self.progress = Progress(batch=self.spec.batch or _default_batch(self.prepared))
        self.losses: list[torch.Tensor] = []
        self.last_loss = math.nan

    def run(self) -> TrainResult:
        """Train to the end, to the limit or to a request to stop."""
        self._resume()
        while True:
            try:
                return self._run()
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._halve_batch()
            except KeyboardInterrupt:
                self._save_state()
                raise

    def _resume(self) -> None:
        """Go on where an earlier attempt was left, if there was one."""
        state_path = self.folder.checkpoints_dir / "last.pt"
        if not state_path.is_file():
            return
        learner = self.learner
        self.progress = load_state(state_path, self.prepared.net, learner.ema, learner.optimiser)
        self.clock.seconds_before = self.progress.seconds
        best = self.folder.checkpoints_dir / "best.safetensors"
        if best.is_file():
            # The best weights may be newer than the saved state; they must not be replaced by worse ones.
            kept = read_card(best).metrics.get("val_quality", -1.0)
            self.progress.best_quality = max(self.progress.best_quality, kept)

    def _run(self) -> TrainResult:
        p = self.prepared
        before = self._validate(p.initial).metrics if p.initial is not None else {}
        known = self._known(p.initial)
        self.journal.started(p, before, self.progress.step)
        return self._finish(self._train(), before, known)

    def _known(self, net: PoseNet | None) -> float:
        """How well a network does on the replay set: what it must not forget. NaN where there is none."""
        p = self.prepared
        samples = list(p.batches.replay)[:KNOWN_SAMPLES]
        if net is None or not samples:
            return math.nan
        learner, size = self.learner, self.progress.batch
        result = validate(
            net, learner.codec, samples, p.skeleton, p.rule, p.card.mean, p.card.std, p.device, size
        )
        return result.metrics["pck@0.2"]

    @property
    def epoch(self) -> float:
        """How often every training sample was shown."""
        return self.progress.new_images / len(self.prepared.train)

    def _train(self) -> str:
        """Steps until the limit; the loader is made anew after each change of the batch."""
        p, progress, clock = self.prepared, self.progress, self.clock
        on_gpu = p.device.type == "cuda"
        if p.batches.mix is not None and progress.images:
            p.batches.mix.skip(progress.images)
        loader = batch_loader(p.batches, progress.batch, self.spec.seed, progress.step, on_gpu)
        told = saved = validated = time.monotonic()
        for images, points, weights in loader:  # for ever: the limits below end it
            share = clock.share(self.epoch, self.spec.epochs)
            if share >= 1:
                return "done"
            if self.folder.cancel_requested():
                return "cancelled"
            if self.folder.stop_requested():
                return "stopped"
            self.losses.append(self.learner.step(progress.step, images, points, weights, share))
            progress.step += 1
            progress.images += len(images)
            progress.new_images += p.batches.num_new(len(images))
            now = time.monotonic()
            if now - told > TELL_EVERY_S:
                told = now
                self._tell(share)
            if now - validated > clock.validation_gap() and self.losses:
                if self._after_epoch():
                    return "done"
                validated = time.monotonic()
            if now - saved > SAVE_EVERY_S:
                saved = now
                self._save_state()
        return "done"

    def _images_per_second(self) -> float:
        return self.progress.images / max(self.clock.elapsed(), 1e-6)

    def _tell(self, share: float) -> None:
        loss = float(torch.stack(self.losses[-10:]).mean())
        eta_s = self.clock.eta(share)
        self.journal.training(share, eta_s, self.epoch, loss, self._images_per_second())

    def _validate(self, net: PoseNet) -> Validation:
        p, start = self.prepared, time.monotonic()
        codec, size = self.learner.codec, self.progress.batch
        result = validate(net, codec, p.val, p.skeleton, p.rule, p.card.mean, p.card.std, p.device, size)
        self.clock.validation_s = time.monotonic() - start
        return result

    def _after_epoch(self) -> bool:
        """Validate, keep the best, show previews; True when there is no more to gain."""
        progress = self.progress
        progress.seconds = self.clock.elapsed()
        self.last_loss = float(torch.stack(self.losses).mean())
        self.losses.clear()
        if not math.isfinite(self.last_loss):
            raise TrainingError(
                "the loss is not a number any more; lower the learning rate or check the labels"
            )
        net = self.learner.result()
        result = self._validate(net)
        row = {
            "epoch": round(self.epoch, 2),
            "step": progress.step,
            "seconds": round(progress.seconds, 1),
            "loss": self.last_loss,
            **{k: round(v, 5) for k, v in result.metrics.items() if k != "loss"},
        }
        progress.history.append(row)
        rate = self.learner.optimiser.param_groups[0]["lr"]
        if result.metrics["quality"] > progress.best_quality:
            progress.best_quality, progress.bad_validations = result.metrics["quality"], 0
            self._save_best(net, result.metrics)
        else:
            progress.bad_validations += 1
        self.journal.validated(self.prepared, row, result, rate, self._images_per_second())
        return bool(self.spec.patience and progress.bad_validations >= self.spec.patience)

    def _save_best(self, net: PoseNet, metrics: dict[str, float]) -> None:
        card, held_out = self.prepared.card, self.prepared.held_out
        card.metrics = {f"val_{k}": round(v, 4) for k, v in metrics.items() if k != "loss"}
        card.metrics_command = "held-out part of the labels" if held_out else "the training labels themselves"
        path = self.folder.checkpoints_dir / "best.safetensors"
        save_checkpoint(net, card, path)
        self.folder.emit("checkpoint", path=str(path), best=True)

    def _save_state(self) -> None:
        self.progress.seconds = self.clock.elapsed()
        path = self.folder.checkpoints_dir / "last.pt"
        save_state(path, self.prepared.net, self.learner.ema, self.learner.optimiser, self.progress)

    def _halve_batch(self) -> None:
        if self.progress.batch <= 2:
            raise TrainingError(
                "memory is too small even for two pictures a step; choose a smaller network or the CPU"
            )
        self.progress.batch //= 2
        if self.prepared.device.type == "cuda":
            torch.cuda.empty_cache()
        self.journal.memory_ran_out(self.progress.batch)

    def _finish(self, state: str, before: dict[str, float], known: float) -> TrainResult:
        p, progress = self.prepared, self.progress
        # Steps made since the last validation may be the best ones yet.
        if state != "cancelled" and self.losses:
            self._after_epoch()
        progress.seconds = self.clock.elapsed()
        best = max(progress.history, key=lambda row: row["quality"], default={})
        val = {k: v for k, v in best.items() if k not in ("epoch", "step", "seconds", "loss")}
        path = self.folder.checkpoints_dir / "best.safetensors"
        known_after = math.nan
        if before and path.is_file():
            known_after = self._known(place(load_checkpoint(path)[0], p.device))
        if state == "stopped":
            self._save_state()
        else:
            (self.folder.checkpoints_dir / "last.pt").unlink(missing_ok=True)
        result = TrainResult(
            epochs=round(self.epoch, 2),
            seconds=round(progress.seconds, 1),
            images_per_second=round(self._images_per_second(), 1),
            train_loss=self.last_loss,
            val=val,
            before=before,
            accepted=self._is_better(val, before, known, known_after),
            checkpoint=str(path) if path.is_file() else "",
            known_before=known,
            known_after=known_after,
            num_train=len(p.train),
            num_val=len(p.val),
            held_out=p.held_out,
            state=state,
            history=progress.history,
        )
        if state == "cancelled":
            self.folder.emit("cancelled")
        else:
            self.folder.emit("result", **{k: v for k, v in result.to_json().items() if k != "history"})
        return result

    def _is_better(
        self, val: dict[str, float], before: dict[str, float], known: float, known_after: float
    ) -> bool:
        """Whether the new network should take the old one's place."""
        if not val:
            return False
        if not before or not self.spec.keep_better:
            return True
        forgot = known_after < known - MAY_FORGET
        return self.prepared.held_out and val["quality"] > before["quality"] and not forgot


def _default_batch(p: Prepared) -> int:
    return max(8, min(256, len(p.train) // 4)) if p.device.type == "cuda" else 16


def _is_out_of_memory(error: Exception) -> bool:
    words = ("not enough memory", "can't allocate memory")
    return isinstance(error, torch.OutOfMemoryError) or any(word in str(error) for word in words)
