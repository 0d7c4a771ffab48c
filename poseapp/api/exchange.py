"""Labels and predictions in and out of files."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.api.image_places import ImagePlaces
from poseapp.api.projects import is_project, open_project
from poseapp.api.results import Result
from poseapp.api.same_video import video_paths
from poseapp.errors import FormatError, ProjectError, VideoError
from poseapp.formats import format_for, read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry, dataset_from_project, group_by_video
from poseapp.formats.picture_size import picture_size
from poseapp.formats.project_dataset import import_edit
from poseapp.labels.edits import ImportInstances
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.skeleton import match_keypoints
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
        duplicates: People who were in their frame already with the very same keypoints, not added again.
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


@dataclass(frozen=True)
class ExportResult(Result):
    """What an export wrote.

    Attributes:
        source: Project, label file or predictions.
        out: The file written.
        format: Its format.
        images: Frames or pictures in it.
        instances: People in it.
    """

    source: Path
    out: Path
    format: str
    images: int
    instances: int


def import_labels(
    project: str | Path | Project, file: str | Path, *, format: str | None = None
) -> ImportResult:
    """Add the labels of a file to a project, as one edit that can be undone.

    Frames of videos go to the project's video of that file name; pictures go to the project's image folder
    that holds them. Videos and folders that are there but not in the project are added first. Keypoints are
    matched by name.

    Args:
        project: The project's folder, or the open project.
        file: What to read.
        format: A name in `FORMATS`; by the file's name when None.

    Raises:
        PoseError: file or project cannot be read, no keypoint of the two has the same name, or no image
            of the file belongs to a video.
    """
    file = Path(file)
    chosen = format_for(file, format)
    dataset = read_dataset(file, format=chosen.name)
    if isinstance(project, Project):
        return _import_into(project, dataset, file, chosen.name)
    opened = open_project(project)
    try:
        return _import_into(opened, dataset, file, chosen.name)
    finally:
        opened.close()


def _import_into(project: Project, dataset: Dataset, file: Path, format_name: str) -> ImportResult:
    if project.read_only:
        raise ProjectError(f"{project.path} is read-only: {project.read_only_reason}")
    file_index, project_index, unmatched = match_keypoints(dataset.skeleton, project.skeleton)
    take = [-1] * project.skeleton.num_keypoints
    for ours, theirs in zip(project_index, file_index, strict=True):
        take[ours] = int(theirs)
    places = ImagePlaces(project, dataset)
    rows: list[tuple[int, int, Instance]] = []
    images: dict[tuple[int, int], int] = {}
    skipped: set[int] = set()
    for image_index, instance in dataset.instances:
        place = places.of(image_index)
        if place is None:
            skipped.add(image_index)
            continue
        moved = instance.take(take)
        if instance.id is not None and format_name == "coco":
            moved.extra["id"] = instance.id
        moved.source, moved.id = f"import:{file.name}", None
        rows.append((*place, moved))
        images[place] = image_index
    if skipped and not rows:
        raise FormatError(f"no image of {file.name} belongs to a video of this project: add the video first")
    edit = ImportInstances(rows)
    if format_name == "coco":
        edit = import_edit(dataset, rows, images, file.name)
    if rows:
        project.push(edit)
    added = [record.name for record in places.added]
    return ImportResult(
        Path(project.path),
        file,
        format_name,
        len(edit.changed),
        len(rows) - edit.skipped,
        added,
        list(unmatched),
        len(skipped),
        edit.skipped,
    )


def export_labels(
    source: str | Path, out: str | Path, *, format: str | None = None, **options: Any
) -> ExportResult:
    """Write the labels of a project (or what any readable file holds) for another program.

    Args:
        source: A project, label file or predictions.
        out: The file to write.
        format: A name in `FORMATS`; by the file's name when None.
        **options: What the format's writer takes.

    Raises:
        PoseError: the source cannot be read or the file cannot be written.
    """
    source, out = Path(source), Path(out)
    chosen = format_for(out, format, writing=True)
    dataset = read_source(source)
    describe_images(dataset, out)
    write_dataset(out, dataset, format=chosen.name, **options)
    return ExportResult(source, out, chosen.name, len(dataset.images), len(dataset.instances))


def convert(source: str | Path, out: str | Path, *, format: str | None = None) -> ExportResult:
    """Turn a label or prediction file into another format, by the names of the two files.

    Raises:
        PoseError: a format is not known, the input is damaged, or the output cannot be written.
    """
    return export_labels(source, out, format=format)


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
