"""The fields of the form for drawn people, each made from one row of `app/synth_choices.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from poseapp.app.synth_choices import TITLES, Choice, is_same, percentages
from poseapp.qt import theme
from poseapp.qt.dialogs.form import combo, pad
from poseapp.qt.dialogs.range_slider import RangeSlider

SPIN_PX = 84
SHORT_SPIN_PX = 72
WIDE_SPIN_PX = 120
PERCENT_PX = 40
SHARE_LABEL_PX = 108
STEPS = 1000


class NoWheel(QObject):
    """Leaves the wheel to the list unless the field has the focus: scrolling must not change values."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


_NO_WHEEL = NoWheel()


def keep_wheel(widget: QWidget) -> None:
    """Take part in :class:`NoWheel`."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_NO_WHEEL)


class Field(QWidget):
    """One editor.

    Attributes:
        edited: the user changed the value.
    """

    edited = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice
        self.setToolTip(choice.tip)
        self.setAccessibleName(choice.label)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def value(self) -> Any:
        """The value as `SynthSettings` has it."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; `edited` stays silent."""
        raise NotImplementedError

    def is_like(self, value: Any) -> bool:
        """Whether it shows this value, as far as it can."""
        return is_same(value, self.value())

    @property
    def factor(self) -> float:
        """Shown number for a value of 1."""
        return 100.0 if self.choice.kind == "share" or self.choice.unit == "%" else 1.0

    def _spin(self, width: int, name: str) -> QDoubleSpinBox:
        choice, factor = self.choice, self.factor
        spin = QDoubleSpinBox()
        spin.setDecimals(0 if factor != 1 else choice.decimals)
        spin.setRange(choice.minimum * factor, choice.maximum * factor)
        spin.setSingleStep(choice.step * factor)
        unit = "%" if choice.kind == "share" else choice.unit
        spin.setSuffix(f" {unit}" if unit and unit != "°" else unit)
        spin.setGroupSeparatorShown(choice.maximum >= 10_000)
        spin.setFixedWidth(width)
        spin.setAccessibleName(name)
        # A number half typed is not drawn.
        spin.setKeyboardTracking(False)
        pad(spin)
        keep_wheel(spin)
        return spin


class NumberField(Field):
    """A number, most with a slider."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(choice.label)
        low, high = choice.minimum / choice.step, choice.maximum / choice.step
        if choice.slides:
            self.slider.setRange(round(low), round(high))
            self.slider.setPageStep(max(1, round((high - low) / 10)))
            keep_wheel(self.slider)
            self.slider.valueChanged.connect(self._on_slider)
            self._row.addWidget(self.slider, 1)
        self.spin = self._spin(SPIN_PX if choice.slides else WIDE_SPIN_PX, choice.label)
        self.spin.valueChanged.connect(self._on_spin)
        self.setFocusProxy(self.slider if choice.slides else self.spin)
        self._row.addWidget(self.spin)
        if not choice.slides:
            self._row.addStretch(1)

    def _on_slider(self, steps: int) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(steps * self.choice.step * self.factor)
        self.edited.emit()

    def _on_spin(self, shown: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(shown / self.factor / self.choice.step))
        self.edited.emit()

    def value(self) -> int | float:
        """Whole for kind "whole"."""
        shown = self.spin.value() / self.factor
        return round(shown) if self.choice.kind == "whole" else round(shown, 6)

    def set_value(self, value: Any) -> None:
        """Show a number."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            self.spin.setValue(float(value) * self.factor)
            self.slider.setValue(round(float(value) / self.choice.step))


class RangeField(Field):
    """Two numbers, the smaller first."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.slider = RangeSlider(choice.minimum, choice.maximum, choice.step)
        self.slider.moved.connect(self._on_slider)
        self.low = self._spin(SHORT_SPIN_PX, f"{choice.label}, least")
        self.high = self._spin(SHORT_SPIN_PX, f"{choice.label}, most")
        self.low.valueChanged.connect(lambda _v: self._on_spin(self.low))
        self.high.valueChanged.connect(lambda _v: self._on_spin(self.high))
        self.setFocusProxy(self.low)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.low)
        self._row.addWidget(self.high)

    def _on_slider(self) -> None:
        self._show_numbers(*self.slider.values)
        self.edited.emit()

    def _on_spin(self, moved: QDoubleSpinBox) -> None:
        other = self.high if moved is self.low else self.low
        if self.low.value() > self.high.value():
            with QSignalBlocker(other):
                other.setValue(moved.value())
        self.slider.set_values(*self.value())
        self.edited.emit()

    def _show_numbers(self, low: float, high: float) -> None:
        with QSignalBlocker(self.low), QSignalBlocker(self.high):
            self.low.setValue(low * self.factor)
            self.high.setValue(high * self.factor)

    def value(self) -> tuple[float, float]:
        """Least and most."""
        return round(self.low.value() / self.factor, 6), round(self.high.value() / self.factor, 6)

    def set_value(self, value: Any) -> None:
        """Show two numbers."""
        low, high = value
        self._show_numbers(low, high)
        self.slider.set_values(low, high)


class SharesField(Field):
    """A slider for each kind; the percentages behind them always make a whole."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.sliders: dict[str, QSlider] = {}
        self._labels: dict[str, QLabel] = {}
        for row, (kind, title) in enumerate(TITLES[choice.key].items()):
            name, slider, percent = QLabel(title), QSlider(Qt.Orientation.Horizontal), QLabel()
            name.setFixedWidth(SHARE_LABEL_PX)
            slider.setRange(0, 100)
            slider.setAccessibleName(f"{choice.label}: {title}")
            keep_wheel(slider)
            slider.valueChanged.connect(self._on_slider)
            percent.setFixedWidth(PERCENT_PX)
            percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            theme.set_role(percent, "muted")
            self.sliders[kind], self._labels[kind] = slider, percent
            for column, widget in enumerate((name, slider, percent)):
                grid.addWidget(widget, row, column)
        self._row.addLayout(grid, 1)
        self._say()

    def _on_slider(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        for kind, percent in percentages(self.value()).items():
            self._labels[kind].setText(f"{percent} %")

    def value(self) -> dict[str, float]:
        """Shares by kind; they need not sum to 1."""
        return {
            kind: slider.value() / 100 if slider.isEnabled() else 0.0 for kind, slider in self.sliders.items()
        }

    def set_value(self, value: Any) -> None:
        """Show shares."""
        for kind, percent in percentages({k: value.get(k, 0.0) for k in self.sliders}).items():
            with QSignalBlocker(self.sliders[kind]):
                self.sliders[kind].setValue(percent)
        self._say()

    def is_like(self, value: Any) -> bool:
        """Kinds that cannot be used are left aside."""
        usable = {kind: value.get(kind, 0.0) for kind, s in self.sliders.items() if s.isEnabled()}
        return is_same(usable, self.value())

    def set_usable(self, kind: str, usable: bool, why_not: str) -> None:
        """Let a kind take part or not."""
        self.sliders[kind].setEnabled(usable)
        self.sliders[kind].setToolTip(self.choice.tip if usable else why_not)
        theme.set_role(self._labels[kind], "muted" if usable else "caption")
        self._say()


class SwitchField(Field):
    """On or off."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.box = QCheckBox()
        self.box.setAccessibleName(choice.label)
        self.box.toggled.connect(lambda _on: self.edited.emit())
        self.setFocusProxy(self.box)
        self._row.addWidget(self.box)
        self._row.addStretch(1)

    def value(self) -> bool:
        """Whether it is on."""
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        """Switch."""
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))


class ClipField(Field):
    """Pictures, or a clip."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.box = combo([("pictures", "Pictures"), ("clip", "Clip")])
        self.box.setAccessibleName(choice.label)
        self.box.setFixedWidth(WIDE_SPIN_PX)
        keep_wheel(self.box)
        self.box.currentIndexChanged.connect(lambda _i: self.edited.emit())
        self.setFocusProxy(self.box)
        self._row.addWidget(self.box)
        self._row.addStretch(1)

    def value(self) -> bool:
        """Whether a clip is made."""
        return bool(self.box.currentData() == "clip")

    def set_value(self, value: Any) -> None:
        """Choose one."""
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(int(bool(value)))


class FolderField(Field):
    """A folder that is there, or none."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.line = QLineEdit()
        self.line.setPlaceholderText("none")
        self.line.setAccessibleName(choice.label)
        self.line.editingFinished.connect(self.edited.emit)
        self.browse = QPushButton("Browse…")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._on_browse)
        self.setFocusProxy(self.line)
        self._row.addWidget(self.line, 1)
        self._row.addWidget(self.browse)

    def _on_browse(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self.choice.label, self.line.text())
        if found:
            self.line.setText(found)
            self.edited.emit()

    def value(self) -> str | None:
        """The folder, or None."""
        text = self.line.text().strip()
        return str(Path(text).expanduser()) if text else None

    def set_value(self, value: Any) -> None:
        """Show a folder."""
        self.line.setText("" if value is None else str(value))


KINDS: dict[str, type[Field]] = {
    "whole": NumberField, "share": NumberField, "amount": NumberField, "range": RangeField,
    "shares": SharesField, "switch": SwitchField, "folder": FolderField, "clip": ClipField,
}  # fmt: skip


def field_for(choice: Choice) -> Field:
    """The editor of a row."""
    return KINDS[choice.kind](choice)
