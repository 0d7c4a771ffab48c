"""The people pane: everybody in this frame, and the keypoints of the selected person as a table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app import editing
from poseapp.app.layers import Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.elided import ElidedLabel
from poseapp.qt.keypoint_model import KeypointModel, keypoint_rows
from poseapp.qt.keypoint_rows import KEYPOINT, SCORE, VISIBILITY, KeypointDelegate, X, Y
from poseapp.qt.menus import ROWS, give_tip
from poseapp.qt.person_rows import PersonDelegate, PersonRow, person_row
from poseapp.qt.rows import ROW, FittedList

Index = QModelIndex | QPersistentModelIndex
WIDTHS = ((X, 62), (Y, 62), (VISIBILITY, 38), (SCORE, 68))
NARROW_WIDTHS = ((X, 51), (Y, 51), (VISIBILITY, 24), (SCORE, 38))
BUTTONS = (
    ("label.tool_add", "user-plus"),
    ("label.copy_previous", "copy"),
    ("label.accept", "check"),
    ("label.swap_sides", "swap"),
    ("edit.delete_person", "trash"),
)


Place = tuple[int | None, int]  # id of the video, frame


class PeoplePane(QWidget):
    """Who is in the frame.

    Attributes:
        triggered: an action's id to run.
    """

    triggered = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._people: list[ScreenInstance] = []
        # Which frame `_people` is of: the pane is filled a moment after the frame has changed.
        self._place: Place = (None, 0)
        self._pressed_at: Place = (None, 0)
        self._edited: tuple[Place, Ref] | None = None
        self.setObjectName("people_pane")
        self.setMinimumWidth(272)
        theme.set_role(self, "panel")
        self._build()
        self._later = QTimer(self, singleShot=True, interval=15)
        self._later.timeout.connect(self.refresh)
        for signal in (
            session.project_changed, session.video_changed, session.frame_changed, session.layers_changed,
            session.labels_changed, session.selection_changed, session.runs_changed,
        ):  # fmt: skip
            connect(signal, lambda *_: self._later.start() if not self._later.isActive() else None, self)
        self.refresh()

    def sizeHint(self) -> QSize:
        """The width of the concept."""
        return QSize(400, 500)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Numbers give way to names in a narrow pane."""
        super().resizeEvent(event)
        for column, width in WIDTHS if self.width() >= 350 else NARROW_WIDTHS:
            self.table.setColumnWidth(column, width)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(0)
        self.people = FittedList(PersonDelegate.HEIGHT, 5)
        self.people.setItemDelegate(PersonDelegate(self.people))
        self.people.setAccessibleName("People in this frame")
        self.people.currentRowChanged.connect(self._on_person)
        self.people.itemClicked.connect(lambda item: self._on_person(self.people.row(item)))
        self.model = KeypointModel(self)
        self.model.typed.connect(self._on_typed)
        self.delegate = KeypointDelegate(self)
        self.delegate.began.connect(self._on_editor)
        self.table = self._table()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nobody())
        column.addWidget(self.people)
        column.addSpacing(4)
        column.addWidget(self._stack, 1)
        line = QFrame()
        theme.set_role(line, "hairline")
        column.addWidget(line)
        column.addLayout(self._buttons())

    def _table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("keypoint_table")
        table.setAccessibleName("Keypoints")
        table.setModel(self.model)
        table.setItemDelegate(self.delegate)
        table.setShowGrid(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(KeypointDelegate.HEIGHT)
        table.verticalHeader().setMinimumSectionSize(KeypointDelegate.HEIGHT)
        header = table.horizontalHeader()
        header.hide()
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(KEYPOINT, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(column, width)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        trigger = QAbstractItemView.EditTrigger
        table.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setMouseTracking(True)
        table.setTabKeyNavigation(False)
        table.selectionModel().currentChanged.connect(self._on_keypoint)
        table.pressed.connect(self._on_pressed)
        table.clicked.connect(self._on_clicked)
        return table

    def _nobody(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 12, 12, 12)
        column.setSpacing(6)
        self._nobody_text = QLabel()
        self._nobody_text.setWordWrap(True)
        self._nobody_text.setContentsMargins(4, 0, 0, 4)
        theme.set_role(self._nobody_text, "muted")
        column.addWidget(self._nobody_text)
        self.nobody_buttons: dict[str, QPushButton] = {}
        for action, text in (
            ("predict.video", "Predict this video…"),
            ("label.copy_previous", "Copy the pose of the frame before"),
            ("label.tool_add", "Add a person by clicking"),
        ):
            button = QPushButton(text)
            theme.set_role(button, "link")
            button.clicked.connect(lambda _on=False, action=action: self.triggered.emit(action))
            self.nobody_buttons[action] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        for action, name in BUTTONS:
            button = QToolButton()
            button.setIcon(theme.icon(name))
            button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
            button.setAutoRaise(True)
            give_tip(button, self._session, action)
            button.setAccessibleName(ROWS[action].title.rstrip("…"))
            button.clicked.connect(lambda _on=False, action=action: self.triggered.emit(action))
            self.buttons[action] = button
            row.addWidget(button)
        row.addSpacing(8)
        self._hint = ElidedLabel("Double-click x or y to type")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        theme.set_role(self._hint, "caption")
        row.addWidget(self._hint, 1)
        return row

    # -- filling -------------------------------------------------------------------------------------------

    @property
    def shown(self) -> ScreenInstance | None:
        """The person whose keypoints are listed: the selected one, else the first."""
        wanted = self._session.selection
        return next((p for p in self._people if p.ref == wanted), self._people[0] if self._people else None)

    def refresh(self) -> None:
        """Read the frame again."""
        session = self._session
        self._people = session.instances_on_screen()
        self._place = self._current_place()
        self._fill_people()
        shown = self.shown
        if self._edited is not None and (shown is None or self._edited != (self._place, shown.ref)):
            self._edited = None
            self.delegate.close_editor()  # what was typed was meant for another person
        self._stack.setCurrentIndex(0 if shown is not None else 1)
        if shown is not None and session.skeleton is not None:
            self.model.show(keypoint_rows(shown, session), shown.editable)
            self._select_row(session.selected_keypoint if shown.ref == session.selection else None)
        else:
            self.model.show([], False)
            self._say_nobody()
        can_edit = session.video is not None and not session.read_only
        for action, button in self.buttons.items():
            needs = action in ("edit.delete_person", "label.swap_sides")
            predicted = shown is not None and shown.is_prediction
            button.setEnabled(
                can_edit
                and (shown is not None or not needs)
                and (predicted or action != "label.accept")
                and not (predicted and action == "edit.delete_person")
            )
        self._hint.setVisible(can_edit and shown is not None)

    def _fill_people(self) -> None:
        view, shown = self.people, self.shown
        view.blockSignals(True)
        while view.count() > len(self._people):
            view.takeItem(view.count() - 1)
        for i, person in enumerate(self._people):
            item = view.item(i)
            if item is None:
                item = QListWidgetItem()
                view.addItem(item)
            alone = len(self._people) == 1
            row: PersonRow = person_row(i + 1, person, person is shown and not alone)
            item.setData(ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {row.state}, {row.origin}")
            if person is shown:
                view.setCurrentRow(i)
        view.blockSignals(False)
        view.setVisible(bool(self._people))
        view.fit()

    def _say_nobody(self) -> None:
        session = self._session
        has_layer = session.current_prediction_layer() is not None
        can_edit = session.video is not None and not session.read_only
        if session.video is None:
            text = "No video is open."
        elif not session.overlay_visible:
            text = "People are hidden; press H to show them."
        elif session.video_path is None:
            text = "The video is not where it was; find it to go on."
        elif has_layer:
            text = "Nobody is labelled or predicted in this frame."
        else:
            text = "Nothing is predicted yet. Let the network find the person, or set the keypoints by hand."
        self._nobody_text.setText(text)
        can_predict = can_edit and session.video_path is not None and not has_layer
        self.nobody_buttons["predict.video"].setVisible(can_predict)
        self.nobody_buttons["label.copy_previous"].setVisible(can_edit and session.frame_idx > 0)
        self.nobody_buttons["label.tool_add"].setVisible(can_edit)

    def _select_row(self, keypoint: int | None) -> None:
        selection = self.table.selectionModel()
        current = self.table.currentIndex()
        selection.blockSignals(True)
        if keypoint is None:
            selection.clear()
        elif current.row() != keypoint or not selection.isRowSelected(keypoint):
            index = self.model.index(keypoint, max(current.column(), 0))
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.table.scrollTo(index)
        selection.blockSignals(False)
        self.table.viewport().update()

    # -- what the user does --------------------------------------------------------------------------------

    def _current_place(self) -> Place:
        video = self._session.video
        return (None if video is None else video.id, self._session.frame_idx)

    def _is_current(self) -> bool:
        """Whether the frame listed is the one on screen; else the pane is about to be filled again."""
        return self._place == self._current_place()

    def _on_person(self, row: int) -> None:
        if not self._is_current():
            return
        if 0 <= row < len(self._people) and self._people[row].ref != self._session.selection:
            self._session.select(self._people[row].ref)

    def _on_keypoint(self, index: Index, before: Index) -> None:
        shown = self.shown
        if index.isValid() and shown is not None and self._is_current():
            self._session.select(shown.ref, index.row())

    def _on_pressed(self) -> None:
        self._pressed_at = self._place

    def _on_clicked(self, index: Index) -> None:
        if self._pressed_at != self._current_place():
            return  # what was aimed at is gone
        self._on_keypoint(index, index)
        if index.column() == VISIBILITY and self.model.editable:
            self.triggered.emit("label.toggle_visibility")

    def _on_editor(self) -> None:
        shown = self.shown
        self._edited = None if shown is None else (self._place, shown.ref)

    def _on_typed(self, keypoint: int, axis: str, value: float) -> None:
        edited, self._edited = self._edited, None
        if edited is None or edited[0] != self._current_place():
            return
        person = next((p for p in self._session.instances_on_screen() if p.ref == edited[1]), None)
        if person is None:
            return
        point = np.array(person.instance.points[keypoint], np.float64)
        if not np.isfinite(point).all():
            # A keypoint that was unlabelled starts at the middle of the person in the other direction.
            known = person.instance.points[np.isfinite(person.instance.points).all(axis=1)]
            point = known.mean(axis=0) if len(known) else np.zeros(2)
        point[0 if axis == "x" else 1] = value
        try:
            editing.move_keypoint(self._session, person, keypoint, point)
        except PoseError as error:
            self._session.failed.emit(str(error))
