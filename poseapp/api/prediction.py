"""`predict`: here and now, or as a run in a process of its own."""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from poseapp.api.exchange import describe_images
from poseapp.api.frames import Frames, as_text
from poseapp.api.moved import follow_project
from poseapp.api.predicting import PredictResult, PredictSpec, predict_file, run_prediction
from poseapp.api.progress import OnProgress
from poseapp.api.projects import is_project, open_project
from poseapp.api.runs import begin
from poseapp.errors import PoseError, ProjectError
from poseapp.formats import format_for, read_dataset, write_dataset
from poseapp.jobs import RunFolder, new_run, supervised
from poseapp.labels.project import Project, VideoRecord

__all__ = ["PredictResult", "PredictSpec", "predict", "predict_run", "run_prediction", "start_prediction"]


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
            get `NAME.predictions.h5` beside the first of them. An existing prediction file is replaced when
            the new one is complete; one that a killed call with the same words has left is gone on with.
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
        return predict_file(spec, on_progress)
    if not os.access(target.absolute().parent, os.W_OK):
        raise PoseError(f"cannot write into {target.absolute().parent}: make the folder or choose another")
    with tempfile.TemporaryDirectory(prefix="poseapp-") as folder:
        spec.out = str(Path(folder) / "predictions.h5")
        result = run_prediction(spec, on_progress=on_progress)
        dataset = read_dataset(Path(spec.out))
        dataset.root = target.absolute().parent
        describe_images(dataset, target)
        write_dataset(target, dataset, format=chosen_format.name)
    return replace(result, out=target)


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
    """Do, or go on with, what the `spec.json` of a prediction run says, in this process.

    Raises:
        PoseError: something cannot be read, computed or written.
        JobCancelled: the run was cancelled.
    """
    run = RunFolder(path)
    PredictSpec.from_dict(run.spec)
    with supervised(run):
        follow_project(run)
        result = run_prediction(PredictSpec.from_dict(run.spec), run=run, on_progress=on_progress)
        run.emit("result", **result.to_json())
    return result


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
