"""What every kind of video offers, and the one way to open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import VideoError
from poseapp.video.images import IMAGE_SUFFIXES, ImageFolder
from poseapp.video.reader import VideoFile


class Video(Protocol):
    """Numbered pictures with times. Not thread-safe: one thread a `Video`.

    Attributes:
        path: The file or folder.
        width: Width of a frame in pixels, after rotation.
        height: Height of a frame in pixels, after rotation.
        fps: Mean frames a second.
        timestamps: `(N,)` presentation times in seconds, the first shown frame at 0.
        start_time: The time that the file itself gives to the first shown frame, in seconds; add it to
            `timestamps`
            to line up with sound or other recordings that share the file's clock.
        codec: Name of the codec.
        warnings: One line for each thing the user should know about the file.
    """

    path: Path
    width: int
    height: int
    fps: float
    timestamps: NDArray[np.float64]
    start_time: float
    codec: str
    warnings: list[str]

    def __len__(self) -> int: ...

    def __getitem__(self, k: int) -> NDArray[np.uint8]: ...

    def frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield `(k, image)` in order, decoding each picture once."""
        ...

    def frame_name(self, k: int) -> str:
        """Return the file name of picture k of a folder, "" for videos."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...

    def __enter__(self) -> Any: ...

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class FrameSource(Video, Protocol):
    """What a frame server needs of a video: decoding apart from converting; `raw` is a decoded picture."""

    def raw(self, k: int, cancelled: Callable[[], bool] = ...) -> Any:
        """Decode frame k; raises DecodeCancelled where `cancelled` returns True."""
        ...

    def raw_bytes(self, raw: Any) -> int:
        """Return how many bytes a decoded picture occupies."""
        ...

    def to_rgb(self, raw: Any) -> NDArray[np.uint8]:
        """Convert a decoded picture to `(H, W, 3)` uint8 RGB."""
        ...

    def to_small_rgb(self, raw: Any, max_width: int) -> NDArray[np.uint8]:
        """Convert a decoded picture to `(h, w, 3)` uint8 RGB at most `max_width` wide."""
        ...

    def entry_frame(self, k: int) -> int:
        """Return the first frame of the group of pictures from which frame k is decoded."""
        ...

    def key_frames(self) -> NDArray[np.int64]:
        """Return the frames at which decoding can start, ascending."""
        ...

    def second(self) -> FrameSource:
        """Open the same video once more, for another thread."""
        ...


def open_video(
    path: str | Path, *, on_warning: Callable[[str], None] | None = None
) -> VideoFile | ImageFolder:
    """Open a video file, a folder of pictures or a single picture.

    Args:
        path: The file or folder.
        on_warning: Called with each warning as it arises; all of them also stand in `.warnings`.

    Raises:
        VideoError: If it cannot be opened; one line that says why and what to do.
    """
    source = open_deferred(path, on_warning=on_warning)
    if isinstance(source, VideoFile):
        try:
            source.build_index()
        except BaseException:
            source.close()
            raise
    return source


def open_deferred(
    path: str | Path, *, on_warning: Callable[[str], None] | None = None
) -> VideoFile | ImageFolder:
    """Open like `open_video`, but leave a file's index to a later `build_index()`."""
    path = Path(path)
    try:
        folder = path.is_dir()
    except OSError as error:
        raise VideoError(f"cannot be read ({error.strerror}): {path}") from error
    if folder or path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageFolder(path, on_warning=on_warning)
    return VideoFile(path, on_warning=on_warning, defer_index=True)
