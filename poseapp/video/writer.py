"""Writing H.264 in MP4 as every player opens it."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from numpy.typing import NDArray

from poseapp.errors import VideoError

_BT709 = 1


class VideoWriter:
    """Writes RGB pictures to an MP4 file: H.264 high profile, yuv420p, BT.709, index at the front.

    The file appears under its name when it is closed; until then, or after an error, there is none.
    4:2:0 needs even sides: an odd width or height gets its last column or row once more.
    """

    def __init__(self, path: str | Path, fps: float, width: int, height: int, *, crf: int = 18) -> None:
        """Begin a file.

        Args:
            path: Where it goes; an existing file is replaced at the end.
            fps: Frames a second, above 0.
            width: Width of the pictures in pixels.
            height: Height of the pictures in pixels.
            crf: Constant rate factor, 0 (lossless) to 51.

        Raises:
            VideoError: If the folder cannot be written, or the numbers make no video.
        """
        if not (np.isfinite(fps) and 0 < fps <= 1000):
            raise VideoError(f"a video needs between 0 and 1000 frames a second, not {fps}: {path}")
        if not (1 <= width <= 16384 and 1 <= height <= 16384):
            raise VideoError(f"a video of {width} x {height} pixels cannot be written: {path}")
        self.path = Path(path)
        self._part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._shape = (height, width, 3)
        self._count = 0
        self._reformatter = VideoReformatter()
        self._container: av.container.OutputContainer | None = None
        try:
            self._container = av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"})
            self._stream = self._add_stream(self._container, fps, width, height, crf)
            self._container.start_encoding()  # opens the file: a folder that cannot be written says so now
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise VideoError(f"cannot write ({error.strerror}): {path}") from error

    @staticmethod
    def _add_stream(
        container: av.container.OutputContainer, fps: float, width: int, height: int, crf: int
    ) -> av.VideoStream:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001 * 60))
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast", "g": "60"}
        stream.codec_context.color_range = ColorRange.MPEG
        stream.codec_context.colorspace = _BT709
        stream.codec_context.color_primaries = ColorPrimaries.BT709
        stream.codec_context.color_trc = ColorTrc.BT709
        return stream

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append one `(H, W, 3)` uint8 RGB picture of the size given at the start.

        Raises:
            VideoError: If the picture has another shape or type, or the disk is full.
        """
        if self._container is None:
            raise VideoError(f"the video is closed: {self.path}")
        if image.shape != self._shape or image.dtype != np.uint8:
            given = f"{image.shape} {image.dtype}"
            raise VideoError(f"a picture of {given} does not fit {self._shape} uint8: {self.path}")
        height, width = self._shape[:2]
        if height % 2 or width % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = self._reformatter.reformat(
            picture,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.pts = self._count
        frame.time_base = 1 / Fraction(self._stream.codec_context.framerate)
        self._count += 1
        self._mux(frame)

    def _mux(self, frame: av.VideoFrame | None) -> None:
        assert self._container is not None
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise VideoError(f"cannot write ({error.strerror}): {self.path}") from error

    def close(self) -> None:
        """Finish the file and put it in place.

        Raises:
            VideoError: If no picture was written, or the disk is full.
        """
        if self._container is None:
            return
        if self._count == 0:
            self.discard()
            raise VideoError(f"no pictures were written: {self.path}")
        self._mux(None)
        try:
            self._container.close()
            self._container = None
            with self._part.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(self._part, self.path)
        except (av.FFmpegError, OSError) as error:
            self.discard()
            raise VideoError(f"cannot write ({error.strerror}): {self.path}") from error

    def discard(self) -> None:
        """Drop what was written; the target stays as it was."""
        container, self._container = self._container, None
        if container is not None:
            with suppress(av.FFmpegError, OSError):  # the part file goes anyway
                container.close()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *exc: object) -> None:
        if exc_type is None:
            self.close()
        else:
            self.discard()
