"""The tour of the sample: a strip that names the next step and ticks off what is done. It blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from poseapp.app.session import Session
from poseapp.qt import theme, tour
from poseapp.qt.bridge import connect
from poseapp.qt.elided import ElidedLabel
from poseapp.qt.tour import STEPS, steps_done


class GuideStrip(QFrame):
    """The steps and the text of the next one.

    Attributes:
        triggered: an action's id.
        wanted: Whether the tour is on.
        wanted_changed: The same as a signal; the window gives the strip its place.
    """

    triggered = Signal(str)
    wanted_changed = Signal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("guide")
        self.wanted = False
        theme.set_role(self, "hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(14)
        self.chips = [QLabel() for _ in STEPS]
        for chip in self.chips:
            chip.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(chip)
        row.addSpacing(8)
        self.text = ElidedLabel()
        theme.set_role(self.text, "muted")
        row.addWidget(self.text, 1)
        self.button = QPushButton()
        theme.set_role(self.button, "primary")
        self.button.clicked.connect(lambda: self.triggered.emit(self.button.objectName()))
        row.addWidget(self.button)
        close = QToolButton()
        close.setIcon(theme.icon("x"))
        close.setIconSize(QSize(12, 12))
        close.setToolTip("End the tour")
        close.setAccessibleName("End the tour")
        close.clicked.connect(self._on_close)
        row.addWidget(close)
        for signal in (
            session.project_changed, session.runs_changed, session.labels_changed, session.layers_changed,
        ):  # fmt: skip
            connect(signal, lambda *_: self.refresh(), self)
        theme.changed.connect(self.refresh)
        self.refresh()

    def note_export(self) -> None:
        """An export was begun."""
        tour.note_export(self._session)
        self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now; hidden but in the sample."""
        self.wanted = tour.is_touring(self._session)
        self.wanted_changed.emit(self.wanted)
        if not self.wanted:
            return
        done = steps_done(self._session)
        now = next((i for i, is_done in enumerate(done) if not is_done), None)
        t = theme.tokens()
        for i, (chip, step) in enumerate(zip(self.chips, STEPS, strict=True)):
            ink = t.good if done[i] else t.text if i == now else t.muted
            mark = "✓" if done[i] else str(i + 1)
            weight = 600 if i == now else 400
            chip.setText(f"<span style='color:{ink};font-weight:{weight}'>{mark}&nbsp; {step.name}</span>")
        self.button.setVisible(now is not None)
        if now is None:
            self.text.setText("That is the whole journey. Now open a video of your own.")
            return
        self.button.setText(STEPS[now].button)
        self.button.setObjectName(STEPS[now].action)
        running = next((run for run in self._session.runs if run.active), None)
        self.button.setEnabled(running is None)
        self.text.setText(self._words(now) if running is None else "Working… the Runs tab shows how it goes.")

    def _words(self, now: int) -> str:
        text = STEPS[now].text
        return f"{text} ({len(self._session.labelled_frames())} so far)." if now == 1 else text

    def _on_close(self) -> None:
        tour.end(self._session)
        self.refresh()
