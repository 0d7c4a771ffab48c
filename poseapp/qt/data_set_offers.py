"""What can be done with a finished data set of drawn people: folder, window, training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from poseapp.app import commands
from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.qt.bridge import connect
from poseapp.qt.notice import NoticeBar

OFFERS = {
    "Open folder": "Show the pictures and label files in the file manager",
    "Open in the window": "Look at the pictures with their labels, as a project",
    "Train on it…": "Mix it into a fine-tuning on this project's labels; without labels, learn from it alone",
}


class DataSetOffers(QObject):
    """Tells when a data set is finished and does what the user chooses.

    Args:
        session: the open window.
        notice: where it is told.
        trigger: runs an action by its id.
        parent: the window.
    """

    def __init__(
        self, session: Session, notice: NoticeBar, trigger: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._notice, self._trigger = session, notice, trigger
        connect(session.run_finished, self._on_finished, self)

    def _on_finished(self, run: RunState) -> None:
        path = run.data_set
        if path is None:
            if run.kind == "synth" and run.state == "failed" and self._session.project is None:
                self._notice.show_text(run.closing_text())  # there is no runs pane to say it
            return
        offers = {words: (tip, partial(self.act, words, path)) for words, tip in OFFERS.items()}
        self._notice.show_offer(f"The data set “{path.name}” is ready.", offers)

    def act(self, words: str, path: Path) -> None:
        """Do one of ``OFFERS``."""
        if words == "Open folder":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        elif words == "Open in the window":
            commands.open_data_set(self._session, path)
        elif self._can_mix():
            self._session.mix_wanted = path
            self._trigger("train.fine_tune")
        else:
            commands.open_data_set(self._session, path, lambda: self._trigger("train.fine_tune"))

    def _can_mix(self) -> bool:
        project = self._session.project
        if project is None or self._session.read_only:
            return False
        return any(len(project.labelled_frames(video.id)) for video in project.videos)
