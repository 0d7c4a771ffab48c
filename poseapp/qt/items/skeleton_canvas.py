"""The picture of the skeleton editor: keypoints dragged to a resting pose, edges drawn between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from poseapp.app.skeleton_draft import DraftPoint
from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.qt import theme

PAD_PX = 36.0
REACH_PX, EDGE_REACH_PX = 13.0, 7.0
RADIUS_PX, EDGE_PX = 6.0, 2.6
GRID = 10
RIM = QColor(14, 16, 20, 235)
CHIP = QColor(16, 18, 22, 205)
CHIP_TEXT = QColor("#f2f4f8")
BACKGROUND_OPACITY = 0.8
NUDGE, BIG_NUDGE = 0.01, 0.05
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass
class _Gesture:
    """What the pressed mouse is doing: moving a keypoint, or drawing an edge from one."""

    key: int
    draws: bool
    start: QPointF
    now: QPointF
    moved: bool = False


class SkeletonCanvas(QWidget):
    """Draws the draft of a `SkeletonEditor` and takes the mouse and the keys.

    Attributes:
        mode: "move" or "connect"; with Shift held it is the other one.
        background: a square picture behind the pose, or None.
    """

    removed = Signal()  # Del
    mode_changed = Signal(str)

    def __init__(self, editor: SkeletonEditor) -> None:
        super().__init__()
        self.editor = editor
        self.mode = "move"
        self.background: QImage | None = None
        self._gesture: _Gesture | None = None
        self._hover: int | None = None
        self._hover_edge: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture of the skeleton")
        self.setAccessibleDescription("Drag keypoints to a resting pose; arrow keys move the selected one")
        self.setMinimumSize(340, 340)
        editor.changed.connect(self._follow)

    def sizeHint(self) -> QSize:
        """A square as high as the table."""
        return QSize(560, 520)

    def set_mode(self, mode: str) -> None:
        """Choose what dragging does: "move" or "connect"."""
        if mode != self.mode:
            self.mode = mode
            self.mode_changed.emit(mode)
            self.update()

    def set_background(self, image: QImage | None) -> None:
        """Show a square picture behind the pose, or none."""
        self.background = image
        self.update()

    def _follow(self) -> None:
        self.update()

    # -- places

    def _area(self) -> QRectF:
        side = max(min(self.width(), self.height()) - 2 * PAD_PX, 10.0)
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def position_of(self, key: int) -> QPointF:
        """Where a keypoint is drawn, in pixels of the widget."""
        return self._to_canvas(self.editor.draft.at(key))

    def _to_canvas(self, point: DraftPoint) -> QPointF:
        area = self._area()
        return QPointF(area.left() + point.x * area.width(), area.top() + point.y * area.height())

    def _to_draft(self, at: QPointF) -> tuple[float, float]:
        area = self._area()
        return (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.height()

    def _keypoint_at(self, at: QPointF, but: int | None = None) -> int | None:
        found = [
            (QLineF(at, self._to_canvas(p)).length(), p.key) for p in self.editor.draft.points if p.key != but
        ]
        distance, key = min(found, default=(REACH_PX + 1, -1))
        return key if distance <= REACH_PX else None

    def _edge_at(self, at: QPointF) -> tuple[int, int] | None:
        best, found = EDGE_REACH_PX, None
        for edge in self.editor.draft.edges:
            a, b = self.position_of(edge.start), self.position_of(edge.end)
            distance = _distance(at, a, b)
            if distance <= best:
                best, found = distance, (edge.start, edge.end)
        return found

    # -- mouse

    def _draws(self, event: QMouseEvent) -> bool:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return (self.mode == "connect") != shift

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select, and begin to move a keypoint or to draw an edge."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        key = self._keypoint_at(at)
        if key is not None:
            self.editor.select(key)
            self._gesture = _Gesture(key, self._draws(event), at, at)
            return
        edge = self._edge_at(at)
        if edge is not None and self._draws(event):
            self.editor.do("Remove edge", self.editor.draft.disconnect(*edge))
        else:
            self.editor.select(edge=edge)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the keypoint, or the loose end of the edge; else show what a press would take."""
        at, gesture = event.position(), self._gesture
        if gesture is None:
            self._hover = self._keypoint_at(at)
            self._hover_edge = None if self._hover is not None else self._edge_at(at)
            over = self._hover is not None or self._hover_edge is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self.update()
            return
        gesture.now = at
        gesture.moved = gesture.moved or QLineF(gesture.start, at).length() > 3
        if gesture.draws:
            self._hover = self._keypoint_at(at, gesture.key)
        elif gesture.moved:
            draft = self.editor.draft
            text = f"Move {draft.at(gesture.key).name}"
            self.editor.do(text, draft.place(gesture.key, *self._to_draft(at)), f"drag {gesture.key}")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the place, or the edge where it ends on a keypoint."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        self.editor.end_gesture()
        if gesture.draws:
            end = self._keypoint_at(event.position(), gesture.key)
            if end is not None:
                self.editor.do("Draw edge", self.editor.draft.connect(gesture.key, end))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Add a keypoint in the free."""
        if self._keypoint_at(event.position()) is None and self._edge_at(event.position()) is None:
            self.editor.add(self._to_draft(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selected keypoint, Del takes it away, Esc gives up an edge being drawn."""
        key = self.editor.selected
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and key is not None:
            big = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            by = BIG_NUDGE if big else NUDGE
            point = self.editor.draft.at(key)
            placed = self.editor.draft.place(key, point.x + by * step[0], point.y + by * step[1])
            self.editor.do(f"Move {point.name}", placed, f"nudge {key}")
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._gesture = None
            self.update()
        else:
            super().keyPressEvent(event)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, edges, keypoints, names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme.color("canvas"))
        self._paint_ground(painter)
        self._paint_edges(painter)
        for point in self.editor.draft.points:
            self._paint_point(painter, point)
        self._paint_names(painter)
        if not self.editor.draft.points:
            painter.setPen(QColor(theme.DARK.muted))
            painter.setFont(theme.body_font())
            text = "Double-click to place the first keypoint,\nor start from a template above"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        area = self._area()
        if self.background is not None:
            painter.setOpacity(BACKGROUND_OPACITY)
            painter.drawImage(area, self.background)
            painter.setOpacity(1.0)
            return
        painter.setPen(QPen(QColor(255, 255, 255, 15), 1))
        for step in range(GRID + 1):
            x, y = (start + step * area.width() / GRID for start in (area.left(), area.top()))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def color_of(self, key: int) -> QColor:
        """The colour a keypoint is drawn in."""
        point = self.editor.draft.at(key)
        return QColor(point.color or theme.DARK.side(self.editor.draft.side(key)))

    def _paint_edges(self, painter: QPainter) -> None:
        draft = self.editor.draft
        for edge in draft.edges:
            a, b = self.position_of(edge.start), self.position_of(edge.end)
            side = draft.side(edge.start) if draft.side(edge.start) == draft.side(edge.end) else "middle"
            both = draft.at(edge.start).color
            own = edge.color or (both if both == draft.at(edge.end).color else "")
            chosen = self.editor.edge is not None and edge.joins(*self.editor.edge)
            hovered = self._hover_edge is not None and edge.joins(*self._hover_edge)
            if chosen or hovered:
                halo = QColor("white") if chosen else QColor(255, 255, 255, 90)
                painter.setPen(_line(halo, EDGE_PX + 4))
                painter.drawLine(a, b)
            painter.setPen(_line(QColor(own or theme.DARK.side(side)), EDGE_PX))
            painter.drawLine(a, b)
        gesture = self._gesture
        if gesture is not None and gesture.draws:
            pen = QPen(QColor(theme.DARK.accent), EDGE_PX, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            end = gesture.now if self._hover is None else self.position_of(self._hover)
            painter.drawLine(self.position_of(gesture.key), end)

    def _paint_point(self, painter: QPainter, point: DraftPoint) -> None:
        at = self._to_canvas(point)
        painter.setPen(QPen(RIM, 1.4))
        painter.setBrush(self.color_of(point.key))
        painter.drawEllipse(at, RADIUS_PX, RADIUS_PX)
        if point.key in (self.editor.selected, self._hover):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ink = QColor("white") if point.key == self.editor.selected else QColor(255, 255, 255, 140)
            painter.setPen(QPen(ink, 1.8))
            painter.drawEllipse(at, RADIUS_PX + 4, RADIUS_PX + 4)

    def _paint_names(self, painter: QPainter) -> None:
        """Names beside their keypoints, the selected one first; one that would cover another is left out."""
        painter.setFont(theme.font(11.0))
        metrics = painter.fontMetrics()
        points = self.editor.draft.points
        first = [p for p in points if p.key in (self.editor.selected, self._hover)]
        dots = [QRectF(c.x() - 7, c.y() - 7, 14, 14) for c in map(self._to_canvas, points)]
        taken: list[QRectF] = []
        for point in (*first, *(p for p in points if p not in first)):
            text = point.name.replace("_", " ") or "?"
            at, width = self._to_canvas(point), metrics.horizontalAdvance(text) + 12
            boxes = [
                QRectF(at.x() + 11, at.y() - 8, width, 16),
                QRectF(at.x() - 11 - width, at.y() - 8, width, 16),
            ]
            if self.editor.draft.side(point.key) == "right":
                boxes.reverse()
            free = [
                b for b in boxes
                if self.rect().contains(b.toAlignedRect())
                and not any(b.intersects(t) for t in taken)
                and (point in first or not any(b.intersects(d) for d in dots))
            ]  # fmt: skip
            if not free:
                continue
            taken.append(free[0])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(CHIP)
            painter.drawRoundedRect(free[0], 4, 4)
            painter.setPen(CHIP_TEXT if point in first else QColor(242, 244, 248, 190))
            painter.drawText(free[0], Qt.AlignmentFlag.AlignCenter, text)


def _line(color: QColor, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def _distance(at: QPointF, a: QPointF, b: QPointF) -> float:
    """From a point to the line between two others."""
    start, end, point = (np.array([p.x(), p.y()]) for p in (a, b, at))
    along = end - start
    share = float(np.clip((point - start) @ along / max(along @ along, 1e-9), 0, 1))
    return float(np.hypot(*(start + share * along - point)))
