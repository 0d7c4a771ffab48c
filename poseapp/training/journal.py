"""What a run tells: events, metrics and pictures in its folder, progress to a caller."""

from collections.abc import Callable

from poseapp.jobs import RunFolder
from poseapp.training.preview import contact_sheet, save_jpeg
from poseapp.training.setup import Prepared
from poseapp.training.validate import Validation

OnProgress = Callable[[int, int, str], None]
PREVIEWS = 8


class Journal:
    """Writes down how a run goes.

    Attributes:
        folder: Of the run.
        on_progress: Also told, with (done, total, text).
    """

    def __init__(self, folder: RunFolder, on_progress: OnProgress | None) -> None:
        self.folder, self.on_progress = folder, on_progress

    def reading(self, text: str, done: int, total: int) -> None:
        """Pictures are being read."""
        self._progress(done, total, "pictures", None, text)

    def started(self, p: Prepared, before: dict[str, float], resumed_step: int) -> None:
        """Everything is loaded."""
        self.folder.emit(
            "started",
            device=str(p.device),
            num_train=len(p.train),
            num_val=len(p.val),
            held_out=p.held_out,
            net=p.card.net,
            before=before,
            epochs=p.spec.epochs,
            minutes=p.spec.minutes,
            resumed_step=resumed_step,
        )

    def training(
        self, share: float, eta_s: float, epoch: float, loss: float, images_per_second: float
    ) -> None:
        """Steps are being made; about once a second."""
        text = f"epoch {epoch:.1f}, loss {loss:.3f}"
        self._progress(
            round(1000 * share), 1000, "permille", round(eta_s, 1), text,
            loss=loss, images_per_second=images_per_second,
        )  # fmt: skip

    def memory_ran_out(self, batch: int) -> None:
        """The batch was halved."""
        self._progress(0, 0, "", None, f"memory ran out: going on with batch {batch}")

    def validated(
        self, p: Prepared, row: dict[str, float], result: Validation, rate: float, images_per_second: float
    ) -> None:
        """A validation is done: event, line of ``metrics.csv`` and a picture."""
        self.folder.emit(
            "epoch",
            epoch=row["epoch"],
            epochs=p.spec.epochs,
            step=row["step"],
            loss=row["loss"],
            val_loss=result.metrics["loss"],
            val={k: v for k, v in result.metrics.items() if k != "loss"},
            lr=rate,
            images_per_second=images_per_second,
        )
        self.folder.append_metrics({**row, "images_per_second": round(images_per_second, 1)})
        every = max(1, len(p.val) // PREVIEWS)
        chosen = list(range(0, len(p.val), every))[:PREVIEWS]
        sheet = contact_sheet(
            [p.val[i] for i in chosen], result.points[chosen], result.scores[chosen], p.skeleton
        )
        name = f"step_{int(row['step']):06d}.jpg"
        save_jpeg(sheet, self.folder.samples_dir / name)
        self.folder.emit("samples", file=name)

    def _progress(
        self, done: int, total: int, unit: str, eta_s: float | None, text: str, **more: float
    ) -> None:
        self.folder.emit("progress", done=done, total=total, unit=unit, eta_s=eta_s, text=text, **more)
        if self.on_progress is not None:
            self.on_progress(done, total, text)
