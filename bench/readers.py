"""The readers compared by the video benchmark, each behind `len` and `get(k)`; imported only when used."""

from __future__ import annotations

import importlib
import queue
from pathlib import Path
from typing import Any, Protocol

import numpy as np


class Reader(Protocol):
    """Numbered frames."""

    def __len__(self) -> int: ...

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        ...


class PoseAppReader:
    """`open_video`: the index alone, no cache."""

    def __init__(self, path: Path) -> None:
        from poseapp.video import open_video

        self._video = open_video(path)

    def __len__(self) -> int:
        return len(self._video)

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        return self._video[k]


class PoseAppServer:
    """`FrameServer`: what the window uses."""

    def __init__(self, path: Path, proxy_bytes: int = 0) -> None:
        from poseapp.video import Frame, FrameServer

        self.shown: queue.Queue[Frame] = queue.Queue()
        self.server = FrameServer(path, on_frame=self.shown.put, proxy_bytes=proxy_bytes)
        self.get(0)

    def __len__(self) -> int:
        while self.server.info is None:
            self.get(0)
        return self.server.info.num_frames

    def get(self, k: int) -> np.ndarray:
        """Ask for frame k and wait for it."""
        self.server.request(k)
        while True:
            frame = self.shown.get(timeout=120)
            if frame.frame_idx == k and not frame.is_proxy:
                return frame.image


class OpenCvReader:
    """`cv2.VideoCapture`: set the position unless it is the next frame, then read."""

    def __init__(self, path: Path) -> None:
        import cv2

        self._cv2 = cv2
        self._capture = cv2.VideoCapture(str(path))
        self._next = 0

    def __len__(self) -> int:
        return int(self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT))

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        if k != self._next:
            self._capture.set(self._cv2.CAP_PROP_POS_FRAMES, k)
        ok, image = self._capture.read()
        if not ok:
            raise RuntimeError(f"no frame {k}")
        self._next = k + 1
        return image[:, :, ::-1]


class DecordReader:
    """`decord.VideoReader`."""

    def __init__(self, path: Path) -> None:
        self._reader = importlib.import_module("decord").VideoReader(str(path))

    def __len__(self) -> int:
        return len(self._reader)

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        return self._reader[k].asnumpy()


class TorchCodecReader:
    """`torchcodec.decoders.VideoDecoder`, exact seeking."""

    def __init__(self, path: Path) -> None:
        decoders = importlib.import_module("torchcodec.decoders")
        self._decoder = decoders.VideoDecoder(str(path), dimension_order="NHWC", num_ffmpeg_threads=2)

    def __len__(self) -> int:
        return len(self._decoder)

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        return self._decoder[k].numpy()


class SleapIoReader:
    """`sleap_io.Video` with its PyAV back end."""

    def __init__(self, path: Path) -> None:
        sleap_io: Any = importlib.import_module("sleap_io")
        self._video = sleap_io.Video.from_filename(str(path), plugin="pyav")

    def __len__(self) -> int:
        return len(self._video)

    def get(self, k: int) -> np.ndarray:
        """Return frame k."""
        return self._video[k]


READERS = {
    "PoseApp open_video": (PoseAppReader, "poseapp"),
    "PoseApp FrameServer": (PoseAppServer, "poseapp"),
    "OpenCV": (OpenCvReader, "cv2"),
    "decord": (DecordReader, "decord"),
    "torchcodec": (TorchCodecReader, "torchcodec"),
    "sleap-io (PyAV)": (SleapIoReader, "sleap_io"),
}
