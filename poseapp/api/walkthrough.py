"""`demo`: the main job on the built-in sample clip, from opening it to the exported result."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseapp.api.demo_folder import OWN_NAMES, PROJECT_NAME, claim_folder, note_own_work, was_worked_on
from poseapp.api.exchange import convert, export_labels, import_labels
from poseapp.api.learning import train_run, training_spec
from poseapp.api.movies import render
from poseapp.api.predicting import PredictResult, PredictSpec, run_prediction
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import is_project, new, open_project
from poseapp.api.results import Result
from poseapp.errors import CheckpointError, PoseError
from poseapp.formats import read_dataset
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.jobs import new_run
from poseapp.jobs.process import python_argv
from poseapp.jobs.screen import has_screen, virtual_screen
from poseapp.labels.edits import AddInstance
from poseapp.labels.instance import Instance
from poseapp.labels.metrics import TruthItem, evaluate
from poseapp.labels.project import Project
from poseapp.labels.skeleton import keypoint_columns, load_skeleton
from poseapp.nets.card import find_checkpoint, read_card
from poseapp.paths import resources_dir, write_atomic

NUM_CORRECTED = 8
FINE_TUNE_MINUTES = 1.2
SCREENSHOT_TIMEOUT_S = 120
SAMPLE = "clip"
CROSSING = "cross"
TRUTH_SKELETONS = ("halpe26", "lsp14")  # those that the sample's truth is kept in
METRICS = ("pck@0.2", "pck@0.1", "mean_px", "median_px")


@dataclass(frozen=True)
class DemoResult(Result):
    """What the demo came to.

    Attributes:
        frames: Frames of the clip.
        corrected: Frames that were corrected.
        pck_before: `pck@0.2` on the frames that never were, with the network as shipped.
        pck_after: The same after fine-tuning on the corrected ones.
        seconds: Wall-clock time of it all.
        out: The folder.
        files: What is in it, by kind.
        before: Further metrics.
        after: Further metrics.
        train: What the fine-tuning said.
        screenshots: Pictures of the window, or none.
        note: Why there are no screenshots, or empty.
    """

    frames: int
    corrected: int
    pck_before: float
    pck_after: float
    seconds: float
    out: Path
    files: dict[str, Path]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)
    screenshots: list[Path] = field(default_factory=list)
    note: str = ""


def demo(
    out: str | Path = "poseapp-demo",
    *,
    minutes: float | None = FINE_TUNE_MINUTES,
    epochs: int | None = None,
    net: str = "default",
    on_progress: OnProgress | None = None,
) -> DemoResult:
    """Open the sample clip, predict, correct a few frames from the truth, fine-tune, predict again, export.

    Args:
        out: Folder for everything. What an earlier demo left there is replaced; where there is anything else
            of the same names, or the earlier demo was worked on, a new folder beside it is used.
        minutes: Time for the fine-tuning.
        epochs: Passes of the fine-tuning, beside or instead of the time.
        net: Checkpoint to begin with.
        on_progress: Told about each step.

    Raises:
        PoseError: the sample or the checkpoint is missing, or the folder cannot be written.
    """
    started = time.monotonic()
    say = _speaker(on_progress)
    path = demo_project(out, net)
    folder = path.parent
    truth = read_dataset(sample_truth(net))
    true_people = dict(zip([image.frame_idx for image in truth.images], truth.by_image(), strict=True))
    project = open_project(path)
    try:
        note_own_work(project, OWN_NAMES)
        say("predicting every frame")
        _predict(project, net, "before", on_progress)
        frames = [int(frame) for frame in _evenly(len(true_people), NUM_CORRECTED)]
        say(f"correcting {len(frames)} frames")
        _correct(project, frames, true_people)
        note_own_work(project)
        say("learning from the corrections")
        spec = training_spec([path], init=net, minutes=minutes, epochs=epochs)
        run = new_run(project.runs_dir, "train", spec.to_dict())
        note_own_work(project)
        trained = train_run(run.path, on_progress)
        say("predicting again")
        # The old checkpoint stays in use where the new one is no better.
        _predict(project, str(trained.checkpoint) if trained.accepted else net, "after", on_progress)
        kept = [frame for frame in true_people if frame not in frames]
        before, after = (_measure(project, name, truth, true_people, kept) for name in ("before", "after"))
        say("exporting")
        files = _export(project, folder, on_progress)
    finally:
        project.close()
    say("taking pictures of the window")
    pictures, note = take_screenshots(path, folder / "screenshots")
    result = DemoResult(
        len(true_people),
        len(frames),
        before["pck@0.2"],
        after["pck@0.2"],
        round(time.monotonic() - started, 1),
        folder,
        files,
        before,
        after,
        {"epochs": trained.epochs, "seconds": trained.seconds, "accepted": trained.accepted},
        pictures,
        note,
    )
    write_atomic(files["metrics"], json.dumps(result.to_json(), indent=2) + "\n")
    return result


def demo_project(out: str | Path, net: str = "default") -> Path:
    """Make a folder with a copy of the sample clip and a project on it; replaces what an earlier demo left.

    Args:
        out: The folder; where it holds something that is not a demo's own, one beside it is taken, such as
            `demo-2`.
        net: Checkpoint that the project is for; its skeleton is that of the truth that fits best.

    Returns:
        The project.

    Raises:
        PoseError: the folder cannot be written, the earlier demo is open in a window, or the sample is
            missing.
    """
    try:
        folder = claim_folder(Path(out).absolute())
        clip = folder / "clip.mp4"
        shutil.copyfile(sample_clip(), clip)
    except OSError as error:
        raise PoseError(f"cannot make the demo in {out}: {error.strerror or error}") from error
    path = new(folder / PROJECT_NAME, [clip], skeleton=_truth_skeleton(net)).project
    project = open_project(path)
    try:
        note_own_work(project)
    finally:
        project.close()
    return path


def tour_project(out: str | Path) -> Path:
    """The sample's project for somebody at the window: the one they have begun to work on, else a fresh one.

    Raises:
        PoseError: as `demo_project`.
    """
    folder = Path(out).absolute()
    return folder / PROJECT_NAME if was_worked_on(folder) else demo_project(folder)


def crossing_project(out: str | Path) -> Path:
    """A project on the second sample, two people who cross, with their true poses as labels.

    Args:
        out: The folder; a project that is there already is taken as it is.

    Returns:
        The project.

    Raises:
        PoseError: The folder cannot be written, or the sample is missing.
    """
    folder = Path(out).absolute()
    path = folder / f"{CROSSING}.pose"
    if is_project(path):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clip = folder / f"{CROSSING}.mp4"
        shutil.copyfile(sample_clip(CROSSING), clip)
    except OSError as error:
        raise PoseError(f"cannot make the sample in {out}: {error.strerror or error}") from error
    new(path, [clip], skeleton=_truth_skeleton("default"))
    import_labels(path, sample_truth(clip=CROSSING))
    return path


def sample_clip(clip: str = SAMPLE) -> Path:
    """A sample clip: `SAMPLE`, or `CROSSING`."""
    return resources_dir() / "sample" / f"{clip}.mp4"


def sample_truth(net: str = "default", clip: str = SAMPLE) -> Path:
    """Its true keypoints, in the skeleton of those they are kept in that knows most of a network's.

    Args:
        net: A checkpoint; where it cannot be read, `TRUTH_SKELETONS` decides.
        clip: `SAMPLE`, or `CROSSING`.
    """
    return resources_dir() / "sample" / f"{clip}-{_truth_skeleton(net)}.json"


def _truth_skeleton(net: str) -> str:
    try:
        wanted = read_card(find_checkpoint(net)).skeleton.keypoints
    except CheckpointError:
        return TRUTH_SKELETONS[0]

    def unknown(name: str) -> tuple[int, int]:
        """How many of the network's keypoints a skeleton lacks, then how many it has besides."""
        has = load_skeleton(name).keypoints
        missing = keypoint_columns(wanted, has).count(-1)
        return missing, len(has) - (len(wanted) - missing)

    return min(TRUTH_SKELETONS, key=unknown)


def take_screenshots(project: Path, out: Path) -> tuple[list[Path], str]:
    """Pictures of the window on a project, taken by a process of its own so that torch and Qt never meet.

    Returns:
        The pictures; and why there are none, or an empty text.
    """
    code = (
        "import sys; from pathlib import Path; from poseapp.qt.screenshots import save; "
        "save(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    argv = python_argv("-c", code, str(project), str(out))
    out.mkdir(parents=True, exist_ok=True)
    if has_screen():
        note = _run_quietly(argv, None)
    else:
        with virtual_screen() as display:
            if display is None:
                return [], "there is no screen and no Xvfb"
            note = _run_quietly(argv, {**os.environ, "DISPLAY": display})
    return sorted(out.glob("*.png")), note


def _run_quietly(argv: list[str], env: dict[str, str] | None) -> str:
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=SCREENSHOT_TIMEOUT_S, check=False, env=env
        )
    except subprocess.TimeoutExpired:
        return f"the window took more than {SCREENSHOT_TIMEOUT_S} seconds"
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines()
    return f"the window could not be opened: {said[-1] if said else f'status {done.returncode}'}"


def _speaker(on_progress: OnProgress | None) -> Callable[[str], None]:
    number = 0

    def say(text: str) -> None:
        nonlocal number
        number += 1
        if on_progress is not None:
            on_progress(Progress(number, 6, "steps", text))

    return say


def _evenly(count: int, wanted: int) -> list[int]:
    """`wanted` numbers below `count`, evenly spread, ends left out."""
    return [round((k + 0.5) * count / wanted - 0.5) for k in range(min(wanted, count))]


def _predict(project: Project, net: str, name: str, on_progress: OnProgress | None) -> PredictResult:
    record = project.videos[0]
    path = project.resolve(record)
    assert path is not None, "the demo has just copied its clip"
    project.predictions_dir.mkdir(exist_ok=True)
    spec = PredictSpec(
        [{"path": str(path), "name": record.rel_path}], str(project.predictions_dir / f"{name}.h5"), net
    )
    return run_prediction(spec, on_progress=on_progress)


def _correct(project: Project, frames: list[int], true_people: dict[int | None, list[Instance]]) -> None:
    """Put the truth where a person would have dragged the prediction to."""
    video_id = project.videos[0].id
    for frame_idx in frames:
        for person in true_people[frame_idx]:
            corrected = person.copy()
            corrected.id, corrected.source, corrected.extra = None, "prediction:before", {}
            project.push(AddInstance(video_id, frame_idx, corrected))


def _measure(
    project: Project,
    name: str,
    truth: Any,
    true_people: dict[int | None, list[Instance]],
    frames: list[int | None],
) -> dict[str, Any]:
    file = PredictionFile(project.predictions_dir / f"{name}.h5")
    try:
        found = [file.instances(0, frame) if frame is not None else [] for frame in frames]
        items = [TruthItem(true_people[frame]) for frame in frames]
        result = evaluate(items, found, file.skeleton, truth.skeleton, METRICS)
    finally:
        file.close()
    return {metric: result[metric] for metric in METRICS} | {"missing": result["missing"]}


def _export(project: Project, folder: Path, on_progress: OnProgress | None) -> dict[str, Path]:
    after = project.predictions_dir / "after.h5"
    files = {
        "project": project.path,
        "coco": folder / "poses.json",
        "csv": folder / "poses.csv",
        "labels": folder / "labels.json",
        "movie": folder / "overlay.mp4",
        "metrics": folder / "metrics.json",
        "predictions_before": project.predictions_dir / "before.h5",
        "predictions_after": after,
    }
    convert(after, files["coco"])
    convert(after, files["csv"])
    export_labels(project.path, files["labels"], format="coco")
    render(folder / "clip.mp4", after, files["movie"], on_progress=on_progress)
    return files
