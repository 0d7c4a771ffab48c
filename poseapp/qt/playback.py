"""Playback at the video's own rate: by presentation times, dropping frames rather than falling behind."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from poseapp.app.session import Session
from poseapp.qt.bridge import connect

if TYPE_CHECKING:
    from poseapp.video.cache import Frame

TICK_MS = 4
PATIENCE_S = 0.5


class Playback(QObject):
    """Moves the session's frame while it plays.

    A new frame is asked for when the one before has arrived, so a slow decoder shows fewer frames, never
    late ones.

    Args:
        session: the open window.
        parent: its owner.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._began_s = 0.0
        self._from_s = 0.0
        self._expected = -1
        self._waiting_for: int | None = None
        self._asked_s = 0.0
        connect(session.playing_changed, self._on_playing, self)
        connect(session.frame_arrived, self._on_frame, self, newest_only=True)

    def _on_playing(self, playing: bool) -> None:
        self._restart_clock()
        if playing:
            self._timer.start()
        else:
            self._timer.stop()

    def _restart_clock(self) -> None:
        self._began_s = perf_counter()
        self._from_s = self._session.time_of(self._session.frame_idx)
        self._expected, self._waiting_for = self._session.frame_idx, None

    def _on_frame(self, frame: Frame) -> None:
        self._waiting_for = None

    def _tick(self) -> None:
        session, now = self._session, perf_counter()
        if session.frame_idx != self._expected:  # somebody moved the playhead: go on from there
            self._restart_clock()
            return
        if self._waiting_for is not None and now - self._asked_s < PATIENCE_S:
            return
        target = session.frame_at(self._from_s + (now - self._began_s) * session.speed)
        if session.looping and not self._in_loop(session.frame_idx, target):
            session.go_to(session.loop_bounds()[0])
            self._restart_clock()
            return
        if target <= session.frame_idx:
            if session.frame_idx >= session.num_frames - 1 and not session.looping:
                session.set_playing(False)
            return
        server = session.frames
        is_ready = server is None or server.cached(target) is not None
        self._expected, self._asked_s = target, now
        self._waiting_for = None if is_ready else target
        session.go_to(target)

    def _in_loop(self, frame_idx: int, target: int) -> bool:
        """Whether playback may go on; past the last frame it waits until that has been seen for its time."""
        first, last = self._session.loop_bounds()
        if not first <= frame_idx <= last:
            return False
        if frame_idx == last == self._session.num_frames - 1:
            shown_s = self._from_s + (perf_counter() - self._began_s) * self._session.speed
            return shown_s < self._session.time_of(last) + 1.0 / self._session.fps
        return target <= last
