"""What is doubtful about the current video, told once a video: another file in its place, an early end."""

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
        if path in self._told:
            return
        self._told.add(path)
        project, video = self._session.project, self._session.video
        replaced = project.check_video(video) if project is not None and video is not None else None
        warnings = [*([replaced] if replaced else []), *info.warnings]
        if warnings:
            more = len(warnings) - 1
            self.found.emit(warnings[0] + (f" (and {more} more such)" if more else ""))

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
