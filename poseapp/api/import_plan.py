"""What an import would do, worked out before anything is changed; and doing it."""

import dataclasses
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.api.image_places import ImagePlaces, Place
from poseapp.api.keypoint_maps import KeypointMap, choose_map, remember
from poseapp.errors import FormatError, ProjectError
from poseapp.formats import format_for, read_dataset
from poseapp.formats.dataset import Dataset
from poseapp.formats.project_dataset import import_edit
from poseapp.labels.edits import AddVideo, ImportInstances, SetSkeleton
from poseapp.labels.import_edits import ImportOver
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.labels.rows import VideoRecord

TOLERANCE_PX = 0.01
KEEP, REPLACE, BOTH = "keep", "replace", "both"
CHOICES = (KEEP, REPLACE, BOTH)
# How far apart two people may be, as a share of their size, and still be taken for one.
_NEAR = 0.35


@dataclass(frozen=True)
class Conflict:
    """Somebody of the file who is in the project already, labelled otherwise.

    Attributes:
        video_id: Where; below 0 in videos that are yet to be added.
        frame_idx: Where.
        ours: As the project has them.
        theirs: As the file has them, in the project's skeleton.
        merged: The same, with ours where the file does not know a keypoint: what takes our place.
        moved_px: How far the keypoint that differs most lies apart, 0 where only visibility differs.
        keypoints: Names of those that differ.
    """

    video_id: int
    frame_idx: int
    ours: Instance
    theirs: Instance
    merged: Instance
    moved_px: float
    keypoints: list[str]


@dataclass
class ImportPlan:
    """What an import would do.

    Attributes:
        file: The file.
        format: Its format.
        dataset: What it holds.
        names: Which keypoint is which.
        new: (place, person) of people who are not in the project.
        identical: How many are there already, the same to the tolerance.
        conflicts: Who is there otherwise.
        images: Index of the image of each place.
        videos: Videos to add; their ids are below 0.
        unmatched: Keypoint names that only one side knows.
        skipped: Images without a video.
        extracted: Folder of pictures that were taken out of the file for this import, or None.
    """

    file: Path
    format: str
    dataset: Dataset
    names: KeypointMap
    new: list[tuple[Place, Instance]] = field(default_factory=list)
    identical: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    images: dict[Place, int] = field(default_factory=dict)
    videos: list[VideoRecord] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    skipped: int = 0
    extracted: Path | None = None

    @property
    def name(self) -> str:
        """What labels are said to be from: the file, or the folder of a DeepLabCut project."""
        return self.dataset.root.name if self.format == "dlc" else self.file.name

    def discard(self) -> None:
        """Take away what was written for an import that does not happen."""
        if self.extracted is not None:
            shutil.rmtree(self.extracted, ignore_errors=True)
            with suppress(OSError):
                # Others may be in it.
                self.extracted.parent.rmdir()


def plan_import(
    project: Project,
    file: str | Path,
    *,
    format: str | None = None,
    names: Mapping[str, str] | None = None,
    skeleton: str = "keep",
    tolerance_px: float = TOLERANCE_PX,
    dataset: Dataset | None = None,
) -> ImportPlan:
    """Work out what importing a file would do; labels and videos of the project stay as they are.

    Args:
        project: The open project.
        file: What to read.
        format: A name in `FORMATS`; by the file when None.
        names: Their keypoint to the project's; None: as chosen before, else by equal names.
        skeleton: "keep" the project's, "extend" it by what it lacks, or "take" the file's.
        tolerance_px: Keypoints this near count as the same.
        dataset: What the file holds, where that was read already.

    Raises:
        PoseError: File or project cannot be read, no keypoint has a place, or no image belongs to a video.
    """
    file = Path(file)
    if project.read_only:
        raise ProjectError(f"{project.path} is read-only: {project.read_only_reason}")
    chosen = format_for(file, format)
    folder = project.path / "frames" / file.name.removesuffix(".slp").removesuffix(".pkg")
    was_there = folder.exists()
    if dataset is None:
        dataset = read_file(file, chosen.name, folder)
    plan = ImportPlan(
        file, chosen.name, dataset, choose_map(project, dataset.skeleton, names, skeleton, file.name)
    )
    plan.extracted = folder if folder.exists() and not was_there else None
    try:
        plan.unmatched = plan.names.unmatched(dataset.skeleton, project.skeleton)
        _place_people(project, plan, tolerance_px)
    except BaseException:
        plan.discard()
        raise
    return plan


def read_file(file: Path, format: str, frames_to: Path | None = None) -> Dataset:
    """Read a file for a project; pictures inside of it go to `frames_to`.

    Raises:
        FormatError: It cannot be read.
    """
    options = {"frames_to": frames_to} if format == "slp" and frames_to is not None else {}
    return read_dataset(file, format=format, **options)


def _place_people(project: Project, plan: ImportPlan, tolerance_px: float) -> None:
    dataset, ours = plan.dataset, project.skeleton
    take = plan.names.index(dataset.skeleton, ours)
    places = ImagePlaces(project, dataset)
    tracks = _track_numbers(project, dataset)
    skipped: set[int] = set()
    frames: dict[Place, list[Instance]] = {}
    for image_index, person in dataset.instances:
        place = places.of(image_index)
        if place is None:
            skipped.add(image_index)
            continue
        moved = person.take(take)
        if person.id is not None and plan.format == "coco":
            moved.extra["id"] = person.id
        moved.source, moved.id = f"import:{plan.name}", None
        if moved.track_id is not None:
            moved.track_id = tracks.get(moved.track_id, moved.track_id)
        frames.setdefault(place, []).append(moved)
        plan.images[place] = image_index
    if skipped and not frames:
        missing = sorted(
            {Path(v.replace("\\", "/")).name for v in (dataset.images[i].video for i in skipped) if v}
        )
        named = f" or put {', '.join(missing[:3])} beside the file" if missing else ""
        raise FormatError(
            f"no image of {plan.file.name} belongs to a video of this project: add the video first{named}"
        )
    plan.videos, plan.skipped = places.added, len(skipped)
    known = np.array(take) >= 0
    labelled = {r.id: set(project.labelled_frames(r.id).tolist()) for r in project.videos}
    for place, people in frames.items():
        video_id, frame_idx = place
        there = project.instances(video_id, frame_idx) if frame_idx in labelled.get(video_id, ()) else []
        there = [_in_skeleton(person, plan, project) for person in there]
        _compare_frame(
            plan, place, there, people, known, tolerance_px, (plan.names.skeleton or ours).keypoints
        )


def _in_skeleton(person: Instance, plan: ImportPlan, project: Project) -> Instance:
    """A person of the project in the skeleton it is going to have."""
    target = plan.names.skeleton
    if target is None:
        return person
    old = {name: index for index, name in enumerate(project.skeleton.keypoints)}
    return person.take([old.get(name, -1) for name in target.keypoints])


def _compare_frame(
    plan: ImportPlan,
    place: Place,
    there: list[Instance],
    people: list[Instance],
    known: np.ndarray,
    tolerance_px: float,
    names: tuple[str, ...],
) -> None:
    """Sort the people of one frame of the file into new ones, those who are there, and those who differ."""
    free = list(there)
    rest = []
    for person in people:
        same = next((own for own in free if _is_same(own, person, known, tolerance_px)), None)
        if same is None:
            rest.append(person)
        else:
            free.remove(same)
            plan.identical += 1
    for person, own in _pairs(rest, free):
        if own is None:
            plan.new.append((place, person))
            continue
        merged = _over(own, person, known)
        apart = np.linalg.norm(own.points - merged.points, axis=1)
        differs = (own.visibility != merged.visibility) | (apart > tolerance_px)
        moved = float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0
        differing = [names[k] for k in np.flatnonzero(differs)]
        plan.conflicts.append(Conflict(*place, own, person, merged, moved, differing))


def _is_same(own: Instance, person: Instance, known: np.ndarray, tolerance_px: float) -> bool:
    if not np.array_equal(own.visibility[known], person.visibility[known]):
        return False
    if not person.num_labelled:
        if own.box is None or person.box is None:
            return own.box is person.box
        return np.array_equal(own.box, person.box)
    apart = np.abs(own.points - person.points)[known]
    return bool((apart[np.isfinite(apart)] <= tolerance_px).all())


def _pairs(people: list[Instance], free: list[Instance]) -> Iterator[tuple[Instance, Instance | None]]:
    """Who of the file is who of the project: the same track, else the nearest, each once."""
    distances = []
    for i, person in enumerate(people):
        for j, own in enumerate(free):
            apart = _distance(person, own)
            if apart is not None:
                tracked = person.track_id is not None and person.track_id == own.track_id
                distances.append((not tracked, apart, i, j))
    taken: dict[int, int] = {}
    for _, _, i, j in sorted(distances):
        if i not in taken and j not in taken.values():
            taken[i] = j
    for i, person in enumerate(people):
        yield person, free[taken[i]] if i in taken else None


def _distance(one: Instance, other: Instance) -> float | None:
    """Mean distance of the keypoints both have, None where they cannot be the same person."""
    both = one.labelled & other.labelled
    bounds = one.bounds(), other.bounds()
    if not both.any() or bounds[0] is None or bounds[1] is None:
        return None
    apart = float(np.linalg.norm(one.points[both] - other.points[both], axis=1).mean())
    size = max(float(np.linalg.norm(b[2:] - b[:2])) for b in bounds if b is not None)
    return apart if apart <= max(_NEAR * size, 10.0) else None


def _over(own: Instance, person: Instance, known: np.ndarray) -> Instance:
    """Somebody of the file in the place of somebody of the project, whose other keypoints stay."""
    merged = person.copy()
    merged.points = np.where(known[:, None], person.points, own.points)
    merged.visibility = np.where(known, person.visibility, own.visibility).astype(np.uint8)
    if person.scores is not None and own.scores is not None:
        merged.scores = np.where(known, person.scores, own.scores).astype(np.float32)
    if merged.track_id is None:
        merged.track_id = own.track_id
    return merged


def _track_numbers(project: Project, dataset: Dataset) -> dict[int, int]:
    """Which number a track of the file gets: that of the same name in the project, else a free one.

    `dataset.info["track_names"]` is changed accordingly.
    """
    theirs = {int(k): str(v) for k, v in (dataset.info.get("track_names") or {}).items()}
    ours: dict[str, int] = {}
    for _, fields in project.imported_documents():
        ours |= {str(v): int(k) for k, v in (fields.get("track_names") or {}).items()}
    if not theirs or not ours:
        return {}
    numbers: dict[int, int] = {}
    free = max([*ours.values(), *theirs]) + 1
    for number, name in theirs.items():
        if name in ours:
            numbers[number] = ours[name]
        elif number not in ours.values():
            numbers[number] = number
        else:
            numbers[number], free = free, free + 1
    dataset.info["track_names"] = {str(numbers[number]): name for number, name in theirs.items()}
    return numbers


def apply_import(project: Project, plan: ImportPlan, conflicts: str = BOTH) -> ImportInstances:
    """Do what was planned, as one edit that can be undone (videos are added before).

    Args:
        project: The open project, as it was when the plan was made.
        plan: The plan.
        conflicts: What becomes of people who are there otherwise: "keep" ours, "replace" them by the
            file's, or have "both".

    Returns:
        The edit that was pushed: what it changed and skipped.

    Raises:
        PoseError: A video has gone meanwhile, or the project cannot be written.
    """
    ids = {record.id: record.id for record in project.videos}
    for record in plan.videos:
        project.push(AddVideo(dataclasses.replace(record, id=0)))
        ids[record.id] = project.videos[-1].id
    rows = [(ids[video_id], frame_idx, person) for (video_id, frame_idx), person in plan.new]
    replaced: list[tuple[int, Instance]] = []
    for conflict in plan.conflicts:
        if conflicts == REPLACE and conflict.ours.id is not None:
            replaced.append((conflict.ours.id, conflict.merged))
        elif conflicts == BOTH:
            rows.append((ids[conflict.video_id], conflict.frame_idx, conflict.theirs))
    images = {(ids[video_id], frame_idx): index for (video_id, frame_idx), index in plan.images.items()}
    edit = ImportInstances(rows)
    if plan.format not in ("csv", "h5"):
        edit = import_edit(plan.dataset, rows, images, plan.name)
    skeleton = None if plan.names.skeleton is None else SetSkeleton(plan.names.skeleton)
    if rows or replaced or skeleton is not None or _says_more(project, edit):
        project.push(ImportOver(edit, replaced, skeleton) if replaced or skeleton is not None else edit)
    remember(project, plan.dataset.skeleton, plan.names.names)
    return edit


def _says_more(project: Project, edit: ImportInstances) -> bool:
    """Whether a file says something beside its people that the project does not know: else it is no step."""
    if edit.document is None or not edit.frames:
        return False
    name, fields = edit.document
    told = project.imported_frames()
    # As the project keeps it: JSON.
    plain = json.loads(json.dumps([fields, list(edit.frames.values())]))
    return dict(project.imported_documents()).get(name) != plain[0] or any(
        told.get(place) != frame for place, frame in zip(edit.frames, plain[1], strict=True)
    )


def describe(plan: ImportPlan, project: Project, most: int = 20) -> dict[str, Any]:
    """Return a plan as values: counts, and the first people who differ."""
    names = {record.id: record.name for record in [*project.videos, *plan.videos]}
    return {
        "new": len(plan.new),
        "identical": plan.identical,
        "differ": len(plan.conflicts),
        "conflicts": [
            {
                "video": names.get(c.video_id, ""),
                "frame": c.frame_idx,
                "moved_px": round(c.moved_px, 3),
                "keypoints": len(c.keypoints),
            }
            for c in plan.conflicts[:most]
        ],
        "videos": [record.name for record in plan.videos],
        "unmatched": plan.unmatched,
        "skipped": plan.skipped,
    }
