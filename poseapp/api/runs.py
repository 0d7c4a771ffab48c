"""Runs that were stopped, killed or lost: begin them again where they were left."""

from pathlib import Path

from poseapp.errors import PoseError, TrainingError
from poseapp.jobs import RunFolder, start
from poseapp.jobs.process import python_argv

WORDS = {"train": ("train",), "predict": ("predict", "--run"), "synth": ("synth", "--run")}


def begin(run: RunFolder) -> RunFolder:
    """Start the process that does what a run's `spec.json` says.

    Raises:
        PoseError: the run goes on already, is a training that is done, of an unknown kind, or cannot be
            started.
    """
    kind = str(run.spec.get("kind", "train"))
    if kind not in WORDS:
        raise PoseError(f"{run.path} is a run of an unknown kind, '{kind}': update the program")
    if kind == "train":
        refuse_done(run)
    start(run, python_argv("-m", "poseapp", *WORDS[kind], str(run.path)))
    return run


def refuse_done(run: RunFolder) -> None:
    """Keep a finished training from being begun again, which would replace its network.

    Raises:
        TrainingError: it is done.
    """
    if run.recorded_status()["state"] == "done":
        raise TrainingError(f"run {run.name} is done: to learn more, train anew with --init {run.path}")


def resume(run: RunFolder | str | Path) -> RunFolder:
    """Go on with a stopped, killed or lost run in a process of its own.

    A training goes on from its last saved state, a prediction with the frames that are missing, a data set of
    drawn people with the pictures that are.

    Raises:
        PoseError: it is no run, goes on already, is a training that is done, or cannot be started.
    """
    return begin(run if isinstance(run, RunFolder) else RunFolder(run))
