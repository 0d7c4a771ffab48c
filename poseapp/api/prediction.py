"""`predict`: here and now, or as a run in a process of its own."""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseapp.api.checkpoints import net_title
from poseapp.api.exchange import describe_images
from poseapp.api.frames import Frames, as_text, frame_range
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import is_project, open_project
from poseapp.api.results import Result
from poseapp.api.runs import begin
from poseapp.errors import PoseError, ProjectError
from poseapp.formats import format_for, read_dataset, write_dataset
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.jobs import RunFolder, new_run, supervised
from poseapp.labels.project import Project, VideoRecord
from poseapp.video import open_video

if TYPE_CHECKING:
    from poseapp.inference.predictor import Predictor

EVENT_PERIOD_S = 0.5
FLUSH_PERIOD_S = 2.0


@dataclass(frozen=True)
class PredictResult(Result):
    """What a prediction came to.

    Attributes:
        frames: Frames predicted.
        people: People found, all frames together.
        seconds: Wall-clock time, the network's loading left out.
        fps: Frames a second, reading and writing included.
        net: Checkpoint used.
        device: Where it ran.
        out: The predictions.
    """

    frames: int
    people: int
    seconds: float
    fps: float
    net: str
    device: str
    out: Path


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


def predict(
    paths: str | Path | Sequence[str | Path],
    *,
    net: str | Path = "default",
    out: str | Path | None = None,
    frames: Frames = None,
    people: int = 1,
    device: str = "auto",
    batch: int | None = None,
    on_progress: OnProgress | None = None,
) -> PredictResult:
    """Find people in videos, image folders or the videos of a project, in this process.

    Args:
        paths: One or more videos and image folders, or one project.
        net: Checkpoint's name or path, or "default".
        out: File to write, its format by its name. Without it a project gets `predictions/NAME.h5`, videos
            get `NAME.predictions.h5` beside the first of them. An existing file is replaced.
        frames: Which frames of each video, see `frame_range`.
        people: People a frame at most.
        device: "auto", "cpu", "cuda" or "cuda:N".
        batch: Crops a step.
        on_progress: Told about every half second.

    Raises:
        PoseError: something cannot be read, computed or written; a file written so far stays valid.
    """
    chosen = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    target = _default_out(chosen) if out is None else Path(out)
    chosen_format = format_for(target, writing=True)
    spec = PredictSpec(
        _videos_of(chosen, target), str(target), str(net), as_text(frames), people, device, batch
    )
    if chosen_format.name == "h5":
        return run_prediction(spec, on_progress=on_progress, replace_out=True)
    if not os.access(target.absolute().parent, os.W_OK):
        raise PoseError(f"cannot write into {target.absolute().parent}: make the folder or choose another")
    with tempfile.TemporaryDirectory(prefix="poseapp-") as folder:
        spec.out = str(Path(folder) / "predictions.h5")
        result = run_prediction(spec, on_progress=on_progress)
        dataset = read_dataset(Path(spec.out))
        dataset.root = target.absolute().parent
        describe_images(dataset, target)
        write_dataset(target, dataset, format=chosen_format.name)
    return PredictResult(**{**vars(result), "out": target})


def start_prediction(
    project: Project,
    *,
    video: VideoRecord | None = None,
    frames: Frames = None,
    net: str = "default",
    people: int = 1,
    device: str = "auto",
    batch: int | None = None,
) -> RunFolder:
    """Begin predicting a project's videos in a process of its own.

    Args:
        project: The open project; the predictions go to `predictions/RUN.h5` in it.
        video: Only this video; all when None.
        frames: Which frames of each video.
        net: Checkpoint's name or path.
        people: People a frame at most.
        device: "auto", "cpu", "cuda" or "cuda:N".
        batch: Crops a step.

    Returns:
        The run's folder in the project.

    Raises:
        PoseError: a video is missing or the process cannot be started.
    """
    records = project.videos if video is None else [video]
    spec = PredictSpec(
        _project_videos(project, records),
        "",
        net,
        as_text(frames),
        people,
        device,
        batch,
        str(project.path),
    )
    run = new_run(project.runs_dir, "predict", asdict(spec))
    project.predictions_dir.mkdir(exist_ok=True)
    spec.out = str(project.predictions_dir / f"{run.name}.h5")
    run.write_spec(asdict(spec))
    return begin(run)


def predict_run(path: str | Path, on_progress: OnProgress | None = None) -> PredictResult:
    """Do, or go on with, what the `spec.json` of a prediction run says, in this process."""
    run = RunFolder(path)
    spec = PredictSpec.from_dict(run.spec)
    with supervised(run):
        result = run_prediction(spec, run=run, on_progress=on_progress)
        run.emit("result", **result.to_json())
    return result


def run_prediction(
    spec: PredictSpec,
    *,
    run: RunFolder | None = None,
    on_progress: OnProgress | None = None,
    replace_out: bool = False,
) -> PredictResult:
    """Predict all videos of a spec into its HDF5 file.

    Args:
        spec: What to do. Frames that are in the file already are not done again.
        run: The run this is, which hears of progress and is asked whether to stop.
        on_progress: Told about twice a second.
        replace_out: Begin the file anew, once it is sure that the work can begin.

    Raises:
        PoseError: something cannot be read, computed or written.
        JobCancelled: the run was cancelled.
    """
    from poseapp.inference.predictor import Predictor

    _check_before(spec)
    predictor = Predictor.load(spec.net, device=spec.device, batch=spec.batch)
    net = net_title(spec.net, predictor.card)
    reporter = _Reporter(run, on_progress)
    if run is not None:
        run.emit("started", net=net, device=str(predictor.device), out=spec.out)
    started = time.monotonic()
    frames = people = 0
    names = [video["name"] for video in spec.videos]
    out = Path(spec.out)
    if replace_out:
        out.unlink(missing_ok=True)
    is_new = not out.exists()
    writer = PredictionWriter(out, predictor.card.skeleton, names, net=net)
    try:
        for index, video in enumerate(spec.videos):
            found = _predict_one(spec, index, Path(video["path"]), predictor, writer, reporter)
            frames, people = frames + found[0], people + found[1]
            if run is not None and run.stop_requested():
                break
    finally:
        writer.close()
        if is_new and not any(len(writer.done_frames(index)) for index in range(len(names))):
            out.unlink(missing_ok=True)
    seconds = time.monotonic() - started
    return PredictResult(
        frames,
        people,
        round(seconds, 3),
        round(frames / max(seconds, 1e-9), 2),
        net,
        str(predictor.device),
        out,
    )


def _check_before(spec: PredictSpec) -> None:
    """Find out before the long work, not after it, what cannot be read or written."""
    folder = Path(spec.out).absolute().parent
    if not os.access(folder, os.W_OK):
        raise PoseError(f"cannot write into {folder}: make the folder or choose another")
    for video in spec.videos:
        with open_video(video["path"]) as opened:
            frame_range(spec.frames, len(opened))


def _predict_one(
    spec: PredictSpec,
    index: int,
    path: Path,
    predictor: "Predictor",
    writer: PredictionWriter,
    reporter: "_Reporter",
) -> tuple[int, int]:
    """Predict one video; returns frames done now and people found in them."""
    from poseapp.inference.video import predict_video

    with open_video(path) as video:
        wanted = frame_range(spec.frames, len(video))
        done = set(writer.done_frames(index))
        start_at = next((frame for frame in wanted if frame not in done), None)
        if start_at is None:
            return 0, 0
        rest = range(start_at, wanted.stop, wanted.step)
        frames = people = 0
        flushed = time.monotonic()
        for frame_idx, found in predict_video(video, predictor, frames=rest, people=spec.people):
            if frame_idx not in done:
                writer.append(index, frame_idx, found)
            frames, people = frames + 1, people + len(found)
            if time.monotonic() - flushed > FLUSH_PERIOD_S:
                writer.flush()
                flushed = time.monotonic()
            if reporter.tell(frames, len(rest), path.name):
                break
    return frames, people


class _Reporter:
    """Tells caller and run folder about progress, not more often than either can use."""

    def __init__(self, run: RunFolder | None, on_progress: OnProgress | None) -> None:
        self.run, self.on_progress = run, on_progress
        self.started = self.told = time.monotonic()

    def tell(self, done: int, total: int, name: str) -> bool:
        """Report; returns True when the work should stop and keep what it has.

        Raises:
            JobCancelled: the run was cancelled.
        """
        now = time.monotonic()
        if done < total and now - self.told < EVENT_PERIOD_S:
            return False
        self.told = now
        rate = done / max(now - self.started, 1e-9)
        text = f"{name}: {rate:.0f} frames a second"
        if self.on_progress is not None:
            self.on_progress(Progress(done, total, "frames", text))
        if self.run is None:
            return False
        self.run.emit(
            "progress",
            done=done,
            total=total,
            unit="frames",
            eta_s=round((total - done) / rate, 1),
            text=text,
        )
        self.run.check_cancelled()
        return self.run.stop_requested()


def _default_out(paths: list[Path]) -> Path:
    if not paths:
        raise PoseError("there is nothing to predict: name a video, an image folder or a project")
    first = paths[0]
    if is_project(first):
        return first / "predictions" / f"predict-{time.strftime('%Y%m%d-%H%M%S')}.h5"
    return first.with_name((first.name if first.is_dir() else first.stem) + ".predictions.h5")


def _videos_of(paths: list[Path], out: Path) -> list[dict[str, str]]:
    """Videos to read, with the name each gets in the file: relative where it lies beside the output."""
    if any(is_project(path) for path in paths):
        if len(paths) > 1:
            raise PoseError("name one project, or videos and image folders, not both")
        project = open_project(paths[0], read_only=True)
        try:
            return _project_videos(project, project.videos)
        finally:
            project.close()
    rows = []
    for path in paths:
        whole = path.absolute()
        beside = whole.is_relative_to(out.absolute().parent)
        name = whole.relative_to(out.absolute().parent).as_posix() if beside else str(whole)
        rows.append({"path": str(whole), "name": name})
    return rows


def _project_videos(project: Project, records: Sequence[VideoRecord]) -> list[dict[str, str]]:
    rows = []
    for record in records:
        path = project.resolve(record)
        if path is None:
            raise ProjectError(
                f"the video {record.name} is not where it was: find it again or remove it from the project"
            )
        rows.append({"path": str(path), "name": record.rel_path or str(path)})
    return rows
