"""Runs of a project that was moved or copied: their absolute paths are brought up to date."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poseapp.api.projects import PROJECT_SUFFIX, is_project, open_project
from poseapp.api.same_video import whole
from poseapp.jobs import RunFolder
from poseapp.labels.project import Project
from poseapp.paths import write_atomic

Move = Callable[[str], str]


def follow_project(run: RunFolder) -> None:
    """Make a run find its project, videos and checkpoints again, where their paths are gone.

    Does nothing for a run that lies in no project. What is still at its old place stays as it is, save the
    file a prediction writes: a run in a copy of a project must not write into the original.

    Raises:
        PoseError: the run's `spec.json` or the project is damaged.
    """
    folder = run.path.parent.parent
    if run.path.parent.name != "runs" or not is_project(folder):
        return
    spec = run.spec
    before = json.dumps(spec)
    project = open_project(folder, read_only=True)
    try:
        if spec.get("kind", "train") == "predict":
            _follow_prediction(spec, project)
        else:
            _follow_training(spec, project, run)
    finally:
        project.close()
    if json.dumps(spec) != before:
        run.write_spec(spec)


def _follow_prediction(spec: dict[str, Any], project: Project) -> None:
    out, old = Path(spec["out"]), spec.get("project")
    if old and whole(old) != whole(project.path):
        spec["project"] = str(project.path)
        if out.is_relative_to(old):
            spec["out"] = str(project.path / out.relative_to(old))
    elif not out.parent.exists() and out.parent.name == "predictions":
        spec["out"] = str(project.predictions_dir / out.name)
    move = _mover(project, old)
    for video in spec["videos"]:
        video["path"] = move(video["path"])
    spec["net"] = move(spec["net"])


def _follow_training(spec: dict[str, Any], project: Project, run: RunFolder) -> None:
    gone = [source for source in spec["sources"] if not Path(source).exists()]
    old = next((source for source in gone if Path(source).suffix == PROJECT_SUFFIX), None)
    move = _mover(project, old)
    for key in ("init", "val", "teacher"):
        if spec.get(key):
            spec[key] = move(spec[key])
    before, spec["sources"] = spec["sources"], [move(source) for source in spec["sources"]]
    spec["replay"] = [move(source) for source in spec.get("replay") or []]
    # The split names frames by their video.
    split = spec.get("split") or {}
    spec["split"] = {part: [_follow_key(key, move) for key in keys] for part, keys in split.items()}
    for number, source in enumerate(before):
        copy = run.path / f"labels-{number}.json"
        if copy.is_file():
            _follow_labels(copy, move, project, has_moved=source != spec["sources"][number])


def _follow_key(key: str, move: Move) -> str:
    number, _, image = key.partition("|")
    video, mark, frame = image.rpartition("#")
    return f"{number}|{move(video)}#{frame}" if mark else key


def _follow_labels(copy: Path, move: Move, project: Project, has_moved: bool) -> None:
    """The run's own copy of the labels names videos by absolute paths, and beside it the pictures' folder."""
    if has_moved:
        write_atomic(copy.with_suffix(".root"), str(project.path.parent))
    document = json.loads(copy.read_text(encoding="utf-8"))
    changed = False
    for image in document["images"]:
        video = image.get("video")
        if video and (now := move(video)) != video:
            image["video"], changed = now, True
    if changed:
        write_atomic(copy, json.dumps(document))


def _mover(project: Project, old: str | None) -> Move:
    """Tells where something is now that its absolute path of old is gone; names stay as they are."""
    videos: dict[str, str] = {}
    for record in project.videos:
        found = project.resolve(record)
        if found is not None:
            videos[record.abs_path] = str(found)
            if old and record.rel_path:
                videos[os.path.normpath(Path(old) / record.rel_path)] = str(found)

    def move(text: str) -> str:
        path = Path(text)
        if not path.is_absolute() or path.exists():
            return text
        if text in videos:
            return videos[text]
        roots = [Path(old)] if old else []
        roots += [parent for parent in (path, *path.parents) if parent.suffix == PROJECT_SUFFIX]
        for root in roots:
            if path.is_relative_to(root) and (now := project.path / path.relative_to(root)).exists():
                return str(now)
        return text

    return move
