"""What is doubtful about the current video, told once a video: a file that ends early, pictures left out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from poseapp.app.session import Session
from poseapp.qt.bridge import connect

LOOK_MS = 200


class VideoWarnings(QObject):
    """Waits until a video's index is there and tells its warnings.

    Attributes:
        found: one line about a video that was not told of before.
    """

    found = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._told: set[Path] = set()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        connect(session.video_changed, self._timer.start, self)

    def _look(self) -> None:
        """The index is built in the background: two hours of video take seconds."""
        frames, path = self._session.frames, self._session.video_path
        if frames is None or path is None:
            self._timer.stop()
            return
        info = frames.info
        if info is None:
            return
        self._timer.stop()
        if info.warnings and path not in self._told:
            self._told.add(path)
            more = len(info.warnings) - 1
            self.found.emit(info.warnings[0] + (f" (and {more} more such)" if more else ""))

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
