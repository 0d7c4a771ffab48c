"""The tour of the sample: a strip that names the next step and ticks off what is done. It blocks nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect

SAMPLE_NAME = "sample.pose"
CLOSED = "tour_closed"
EXPORTED = "tour_exported"
CORRECTIONS = 5


@dataclass(frozen=True)
class Step:
    """One step: its name, what to do, and the command behind its button."""

    name: str
    text: str
    action: str
    button: str


STEPS = (
    Step("Predict", "Let the network find the person in every frame.", "predict.video", "Predict…"),
    Step("Drag", "", "go.next_doubtful", "Next doubtful frame"),
    Step("Fine-tune", "Your corrections can now teach the network.", "train.fine_tune", "Fine-tune…"),
    Step("Predict again", "See what it has learnt, on every frame.", "predict.video", "Predict again…"),
    Step("Export", "Take the result to the tool you use next.", "file.export_labels", "Export…"),
)


def steps_done(session: Session) -> list[bool]:
    """Which of ``STEPS`` have been done in the open project."""
    project = session.project
    if project is None:
        return [False] * len(STEPS)
    runs = session.runs
    trained = [run for run in runs if run.kind == "train" and run.state in ("done", "stopped")]
    ends = [run.folder.status["ended"] or 0.0 for run in trained]
    again = any(
        run.kind == "predict" and run.state == "done" and (run.folder.status["started"] or 0.0) >= min(ends)
        for run in runs
        if ends
    )
    return [
        bool(session.prediction_layers),
        len(session.labelled_frames()) >= CORRECTIONS,
        bool(trained),
        again,
        bool(project.setting(EXPORTED, False)),
    ]


class GuideStrip(QFrame):
    """The steps and the text of the next one.

    Attributes:
        triggered: an action's id.
    """

    triggered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("guide")
        theme.set_role(self, "hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(14)
        self.chips = [QLabel() for _ in STEPS]
        for chip in self.chips:
            chip.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(chip)
        row.addSpacing(8)
        self.text = QLabel()
        self.text.setWordWrap(False)
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
        project = self._session.project
        if project is not None and project.path.name == SAMPLE_NAME and not project.read_only:
            project.set_setting(EXPORTED, True)
            self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now; hidden but in the sample."""
        project = self._session.project
        wanted = (
            project is not None and project.path.name == SAMPLE_NAME and not project.setting(CLOSED, False)
        )
        self.setVisible(wanted)
        if not wanted:
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
        if now != 1:
            return STEPS[now].text
        labelled = len(self._session.labelled_frames())
        return (
            f"Drag keypoints that are off to where they belong, on {CORRECTIONS} frames ({labelled} so far)."
        )

    def _on_close(self) -> None:
        if self._session.project is not None and not self._session.read_only:
            self._session.project.set_setting(CLOSED, True)
        self.hide()
