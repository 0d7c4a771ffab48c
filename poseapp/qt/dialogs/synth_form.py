"""The settings of drawn people as a column of groups, with what differs from a preset marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from poseapp.app import synth_choices
from poseapp.app.synth_choices import CHOICES, GROUPS, Choice
from poseapp.qt import theme
from poseapp.qt.dialogs.synth_fields import Field, NumberField, SharesField, field_for

LABEL_PX = 108
RESET_PX = 22
MOTION_SHARE = 20
NO_MOTION = "Choose a folder of motion files below first"
NO_PHOTOS = "Choose a folder of photographs first"
NOT_IN_A_CLIP = {
    "pictures_per_look": "The same people are in all of a clip",
    "cameras": "A clip has one camera",
    "png": "A clip is a compressed video",
}


class SynthForm(QScrollArea):
    """Every row of ``CHOICES``.

    Attributes:
        fields: the editors by key.
        labels: what stands before them, by key.
        resets: the buttons that put a row back, by key; shown only where it differs.
        changed: a value was changed by the user.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("synth_form")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        theme.set_role(inside, "panel")
        self.setWidget(inside)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(20, 4, 10, 16)
        self._column.setSpacing(0)
        self.fields: dict[str, Field] = {}
        self.labels: dict[str, QLabel] = {}
        self.resets: dict[str, QToolButton] = {}
        self._base = synth_choices.defaults()
        for group in GROUPS:
            self._add_group(group, [choice for choice in CHOICES if choice.group == group])
        self._column.addStretch(1)
        self.set_values(self._base)

    def sizeHint(self) -> QSize:
        """Wide enough for a slider beside two numbers."""
        return QSize(430, 600)

    def _add_group(self, name: str, choices: list[Choice]) -> None:
        if self.fields:
            line = QFrame()
            theme.set_role(line, "hairline")
            self._column.addSpacing(14)
            self._column.addWidget(line)
            self._column.addSpacing(12)
        heading = QLabel(name)
        theme.set_role(heading, "heading")
        self._column.addWidget(heading)
        self._column.addSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, RESET_PX)
        for row, choice in enumerate(choices):
            field = self.fields[choice.key] = field_for(choice)
            field.edited.connect(lambda choice=choice: self._on_edited(choice))
            reset = self._reset_button(choice)
            if isinstance(field, SharesField):
                # Its kinds have names of their own in the place of the label.
                grid.addWidget(field, row, 0, 1, 2)
                grid.addWidget(reset, row, 2, Qt.AlignmentFlag.AlignTop)
                continue
            label = self.labels[choice.key] = QLabel(choice.label)
            label.setFixedWidth(LABEL_PX)
            label.setToolTip(choice.tip)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(reset, row, 2)
        self._column.addLayout(grid)

    def _reset_button(self, choice: Choice) -> QToolButton:
        button = self.resets[choice.key] = QToolButton()
        button.setIcon(theme.icon("arrow-counter-clockwise"))
        button.setIconSize(QSize(13, 13))
        button.setFixedSize(RESET_PX, RESET_PX)
        button.setToolTip("Back to what the preset says")
        button.setAccessibleName(f"{choice.label}: back to the preset")
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        button.clicked.connect(lambda: self.reset(choice.key))
        button.hide()
        return button

    # -- values

    def values(self) -> dict[str, Any]:
        """What stands in the form, by key."""
        return {key: field.value() for key, field in self.fields.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values, and take them as what rows are put back to."""
        self._base = dict(values)
        for key, field in self.fields.items():
            field.set_value(values[key])
        self._settle()

    def reset(self, key: str) -> None:
        """Put one row back."""
        self.fields[key].set_value(self._base[key])
        self._on_edited(self.fields[key].choice)

    def _on_edited(self, choice: Choice) -> None:
        least, most = self.fields["min_people"], self.fields["max_people"]
        if choice.key in ("min_people", "max_people") and least.value() > most.value():
            other = most if choice.key == "min_people" else least
            other.set_value(self.fields[choice.key].value())
        self._settle()
        if choice.key == "bvh_folder" and self.fields["bvh_folder"].value() is not None:
            self._use_motion()
        self.changed.emit()

    def _use_motion(self) -> None:
        """A folder of motion files is given to be used."""
        poses = self.fields["poses"]
        assert isinstance(poses, SharesField)
        if poses.sliders["bvh"].value() == 0:
            poses.sliders["bvh"].setValue(MOTION_SHARE)

    def _settle(self) -> None:
        """Marks and what depends on other rows."""
        poses, share = self.fields["poses"], self.fields["photo_share"]
        assert isinstance(poses, SharesField) and isinstance(share, NumberField)
        poses.set_usable("bvh", self.fields["bvh_folder"].value() is not None, NO_MOTION)
        has_photos = self.fields["backgrounds_folder"].value() is not None
        share.setEnabled(has_photos)
        share.setToolTip(share.choice.tip if has_photos else NO_PHOTOS)
        is_clip = bool(self.fields["clip"].value())
        for key, why in NOT_IN_A_CLIP.items():
            self.fields[key].setEnabled(not is_clip)
            self.fields[key].setToolTip(why if is_clip else self.fields[key].choice.tip)
        for key, field in self.fields.items():
            self.resets[key].setVisible(not field.is_like(self._base[key]))
        self._show_row("count", not is_clip)
        self._show_row("seconds", is_clip)

    def _show_row(self, key: str, shown: bool) -> None:
        """Leave no room for a row that is of no use."""
        reset = self.resets[key]
        policy = reset.sizePolicy()
        policy.setRetainSizeWhenHidden(shown)
        reset.setSizePolicy(policy)
        self.fields[key].setVisible(shown)
        self.labels[key].setVisible(shown)
        if not shown:
            reset.hide()
