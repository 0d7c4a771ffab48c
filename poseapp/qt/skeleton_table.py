"""The table of the skeleton editor: one row a keypoint, changed in place, put in order by dragging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.qt import theme

Index = QModelIndex | QPersistentModelIndex
NAME, SIDE, MIRROR, COLOR = range(4)
COLUMNS = ("Keypoint", "Side", "Mirrors", "Colour")
SIDES = {"left": "Left", "right": "Right", "middle": "Middle"}
NO_PARTNER = "–"
MIME = "application/x-poseapp-keypoint"
ROW_PX = 26


class KeypointsModel(QAbstractTableModel):
    """The draft's keypoints."""

    def __init__(self, editor: SkeletonEditor) -> None:
        super().__init__()
        self.editor = editor
        self._count = len(editor.draft.points)
        editor.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        count = len(self.editor.draft.points)
        if count != self._count:
            self.beginResetModel()
            self._count = count
            self.endResetModel()
        elif count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Keypoints."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        """Name, side, partner, colour."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def key(self, index: Index) -> int:
        """The keypoint of a row."""
        return self.editor.draft.points[index.row()].key

    def problem(self, index: Index) -> str:
        """What is wrong with a keypoint, or ""."""
        key = self.key(index)
        return next((p.text for p in self.editor.problems() if p.key == key), "")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a cell."""
        if not 0 <= index.row() < len(self.editor.draft.points):
            return None
        draft, key = self.editor.draft, self.key(index)
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            partner = draft.partner(key)
            return {
                NAME: draft.at(key).name,
                SIDE: SIDES[draft.side(key)],
                MIRROR: NO_PARTNER if partner is None else draft.at(partner).name,
                COLOR: draft.at(key).color or "by side",
            }[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.problem(index) or self._tip(index)
        return None

    def _tip(self, index: Index) -> str:
        draft, key = self.editor.draft, self.key(index)
        origin = draft.at(key).origin
        if index.column() == NAME and origin is not None and origin != draft.at(key).name:
            return f"was {origin}; its labels stay"
        return {
            NAME: "Double-click or F2 to rename; drag the row, or Alt+Up and Alt+Down, to order",
            SIDE: "The body's own side; a pair can be turned round" if draft.partner(key) is not None
            else "In the middle: choose what it mirrors first",
            MIRROR: "The keypoint it changes places with in a mirror",
            COLOR: "Left is blue, right is red-orange, unless you choose otherwise",
        }[index.column()]  # fmt: skip

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names and partners can be changed, sides of those that have a partner."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        has_partner = self.editor.draft.partner(self.key(index)) is not None
        if index.column() in (NAME, MIRROR) or (index.column() == SIDE and has_partner):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a name, a side's word or a partner's key."""
        draft, key = self.editor.draft, self.key(index)
        if index.column() == NAME:
            self.editor.do(f"Rename {draft.at(key).name}", draft.rename(key, str(value)))
        elif index.column() == SIDE:
            if value == "middle":
                self.editor.do("Change side", draft.pair(key, None))
            elif value != draft.side(key):
                self.editor.do("Change side", draft.flip(key))
        elif value != draft.partner(key):
            self.editor.do("Change mirror partner", draft.pair(key, value))
        return True

    # -- order by dragging

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows move."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Our own only."""
        return [MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:  # type: ignore[override]
        """The dragged keypoint's key."""
        data = QMimeData()
        data.setData(MIME, QByteArray(str(self.key(indexes[0])).encode()))
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Put the dragged keypoint before the row it was dropped at."""
        if not data.hasFormat(MIME):
            return False
        key = int(bytes(data.data(MIME).data()).decode())
        to = row if row >= 0 else (parent.row() if parent.isValid() else self._count)
        draft = self.editor.draft
        at = draft.index(key)
        self.editor.do(f"Move {draft.at(key).name}", draft.move(key, to - (to > at)))
        # False: Qt must not take the row away, the draft has moved it.
        return False


class KeypointCells(QStyledItemDelegate):
    """Draws cells, and edits sides and partners by choosing."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(60, ROW_PX)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line for the name, a list of choices else."""
        if index.column() == NAME:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        model: KeypointsModel = index.model()  # type: ignore[assignment]
        if index.column() == SIDE:
            for value, words in SIDES.items():
                box.addItem(words, value)
        else:
            box.addItem("– none –", None)
            for point in model.editor.draft.points:
                if point.key != model.key(index):
                    box.addItem(point.name, point.key)
        box.activated.connect(lambda _i: self._take(box))
        return box

    def _take(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what is."""
        if not isinstance(editor, QComboBox):
            super().setEditorData(editor, index)
            return
        model: KeypointsModel = index.model()  # type: ignore[assignment]
        draft, key = model.editor.draft, model.key(index)
        value = draft.side(key) if index.column() == SIDE else draft.partner(key)
        editor.setCurrentIndex(max(editor.findData(value), 0))
        editor.showPopup()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take what was chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        else:
            super().setModelData(editor, model, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """A name's line begins where the name does."""
        left = 26 if index.column() == NAME else 0
        editor.setGeometry(option.rect.adjusted(left, 0, 0, 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        model: KeypointsModel = index.model()  # type: ignore[assignment]
        draft, key = model.editor.draft, model.key(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if key == model.editor.selected:
            painter.fillRect(option.rect, theme.color("selection"))
        area = QRectF(option.rect)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.body_font())
        side, color = draft.side(key), draft.at(key).color
        if index.column() == NAME:
            problem = model.problem(index)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(color) if color else theme.side_color(side))
            painter.drawEllipse(QRectF(area.left() + 11, area.center().y() - 4.5, 9, 9))
            painter.setPen(theme.color("bad" if problem else "text"))
            text = draft.at(key).name or "no name"
            painter.drawText(area.adjusted(29, 0, -4, 0), align, f"{text}  ⚠" if problem else text)
        elif index.column() == COLOR:
            swatch = QRectF(area.left() + 8, area.center().y() - 6, 22, 12)
            painter.setPen(QPen(theme.color("hairline"), 1))
            painter.setBrush(theme.color(color) if color else theme.side_color(side, 0.35))
            painter.drawRoundedRect(swatch, 3, 3)
        else:
            painter.setPen(theme.color("muted" if side == "middle" or index.column() == MIRROR else "text"))
            painter.drawText(area.adjusted(8, 0, -4, 0), align, str(index.data()))
        painter.restore()


class KeypointsTable(QTableView):
    """The view; what is selected in it is selected in the editor.

    Attributes:
        color_wanted: a keypoint's colour was clicked: its key.
    """

    color_wanted = Signal(int)
    removed = Signal()

    def __init__(self, editor: SkeletonEditor) -> None:
        super().__init__()
        self.editor = editor
        self.rows = KeypointsModel(editor)
        self.setModel(self.rows)
        self.setItemDelegate(KeypointCells(self))
        self.setAccessibleName("Keypoints")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((SIDE, 68), (MIRROR, 120), (COLOR, 58)):
            self.setColumnWidth(column, width)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(True)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setMinimumWidth(380)
        self.clicked.connect(self._on_clicked)
        editor.changed.connect(self._follow)
        self._follow()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == COLOR:
            self.color_wanted.emit(self.rows.key(index))
        elif index.column() in (SIDE, MIRROR) and index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Select the row's keypoint."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() < len(self.editor.draft.points):
            self.editor.select(self.rows.key(current))

    def _follow(self) -> None:
        """Make the editor's keypoint the current row."""
        key = self.editor.selected
        if key is None:
            return
        row = self.editor.draft.index(key)
        if self.currentIndex().row() != row:
            column = max(self.currentIndex().column(), 0)
            self.setCurrentIndex(self.rows.index(row, column))
        self.scrollTo(self.rows.index(row, NAME))

    def rename(self) -> None:
        """Type a name for the selected keypoint."""
        if self.editor.selected is not None:
            index = self.rows.index(self.editor.draft.index(self.editor.selected), NAME)
            self.setCurrentIndex(index)
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Up and Alt+Down order, Del removes, Space chooses a colour."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.editor.shift(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().column() == COLOR:
            self.color_wanted.emit(self.rows.key(self.currentIndex()))
        else:
            super().keyPressEvent(event)
