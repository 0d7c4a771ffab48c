"""The dialogs that start a prediction or a fine-tuning."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.dialogs.form import FormDialog, combo, pad
from poseapp.qt.dialogs.mixing import Mixing
from poseapp.qt.label_check import LabelCheck
from poseapp.qt.networks import Network, choices, preferred

if TYPE_CHECKING:
    from poseapp.training.checks import LabelProblem

DEFAULT_MINUTES = 3.0
# Nobody reads more, and a list of thousands takes the window seconds to fill.
MAX_PROBLEMS = 200
LIST_PX = 170
TEXT_PX = 340
FRAME = Qt.ItemDataRole.UserRole


def device_rows(devices: list[str]) -> list[tuple[str, str]]:
    """Choices of a device, by the names known so far."""
    words = {"auto": "Automatic", "cpu": "CPU"}
    return [(name, words.get(name, name)) for name in devices]


class PredictDialog(FormDialog):
    """Which network on which frames.

    Args:
        session: the open window.
        parent: the window.
        devices: names of devices known so far.
        ask_frames: whether the frames are to be chosen here.
    """

    def __init__(
        self, session: Session, parent: QWidget | None, devices: list[str], ask_frames: bool
    ) -> None:
        name = session.video.name if session.video is not None else "this video"
        super().__init__(parent, "Predict", f"Find the person in {name}.", "Predict")
        self._networks: list[Network] = choices(session)
        start = preferred(session, self._networks)
        self.network = combo([(n.value, n.title) for n in self._networks], start.value)
        self.add_row("Network", self.network)
        self._ask_frames = ask_frames
        last = max(session.num_frames - 1, 0)
        self.all_frames = QRadioButton(f"All {session.num_frames} frames")
        self.some_frames = QRadioButton("Frames")
        self.first, self.last = QSpinBox(), QSpinBox()
        if ask_frames:
            self.all_frames.setChecked(True)
            for spin, value in ((self.first, session.frame_idx), (self.last, last)):
                spin.setRange(0, last)
                spin.setValue(value)
                pad(spin)
                spin.valueChanged.connect(lambda _v: self.some_frames.setChecked(True))
            self.add_row("Frames", self._frames_row())
        self.device = combo(device_rows(devices), session.device)
        self.add_row("Device", self.device)

    def _frames_row(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.all_frames)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.some_frames)
        row.addWidget(self.first)
        row.addWidget(QLabel("to"))
        row.addWidget(self.last)
        row.addStretch(1)
        column.addLayout(row)
        return holder

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``Session.start_prediction``."""
        values: dict[str, Any] = {"net": self.network.currentData(), "device": self.device.currentData()}
        if self._ask_frames and self.some_frames.isChecked():
            first, last = sorted((self.first.value(), self.last.value()))
            values["frames"] = (first, last + 1)
        return values


class ProblemList(QListWidget):
    """Label problems, errors first; a double click or Enter goes to the frame.

    Attributes:
        chosen: the problem.
    """

    chosen = Signal(object)

    def __init__(self, problems: list[LabelProblem]) -> None:
        super().__init__()
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setAccessibleName("Problems in the labels")
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        theme.set_role(self, "clear")
        for problem in sorted(problems, key=lambda p: p.severity != "error")[:MAX_PROBLEMS]:
            item = QListWidgetItem(_short(problem))
            is_error = problem.severity == "error"
            name = "warning-circle" if is_error else "warning"
            item.setIcon(theme.icon(name, role="bad" if is_error else "doubtful"))
            item.setToolTip(f"{problem.text}\n{problem.video}" if problem.video else problem.text)
            item.setData(FRAME, problem)
            item.setSizeHint(QSize(0, self._height(item.text())))
            self.addItem(item)
        heights = sum(self.item(row).sizeHint().height() for row in range(self.count()))
        self.setFixedHeight(min(heights + 4, LIST_PX))
        self.itemActivated.connect(lambda item: self.chosen.emit(item.data(FRAME)))

    @staticmethod
    def _height(text: str) -> int:
        """Room for a text, wrapped in a dialog of its least width."""
        room = QRect(0, 0, TEXT_PX, 1000)
        lines = QFontMetrics(theme.body_font()).boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        return lines.height() + 8


def _short(problem: LabelProblem) -> str:
    """The problem without the folder of its video; the tool tip has it all."""
    video = problem.video
    return problem.text.replace(video, PurePath(video).name) if video else problem.text


class FineTuneDialog(FormDialog):
    """How long to learn, from which network, on which device; what is odd about the labels.

    Args:
        session: the open window.
        parent: the window.
        devices: names of devices known so far.
        check: looks at the labels while the user reads; started here. Until it has ended nothing can be
            started.

    Attributes:
        problem_chosen: the user wants to see the frame of a problem; the dialog closes.
    """

    problem_chosen = Signal(object)

    def __init__(
        self, session: Session, parent: QWidget | None, devices: list[str], check: LabelCheck
    ) -> None:
        assert session.project is not None
        counts = [(v, len(session.project.labelled_frames(v.id))) for v in session.project.videos]
        used = [(video, count) for video, count in counts if count]
        total = sum(count for _, count in used)
        where = used[0][0].name if len(used) == 1 else f"{len(used)} videos"
        lead = (
            f"The network learns from {total} labelled frame{'s' * (total != 1)} of {where}. What it already "
            "knows is mixed in, some frames are held out to measure it, and the old network is kept "
            "unless the new one is better."
        )
        super().__init__(parent, "Fine-tune on my labels", lead, "Start")
        self._networks = choices(session)
        self.network = combo(
            [(n.value, n.title) for n in self._networks], preferred(session, self._networks).value
        )
        self.add_row("Start from", self.network)
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(0.1, 24 * 60)
        self.minutes.setDecimals(1)
        self.minutes.setValue(DEFAULT_MINUTES)
        self.minutes.setSuffix(" minutes")
        self.add_row("Learn for", self.minutes, "You can stop earlier and keep what it has learnt.")
        self.device = combo(device_rows(devices), session.device)
        self.add_row("Device", self.device)
        self.mixing = Mixing(session.skeleton, session.data_sets, session.mix_wanted)
        self.add_row("Drawn people", self.mixing)
        self._total = total
        self.checking = self._checking_row()
        self.body.addWidget(self.checking)
        self.accept_button.setEnabled(False)
        self.network.setFocus()
        connect(check.done, self._on_checked, self)
        connect(check.failed, self._on_check_failed, self)
        check.start()

    def _checking_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        words = QLabel("Checking the labels…")
        theme.set_role(words, "caption")
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        row.addWidget(words)
        row.addWidget(bar, 1)
        return holder

    def _on_checked(self, problems: list[LabelProblem]) -> None:
        self.checking.hide()
        errors = [p for p in problems if p.severity == "error"]
        if problems:
            self._add_problems(problems, errors)
        self.accept_button.setEnabled(self._total > 0 and not errors)
        QTimer.singleShot(0, self.fit_height)

    def _on_check_failed(self, text: str) -> None:
        self.checking.hide()
        words = QLabel(text)
        words.setWordWrap(True)
        theme.set_role(words, "bad")
        self.body.addWidget(words)
        QTimer.singleShot(0, self.fit_height)

    def _add_problems(self, problems: list[LabelProblem], errors: list[LabelProblem]) -> None:
        box = QFrame()
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        theme.set_role(box, "failure" if errors else "warning")
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        num, wrong = len(problems), len(errors)
        parts = [f"{wrong} thing{'s' * (wrong != 1)} to repair"] if wrong else []
        if num > wrong:
            things = "" if wrong else f" thing{'s' * (num != 1)}"
            parts.append(f"{num - wrong}{things} to look at")
        head = f"{', '.join(parts)} before learning"
        title = QLabel(head)
        theme.set_role(title, "title")
        column.addWidget(title)
        self.problems = ProblemList(problems)
        self.problems.chosen.connect(self._on_problem)
        column.addWidget(self.problems)
        if num > self.problems.count():
            column.addWidget(self.note(f"The first {self.problems.count()} are listed."))
        go = QPushButton("Go to the frame")
        theme.set_role(go, "link")
        go.setAutoDefault(False)
        go.clicked.connect(self._on_go)
        go.setVisible(any(p.frame_idx is not None for p in problems))
        column.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(box)

    def _on_go(self) -> None:
        item = self.problems.currentItem() or self.problems.item(0)
        if item is not None:
            self._on_problem(item.data(FRAME))

    def _on_problem(self, problem: LabelProblem) -> None:
        if problem.frame_idx is None:
            return  # of the labels as a whole
        self.problem_chosen.emit(problem)
        self.reject()

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``Session.start_fine_tune``."""
        return {
            "init": self.network.currentData(),
            "minutes": self.minutes.value(),
            "device": self.device.currentData(),
            **self.mixing.values(),
        }
