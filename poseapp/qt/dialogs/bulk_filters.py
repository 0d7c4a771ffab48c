"""The conditions of *Select and Change* as a form."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from poseapp.api.bulk import LABELS, PREDICTIONS
from poseapp.app.session import Session
from poseapp.labels.query import NO_TRACK, Query
from poseapp.qt import theme
from poseapp.qt.dialogs.form import combo, pad

ANY = "any"
SOURCES = (
    ("", "Any source"),
    ("hand", "Labelled by hand"),
    ("accepted", "Accepted predictions"),
    ("corrected", "Corrected predictions"),
    ("imported", "Imported"),
    ("interpolated", "Interpolated"),
)
STATES = (
    ("missing", "is missing"),
    ("labelled", "is labelled"),
    ("hidden", "is hidden"),
    ("visible", "is visible"),
)
ALL_FRAMES, RANGE, SPAN = "all", "range", "span"


class Limits(QWidget):
    """`more than` and `less than`, each a number or "any".

    Args:
        name: what is compared, for screen readers.
        top: the largest number.
        decimals: of the numbers.
        step: of the arrows.
    """

    changed = Signal()

    def __init__(self, name: str, top: float, decimals: int = 0, step: float = 1.0, unit: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.above, self.below = QDoubleSpinBox(), QDoubleSpinBox()
        for words, field in (("over", self.above), ("under", self.below)):
            field.setDecimals(decimals)
            field.setSingleStep(step)
            field.setRange(-step, top)
            field.setSpecialValueText(ANY)
            field.setValue(-step)
            field.setSuffix(unit)
            field.setAccessibleName(f"{name} {words}")
            field.setToolTip(f"Only people with {name.lower()} {words} this; “any” does not ask")
            field.valueChanged.connect(lambda _v: self.changed.emit())
            pad(field)
            label = QLabel(words)
            theme.set_role(label, "caption")
            row.addWidget(label)
            row.addWidget(field, 1)
        self.setFocusProxy(self.above)

    def values(self) -> tuple[float | None, float | None]:
        """(below, above), None where it is "any"."""
        below, above = (
            None if field.value() <= field.minimum() + 1e-9 else field.value()
            for field in (self.below, self.above)
        )
        return below, above


class BulkFilters(QWidget):
    """Fields for whom is meant.

    Attributes:
        changed: any of them.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        assert session.project is not None and session.skeleton is not None
        self._session = session
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        runs = [layer.name for layer in session.prediction_layers]
        what = [(LABELS, "Labels")]
        if runs:
            what += [
                (PREDICTIONS, "Predictions of all runs" if len(runs) > 1 else f"Predictions of {runs[0]}")
            ]
            what += [(f"{PREDICTIONS}:{run}", f"Predictions of {run}") for run in runs if len(runs) > 1]
        self.what = self._combo("What", what, "Labels, or predictions that nobody has labelled yet")
        videos = session.project.videos
        here = session.video.id if session.video is not None else None
        self._here = str(here)
        rows = [("", f"All {len(videos)} videos" if len(videos) > 1 else "All videos")]
        rows += [(str(v.id), v.name + (" (this one)" if v.id == here else "")) for v in videos]
        self.video = self._combo("Video", rows, "Whose people are meant")
        self._add_frames()
        self.source = self._combo("Source", list(SOURCES), "Where labels come from")
        self._add_keypoint([name for name in session.skeleton.keypoints])
        self.score = self._limits("Score", 1.0, 2, 0.05)
        self.labelled = self._limits("Keypoints placed", float(session.skeleton.num_keypoints))
        self.box = self._limits("Box", 100_000, 0, 10.0, " px")
        self.track = self._combo(
            "Track", [("", "Any track"), (NO_TRACK, "On no track")], "Identity over time"
        )
        self.outside = QCheckBox("A keypoint outside the picture")
        self.duplicates = QCheckBox("Lying over another person")
        self.duplicates.setToolTip(
            "People whose box covers that of one who was there first, in the same frame"
        )
        for box in (self.outside, self.duplicates):
            box.toggled.connect(lambda _on: self.changed.emit())
            self._form.addRow("", box)
        self.what.currentIndexChanged.connect(lambda _i: self._sync())
        self._sync()

    def _combo(self, label: str, rows: list[tuple[str, str]], tip: str) -> QComboBox:
        box = combo(rows)
        box.setToolTip(tip)
        box.setAccessibleName(label)
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(lambda _i: self.changed.emit())
        self._row(label, box)
        return box

    def _limits(self, label: str, top: float, decimals: int = 0, step: float = 1.0, unit: str = "") -> Limits:
        made = Limits(label, top, decimals, step, unit)
        made.changed.connect(self.changed)
        self._row(label, made)
        return made

    def _row(self, label: str, field: QWidget) -> None:
        name = QLabel(label)
        theme.set_role(name, "muted")
        name.setBuddy(field)
        self._form.addRow(name, field)

    def _add_frames(self) -> None:
        chosen = self._session.frame_range
        rows = [(ALL_FRAMES, "All frames"), (SPAN, "From … up to …")]
        if chosen is not None:
            rows.insert(1, (RANGE, f"Chosen range, {chosen[0]} to {chosen[1] - 1}"))
        self.frames = self._combo("Frames", rows, "Counted from 0")
        self.span = QWidget()
        line = QHBoxLayout(self.span)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        last = max((v.num_frames for v in self._videos()), default=1)
        self.first, self.end = QSpinBox(), QSpinBox()
        for words, field, value in (("from", self.first, 0), ("up to", self.end, last)):
            field.setRange(0, max(last, 1))
            field.setValue(value)
            field.setAccessibleName(f"Frames {words}")
            field.valueChanged.connect(lambda _v: self.changed.emit())
            pad(field)
            label = QLabel(words)
            theme.set_role(label, "caption")
            line.addWidget(label)
            line.addWidget(field, 1)
        self._form.addRow("", self.span)
        if chosen is not None:
            # Who has chosen frames of this video means these.
            self.frames.setCurrentIndex(self.frames.findData(RANGE))
            self.video.setCurrentIndex(max(self.video.findData(self._here), 0))
        self.frames.currentIndexChanged.connect(lambda _i: self._sync())

    def _videos(self) -> list[Any]:
        assert self._session.project is not None
        return list(self._session.project.videos)

    def _add_keypoint(self, names: list[str]) -> None:
        pair = QWidget()
        line = QHBoxLayout(pair)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.keypoint = combo([("", "Any keypoint"), *((name, name.replace("_", " ")) for name in names)])
        self.keypoint.setAccessibleName("Keypoint")
        self.keypoint.setToolTip("A keypoint that tells who is meant")
        self.state = combo(list(STATES))
        self.state.setAccessibleName("State of the keypoint")
        for box in (self.keypoint, self.state):
            box.currentIndexChanged.connect(lambda _i: self._on_keypoint())
            line.addWidget(box, 1)
        pair.setFocusProxy(self.keypoint)
        self._row("Keypoint", pair)

    def _on_keypoint(self) -> None:
        self._sync()
        self.changed.emit()

    def _sync(self) -> None:
        predictions = self.of == PREDICTIONS
        self.source.setEnabled(not predictions)
        self.state.setEnabled(bool(self.keypoint.currentData()))
        self._form.setRowVisible(self.span, self.frames.currentData() == SPAN)

    def show_tracks(self, tracks: tuple[int, ...]) -> None:
        """Offer the tracks there are."""
        known = [self.track.itemData(i) for i in range(2, self.track.count())]
        if known != [str(t) for t in tracks]:
            chosen = self.track.currentData()
            with QSignalBlocker(self.track):
                while self.track.count() > 2:
                    self.track.removeItem(2)
                for track in tracks:
                    self.track.addItem(f"Track {track}", str(track))
                self.track.setCurrentIndex(max(self.track.findData(chosen), 0))

    @property
    def of(self) -> str:
        """ "labels" or "predictions"."""
        return str(self.what.currentData()).partition(":")[0]

    @property
    def run(self) -> str | None:
        """The run whose predictions are meant, None: all."""
        return str(self.what.currentData()).partition(":")[2] or None

    def query(self) -> Query:
        """The conditions."""
        video, track, keypoint = (box.currentData() for box in (self.video, self.track, self.keypoint))
        frames = {RANGE: self._session.frame_range, SPAN: (self.first.value(), self.end.value())}
        score, labelled, size = self.score.values(), self.labelled.values(), self.box.values()
        source = self.source.currentData() if self.source.isEnabled() else ""
        return Query(
            (int(video),) if video else (),
            frames.get(self.frames.currentData()),
            (source,) if source else (),
            ((keypoint, self.state.currentData()),) if keypoint else (),
            score_below=score[0],
            score_above=score[1],
            labelled_below=None if labelled[0] is None else int(labelled[0]),
            labelled_above=None if labelled[1] is None else int(labelled[1]),
            size_below=size[0],
            size_above=size[1],
            track=(track if track == NO_TRACK else int(track)) if track else None,
            outside=self.outside.isChecked(),
            duplicates=self.duplicates.isChecked(),
        )
