"""What a screen reader says of the video and the timeline, which are painted and have no words."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from poseapp.app.session import Session
from poseapp.qt.bridge import connect
from poseapp.qt.items.time_axis import time_code

SETTLE_MS = 150


def video_words(session: Session) -> str:
    """Which frame is shown, who is on it and who is selected."""
    video, skeleton = session.video, session.skeleton
    if video is None or skeleton is None:
        return "No video"
    people = session.instances_on_screen()
    number = f"{len(people)} person" if len(people) == 1 else f"{len(people) or 'no'} people"
    parts = [video.name, f"frame {session.frame_idx} of {session.num_frames}", number]
    chosen = next((n for n, p in enumerate(people, 1) if p.ref == session.selection), None)
    if chosen is None:
        parts.append("nobody selected")
    else:
        kind = "predicted" if people[chosen - 1].is_prediction else "labelled"
        parts.append(f"person {chosen} selected, {kind}")
        keypoint = session.selected_keypoint
        if keypoint is not None:
            x, y = people[chosen - 1].instance.points[keypoint]
            place = f" at x {x:.0f}, y {y:.0f}" if x == x else ", not set"
            parts.append(skeleton.keypoints[keypoint].replace("_", " ") + place)
    return ", ".join(parts)


def timeline_words(session: Session) -> str:
    """Where the playhead is, and how much is labelled and doubtful."""
    if session.video is None:
        return "No video"
    parts = [
        f"Frame {session.frame_idx} of {session.num_frames}",
        time_code(session.time_of(session.frame_idx)),
        f"{len(session.labelled_frames())} frames labelled",
        f"{len(session.doubtful_frames())} doubtful",
    ]
    if session.frame_range is not None:
        begin, end = session.frame_range
        parts.append(f"range of frames {begin} to {end - 1}")
    return ", ".join(parts)


class Spoken(QObject):
    """Keeps the words of both up to date, a moment after the last change; not while it plays."""

    def __init__(self, session: Session, video: QWidget, timeline: QWidget) -> None:
        super().__init__(video)
        self._session, self._video, self._timeline = session, video, timeline
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._say)
        for signal in (
            session.video_changed, session.frame_changed, session.selection_changed, session.labels_changed,
            session.layers_changed, session.range_changed, session.playing_changed,
        ):  # fmt: skip
            connect(signal, lambda *_: self._later.start(), self)
        self._later.start()

    def _say(self) -> None:
        if not self._session.playing:
            self._video.setAccessibleDescription(video_words(self._session))
            self._timeline.setAccessibleDescription(timeline_words(self._session))
