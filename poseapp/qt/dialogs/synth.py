"""Tools > Synthesize Data Set: settings at the left, what they make at the right, drawn as they change."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from statistics import median
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from poseapp.app import synth_choices
from poseapp.app.synth_preview import INSTALL, PreviewPicture, Question, SynthPreview, is_installed
from poseapp.errors import PoseError
from poseapp.labels.skeleton import load_skeleton
from poseapp.qt import run_words, theme
from poseapp.qt.bridge import connect
from poseapp.qt.dialogs.form import combo
from poseapp.qt.dialogs.message_panel import MessagePanel
from poseapp.qt.dialogs.synth_form import SynthForm
from poseapp.qt.dialogs.synth_grid import PreviewGrid

NUM_PICTURES = 6
PREVIEW_PX = 256
LARGE_PX = 768
DEBOUNCE_MS = 180
BASE_COLUMN_PX = 452
SKELETONS = ("halpe26", "coco17", "mpii16", "lsp14", "h36m17")
ONCE = "This happens once on this computer and takes one to three minutes."


class SynthDialog(QDialog):
    """What to draw, how often, and where to.

    Args:
        parent: the window.
        out: folder offered for the data set.
        preview: draws the pictures; closed with the dialog.

    Attributes:
        form: the settings.
        grid: the pictures.
        panel: what is said in their place.
        started: the user wants the data set; the same as `accepted`.
    """

    started = Signal()

    def __init__(self, parent: QWidget | None, out: Path, preview: SynthPreview | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Synthesize data set")
        self.preview = preview or SynthPreview()
        self._asked: Question | None = None
        self._state = "ready"
        self._draw_ms: list[float] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._left_side())
        middle.addWidget(_line("vline"))
        middle.addWidget(self._right_side(), 1)
        column.addLayout(middle, 1)
        column.addWidget(_line("hairline"))
        column.addWidget(self._bottom(out))
        self._later = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._later.timeout.connect(self.ask)
        self._connect()
        self._on_skeleton()
        self._check()
        room = self.screen().availableSize() if self.screen() is not None else QSize(1440, 900)
        self.resize(min(1380, room.width() - 60), min(830, room.height() - 60))

    # -- building

    def _left_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(BASE_COLUMN_PX)
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

    def _right_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 10)
        head.setSpacing(10)
        title = QLabel("Preview")
        theme.set_role(title, "title")
        self.caption = QLabel()
        theme.set_role(self.caption, "caption")
        self.keypoints = QCheckBox("Keypoints")
        self.keypoints.setChecked(True)
        self.keypoints.setToolTip("Draw the keypoints over the pictures; hidden ones are hollow")
        rows = [(n, f"{n} · {load_skeleton(n).num_keypoints}") for n in SKELETONS]
        self.skeleton: QComboBox = combo(rows, "halpe26")
        self.skeleton.setAccessibleName("Skeleton shown")
        self.skeleton.setToolTip("Whose keypoints are shown; every skeleton is written")
        self.other_button = QPushButton("Other people")
        self.other_button.setIcon(theme.icon("arrows-clockwise"))
        self.other_button.setAutoDefault(False)
        self.other_button.setToolTip("The next seed: other people, other scenes")
        for widget, stretch in (
            (title, 0), (self.caption, 1), (self.keypoints, 0), (self.skeleton, 0), (self.other_button, 0),
        ):  # fmt: skip
            head.addWidget(widget, stretch)
        column.addLayout(head)
        self.bar = QProgressBar()
        self.bar.setObjectName("preview_bar")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(2)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        column.addWidget(self.bar)
        self.grid, self.panel = PreviewGrid(NUM_PICTURES), MessagePanel()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.grid)
        self.pages.addWidget(self.panel)
        column.addWidget(self.pages, 1)
        return side

    def _bottom(self, out: Path) -> QWidget:
        bottom = QWidget()
        row = QHBoxLayout(bottom)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(8)
        name = QLabel("Write to")
        self.place = QLineEdit(str(out))
        self.place.setAccessibleName("Folder of the data set")
        self.place.setToolTip("A folder that is not there yet or is empty")
        name.setBuddy(self.place)
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        self.summary = QLabel()
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
        row.addWidget(browse)
        row.addWidget(self.summary, 4)
        row.addWidget(self.cancel_button)
        row.addWidget(self.start_button)
        return bottom

    def _connect(self) -> None:
        self.preset.activated.connect(lambda _i: self._on_preset())
        self.reset_button.clicked.connect(self._on_reset)
        self.form.changed.connect(self._on_changed)
        self.keypoints.toggled.connect(self.grid.set_shows_keypoints)
        self.skeleton.currentIndexChanged.connect(lambda _i: self._on_skeleton())
        self.other_button.clicked.connect(self._on_other)
        self.grid.enlarged_changed.connect(self._on_enlarged)
        self.panel.pressed.connect(self._check)
        self.place.textChanged.connect(lambda _t: self._check_values())
        self.cancel_button.clicked.connect(self.reject)
        self.start_button.clicked.connect(self._on_start)
        connect(self.preview.pictured, self._on_picture, self)
        connect(self.preview.answered, self._on_answered, self)
        connect(self.preview.building, self._on_building, self, newest_only=True)
        connect(self.preview.failed, self._on_failed, self)
        connect(self.preview.restarted, self.caption.setText, self)

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

    def _on_skeleton(self) -> None:
        self.grid.set_skeleton(load_skeleton(str(self.skeleton.currentData())))
        if self._asked is not None:
            self._later.start()

    def _on_other(self) -> None:
        seed = self.form.fields["seed"]
        seed.set_value(seed.value() + 1)
        self.form.changed.emit()

    def _on_browse(self) -> None:
        found, _ = QFileDialog.getSaveFileName(
            self, "Folder of the data set", self.place.text(), "Folders (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if found:
            self.place.setText(found)

    def _on_start(self) -> None:
        if self._check_values():
            self.started.emit()
            self.accept()

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``commands.synthesize``."""
        form = self.form.values()
        return {
            "out": self.out,
            "settings": synth_choices.settings_of(form).to_dict(),
            "count": form["count"],
            "seed": form["seed"],
            "png": form["png"],
        }

    @property
    def out(self) -> Path:
        """The folder of the data set."""
        return Path(self.place.text().strip()).expanduser()

    # -- whether it can be made

    def problem(self) -> str:
        """Why the data set cannot be made as things are, or ""."""
        try:
            synth_choices.settings_of(self.form.values())
        except PoseError as error:
            return str(error)
        for key, what in (("bvh_folder", "motion files"), ("backgrounds_folder", "photographs")):
            folder = self.form.fields[key].value()
            if folder is not None and not Path(folder).is_dir():
                return f"there is no folder of {what}: {folder}"
        out = self.out
        if not self.place.text().strip() or not out.is_absolute():
            return "name a folder to write to, from its drive or root on"
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            return f"{out.name} is there already and not empty: choose another folder"
        return "" if self._writable(out) else f"nothing can be written to {out.parent}"

    @staticmethod
    def _writable(out: Path) -> bool:
        there = next((p for p in (out, *out.parents) if p.exists()), None)
        return there is not None and there.is_dir() and os.access(there, os.W_OK)

    def _check_values(self) -> bool:
        problem = self.problem()
        theme.set_role(self.summary, "bad" if problem else "caption")
        self.summary.setText(problem[:1].upper() + problem[1:] if problem else self._summary())
        self.summary.setToolTip(problem)
        self.start_button.setEnabled(not problem and self._state == "ready")
        return not problem

    def _summary(self) -> str:
        form = self.form.values()
        num = form["count"] * form["cameras"]
        words = f"{num:,} pictures of {form['width']} × {form['height']}".replace(",", "\u202f")
        if not self._draw_ms:
            return words
        seconds = median(self._draw_ms) * num / 1000 / max(1, os.cpu_count() or 1)
        exact = max(form["width"], form["height"]) <= PREVIEW_PX
        return f"{words} · {'about' if exact else 'at least'} {_long(seconds)}"

    # -- the preview

    def ask(self) -> None:
        """Have the pictures drawn as the form says now."""
        try:
            settings = synth_choices.settings_of(self.form.values())
        except PoseError:
            self.grid.expect_none()  # said at the bottom
            return
        self._later.stop()
        if self._state in ("missing", "unbuilt"):
            return
        self.grid.expect(settings.width / settings.height)
        if self.grid.enlarged is None:
            self._ask_for(range(NUM_PICTURES), PREVIEW_PX)
        else:
            self._ask_for([self.grid.enlarged], LARGE_PX)

    def _ask_for(self, indices: Any, size: int) -> None:
        form = self.form.values()
        settings = synth_choices.settings_of(form)
        size = min(size, max(settings.width, settings.height))
        skeleton = str(self.skeleton.currentData())
        self._asked = Question(settings, form["seed"], tuple(indices), skeleton, size)
        self.bar.setRange(0, len(self._asked.indices))
        self.bar.setValue(0)
        self.bar.show()
        self.preview.ask(self._asked)

    def _on_picture(self, picture: PreviewPicture) -> None:
        if picture.question is not self._asked:
            return
        self.pages.setCurrentWidget(self.grid)
        self._set_state("ready")
        self.bar.setValue(self.bar.value() + 1)
        if self.grid.enlarged is not None:
            self.grid.show_large(picture.index, picture)
            return
        self.grid.show_picture(picture.index, picture)
        self._draw_ms = [*self._draw_ms, picture.draw_ms][-2 * NUM_PICTURES :]

    def _on_answered(self) -> None:
        self.bar.hide()
        if self.grid.enlarged is None:
            self.caption.setText("Click one to look at it · the same seed keeps the people")
        else:
            self.caption.setText("Arrows: the next one · Esc: all of them")
        self._check_values()

    def _on_enlarged(self) -> None:
        if self.grid.enlarged is not None:
            self._ask_for([self.grid.enlarged], LARGE_PX)
        elif self.grid.num_waiting:
            self._ask_for(range(NUM_PICTURES), PREVIEW_PX)
        else:
            self._on_answered()

    # -- what can go wrong

    def _check(self) -> None:
        """Begin drawing, or say what is missing."""
        importlib.invalidate_caches()
        self._set_state("ready" if is_installed() else "missing")
        if self._state == "ready":
            self.caption.setText("Drawing…")
            self.pages.setCurrentWidget(self.grid)
            self.ask()
            return
        self.bar.hide()
        self.panel.say(
            "download-simple", "Drawn people need two more packages",
            "The body model (anny) and the renderer (moderngl) are not installed. Run this in the "
            "environment that PoseApp runs in; nothing else changes.",
            command=INSTALL, button="Look again",
        )  # fmt: skip
        self._show_panel()

    def _show_panel(self) -> None:
        self.caption.clear()
        self.pages.setCurrentWidget(self.panel)

    def _set_state(self, state: str) -> None:
        """How drawing stands: "ready", "missing", "building", "unbuilt" (cancelled) or "failed"."""
        if state != self._state:
            self._state = state
            self._check_values()
        for widget in (self.other_button, self.keypoints, self.skeleton):
            widget.setEnabled(state in ("ready", "failed"))

    def _on_building(self, share: float, text: str) -> None:
        if self._asked is None:
            return  # cancelled meanwhile
        self._set_state("building")
        self.bar.hide()
        self.panel.say(
            "person", "Building the body model", f"{text.capitalize()}. {ONCE}", share=share, button="Cancel"
        )  # fmt: skip
        self._show_panel()
        self.panel.pressed.disconnect()
        self.panel.pressed.connect(self._on_cancel_building)

    def _on_cancel_building(self) -> None:
        self._asked = None
        self.preview.stop()
        self._set_state("unbuilt")
        self._offer("pause-circle", "The body model is not built", f"Nothing can be drawn without it. {ONCE}",
                    "Build it", "muted")  # fmt: skip

    def _on_failed(self, text: str) -> None:
        self.bar.hide()
        self.grid.expect_none()
        self._set_state("failed")
        self._offer("warning-circle", "The preview could not be drawn", text, "Try again", "bad")

    def _offer(self, icon: str, title: str, text: str, button: str, ink: str) -> None:
        self.panel.say(icon, title, text, ink=ink, button=button)
        self.panel.pressed.disconnect()
        self.panel.pressed.connect(self._check)
        self._show_panel()

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        """The keys go to the pictures first: arrows and Enter look at them."""
        super().showEvent(event)
        self.grid.setFocus()

    def done(self, result: int) -> None:
        """End the drawing process with the dialog."""
        self._later.stop()
        self.preview.close()
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
