"""A line of words, a bar and a cancel button for the status bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from poseapp.qt import theme

STEPS = 1000


class ProgressStrip(QWidget):
    """How one piece of long work stands.

    Attributes:
        words: what it is and how far it came.
        bar: the share that is done; runs to and fro where that is not known.
        cancel: the button.
        cancelled: the button was pressed.
    """

    cancelled = Signal()

    def __init__(self, name: str, words: QLabel | QPushButton, cancel_tip: str, cancel_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.words = words
        self.bar = QProgressBar()
        self.bar.setFixedWidth(96)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setIcon(theme.icon("x", hover="bad"))
        self.cancel.setIconSize(QSize(12, 12))
        self.cancel.setToolTip(cancel_tip)
        self.cancel.setAccessibleName(cancel_name)
        self.cancel.clicked.connect(self.cancelled.emit)
        for widget in (self.words, self.bar, self.cancel):
            row.addWidget(widget)

    def show_share(self, share: float | None) -> None:
        """Set the bar to the share done, 0 to 1; None is not known."""
        self.bar.setRange(0, 0 if share is None else STEPS)
        self.bar.setValue(0 if share is None else round(share * STEPS))
