"""Asks for what the review's commands need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QSpinBox, QWidget

from poseapp.app.session import Session
from poseapp.qt.dialogs.form import FormDialog, combo

if TYPE_CHECKING:
    from poseapp.app.actions import Action

METHODS = (
    ("doubt", "Anything doubtful in the predictions"), ("score", "Low scores"), ("jump", "Jumping keypoints"),
    ("flip", "Left and right swapped"), ("bone", "Unusual bone lengths"),
    ("diversity", "Pictures unlike each other"), ("even", "Evenly spaced"), ("random", "By chance"),
)  # fmt: skip


class SuggestDialog(FormDialog):
    """How many frames, chosen how, of which videos."""

    def __init__(self, parent: QWidget | None, session: Session) -> None:
        lead = (
            "Chooses frames without labels and puts them in the review, in place of those suggested before."
        )
        super().__init__(parent, "Suggest Frames to Label", lead, "Suggest", 440)
        predicted = any(layer.num_frames for layer in session.layers[1:])
        self.method = combo(list(METHODS), "doubt" if predicted else "diversity")
        self.count = QSpinBox()
        self.count.setRange(1, 1000)
        self.count.setValue(20)
        several = session.project is not None and len(session.project.videos) > 1
        self.scope = combo([("video", "This video"), ("all", "All videos")], "all" if several else "video")
        self.scope.setEnabled(several)
        self.add_row("Choose by", self.method)
        self.add_row("How many", self.count)
        self.add_row("From", self.scope)


def suggest(session: Session, window: QWidget, row: Action) -> dict[str, Any] | None:
    """How to choose frames."""
    dialog = SuggestDialog(window, session)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    return {
        "by": dialog.method.currentData(),
        "count": dialog.count.value(),
        "all_videos": dialog.scope.currentData() == "all",
    }


def show_statistics(session: Session, window: QWidget, row: Action) -> dict[str, Any] | None:
    """Shows the statistics of the labels; nothing is asked."""
    from poseapp.qt.dialogs.statistics import StatisticsDialog  # not part of the start

    assert session.project is not None
    StatisticsDialog(window, session.project).exec()
    return None


ASKS = {"suggest": suggest, "show_statistics": show_statistics}
