"""What a data set will look like: pictures that are drawn anew as settings change, or why there are none."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.synth_preview import INSTALL, PreviewPicture, Question, SynthPreview, is_installed
from poseapp.labels.skeleton import load_skeleton
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.dialogs.form import combo
from poseapp.qt.dialogs.message_panel import MessagePanel
from poseapp.qt.dialogs.synth_grid import PreviewGrid
from poseapp.qt.elided import ElidedLabel
from poseapp.synth.preview import looked_at
from poseapp.synth.settings import SynthSettings

NUM_PICTURES = 6
PREVIEW_PX = 256
LARGE_PX = 768
SKELETONS = ("halpe26", "coco17", "mpii16", "lsp14", "h36m17")
ONCE = "This happens once on this computer and takes one to three minutes."


class PreviewPane(QWidget):
    """Pictures, and what is chosen about how they are shown.

    Args:
        preview: draws; closed with `stop`.

    Attributes:
        grid: the pictures.
        panel: what is said in their place.
        state: how drawing stands: "ready", "missing" (packages), "building" (the body model), "unbuilt"
            (that was cancelled) or "failed".
        draw_ms: how long the last pictures took.
        changed: `state` or `draw_ms` is another.
        others_wanted: the user wants to see other people.
    """

    changed = Signal()
    others_wanted = Signal()

    def __init__(self, preview: SynthPreview) -> None:
        super().__init__()
        self.preview = preview
        self.asked: Question | None = None
        self.state = "ready"
        self.draw_ms: list[float] = []
        self._settings, self._seed = looked_at(SynthSettings()), 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
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
        self._connect()
        self._on_skeleton()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 10)
        head.setSpacing(10)
        title = QLabel("Preview")
        theme.set_role(title, "title")
        self.caption = ElidedLabel()
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
        return head

    def _connect(self) -> None:
        self.keypoints.toggled.connect(self.grid.set_shows_keypoints)
        self.skeleton.currentIndexChanged.connect(lambda _i: self._on_skeleton())
        self.other_button.clicked.connect(self.others_wanted.emit)
        self.grid.enlarged_changed.connect(self._on_enlarged)
        self.panel.pressed.connect(self._on_button)
        connect(self.preview.pictured, self._on_picture, self)
        connect(self.preview.answered, self._on_answered, self)
        connect(self.preview.building, self._on_building, self, newest_only=True)
        connect(self.preview.failed, self._on_failed, self)
        connect(self.preview.restarted, self.caption.setText, self)

    # -- asking

    def show_settings(self, settings: SynthSettings, seed: int) -> None:
        """Draw the first pictures of this data set, unless they are those that were asked for last."""
        self._settings, self._seed = looked_at(settings), seed
        if self.state in ("missing", "unbuilt") or self._is_asked():
            return
        self.grid.expect(settings.width / settings.height)
        if self.grid.enlarged is None:
            self._ask(range(NUM_PICTURES), PREVIEW_PX)
        else:
            self._ask([self.grid.enlarged], LARGE_PX)

    def _is_asked(self) -> bool:
        asked = self.asked
        return asked is not None and (asked.settings, asked.seed, asked.keypoints) == (
            self._settings, self._seed, str(self.skeleton.currentData()),
        )  # fmt: skip

    def show_nothing_new(self) -> None:
        """The settings cannot be drawn; the last pictures stay."""
        self.asked = None
        self.bar.hide()
        self.grid.expect_none()

    def check(self) -> None:
        """Begin drawing, or say what is missing."""
        importlib.invalidate_caches()
        if is_installed():
            self._set_state("ready")
            self.caption.setText("Drawing…")
            self.pages.setCurrentWidget(self.grid)
            self.show_settings(self._settings, self._seed)
            return
        self._set_state("missing")
        self.panel.say(
            "download-simple", "Drawn people need two more packages",
            "The body model (anny) and the renderer (moderngl) are not installed. Run this in the "
            "environment that PoseApp runs in; nothing else changes.",
            command=INSTALL, button="Look again",
        )  # fmt: skip
        self._show_panel()

    def stop(self) -> None:
        """End the drawing process for good."""
        self.preview.close()

    def _ask(self, indices: Sequence[int], size: int) -> None:
        size = min(size, max(self._settings.width, self._settings.height))
        skeleton = str(self.skeleton.currentData())
        self.asked = Question(self._settings, self._seed, tuple(indices), skeleton, size)
        self.bar.setRange(0, len(self.asked.indices))
        self.bar.setValue(0)
        self.bar.setVisible(self.pages.currentWidget() is self.grid)
        self.preview.ask(self.asked)

    # -- what comes

    def _on_picture(self, picture: PreviewPicture) -> None:
        if picture.question is not self.asked:
            return
        self.pages.setCurrentWidget(self.grid)
        self._set_state("ready")
        self.bar.setValue(self.bar.value() + 1)
        if self.grid.enlarged is not None:
            self.grid.show_large(picture.index, picture)
            return
        self.grid.show_picture(picture.index, picture)
        self.draw_ms = [*self.draw_ms, picture.draw_ms][-2 * NUM_PICTURES :]

    def _on_answered(self) -> None:
        self.bar.hide()
        if self.grid.enlarged is None:
            self.caption.setText("Click one to look at it")
        else:
            self.caption.setText("Arrows: the next one · Esc: all of them")
        self.changed.emit()

    def _on_enlarged(self) -> None:
        if self.grid.enlarged is not None:
            self._ask([self.grid.enlarged], LARGE_PX)
        elif self.grid.num_waiting:
            self._ask(range(NUM_PICTURES), PREVIEW_PX)
        else:
            self._on_answered()

    def _on_skeleton(self) -> None:
        self.grid.set_skeleton(load_skeleton(str(self.skeleton.currentData())))
        if self.asked is not None:
            self.show_settings(self._settings, self._seed)

    # -- what can go wrong

    def _set_state(self, state: str) -> None:
        for widget in (self.other_button, self.keypoints, self.skeleton):
            widget.setEnabled(state in ("ready", "failed"))
        if state != self.state:
            self.state = state
            self.changed.emit()

    def _show_panel(self) -> None:
        self.bar.hide()
        self.caption.clear()
        self.pages.setCurrentWidget(self.panel)

    def _on_button(self) -> None:
        if self.state != "building":
            self.check()
            return
        self.asked = None
        self.preview.stop()
        self._set_state("unbuilt")
        self.panel.say(
            "pause-circle", "The body model is not built", f"Nothing can be drawn without it. {ONCE}",
            button="Build it",
        )  # fmt: skip

    def _on_building(self, share: float, _text: str) -> None:
        if self.asked is None:
            return  # cancelled meanwhile
        self._set_state("building")
        self.panel.say(
            "person", "Building the body model", f"{ONCE} The pictures follow by themselves.", share=share,
            button="Cancel",
        )  # fmt: skip
        self._show_panel()

    def _on_failed(self, text: str) -> None:
        self.show_nothing_new()
        self._set_state("failed")
        self.panel.say(
            "warning-circle", "The preview could not be drawn", text[:1].upper() + text[1:],
            ink="bad", button="Try again",
        )  # fmt: skip
        self._show_panel()
