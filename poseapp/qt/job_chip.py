"""The running job as a chip of the top bar; a click shows it."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from poseapp.app.run_states import RunState
from poseapp.qt import run_words, theme


class JobChip(QPushButton):
    """Kind, progress and time left of the newest running job; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("job_chip")
        theme.set_role(self, "chip")
        self.setToolTip("Show the running job")
        self.hide()

    def show_runs(self, active: list[RunState]) -> None:
        """Show the first of the running jobs, or nothing."""
        self.setVisible(bool(active))
        if active:
            left = run_words.time_left(active[0])
            self.setText(" · ".join(w for w in (f"{active[0].doing} {run_words.now(active[0])}", left) if w))
            self.setAccessibleName(f"Running: {self.text()}")
