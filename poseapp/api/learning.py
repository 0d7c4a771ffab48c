"""`train`: here and now, or as a run in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from poseapp.api.checkpoints import nets_show
from poseapp.api.exchange import read_source
from poseapp.api.moved import follow_project
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import is_project
from poseapp.api.results import Result
from poseapp.api.runs import begin, refuse_done
from poseapp.errors import CheckpointError, TrainingError
from poseapp.jobs import JobCancelled, RunFolder, new_run, supervised
from poseapp.labels.project import Project
from poseapp.nets import NETS
from poseapp.nets.card import find_checkpoint, read_card
from poseapp.training.spec import TrainSpec, read_recipe


@dataclass(frozen=True)
class TrainResult(Result):
    """What a training run came to.

    Attributes:
        epochs: Passes over the training images.
        seconds: Training time, all attempts together.
        images_per_second: Crops learnt from a second.
        train_loss: Mean of the last epoch.
        val: Metrics of the best weights on held-out images.
        before: The same for the checkpoint it started from, or empty.
        accepted: Whether the new weights are better than those it started from.
        held_out: False where there were too few labels to hold any out.
        state: "done" or "stopped".
        checkpoint: Best weights.
        run: The run's folder.
        warnings: What is doubtful in the labels, one sentence each; empty for a run that was gone on with.
    """

    epochs: float
    seconds: float
    images_per_second: float
    train_loss: float
    val: dict[str, float]
    before: dict[str, float]
    accepted: bool
    held_out: bool
    state: str
    checkpoint: Path
    run: Path
    warnings: list[str] = field(default_factory=list)


def train(
    sources: str | Path | Sequence[str | Path],
    *,
    net: str | None = None,
    init: str | Path | None = None,
    val: str | Path | None = None,
    epochs: int | None = None,
    minutes: float | None = None,
    device: str | None = None,
    out: str | Path | None = None,
    recipe: str | Path | None = None,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> TrainResult:
    """Train a network on labels, in this process.

    Args:
        sources: Projects or COCO keypoint files; or one run folder, whose run is gone on with: then only
            `epochs`, `minutes` (limits of the whole run) and `device` may be given, and replace the run's.
        net: Network's name; without it that of `init`. A checkpoint's name means the same as `init`.
        init: Checkpoint to start from; "none" for random weights. Without `net` and `init` training starts
            from the default checkpoint where there is one.
        val: Source to validate on; else a part of the sources is held out.
        epochs: Passes over the training images.
        minutes: Wall-clock limit.
        device: "auto" (which None means too), "cpu", "cuda" or "cuda:N".
        out: The run's folder; in the project's `runs/` where one project is the source, else `runs/` here.
        recipe: TOML file with further `TrainSpec` fields; what is given here goes before it.
        on_progress: Told about once a second.
        **options: Further fields of `TrainSpec`.

    Raises:
        PoseError: sources, network or memory do not allow it, or wrong labels would spoil it.
        JobCancelled: the run was cancelled through its folder.
    """
    chosen = [Path(sources)] if isinstance(sources, str | Path) else [Path(source) for source in sources]
    if len(chosen) == 1 and (chosen[0] / "spec.json").is_file():
        other = {"net": net, "init": init, "val": val, "out": out, "recipe": recipe, **options}
        _change_limits(RunFolder(chosen[0]), other, epochs=epochs, minutes=minutes, device=device)
        return train_run(chosen[0], on_progress)
    given: dict[str, Any] = {"net": net, "init": init and str(init), "val": val and str(Path(val).absolute())}
    given |= {"epochs": epochs, "minutes": minutes, **options}
    spec = training_spec(chosen, device=device or "auto", recipe=recipe, **given)
    warnings = check_sources(chosen)
    run = _make_run(spec, chosen, out)
    return replace(train_run(run.path, on_progress), warnings=warnings)


def training_spec(
    sources: Sequence[Path], *, device: str = "auto", recipe: str | Path | None = None, **given: Any
) -> TrainSpec:
    """What a run is told, from a recipe and given fields; None means not given.

    Raises:
        TrainingError: an unknown field or impossible value, a source that is not there, or a network and an
            initial checkpoint that contradict each other.
        CheckpointError: the initial checkpoint is not there.
    """
    for source in sources:
        if not source.exists():
            raise TrainingError(f"there is no such source of labels: {source}")
    values = read_recipe(Path(recipe)) if recipe is not None else {}
    values |= {key: value for key, value in given.items() if value is not None}
    values |= {"sources": [str(source.absolute()) for source in sources], "device": device}
    _settle_start(values)
    if values.get("init") == "none":
        values["init"] = None
    # A run goes on wherever it is called from: what names a file must not depend on the folder we are in.
    for key in ("init", "val", "teacher"):
        if values.get(key):
            values[key] = _from_anywhere(str(values[key]))
    for key in ("replay", "mix"):
        values[key] = [_from_anywhere(str(source)) for source in values.get(key) or []]
    return TrainSpec.from_dict(values)


def _settle_start(values: dict[str, Any]) -> None:
    """Turn a checkpoint given as network into the one to start from; take the default without either.

    Raises:
        TrainingError: no such network or checkpoint, or the two contradict each other.
        CheckpointError: the initial checkpoint is not there.
    """
    net, init = values.get("net"), values.get("init")
    if net is None and init is None:
        values["init"] = "default" if _has_default() else None
    elif net is not None and net not in NETS:
        nets_show(net)  # says what there is where it is neither
        if init not in (None, net):
            raise TrainingError(
                f"the checkpoint '{net}' given as network and '{init}' to start from contradict each other: "
                "give one of them"
            )
        del values["net"]
        values["init"] = net
    elif init not in (None, "none"):
        has = read_card(find_checkpoint(init)).net
        if net not in (None, has):
            raise TrainingError(
                f"'{init}' is a {has}, not a {net}: leave one of net and init out, or start from init none"
            )


def _change_limits(folder: RunFolder, other: Mapping[str, Any], **limits: Any) -> None:
    """Give a run that is gone on with new limits.

    Raises:
        TrainingError: the run is done or goes on, or something else is given that it has settled already.
    """
    refused = sorted(name for name, value in other.items() if value is not None)
    if refused:
        raise TrainingError(
            f"{folder.name} is a run with settings of its own; {', '.join(refused)} cannot be changed: leave "
            "that out, or train anew from the labels"
        )
    refuse_done(folder)
    changed = {name: value for name, value in limits.items() if value is not None}
    if changed:
        if folder.alive():
            raise TrainingError(f"run {folder.name} is going on: stop it first")
        folder.write_spec(TrainSpec.from_dict({**folder.spec, **changed}).to_dict())


def check_sources(sources: Sequence[Path]) -> list[str]:
    """Look at labels before learning from them.

    Returns:
        What is doubtful, one sentence each.

    Raises:
        TrainingError: labels are wrong in a way that would spoil the training; the first such is named.
    """
    from poseapp.training.checks import check_labels

    problems = [problem for source in sources for problem in check_labels(read_source(source))]
    errors = [problem.text for problem in problems if problem.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more such)" if len(errors) > 1 else ""
        raise TrainingError(f"the labels cannot be learnt from: {errors[0]}{more}")
    return [problem.text for problem in problems]


def start_training(project: Project, *, checked: bool = False, **options: Any) -> RunFolder:
    """Begin fine-tuning on a project's labels in a process of its own.

    Args:
        project: The open project.
        checked: The labels were looked at already (`check_sources`): do not do it again.
        **options: Fields of `TrainSpec`; without `init` it starts from the default checkpoint.

    Returns:
        The run's folder in the project; the run keeps its own copy of the labels.

    Raises:
        PoseError: an option is wrong or the process cannot be started.
    """
    spec = training_spec([project.path], **options)
    if not checked:
        check_sources([project.path])
    return begin(new_run(project.runs_dir, "train", spec.to_dict()))


def train_run(path: str | Path, on_progress: OnProgress | None = None) -> TrainResult:
    """Do, or go on with, what the `spec.json` of a training run says, in this process.

    Raises:
        PoseError: labels, options or memory do not allow it, or the run is done.
        JobCancelled: the run was cancelled.
    """
    folder = RunFolder(path)
    TrainSpec.from_dict(folder.spec)
    refuse_done(folder)

    def report(done: int, total: int, text: str) -> None:
        if on_progress is not None:
            on_progress(Progress(done, total, "", text))

    with supervised(folder):
        follow_project(folder)
        # Loaded here, so that a failure to load also stands in the run's status.
        from poseapp.synth.drawer import PeopleDrawer
        from poseapp.training import loop

        result = loop.run(folder, report, PeopleDrawer.of)
        folder.set_status(result.state)
    if result.state == "cancelled":
        raise JobCancelled(folder.name)
    return TrainResult(
        result.epochs,
        result.seconds,
        result.images_per_second,
        result.train_loss,
        result.val,
        result.before,
        result.accepted,
        result.held_out,
        result.state,
        Path(result.checkpoint),
        folder.path,
    )


def _from_anywhere(name: str) -> str:
    """A path made absolute; a word such as the name of a shipped checkpoint as it is."""
    return str(Path(name).absolute()) if Path(name).exists() else name


def _has_default() -> bool:
    try:
        find_checkpoint("default")
    except CheckpointError:
        return False
    return True


def _make_run(spec: TrainSpec, sources: Sequence[Path], out: str | Path | None) -> RunFolder:
    if out is not None:
        return RunFolder.create(out, spec.to_dict())
    if len(sources) == 1 and is_project(sources[0]):
        return new_run(sources[0] / "runs", "train", spec.to_dict())
    return new_run(Path("runs"), "train", spec.to_dict())
