"""The skeleton editor: a table of keypoints, a picture of them, and what applying it does to the labels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QColorDialog,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.errors import PoseError
from poseapp.labels.skeleton import list_skeletons, load_skeleton
from poseapp.qt import theme
from poseapp.qt.dialogs.skeleton_picture import Example, SkeletonPicture, hairline
from poseapp.qt.skeleton_table import KeypointsTable

FILES = "Skeletons (*.toml)"
# Colours that can be told apart on the dark canvas, away from the blue and red-orange of the sides.
PALETTE = {
    "Green": "#4cc38a", "Yellow": "#f2d24b", "Violet": "#b48cff", "Pink": "#ff8ac4", "Cyan": "#45d3e0",
    "Orange": "#ffa24a", "White": "#f2f4f8",
}  # fmt: skip


class SkeletonDialog(QDialog):
    """Edits a `SkeletonEditor`'s draft until it is applied.

    Args:
        parent: the window.
        editor: what is edited; with a project, labels are spoken of.
        example: a labelled person to draw over, or None.
    """

    def __init__(
        self, parent: QWidget | None, editor: SkeletonEditor, example: Example | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.setWindowTitle("Edit skeleton" if editor.project is not None else "Make a skeleton")
        self.table, self.picture = KeypointsTable(editor), SkeletonPicture(editor, example)
        self.canvas = self.picture.canvas
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(hairline())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left())
        split.addWidget(self.picture)
        split.setSizes([440, 620])
        column.addWidget(split, 1)
        column.addWidget(hairline())
        column.addLayout(self._foot())
        self._keys()
        self.table.color_wanted.connect(self._choose_color)
        self.table.removed.connect(editor.remove)
        self.canvas.removed.connect(editor.remove)
        editor.changed.connect(self._refresh)
        self._refresh()
        self.resize(1080, 720)
        self.table.setFocus()

    # -- building

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(8)
        label = QLabel("Name")
        theme.set_role(label, "muted")
        self.name = QLineEdit()
        self.name.setFixedWidth(180)
        self.name.setAccessibleName("Name of the skeleton")
        self.name.setToolTip("What the skeleton is called in lists and files")
        label.setBuddy(self.name)
        self.name.textEdited.connect(self._on_name)
        self.about = QLineEdit()
        self.about.setPlaceholderText("Description")
        self.about.setAccessibleName("Description of the skeleton")
        self.about.setToolTip("One sentence for lists")
        self.about.textEdited.connect(self._on_about)
        self.template = QPushButton("Start from")
        self.template.setToolTip("Begin anew with a shipped skeleton, or from scratch")
        self.template.setMenu(self._templates())
        load, self.save_button = QPushButton("Load…"), QPushButton("Save as…")
        load.setToolTip("Begin anew with a skeleton file")
        load.clicked.connect(self._on_load)
        self.save_button.setToolTip("Write this skeleton to a file, for other projects")
        self.save_button.clicked.connect(self._on_save)
        self.undo_button = self._tool("arrow-counter-clockwise", "Undo", self.editor.undo)
        self.redo_button = self._tool("arrow-clockwise", "Redo", self.editor.redo)
        row.addWidget(label)
        row.addWidget(self.name)
        row.addWidget(self.about, 1)
        for widget in (self.template, load, self.save_button, self.undo_button, self.redo_button):
            if isinstance(widget, QPushButton):
                widget.setAutoDefault(False)
            row.addWidget(widget)
        return row

    def _templates(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Scratch: no keypoints", lambda: self.editor.start_from(None))
        menu.addSeparator()
        for name in list_skeletons():
            skeleton = load_skeleton(name)
            text = f"{name} · {skeleton.num_keypoints} keypoints"
            action = menu.addAction(text, partial(self.editor.start_from, skeleton))
            action.setToolTip(skeleton.description)
        menu.setToolTipsVisible(True)
        return menu

    def _left(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(hairline())
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(2)
        self.add_button = self._tool("plus", "Add keypoint (Ins)", self._on_add)
        self.remove_button = self._tool(
            "trash", "Remove the selected keypoint or edge (Del)", self.editor.remove
        )
        self.up_button = self._tool("arrow-up", "Move up (Alt+Up)", lambda: self.editor.shift(-1))
        self.down_button = self._tool("arrow-down", "Move down (Alt+Down)", lambda: self.editor.shift(1))
        self.connect_button = QPushButton("Connect to")
        self.connect_button.setToolTip("Keypoints that an edge leads to from the selected one")
        self.connect_button.setMenu(QMenu(self))
        self.connect_button.menu().aboutToShow.connect(self._fill_connect)
        self.guess_button = QPushButton("Guess sides")
        self.guess_button.setToolTip("Find mirror partners by names such as left_ear and right_ear")
        self.guess_button.clicked.connect(
            lambda: self.editor.do("Guess sides", self.editor.draft.guess_sides())
        )
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            row.addWidget(button)
        row.addStretch(1)
        for push in (self.connect_button, self.guess_button):
            push.setAutoDefault(False)
            row.addWidget(push)
            row.addSpacing(4)
        column.addLayout(row)
        return side

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName("What applying does")
        self.summary.setMinimumHeight(34)
        row.addWidget(self.summary, 1)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.accept_button = QPushButton("Apply" if self.editor.project is not None else "Use this skeleton")
        self.accept_button.setAutoDefault(False)
        self.accept_button.setDefault(False)
        theme.set_role(self.accept_button, "primary")
        self.accept_button.clicked.connect(self.accept)
        row.addWidget(cancel)
        row.addWidget(self.accept_button)
        return row

    def _tool(self, icon: str, tip: str, act: Any) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: act())
        return button

    def _keys(self) -> None:
        for keys, act in (
            ("Ctrl+Z", self.editor.undo),
            ("Ctrl+Shift+Z", self.editor.redo),
            ("Ctrl+Y", self.editor.redo),
            ("Ins", self._on_add),
            ("Ctrl+S", self._on_save),
            ("Ctrl+Return", self.accept),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda a=act: a())

    # -- what is shown

    def _refresh(self) -> None:
        editor, draft = self.editor, self.editor.draft
        for line, text in ((self.name, draft.name), (self.about, draft.description)):
            if line.text() != text:
                line.setText(text)
        for button, step, words in (
            (self.undo_button, editor.undo_text, "Undo"),
            (self.redo_button, editor.redo_text, "Redo"),
        ):
            button.setEnabled(step is not None)
            button.setToolTip(f"{words}: {step}" if step else words)
        at = None if editor.selected is None else draft.index(editor.selected)
        self.remove_button.setEnabled(at is not None or editor.edge is not None)
        self.up_button.setEnabled(bool(at))
        self.down_button.setEnabled(at is not None and at + 1 < len(draft.points))
        self.connect_button.setEnabled(at is not None and len(draft.points) > 1)
        self._say_summary()

    def _say_summary(self) -> None:
        problems = self.editor.problems()
        self.save_button.setEnabled(not problems)
        change = None if problems else self.editor.change()
        words = "Apply" if self.editor.project is not None else "Use this skeleton"
        if problems:
            more = f" ({len(problems) - 1} more to put right)" if len(problems) > 1 else ""
            text, role = problems[0].text + more, "bad"
        elif change is None:
            draft = self.editor.draft
            parts = ((draft.points, "keypoint"), (draft.edges, "edge"), (draft.pairs, "mirrored pair"))
            counts = [f"{len(rows)} {word}{'s' * (len(rows) != 1)}" for rows, word in parts]
            text, role = f"{', '.join(counts)}.", "muted"
        else:
            text, role = change.text, "doubtful" if change.labels_lost else "muted"
            if change.labels_lost:
                labels = change.labels_lost
                words = f"Apply and remove {labels:,} label{'s' * (labels != 1)}"
        self.summary.setText(text)
        theme.set_role(self.summary, role)
        self.accept_button.setText(words)
        self.accept_button.setEnabled(not problems and not (change is not None and change.is_same))

    # -- steps

    def _on_name(self, text: str) -> None:
        self.editor.do("Name skeleton", replace(self.editor.draft, name=text), "name")

    def _on_about(self, text: str) -> None:
        self.editor.do("Describe skeleton", replace(self.editor.draft, description=text), "description")

    def _on_add(self) -> None:
        self.editor.add()
        self.table.setFocus()
        self.table.rename()

    def _fill_connect(self) -> None:
        menu, editor = self.connect_button.menu(), self.editor
        menu.clear()
        key = editor.selected
        if key is None:
            return
        for point in editor.draft.points:
            if point.key != key:
                action = menu.addAction(point.name or "no name")
                action.setCheckable(True)
                action.setChecked(any(e.joins(key, point.key) for e in editor.draft.edges))
                action.triggered.connect(lambda _on=False, k=point.key: editor.toggle_edge(key, k))

    def color_menu(self, key: int) -> QMenu:
        """The colours that a keypoint can have."""
        menu = QMenu(self)
        menu.addAction("By side", lambda: self._recolor(key, ""))
        menu.addSeparator()
        for words, value in PALETTE.items():
            menu.addAction(
                theme.icon("circle-fill", value, value), words, lambda v=value: self._recolor(key, v)
            )
        menu.addSeparator()
        menu.addAction("Another…", lambda: self._other_color(key))
        return menu

    def _choose_color(self, key: int) -> None:
        row = self.editor.draft.index(key)
        area = self.table.visualRect(self.table.rows.index(row, 3))
        self.color_menu(key).popup(self.table.viewport().mapToGlobal(area.bottomLeft()))

    def _other_color(self, key: int) -> None:
        color = QColorDialog.getColor(QColor(self.canvas.color_of(key)), self, "Colour of the keypoint")
        if color.isValid():
            self._recolor(key, color.name())

    def _recolor(self, key: int, color: str) -> None:
        self.editor.do("Change colour", self.editor.draft.recolor(key, color))

    def _on_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Load skeleton", "", FILES)
        if path:
            self._try(lambda: self.editor.load(path))

    def _on_save(self) -> None:
        if self.editor.problems():
            return
        start = f"{self.editor.draft.name.strip()}.toml"
        path, _ = QFileDialog.getSaveFileName(self, "Save skeleton", start, FILES)
        if path:
            place = Path(path) if Path(path).suffix else Path(f"{path}.toml")
            if self._try(lambda: self.editor.save(place)):
                self.summary.setText(f"Saved as {place.name}.")

    def _try(self, act: Any) -> bool:
        try:
            act()
        except PoseError as error:
            self.summary.setText(str(error))
            theme.set_role(self.summary, "bad")
            return False
        return True

    def accept(self) -> None:
        """Close where there is something to apply and nothing to put right."""
        if self.accept_button.isEnabled():
            super().accept()

    def values(self) -> dict[str, Any]:
        """The skeleton, and which keypoints were renamed."""
        return {"skeleton": self.editor.draft.skeleton(), "renamed": self.editor.draft.renamed()}
