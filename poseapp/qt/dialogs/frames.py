"""Which frames a command is for, with a sentence of what will happen there."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from poseapp.app.actions import Action
from poseapp.app.commands.over_time import PLANS
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog


class FramesDialog(FormDialog):
    """Chosen frames, from here on, or two numbers; the sentence follows."""

    def __init__(self, session: Session, window: QWidget, row: Action) -> None:
        title = row.title.rstrip("…")
        super().__init__(window, title, row.tip, title)
        self._session, self._plan = session, PLANS[row.id]
        here, end = session.frame_idx, session.num_frames
        later = session.labelled_frames()
        later = later[later > here]
        choices: list[tuple[str, tuple[int, int]]] = []
        if session.frame_range is not None:
            choices.append(("The chosen range", session.frame_range))
        if len(later):
            choices.append(("From here to before the next labelled frame", (here, int(later[0]))))
        choices += [("From here to the end", (here, end)), ("The whole video", (0, end))]
        self.choice = QComboBox()
        self.choice.setAccessibleName("Frames")
        for words, bounds in choices:
            self.choice.addItem(words, bounds)
        self.choice.addItem("From … to …", None)
        self.add_row("Frames", self.choice)
        self.first, self.last = QSpinBox(), QSpinBox()
        row_of_two = QWidget()
        line = QHBoxLayout(row_of_two)
        line.setContentsMargins(0, 0, 0, 0)
        for box, name in ((self.first, "First frame"), (self.last, "Last frame")):
            box.setRange(0, max(end - 1, 0))
            box.setAccessibleName(name)
            box.setToolTip(name)
            line.addWidget(box)
            box.valueChanged.connect(self._on_numbers)
        self.add_row("First and last", row_of_two)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName("What will happen")
        self.body.addWidget(self.sentence)
        if row.id == "label.delete_range":
            theme.set_role(self.accept_button, "danger")
        self.choice.currentIndexChanged.connect(self._on_choice)
        self._on_choice()

    def _on_choice(self, *_: object) -> None:
        bounds = self.choice.currentData()
        if bounds is not None:
            for box, value in ((self.first, bounds[0]), (self.last, bounds[1] - 1)):
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)
        self._say()

    def _on_numbers(self, *_: object) -> None:
        self.choice.blockSignals(True)
        self.choice.setCurrentIndex(self.choice.count() - 1)
        self.choice.blockSignals(False)
        self._say()

    def _say(self) -> None:
        plan = self._plan(self._session, **self.values())
        self.sentence.setText(plan.sentence)
        self.accept_button.setEnabled(bool(plan.labels or plan.predictions))

    def values(self) -> dict[str, int]:
        """First frame and one past the last."""
        return {"start": self.first.value(), "stop": self.last.value() + 1}
