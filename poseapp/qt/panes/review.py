"""The review: frames that are probably wrong or suggested, one after the other, by keys alone if wished."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.review import FILTERS, OPEN, Item
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.frame_pictures import FramePictures, Place
from poseapp.qt.menus import give_tip
from poseapp.qt.review_rows import KIND_WORDS, ReviewDelegate, ReviewModel
from poseapp.qt.tab_badge import show_badge

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEYS = {Qt.Key.Key_N: "go.next_doubtful", Qt.Key.Key_P: "go.previous_doubtful"}


class ReviewList(QListView):
    """The list; Enter accepts, Backspace dismisses, N and P go on and back as on the canvas."""

    triggered = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key of the review, or what a list does."""
        key = Qt.Key(event.key())
        if key in ENTER:
            self.triggered.emit("label.accept")
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.triggered.emit("label.dismiss_doubt")
        elif key in KEYS and not event.modifiers():
            self.triggered.emit(KEYS[key])
        else:
            super().keyPressEvent(event)


class ReviewPane(QWidget):
    """What is left, how far one is, and how to go on.

    Attributes:
        triggered: an action's id to run.
        list: the frames, those done left out but the current one.
    """

    triggered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.pictures = FramePictures(self)
        self.setObjectName("review_pane")
        self.setMinimumWidth(272)
        theme.set_role(self, "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_list())
        self.stack.addWidget(self._make_message())
        column.addWidget(self.stack, 1)
        column.addWidget(self._make_foot())
        self.setFocusProxy(self.list)
        self._later = QTimer(self, singleShot=True, interval=40)
        self._later.timeout.connect(self.refresh)
        connect(session.review.changed, lambda: self._later.start(), self)
        connect(session.frame_changed, lambda *_: self._later.start(), self)
        connect(session.project_changed, lambda: self._later.start(), self)
        self.pictures.ready.connect(lambda: self.list.viewport().update())
        self.destroyed.connect(self.pictures.stop)
        theme.changed.connect(self.list.viewport().update)
        self.refresh()

    def sizeHint(self) -> QSize:
        """The width of the concept."""
        return QSize(400, 500)

    # -- building

    def _make_head(self) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        line = QHBoxLayout()
        self.count = QLabel()
        self.count.setAccessibleName("How much is left")
        theme.set_role(self.count, "title")
        line.addWidget(self.count, 1)
        self.scope = self._combo("Videos", [("video", "This video"), ("all", "All videos")])
        self.scope.currentIndexChanged.connect(self._on_scope)
        line.addWidget(self.scope)
        column.addLayout(line)
        self.bar = QProgressBar()
        theme.set_role(self.bar, "good")
        self.bar.setAccessibleName("Share that is done")
        column.addWidget(self.bar)
        line = QHBoxLayout()
        line.setSpacing(6)
        self.filter = self._combo("Reason", [(kind, KIND_WORDS[kind]) for kind in FILTERS])
        self.filter.currentIndexChanged.connect(
            lambda: self._session.review.show(kind=self.filter.currentData())
        )
        line.addWidget(self.filter, 1)
        self.order = self._combo("Order", [("frame", "By frame"), ("strength", "Strongest first")])
        self.order.currentIndexChanged.connect(
            lambda: self._session.review.show(order=self.order.currentData())
        )
        line.addWidget(self.order)
        column.addLayout(line)
        line = QHBoxLayout()
        words = QLabel("Leave out weak doubts")
        theme.set_role(words, "caption")
        line.addWidget(words)
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setRange(0, 90)
        self.threshold.setSingleStep(5)
        self.threshold.setAccessibleName("Leave out doubts weaker than this, in percent")
        self.threshold.setToolTip("To the right: only the strongest doubts are left")
        self.threshold.valueChanged.connect(lambda value: self._session.review.show(threshold=value / 100))
        line.addWidget(self.threshold, 1)
        column.addLayout(line)
        return head

    @staticmethod
    def _combo(name: str, rows: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        for data, words in rows:
            box.addItem(words, data)
        return box

    def _make_list(self) -> QWidget:
        self.model = ReviewModel(self, self._video_name)
        self.list = ReviewList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(ReviewDelegate(self.list, self._picture, self._video_name))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Frames to review")
        self.list.triggered.connect(self.triggered)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.clicked.connect(self._go)
        return self.list

    def _make_message(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 28, 16, 16)
        column.setSpacing(10)
        self.mark = QLabel()
        self.headline, self.words = QLabel(), QLabel()
        theme.set_role(self.headline, "title")
        theme.set_role(self.words, "muted")
        self.words.setWordWrap(True)
        self.headline.setWordWrap(True)
        self.button = QPushButton()
        theme.set_role(self.button, "primary")
        self.button.clicked.connect(self._on_button)
        for widget in (self.mark, self.headline, self.words):
            column.addWidget(widget)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page

    def _make_foot(self) -> QWidget:
        self.foot = QWidget()
        column = QVBoxLayout(self.foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        rule = QFrame()
        theme.set_role(rule, "hairline")
        column.addWidget(rule)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self.accept = self._act("Accept", "label.accept", "primary")
        self.dismiss = self._act("Not Doubtful", "label.dismiss_doubt", "")
        self.zoom = QCheckBox("Zoom to person")
        self.zoom.setToolTip("Fill the view with the person on arrival")
        self.zoom.toggled.connect(self._on_zoom)
        for widget in (self.accept, self.dismiss):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.zoom)
        column.addLayout(row)
        return self.foot

    def _act(self, words: str, action_id: str, role: str) -> QPushButton:
        button = QPushButton(words)
        if role:
            theme.set_role(button, role)
        give_tip(button, self._session, action_id)
        button.clicked.connect(lambda: self.triggered.emit(action_id))
        return button

    # -- showing

    def showEvent(self, event: QShowEvent) -> None:
        """The list as it is now."""
        super().showEvent(event)
        self._later.start()

    def refresh(self) -> None:
        """Show what is left; in a hidden pane the count on the tab alone."""
        review, session = self._session.review, self._session
        counts = review.counts() if session.project is not None else {OPEN: 0}
        left, done = counts[OPEN], sum(counts.values()) - counts[OPEN]
        # A hidden pane costs an edit no more than this.
        total = review.counts("")[OPEN] if session.project is not None else 0
        show_badge(self.window(), "Review", total)
        if not self.isVisible():
            return
        self.count.setText(f"{left} left · {done} done")
        self.bar.setMaximum(max(left + done, 1))
        self.bar.setValue(done)
        self._say_filters()
        here = review.current
        shown = [i for i in review.items if i.state == OPEN or (here is not None and i.key == here.key)]
        self.model.show(shown)
        row = self.model.row_of(review.here() or here)
        selection = self.list.selectionModel()
        blocked = selection.blockSignals(True)
        self.list.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        selection.blockSignals(blocked)
        if row >= 0:
            self.list.scrollTo(self.model.index(row))
        self.list.viewport().update()
        writable = session.can_edit
        self.accept.setEnabled(writable and row >= 0)
        self.dismiss.setEnabled(writable and review.here() is not None)
        self.foot.setVisible(bool(shown))
        self.stack.setCurrentIndex(0 if shown else 1)
        if not shown:
            self._say_why_empty(counts, done)

    def _say_filters(self) -> None:
        numbers = self._session.review.kind_counts() if self._session.project is not None else {}
        for at, kind in enumerate(FILTERS):
            number = numbers.get(kind, 0)
            self.filter.setItemText(at, f"{KIND_WORDS[kind]} · {number}" if number else KIND_WORDS[kind])
        for box, value in (
            (self.filter, self._session.review.kind),
            (self.order, self._session.review.order),
        ):
            box.blockSignals(True)
            box.setCurrentIndex(box.findData(value))
            box.blockSignals(False)
        self.threshold.blockSignals(True)
        self.threshold.setValue(round(self._session.review.threshold * 100))
        self.threshold.blockSignals(False)

    def _say_why_empty(self, counts: dict[str, int], done: int) -> None:
        review, session = self._session.review, self._session
        predicted = any(layer.num_frames for layer in session.layers[1:])
        icon, ink, action = "diamond", "faint", ""
        if done:
            icon, ink = "check-circle", "good"
            head = f"Nothing left to review: {counts['accepted']} accepted, {counts['corrected']} corrected"
            text = "Teach the network with what you corrected, then predict again." if predicted else ""
            action = "train.fine_tune" if counts["corrected"] or counts["accepted"] else ""
        elif review.busy:
            icon, head, text = "hourglass", "Looking through the predictions…", ""
        elif review.kind or review.threshold > 0:
            head, text = "Nothing here with this filter", "Other reasons or weaker doubts may be left."
            action = "all"
        elif predicted:
            head, text = "Nothing doubtful", "No low scores, jumps, swapped sides or odd bones were found."
            action = "predict.suggest"
        else:
            head, text = "Nothing to review yet", "Doubtful frames appear here once the video is predicted."
            action = "predict.video"
        words = {"train.fine_tune": "Fine-Tune…", "all": "Show All", "predict.suggest": "Suggest Frames…",
                 "predict.video": "Predict This Video…", "": ""}  # fmt: skip
        self.mark.setPixmap(theme.icon(icon, role=ink).pixmap(QSize(28, 28)))
        self.headline.setText(head)
        self.words.setText(text)
        self.words.setVisible(bool(text))
        self.button.setText(words[action])
        self.button.setObjectName(action)
        self.button.setVisible(bool(action) and not (session.read_only and action != "all"))

    def _video_name(self, item: Item) -> str:
        project = self._session.project
        if not self._session.review.all_videos or project is None or len(project.videos) < 2:
            return ""
        return next((v.name for v in project.videos if v.id == item.video_id), "")

    def _picture(self, item: Item) -> QImage | None:
        session = self._session
        if session.project is None:
            return None
        current = session.video is not None and session.video.id == item.video_id
        try:
            record = session.video if current else session.project.video(item.video_id)
            path = session.place_of(record) if record is not None else None
        except PoseError:
            return None
        if path is None:
            return None
        box = item.box
        return self.pictures.get(Place(path, item.frame_idx, box))

    # -- acting

    def _on_scope(self) -> None:
        self._session.review.show(all_videos=self.scope.currentData() == "all")

    def _on_zoom(self, on: bool) -> None:
        self._session.review.zoom = on

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self.list.hasFocus():
            self._go(index)

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self._session.review.go(self.model.items[index.row()])

    def _on_button(self) -> None:
        if self.button.objectName() == "all":
            self._session.review.show(kind="", threshold=0.0)
        else:
            self.triggered.emit(self.button.objectName())

    def stop(self) -> None:
        """Let go of the video that pictures are made of."""
        self.pictures.stop()
