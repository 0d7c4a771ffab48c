"""A strip under the menu bar for what must not be overlooked; it blocks nothing and can be copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from poseapp.qt import theme
from poseapp.qt.elided import ElidedLabel


class NoticeBar(QFrame):
    """One line of what went wrong and what to do.

    Attributes:
        wanted: Whether there is something to show.
        wanted_changed: The same as a signal; the window gives the strip its place.
    """

    wanted_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.wanted = False
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        self._icon = QLabel()
        self.text = ElidedLabel()
        self._copy = self._link("Copy", lambda: QApplication.clipboard().setText(self.text.text()))
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icon("x"))
        self.close_button.setIconSize(QSize(12, 12))
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self._copy)
        self._offers = QHBoxLayout()
        self._offers.setSpacing(8)
        row.addLayout(self._offers)
        row.addWidget(self.close_button)
        self._look("failure", "warning-circle", "bad")

    def _link(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        theme.set_role(button, "link")
        button.clicked.connect(lambda _on=False: act())
        return button

    def _look(self, role: str, icon: str, ink: str) -> None:
        theme.set_role(self, role)
        self._icon.setPixmap(theme.icon(icon, role=ink).pixmap(QSize(16, 16)))

    def show_text(self, text: str) -> None:
        """Show one line of what went wrong until it is dismissed or another comes."""
        self._look("failure", "warning-circle", "bad")
        self._show(text)

    def show_warning(self, text: str) -> None:
        """Show one line of what is doubtful, unless something that went wrong is shown."""
        if not self.wanted:
            self._look("warning", "warning", "doubtful")
            self._show(text)

    def show_offer(
        self,
        text: str,
        offers: Mapping[str, tuple[str, Callable[[], object]]],
        icon: tuple[str, str] = ("check-circle", "good"),
    ) -> None:
        """Say that something is ready, and what can be done with it.

        Args:
            text: one line.
            offers: tool tip and what to do, by the button's words; doing it takes the strip away.
            icon: its name and colour.
        """
        self._look("hint", *icon)
        self._show(text)
        self._copy.hide()
        for words, (tip, act) in offers.items():
            button = self._link(words, self._then(act))
            button.setToolTip(tip)
            self._offers.addWidget(button)

    def _then(self, act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            self.dismiss()
            act()

        return run

    def _show(self, text: str) -> None:
        self._copy.show()
        while (item := self._offers.takeAt(0)) is not None:
            button = item.widget()
            assert button is not None
            button.deleteLater()
        self.text.setText(text)
        self.setAccessibleName(text)
        self._want(True)

    def dismiss(self) -> None:
        """Take the strip away."""
        self._want(False)

    def _want(self, wanted: bool) -> None:
        self.wanted = wanted
        self.wanted_changed.emit(wanted)
