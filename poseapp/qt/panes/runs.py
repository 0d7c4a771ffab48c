"""The runs pane: every job of the project, and the selected one live: chart, samples, buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import networks, run_words, theme
from poseapp.qt.bridge import connect
from poseapp.qt.data_set_offers import OFFERS
from poseapp.qt.losschart import LossChart
from poseapp.qt.rows import ROW, FittedList
from poseapp.qt.run_details import SamplePicture, details
from poseapp.qt.run_rows import RunDelegate, RunRow, run_row

ADVICE = {
    "failed": "Copy the details for a bug report, or change what it names and start it again.",
    "lost": "Its process was ended from outside, often for want of memory. Resume goes on from what it saved "
    "last; labels and everything it had written are kept.",
    "lost_anew": "Its process was ended from outside, often for want of memory, before it had saved "
    "anything. Start it again; labels are kept.",
}


class RunsPane(QWidget):
    """All jobs.

    Attributes:
        triggered: an action's id to run.
        details_wanted: a run whose log the user wants to read.
        data_set_wanted: one of `OFFERS` and the folder of a data set.
    """

    triggered = Signal(str)
    details_wanted = Signal(object)
    data_set_wanted = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._chosen = ""
        self.setObjectName("runs_pane")
        self.setMinimumWidth(272)
        theme.set_role(self, "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        column.addWidget(self._stack)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self._filled())
        connect(session.runs_changed, self.refresh, self)
        connect(session.project_changed, self._on_project, self)
        connect(session.labels_changed, lambda *_: self._say_empty(), self)
        theme.changed.connect(self.refresh)  # some words carry their colour
        self.refresh()

    def sizeHint(self) -> QSize:
        """The width of the concept."""
        return QSize(400, 500)

    # -- building ------------------------------------------------------------------------------------------

    def _empty(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 20, 16, 16)
        column.setSpacing(10)
        title = QLabel("No jobs yet")
        theme.set_role(title, "title")
        self._empty_text = QLabel()
        self._empty_text.setWordWrap(True)
        theme.set_role(self._empty_text, "muted")
        self.empty_button = QPushButton()
        theme.set_role(self.empty_button, "primary")
        self.empty_button.clicked.connect(lambda: self.triggered.emit(self.empty_button.objectName()))
        column.addWidget(title)
        column.addWidget(self._empty_text)
        column.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page

    def _filled(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        self.list = FittedList(RunDelegate.HEIGHT, 4)
        self.list.setItemDelegate(RunDelegate(self.list))
        self.list.setAccessibleName("Jobs")
        self.list.currentRowChanged.connect(self._on_row)
        column.addWidget(self.list)
        line = QFrame()
        theme.set_role(line, "hairline")
        column.addWidget(line)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        theme.set_role(inside, "panel")
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        self._detail = QVBoxLayout(inside)
        self._detail.setContentsMargins(12, 10, 12, 12)
        self._detail.setSpacing(8)
        self._build_detail()
        return page

    def _build_detail(self) -> None:
        self._line = QLabel()
        theme.set_role(self._line, "muted")
        self._line.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self._legend = QLabel()
        self._legend.setFont(theme.small_font())
        self.chart = LossChart()
        self._result = QLabel()
        self._result.setWordWrap(True)
        self._result.setTextFormat(Qt.TextFormat.RichText)
        for widget in (self._line, self.bar):
            self._detail.addWidget(widget)
        self._detail.addWidget(self._failure())
        self._detail.addWidget(self._data_set())
        self._detail.addLayout(self._buttons())
        self._detail.addWidget(self._result)
        self._detail.addWidget(self._legend)
        self._detail.addWidget(self.chart)
        self._detail.addWidget(self._samples())
        self._detail.addStretch(1)

    def _failure(self) -> QFrame:
        self.failure = QFrame()
        theme.set_role(self.failure, "failure")
        column = QVBoxLayout(self.failure)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        self.failure_text, self._advice = QLabel(), QLabel()
        for label in (self.failure_text, self._advice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self._advice, "caption")
        column.addWidget(self.failure_text)
        column.addWidget(self._advice)
        self.copy_button = self._button("Copy details", self._copy)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        return self.failure

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.stop_button = self._button("Stop and keep", self._session.stop_and_keep)
        self.cancel_button = self._button("Cancel", self._session.cancel)
        self.resume_button = self._button("Resume", self._session.resume)
        self.use_button = self._button("Use this network", self._use)
        self.log_button = self._button("Log", self.details_wanted.emit)
        theme.set_role(self.cancel_button, "danger")
        for button in (
            self.stop_button,
            self.cancel_button,
            self.resume_button,
            self.use_button,
            self.log_button,
        ):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _data_set(self) -> QWidget:
        self._data_set_box = QWidget()
        column = QVBoxLayout(self._data_set_box)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        self.offer_buttons: dict[str, QPushButton] = {}
        for words, tip in OFFERS.items():
            button = self.offer_buttons[words] = self._button(words, partial(self._want_data_set, words))
            button.setToolTip(tip)
            theme.set_role(button, "link")
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return self._data_set_box

    def _want_data_set(self, words: str, run: RunState) -> None:
        self.data_set_wanted.emit(words, run.data_set)

    def _button(self, text: str, act: Callable[[RunState], object]) -> QPushButton:
        button = QPushButton(text)

        def clicked() -> None:
            run = self.chosen
            if run is None:
                return
            try:
                act(run)
            except PoseError as error:
                self._session.failed.emit(str(error))

        button.clicked.connect(clicked)
        return button

    def _samples(self) -> QWidget:
        self._sample_box = QWidget()
        column = QVBoxLayout(self._sample_box)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        self._sample_title = QLabel()
        theme.set_role(self._sample_title, "heading")
        self.sample = SamplePicture()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Which sample")
        self.slider.valueChanged.connect(self._on_slider)
        column.addWidget(self._sample_title)
        column.addWidget(self.sample)
        column.addWidget(self.slider)
        return self._sample_box

    # -- showing -------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> RunState | None:
        """The selected job."""
        return next((run for run in self._session.runs if run.name == self._chosen), None)

    def choose(self, run: RunState) -> None:
        """Select a job."""
        self._chosen = run.name
        self.refresh()

    def _on_project(self) -> None:
        self._chosen = ""
        self.refresh()

    def refresh(self) -> None:
        """Show the jobs as they are now; a job that has just begun is selected."""
        runs = self._session.runs
        self._stack.setCurrentIndex(1 if runs else 0)
        self._say_empty()
        if not runs:
            self._known: set[str] = set()
            return
        fresh = [run for run in runs if run.active and run.name not in getattr(self, "_known", set())]
        self._known = {run.name for run in runs}
        if fresh:
            self._chosen = fresh[0].name
        if self.chosen is None:
            self._chosen = runs[0].name
        self._fill(runs)
        chosen = self.chosen
        assert chosen is not None
        self._show(chosen)

    def _say_empty(self) -> None:
        session = self._session
        predicted = session.current_prediction_layer() is not None
        labelled = len(session.labelled_frames())
        if predicted and labelled:
            self._empty_text.setText("Teach the network with your labels; you see it learn here.")
            action, text = "train.fine_tune", "Fine-tune…"
        else:
            self._empty_text.setText("Predictions and trainings are listed here, also those of earlier days.")
            action, text = "predict.video", "Predict this video…"
        self.empty_button.setObjectName(action)
        self.empty_button.setText(text)
        self.empty_button.setEnabled(session.can_edit)

    def _fill(self, runs: list[RunState]) -> None:
        self.list.blockSignals(True)
        while self.list.count() > len(runs):
            self.list.takeItem(self.list.count() - 1)
        for i, run in enumerate(runs):
            item = self.list.item(i)
            if item is None:
                item = QListWidgetItem()
                self.list.addItem(item)
            row: RunRow = run_row(run, networks.is_in_use(self._session, run))
            if item.data(ROW) != row:
                item.setData(ROW, row)
                words = run_words.STATE_WORDS.get(run.state, run.state)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {words}, {row.caption}")
            if run.name == self._chosen:
                self.list.setCurrentRow(i)
        self.list.blockSignals(False)
        self.list.fit()

    def _show(self, run: RunState) -> None:
        failed = run.state in ("failed", "lost")
        self._line.setText(run_words.outcome(run))
        self._line.setVisible(not failed)
        self.failure.setVisible(failed)
        if failed:
            self.failure_text.setText(run.error or "It ended without a word.")
            self._advice.setText(ADVICE["lost_anew" if run.can_resume and run.starts_anew else run.state])
        done = run_words.share(run)
        self.bar.setVisible(run.active)
        self.bar.setRange(0, 0 if done is None else 1000)
        self.bar.setValue(0 if done is None else round(done * 1000))
        usable = networks.is_usable(run)
        in_use = networks.is_in_use(self._session, run)
        self._data_set_box.setVisible(run.data_set is not None)
        self.stop_button.setVisible(run.active and run.kind in ("train", "synth"))
        self.cancel_button.setVisible(run.active)
        self.resume_button.setVisible(run.can_resume and not self._session.read_only)
        self.resume_button.setText("Start again" if run.starts_anew else "Resume")
        self.use_button.setVisible(usable)
        self.use_button.setEnabled(not in_use)
        self.use_button.setText("In use" if in_use else "Use this network")
        self._show_result(run)
        self._show_chart(run)
        self._show_samples(run)

    def _show_result(self, run: RunState) -> None:
        compared, after = run_words.comparison(run), run_words.held_out_score(run)
        unmeasured = run_words.without_measure(run)
        self._result.setVisible(after is not None or bool(unmeasured))
        if after is None:
            self._result.setText(unmeasured.capitalize())
            return
        t = theme.tokens()
        before, ink, metric = "", t.text, "PCK@0.2"
        if compared is not None:
            before, after, metric = f"{run_words.short(compared.before)} → ", compared.after, compared.title
            ink = t.good if compared.after > compared.before else t.doubtful
        pixels = run_words.pixel_words(run)
        if pixels:
            ink = t.text
            pixels = f"<br><span style='color:{t.muted}'>{pixels}</span>"
        self._result.setText(
            f"<span style='color:{t.muted}'>{metric} on held-out labels</span> &nbsp; {before}"
            f"<b style='color:{ink}'>{run_words.short(after)}</b>{pixels}"
        )

    def _show_chart(self, run: RunState) -> None:
        shown = run.kind == "train" and bool(run.epochs)
        self._legend.setVisible(shown)
        self.chart.setVisible(shown)
        if shown:
            self.chart.show_run(run)
            t = theme.tokens()
            self._legend.setTextFormat(Qt.TextFormat.RichText)
            self._legend.setText(
                f"<span style='color:{t.doubtful}'>— loss &nbsp; - - validation loss</span> &nbsp; "
                f"<span style='color:{t.accent}'>— validation {self.chart.score_metric.upper()}</span>"
            )

    def _show_samples(self, run: RunState) -> None:
        count = len(run.pictures)
        self._sample_box.setVisible(count > 0)
        if not count:
            return
        follows = self.slider.value() >= self.slider.maximum()
        self.slider.blockSignals(True)
        self.slider.setRange(0, count - 1)
        if follows or self.slider.property("run") != run.name:
            self.slider.setValue(count - 1)
        self.slider.setProperty("run", run.name)
        self.slider.blockSignals(False)
        self.slider.setVisible(count > 1)
        self._on_slider(self.slider.value())

    def _on_slider(self, value: int) -> None:
        run = self.chosen
        if run is not None and 0 <= value < len(run.pictures):
            self._sample_title.setText(run_words.pictures_title(run, value))
            self.sample.show_file(run.pictures[value])

    # -- what the user does --------------------------------------------------------------------------------

    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self._session.runs):
            self._chosen = self._session.runs[row].name
            self._show(self._session.runs[row])

    def _use(self, run: RunState) -> None:
        networks.use(self._session, run)
        self.refresh()

    def _copy(self, run: RunState) -> None:
        QApplication.clipboard().setText(details(run))
        self._session.message.emit("Details copied")
