"""Select and change: whom conditions find, a live count, one sentence that says what will be done."""

from __future__ import annotations

import shlex
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from poseapp.api.bulk import LABELS, PREDICTIONS
from poseapp.app.bulk import MAX_ROWS, Answer, BulkSelection, Question
from poseapp.app.session import Session
from poseapp.labels.bulk_actions import BulkAction
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.dialogs.bulk_filters import BulkFilters
from poseapp.qt.dialogs.form import combo, pad

PATIENCE_MS = 120
VERBS = {
    LABELS: (
        ("delete", "Delete them"),
        ("hide", "Mark a keypoint hidden"),
        ("show", "Mark a keypoint visible"),
        ("unset", "Unset a keypoint"),
        ("swap-sides", "Swap left and right"),
        ("track", "Put them on a track"),
        ("by-hand", "Mark as labelled by hand"),
    ),
    PREDICTIONS: (("delete", "Delete them"), ("accept", "Accept them as labels")),
}
PLACE = Qt.ItemDataRole.UserRole
NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ROW_PX = 22


class BulkDialog(QDialog):
    """Conditions at the left, whom they find at the right, what is done to them below.

    Args:
        session: the open window.
        parent: the window.
        selection: asked in the background.
    """

    def __init__(self, session: Session, parent: QWidget | None, selection: BulkSelection) -> None:
        super().__init__(parent)
        self._session, self.selection = session, selection
        self.setWindowTitle("Select and change")
        self._names = {v.id: v.name for v in session.project.videos} if session.project is not None else {}
        self.filters = BulkFilters(session)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        halves = QHBoxLayout()
        halves.setSpacing(24)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(_heading("Who"))
        left.addWidget(self.filters)
        left.addStretch(1)
        holder = QWidget()
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        holder.setFixedWidth(390)
        halves.addWidget(holder)
        halves.addLayout(self._found(), 1)
        column.addLayout(halves, 1)
        column.addLayout(self._doing())
        column.addLayout(self._foot())
        self._later = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._later.timeout.connect(self._ask)
        self.filters.changed.connect(self._on_changed)
        connect(selection.changed, self._show, self, newest_only=True)
        self.resize(940, 640)
        self._fill_verbs()
        self._ask()

    # -- building

    def _found(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(_heading("Found"))
        self.count = QLabel("Reading…")
        self.count.setAccessibleName("How many are found")
        theme.set_role(self.count, "big")
        column.addWidget(self.count)
        self.busy = QProgressBar()
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Reading")
        column.addWidget(self.busy)
        self.list = QTreeWidget()
        theme.set_role(self.list, "boxed")
        self.list.setHeaderLabels(["Video", "Frame", "People"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setAccessibleName("Frames with people that will be changed")
        self.list.setToolTip("Choose a frame to see it in the window behind")
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column_number in (1, 2):
            header.setSectionResizeMode(column_number, QHeaderView.ResizeMode.ResizeToContents)
            self.list.headerItem().setTextAlignment(column_number, NUMBERS)
        self.list.currentItemChanged.connect(self._on_row)
        column.addWidget(self.list, 1)
        self.note = QLabel()
        theme.set_role(self.note, "caption")
        column.addWidget(self.note)
        return column

    def _doing(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel("Then")
        theme.set_role(label, "muted")
        self.verb, self.keypoint, self.track = QComboBox(), QComboBox(), QSpinBox()
        label.setBuddy(self.verb)
        self.verb.setAccessibleName("What is done")
        self.verb.setToolTip("What is done to everybody found")
        self.verb.setMinimumWidth(190)
        skeleton = self._session.skeleton
        assert skeleton is not None
        self.keypoint = combo([(name, name.replace("_", " ")) for name in skeleton.keypoints])
        self.keypoint.setAccessibleName("Keypoint that is changed")
        self.track.setRange(-1, 1_000_000)
        self.track.setSpecialValueText("none")
        self.track.setValue(0)
        self.track.setMinimumWidth(90)
        self.track.setAccessibleName("Track they are put on")
        pad(self.track)
        self.verb.currentIndexChanged.connect(lambda _i: self._on_changed())
        self.keypoint.currentIndexChanged.connect(lambda _i: self._on_changed())
        self.track.valueChanged.connect(lambda _v: self._on_changed())
        row.addWidget(label)
        for widget in (self.verb, self.keypoint, self.track):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.copy_button = QPushButton("Copy as command")
        self.copy_button.setToolTip("The same for a terminal: poseapp edit …")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self.command()))
        row.addWidget(self.copy_button)
        undo = QLabel("One step: Undo takes it back.")
        theme.set_role(undo, "caption")
        row.addWidget(undo)
        row.addStretch(1)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.accept_button = QPushButton()
        self.accept_button.setAutoDefault(False)
        theme.set_role(self.accept_button, "primary")
        self.accept_button.clicked.connect(self.accept)
        row.addWidget(cancel)
        row.addWidget(self.accept_button)
        return row

    def _fill_verbs(self) -> None:
        rows = VERBS[self.filters.of]
        if [self.verb.itemData(i) for i in range(self.verb.count())] != [value for value, _ in rows]:
            self.verb.blockSignals(True)
            self.verb.clear()
            for value, words in rows:
                self.verb.addItem(words, value)
            self.verb.blockSignals(False)

    # -- asking

    def question(self) -> Question:
        """What the fields say."""
        verb = str(self.verb.currentData())
        keypoint = str(self.keypoint.currentData()) if verb in ("hide", "show", "unset") else ""
        track = self.track.value() if verb == "track" and self.track.value() >= 0 else None
        return Question(
            self.filters.of, self.filters.run, self.filters.query(), BulkAction(verb, keypoint, track)
        )

    def command(self) -> str:
        """The same as a command line."""
        asked, project = self.question(), self._session.project
        assert project is not None
        words = ["poseapp", "edit", str(project.path), "--do", asked.action.words()]
        where = asked.query.words(self._names)
        words += ["--where", where] if where else []
        words += ["--of", PREDICTIONS] if asked.of == PREDICTIONS else []
        words += ["--run", asked.run] if asked.run else []
        return shlex.join(words)

    def _on_changed(self) -> None:
        self._fill_verbs()
        self._say()
        self._later.start()

    def _ask(self) -> None:
        self.selection.ask(self.question())
        self._say()

    @property
    def answer(self) -> Answer | None:
        """To what the fields say now, None where there is none yet."""
        answer = self.selection.answer
        return answer if answer is not None and answer.question == self.question() else None

    def _show(self) -> None:
        answer = self.answer
        if answer is not None:
            self.filters.show_tracks(answer.tracks)
            self._fill_list(answer)
        self._say()

    def _say(self) -> None:
        verb = self.verb.currentData()
        self.keypoint.setVisible(verb in ("hide", "show", "unset"))
        self.track.setVisible(verb == "track")
        answer, progress = self.answer, self.selection.progress
        self.busy.setVisible(answer is None)
        self.busy.setRange(0, 0 if progress is None else 100)
        self.busy.setValue(0 if progress is None else round(100 * progress))
        ready = answer is not None and not answer.problem and answer.changed.people > 0
        self.accept_button.setEnabled(ready)
        if answer is None:
            self.count.setText("Looking…")
            self.accept_button.setText("Change")
            return
        self.count.setText(answer.problem or answer.found.text(answer.noun))
        theme.set_role(self.count, "bad" if answer.problem else "big")
        self.accept_button.setText(answer.sentence if ready else "Nobody to change")
        same = answer.changed.people == answer.found.people
        others = answer.found.people - answer.changed.people
        self.note.setText(
            "" if same else f"{answer.changed.people:,} will change, {others:,} are that way already."
        )

    def _fill_list(self, answer: Answer) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        frames: dict[tuple[int, int], int] = {}
        for _, video_id, frame_idx in answer.rows.tolist():
            frames[video_id, frame_idx] = frames.get((video_id, frame_idx), 0) + 1
        items = []
        for (video_id, frame_idx), count in frames.items():
            item = QTreeWidgetItem([self._names.get(video_id, "?"), f"{frame_idx:,}", f"{count}"])
            item.setData(0, PLACE, (video_id, frame_idx))
            item.setSizeHint(0, QSize(0, ROW_PX))
            for column in (1, 2):
                item.setTextAlignment(column, NUMBERS)
            items.append(item)
        if len(answer.rows) >= MAX_ROWS and answer.changed.people > MAX_ROWS:
            more = QTreeWidgetItem([f"and {answer.changed.people - MAX_ROWS:,} more", "", ""])
            more.setDisabled(True)
            items.append(more)
        self.list.addTopLevelItems(items)
        self.list.blockSignals(False)

    def _on_row(self, item: QTreeWidgetItem | None, _before: Any = None) -> None:
        place = None if item is None else item.data(0, PLACE)
        if place is None:
            return
        video_id, frame_idx = place
        if self._session.video is None or self._session.video.id != video_id:
            self._session.show_video(video_id)
        self._session.go_to(frame_idx)

    def accept(self) -> None:
        """Close where the button says what will be done."""
        if self.accept_button.isEnabled() and self.answer is not None:
            super().accept()

    def values(self) -> dict[str, Any]:
        """Keyword arguments of `commands.change_people`."""
        return {"selection": self.selection, "answer": self.answer}


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "heading")
    return label
