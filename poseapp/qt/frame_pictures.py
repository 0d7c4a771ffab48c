"""Small pictures of single frames, decoded on a thread of their own; what was asked for last comes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from poseapp.errors import PoseError
from poseapp.qt.thumbnails import to_qimage

SIZE = QSize(112, 112)
MAX_KEPT = 400
MAX_ASKED = 24
REST_S = 5.0


@dataclass(frozen=True)
class Place:
    """A frame, or the part of it around a person.

    Attributes:
        path: the video or image folder.
        frame_idx: 0-based.
        box: xyxy in pixels, or None: the whole frame.
    """

    path: Path
    frame_idx: int
    box: tuple[float, float, float, float] | None = None


class FramePictures(QObject):
    """Asks and keeps; ``ready`` fires in the window's thread."""

    ready = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Place, QImage] = OrderedDict()
        self._asked: list[Place] = []
        self._failed: set[Place] = set()
        self._wake = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def get(self, place: Place) -> QImage | None:
        """The picture, or None while it is not there yet; it is asked for then."""
        with self._wake:
            found = self._kept.get(place)
            if found is None and place not in self._asked and place not in self._failed:
                self._asked = [*self._asked, place][-MAX_ASKED:]
                if self._thread is None and not self._stopped:
                    self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
                    self._thread.start()
                self._wake.notify()
        return found

    def stop(self) -> None:
        """Ask for nothing more and let go of the video."""
        with self._wake:
            self._stopped, self._asked = True, []
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(3.0)

    def _next(self) -> Place | None:
        with self._wake:
            if not self._asked:
                self._wake.wait(REST_S)
            if not self._asked or self._stopped:
                self._thread = None
                return None
            return self._asked.pop()

    def _work(self) -> None:
        from poseapp.video import open_video

        path, video = None, None
        try:
            while (place := self._next()) is not None:
                try:
                    if video is None or path != place.path:
                        if video is not None:
                            video.close()
                        path, video = place.path, open_video(place.path, on_warning=lambda _text: None)
                    image = _part(video[place.frame_idx], place.box)
                except (PoseError, OSError, IndexError):
                    with self._wake:
                        self._failed.add(place)
                    continue
                with self._wake:
                    self._kept[place] = image
                    while len(self._kept) > MAX_KEPT:
                        self._kept.popitem(last=False)
                try:
                    self.ready.emit()
                except RuntimeError:
                    return  # the window was closed meanwhile
        finally:
            if video is not None:
                video.close()


def _part(frame: np.ndarray, box: tuple[float, float, float, float] | None) -> QImage:
    height, width = frame.shape[:2]
    if box is not None:
        x0, y0, x1, y1 = box
        half = 0.6 * max(x1 - x0, y1 - y0, 16.0)
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        left, right = int(max(cx - half, 0)), int(min(cx + half + 1, width))
        top, bottom = int(max(cy - half, 0)), int(min(cy + half + 1, height))
        if right - left > 4 and bottom - top > 4:
            frame = frame[top:bottom, left:right]
    return to_qimage(frame).scaled(
        SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
