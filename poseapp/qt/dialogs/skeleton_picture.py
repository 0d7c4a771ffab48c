"""The right half of the skeleton editor: the picture, its tools, a labelled person behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.qt import theme
from poseapp.qt.items.skeleton_canvas import SkeletonCanvas


@dataclass(frozen=True)
class Example:
    """A labelled person to draw over.

    Attributes:
        image: a square picture of them.
        points: (K, 2) of the project's skeleton, 0 to 1 across the picture, NaN where unlabelled.
        keypoints: their names.
    """

    image: QImage
    points: np.ndarray
    keypoints: tuple[str, ...]


class SkeletonPicture(QWidget):
    """The canvas under a row of buttons.

    Args:
        editor: what is edited.
        example: a labelled person to draw over, or None.
    """

    def __init__(self, editor: SkeletonEditor, example: Example | None) -> None:
        super().__init__()
        self.editor = editor
        self.example = example
        self.canvas = SkeletonCanvas(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(4)
        self.modes = QButtonGroup(self)
        for mode, icon, text, tip in (
            ("move", "arrows-out-cardinal", " Move", "Drag keypoints to a rest pose (with Shift: connect)"),
            ("connect", "line-segment", " Connect", "Drag between keypoints; click an edge to delete it"),
        ):  # fmt: skip
            button = QToolButton()
            button.setText(text)
            button.setIcon(theme.icon(icon))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setChecked(mode == "move")
            button.setToolTip(tip)
            button.setAccessibleName(text.strip())
            button.setObjectName(mode)
            button.clicked.connect(lambda _on=False, m=mode: self.canvas.set_mode(m))
            self.modes.addButton(button)
            row.addWidget(button)
        self.hint = QLabel()
        theme.set_role(self.hint, "caption")
        row.addSpacing(8)
        row.addWidget(self.hint, 1)
        self.show_example = QCheckBox("Labelled person")
        self.show_example.setToolTip("Show the frame of a labelled person behind the pose")
        self.show_example.toggled.connect(self._on_example)
        self.take_pose = QPushButton("Take this pose")
        self.take_pose.setAutoDefault(False)
        self.take_pose.setToolTip("Put the keypoints where that person's are")
        self.take_pose.clicked.connect(self._on_take_pose)
        for widget in (self.show_example, self.take_pose):
            widget.setVisible(self.example is not None)
            row.addSpacing(8)
            row.addWidget(widget)
        column.addLayout(row)
        column.addWidget(hairline())
        column.addWidget(self.canvas, 1)
        self.canvas.mode_changed.connect(lambda _m: self._say_hint())
        self._say_hint()

    def _say_hint(self) -> None:
        moves = self.canvas.mode == "move"
        self.hint.setText(
            "Double-click adds a keypoint · Shift+drag connects"
            if moves
            else "Drag between keypoints · click an edge to delete it"
        )
        for button in self.modes.buttons():
            button.setChecked(button.objectName() == self.canvas.mode)

    def _on_example(self, on: bool) -> None:
        self.canvas.set_background(self.example.image if on and self.example is not None else None)

    def _on_take_pose(self) -> None:
        if self.example is None:
            return
        draft = self.editor.draft
        places = dict(zip(self.example.keypoints, self.example.points, strict=True))
        for point in draft.points:
            place = places.get(point.origin or point.name)
            if place is not None and np.isfinite(place).all():
                draft = draft.place(point.key, float(place[0]), float(place[1]))
        self.editor.do("Take a labelled pose", draft)
        self.show_example.setChecked(True)


def hairline() -> QWidget:
    """A line of one pixel across."""
    line = QFrame()
    theme.set_role(line, "hairline")
    return line
