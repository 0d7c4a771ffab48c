"""Which video and frame of a project an image of a data set is."""

from pathlib import Path

from poseapp.api.projects import record_of_video
from poseapp.errors import PoseError
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.edits import AddVideo
from poseapp.labels.project import Project, VideoRecord
from poseapp.video import open_video

Place = tuple[int, int]


class ImagePlaces:
    """Finds (video id, frame_idx) of images, adding videos and image folders that the project lacks.

    Attributes:
        added: Videos put into the project on the way.
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
            found = [record for record in self.project.videos if record.name == Path(name).name]
            path = self.dataset.root / name
            self._videos[name] = found[0] if found else self._add(path)
        return self._videos[name]

    def _picture(self, entry: ImageEntry) -> Place | None:
        path = self.dataset.root / entry.file_name
        folder = str(path.parent)
        if folder not in self._videos:
            self._videos[folder] = self._folder(path.parent)
        record = self._videos[folder]
        if record is None:
            return None
        frame_idx = self._names(record).get(path.name)
        return None if frame_idx is None else (record.id, frame_idx)

    def _folder(self, folder: Path) -> VideoRecord | None:
        for record in self.project.videos:
            resolved = self.project.resolve(record) if record.is_images else None
            if resolved is not None and folder.exists() and resolved.samefile(folder):
                return record
        same_name = [r for r in self.project.videos if r.is_images and r.name == folder.name]
        return same_name[0] if len(same_name) == 1 else self._add(folder)

    def _add(self, path: Path) -> VideoRecord | None:
        if not path.exists():
            return None
        try:
            record = record_of_video(path)
        except PoseError:
            # The file names something that is no video; its images count as skipped in the result.
            return None
        self.project.push(AddVideo(record))
        self.added.append(self.project.videos[-1])
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
