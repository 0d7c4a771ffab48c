"""Which keypoints of a file are which of the project."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from poseapp.api.keypoint_maps import EXTEND, KEEP, TAKE, same_names
from poseapp.labels.keypoint_names import guess_names
from poseapp.labels.skeleton import Skeleton
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog

LEFT_OUT = ""
LIST_PX = 320
DOT = "●"


class KeypointMapDialog(FormDialog):
    """One row a keypoint of the file, with the project's one beside it; guessed where names tell.

    Attributes:
        combos: the choice of each keypoint of the file, by its name.
    """

    def __init__(
        self, parent: QWidget | None, file_name: str, theirs: Skeleton, ours: Skeleton, *, has_labels: bool
    ) -> None:
        lead = (
            f"{file_name} calls keypoints otherwise than this project ({ours.name}). Say which is which; "
            "the answer is kept for these two skeletons."
        )
        super().__init__(parent, "Match keypoints", lead, "Continue", 560)
        self._theirs, self._ours, self._file = theirs, ours, file_name
        self.combos: dict[str, QComboBox] = {}
        self._states: dict[str, QLabel] = {}
        same = same_names(theirs, ours, {})
        guessed = guess_names(theirs.keypoints, ours.keypoints)
        self._guessed = same | {
            n: own for n, own in guessed.items() if n not in same and own not in same.values()
        }
        self.body.addWidget(self._choices(has_labels))
        self.body.addWidget(self._list(), 1)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        theme.set_role(self._summary, "muted")
        self.body.addWidget(self._summary)
        self._update()

    def _choices(self, has_labels: bool) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._group = QButtonGroup(self)
        rows = [
            (KEEP, "Keep the project's skeleton; leave out what is not matched", True),
            (EXTEND, "Add the keypoints that are not matched to the project's skeleton", True),
            (TAKE, "Take the file's skeleton", not has_labels),
        ]
        self.skeleton_buttons: dict[str, QRadioButton] = {}
        for name, words, possible in rows:
            button = QRadioButton(words)
            button.setEnabled(possible)
            button.setAccessibleName(words)
            if not possible:
                button.setToolTip("Only a project without labels can take another skeleton.")
            button.toggled.connect(self._update)
            self._group.addButton(button)
            self.skeleton_buttons[name] = button
            column.addWidget(button)
        self.skeleton_buttons[KEEP if has_labels or self._guessed else TAKE].setChecked(True)
        return box

    def _list(self) -> QScrollArea:
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for column, words in enumerate(("In the file", "In the project")):
            title = QLabel(words)
            theme.set_role(title, "caption")
            grid.addWidget(title, 0, column)
        sides = dict(zip(self._theirs.keypoints, self._theirs.sides, strict=True))
        # Those that need an answer come first.
        for row, name in enumerate(sorted(sides, key=lambda name: name in self._guessed), start=1):
            color = theme.tokens().side(sides[name])
            label = QLabel(f'<span style="color:{color}">{DOT}</span>&nbsp; {_plain(name)}')
            label.setTextFormat(Qt.TextFormat.RichText)
            combo = QComboBox()
            combo.addItem("— none —", LEFT_OUT)
            for own in self._ours.keypoints:
                combo.addItem(own, own)
            combo.setCurrentIndex(max(combo.findData(self._guessed.get(name, LEFT_OUT)), 0))
            combo.setAccessibleName(f"Keypoint of the project for {name}")
            combo.currentIndexChanged.connect(self._update)
            # The wheel scrolls the list; a choice is not changed by passing over it.
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            combo.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
            label.setBuddy(combo)
            state = QLabel()
            state.setMinimumWidth(96)
            grid.addWidget(label, row, 0)
            grid.addWidget(combo, row, 1)
            grid.addWidget(state, row, 2)
            self.combos[name], self._states[name] = combo, state
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(self._theirs.num_keypoints + 1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setMinimumHeight(min(LIST_PX, 60 + 36 * self._theirs.num_keypoints))
        theme.set_role(area, "boxed")
        return area

    @property
    def skeleton(self) -> str:
        """What becomes of the project's skeleton: "keep", "extend" or "take"."""
        return next(name for name, button in self.skeleton_buttons.items() if button.isChecked())

    @property
    def names(self) -> dict[str, str]:
        """Their keypoint to the project's, for those that have one."""
        chosen = {name: str(combo.currentData()) for name, combo in self.combos.items()}
        return {name: own for name, own in chosen.items() if own != LEFT_OUT}

    def _update(self) -> None:
        if not hasattr(self, "_summary"):
            return
        names, mode = self.names, self.skeleton
        used = list(names.values())
        twice = {own for own in used if used.count(own) > 1}
        for name, combo in self.combos.items():
            combo.setEnabled(mode != TAKE)
            words, role = self._state(name, names.get(name), twice, mode)
            self._states[name].setText(words)
            theme.set_role(self._states[name], role)
        self._summary.setText(self._words(names, mode, twice))
        theme.set_role(self._summary, "bad" if twice and mode != TAKE else "muted")
        self.accept_button.setEnabled(mode == TAKE or (not twice and bool(names or mode == EXTEND)))

    def _state(self, name: str, own: str | None, twice: set[str], mode: str) -> tuple[str, str]:
        if mode == TAKE:
            return "as in the file", "caption"
        if own is None:
            return ("is added", "good") if mode == EXTEND else ("left out", "doubtful")
        if own in twice:
            return "chosen twice", "bad"
        if own == name:
            return "same name", "caption"
        return ("guessed" if self._guessed.get(name) == own else "chosen"), "caption"

    def _words(self, names: dict[str, str], mode: str, twice: set[str]) -> str:
        if mode == TAKE:
            return f"The project gets the {self._theirs.num_keypoints} keypoints of {self._file}."
        if twice:
            return f"Two keypoints of the file cannot both be {', '.join(sorted(twice))}."
        rest = [own for own in self._ours.keypoints if own not in names.values()]
        text = f"{len(names)} of {self._theirs.num_keypoints} keypoints of the file are matched"
        text += (
            ", the others are added." if mode == EXTEND and len(names) < self._theirs.num_keypoints else "."
        )
        if rest:
            more = "…" if len(rest) > 6 else ""
            text += f" Not in the file: {', '.join(rest[:6])}{more}"
        return text

    def values(self) -> dict[str, Any]:
        """Arguments of `plan_import`."""
        return {"names": self.names if self.skeleton != TAKE else {}, "skeleton": self.skeleton}


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
