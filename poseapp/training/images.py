"""Pictures of a data set, whether they are files or frames of videos."""

from pathlib import Path, PurePosixPath
from types import TracebackType

import cv2
import numpy as np

from poseapp.errors import TrainingError
from poseapp.formats.dataset import Dataset
from poseapp.video import Video, open_video


class ImageReader:
    """``reader[i]`` is picture i of a data set, ``(H, W, 3)`` uint8 RGB; one video is kept open at a time."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._video_path: Path | None = None
        self._video: Video | None = None

    def __enter__(self) -> "ImageReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the open video, if any."""
        if self._video is not None:
            self._video.close()
        self._video, self._video_path = None, None

    def __len__(self) -> int:
        return len(self.dataset.images)

    def __getitem__(self, index: int) -> np.ndarray:
        entry = self.dataset.images[index]
        if entry.video and entry.frame_idx is not None:
            path = self.dataset.root / entry.video
            # The name says which picture was labelled, also after others came or went.
            picture = path / PurePosixPath(entry.file_name).name
            if path.is_dir() and picture.is_file():
                return _read_picture(picture)
            if path != self._video_path:
                self.close()
                self._video, self._video_path = open_video(path), path
            assert self._video is not None
            if not 0 <= entry.frame_idx < len(self._video):
                raise TrainingError(
                    f"frame {entry.frame_idx} is labelled but the video has {len(self._video)} frames: {path}"
                )
            return self._video[entry.frame_idx]
        return _read_picture(self.dataset.image_path(index))


def _read_picture(path: Path) -> np.ndarray:
    # cv2.imread cannot open every path on every system, so it is given the bytes.
    try:
        data = np.fromfile(path, np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except (OSError, cv2.error) as error:
        raise TrainingError(f"a labelled picture is missing or unreadable: {path}") from error
    if image is None:
        raise TrainingError(f"a labelled picture is missing or unreadable: {path}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
