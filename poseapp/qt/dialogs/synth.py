"""Tools > Synthesize Data Set: settings at the left, what they make at the right, drawn as they change."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app import synth_choices
from poseapp.app.synth_preview import SynthPreview
from poseapp.errors import PoseError
from poseapp.qt import run_words, theme
from poseapp.qt.dialogs.form import combo
from poseapp.qt.dialogs.out_folder import OutFolder
from poseapp.qt.dialogs.synth_form import SynthForm
from poseapp.qt.dialogs.synth_pane import PREVIEW_PX, PreviewPane
from poseapp.qt.elided import ElidedLabel

DEBOUNCE_MS = 180
FORM_PX = 452


class SynthDialog(QDialog):
    """What to draw, how often, and where to.

    Args:
        parent: the window.
        out: folder offered for the data set.
        preview: draws the pictures; closed with the dialog.

    Attributes:
        form: the settings.
        pane: the preview.
        place: where the data set goes.
    """

    def __init__(self, parent: QWidget | None, out: Path, preview: SynthPreview | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Synthesize data set")
        self.pane = PreviewPane(preview or SynthPreview())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._left_side())
        middle.addWidget(_line("vline"))
        middle.addWidget(self.pane, 1)
        column.addLayout(middle, 1)
        column.addWidget(_line("hairline"))
        column.addWidget(self._bottom(out))
        self._later = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._later.timeout.connect(self.ask)
        self._connect()
        self.pane.check()
        self._check_values()
        room = self.screen().availableSize() if self.screen() is not None else QSize(1440, 900)
        self.resize(min(1380, room.width() - 60), min(830, room.height() - 60))

    # -- building

    def _left_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(FORM_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 14, 0, 0)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setContentsMargins(20, 0, 14, 0)
        row.setSpacing(8)
        self.preset = combo([(name, name) for name in synth_choices.PRESETS])
        self.preset.setAccessibleName("Preset")
        self.preset.setToolTip("Settings for a kind of pictures; changed rows get an arrow to go back")
        self.reset_button = QPushButton("Reset all")
        self.reset_button.setAutoDefault(False)
        theme.set_role(self.reset_button, "link")
        self.reset_button.setToolTip("Every setting as at first")
        name = QLabel("Preset")
        name.setBuddy(self.preset)
        row.addWidget(name)
        row.addWidget(self.preset, 1)
        row.addWidget(self.reset_button)
        column.addLayout(row)
        column.addWidget(_line("hairline"))
        self.form = SynthForm()
        column.addWidget(self.form, 1)
        return side

    def _bottom(self, out: Path) -> QWidget:
        bottom = QWidget()
        row = QHBoxLayout(bottom)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(8)
        name = QLabel("Write to")
        self.place = OutFolder(out, "Folder of the data set")
        name.setBuddy(self.place)
        self.summary = ElidedLabel()
        theme.set_role(self.summary, "caption")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.start_button = QPushButton("Make pictures")
        # Enter ends a number; it must not begin an hour of work.
        self.start_button.setAutoDefault(False)
        theme.set_role(self.start_button, "primary")
        row.addWidget(name)
        row.addWidget(self.place, 3)
        row.addWidget(self.summary, 4)
        row.addWidget(self.cancel_button)
        row.addWidget(self.start_button)
        return bottom

    def _connect(self) -> None:
        self.preset.activated.connect(lambda _i: self._on_preset())
        self.reset_button.clicked.connect(self._on_reset)
        self.form.changed.connect(self._on_changed)
        self.pane.others_wanted.connect(self._on_other)
        self.pane.changed.connect(self._check_values)
        self.place.changed.connect(self._check_values)
        self.cancel_button.clicked.connect(self.reject)
        self.start_button.clicked.connect(self._on_start)

    # -- what the user does

    def _on_preset(self) -> None:
        self.form.set_values(synth_choices.preset(str(self.preset.currentData()), self.form.values()))
        self._on_changed()

    def _on_reset(self) -> None:
        self.preset.setCurrentIndex(0)
        self.form.set_values(synth_choices.defaults())
        self._on_changed()

    def _on_changed(self) -> None:
        self._later.start()
        self._check_values()

    def _on_other(self) -> None:
        seed = self.form.fields["seed"]
        seed.set_value(seed.value() + 1)
        self.form.changed.emit()

    def _on_start(self) -> None:
        if self._check_values():
            self.accept()

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``commands.synthesize``."""
        form = self.form.values()
        values = {
            "out": self.place.path,
            "settings": synth_choices.settings_of(form).to_dict(),
            "count": form["count"],
            "seed": form["seed"],
            "png": form["png"],
        }
        return values | ({"count": 1, "clip": float(form["seconds"])} if form["clip"] else {})

    # -- whether it can be made

    def problem(self) -> str:
        """Why the data set cannot be made as things are, or ""."""
        return self._form_problem() or self.place.problem()

    def _form_problem(self) -> str:
        try:
            synth_choices.settings_of(self.form.values())
        except PoseError as error:
            return str(error)
        for key, what in (("bvh_folder", "motion files"), ("backgrounds_folder", "photographs")):
            folder = self.form.fields[key].value()
            if folder is not None and not Path(folder).is_dir():
                return f"there is no folder of {what}: {folder}"
        return ""

    def _check_values(self) -> bool:
        problem = self.problem()
        theme.set_role(self.summary, "bad" if problem else "caption")
        self.summary.setText(problem[:1].upper() + problem[1:] if problem else self._summary())
        self.start_button.setText("Make clip" if self.form.fields["clip"].value() else "Make pictures")
        self.start_button.setEnabled(not problem and self.pane.state == "ready")
        return not problem

    def _summary(self) -> str:
        form = self.form.values()
        is_clip = form["clip"]
        num = form["seconds"] * synth_choices.CLIP_FPS if is_clip else form["count"] * form["cameras"]
        what = "frames" if is_clip else "pictures"
        words = f"{num:,} {what} of {form['width']} × {form['height']}".replace(",", "\u202f")
        if not self.pane.draw_ms:
            return words
        seconds = median(self.pane.draw_ms) * num / 1000 / max(1, os.cpu_count() or 1)
        exact = max(form["width"], form["height"]) <= PREVIEW_PX
        return f"{words} · {'about' if exact else 'at least'} {_long(seconds)}"

    def ask(self) -> None:
        """Have the pictures drawn as the form says now."""
        self._later.stop()
        if self._form_problem():
            self.pane.show_nothing_new()  # it is said at the bottom
            return
        form = self.form.values()
        self.pane.show_settings(synth_choices.settings_of(form), form["seed"])

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        """The keys go to the pictures first: arrows and Enter look at them."""
        super().showEvent(event)
        self.pane.grid.setFocus()

    def done(self, result: int) -> None:
        """End the drawing process with the dialog."""
        self._later.stop()
        self.pane.stop()
        super().done(result)


def _line(role: str) -> QFrame:
    line = QFrame()
    theme.set_role(line, role)
    return line


def _long(seconds: float) -> str:
    """``4 min``, ``40 s`` or ``2 h 05``: an estimate needs no seconds."""
    if seconds < 90 or seconds >= 3600:
        return run_words.duration(max(seconds, 1))
    return f"{round(seconds / 60)} min"
