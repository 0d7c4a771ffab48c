"""The training loop: one run folder in, checkpoints, events and a verdict out."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from poseapp.errors import TrainingError
from poseapp.jobs import RunFolder
from poseapp.nets.checkpoint import save_checkpoint
from poseapp.nets.codec import HeatmapCodec
from poseapp.nets.posenet import PoseNet
from poseapp.training.augment import random_look
from poseapp.training.data import batch_loader
from poseapp.training.preview import contact_sheet, save_jpeg
from poseapp.training.setup import Prepared, prepare
from poseapp.training.spec import TrainSpec
from poseapp.training.state import Ema, Progress, load_state, save_state
from poseapp.training.validate import Validation, standardise, validate

OnProgress = Callable[[int, int, str], None]
PREVIEWS = 8


@dataclass
class TrainResult:
    """What a run came to.

    Attributes:
        epochs: Passes over the training images.
        seconds: Training time, all attempts together.
        images_per_second: Crops learnt from a second.
        train_loss: Mean of the last epoch.
        val: Metrics of the best weights on the held-out images.
        before: The same of the network it started from, or empty.
        accepted: Whether the new network is the better one (or there was none before).
        checkpoint: Path of the best weights.
        num_train: Training samples.
        num_val: Held-out samples.
        held_out: False where there were too few labels to hold any out; then ``val`` is over training
            samples.
        state: "done", "stopped" or "cancelled".
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
    state: str = "done"
    history: list[dict[str, float]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def run(folder: RunFolder, on_progress: OnProgress | None = None) -> TrainResult:
    """Do, or go on with, what ``spec.json`` of a run folder says, in this process.

    Raises:
        TrainingError: Labels, options or memory do not allow it.
    """
    return Trainer(folder, on_progress).run()


class Trainer:
    """One run. Kept as an object because validation, checkpoints and the loop share its state."""

    def __init__(self, folder: RunFolder, on_progress: OnProgress | None) -> None:
        self.started = time.monotonic()
        self.folder = folder
        self.on_progress = on_progress
        self.spec = TrainSpec.from_dict(folder.spec)
        self.prepared: Prepared = prepare(self.spec, folder.path, self._report)
        folder.write_spec(self.spec.to_dict())
        p = self.prepared
        self.codec = HeatmapCodec(p.net.stride, p.card.sigma)
        self.ema = Ema(p.net, p.average, self.spec.ema_decay)
        self.optimiser = torch.optim.AdamW(
            _parameter_groups(p.net, self.spec.weight_decay),
            lr=self._peak_rate(),
            fused=p.device.type == "cuda",
        )
        self.progress = Progress(batch=self.spec.batch or _default_batch(p))
        self.generator = torch.Generator(device=p.device)
        self.losses: list[torch.Tensor] = []
        self.preview_count = 0

    # -- the run
    # ---------------------------------------------------------------------------------------------------

    def run(self) -> TrainResult:
        """Train to the end, to the limit or to a request to stop."""
        p, folder = self.prepared, self.folder
        state_path = folder.checkpoints_dir / "last.pt"
        if state_path.is_file():
            self.progress = load_state(state_path, p.net, self.ema, self.optimiser)
        before: dict[str, float] = {}
        if p.initial is not None:
            before = self._validate(p.initial).metrics
        folder.emit(
            "started",
            device=str(p.device),
            num_train=len(p.train),
            num_val=len(p.val),
            held_out=p.held_out,
            net=p.card.net,
            before=before,
            epochs=self.spec.epochs,
            minutes=self.spec.minutes,
            resumed_step=self.progress.step,
        )
        self.progress_before = before
        self.offset = self.progress.seconds
        state = "done"
        while True:
            try:
                state = self._train()
                break
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._halve_batch()
        return self._finish(state, before)

    def _train(self) -> str:
        """Steps until the limit; the loader is made anew after each change of the batch."""
        p, progress = self.prepared, self.progress
        per_epoch = max(1, math.ceil(len(p.train) / progress.batch))
        total = self.spec.epochs * per_epoch if self.spec.epochs else None
        self.per_epoch = per_epoch
        loader = batch_loader(
            p.batches, progress.batch, self.spec.seed, progress.step, p.device.type == "cuda"
        )
        next_validation = self._next_validation()
        last_report = last_save = time.monotonic()
        for images, points, weights in loader:  # for ever: the limits below end it
            share = self._share(total)
            if share >= 1:
                return "done"
            if self.folder.cancel_requested():
                return "cancelled"
            if self.folder.stop_requested():
                return "stopped"
            self._step(images, points, weights, share)
            now = time.monotonic()
            if now - last_report > 0.7:
                last_report = now
                self._tell(share)
            if now >= next_validation and progress.step % min(per_epoch, 10) == 0:
                if self._after_epoch(share):
                    return "done"
                next_validation = self._next_validation()
            if now - last_save > 60:
                last_save = now
                self._save_state()
        return "done"

    def _step(self, images: Tensor, points: Tensor, weights: Tensor, share: float) -> None:
        p, progress = self.prepared, self.progress
        p.net.train()
        if self.spec.freeze_norm:
            for module in p.net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        self.generator.manual_seed(self.spec.seed * 1_000_003 + progress.step)
        batch = images.to(p.device, non_blocking=True).permute(0, 3, 1, 2)
        batch = batch.to(torch.float32, memory_format=torch.channels_last).div_(255)
        batch = standardise(
            random_look(batch, p.batches.augmentation, self.generator), p.card.mean, p.card.std
        )
        batch = batch.contiguous(memory_format=torch.channels_last)
        rate = self._peak_rate() * _schedule(share)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast(p.device.type, torch.bfloat16, enabled=p.device.type == "cuda"):
            outputs = p.net(batch)
        target, _ = self.codec.encode(points.to(p.device, non_blocking=True), outputs["heatmap"].shape[-2:])
        weight = weights.to(p.device, non_blocking=True)
        target, weight = self._imitate(batch, target, weight)
        loss = self.codec.loss(outputs, target, weight)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(p.net.parameters(), 5.0)
        self.optimiser.step()
        progress.step += 1
        progress.images += len(images)
        self.ema.update(p.net, progress.step)
        self.losses.append(loss.detach())

    @torch.no_grad()
    def _imitate(self, batch: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Blend the targets with what another network sees.

        The teacher speaks for every crop. Without one, the network as it was before speaks for the replay
        crops, so that its answers there stay (learning without forgetting, Li & Hoiem, ECCV 2016).
        """
        p, share = self.prepared, self.spec.teacher_weight
        first = 0 if p.teacher is not None else len(batch) - p.batches.num_replay(len(batch))
        other = p.teacher if p.teacher is not None else p.initial
        if other is None or first == len(batch):
            return target, weight
        with torch.autocast(p.device.type, torch.bfloat16, enabled=p.device.type == "cuda"):
            soft = self.codec.logits(other(batch[first:])).softmax(-1)
        # A keypoint without a label follows the other network alone.
        known = weight[first:].unsqueeze(-1)
        target, weight = target.clone(), weight.clone()
        target[first:] = known * (1 - share) * target[first:] + (1 - known * (1 - share)) * soft
        weight[first:] = known.squeeze(-1) * (1 - share) + share
        return target, weight

    # -- around the steps
    # ------------------------------------------------------------------------------------------

    def _elapsed(self) -> float:
        return self.offset + time.monotonic() - self.started

    def _share(self, total: int | None) -> float:
        by_step = self.progress.step / total if total else 0.0
        # The last validation and the files need their part of the time that was given.
        limit = self.spec.minutes * 60 - self._reserve() if self.spec.minutes else None
        by_time = self._elapsed() / max(limit, 1.0) if limit is not None else 0.0
        return max(by_step, by_time)

    def _reserve(self) -> float:
        return min(0.2 * (self.spec.minutes or 0) * 60, 2.0 + 1.5 * getattr(self, "validation_seconds", 0.0))

    def _peak_rate(self) -> float:
        # Corrections only move what the network knows; new keypoints or random weights have everything to learn.
        return self.spec.learning_rate or (5e-4 if self.prepared.initial is not None else 2e-3)

    def _next_validation(self) -> float:
        """At most a tenth of the time goes into validation; short runs still see a few."""
        cost = getattr(self, "validation_seconds", 0.0)
        limit = (self.spec.minutes or 0) * 60
        return time.monotonic() + max(3.0, 9 * cost, min(limit / 12, 60.0))

    def _validate(self, net: PoseNet) -> Validation:
        p = self.prepared
        start = time.monotonic()
        result = validate(net, self.codec, p.val, p.skeleton, p.rule, p.card.mean, p.card.std, p.device)
        self.validation_seconds = time.monotonic() - start
        return result

    def _after_epoch(self, share: float) -> bool:
        """Validate, keep the best, show previews; True when there is no more to gain."""
        progress = self.progress
        progress.seconds = self._elapsed()
        loss = float(torch.stack(self.losses).mean()) if self.losses else math.nan
        self.losses.clear()
        if not math.isfinite(loss):
            raise TrainingError(
                "the loss is not a number any more; lower the learning rate or check the labels"
            )
        result = self._validate(self.ema.average)
        row = {
            "epoch": round(progress.step / self.per_epoch, 2),
            "step": progress.step,
            "seconds": round(progress.seconds, 1),
            "loss": loss,
            **{k: round(v, 5) for k, v in result.metrics.items()},
        }
        progress.history.append(row)
        val = {k: v for k, v in result.metrics.items() if k != "loss"}
        rate = progress.images / max(progress.seconds, 1e-6)
        self.folder.emit(
            "epoch",
            epoch=row["epoch"],
            epochs=self.spec.epochs,
            step=progress.step,
            loss=loss,
            val_loss=result.metrics["loss"],
            val=val,
            lr=self.optimiser.param_groups[0]["lr"],
            images_per_second=rate,
            share=share,
        )
        self.folder.append_metrics({**row, "images_per_second": round(rate, 1)})
        if result.metrics["quality"] > progress.best_quality:
            progress.best_quality, progress.best_step, progress.bad_validations = (
                result.metrics["quality"],
                progress.step,
                0,
            )
            self._save_best(val)
        else:
            progress.bad_validations += 1
        self._preview(result)
        return bool(self.spec.patience and progress.bad_validations >= self.spec.patience)

    def _save_best(self, val: dict[str, float]) -> None:
        card = self.prepared.card
        card.metrics = {f"val_{k}": round(v, 4) for k, v in val.items()}
        card.metrics_command = (
            "held-out part of the training labels"
            if self.prepared.held_out
            else "the training labels themselves"
        )
        path = self.folder.checkpoints_dir / "best.safetensors"
        save_checkpoint(self.ema.average, card, path)
        self.folder.emit("checkpoint", path=str(path), best=True)

    def _save_state(self) -> None:
        self.progress.seconds = self._elapsed()
        save_state(
            self.folder.checkpoints_dir / "last.pt",
            self.prepared.net,
            self.ema,
            self.optimiser,
            self.progress,
        )

    def _preview(self, result: Validation) -> None:
        p = self.prepared
        step = max(1, len(p.val) // PREVIEWS)
        chosen = list(range(0, len(p.val), step))[:PREVIEWS]
        sheet = contact_sheet(
            [p.val[i] for i in chosen], result.points[chosen], result.scores[chosen], p.skeleton
        )
        name = f"step_{self.progress.step:06d}.jpg"
        save_jpeg(sheet, self.folder.samples_dir / name)
        self.folder.emit("samples", file=name)

    def _report(self, text: str, done: int, total: int) -> None:
        self.folder.emit("progress", done=done, total=total, unit="pictures", eta_s=None, text=text)
        if self.on_progress is not None:
            self.on_progress(done, total, text)

    def _tell(self, share: float) -> None:
        used = time.monotonic() - self.started
        gone = max(share, 1e-3)
        eta = used * (1 - gone) / gone
        loss = float(torch.stack(self.losses[-10:]).mean())
        text = f"epoch {self.progress.step / self.per_epoch:.1f}, loss {loss:.3f}"
        self.folder.emit(
            "progress",
            done=round(1000 * share),
            total=1000,
            unit="permille",
            eta_s=round(eta, 1),
            text=text,
            loss=loss,
            step=self.progress.step,
            images_per_second=self.progress.images / max(self._elapsed(), 1e-6),
        )
        if self.on_progress is not None:
            self.on_progress(round(1000 * share), 1000, text)

    def _halve_batch(self) -> None:
        progress = self.progress
        if progress.batch <= 2:
            raise TrainingError(
                "memory is too small even for two pictures a step; choose a smaller network or the CPU"
            )
        progress.batch //= 2
        if self.prepared.device.type == "cuda":
            torch.cuda.empty_cache()
        self.folder.emit(
            "progress",
            done=0,
            total=0,
            unit="",
            eta_s=None,
            text=f"memory ran out: going on with batch {progress.batch}",
        )

    def _finish(self, state: str, before: dict[str, float]) -> TrainResult:
        p, progress = self.prepared, self.progress
        loss = float(torch.stack(self.losses).mean()) if self.losses else math.nan
        measured = bool(progress.history) and progress.history[-1]["step"] == progress.step
        if state != "cancelled" and progress.step and not measured:
            self._after_epoch(1.0)
        if math.isnan(loss) and progress.history:
            loss = progress.history[-1]["loss"]
        progress.seconds = self._elapsed()
        best = max(progress.history, key=lambda row: row["quality"], default={})
        val = {k: v for k, v in best.items() if k not in ("epoch", "step", "seconds", "loss")}
        accepted = not before or not self.spec.keep_better or val.get("quality", 0.0) > before["quality"]
        state_path: Path = self.folder.checkpoints_dir / "last.pt"
        if state == "stopped":
            self._save_state()
        else:
            state_path.unlink(missing_ok=True)
        result = TrainResult(
            epochs=round(progress.step / max(getattr(self, "per_epoch", 1), 1), 2),
            seconds=round(progress.seconds, 1),
            images_per_second=round(progress.images / max(progress.seconds, 1e-6), 1),
            train_loss=loss,
            val=val,
            before=before,
            accepted=accepted,
            checkpoint=str(self.folder.checkpoints_dir / "best.safetensors"),
            num_train=len(p.train),
            num_val=len(p.val),
            held_out=p.held_out,
            state=state,
            history=progress.history,
        )
        values = result.to_json()
        values.pop("history")
        if state == "cancelled":
            self.folder.emit("cancelled")
        else:
            self.folder.emit("result", **values)
        return result


def _parameter_groups(net: PoseNet, weight_decay: float) -> list[dict[str, Any]]:
    decayed = [q for q in net.parameters() if q.dim() > 1]
    others = [q for q in net.parameters() if q.dim() <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def _schedule(share: float, warm_up: float = 0.04) -> float:
    """Linear warm-up, then a cosine to a hundredth."""
    if share < warm_up:
        return max(share / warm_up, 0.02)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm_up) / (1 - warm_up))))


def _default_batch(p: Prepared) -> int:
    if p.device.type == "cuda":
        return max(8, min(256, len(p.train) // 4))
    return max(4, min(16, len(p.train)))


def _is_out_of_memory(error: Exception) -> bool:
    return (
        isinstance(error, torch.OutOfMemoryError)
        or "not enough memory" in str(error)
        or "can't allocate memory" in str(error)
    )
