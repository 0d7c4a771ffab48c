"""Labels and predictions in and out of files."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poseapp.api.export_changes import changes_of_export
from poseapp.api.import_plan import (
    BOTH,
    CHOICES,
    KEEP,
    REPLACE,
    ImportPlan,
    apply_import,
    describe,
    plan_import,
)
from poseapp.api.projects import is_project, open_project
from poseapp.api.results import Result
from poseapp.api.same_video import video_paths
from poseapp.errors import FormatError, PoseError, VideoError
from poseapp.formats import format_for, read_dataset, what_is_lost, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry, dataset_from_project, group_by_video
from poseapp.formats.picture_size import picture_size
from poseapp.labels.edits import ImportInstances
from poseapp.labels.project import Project
from poseapp.video import Video, open_video


@dataclass(frozen=True)
class ImportResult(Result):
    """What an import brought.

    Attributes:
        project: The project.
        file: The file read.
        format: Its format.
        frames: Frames that got labels.
        instances: People added.
        duplicates: People who were in their frame already with the same keypoints, not added again.
        differ: People who were there already, labelled otherwise.
        replaced: Those of them whose place the file's took.
        conflicts: The first of them: video, frame, how far they moved, how many keypoints differ.
        warnings: What reading the file found odd or left out.
        dry_run: Whether nothing was done.
        videos: Videos the import added to the project.
        unmatched: Keypoint names that only one side knows; they were left out.
        skipped: Images of the file for which the project has no video and that are not there themselves.
    """

    project: Path
    file: Path
    format: str
    frames: int
    instances: int
    videos: list[str]
    unmatched: list[str]
    skipped: int
    duplicates: int = 0
    differ: int = 0
    replaced: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    dry_run: bool = False


@dataclass(frozen=True)
class ExportResult(Result):
    """What an export wrote.

    Attributes:
        source: Project, label file or predictions.
        out: The file written.
        format: Its format.
        images: Frames or pictures in it.
        instances: People in it.
        warnings: What the format cannot hold, one sentence each.
        changes: Frames `added`, `changed`, `removed` and `same` in what was there, or None.
        dry_run: Whether nothing was written.
        problem: Why what was there could not be read, or "".
    """

    source: Path
    out: Path
    format: str
    images: int
    instances: int
    warnings: list[str] = field(default_factory=list)
    changes: dict[str, int] | None = None
    dry_run: bool = False
    problem: str = ""


def import_labels(
    project: str | Path | Project,
    file: str | Path,
    *,
    format: str | None = None,
    names: Mapping[str, str] | None = None,
    skeleton: str = "keep",
    conflicts: str = BOTH,
    dry_run: bool = False,
) -> ImportResult:
    """Add the labels of a file to a project, as one edit that can be undone.

    Frames of videos go to the project's video of that file name; pictures go to the project's image folder
    that holds them. Videos and folders that are there but not in the project are added first. People who are
    there with the same keypoints are passed over.

    Args:
        project: The project's folder, or the open project.
        file: What to read.
        format: A name in `FORMATS`; by the file's name when None.
        names: Which keypoint of the file is which of the project; None: as chosen before for these two
            skeletons, else by equal names.
        skeleton: "keep" the project's, "extend" it by the keypoints it lacks, or "take" the file's.
        conflicts: What becomes of people who are there, labelled otherwise: "keep" the project's, "replace"
            them by the file's, or have "both".
        dry_run: Only say what would be done.

    Raises:
        PoseError: file or project cannot be read, no keypoint of the two has the same name, or no image
            of the file belongs to a video.
    """
    if conflicts not in CHOICES:
        raise PoseError(
            f"There is no way '{conflicts}' to deal with people who differ: {', '.join(CHOICES)}."
        )
    opened = project if isinstance(project, Project) else open_project(project)
    try:
        plan = plan_import(opened, file, format=format, names=names, skeleton=skeleton)
        if dry_run:
            plan.discard()
            return import_result(opened, plan, None, conflicts)
        return import_result(opened, plan, apply_import(opened, plan, conflicts), conflicts)
    finally:
        if opened is not project:
            opened.close()


def import_result(
    project: Project, plan: ImportPlan, edit: ImportInstances | None, conflicts: str = BOTH
) -> ImportResult:
    """Say what an import did, or would do where there is no edit."""
    told = describe(plan, project)
    differ = len(plan.conflicts)
    added = len(plan.new) + (differ if conflicts == BOTH else 0)
    places = {place for place, _ in plan.new}
    if conflicts != KEEP:
        places |= {(c.video_id, c.frame_idx) for c in plan.conflicts}
    skipped = 0 if edit is None else edit.skipped
    frames = len(places) if edit is None or conflicts != BOTH else len(edit.changed)
    return ImportResult(
        Path(project.path), plan.file, plan.format, frames, added - skipped, told["videos"], plan.unmatched,
        plan.skipped, plan.identical + skipped, differ, differ if conflicts == REPLACE else 0,
        told["conflicts"], list(plan.dataset.warnings), edit is None,
    )  # fmt: skip


def export_labels(
    source: str | Path,
    out: str | Path,
    *,
    format: str | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    **options: Any,
) -> ExportResult:
    """Write the labels of a project (or what any readable file holds) for another program.

    Args:
        source: A project, label file or predictions.
        out: The file to write, or the folder of a format that is one.
        format: A name in `FORMATS`; by the file's name when None.
        overwrite: Whether a file of another program that is there may be replaced; files of COCO, CSV and
            predictions are replaced in any case.
        dry_run: Only say what would be written and what would change in what is there.
        **options: What the format's writer takes.

    Raises:
        PoseError: the source cannot be read, the file cannot be written, or it is there and may not be
            replaced.
    """
    source, out = Path(source), Path(out)
    chosen = format_for(out, format, writing=True)
    dataset = read_source(source)
    describe_images(dataset, out)
    looked_at = dry_run or chosen.is_foreign
    changes = changes_of_export(dataset, out, chosen.name) if looked_at else None
    warnings = what_is_lost(dataset, chosen.name)
    if changes is not None and chosen.is_foreign and not (overwrite or dry_run):
        raise FormatError(
            f"{out} is there already ({changes.text}): say --overwrite to replace it, or choose another name"
        )
    if not dry_run:
        write_dataset(out, dataset, format=chosen.name, **options)
    return ExportResult(
        source, out, chosen.name, len(dataset.images), len(dataset.instances), warnings,
        None if changes is None else changes.counts(), dry_run, "" if changes is None else changes.problem,
    )  # fmt: skip


def convert(
    source: str | Path, out: str | Path, *, format: str | None = None, overwrite: bool = False
) -> ExportResult:
    """Turn a label or prediction file into another format, by the names of the two files.

    Raises:
        PoseError: a format is not known, the input is damaged, or the output cannot be written.
    """
    return export_labels(source, out, format=format, overwrite=overwrite)


def read_source(source: str | Path) -> Dataset:
    """Labels of a project or of any file the program reads.

    Raises:
        PoseError: there is nothing, or nothing readable.
    """
    path = Path(source)
    if not path.exists():
        raise FormatError(f"there is nothing at {path}: check the path")
    if not is_project(path):
        dataset = read_dataset(path)
        if is_project(path.absolute().parent.parent):
            # Predictions inside a project name videos as seen from the project, not from where they lie.
            places = video_paths(path, [image.video for image in dataset.images], dataset.root)
            for image in dataset.images:
                image.video = image.video and str(places[image.video])
        return dataset
    project = open_project(path, read_only=True)
    try:
        return dataset_from_project(project)
    finally:
        project.close()


def describe_images(dataset: Dataset, out: Path) -> None:
    """Fill in what a file made from videos should say and predictions do not hold.

    Frames get their time and the size of their video; frames of image folders become the pictures they are,
    named relative to the file that is written where they lie below its folder. Videos that are gone or
    unreadable are passed over: labels can be exported without them.

    Args:
        dataset: Changed in place.
        out: The file it will be written to.
    """
    for name, indices in group_by_video(dataset).items():
        path = dataset.root / name if name is not None else None
        if path is None or not path.exists():
            continue
        try:
            with open_video(path) as video:
                for index in indices:
                    # A damaged picture keeps what is known of it already.
                    with suppress(VideoError):
                        _describe(dataset.images[index], video, path, out)
        except VideoError:
            continue


def _describe(image: ImageEntry, video: Video, path: Path, out: Path) -> None:
    if not path.is_dir():
        image.width, image.height = video.width, video.height
    if image.frame_idx is None or image.frame_idx >= len(video):
        return
    if path.is_dir():
        # The pictures of a folder need not be of one size.
        name = video.frame_name(image.frame_idx)
        image.width, image.height = picture_size(path / name) or (video.width, video.height)
        image.file_name = f"{_from_folder(path, out)}/{name}"
    else:
        image.extra["time_s"] = round(float(video.timestamps[image.frame_idx]), 6)


def _from_folder(path: Path, out: Path) -> str:
    """A folder's path as seen from a file; its name alone where it does not lie below the file's folder."""
    path, folder = path.resolve(), out.resolve().parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
