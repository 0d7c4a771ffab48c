"""Drawn people as a second source of a fine-tuning: which, and how many for each labelled one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from poseapp.app import synth_choices
from poseapp.app.data_sets import labels_of
from poseapp.app.synth_preview import INSTALL, is_installed
from poseapp.errors import PoseError
from poseapp.labels.skeleton import Skeleton
from poseapp.qt import theme
from poseapp.qt.dialogs.synth_fields import keep_wheel
from poseapp.synth.body.model import body_is_built

DRAWN = "synth"  # what `TrainSpec.mix` calls people drawn while training
NOTHING, OTHER = "", "other"
STEP = 5  # percent
MOST = 90
USUAL = 50
UNBUILT = "First the body model is built, once on this computer: one to three minutes."
WORDS_PX = 150
TIP = "People drawn with perfect labels teach what yours lack; drawing them takes a part of the time"


class Mixing(QWidget):
    """Source and share.

    Args:
        skeleton: what the network learns.
        data_sets: folders of data sets made before, newest first.
        wanted: one of them, or another, to begin with; None mixes nothing in.

    Attributes:
        note: said where people are to be drawn and the body model is not built yet.
        source: the choice of a source.
        share: percent of each batch.
    """

    def __init__(self, skeleton: Skeleton | None, data_sets: list[Path], wanted: Path | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.source = QComboBox()
        self.source.setAccessibleName("Drawn people")
        self.source.setToolTip(TIP)
        column.addWidget(self.source)
        self.setFocusProxy(self.source)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.share = QSlider(Qt.Orientation.Horizontal)
        self.share.setAccessibleName("Share of drawn people")
        self.share.setRange(0, MOST // STEP)
        self.share.setValue(USUAL // STEP)
        self.share.setToolTip("Share of what is learnt from that is drawn")
        keep_wheel(self.share)
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.words.setFixedWidth(WORDS_PX)
        row.addWidget(self.share, 1)
        row.addWidget(self.words)
        column.addLayout(row)
        self.note = QLabel(UNBUILT)
        self.note.setWordWrap(True)
        theme.set_role(self.note, "caption")
        self.note.hide()
        column.addWidget(self.note)
        self._grow_later = QTimer(self, singleShot=True, interval=0)
        self._grow_later.timeout.connect(self._grow)
        self._fill(list(data_sets), wanted)
        self._chosen = self.source.currentIndex()
        self.source.activated.connect(self._on_source)
        self.share.valueChanged.connect(lambda _v: self._say())
        self.reason = self._reason(skeleton)
        if self.reason:
            self.source.setCurrentIndex(0)
            self.source.setEnabled(False)
            self.setToolTip(self.reason)
        self._say()

    def _fill(self, data_sets: list[Path], wanted: Path | None) -> None:
        self.source.addItem("None mixed in", NOTHING)
        installed = is_installed()
        for name in synth_choices.PRESETS:
            self.source.addItem(f"Drawn while it learns · {name}", f"{DRAWN}:{name}")
            if not installed:
                self._disable(self.source.count() - 1, f"Not installed: {INSTALL}")
        if wanted is not None and wanted not in data_sets:
            data_sets.insert(0, wanted)
        for path in data_sets:
            self._add_data_set(path)
        self.source.addItem("Another data set…", OTHER)
        if wanted is not None:
            self.source.setCurrentIndex(self.source.findData(str(wanted)))

    def _disable(self, row: int, why: str) -> None:
        index = self.source.model().index(row, 0)
        self.source.setItemData(row, why, Qt.ItemDataRole.ToolTipRole)
        self.source.model().setData(index, 0, Qt.ItemDataRole.UserRole - 1)

    def _add_data_set(self, path: Path, row: int | None = None) -> int:
        row = self.source.count() if row is None else row
        self.source.insertItem(row, f"Data set “{path.name}”", str(path))
        self.source.setItemData(row, str(path), Qt.ItemDataRole.ToolTipRole)
        return row

    @staticmethod
    def _reason(skeleton: Skeleton | None) -> str:
        """Why drawn people are of no use here, or ""."""
        if skeleton is None or skeleton.torso is not None or "left_shoulder" in skeleton.keypoints:
            return ""
        return f"Drawn people cannot help here: the keypoints of {skeleton.name} are not a person's"

    def _on_source(self, row: int) -> None:
        if self.source.itemData(row) == OTHER:
            row = self._ask(row)
        self._chosen = row
        self.source.setCurrentIndex(row)
        self._say()

    def _ask(self, row: int) -> int:
        """Let the user choose a data set; the row of it, or the one chosen before."""
        found = QFileDialog.getExistingDirectory(self, "Data set of drawn people")
        if not found:
            return self._chosen
        try:
            labels_of(Path(found))
        except PoseError as error:
            self.words.setText("no data set")
            self.words.setToolTip(str(error))
            return self._chosen
        known = self.source.findData(found)
        return known if known >= 0 else self._add_data_set(Path(found), row)

    def _say(self) -> None:
        on = bool(self.source.currentData())
        self.share.setEnabled(on)
        draws = str(self.source.currentData() or "").startswith(f"{DRAWN}:")
        is_unbuilt = draws and self._ratio > 0 and not body_is_built()
        if self.note.isVisibleTo(self) != is_unbuilt:
            self.note.setVisible(is_unbuilt)
            self._grow_later.start()
        self.words.setToolTip("")
        words = ratio_words(self._ratio if on else 0.0)
        self.words.setText("not for these keypoints" if self.reason else words)

    def _grow(self) -> None:
        """Give the dialog the height that the note needs."""
        window = self.window()
        layout = window.layout()
        if layout is not None and window is not self:
            height = max(layout.totalHeightForWidth(window.width()), layout.totalSizeHint().height())
            window.resize(window.width(), max(window.height(), height))

    @property
    def _ratio(self) -> float:
        return self.share.value() * STEP / 100

    def values(self) -> dict[str, Any]:
        """Keyword arguments for `api.start_training`; empty where nothing is mixed in."""
        chosen = str(self.source.currentData() or "")
        if not chosen or self._ratio == 0:
            return {}
        if not chosen.startswith(f"{DRAWN}:"):
            return {"mix": [str(labels_of(Path(chosen)))], "mix_share": self._ratio}
        values = synth_choices.preset(chosen.removeprefix(f"{DRAWN}:"), {})
        settings = synth_choices.settings_of(values).to_dict()
        return {"mix": [DRAWN], "mix_share": self._ratio, "synth": settings | {"cameras": 1}}


def ratio_words(share: float) -> str:
    """``1 drawn for 1 labelled``, ``3 drawn for 1 labelled``, ``1 drawn for 4 labelled``."""
    if share <= 0:
        return "none drawn"
    if share >= 0.5:
        return f"{share / (1 - share):.2g} drawn for 1 labelled"
    return f"1 drawn for {(1 - share) / share:.2g} labelled"
