"""The keypoints of one person as a Qt table model, and the rows it is filled with."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from poseapp.app.layers import ScreenInstance
from poseapp.app.session import Session
from poseapp.qt.keypoint_rows import ROW, KeypointRow, X, Y

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Keypoint", "x", "y", "Visibility", "Score")


class KeypointModel(QAbstractTableModel):
    """One row a keypoint of one person; x and y can be typed.

    Attributes:
        typed: keypoint index, "x" or "y", and the new value in pixels.
    """

    typed = Signal(int, str, float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[KeypointRow] = []
        self.editable = False

    def show(self, rows: list[KeypointRow], editable: bool) -> None:
        """Show other values; selection and scroll stay where the number of rows does."""
        self.editable = editable
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Keypoints of the skeleton."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Name, x, y, visibility, score."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row for the delegate, text for screen readers and the editor."""
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return row.text(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tool_tip(index.column())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be selected, x and y can be typed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.editable and index.column() in (X, Y):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a typed number; a comma counts as the decimal point."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            return False
        if not np.isfinite(number) or self.rows[index.row()].text(index.column()) == f"{number:.1f}":
            return False
        self.typed.emit(index.row(), "x" if index.column() == X else "y", number)
        return True


def keypoint_rows(person: ScreenInstance, session: Session) -> list[KeypointRow]:
    """The table of one person, in the skeleton's order."""
    skeleton = session.skeleton
    assert skeleton is not None
    instance = person.instance
    ring = float(session.settings["ring_score"])
    rows = []
    for k, name in enumerate(skeleton.keypoints):
        x, y = (float(v) for v in instance.points[k])
        score = None if instance.scores is None else float(instance.scores[k])
        score = score if score is not None and np.isfinite(score) else None  # placed by a person
        visibility = int(instance.visibility[k]) if np.isfinite(x) and np.isfinite(y) else 0
        side, color = skeleton.sides[k], skeleton.color_of(k)
        rows.append(KeypointRow(name.replace("_", " "), side, x, y, visibility, score, ring, color))
    return rows
