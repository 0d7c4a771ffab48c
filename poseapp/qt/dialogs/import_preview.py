"""What an import would change, before it does."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.api.import_plan import BOTH, KEEP, REPLACE, Conflict, ImportPlan
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.dialogs.form import FormDialog
from poseapp.qt.items.compare import ComparePictures
from poseapp.qt.thumbnails import to_qimage
from poseapp.video import open_video

MOST_ROWS = 2000
LIST_WIDTH_PX = 270
CHOICES = (
    (KEEP, "Keep mine", "mine"),
    (REPLACE, "Take theirs", "theirs"),
    (BOTH, "Keep both people", "both"),
)


class ImportPreviewDialog(FormDialog):
    """New people, the same, and those who differ, side by side; and what becomes of them."""

    def __init__(self, session: Session, parent: QWidget | None, plan: ImportPlan) -> None:
        super().__init__(parent, f"Import {plan.name}", "", "Import", 620)
        assert session.project is not None
        self._project, self._plan = session.project, plan
        self._names = {record.id: record.name for record in session.project.videos}
        self._numbers()
        for text in _notes(plan):
            note = self.note(text)
            self.body.addWidget(note)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        if plan.conflicts:
            self._differing()
            self.setMinimumSize(940, 560)

    def _numbers(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(28)
        plan = self._plan
        for count, words, role in (
            (len(plan.new), "new people", "good"),
            (plan.identical, "there already, passed over", "muted"),
            (len(plan.conflicts), "labelled otherwise here", "doubtful" if plan.conflicts else "muted"),
        ):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            number = QLabel(f"{count:,}")
            theme.set_role(number, "big")
            label = QLabel(words)
            theme.set_role(label, role)
            cell.addWidget(number)
            cell.addWidget(label)
            row.addLayout(cell)
        row.addStretch(1)
        self.body.addLayout(row)

    def _differing(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(14)
        self.list = QListWidget()
        self.list.setAccessibleName("People who are labelled otherwise")
        self.list.setFixedWidth(LIST_WIDTH_PX)
        self.list.setSpacing(2)
        theme.set_role(self.list, "boxed")
        several = len({c.video_id for c in self._plan.conflicts}) > 1
        for conflict in self._plan.conflicts[:MOST_ROWS]:
            self.list.addItem(QListWidgetItem(self._line(conflict, several)))
        if len(self._plan.conflicts) > MOST_ROWS:
            rest = QListWidgetItem(f"and {len(self._plan.conflicts) - MOST_ROWS:,} more")
            rest.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(rest)
        target = self._plan.names.skeleton or self._project.skeleton
        self.pictures = ComparePictures(target)
        self.list.currentRowChanged.connect(self._on_row)
        row.addWidget(self.list)
        row.addWidget(self.pictures, 1)
        self.body.addLayout(row, 1)
        choices = QHBoxLayout()
        choices.setSpacing(18)
        choices.addWidget(QLabel("For all who differ:"))
        for name, words, _ in CHOICES:
            button = QRadioButton(words)
            button.setAccessibleName(words)
            button.toggled.connect(self._on_choice)
            self._group.addButton(button)
            self.buttons[name] = button
            choices.addWidget(button)
        choices.addStretch(1)
        self.body.addLayout(choices)
        self.buttons[KEEP].setChecked(True)
        self.list.setCurrentRow(0)

    def _line(self, conflict: Conflict, several: bool) -> str:
        moved = f"{conflict.moved_px:.1f} px" if conflict.moved_px >= 0.05 else "visibility"
        names = conflict.keypoints
        what = names[0] if len(names) == 1 else f"{len(names)} keypoints"
        video = f"{self._names.get(conflict.video_id, '')}  ·  " if several else ""
        return f"{video}frame {conflict.frame_idx}  ·  {what}  ·  {moved}"

    def _on_row(self, row: int) -> None:
        if not 0 <= row < min(len(self._plan.conflicts), MOST_ROWS):
            return
        conflict = self._plan.conflicts[row]
        self.pictures.show_poses(conflict.ours, conflict.theirs)
        path = self._project.resolve(conflict.video_id) if conflict.video_id > 0 else None
        if path is not None:
            try:
                with open_video(path) as video:
                    self.pictures.show_picture(to_qimage(video[conflict.frame_idx]))
            except PoseError:
                # Without its picture the pose still tells.
                return

    def _on_choice(self) -> None:
        marks = {name: mark for name, _, mark in CHOICES}
        if any(button.isChecked() for button in self.buttons.values()):
            self.pictures.set_chosen(marks[self.choice])

    @property
    def choice(self) -> str:
        """What becomes of those who differ."""
        return next((name for name, button in self.buttons.items() if button.isChecked()), KEEP)

    def values(self) -> dict[str, Any]:
        """What the command needs."""
        return {"plan": self._plan, "conflicts": self.choice}


def _notes(plan: ImportPlan) -> list[str]:
    notes = list(plan.dataset.warnings)
    if plan.videos:
        notes.append(f"Added to the project: {', '.join(record.name for record in plan.videos[:6])}")
    left = [name for name in plan.dataset.skeleton.keypoints if name not in plan.names.names]
    if left:
        notes.append(f"Keypoints left out: {', '.join(left[:8])}{'…' if len(left) > 8 else ''}")
    if plan.skipped:
        notes.append(f"{plan.skipped:,} pictures have no video here and are left out")
    return notes


class ExportPreviewDialog(FormDialog):
    """What an export would change in what is there, and what the format cannot hold."""

    def __init__(
        self,
        parent: QWidget | None,
        name: str,
        changes: dict[str, int] | None,
        warnings: list[str],
        note: str,
    ) -> None:
        accept = "Export" if changes is None else "Replace"
        super().__init__(parent, f"Export {name}", note, accept, 520)
        if changes is not None:
            row = QHBoxLayout()
            row.setSpacing(28)
            roles = {"added": "good", "changed": "doubtful", "removed": "bad", "same": "muted"}
            words = {"same": "frames stay"}
            for key, role in roles.items():
                cell = QVBoxLayout()
                cell.setSpacing(0)
                number = QLabel(f"{changes[key]:,}")
                theme.set_role(number, "big")
                label = QLabel(words.get(key, f"frames {key}"))
                theme.set_role(label, role if changes[key] else "muted")
                cell.addWidget(number)
                cell.addWidget(label)
                row.addLayout(cell)
            row.addStretch(1)
            self.body.addLayout(row)
        for text in warnings:
            label = QLabel(text)
            label.setWordWrap(True)
            theme.set_role(label, "doubtful")
            self.body.addWidget(label)
