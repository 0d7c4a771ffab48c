"""What goes into a pack, and where it goes."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.dialogs.files import PathField
from poseapp.qt.dialogs.form import FormDialog, combo

PACK_FILTER = "Packs (*.posepack)"
CONTENTS = [
    ("labelled", "Labels and the pictures they lie on"),
    ("videos", "Everything: whole videos, history, predictions"),
]
NOTES = {
    "labelled": "{frames} labelled frames as lossless pictures. Enough to check, correct and train "
    "elsewhere; merge brings the changes back.",
    "videos": "{videos} videos as they are. For moving to another machine, or for keeping.",
}


class PackDialog(FormDialog):
    """Asks for the content and the file."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent, "Pack project", "", "Pack", 560)
        assert session.project is not None
        self._counts = session.project.counts()
        self.content = combo(CONTENTS)
        self.add_row("Content", self.content)
        self._note = self.note("")
        self._form.addRow("", self._note)
        path = session.project.path
        self.place = PathField(str(path.with_suffix(".posepack")), "Pack project", PACK_FILTER)
        self.add_row("File", self.place)
        self._warning = QLabel()
        theme.set_role(self._warning, "doubtful")
        self.body.addWidget(self._warning)
        self.content.currentIndexChanged.connect(self._on_content)
        self.place.line.textChanged.connect(self._on_path)
        self._on_content()
        self._on_path()

    def _on_content(self) -> None:
        note = NOTES[self.content.currentData()]
        counts = self._counts
        self._note.setText(note.format(frames=f"{counts['labelled_frames']:,}", videos=counts["videos"]))

    def _on_path(self) -> None:
        path = self.place.path
        self._warning.setText(f"{path.name} is there already and will be replaced" if path.is_file() else "")
        self._warning.setVisible(path.is_file())
        self.accept_button.setEnabled(bool(path.name) and path.parent.is_dir() and not path.is_dir())

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``commands.pack_project``."""
        path = self.place.path
        if path.suffix != ".posepack":
            path = path.with_name(path.name + ".posepack")
        return {"path": path, "content": self.content.currentData()}
