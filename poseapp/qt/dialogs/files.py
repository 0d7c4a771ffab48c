"""The dialogs for a new project and for an export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from poseapp.app.session import Session
from poseapp.labels.skeleton import Skeleton
from poseapp.paths import VIDEO_SUFFIXES
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog, combo

OWN = "\n"  # no name of a skeleton
VIDEO_FILTER = f"Videos ({' '.join(f'*{s} *{s.upper()}' for s in VIDEO_SUFFIXES)});;All files (*)"


class PathField(QWidget):
    """A path to type or to look for."""

    def __init__(self, path: str, title: str, file_filter: str) -> None:
        super().__init__()
        self._title, self._filter = title, file_filter
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.line = QLineEdit(path)
        self.setFocusProxy(self.line)
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        row.addWidget(self.line, 1)
        row.addWidget(browse)

    def _on_browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self._title, self.line.text(), self._filter, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if path:
            self.line.setText(path)

    @property
    def path(self) -> Path:
        """What stands in the line."""
        return Path(self.line.text().strip()).expanduser()


class NewProjectDialog(FormDialog):
    """Where a project is made, with which skeleton and videos."""

    def __init__(
        self,
        parent: QWidget | None,
        folder: Path,
        skeletons: list[tuple[str, str]],
        chosen: str,
        make: Callable[[QWidget, Skeleton | None], Skeleton | None],
    ) -> None:
        super().__init__(parent, "New project", "", "Create", 540)
        self._make = make
        self._own: Skeleton | None = None
        self.place = PathField(str(folder / "project.pose"), "New project", "Projects (*.pose)")
        self.add_row("Folder", self.place)
        self.skeleton = combo(skeletons, chosen)
        choice = QWidget()
        line = QHBoxLayout(choice)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.make_button = QPushButton("Make my own…")
        self.make_button.setAutoDefault(False)
        self.make_button.setToolTip("Draw a skeleton, from scratch or beginning with a shipped one")
        self.make_button.clicked.connect(self._on_make)
        line.addWidget(self.skeleton, 1)
        line.addWidget(self.make_button)
        choice.setFocusProxy(self.skeleton)
        self.skeleton.setAccessibleName("Skeleton")
        self.add_row("Skeleton", choice, "Which keypoints a person has. It can be changed later.")
        self.videos = QListWidget()
        theme.set_role(self.videos, "boxed")
        self.videos.setMaximumHeight(96)
        self.add_row("Videos", self.videos)
        add = QPushButton("Add videos…")
        add.clicked.connect(self._on_add)
        self.add_left_button(add)
        self._error = QLabel()
        self._error.setWordWrap(True)
        theme.set_role(self._error, "bad")
        self._error.hide()
        self.body.addWidget(self._error)

    def _on_make(self) -> None:
        made = self._make(self, self._own)
        if made is None:
            return
        at = self.skeleton.findData(OWN)
        if at < 0:
            self.skeleton.insertItem(0, "", OWN)
            at = 0
        self._own = made
        count = made.num_keypoints
        self.skeleton.setItemText(at, f"{made.name} · {count} keypoint{'s' * (count != 1)} · your own")
        self.skeleton.setCurrentIndex(at)

    def _on_add(self) -> None:
        start = str(self.place.path.parent)
        paths, _ = QFileDialog.getOpenFileNames(self, "Add videos", start, VIDEO_FILTER)
        self.videos.addItems(paths)

    def accept(self) -> None:
        """Close only where the folder can be made."""
        path = self.path
        problem = ""
        if path.exists():
            problem = f"{path.name} is there already; choose another name"
        elif not path.parent.is_dir():
            problem = f"There is no folder {path.parent}"
        self._error.setText(problem)
        self._error.setVisible(bool(problem))
        if not problem:
            super().accept()

    @property
    def path(self) -> Path:
        """The project's folder, ending in ``.pose``."""
        path = self.place.path
        return path if path.suffix == ".pose" else path.with_name(path.name + ".pose")

    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``commands.new_project``."""
        videos = [self.videos.item(i).text() for i in range(self.videos.count())]
        chosen = self.skeleton.currentData()
        return {"path": self.path, "skeleton": self._own if chosen == OWN else chosen, "videos": videos}


class ExportDialog(FormDialog):
    """What to write, in which format, where."""

    def __init__(self, session: Session, parent: QWidget | None, formats: list[Any]) -> None:
        super().__init__(parent, "Export", "", "Export", 540)
        assert session.project is not None
        self._formats = {f.name: f for f in formats}
        layers = [(layer.id, f"{layer.title} · {layer.num_frames} frames") for layer in session.layers]
        labelled = any(len(session.project.labelled_frames(v.id)) for v in session.project.videos)
        self.what = combo(layers, layers[0][0] if labelled or len(layers) < 2 else layers[1][0])
        self.format = combo([(f.name, f.title) for f in formats])
        self._note = self.note("")
        stem = session.project.path.stem
        self.place = PathField(str(session.project.path.parent / stem), "Export", "All files (*)")
        self.add_row("What", self.what)
        self.add_row("Format", self.format)
        self._form.addRow("", self._note)
        self.embed = QCheckBox("Put the labelled frames into the file (.pkg.slp)")
        self.embed.setAccessibleName("Put the labelled frames into the file")
        self.embed.toggled.connect(self._on_format)
        self._form.addRow("", self.embed)
        self.add_row("File", self.place)
        self._warning = QLabel()
        theme.set_role(self._warning, "doubtful")
        self.body.addWidget(self._warning)
        self.format.currentIndexChanged.connect(self._on_format)
        self.place.line.textChanged.connect(self._on_path)
        self._on_format()

    def _on_format(self) -> None:
        chosen = self._formats[self.format.currentData()]
        self._note.setText(str(chosen.note))
        path = self.place.path
        known = sorted((e for f in self._formats.values() for e in f.extensions), key=len, reverse=True)
        ending = next((e for e in known if path.name.lower().endswith(e)), "")
        name = path.name[: len(path.name) - len(ending)]
        wanted = (
            chosen.extensions[-1] if chosen.name == "slp" and self.embed.isChecked() else chosen.extensions[0]
        )
        self.embed.setVisible(chosen.name == "slp")
        self.place.line.setText(str(path.with_name(name + wanted) if name else path))

    def _on_path(self) -> None:
        path = self.place.path
        text = (
            f"{path.name} is there already; what would change in it is shown first" if path.exists() else ""
        )
        self._warning.setText(text)
        is_folder = self._formats[self.format.currentData()].is_folder
        possible = path.parent.is_dir() and (is_folder or not path.is_dir())
        self.accept_button.setEnabled(bool(path.name) and possible)

    def values(self) -> dict[str, Any]:
        """Path, format and layer."""
        return {
            "path": self.place.path, "format": self.format.currentData(), "layer": self.what.currentData(),
        }  # fmt: skip
