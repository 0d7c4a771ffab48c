"""What is proposed for many frames: ghosts over the video, and a bar to accept or cancel it."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from poseapp.app import commands
from poseapp.app.layers import Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.floating import paint_ground
from poseapp.qt.items.people_paint import PeoplePainter, PeopleStyle
from poseapp.qt.items.view_transform import ViewTransform
from poseapp.qt.stylesheet import stylesheet

GHOST = "proposal"


def paint_ghosts(painter: QPainter, people: PeoplePainter, session: Session, view: ViewTransform) -> None:
    """The people proposed for the current frame, as thin as predictions and paler."""
    if session.proposal is None:
        return
    ghosts = [
        ScreenInstance(person, GHOST, False, Ref(GHOST, place))
        for place, person in enumerate(session.proposal.at(session.frame_idx))
    ]
    # Somebody else counts as selected: what stands beside the selection is paler.
    from poseapp.app.hit_test import Hit

    people.paint(painter, ghosts, view, PeopleStyle(None, Hit(Ref(GHOST, -1), None), 0.0, {}))


class ProposalBar(QFrame):
    """The sentence, how to fill, Accept and Cancel."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._over = session, parent
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("Proposal")
        # The plate is dark in both themes.
        self.setStyleSheet(stylesheet(asdict(theme.DARK)))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 5, 6, 5)
        line.setSpacing(8)
        self.text = QLabel()
        self.method = QComboBox()
        for name, tip in (("linear", "Straight lines"), ("spline", "Smooth, never beyond the labels")):
            self.method.addItem(name)
            self.method.setItemData(self.method.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.method.setAccessibleName("Method")
        self.method.setToolTip("Straight lines, or a smooth curve that never goes beyond the labels")
        self.step = QSpinBox()
        self.step.setRange(1, 999)
        self._say_step(1)
        self.step.setAccessibleName("Fill every Nth frame")
        self.step.setToolTip("Fill every Nth frame after a label")
        self.accept_button, self.cancel_button = QPushButton("Accept"), QPushButton("Cancel")
        self.accept_button.setToolTip("Make these people labels: one step to undo  (Enter)")
        self.cancel_button.setToolTip("Add nothing  (Esc)")
        theme.set_role(self.accept_button, "primary")
        for widget in (self.text, self.method, self.step, self.accept_button, self.cancel_button):
            line.addWidget(widget)
        self.method.currentTextChanged.connect(self._shape)
        self.step.valueChanged.connect(self._shape)
        self.accept_button.clicked.connect(self._accept)
        self.cancel_button.clicked.connect(lambda: commands.cancel_proposal(session))
        connect(session.proposal_changed, self.refresh, self)
        self.refresh()

    def _say_step(self, step: int) -> None:
        """As "every frame", "every 2nd frame"."""
        self.step.setSpecialValueText("every frame")
        last, two = step % 10, step % 100
        self.step.setPrefix("every ")
        ending = "th" if two in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
        self.step.setSuffix(f"{ending} frame")

    def refresh(self, *_: object) -> None:
        """Follow the session."""
        proposal = self._session.proposal
        self.setVisible(proposal is not None)
        if proposal is None:
            return
        self.text.setText(proposal.text)
        for widget in (self.method, self.step):
            widget.setVisible(proposal.wanted is not None)
            widget.blockSignals(True)
        self.method.setCurrentText(proposal.method)
        self.step.setValue(proposal.step)
        self._say_step(proposal.step)
        for widget in (self.method, self.step):
            widget.blockSignals(False)
        self.accept_button.setEnabled(bool(proposal.people))
        self.place()
        self.raise_()

    def place(self) -> None:
        """To the top, in the middle."""
        self.adjustSize()
        parent = self._over
        self.move(max((parent.width() - self.width()) // 2, 56), 12)

    def _shape(self, *_: object) -> None:
        commands.shape_interpolation(self._session, self.method.currentText(), self.step.value())

    def _accept(self) -> None:
        try:
            commands.accept_proposal(self._session)
        except PoseError as error:
            self._session.failed.emit(str(error))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The plate."""
        paint_ground(QPainter(self), self)
