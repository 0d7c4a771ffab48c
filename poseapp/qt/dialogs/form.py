"""A dialog of labelled fields with one primary button; Enter accepts, Esc leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.qt import theme

SHORT_NOTE = 60
TEXT_MARGIN_PX = 6


class FormDialog(QDialog):
    """A title line, fields, buttons.

    Attributes:
        accept_button: the primary button.
        body: the layout between the fields and the buttons, for what is no field.
    """

    def __init__(self, parent: QWidget | None, title: str, lead: str, accept: str, width: int = 460) -> None:
        super().__init__(parent)
        self.setWindowTitle(title.rstrip("…"))
        self.setMinimumWidth(width)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        self.lead = QLabel(lead)
        self.lead.setWordWrap(True)
        theme.set_role(self.lead, "muted")
        column.addWidget(self.lead)
        self.lead.setVisible(bool(lead))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(9)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        column.addLayout(self._form)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addLayout(self.body, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self._left = QHBoxLayout()
        buttons.addLayout(self._left)
        buttons.addStretch(1)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        buttons.addWidget(self.cancel_button)
        self.accept_button = QPushButton(accept)
        self.accept_button.setDefault(True)
        theme.set_role(self.accept_button, "primary")
        self.accept_button.clicked.connect(self.accept)
        buttons.addWidget(self.accept_button)
        column.addLayout(buttons)

    def add_row(self, label: str, field: QWidget, note: str = "") -> None:
        """Add a field, with a muted line under it where it needs one."""
        name = QLabel(label)
        name.setBuddy(field)
        for named in (field, field.focusProxy()):
            if named is not None:
                named.setAccessibleName(label)
        pad(field)
        self._form.addRow(name, field)
        if note:
            self._form.addRow("", self.note(note))

    def note(self, text: str) -> QLabel:
        """A muted line."""
        label = QLabel(text)
        # A line that is wrapped gets room for two, needed or not.
        label.setWordWrap(len(text) > SHORT_NOTE or not text)
        theme.set_role(label, "caption")
        return label

    def fit_height(self) -> None:
        """Grow or shrink to what is in it; wrapped lines are measured at the width there is."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        wanted = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
        self.resize(self.width(), max(wanted, layout.totalMinimumSize().height()))

    def add_left_button(self, button: QPushButton) -> None:
        """Put a button at the left of the bottom row."""
        button.setAutoDefault(False)
        self._left.addWidget(button)


def pad(field: QWidget) -> None:
    """Put the numbers of a field as far from its edge as other text; the style sheet cannot."""
    if isinstance(field, QAbstractSpinBox):
        line = field.findChild(QLineEdit)
        if line is not None:
            line.setTextMargins(TEXT_MARGIN_PX, 0, 0, 0)


def combo(rows: list[tuple[str, str]], chosen: str = "") -> QComboBox:
    """A choice of ``(value, words)`` rows with one of them chosen."""
    made = QComboBox()
    for value, words in rows:
        made.addItem(words, value)
    made.setCurrentIndex(max(made.findData(chosen), 0))
    return made
