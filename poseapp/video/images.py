"""A folder of pictures as a video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.paths import IMAGE_SUFFIXES, list_pictures
from poseapp.paths import natural_key as natural_key

_DEFAULT_FPS = 25.0


class ImageFolder:
    """The pictures of one folder in natural order of their names; their sizes may differ.

    Attributes:
        path: The folder, or a single picture.
        width: Width of the first picture in pixels, after its EXIF orientation.
        height: Height of the first picture in pixels, after its EXIF orientation.
        fps: A nominal 25 frames a second.
        timestamps: `(N,)` k / fps, in seconds.
        start_time: 0.
        codec: "images".
        warnings: One line for each thing the user should know.
    """

    def __init__(self, path: str | Path, *, on_warning: Callable[[str], None] | None = None) -> None:
        """List the pictures and read the first.

        Raises:
            VideoError: If the folder does not exist, holds no pictures, or the first cannot be read.
        """
        self.path = Path(path)
        self.warnings: list[str] = []
        self._on_warning = on_warning
        self._closed = False
        try:
            single = self.path.is_file()
            self._files = [self.path] if single else list_pictures(self.path)
        except FileNotFoundError as error:
            raise VideoError(f"no such folder: {path}") from error
        except OSError as error:
            raise VideoError(f"the folder cannot be read ({error.strerror}): {path}") from error
        if not self._files:
            known = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
            raise VideoError(f"the folder holds no pictures ({known}): {path}")
        self.height, self.width = self[0].shape[:2]
        self.fps = _DEFAULT_FPS
        self.timestamps: NDArray[np.float64] = np.arange(len(self._files)) / self.fps
        self.start_time = 0.0
        self.codec = "images"

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, k: int) -> NDArray[np.uint8]:
        """Read picture k as `(H, W, 3)` uint8 RGB; negative numbers count from the end.

        Raises:
            IndexError: If there is no such picture.
            VideoError: If the file is damaged or gone.
        """
        if not -len(self) <= k < len(self):
            raise IndexError(f"picture {k} of a folder with {len(self)}: {self.path}")
        return self.raw(int(k) % len(self))

    def raw(self, k: int, cancelled: Callable[[], bool] | None = None) -> NDArray[np.uint8]:
        """Read picture k; the same as `self[k]`."""
        if self._closed:
            raise VideoError(f"the image folder is closed: {self.path}")
        file = self._files[k]
        try:
            data = np.fromfile(file, np.uint8)
        except OSError as error:
            raise VideoError(f"the picture cannot be read ({error.strerror}): {file}") from error
        try:
            # cv2.imread cannot open every path on every system, so it is given the bytes.
            image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
        except cv2.error as error:
            raise VideoError(f"the picture is too large or damaged: {file}") from error
        if image is None:
            raise VideoError(f"not a picture, or damaged: {file}")
        return np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False)

    def second(self) -> ImageFolder:
        """Open the same folder once more, for another thread."""
        return ImageFolder(self.path)

    def to_rgb(self, raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture itself: it is RGB already."""
        return raw

    def to_small_rgb(self, raw: NDArray[np.uint8], max_width: int) -> NDArray[np.uint8]:
        """Return the picture scaled to at most `max_width` pixels of width."""
        height, width = raw.shape[:2]
        if width <= max_width:
            return raw
        size = (max_width, max(1, round(height * max_width / width)))
        return cv2.resize(raw, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    @staticmethod
    def raw_bytes(raw: NDArray[np.uint8]) -> int:
        """Return how many bytes a picture occupies."""
        return raw.nbytes

    def entry_frame(self, k: int) -> int:
        """Return k: every picture stands alone."""
        return k

    def key_frames(self) -> NDArray[np.int64]:
        """Return all frame numbers."""
        return np.arange(len(self), dtype=np.int64)

    def frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield `(k, image)` for `range(start, stop, step)`.

        Unreadable pictures are left out with a warning each.
        """
        for k in range(*slice(start, stop, step).indices(len(self))):
            try:
                image = self[k]
            except VideoError as error:
                if self._closed:
                    raise
                self._warn(f"left out: {error}")
                continue
            yield k, image

    def frame_name(self, k: int) -> str:
        """Return the file name of picture k."""
        return self._files[k].name

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)
            if self._on_warning is not None:
                self._on_warning(text)

    def close(self) -> None:
        """Refuse further access."""
        self._closed = True

    def __enter__(self) -> ImageFolder:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
