"""A panel in the place of something that cannot be shown now: what is the matter and what to do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.qt import theme

WIDTH_PX = 420
ICON_PX = 28
STEPS = 1000


class MessagePanel(QWidget):
    """Title, text, a command to copy, a bar, a button; each only where it is given.

    Attributes:
        pressed: the button was pressed.
    """

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        card = QFrame()
        theme.set_role(card, "raised")
        card.setFixedWidth(WIDTH_PX)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(card)
        column.setContentsMargins(22, 20, 22, 20)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(10)
        self._icon, self.title = QLabel(), QLabel()
        theme.set_role(self.title, "title")
        head.addWidget(self._icon)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self.text, "muted")
        column.addWidget(self.text)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column.addWidget(self.bar)
        column.addWidget(self._command_row())
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.pressed.emit)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        theme.changed.connect(self._paint_icon)
        self._icon_name, self._ink = "", "muted"

    def _command_row(self) -> QWidget:
        self._command_box = QWidget()
        row = QHBoxLayout(self._command_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.command = QLabel()
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self.command, "command")
        self.copy_button = QPushButton("Copy")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.command, 1)
        row.addWidget(self.copy_button)
        return self._command_box

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.command.text())
        self.copy_button.setText("Copied")

    def say(
        self,
        icon: str,
        title: str,
        text: str,
        *,
        ink: str = "muted",
        command: str = "",
        share: float | None = None,
        button: str = "",
    ) -> None:
        """Show something.

        Args:
            icon: name for `theme.icon`.
            title: what is the matter.
            text: why, and what to do.
            ink: token of the icon's colour.
            command: for a terminal.
            share: how much is done, 0 to 1.
            button: what the button says.
        """
        self._icon_name, self._ink = icon, ink
        self._paint_icon()
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(f"{title}. {text}")
        self._command_box.setVisible(bool(command))
        if command != self.command.text():
            self.command.setText(command)
            self.copy_button.setText("Copy")
        self.bar.setVisible(share is not None)
        self.bar.setRange(0, STEPS)
        self.bar.setValue(round((share or 0.0) * STEPS))
        self.button.setVisible(bool(button))
        self.button.setText(button)

    def _paint_icon(self) -> None:
        if self._icon_name:
            made = theme.icon(self._icon_name, role=self._ink)
            self._icon.setPixmap(made.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))
