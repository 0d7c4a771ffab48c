"""The settings as a table that can be searched: each value is edited in its place and counts at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.settings import SETTINGS, Setting, Settings, Value
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog, combo, pad

FIELD_PX = 190
WORDS = {"auto": "Automatic", "cpu": "CPU", "system": "As the system", "dark": "Dark", "light": "Light"}


class SettingRow(QFrame):
    """A mark where it was changed, the label over its note, the value, and a way back to the default.

    Attributes:
        field: the editor of the value.
    """

    def __init__(self, row: Setting, settings: Settings, devices: list[str]) -> None:
        super().__init__()
        self.row, self._settings = row, settings
        self.trouble = QLabel()
        theme.set_role(self, "setting")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 7, 6, 7)
        line.setSpacing(10)
        self.mark = QLabel("●")
        self.mark.setFixedWidth(10)
        self.mark.setToolTip("Changed by you")
        theme.set_role(self.mark, "mark")
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        self.label, self.note = QLabel(row.label), QLabel(row.note)
        theme.set_role(self.note, "caption")
        theme.set_role(self.trouble, "bad")
        self.note.setWordWrap(True)
        self.trouble.setWordWrap(True)
        self.note.setVisible(bool(row.note))
        self.trouble.hide()
        for label in (self.label, self.note, self.trouble):
            words.addWidget(label)
        line.addLayout(words, 1)
        self.field = self._make_field(devices)
        self.field.setAccessibleName(row.label)
        self.field.setAccessibleDescription(row.note)
        self.field.setToolTip(row.note)
        self.field.setFixedWidth(FIELD_PX)
        self.label.setBuddy(self.field)
        pad(self.field)
        line.addWidget(self.field, 0, Qt.AlignmentFlag.AlignVCenter)
        self.reset = QToolButton()
        self.reset.setIcon(theme.icon("arrow-counter-clockwise"))
        self.reset.setToolTip(f"Back to {self._said(row.default)}")
        self.reset.setAccessibleName(f"Reset {row.label}")
        self.reset.clicked.connect(lambda: self.put(row.default))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        self.refresh()

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the default."""
        return self._settings[self.row.key] != self.row.default

    def matches(self, words: list[str]) -> bool:
        """Whether every word is in what is shown of it."""
        row = self.row
        choices = " ".join(self._said(c) for c in row.choices)
        state = "changed" if self.is_changed else ""
        text = f"{row.group} {row.label} {row.note} {row.key} {choices} {state}".lower()
        return all(word in text for word in words)

    @staticmethod
    def _said(value: Value) -> str:
        if isinstance(value, bool):
            return "on" if value else "off"
        return WORDS.get(str(value), str(value))

    def _choices(self, devices: list[str]) -> list[Value]:
        if self.row.key == "device":
            return list(dict.fromkeys([*devices, str(self._settings["device"])]))
        if self.row.key == "skeleton":
            from poseapp.labels.skeleton import list_skeletons

            return list(list_skeletons())
        return list(self.row.choices)

    def _make_field(self, devices: list[str]) -> QWidget:
        row, value = self.row, self._settings[self.row.key]
        choices = self._choices(devices)
        if choices:
            box = combo([(str(c), self._said(c)) for c in choices], str(value))
            kinds = {str(choice): choice for choice in choices}
            box.currentIndexChanged.connect(lambda _i: self.put(kinds[box.currentData()]))
            return box
        if isinstance(value, bool):
            check = QCheckBox()
            check.toggled.connect(self.put)
            return check
        if isinstance(value, int):
            spin = QSpinBox()
            spin.setRange(int(row.minimum or 0), 10**9 if row.maximum is None else int(row.maximum))
            spin.valueChanged.connect(self.put)
            return spin
        if isinstance(value, float):
            real = QDoubleSpinBox()
            real.setSingleStep(0.05)
            real.setRange(row.minimum or 0.0, 1e9 if row.maximum is None else row.maximum)
            real.valueChanged.connect(self.put)
            return real
        line = QLineEdit()
        line.editingFinished.connect(lambda: self.put(line.text()))
        return line

    def put(self, value: Value) -> None:
        """Change the setting; what it refuses is said under its label."""
        self.trouble.hide()
        try:
            self._settings[self.row.key] = value
        except PoseError as error:
            self.trouble.setText(str(error))
            self.trouble.show()
        self.refresh()

    def refresh(self) -> None:
        """Show the value as it is now."""
        value, field = self._settings[self.row.key], self.field
        field.blockSignals(True)
        if isinstance(field, QComboBox):
            field.setCurrentIndex(max(field.findData(str(value)), 0))
        elif isinstance(field, QCheckBox):
            field.setChecked(bool(value))
        elif isinstance(field, QSpinBox):
            field.setValue(int(value))
        elif isinstance(field, QDoubleSpinBox):
            field.setValue(float(value))
        elif isinstance(field, QLineEdit):
            field.setText(str(value))
        field.blockSignals(False)
        self.mark.setText("●" if self.is_changed else "")
        self.reset.setVisible(self.is_changed)


class SettingsDialog(FormDialog):
    """Every row of ``SETTINGS`` by group; a change counts at once.

    Attributes:
        rows: the row of each setting, by its key.
    """

    def __init__(self, parent: QWidget | None, settings: Settings, devices: list[str], at: str = "") -> None:
        super().__init__(parent, "Settings", "", "Close", 560)
        self.cancel_button.hide()
        self._settings = settings
        # Enter belongs to the fields: a number that is being typed must not close the dialog.
        self.accept_button.setDefault(False)
        self.accept_button.setAutoDefault(False)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._on_search)
        self.body.addWidget(self.search)
        page = QWidget()
        theme.set_role(page, "content")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(0)
        self.rows: dict[str, SettingRow] = {}
        self._groups: dict[str, tuple[QLabel, list[SettingRow]]] = {}
        for row in SETTINGS:
            self._add(row, devices)
        self.nothing = QLabel("No setting is called that.")
        theme.set_role(self.nothing, "muted")
        self.nothing.setContentsMargins(10, 12, 0, 0)
        self.nothing.hide()
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(self.area, "panel")
        self.area.setWidget(page)
        self.body.addWidget(self.area, 1)
        self.reset_button = QPushButton("Reset All")
        self.reset_button.setToolTip("Every setting as at the first start")
        self.reset_button.clicked.connect(self._on_reset)
        self.add_left_button(self.reset_button)
        settings.on_change(self._on_setting)
        self._say_changed()
        self.resize(600, 560)
        self._at = at
        self.search.setFocus()
        if at in self.rows:
            self.rows[at].field.setFocus()
            theme.set_role(self.rows[at], "setting-shown")

    def _add(self, row: Setting, devices: list[str]) -> None:
        if row.group not in self._groups:
            head = QLabel(row.group)
            head.setContentsMargins(10, 12 if self._groups else 2, 0, 4)
            theme.set_role(head, "heading")
            self._column.addWidget(head)
            self._groups[row.group] = (head, [])
        made = SettingRow(row, self._settings, devices)
        self._groups[row.group][1].append(made)
        self.rows[row.key] = made
        # Rows of one group stand together, wherever they are in the table.
        head, rows = self._groups[row.group]
        self._column.insertWidget(self._column.indexOf(rows[-2] if len(rows) > 1 else head) + 1, made)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Bring the setting it was opened at into view."""
        super().resizeEvent(event)
        if self._at in self.rows:
            self.area.ensureWidgetVisible(self.rows[self._at])

    def _on_search(self, text: str) -> None:
        words = text.lower().split()
        any_found = False
        for head, rows in self._groups.values():
            shown = [row.matches(words) for row in rows]
            for row, is_shown in zip(rows, shown, strict=True):
                row.setVisible(is_shown)
            head.setVisible(any(shown))
            any_found |= any(shown)
        self.nothing.setVisible(not any_found)

    def _on_setting(self, key: str, _value: Value) -> None:
        self.rows[key].refresh()
        self._say_changed()

    def _say_changed(self) -> None:
        self.reset_button.setEnabled(any(row.is_changed for row in self.rows.values()))

    def _on_reset(self) -> None:
        for row in self.rows.values():
            row.put(row.row.default)

    def done(self, result: int) -> None:
        """Close, and listen no more."""
        self._settings.off_change(self._on_setting)
        super().done(result)
