"""A folder to write to that is not there yet or is empty."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class OutFolder(QWidget):
    """A line and a button to look for a place.

    Args:
        path: the folder offered.
        name: what it is, for title and accessibility.

    Attributes:
        changed: another folder stands in the line.
    """

    changed = Signal()

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self._name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.line = QLineEdit(str(path))
        self.line.setAccessibleName(name)
        self.line.setToolTip("A folder that is not there yet or is empty")
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.setFocusProxy(self.line)
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        row.addWidget(self.line, 1)
        row.addWidget(browse)

    def _on_browse(self) -> None:
        found, _ = QFileDialog.getSaveFileName(
            self, self._name, self.line.text(), "Folders (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if found:
            self.line.setText(found)

    @property
    def path(self) -> Path:
        """What stands in the line."""
        return Path(self.line.text().strip()).expanduser()

    def problem(self) -> str:
        """Why nothing can be written there, or ""."""
        path = self.path
        if not self.line.text().strip() or not path.is_absolute():
            return "name a folder to write to, from its drive or root on"
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            return f"the folder {path.name} is not empty: choose another"
        there = next((p for p in (path, *path.parents) if p.exists()), None)
        is_writable = there is not None and there.is_dir() and os.access(there, os.W_OK)
        return "" if is_writable else f"nothing can be written to {path.parent}"
