"""The running job in the corner of the menu bar; a click shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QWidget

from poseapp.app.run_states import RunState
from poseapp.qt import run_words, theme

RIGHT_PX = 10


class JobChip(QPushButton):
    """Kind, progress and time left of the newest running job; hidden while there is none."""

    def __init__(self, bar: QMenuBar) -> None:
        super().__init__()
        self._bar = bar
        self.setObjectName("job_chip")
        theme.set_role(self, "chip")
        self.setToolTip("Show the running job")
        self.hide()
        # The corner takes a widget's size once: a holder of fixed height leaves the chip free to grow.
        self._corner = QWidget()
        row = QHBoxLayout(self._corner)
        row.setContentsMargins(0, 0, RIGHT_PX, 0)
        row.addWidget(self)
        bar.setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

    def show_runs(self, active: list[RunState]) -> None:
        """Show the first of the running jobs, or nothing."""
        self.setVisible(bool(active))
        if active:
            left = run_words.time_left(active[0])
            self.setText(" · ".join(w for w in (f"{active[0].doing} {run_words.now(active[0])}", left) if w))
        self._corner.setFixedWidth(self.sizeHint().width() + RIGHT_PX if active else 1)
        self._bar.adjustSize()
