"""A folder to write to that is not there yet or is empty."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Signal

from poseapp.qt.dialogs.files import PathField


class OutFolder(PathField):
    """A line and a button to look for a place.

    Args:
        path: the folder offered.
        name: what it is, for title and accessibility.

    Attributes:
        changed: another folder stands in the line.
    """

    changed = Signal()

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(str(path), name, "Folders (*)")
        layout = self.layout()
        assert layout is not None
        layout.setSpacing(8)
        self.line.setAccessibleName(name)
        self.line.setToolTip("A folder that is not there yet or is empty")
        self.line.textChanged.connect(lambda _text: self.changed.emit())

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
