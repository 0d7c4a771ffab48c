"""The work of a prediction: all videos of a spec, frame by frame, into one HDF5 file."""

import hashlib
import json
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseapp.api.checkpoints import net_title
from poseapp.api.frames import frame_range
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.results import Result
from poseapp.errors import PoseError
from poseapp.formats.predictions_h5 import PredictionFile, PredictionWriter
from poseapp.jobs import RunFolder
from poseapp.labels.lock import FileLock
from poseapp.nets.card import file_sha256, find_checkpoint
from poseapp.paths import write_atomic
from poseapp.video import open_video

if TYPE_CHECKING:
    from poseapp.inference.predictor import Predictor

EVENT_PERIOD_S = 0.5
FLUSH_PERIOD_S = 0.5


@dataclass(frozen=True)
class PredictResult(Result):
    """What a prediction came to.

    Attributes:
        frames: Frames predicted now; those of an earlier, killed attempt do not count again.
        people: People found, all frames together.
        seconds: Wall-clock time, the network's loading left out.
        fps: Frames a second, reading and writing included.
        net: Checkpoint used.
        device: Where it ran.
        out: The predictions.
        warnings: What is wrong with the videos, one sentence each: frames that are damaged or missing.
    """

    frames: int
    people: int
    seconds: float
    fps: float
    net: str
    device: str
    out: Path
    warnings: list[str] = field(default_factory=list)


@dataclass
class PredictSpec:
    """What a prediction run is told: its `spec.json`.

    Attributes:
        videos: What to predict: `path` to read and `name` under which it stands in the predictions.
        out: The HDF5 file to write; one that is there already is resumed.
        net: Checkpoint's name or path.
        frames: "A:B" or None for all.
        people: People a frame at most.
        device: "auto", "cpu", "cuda", "cuda:N".
        batch: Crops a step, or None to choose by device.
        project: The project it belongs to, or None.
        kind: Always "predict".
    """

    videos: list[dict[str, str]]
    out: str
    net: str = "default"
    frames: str | None = None
    people: int = 1
    device: str = "auto"
    batch: int | None = None
    project: str | None = None
    kind: str = field(default="predict")

    def __post_init__(self) -> None:
        if not self.videos:
            raise PoseError("there is no video to predict")
        if self.people < 1:
            raise PoseError("people must be at least 1")
        if self.batch is not None and self.batch < 1:
            raise PoseError("batch must be at least 1")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "PredictSpec":
        """Read it from `spec.json`.

        Raises:
            PoseError: a field is missing or unknown.
        """
        try:
            return cls(**values)
        except TypeError as error:
            raise PoseError(f"the run's spec does not fit: {error}") from error


def predict_file(spec: PredictSpec, on_progress: OnProgress | None = None) -> PredictResult:
    """Predict into a file that may be there already.

    A file that a killed or interrupted call has begun is gone on with, when that call asked for the same. Any
    other prediction file is replaced, but only when the new one is complete.

    Raises:
        PoseError: something cannot be read, computed or written, or the file is not a prediction file.
    """
    out = Path(spec.out)
    asked = _asked(spec)
    mark = out.with_name(f".{out.name}.unfinished")
    if out.exists():
        # Raises where it is somebody else's HDF5: that is never replaced.
        PredictionFile(out).close()
        _check_unused(out)
        if _read_mark(mark) != asked:
            draft = out.with_name(f".{out.name}.{asked[:12]}.part")
            result = run_prediction(replace(spec, out=str(draft)), on_progress=on_progress)
            os.replace(draft, out)
            mark.unlink(missing_ok=True)
            return replace(result, out=out)
    else:
        _check_folder(out)
        write_atomic(mark, asked)
    try:
        result = run_prediction(spec, on_progress=on_progress)
    except BaseException:
        if not out.exists():
            mark.unlink(missing_ok=True)
        raise
    mark.unlink(missing_ok=True)
    return result


def _asked(spec: PredictSpec) -> str:
    """Digest of all that decides what a prediction comes to."""
    weights = file_sha256(find_checkpoint(spec.net))
    asked = [weights, spec.videos, spec.frames, spec.people]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _check_unused(out: Path) -> None:
    """Refuse a file that another process is writing."""
    lock = FileLock(out.with_name(f".{out.name}.lock"))
    reason = lock.acquire()
    lock.release(remove=True)
    if reason:
        raise PoseError(f"cannot write {out}: {reason}; wait for it, or choose another name")


def _read_mark(mark: Path) -> str:
    try:
        return mark.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def run_prediction(
    spec: PredictSpec, *, run: RunFolder | None = None, on_progress: OnProgress | None = None
) -> PredictResult:
    """Predict all videos of a spec into its HDF5 file.

    Args:
        spec: What to do. Frames that are in the file already are not done again.
        run: The run this is, which hears of progress and is asked whether to stop.
        on_progress: Told about twice a second.

    Raises:
        PoseError: something cannot be read, computed or written.
        JobCancelled: the run was cancelled.
    """
    from poseapp.inference.predictor import Predictor

    out = Path(spec.out)
    wanted = _check_before(spec)
    predictor = Predictor.load(spec.net, device=spec.device, batch=spec.batch)
    net = net_title(spec.net, predictor.card)
    if run is not None:
        run.emit("started", net=net, device=str(predictor.device), out=spec.out)
    started = time.monotonic()
    names = [video["name"] for video in spec.videos]
    is_new = not out.exists()
    writer = PredictionWriter(out, predictor.card.skeleton, names, net=net)
    work = _Work(spec, predictor, writer, wanted, run, on_progress)
    try:
        work.do()
    finally:
        writer.close()
        if is_new and not any(len(writer.done_frames(index)) for index in range(len(names))):
            out.unlink(missing_ok=True)
    seconds = time.monotonic() - started
    return PredictResult(
        work.frames,
        work.people,
        round(seconds, 3),
        round(work.frames / max(seconds, 1e-9), 2),
        net,
        str(predictor.device),
        out,
        work.warnings,
    )


def _check_before(spec: PredictSpec) -> list[range]:
    """Find out before the long work, not after it, what cannot be read or written.

    Returns:
        The frames wanted of each video.
    """
    _check_folder(Path(spec.out))
    wanted = []
    for video in spec.videos:
        with open_video(video["path"]) as opened:
            wanted.append(frame_range(spec.frames, len(opened)))
    return wanted


def _check_folder(out: Path) -> None:
    folder = out.absolute().parent
    if not os.access(folder, os.W_OK):
        raise PoseError(f"cannot write into {folder}: make the folder or choose another")


class _Work:
    """One pass over the videos of a spec, and what it tells caller and run folder on the way.

    Attributes:
        frames: Frames predicted so far.
        people: People found in them.
        warnings: What the videos warned of.
    """

    def __init__(
        self,
        spec: PredictSpec,
        predictor: "Predictor",
        writer: PredictionWriter,
        wanted: list[range],
        run: RunFolder | None,
        on_progress: OnProgress | None,
    ) -> None:
        self.spec, self.predictor, self.writer, self.wanted = spec, predictor, writer, wanted
        self.run, self.on_progress = run, on_progress
        self.frames = self.people = 0
        self.warnings: list[str] = []
        self._total = sum(len(frames) for frames in wanted)
        self._before = sum(
            len(set(frames) & set(writer.done_frames(index).tolist())) for index, frames in enumerate(wanted)
        )
        self._started = self._told = self._flushed = time.monotonic()

    def do(self) -> None:
        """Predict what is missing, until all is done or the run is asked to stop.

        Raises:
            PoseError: a video cannot be read or the file not be written.
            JobCancelled: the run was cancelled.
        """
        for index, video in enumerate(self.spec.videos):
            if not self._do_video(index, Path(video["path"])):
                break

    def _do_video(self, index: int, path: Path) -> bool:
        """Predict one video; False when the work should stop and keep what it has."""
        from poseapp.inference.video import predict_video

        done = set(self.writer.done_frames(index).tolist())
        first = next((frame for frame in self.wanted[index] if frame not in done), None)
        if first is None:
            return True
        rest = range(first, self.wanted[index].stop, self.wanted[index].step)
        go_on = True
        with open_video(path) as video:
            for frame_idx, found in predict_video(video, self.predictor, rest, self.spec.people):
                if frame_idx in done:
                    continue
                self.writer.append(index, frame_idx, found)
                self.frames, self.people = self.frames + 1, self.people + len(found)
                if time.monotonic() - self._flushed > FLUSH_PERIOD_S:
                    self.writer.flush()
                    self._flushed = time.monotonic()
                if go_on := not self._tell(path.name):
                    continue
                break
            for text in video.warnings:
                self._warn(text if path.name in text else f"{path.name}: {text}")
        return go_on

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        if self.run is not None:
            self.run.emit("warning", text=text)

    def _tell(self, name: str) -> bool:
        """Report, not too often; returns True when the work should stop and keep what it has.

        Raises:
            JobCancelled: the run was cancelled.
        """
        now, done = time.monotonic(), self._before + self.frames
        if done < self._total and now - self._told < EVENT_PERIOD_S:
            return False
        self._told = now
        rate = self.frames / max(now - self._started, 1e-9)
        text = f"{name}: {rate:.0f} frames a second"
        if self.on_progress is not None:
            self.on_progress(Progress(done, self._total, "frames", text))
        if self.run is None:
            return False
        eta_s = round((self._total - done) / rate, 1)
        self.run.emit("progress", done=done, total=self._total, unit="frames", eta_s=eta_s, text=text)
        self.run.check_cancelled()
        return self.run.stop_requested()
