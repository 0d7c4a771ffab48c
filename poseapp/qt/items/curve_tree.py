"""The list of curves that can be plotted: keypoints with x, y, speed and score, bones with their length."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from poseapp.labels.quantities import SIDES, side_keypoints, subject
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.trajectories import Quantity
from poseapp.qt import theme

KINDS = ("x", "y", "speed", "score", "length")
CHECK_PX = {"x": 30, "y": 30, "speed": 46, "score": 44, "length": 46}
TIPS = {
    "x": "Pixels from the left", "y": "Pixels from the top", "speed": "Pixels a second",
    "score": "How sure the network was", "length": "Pixels between the two ends",
}  # fmt: skip
ROW_PX = 20
ON, OFF = Qt.CheckState.Checked, Qt.CheckState.Unchecked
SUBJECT = Qt.ItemDataRole.UserRole


class CurveTree(QWidget):
    """A table of check boxes in three sections, with a field to search it.

    Attributes:
        search: the field.
        tree: the table.
    """

    chosen = Signal(object)  # tuple of Quantity, in the order they were chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skeleton: Skeleton | None = None
        self._shown: tuple[Quantity, ...] = ()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search keypoints and bones")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search curves")
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Curves")
        self.tree.setColumnCount(1 + len(KINDS))
        self.tree.setHeaderLabels(["", *KINDS])
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(10)
        self.tree.setAllColumnsShowFocus(False)
        # Arrow keys then go from box to box, and the space bar checks them.
        self.tree.setSelectionBehavior(QTreeWidget.SelectionBehavior.SelectItems)
        self.tree.setFont(theme.small_font())
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(24)
        for column, kind in enumerate(KINDS, 1):
            header.resizeSection(column, CHECK_PX[kind])
            self.tree.headerItem().setToolTip(column, TIPS[kind])
        self.tree.itemChanged.connect(self._on_changed)
        self.tree.itemActivated.connect(self._flip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        theme.changed.connect(self._colour)

    def show_skeleton(self, skeleton: Skeleton | None) -> None:
        """List what can be measured of people of a skeleton."""
        if skeleton is self._skeleton:
            return
        self._skeleton = skeleton
        with QSignalBlocker(self.tree):
            self.tree.clear()
            if skeleton is None:
                return
            people = [tuple(range(skeleton.num_keypoints))]
            people += [found for s in SIDES if (found := side_keypoints(skeleton, s.split()[0]))]
            self._section("Person", people, ("speed", "score"))
            self._section("Keypoints", [(k,) for k in range(skeleton.num_keypoints)], KINDS[:4])
            self._section("Bones", [tuple(edge) for edge in skeleton.edges], ("length",))
        self.show_chosen(self._shown)
        self._colour()
        self._filter(self.search.text())

    def _section(self, name: str, subjects: Iterable[tuple[int, ...]], kinds: Iterable[str]) -> None:
        assert self._skeleton is not None
        top = QTreeWidgetItem([name])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(top)
        top.setExpanded(True)
        top.setSizeHint(0, QSize(0, ROW_PX + 4))
        top.setFirstColumnSpanned(True)
        font = theme.small_font()
        font.setWeight(font.Weight.DemiBold)
        top.setFont(0, font)
        for keypoints in subjects:
            kind = "length" if name == "Bones" else "speed"
            item = QTreeWidgetItem([subject(Quantity(kind, keypoints), self._skeleton)])
            item.setData(0, SUBJECT, keypoints)
            item.setSizeHint(0, QSize(0, ROW_PX))
            for kind in kinds:
                item.setCheckState(1 + KINDS.index(kind), OFF)
            top.addChild(item)

    def _sections(self) -> list[QTreeWidgetItem]:
        return _children(self.tree.invisibleRootItem())

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for top in self._sections() for item in _children(top)]

    def _colour(self) -> None:
        skeleton = self._skeleton
        if skeleton is None:
            return
        with QSignalBlocker(self.tree):
            for top in self._sections():
                top.setForeground(0, theme.color("muted"))
            for item in self._items():
                sides = {skeleton.sides[k] for k in self._keypoints(item)}
                own = sides.pop() if len(sides) == 1 else "middle"
                item.setIcon(0, _dot(own))

    @staticmethod
    def _keypoints(item: QTreeWidgetItem) -> tuple[int, ...]:
        return tuple(item.data(0, SUBJECT) or ())

    # -- choosing

    def show_chosen(self, shown: Iterable[Quantity]) -> None:
        """Check what is plotted."""
        self._shown = tuple(shown)
        with QSignalBlocker(self.tree):
            for item in self._items():
                for column, kind in enumerate(KINDS, 1):
                    if _has_box(item, column):
                        on = Quantity(kind, self._keypoints(item)) in self._shown
                        item.setCheckState(column, ON if on else OFF)

    def _on_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            return
        quantity = Quantity(KINDS[column - 1], self._keypoints(item))
        without = tuple(q for q in self._shown if q != quantity)
        self._shown = (*without, quantity) if item.checkState(column) == ON else without
        self.chosen.emit(self._shown)

    def _flip(self, item: QTreeWidgetItem, column: int) -> None:
        """Return on a row: the box in the focus, else the first there is."""
        columns = [c for c in range(1, 1 + len(KINDS)) if _has_box(item, c)]
        if columns:
            at = column if column in columns else columns[0]
            item.setCheckState(at, OFF if item.checkState(at) == ON else ON)

    def _filter(self, text: str) -> None:
        """Show rows whose name has all the words."""
        words = text.lower().replace("_", " ").split()
        for top in self._sections():
            for item in _children(top):
                item.setHidden(not all(word in item.text(0).lower() for word in words))
            top.setHidden(all(item.isHidden() for item in _children(top)))


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (item.child(number) for number in range(item.childCount()))
    return [child for child in found if child is not None]


def _has_box(item: QTreeWidgetItem, column: int) -> bool:
    return item.data(column, Qt.ItemDataRole.CheckStateRole) is not None


def _dot(side: str) -> QIcon:
    """A dot in the colour of a side."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(side))
    painter.drawEllipse(8, 8, 16, 16)
    painter.end()
    return QIcon(pixmap)
