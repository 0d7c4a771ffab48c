"""What a job can show beside its numbers: its sample pictures, and its details for a bug report."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

import poseapp
from poseapp.app.run_states import RunState
from poseapp.errors import PoseError
from poseapp.qt import run_words

LOG_LINES = 80


def details(run: RunState) -> str:
    """What a bug report needs: what was asked, what happened, the end of the log."""
    log_path = run.folder.path / "log.txt"
    log = log_path.read_text("utf-8", "replace").splitlines()[-LOG_LINES:] if log_path.exists() else []
    try:
        spec = json.dumps(run.folder.spec, indent=1, default=str)
    except PoseError as error:
        spec = str(error)
    return "\n".join(
        [
            f"PoseApp {poseapp.__version__}",
            f"{run_words.title(run)}: {run.state}",
            f"Error: {run.error or 'none given'}",
            f"Folder: {run.folder.path}",
            f"Asked: {spec}",
            "Log:",
            *(log or ["(empty)"]),
        ]
    )


class SamplePicture(QWidget):
    """A picture scaled into the width there is."""

    MAX_HEIGHT = 380

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self._path: Path | None = None

    def show_file(self, path: Path) -> None:
        """Show a picture; one that is not complete yet leaves the one before."""
        if path == self._path:
            return
        picture = QPixmap(str(path))
        if picture.isNull():
            return
        self._path, self._picture = path, picture
        self._fit()
        self.update()

    def _fit(self) -> None:
        if not self._picture.isNull():
            ratio = self._picture.height() / max(self._picture.width(), 1)
            self.setFixedHeight(min(round(self.width() * ratio), self.MAX_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the shape."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture in the middle."""
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) / 2
        painter.drawPixmap(
            QRectF(left, 0, size.width(), size.height()), self._picture, QRectF(self._picture.rect())
        )
        painter.end()
