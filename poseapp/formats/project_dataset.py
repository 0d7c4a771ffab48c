"""Projects as data sets, and videos as rows of a project."""

import os
from pathlib import Path

from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name
from poseapp.labels.project import Project
from poseapp.labels.rows import VideoRecord
from poseapp.video import fingerprint, open_video


def record_of_video(path: str | os.PathLike[str]) -> VideoRecord:
    """Return what `AddVideo` needs to know of a video or image folder.

    Raises:
        VideoError: It cannot be read.
    """
    place = Path(path).absolute()
    with open_video(place) as video:
        images = place.is_dir()
        fps = 0.0 if images else float(video.fps)
        return VideoRecord(
            0,
            place.name,
            "",
            str(place),
            len(video),
            video.width,
            video.height,
            fps,
            fingerprint(place),
            images,
        )


def dataset_from_project(project: Project, video_id: int | None = None) -> Dataset:
    """Return the labels of a project, or of one of its videos.

    A frame's `video` is the path of its file where it was found (else where it was last), `file_name` the
    picture's name in image folders, `extra["time_s"]` its time where the rate is known.
    """
    dataset = Dataset(project.skeleton, root=project.path.parent)
    project.fingerprint_of = project.fingerprint_of or fingerprint
    names: dict[int, list[str]] = {}
    records = {record.id: record for record in project.videos}
    places = {key: project.resolve(r) or Path(r.abs_path) for key, r in records.items()}
    for video, frame_idx, people in project.iter_frames(video_id):
        record = records[video]
        if video not in names:
            names[video] = _picture_names(record, places[video])
        pictures = names[video]
        name = frame_file_name(record.name, frame_idx)
        if frame_idx < len(pictures):
            name = f"{record.name}/{pictures[frame_idx]}"
        image = ImageEntry(name, record.width, record.height, str(places[video]), frame_idx)
        if record.fps > 0:
            image.extra["time_s"] = frame_idx / record.fps
        dataset.instances += [(len(dataset.images), person) for person in people]
        dataset.images.append(image)
    return dataset


def _picture_names(record: VideoRecord, path: Path) -> list[str]:
    if not record.is_images or not path.is_dir():
        return []
    with open_video(path) as folder:
        return [folder.frame_name(index) for index in range(len(folder))]
