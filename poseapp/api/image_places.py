"""Which video and frame of a project an image of a data set is."""

import dataclasses
from collections import Counter
from pathlib import Path

from poseapp.api.projects import record_of_video
from poseapp.api.same_video import base_name, whole
from poseapp.errors import PoseError
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.project import Project, VideoRecord
from poseapp.video import fingerprint, open_video

Place = tuple[int, int]


class ImagePlaces:
    """Finds (video id, frame_idx) of images, also in videos and image folders that the project lacks.

    Attributes:
        added: Videos that are there and that the project should get, with ids below 0.
    """

    def __init__(self, project: Project, dataset: Dataset) -> None:
        self.project, self.dataset = project, dataset
        self.added: list[VideoRecord] = []
        self._videos: dict[str, VideoRecord | None] = {}
        self._pictures: dict[int, dict[str, int]] = {}

    def of(self, image_index: int) -> Place | None:
        """Place of an image, or None where there is no such video or frame."""
        entry = self.dataset.images[image_index]
        if entry.video is not None and entry.frame_idx is not None:
            record = self._video(entry.video)
            return (record.id, entry.frame_idx) if record and entry.frame_idx < record.num_frames else None
        return self._picture(entry)

    def _video(self, name: str) -> VideoRecord | None:
        if name not in self._videos:
            self._videos[name] = self._find(self.dataset.root / name.replace("\\", "/"))
        return self._videos[name]

    def _picture(self, entry: ImageEntry) -> Place | None:
        path = self.dataset.root / entry.file_name
        folder = str(path.parent)
        if folder not in self._videos:
            self._videos[folder] = self._find(path.parent)
        record = self._videos[folder]
        if record is None:
            return None
        frame_idx = self._names(record).get(path.name)
        return None if frame_idx is None else (record.id, frame_idx)

    def _find(self, path: Path) -> VideoRecord | None:
        """The project's record of a video or folder, added where it is there and the project lacks it.

        Raises:
            PoseError: it has moved, and several videos have its name.
        """
        records = [*self.project.videos, *self.added]
        places = [self.project.resolve(record) or Path(record.abs_path) for record in records]
        for record, place in zip(records, places, strict=True):
            if whole(place) == whole(path):
                return record
        path = whole(path)
        same = [record for record in records if _is_named(record, path.name)]
        content = _content(path)
        if content:
            # The same content at another place is a copy of the same video.
            return next((record for record in same if record.fingerprint == content), None) or self._add(path)
        if len(same) > 1 or (same and self._names_in_file()[path.name] > 1):
            raise PoseError(
                f"the labels name {path}, which is not there, and several videos are named {path.name}: "
                "put the video back where it was, or give the videos different names"
            )
        return same[0] if same else None

    def _names_in_file(self) -> Counter[str]:
        """How many different videos and folders of each name the file has."""
        root, images = self.dataset.root, self.dataset.images
        videos = {image.video.replace("\\", "/") for image in images if image.video is not None}
        folders = {str(Path(image.file_name).parent) for image in images if image.video is None}
        return Counter(path.name for path in {whole(root / name) for name in videos | folders})

    def _add(self, path: Path) -> VideoRecord | None:
        try:
            record = record_of_video(path)
        except PoseError:
            # The file names something that is no video; its images count as skipped in the result.
            return None
        self.added.append(dataclasses.replace(record, id=-1 - len(self.added)))
        return self.added[-1]

    def _names(self, record: VideoRecord) -> dict[str, int]:
        """Frame of each file name of an image folder."""
        if record.id not in self._pictures:
            path = self.project.resolve(record)
            names: dict[str, int] = {}
            if path is not None:
                with open_video(path) as video:
                    names = {Path(video.frame_name(k)).name: k for k in range(len(video))}
            self._pictures[record.id] = names
        return self._pictures[record.id]


def _is_named(record: VideoRecord, name: str) -> bool:
    """Whether a video has a name; files that name videos without their ending mean any."""
    own = base_name(record.abs_path)
    return name in (own, own.rpartition(".")[0] or own) and name != ""


def _content(path: Path) -> str:
    """What tells a video's content, "" where there is no readable one."""
    try:
        return fingerprint(path) if path.exists() else ""
    except PoseError:
        return ""
