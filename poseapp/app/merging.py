"""What a merge needs beside the window: the comparison of two projects, and pictures of conflicts; no Qt."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.labels.merge import MergePlan
    from poseapp.labels.project import Project


class MergeReading:
    """Compares another project with the open one in a thread of its own, then reads pictures one by one.

    Attributes:
        read: psygnal signal with the `MergePlan`; fires in the thread.
        failed: psygnal signal with one line; fires in the thread.
        picture: psygnal signal with the number of a conflict and its frame, `(H, W, 3)` uint8 RGB; fires in
            the thread.
    """

    read = Signal(object)
    failed = Signal(str)
    picture = Signal(int, object)

    def __init__(self, project: Project, other: Path) -> None:
        self._project, self._other = project, other
        self._plan: MergePlan | None = None
        self._wanted: int | None = None
        self._wake = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="merge", daemon=True)

    def start(self) -> None:
        """Begin; connect to the signals before."""
        self._thread.start()

    def want(self, number: int) -> None:
        """Ask for the picture of a conflict; the newest question counts."""
        with self._wake:
            self._wanted = number
            self._wake.notify()

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._ended = True
            self._wake.notify()

    def _run(self) -> None:
        from poseapp.api.sharing import read_merge

        try:
            self._plan = read_merge(self._project, self._other)
        except (PoseError, OSError) as error:
            self.failed.emit(str(error))
            return
        self.read.emit(self._plan)
        while True:
            with self._wake:
                while self._wanted is None and not self._ended:
                    self._wake.wait()
                number, self._wanted = self._wanted, None
                if self._ended:
                    return
            if number is not None:
                self._show(number)

    def _show(self, number: int) -> None:
        from poseapp.video import open_video

        assert self._plan is not None
        conflict = self._plan.conflicts[number]
        try:
            path = self._project.resolve(self._plan.videos[conflict.video].record)
            if path is None:
                return  # the people are compared all the same
            with open_video(path) as video:
                image = video[conflict.frame_idx]
        except (PoseError, OSError):
            return
        if not self._ended:
            self.picture.emit(number, image)
