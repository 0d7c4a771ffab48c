"""The legend of the timeline: marks in their shapes and colours; a click hides what it stands for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from poseapp.qt import theme
from poseapp.qt.items.track_paint import MARKS, SHAPES, TOKENS, TrackData, draw_mark

HEIGHT_PX, SHAPE_PX, GAP_PX = 20, 15, 7
WORDS = {
    "labelled": "labelled", "predicted": "predicted", "proposed": "proposed",
    "doubtful": "doubtful", "suggested": "suggested",
}  # fmt: skip
TIPS = {
    "labelled": "Frames with labels", "predicted": "Frames with predictions",
    "proposed": "Frames that would be filled: Enter accepts, Esc cancels",
    "doubtful": "Frames of the review: unsure or probably wrong",
    "suggested": "Frames worth a look, with a reason",
}  # fmt: skip


class LegendMark(QAbstractButton):
    """One entry: a small shape in its colour, and a word; off where what it stands for is hidden."""

    def __init__(self, token: str, text: str, shape: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._token, self._shape = token, shape
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFont(theme.small_font())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{tip}\nClick to hide or show" if tip else "Click to hide or show")
        self.setAccessibleName(f"Show {text}")
        self.compact = False

    def event(self, event: QEvent) -> bool:
        """The space bar is this button's while it has the focus, not playback's."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)

    def set_compact(self, compact: bool) -> None:
        """Only the shape, where there is no room for words."""
        self.compact = compact
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Shape and word."""
        word = 0 if self.compact else self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(SHAPE_PX + 3 + word, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As large as it is."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The shape and the word, pale while off."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isChecked() else 0.35)
        draw_mark(painter, self._shape, self._token, QPointF(7, self.height() / 2))
        painter.setPen(theme.color("text" if self.underMouse() or self.hasFocus() else "muted"))
        if not self.compact:
            aligned = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect().adjusted(SHAPE_PX, 0, 0, 0), aligned, self.text())
        if self.hasFocus():
            painter.setOpacity(1.0)
            painter.drawRoundedRect(self.rect().adjusted(0, 1, -1, -2), 4, 4)


class Legend(QWidget):
    """The entries that the tracks have something for."""

    toggled = Signal(str, bool)  # mark or side, shown

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP_PX)
        self.entries: dict[str, LegendMark] = {}
        self._lines: tuple[tuple[str, str], ...] = ()
        self._compact = False
        for mark in MARKS:
            self._add(mark, TOKENS[mark], WORDS[mark], SHAPES[mark], TIPS[mark])

    def _add(self, name: str, token: str, text: str, shape: str, tip: str) -> None:
        entry = LegendMark(token, text, shape, tip, self)
        entry.set_compact(self._compact)
        entry.toggled.connect(lambda on: self.toggled.emit(name, on))
        self._row.addWidget(entry)
        self.entries[name] = entry

    def show_data(self, data: TrackData) -> None:
        """Show the entries that the tracks have something for; the usual ones always."""
        for mark in ("proposed", "suggested"):
            frames = data.marks.get(mark)
            self.entries[mark].setVisible(frames is not None and len(frames) > 0)
        lines = tuple((line.side, line.name) for line in data.lines)
        if lines != self._lines:
            for side, _ in self._lines:
                self.entries.pop(side).deleteLater()
            self._lines = lines
            for side, name in lines:
                self._add(side, side, name, "line", f"{data.kind.capitalize()} of the {name}")
                self.entries[side].setChecked(side not in data.hidden)

    def set_compact(self, compact: bool) -> None:
        """Only shapes, where there is no room for words."""
        if compact != self._compact:
            self._compact = compact
            for entry in self.entries.values():
                entry.set_compact(compact)
