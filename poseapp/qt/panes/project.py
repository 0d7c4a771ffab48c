"""The project pane: videos, layers, the training that runs or ran last, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.layers import Layer
from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.minichart import MiniChart
from poseapp.qt.rows import ROW, FittedList, LayerDelegate, LayerRow, VideoDelegate, VideoRow
from poseapp.qt.run_words import (
    before_after,
    is_accepted,
    live_metric,
    number,
    outcome,
    source_words,
    title,
    val_score,
)
from poseapp.qt.thumbnails import Thumbnails
from poseapp.qt.tour import is_touring

if TYPE_CHECKING:
    from poseapp.labels.project import Change, VideoRecord

LAYER_COLORS = ("accent", "doubtful", "middle")
ENOUGH_LABELS = 5


def next_step(session: Session) -> tuple[str, str, str] | None:
    """The one thing to do now.

    Returns:
        A sentence, an action's id and the words of its button, or None where the user needs no hint.
    """
    if session.project is None or session.read_only or is_touring(session):
        return None
    if session.video is None:
        return ("Add a video to begin.", "file.add_video", "Add video…")
    if session.video_path is None:
        return ("This video is not where it was.", "file.relink_video", "Find it…")
    if session.reading is not None or any(run.active for run in session.runs):
        return None
    newest = next((run for run in session.runs if run.kind != "synth"), None)
    if newest is not None and newest.kind == "train" and is_accepted(newest):
        return ("The network has learnt from your labels.", "predict.video", "Predict again…")
    labelled = len(session.labelled_frames())
    if session.current_prediction_layer() is None:
        return ("Let the network find the person in every frame.", "predict.video", "Predict this video…")
    if any(run.kind == "train" for run in session.runs):
        return None
    if labelled < ENOUGH_LABELS:
        need = ENOUGH_LABELS - labelled
        more = f"{need} more corrected frame{'s' * (need > 1)}" if labelled else f"{need} corrected frames"
        return (
            f"Drag what is wrong; {more} can teach the network.",
            "go.next_doubtful",
            "Next doubtful frame",
        )
    return (f"{labelled} corrected frames: enough to teach the network.", "train.fine_tune", "Fine-tune…")


class ProjectPane(QScrollArea):
    """What is in the project.

    Attributes:
        triggered: an action's id to run.
        run_chosen: a run to show in the runs pane.
    """

    triggered = Signal(str)
    run_chosen = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._pictures: dict[int, QImage] = {}
        self._predicted: dict[int, int] = {}
        self.setObjectName("project_pane")
        self.setMinimumWidth(196)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._thumbnails = Thumbnails(self)
        self._thumbnails.ready.connect(self._on_picture)
        self.videos = FittedList(VideoDelegate.HEIGHT, 6)
        self.videos.setItemDelegate(VideoDelegate(self.videos))
        self.videos.setAccessibleName("Videos")
        self.videos.itemClicked.connect(self._on_video)
        self.videos.itemActivated.connect(self._on_video)
        self.layers = FittedList(LayerDelegate.HEIGHT, 8)
        eyes = LayerDelegate(self.layers)
        eyes.toggled.connect(session.set_layer_visible)
        self.layers.setItemDelegate(eyes)
        self.layers.setAccessibleName("Layers")
        self.layers.itemActivated.connect(self._on_layer_activated)
        self._build()
        self._later = QTimer(self, singleShot=True, interval=30)
        self._later.timeout.connect(self.refresh)
        for signal in (session.project_changed, session.video_changed, session.layers_changed):
            connect(signal, lambda *_: self._later.start(), self)
        connect(session.runs_changed, self._on_runs, self)
        connect(session.labels_changed, self._on_change, self)
        self.refresh()

    def sizeHint(self) -> QSize:
        """The width of the concept."""
        return QSize(220, 400)

    def _build(self) -> None:
        page = QWidget()
        theme.set_role(page, "panel")
        self.setWidget(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 10, 0, 12)
        column.setSpacing(4)
        self.add_button = self._link("+ Add", "file.add_video")
        column.addLayout(self._heading("Videos", self.add_button))
        column.addWidget(self.videos)
        column.addSpacing(12)
        frames = QLabel("frames")
        theme.set_role(frames, "caption")
        column.addLayout(self._heading("Layers", frames))
        column.addWidget(self.layers)
        column.addSpacing(12)
        self._training = QWidget()
        inner = QVBoxLayout(self._training)
        inner.setContentsMargins(12, 0, 12, 0)
        inner.setSpacing(4)
        head = QHBoxLayout()
        self._training_title = QLabel()
        theme.set_role(self._training_title, "heading")
        self._training_title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.training_button = self._link("", "")
        head.addWidget(self._training_title, 1)
        head.addWidget(self.training_button)
        self.chart = MiniChart()
        self._training_text, self._training_result = QLabel(), QLabel()
        for label in (self._training_text, self._training_result):
            label.setWordWrap(True)
            theme.set_role(label, "caption")
        inner.addLayout(head)
        inner.addWidget(self.chart)
        inner.addWidget(self._training_text)
        inner.addWidget(self._training_result)
        column.addWidget(self._training)
        column.addStretch(1)
        column.addLayout(self._next_card())

    def _link(self, text: str, action: str) -> QPushButton:
        button = QPushButton(text)
        theme.set_role(button, "small-link")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        if action:
            button.clicked.connect(lambda: self.triggered.emit(action))
        return button

    @staticmethod
    def _heading(text: str, right: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 10, 0)
        label = QLabel(text)
        theme.set_role(label, "heading")
        row.addWidget(label, 1)
        row.addWidget(right)
        return row

    def _next_card(self) -> QVBoxLayout:
        holder = QVBoxLayout()
        holder.setContentsMargins(10, 0, 10, 0)
        self._card = QFrame()
        theme.set_role(self._card, "raised")
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(12, 10, 12, 12)
        inner.setSpacing(8)
        self._card_text = QLabel()
        self._card_text.setWordWrap(True)
        self.next_button = QPushButton()
        theme.set_role(self.next_button, "primary")
        self.next_button.clicked.connect(lambda: self.triggered.emit(self.next_button.objectName()))
        inner.addWidget(self._card_text)
        inner.addWidget(self.next_button)
        holder.addWidget(self._card)
        return holder

    # -- filling -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything again."""
        session = self._session
        records = session.project.videos if session.project is not None else []
        self.add_button.setEnabled(session.project is not None and not session.read_only)
        videos = [self._video_row(r) for r in records]
        reading = session.reading
        if reading is not None:
            videos.append(VideoRow(0, reading.name, "reading…", 0.0, 0.0, False, True, None))
        self._fill(self.videos, videos)
        rows = [self._layer_row(i, layer) for i, layer in enumerate(session.layers)]
        names = [row.title for row in rows]
        rows = [
            row
            if names.count(row.title) == 1
            else replace(row, title=source_words(row.layer_id, True).capitalize())
            for row in rows
        ]
        self._fill(self.layers, rows)
        self._on_runs()

    @staticmethod
    def _fill(view: FittedList, rows: Sequence[VideoRow | LayerRow]) -> None:
        view.blockSignals(True)
        while view.count() > len(rows):
            view.takeItem(view.count() - 1)
        for i, row in enumerate(rows):
            item = view.item(i)
            if item is None:
                item = QListWidgetItem()
                view.addItem(item)
            if item.data(ROW) != row:
                item.setData(ROW, row)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {row.caption}")
                item.setToolTip(row.title)
        view.blockSignals(False)
        view.fit()
        view.viewport().update()

    def _video_row(self, record: VideoRecord) -> VideoRow:
        session = self._session
        assert session.project is not None
        current = session.video is not None and session.video.id == record.id
        where = session.video_path if current else session.place_of(record)
        labelled = len(session.project.labelled_frames(record.id))
        predicted = max((len(layer.score_curve(record)[0]) for layer in session.prediction_layers), default=0)
        num = max(record.num_frames, 1)
        caption = f"{record.num_frames} frames"
        if where is None:
            caption = "file is missing"
        elif labelled:
            caption += f" · {labelled} labelled"
        else:
            caption += " · predicted" if predicted else " · not predicted"
        if where is not None:
            self._thumbnails.ask(record.id, where, session.project.cache_dir)
        return VideoRow(
            record.id, record.name, caption, labelled / num, predicted / num, where is None, current,
            self._pictures.get(record.id),
        )  # fmt: skip

    @staticmethod
    def _layer_row(index: int, layer: Layer) -> LayerRow:
        color = "good" if layer.is_labels else LAYER_COLORS[min(max(index - 1, 0), len(LAYER_COLORS) - 1)]
        caption = str(layer.num_frames)
        title = layer.title if layer.is_labels else source_words(layer.title).capitalize()
        return LayerRow(layer.id, title, caption, color, layer.visible)

    def _on_change(self, change: Change) -> None:
        self._later.start()

    def _on_picture(self, video_id: int, image: QImage) -> None:
        self._pictures[video_id] = image
        for i in range(self.videos.count()):
            item = self.videos.item(i)
            row: VideoRow = item.data(ROW)
            if row.video_id == video_id:
                item.setData(ROW, replace(row, picture=image))

    # -- training and the next step ------------------------------------------------------------------------

    def _on_runs(self) -> None:
        trainings = [run for run in self._session.runs if run.kind == "train"]
        self._training.setVisible(bool(trainings))
        if trainings:
            self._show_training(trainings[0])
        step = next_step(self._session)
        self._card.setVisible(step is not None)
        if step is not None:
            text, action, button = step
            self._card_text.setText(text)
            self.next_button.setText(button)
            self.next_button.setObjectName(action)

    def _show_training(self, run: RunState) -> None:
        self._training_title.setText(title(run))
        self._training_title.setToolTip(run.name)
        losses = [number(e.get("loss")) for e in run.epochs]
        metric = live_metric(run)
        scores = [val_score(e, metric) for e in run.epochs]
        self.chart.set_curves(losses, [s for s in scores if s is not None], f"val {metric.upper()}")
        button = self.training_button
        button.setText("Stop and keep" if run.active else "Details")
        button.disconnect(button)
        button.clicked.connect(
            lambda: self.triggered.emit("train.stop_and_keep") if run.active else self.run_chosen.emit(run)
        )
        self._training_text.setText(outcome(run))
        words = before_after(run)
        self._training_result.setText(words)
        self._training_result.setVisible(bool(words))

    # -- what the user does --------------------------------------------------------------------------------

    def _on_video(self, item: QListWidgetItem) -> None:
        row: VideoRow = item.data(ROW)
        if not row.current:
            self._session.show_video(row.video_id)

    def _on_layer_activated(self, item: QListWidgetItem) -> None:
        row: LayerRow = item.data(ROW)
        self._session.set_layer_visible(row.layer_id, not row.visible)

    def stop(self) -> None:
        """Let the background loading end."""
        self._thumbnails.stop()
