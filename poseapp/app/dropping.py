"""What becomes of files that are dropped on the window, said before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from poseapp.app.opening import is_labels, is_project
from poseapp.app.session import Session
from poseapp.paths import IMAGE_SUFFIXES, VIDEO_SUFFIXES

LOOKED_AT = 2000  # entries of a folder that are looked at for pictures


@dataclass(frozen=True)
class Drop:
    """What a drop will do, in this order.

    Attributes:
        project: a project to open, or a file that one is made of, or None.
        videos: videos and image folders to open or to add.
        labels: label files to import.
        refused: what stays out, as "name: why".
        text: a sentence for what will be done, "" where nothing will.
    """

    project: Path | None = None
    videos: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()
    refused: tuple[str, ...] = ()
    text: str = ""


def plan(session: Session, paths: Iterable[Path]) -> Drop:
    """Say what will be done with what is dropped; opens nothing."""
    projects, videos, labels = list[Path](), list[Path](), list[Path]()
    refused = []
    for path in paths:
        kind, why = _kind(path)
        if kind == "project" and projects:
            refused.append(f"{path.name}: one project at a time")
        elif kind:
            {"project": projects, "video": videos, "labels": labels}[kind].append(path)
        else:
            refused.append(f"{path.name}: {why}")
    if labels and not projects and not videos and session.project is None and _makes_project(labels[0]):
        projects.append(labels.pop(0))
    has_project = bool(projects) or session.project is not None
    can_add = bool(projects) or (session.project is not None and not session.read_only)
    if labels and not can_add and (has_project or not videos):
        why = "the project is read-only" if has_project else "open the project or video it belongs to first"
        refused += [f"{path.name}: {why}" for path in labels]
        labels = []
    words = "make a project of" if projects and _makes_project(projects[0]) else "open"
    parts = [f"{words} {projects[0].name}"] if projects else []
    if videos:
        parts.append(f"{'add' if can_add else 'open'} {_counted(videos, 'video')}")
    if labels:
        parts.append(f"import {'labels from ' if len(labels) == 1 else ''}{_counted(labels, 'label file')}")
    text = ", ".join(parts)
    project = projects[0] if projects else None
    return Drop(project, tuple(videos), tuple(labels), tuple(refused), text[:1].upper() + text[1:])


def _makes_project(path: Path) -> bool:
    """Whether a file of labels says enough for a project of its own: SLEAP's and DeepLabCut's."""
    from poseapp.formats import format_for  # reads video and HDF5: not before something is dropped

    return not is_project(path) and is_labels(path) and format_for(path).is_foreign


def _counted(paths: list[Path], what: str) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} {what}s"


def _kind(path: Path) -> tuple[str, str]:
    """ "project", "video" or "labels", or "" and why it is none."""
    if is_project(path):
        return ("project", "") if path.exists() else ("", "it is not there")
    suffix = path.suffix.lower()
    from poseapp.formats.dlc_project import is_project as is_dlc_project

    if is_dlc_project(path):
        return "labels", ""
    if path.is_dir():
        entries = (entry for entry, _ in zip(path.iterdir(), range(LOOKED_AT), strict=False))
        has_picture = any(entry.suffix.lower() in IMAGE_SUFFIXES for entry in entries)
        return ("video", "") if has_picture else ("", "there are no pictures in this folder")
    if not path.exists():
        return "", "it is not there"
    if suffix in VIDEO_SUFFIXES:
        return "video", ""
    from poseapp.formats import FORMATS

    if any(suffix in f.extensions and f.read is not None for f in FORMATS.values()):
        return "labels", ""
    if suffix in IMAGE_SUFFIXES:
        return "", "drop the folder of the pictures, it counts as a video"
    return "", "neither a video, a project nor a label file"
