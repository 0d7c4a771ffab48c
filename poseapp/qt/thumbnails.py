"""Small pictures of videos, decoded on a thread of their own and kept in the project's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap

from poseapp.errors import PoseError

SIZE = QSize(96, 96)


def thumbnail_path(cache_dir: Path, video_id: int) -> Path:
    """Where the picture of a video is kept."""
    return cache_dir / "thumbnails" / f"{video_id}.jpg"


def cover(project_path: Path) -> QImage | None:
    """The first kept picture of a project, or None; reads no video."""
    found = sorted((project_path / "cache" / "thumbnails").glob("*.jpg"))
    image = QImage(str(found[0])) if found else QImage()
    return None if image.isNull() else image


def to_qimage(image: np.ndarray) -> QImage:
    """A Qt copy of an ``(H, W, 3)`` uint8 RGB image."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def square(image: QImage, side: int, ratio: float) -> QPixmap:
    """The middle square of an image.

    Args:
        image: Any size.
        side: Logical pixels.
        ratio: Device pixels a logical pixel.
    """
    px = max(1, round(side * ratio))
    scaled = image.scaled(
        px, px, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    # People stand: keep the upper part of portrait pictures, where the head is.
    left, top = (scaled.width() - px) // 2, (scaled.height() - px) // 3
    made = QPixmap.fromImage(scaled.copy(left, top, px, px))
    made.setDevicePixelRatio(ratio)
    return made


class _Work(QRunnable):
    def __init__(self, loader: Thumbnails, video_id: int, video: Path, kept: Path) -> None:
        super().__init__()
        self._loader, self._video_id, self._video, self._kept = loader, video_id, video, kept

    def run(self) -> None:
        """Read the kept picture, or decode a frame near the start and keep it."""
        image = QImage(str(self._kept)) if self._kept.exists() else QImage()
        if image.isNull():
            try:
                image = self._decode()
            except (PoseError, OSError):
                return  # The row stays without a picture; opening the video names the trouble.
        try:
            self._loader.ready.emit(self._video_id, image)
        except RuntimeError:
            return  # The window was closed meanwhile.

    def _decode(self) -> QImage:
        from poseapp.video import open_video

        with open_video(self._video, on_warning=lambda _text: None) as video:
            frame = video[min(len(video) // 10, 50)] if len(video) else None
        if frame is None:
            return QImage()
        image = to_qimage(frame).scaled(
            SIZE * 2,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        image.save(str(self._kept), quality=88)
        return image


class Thumbnails(QObject):
    """Loads pictures in the background; ``ready(video_id, QImage)`` fires in the window's thread."""

    ready = Signal(int, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._asked: set[tuple[str, int]] = set()

    def ask(self, video_id: int, video: Path, cache_dir: Path) -> None:
        """Ask once for the picture of a video."""
        key = (str(video), video_id)
        if key in self._asked:
            return
        self._asked.add(key)
        self._pool.start(_Work(self, video_id, video, thumbnail_path(cache_dir, video_id)))

    def stop(self) -> None:
        """Drop what has not begun and wait for what has."""
        self._pool.clear()
        self._pool.waitForDone(3000)
