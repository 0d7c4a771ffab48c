"""A strip under the menu bar for what must not be overlooked; it blocks nothing and can be copied."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from poseapp.qt import theme


class NoticeBar(QFrame):
    """One line of what went wrong and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        theme.set_role(self, "failure")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        icon = QLabel()
        icon.setPixmap(theme.icon("warning-circle", role="bad").pixmap(QSize(16, 16)))
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        copy = QPushButton("Copy")
        theme.set_role(copy, "link")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text.text()))
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icon("x"))
        self.close_button.setIconSize(QSize(12, 12))
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.clicked.connect(self.hide)
        row.addWidget(icon)
        row.addWidget(self.text, 1)
        row.addWidget(copy)
        row.addWidget(self.close_button)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show one line until it is dismissed or another comes."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
