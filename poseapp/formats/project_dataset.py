"""The labels of a project as a data set, with what imported files said beside the labels."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from poseapp.errors import ProjectError
from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name
from poseapp.formats.picture_size import picture_size
from poseapp.labels.edits import ImportInstances
from poseapp.labels.instance import Instance
from poseapp.labels.pictures import names_in
from poseapp.labels.project import Project
from poseapp.labels.rows import VideoRecord

Place = tuple[int, int]
# Fields of `Dataset.info` that several files add to.
_JOINED = ("track_names", "slp", "dlc")


class ProjectFrames:
    """Makes the image entries of a project's frames.

    Attributes:
        records: The project's videos by id.
        places: Where each video's file is, or was last.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.records = {record.id: record for record in project.videos}
        self.places = {k: project.resolve(r) or Path(r.abs_path) for k, r in self.records.items()}
        # Of image folders: stored names by frame_idx, and where each name stands in the folder now.
        self._names: dict[int, tuple[list[str], dict[str, int]]] = {}

    def entry(self, video_id: int, frame_idx: int) -> ImageEntry | None:
        """Return the entry of a frame, or None where its picture is not in its folder any more.

        `video` is the path of the file, `file_name` the picture's name in image folders and `width` and
        `height` its own, `extra["time_s"]` the time where the rate is known.

        Raises:
            ProjectError: The project has no such video, or it cannot be known which picture of a changed
                folder was meant.
        """
        if video_id not in self.records:
            raise ProjectError(f"The project has no video number {video_id}, but labels of one.")
        record, place = self.records[video_id], self.places[video_id]
        if not record.is_images:
            name = frame_file_name(record.name, frame_idx)
            entry = ImageEntry(name, record.width, record.height, str(place), frame_idx)
            if record.fps > 0:
                entry.extra["time_s"] = frame_idx / record.fps
            return entry
        if video_id not in self._names:
            self._names[video_id] = self._read_names(record, place)
        names, numbers = self._names[video_id]
        if frame_idx >= len(names):
            name = frame_file_name(record.name, frame_idx)
            return ImageEntry(name, record.width, record.height, str(place), frame_idx)
        if names[frame_idx] not in numbers:
            return None
        size = picture_size(place / names[frame_idx]) or (record.width, record.height)
        number = numbers[names[frame_idx]]
        return ImageEntry(f"{record.name}/{names[frame_idx]}", *size, str(place), number)

    def _read_names(self, record: VideoRecord, place: Path) -> tuple[list[str], dict[str, int]]:
        now, known = names_in(place), self._project.picture_names(record.id)
        if now is None:
            names = known or []
            return names, {name: index for index, name in enumerate(names)}
        if known is None and len(now) != record.num_frames or known and set(known).isdisjoint(now):
            raise ProjectError(self._project.check_video(record) or f"'{record.name}' has changed.")
        return known or now, {name: index for index, name in enumerate(now)}

    def find(self, name: str) -> int | None:
        """Return the id of the video that a file of the project calls `name`, or None."""
        for key, record in self.records.items():
            if name in (record.rel_path, record.abs_path, str(self.places[key])):
                return key
        last = PurePosixPath(name.replace("\\", "/")).name
        found = [key for key, record in self.records.items() if last in (record.name, self.places[key].name)]
        return found[0] if len(found) == 1 else None


def read_project(project: Project, video_id: int | None = None) -> Dataset:
    """Return the labels of a project, or of one of its videos: see `ProjectFrames.entry`.

    Labels of pictures that are gone are left out. What imported files said about these frames, and as a
    whole, is with it again, their ids too where no two files want the same.

    Raises:
        ProjectError: It cannot be known which picture of a changed folder was meant.
    """
    dataset = Dataset(project.skeleton, root=project.path.parent)
    frames, told = ProjectFrames(project), project.imported_frames()
    wanted: list[tuple[str, Any]] = []
    for video, frame_idx, people in project.iter_frames(video_id):
        entry = frames.entry(video, frame_idx)
        if entry is None:
            continue
        fields = told.get((video, frame_idx), {})
        entry.extra = fields.get("extra", {}) | entry.extra
        wanted.append((fields.get("document", ""), fields.get("id")))
        dataset.instances += [(len(dataset.images), person) for person in people]
        dataset.images.append(entry)
    ids = _give_ids(dataset.images, wanted)
    dataset.info = _merge(project.imported_documents(), ids)
    return dataset


def _fresh(taken: Iterable[Any]) -> Iterator[int]:
    return itertools.count(max((n for n in taken if isinstance(n, int)), default=0) + 1)


def _give_ids(images: list[ImageEntry], wanted: list[tuple[str, Any]]) -> dict[tuple[str, Any], Any]:
    """Give images the ids of their files; return the id that each (document, id) became."""
    fresh = _fresh(number for _, number in wanted)
    taken: set[Any] = set()
    became: dict[tuple[str, Any], Any] = {}
    for image, (document, number) in zip(images, wanted, strict=True):
        if number is not None:
            image.id = next(fresh) if number in taken else number
            taken.add(image.id)
            became[document, number] = image.id
    return became


def _merge(documents: list[tuple[str, dict[str, Any]]], ids: dict[tuple[str, Any], Any]) -> dict[str, Any]:
    """Put what several files said into one: lists after each other, of other fields the last file's."""
    merged: dict[str, Any] = {}
    for _, fields in documents:
        for key, value in fields.items():
            if key in ("other_categories", "other_annotations"):
                continue
            if key in _JOINED and isinstance(value, dict) and isinstance(merged.get(key), dict):
                merged[key] = _joined(merged[key], value)
            elif isinstance(value, list) and isinstance(merged.get(key), list):
                merged[key] += [item for item in value if item not in merged[key]]
            else:
                merged[key] = list(value) if isinstance(value, list) else value
    if any("other_categories" in fields for _, fields in documents):
        own = merged.get("category", {}).get("id", 1)
        merged["other_categories"], merged["other_annotations"] = _merge_others(documents, ids, own)
    return merged


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What two files say in the same field of a format: lists after each other, else the last file's."""
    joined = one | other
    for key, value in one.items():
        if isinstance(value, list) and isinstance(other.get(key), list):
            joined[key] = value + [item for item in other[key] if item not in value]
    return joined


def _merge_others(
    documents: list[tuple[str, dict[str, Any]]], ids: dict[tuple[str, Any], Any], own: Any
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Categories that are not ours and their annotations of exported images, with ids that differ."""
    categories: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    everything = [c for _, fields in documents for c in fields.get("other_categories", [])]
    fresh = _fresh([own, *(category["id"] for category in everything)])
    used, numbers = {own}, set()
    known = [a.get("id") for _, fields in documents for a in fields.get("other_annotations", [])]
    fresh_annotation = _fresh(known)
    for name, fields in documents:
        became = {}
        for category in fields.get("other_categories", []):
            same = next((c for c in categories if c | {"id": 0} == category | {"id": 0}), None)
            if same is None:
                number = next(fresh) if category["id"] in used else category["id"]
                same = category | {"id": number}
                used.add(number)
                categories.append(same)
            became[category["id"]] = same["id"]
        for annotation in fields.get("other_annotations", []):
            image_id = ids.get((name, annotation.get("image_id")))
            if image_id is None:
                continue
            kind = annotation.get("category_id")
            copy = annotation | {"image_id": image_id, "category_id": became.get(kind, kind)}
            if copy.get("id") in numbers:
                copy["id"] = next(fresh_annotation)
            numbers.add(copy.get("id"))
            annotations.append(copy)
    return categories, annotations


def import_edit(
    dataset: Dataset, rows: list[tuple[int, int, Instance]], images: dict[Place, int], name: str
) -> ImportInstances:
    """Return the edit that adds people of a file to a project, with what else the file says.

    Args:
        dataset: As read from the file.
        rows: (video_id, frame_idx, person) to add; the file's id of a person stays in its `extra`.
        images: For each (video_id, frame_idx) the index of its image in the data set.
        name: The file's.
    """
    frames = {}
    for place, index in images.items():
        image = dataset.images[index]
        frames[place] = {"document": name, "id": image.id, "extra": image.extra}
    return ImportInstances(rows, frames, (name, dataset.info))
