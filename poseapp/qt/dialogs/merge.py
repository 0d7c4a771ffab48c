"""Merging another project: what comes in, and each conflict side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.merging import MergeReading
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.compare import ComparePictures
from poseapp.qt.thumbnails import to_qimage

if TYPE_CHECKING:
    from poseapp.labels.merge import Difference, MergePlan

CHOICES = (("mine", "Keep mine", "1"), ("theirs", "Take theirs", "2"), ("both", "Keep both", "3"))
MARKS = {"mine": "✓ mine", "theirs": "✓ theirs", "both": "✓ both", "": "to decide"}
ROW_PX = 46


class MergeDialog(QDialog):
    """Reads the other project beside the window, then asks about conflicts.

    Attributes:
        plan: what was read, or None while it is read.
        choices: "mine", "theirs", "both" or "" (not decided) for each conflict.
    """

    def __init__(self, session: Session, parent: QWidget | None, other: Path) -> None:
        super().__init__(parent)
        assert session.project is not None and session.skeleton is not None
        self.plan: MergePlan | None = None
        self.choices: list[str] = []
        self._other = other
        self.setWindowTitle(f"Merge {other.name}")
        self.setMinimumSize(520, 160)
        self.lead = QLabel(f"Comparing with {other.name}…")
        self.lead.setWordWrap(True)
        self.details = QLabel()
        self.details.setWordWrap(True)
        theme.set_role(self.details, "muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Conflicts")
        self.list.setFixedWidth(250)
        theme.set_role(self.list, "boxed")
        self.list.currentRowChanged.connect(self._on_row)
        self.pictures = ComparePictures(session.skeleton)
        self._build()
        self._reading = MergeReading(session.project, other)
        connect(self._reading.read, self._on_read, self)
        connect(self._reading.failed, self._on_failed, self)
        connect(self._reading.picture, self._on_picture, self)
        self.finished.connect(lambda _code: self._reading.stop())
        self._reading.start()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.lead)
        column.addWidget(self.details)
        self.middle = QWidget()
        row = QHBoxLayout(self.middle)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.list)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.pictures, 1)
        right.addLayout(self._choice_row())
        row.addLayout(right, 1)
        column.addWidget(self.middle, 1)
        self.middle.hide()
        bottom = QHBoxLayout()
        self.left_label = QLabel()
        theme.set_role(self.left_label, "muted")
        bottom.addWidget(self.left_label)
        bottom.addStretch(1)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        bottom.addWidget(cancel)
        self.accept_button = QPushButton("Merge")
        self.accept_button.setDefault(True)
        theme.set_role(self.accept_button, "primary")
        self.accept_button.setEnabled(False)
        self.accept_button.clicked.connect(self.accept)
        bottom.addWidget(self.accept_button)
        column.addLayout(bottom)

    def _choice_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.buttons: dict[str, QPushButton] = {}
        for choice, words, key in CHOICES:
            button = QPushButton(f"{words} ({key})")
            button.setAutoDefault(False)
            button.setAccessibleName(words)
            button.setToolTip(f"{words} and go to the next conflict ({key})")
            button.clicked.connect(lambda _on=False, choice=choice: self.choose(choice))
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda choice=choice: self.choose(choice))
            self.buttons[choice] = button
            row.addWidget(button)
        row.addStretch(1)
        for choice, words in (("mine", "All the rest mine"), ("theirs", "All the rest theirs")):
            link = QPushButton(words)
            link.setAutoDefault(False)
            theme.set_role(link, "link")
            link.clicked.connect(lambda _on=False, choice=choice: self.choose_rest(choice))
            row.addWidget(link)
        return row

    # -- what was read

    def _on_failed(self, text: str) -> None:
        self.lead.setText(text)
        theme.set_role(self.lead, "bad")

    def _on_read(self, plan: MergePlan) -> None:
        self.plan = plan
        conflicts = plan.conflicts
        self.choices = [""] * len(conflicts)
        self.lead.setText(self._sentence(plan))
        self.details.setText(self._small_print(plan))
        for number, conflict in enumerate(conflicts):
            item = QListWidgetItem(self._row_text(number, conflict))
            item.setSizeHint(QSize(0, ROW_PX))
            self.list.addItem(item)
        if conflicts:
            self.middle.show()
            self.resize(980, 640)
            self.list.setCurrentRow(0)
            self.list.setFocus()
        self._refresh()

    @staticmethod
    def _sentence(plan: MergePlan) -> str:
        new = [video.record.name for video in plan.videos if video.is_new]
        parts = [
            (plan.count("add"), "to add"),
            (plan.count("change"), "changed by them"),
            (plan.count("remove"), "deleted by them"),
            (len(plan.conflicts), "to decide"),
            (plan.identical, "the same in both"),
        ]
        said = ", ".join(f"<b>{count:,}</b> {words}" for count, words in parts if count)
        text = f"People in {plan.name}: {said or 'none that this project has not got'}."
        return text + (f" Videos to add: {', '.join(new)}." if new else "")

    @staticmethod
    def _small_print(plan: MergePlan) -> str:
        lines = [
            "Both projects come from one, so only what both of you changed is asked about."
            if plan.has_base
            else "The projects have no common past, so every person that differs is asked about."
        ]
        if plan.unmatched:
            lines.append(f"Keypoints that only one side knows are left out: {', '.join(plan.unmatched)}.")
        if plan.left_out:
            lines.append(f"{plan.left_out:,} people lie in frames that the video here has not got.")
        return " ".join(lines)

    def _row_text(self, number: int, conflict: Difference) -> str:
        assert self.plan is not None
        name = self.plan.videos[conflict.video].record.name
        if conflict.mine is None:
            what = "you deleted it"
        elif conflict.theirs is None:
            what = "they deleted it"
        else:
            what = f"{conflict.distance or 0.0:.1f} px apart at most"
        return f"{name} · frame {conflict.frame_idx}\n{what} · {MARKS[self.choices[number]]}"

    # -- deciding

    def _on_row(self, row: int) -> None:
        if self.plan is None or row < 0:
            return
        conflict = self.plan.conflicts[row]
        self.pictures.show_poses(conflict.mine, conflict.theirs)
        self.pictures.set_chosen(self.choices[row])
        self._reading.want(row)

    def _on_picture(self, number: int, image: np.ndarray) -> None:
        if number == self.list.currentRow():
            self.pictures.show_picture(to_qimage(image))

    def choose(self, choice: str) -> None:
        """Decide the current conflict and go to the next undecided one."""
        row = self.list.currentRow()
        if row < 0:
            return
        self.choices[row] = choice
        later = [k for k, made in enumerate(self.choices) if not made and k > row]
        earlier = [k for k, made in enumerate(self.choices) if not made]
        self._refresh()
        self.pictures.set_chosen(choice)
        if later or earlier:
            self.list.setCurrentRow((later or earlier)[0])

    def choose_rest(self, choice: str) -> None:
        """Decide all that is not decided."""
        self.choices = [made or choice for made in self.choices]
        self._refresh()
        self.pictures.set_chosen(self.choices[self.list.currentRow()])

    def _refresh(self) -> None:
        if self.plan is None:
            return
        for number, conflict in enumerate(self.plan.conflicts):
            self.list.item(number).setText(self._row_text(number, conflict))
        left = self.choices.count("")
        total = len(self.choices)
        self.left_label.setText(f"{left} of {total} left to decide" if left else "")
        something = bool(self.plan.differences) or any(video.is_new for video in self.plan.videos)
        self.accept_button.setEnabled(something and not left)
        taken = sum(choice != "mine" for choice in self.choices) + len(self.plan.differences) - total
        self.accept_button.setText(f"Merge {taken:,} people" if taken != 1 else "Merge 1 person")

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``commands.merge_project``."""
        return {"plan": self.plan, "choices": list(self.choices)}

    def keyPressEvent(self, event: Any) -> None:
        """Enter merges only when all is decided."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.accept_button.isEnabled():
            return
        super().keyPressEvent(event)
