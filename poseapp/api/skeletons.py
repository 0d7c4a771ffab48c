"""Skeletons: what is shipped, one in full, as a file, and another one for a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.api.projects import is_project, open_project
from poseapp.api.results import Result
from poseapp.errors import ProjectError
from poseapp.labels.edits import SetSkeleton
from poseapp.labels.skeleton import Skeleton, list_skeletons, load_skeleton
from poseapp.labels.skeleton_change import describe_change


@dataclass(frozen=True)
class SkeletonListResult(Result):
    """The shipped skeletons: name, number of keypoints and description of each."""

    skeletons: list[dict[str, Any]]


@dataclass(frozen=True)
class SkeletonShowResult(Result):
    """One skeleton: its fields as in a TOML file."""

    fields: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The fields alone."""
        return dict(self.fields)


@dataclass(frozen=True)
class SkeletonExportResult(Result):
    """A skeleton file that was written.

    Attributes:
        name: Of the skeleton.
        keypoints: How many it has.
        out: The file.
    """

    name: str
    keypoints: int
    out: Path


@dataclass(frozen=True)
class SkeletonSetResult(Result):
    """What became of a project's labels.

    Attributes:
        project: Its folder.
        skeleton: Name of the new skeleton.
        text: What was done in one sentence.
        renamed: Old name to new name.
        added: Keypoints that start unlabelled.
        removed: Keypoints that went, with how many labels of each.
        moved: How many stand elsewhere in the order.
        applied: False after a dry run, and where nothing was to change.
    """

    project: Path
    skeleton: str
    text: str
    renamed: dict[str, str]
    added: list[str]
    removed: dict[str, int]
    moved: int
    applied: bool


def skeleton_list() -> SkeletonListResult:
    """Say which skeletons are shipped."""
    rows = [load_skeleton(name) for name in list_skeletons()]
    return SkeletonListResult(
        [{"name": s.name, "keypoints": s.num_keypoints, "description": s.description} for s in rows]
    )


def skeleton_show(name: str | Path) -> SkeletonShowResult:
    """Say all of a skeleton.

    Args:
        name: Of a shipped one, the path of a TOML file, or a project.

    Raises:
        PoseError: There is none.
    """
    return SkeletonShowResult(_skeleton_of(name).to_dict())


def skeleton_export(name: str | Path, out: str | Path) -> SkeletonExportResult:
    """Write a skeleton (see `skeleton_show`) as a TOML file that can be changed and given to a project.

    Raises:
        PoseError: There is none, or the file cannot be written.
    """
    found, out = _skeleton_of(name), Path(out)
    found.to_toml(out)
    return SkeletonExportResult(found.name, found.num_keypoints, out)


def skeleton_set(
    project: str | Path,
    skeleton: str | Path | Skeleton,
    *,
    renamed: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> SkeletonSetResult:
    """Give a project another skeleton, as one edit that can be undone.

    Labels follow their keypoints by name. Keypoints that the new skeleton lacks lose theirs, until undo.

    Args:
        project: Its folder.
        skeleton: The new one, or what `skeleton_show` takes.
        renamed: Old name to new name of keypoints that keep their labels under another name.
        dry_run: Only say what would happen.

    Raises:
        PoseError: Project or skeleton cannot be read, a rename does not fit, or the project is read-only.
    """
    new = skeleton if isinstance(skeleton, Skeleton) else _skeleton_of(skeleton)
    with open_project(project, read_only=dry_run) as opened:
        if opened.read_only and not dry_run:
            raise ProjectError(f"{opened.path} is read-only: {opened.read_only_reason}")
        change = describe_change(opened, new, dict(renamed or {}))
        applied = not (dry_run or change.is_same)
        if applied:
            opened.push(SetSkeleton(new, dict(renamed or {})))
        return SkeletonSetResult(
            Path(opened.path),
            new.name,
            change.text,
            dict(change.renamed),
            list(change.added),
            {name: labels for name, labels, _ in change.removed},
            change.moved,
            applied,
        )


def _skeleton_of(name: str | Path) -> Skeleton:
    if is_project(name):
        with open_project(name, read_only=True) as project:
            return project.skeleton
    return load_skeleton(name)
