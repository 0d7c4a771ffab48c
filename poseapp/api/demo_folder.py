"""The folder of a demo: which files in it are the demo's own and may be replaced.

A marker file lists what a demo made, and which edits and runs in its project are its own. Whatever is not
listed, and a project with other edits or runs, belongs to somebody.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from poseapp.api.projects import is_project, open_project
from poseapp.errors import PoseError, ProjectError
from poseapp.jobs import list_runs
from poseapp.labels.lock import FileLock
from poseapp.labels.project import Project
from poseapp.paths import write_atomic

MARKER = ".poseapp-demo.json"
PROJECT_NAME = "sample.pose"
OWN_NAMES = (
    "clip.mp4", PROJECT_NAME, "poses.json", "poses.csv", "labels.json", "overlay.mp4", "metrics.json",
    "screenshots",
)  # fmt: skip
BEGINNING = ("clip.mp4", PROJECT_NAME)
_MOST_EDITS = 10_000


def claim_folder(folder: Path) -> Path:
    """Make room for a demo: remove what an earlier one left, or choose a new folder beside it.

    Returns:
        An existing folder with none of `OWN_NAMES` in it, marked as a demo's.

    Raises:
        PoseError: the earlier demo's project is open in a window or a job works in it.
        OSError: the folder cannot be written.
    """
    chosen, number = folder, 2
    while not _is_free(chosen):
        chosen, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    chosen.mkdir(parents=True, exist_ok=True)
    for name in _listed(chosen):
        old = chosen / name
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
    _write(chosen, list(BEGINNING), {})
    return chosen


def note_own_work(project: Project, files: tuple[str, ...] = BEGINNING) -> None:
    """Note that all edits and runs so far in a demo's project are the demo's own, and the files beside it.

    Args:
        project: The demo's.
        files: Names in its folder that the demo has made or is going to make.
    """
    work = {
        "edits": len(project.history(_MOST_EDITS)),
        "runs": [run.name for run in list_runs(project.runs_dir)],
    }
    _write(project.path.parent, sorted({*files, *_listed(project.path.parent)}), work)


def was_worked_on(folder: Path) -> bool:
    """Whether somebody has edited, predicted or trained in the demo's project in a folder."""
    path = folder / PROJECT_NAME
    if not is_project(path) or PROJECT_NAME not in _listed(folder):
        return False
    noted = _read(folder).get("work")
    noted = noted if isinstance(noted, dict) else {}
    try:
        project = open_project(path, read_only=True)
    except ProjectError:
        return False
    try:
        edits = len(project.history(_MOST_EDITS))
        runs = {run.name for run in list_runs(project.runs_dir)}
    finally:
        project.close()
    # Where a demo ended before it noted anything there is at most the edit that added the clip.
    return edits != noted.get("edits", min(edits, 1)) or not runs <= set(noted.get("runs", []))


def _is_free(folder: Path) -> bool:
    """Whether a demo may be made in a folder.

    Raises:
        PoseError: it is a demo's that is in use.
    """
    if not os.path.lexists(folder):
        return True
    listed = _listed(folder)
    if not folder.is_dir() or any(os.path.lexists(folder / name) for name in OWN_NAMES if name not in listed):
        return False
    if was_worked_on(folder):
        return False
    if is_project(folder / PROJECT_NAME):
        _check_unused(folder / PROJECT_NAME)
    return True


def _check_unused(project: Path) -> None:
    lock = FileLock(project / "lock")
    reason = lock.acquire()
    lock.release()
    if reason:
        raise PoseError(f"the demo in {project.parent} is in use: {reason}; close it or choose another --out")
    for run in list_runs(project / "runs"):
        if run.alive():
            raise PoseError(f"run {run.name} works in the demo in {project.parent}: stop it first")


def _listed(folder: Path) -> set[str]:
    """Names in the folder that an earlier demo made."""
    files = _read(folder).get("files")
    return set(files) & set(OWN_NAMES) if isinstance(files, list) else set()


def _read(folder: Path) -> dict[str, Any]:
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) else {}


def _write(folder: Path, files: list[str], work: dict[str, Any]) -> None:
    write_atomic(folder / MARKER, json.dumps({"files": files, "work": work}, indent=2) + "\n")
