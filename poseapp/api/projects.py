"""Projects: make one, open one, say what is in it or in any other file of ours."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseapp.api.results import Result
from poseapp.errors import PoseError, ProjectError
from poseapp.formats import FORMATS, dlc_project, format_for, read_dataset
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.jobs import RunFolder, list_runs
from poseapp.labels.edits import AddVideo
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import DEFAULT_SKELETON, load_skeleton
from poseapp.nets.card import read_card
from poseapp.video import fingerprint, open_video

PROJECT_SUFFIX = ".pose"


@dataclass(frozen=True)
class NewResult(Result):
    """A project just made.

    Attributes:
        project: Its folder.
        skeleton: Name of its skeleton.
        videos: The videos in it.
        frames: Frames of all videos.
        instances: People whose labels came from files.
        warnings: What reading these files found odd or left out.
    """

    project: Path
    skeleton: str
    videos: list[Path]
    frames: int
    instances: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class InfoResult(Result):
    """What lies at a path.

    Attributes:
        kind: "project", "video", "images", "labels", "predictions", "checkpoint" or "run".
        path: What was asked about.
        details: Further facts, by kind; merged into the JSON object.
    """

    kind: str
    path: Path
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """One flat object."""
        whole = super().to_json()
        return whole | whole.pop("details")


def is_project(path: str | Path) -> bool:
    """Whether a path is a project's folder."""
    return (Path(path) / "project.db").is_file()


def open_project(path: str | Path, read_only: bool = False) -> Project:
    """Open a project: its labels and their edits.

    Raises:
        ProjectError: there is none at `path` or it is damaged.
    """
    project = Project.open(Path(path), read_only=read_only)
    project.fingerprint_of = fingerprint
    return project


def record_of_video(path: str | Path) -> VideoRecord:
    """What a project keeps of a video or image folder, for the edit `AddVideo`.

    Raises:
        VideoError: it cannot be read.
    """
    whole = Path(path).absolute()
    with open_video(whole) as video:
        is_images = whole.is_dir()
        return VideoRecord(
            id=0,
            name=whole.name,
            rel_path="",
            abs_path=str(whole),
            num_frames=len(video),
            width=video.width,
            height=video.height,
            fps=0.0 if is_images else float(video.fps),
            fingerprint=fingerprint(whole),
            is_images=is_images,
        )


def is_label_file(path: str | Path) -> bool:
    """Whether a path is a file of labels or a DeepLabCut project rather than a video or pictures."""
    path = Path(path)
    if path.is_dir():
        return dlc_project.is_project(path)
    endings = [ending for form in FORMATS.values() for ending in form.extensions]
    return path.is_file() and path.name.lower().endswith(tuple(endings))


def new(project: str | Path, videos: Sequence[str | Path], *, skeleton: str | None = None) -> NewResult:
    """Make a project with videos in it, or with the labels of files and the videos these name.

    Args:
        project: The folder to make; `.pose` is added where the name lacks it.
        videos: Videos or image folders; also files of labels and DeepLabCut projects.
        skeleton: Name of a shipped skeleton or path of a TOML file; None: that of the first file of labels,
            else the default.

    Raises:
        PoseError: the folder exists, or a video, file or the skeleton cannot be read (nothing is left behind
            then).
    """
    folder = Path(project)
    if folder.suffix != PROJECT_SUFFIX:
        folder = folder.with_name(folder.name + PROJECT_SUFFIX)
    if folder.exists():
        raise ProjectError(f"{folder} exists already: choose another name, or open it")
    labels = [Path(video) for video in videos if is_label_file(video)]
    records = [record_of_video(Path(video)) for video in videos if Path(video) not in labels]
    if skeleton is None and labels:
        chosen = read_dataset(labels[0]).skeleton
    else:
        chosen = load_skeleton(skeleton or DEFAULT_SKELETON)
    made = Project.create(folder, chosen)
    made.fingerprint_of = fingerprint
    try:
        for record in records:
            made.push(AddVideo(record))
        brought = [_bring(made, file) for file in labels]
        all_videos = [made.resolve(record) or Path(record.abs_path) for record in made.videos]
        frames = sum(record.num_frames for record in made.videos)
        name = made.skeleton.name
    except BaseException:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    made.close()
    warnings = [text for _, warned in brought for text in warned]
    named = [Path(video) for video in videos] if not labels else all_videos
    return NewResult(folder, name, named, frames, sum(count for count, _ in brought), warnings)


def _bring(project: Project, file: Path) -> tuple[int, list[str]]:
    """Import a file into a project just made; return how many people it had, and what is odd about it."""
    from poseapp.api.exchange import import_labels

    found = import_labels(project, file)
    skipped = [f"{found.skipped} pictures of {file.name} have no video here."] if found.skipped else []
    return found.instances, [*found.warnings, *skipped]


def info(path: str | Path) -> InfoResult:
    """Say what lies at a path: a project, video, image folder, label file, predictions, checkpoint or run.

    Raises:
        PoseError: there is nothing there, or nothing that this program knows.
    """
    path = Path(path)
    if not path.exists():
        raise PoseError(f"there is nothing at {path}: check the path")
    if is_project(path):
        return InfoResult("project", path, _project_details(path))
    if (path / "spec.json").is_file():
        return InfoResult("run", path, _run_details(path))
    if path.suffix in (".safetensors", ".toml") and path.with_suffix(".safetensors").exists():
        return InfoResult("checkpoint", path, _checkpoint_details(path.with_suffix(".safetensors")))
    if path.suffix in (".h5", ".hdf5") and format_for(path).name == "h5":
        return InfoResult("predictions", path, _prediction_details(path))
    if is_label_file(path):
        return InfoResult("labels", path, _label_details(path))
    with open_video(path) as video:
        return InfoResult(
            "images" if path.is_dir() else "video",
            path,
            {
                "frames": len(video),
                "width": video.width,
                "height": video.height,
                "fps": video.fps,
                "codec": video.codec,
                "seconds": float(video.timestamps[-1]) if len(video) else 0.0,
                "warnings": list(video.warnings),
            },
        )


def _project_details(path: Path) -> dict[str, Any]:
    project = open_project(path, read_only=True)
    try:
        videos = []
        for record in project.videos:
            found = project.resolve(record)
            videos.append(
                {
                    "name": record.name,
                    "path": found,
                    "found": found is not None,
                    "frames": record.num_frames,
                    "width": record.width,
                    "height": record.height,
                    "fps": record.fps,
                    "labelled_frames": len(project.labelled_frames(record.id)),
                }
            )
        return {
            "skeleton": project.skeleton.name,
            "keypoints": list(project.skeleton.keypoints),
            "videos": videos,
            "frames": sum(video["frames"] for video in videos),
            "labels": _count_labels(project),
            "predictions": [_prediction_row(file) for file in sorted(project.predictions_dir.glob("*.h5"))],
            "runs": [_run_row(run) for run in list_runs(project.runs_dir)],
            "checkpoints": sorted(project.runs_dir.glob("*/checkpoints/best.safetensors")),
        }
    finally:
        project.close()


def _count_labels(project: Project) -> dict[str, int]:
    frames = instances = keypoints = 0
    for _video_id, _frame_idx, people in project.iter_frames():
        frames += 1
        instances += len(people)
        keypoints += sum(person.num_labelled for person in people)
    return {"frames": frames, "instances": instances, "keypoints": keypoints}


def _run_row(run: RunFolder) -> dict[str, Any]:
    try:
        return {"name": run.name, "kind": run.spec.get("kind", "train"), "state": run.status["state"]}
    except PoseError as error:
        return {"name": run.name, "kind": "", "state": run.status["state"], "error": str(error)}


def _run_details(path: Path) -> dict[str, Any]:
    run = RunFolder(path)
    status = run.status
    return {
        "name": run.name,
        "run_kind": run.spec.get("kind", "train"),
        "state": status["state"],
        "error": status["error"],
        "events": len(run.events()[0]),
        "checkpoints": sorted(run.checkpoints_dir.glob("*.safetensors")),
    }


def _checkpoint_details(weights: Path) -> dict[str, Any]:
    card = read_card(weights)
    return {
        "name": card.name,
        "net": card.net,
        "skeleton": card.skeleton.name,
        "keypoints": list(card.skeleton.keypoints),
        "input_size": card.input_size,
        "metrics": card.metrics,
        "licence": card.licence,
    }


def _prediction_details(path: Path) -> dict[str, Any]:
    file = PredictionFile(path)
    try:
        frames = [len(file.frames(index)) for index in range(len(file.videos))]
        return {
            "net": file.net,
            "skeleton": file.skeleton.name,
            "keypoints": list(file.skeleton.keypoints),
            "videos": [
                {"path": str(name), "frames": count} for name, count in zip(file.videos, frames, strict=True)
            ],
            "frames": sum(frames),
        }
    finally:
        file.close()


def _prediction_row(path: Path) -> dict[str, Any]:
    try:
        details = _prediction_details(path)
    except (PoseError, OSError) as error:
        # One damaged file must not hide all the rest.
        return {"name": path.stem, "net": "", "frames": 0, "error": str(error)}
    return {"name": path.stem, "net": details["net"], "frames": details["frames"]}


def _label_details(path: Path) -> dict[str, Any]:
    dataset = read_dataset(path)
    return {
        "skeleton": dataset.skeleton.name,
        "keypoints": list(dataset.skeleton.keypoints),
        "images": len(dataset.images),
        "labels": {
            "frames": len({index for index, _ in dataset.instances}),
            "instances": len(dataset.instances),
            "keypoints": sum(instance.num_labelled for _, instance in dataset.instances),
        },
    }
