"""Which video the pictures of a DeepLabCut project were taken from, where that video still is."""

from pathlib import Path

import cv2
import numpy as np

from poseapp.errors import PoseError
from poseapp.video import open_video

_ENDINGS = (".mp4", ".avi", ".mov", ".mkv", ".mpg", ".mpeg", ".webm", ".m4v", ".mjpeg", ".wmv", ".ts")
# Mean difference of brightness between a frame and the picture taken from it: other decoders round otherwise.
_SAME = 6.0


class VideoFinder:
    """Looks for videos beside a project.

    Attributes:
        warnings: What was found not to fit, one sentence each.
    """

    def __init__(self, root: Path, video_sets: dict[str, str]) -> None:
        """Look below a folder.

        Args:
            root: The project's folder.
            video_sets: Path by the name of the folder in `labeled-data`, as the configuration has it.
        """
        self._root, self._sets = root, video_sets
        self._found: dict[str, tuple[str, int] | None] = {}
        self.warnings: list[str] = []

    def of_frame(self, folder: str, number: int, picture: Path) -> str | None:
        """Return the video that the pictures of a folder are frames of, or None where it is not there.

        The first picture asked about is compared with its frame: a folder of pictures that are numbered
        otherwise, or cut out of the frames, is no video.
        """
        if folder not in self._found:
            self._found[folder] = self._look(folder, number, picture)
        found = self._found[folder]
        return found[0] if found is not None and number < found[1] else None

    def _look(self, folder: str, number: int, picture: Path) -> tuple[str, int] | None:
        for path in self._places(folder):
            try:
                with open_video(path) as video:
                    count = len(video)
                    if picture.is_file() and not (number < count and _same(video[number], picture)):
                        self.warnings.append(
                            f"{picture.name} is not frame {number} of {path.name}: the picture is used."
                        )
                        return None
                    return str(path), count
            except PoseError:
                continue
        return None

    def _places(self, folder: str) -> list[Path]:
        named = self._sets.get(folder)
        places = []
        if named is not None:
            base = named.replace("\\", "/").rsplit("/", 1)[-1]
            places = [Path(named), self._root / "videos" / base, self._root / base, self._root.parent / base]
        for place in (self._root / "videos", self._root):
            places += [place / f"{folder}{ending}" for ending in _ENDINGS]
        found = []
        for path in places:
            try:
                if path.is_file():
                    found.append(path)
            except (OSError, ValueError):
                continue
        return found

    def beside(self, path: Path, stem: str) -> str:
        """Return the name of the video that predictions are of, with its ending where it is there."""
        for ending in _ENDINGS:
            for name in (stem + ending, stem + ending.upper()):
                if (path.parent / name).is_file():
                    return name
        return stem


def _same(frame: np.ndarray, picture: Path) -> bool:
    read = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    if read is None or read.shape != frame.shape:
        return False
    return float(np.abs(read[..., ::-1].astype(np.int16) - frame).mean()) < _SAME
