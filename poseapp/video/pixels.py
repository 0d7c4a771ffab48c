"""From decoded pictures to upright RGB arrays, always by the same arithmetic."""

from __future__ import annotations

import struct
from typing import Any, cast

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
_HD_HEIGHT = 720  # from here on untagged video is taken for BT.709, as players do


class Orientation:
    """A multiple of 90 degrees and a mirroring, as a container's display matrix asks for.

    Attributes:
        transpose: Whether rows and columns change places (first step).
        flip_x: Whether columns are then reversed.
        flip_y: Whether rows are then reversed.
    """

    def __init__(self, transpose: bool = False, flip_x: bool = False, flip_y: bool = False) -> None:
        self.transpose = transpose
        self.flip_x = flip_x
        self.flip_y = flip_y

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> Orientation:
        """Read the display matrix that travels with a decoded picture; upright where there is none."""
        side: Any
        for side in iter(frame.side_data):
            if side.type.name == "DISPLAYMATRIX":
                return cls.of_matrix(struct.unpack("=9i", bytes(side)[:36]))
        return cls()

    @classmethod
    def of_matrix(cls, matrix: tuple[int, ...]) -> Orientation:
        """Build from nine fixed-point numbers: x' = m0 x + m3 y, y' = m1 x + m4 y, y pointing down."""
        if abs(matrix[0]) >= abs(matrix[1]):
            return cls(False, matrix[0] < 0, matrix[4] < 0)
        return cls(True, matrix[3] < 0, matrix[1] < 0)

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn an `(H, W, 3)` picture upright; the result is C-contiguous."""
        if self.transpose:
            image = image.transpose(1, 0, 2)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


class RgbConverter:
    """Converts decoded pictures of one video to RGB; belongs to one thread.

    Attributes:
        width: Width of the result in pixels, after rotation.
        height: Height of the result in pixels, after rotation.
    """

    def __init__(self, first: av.VideoFrame) -> None:
        self._reformatter = VideoReformatter()
        self._small = VideoReformatter()
        self._orientation = Orientation.of_frame(first)
        self._stored = (first.width, first.height)
        swap = self._orientation.transpose
        self.width, self.height = (first.height, first.width) if swap else (first.width, first.height)

    def rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Return the picture as an upright `(H, W, 3)` array, scaled to the size of the first."""
        return self._convert(self._reformatter, frame, *self._stored)

    def small_rgb(self, frame: av.VideoFrame, max_width: int) -> NDArray[np.uint8]:
        """Return the picture as an upright `(h, w, 3)` array at most `max_width` wide."""
        scale = min(1.0, max_width / self.width)
        width, height = (max(1, round(side * scale)) for side in self._stored)
        return self._convert(self._small, frame, width, height)

    def _convert(
        self, reformatter: VideoReformatter, frame: av.VideoFrame, width: int, height: int
    ) -> NDArray[np.uint8]:
        colorspace: int | None = None
        if frame.colorspace == _UNSPECIFIED and self._stored[1] >= _HD_HEIGHT:
            colorspace = Colorspace.ITU709
        picture = reformatter.reformat(
            frame, width=width, height=height, format="rgb24", src_colorspace=colorspace, threads=1
        )
        return self._orientation.apply(cast(NDArray[np.uint8], picture.to_ndarray()))
