"""The chosen range on the timeline: what of it is under the mouse, how it is dragged, how it looks."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.items.time_axis import TimeAxis

STRIP_PX = 15.0
GRIP_PX = 6.0
HANDLE_PX = 5.0


class RangeStrip:
    """Range of frames along an axis; its bar at the top of the tracks is what can be dragged.

    Args:
        session: whose `frame_range` it is.
        axis: of the tracks.

    Attributes:
        part: what is being dragged: "new", "start", "end", "all", or "".
    """

    def __init__(self, session: Session, axis: TimeAxis) -> None:
        self.session, self.axis = session, axis
        self.part = ""
        self._anchor = 0
        self._before = (0, 0)

    def edges(self) -> tuple[float, float] | None:
        """Pixels of the left and right end, half a frame outside the first and last frame."""
        chosen = self.session.frame_range
        if chosen is None:
            return None
        half = 0.5 * (self.axis.right - self.axis.left) / self.axis.span
        return float(self.axis.x(chosen[0])) - half, float(self.axis.x(chosen[1] - 1)) + half

    def part_at(self, x: float, y: float) -> str:
        """What a press here would drag: "start", "end", "all" or ""."""
        edges = self.edges()
        if edges is None or y > STRIP_PX:
            return ""
        near = min(edges, key=lambda edge: abs(edge - x))
        if abs(near - x) <= GRIP_PX:
            return "start" if near == edges[0] else "end"
        return "all" if edges[0] < x < edges[1] else ""

    def press(self, part: str, x: float) -> None:
        """Begin to drag; `part` as of `part_at`, or "new"."""
        self.part, self._anchor = part, self.axis.frame(x)
        if part == "new":
            self.session.set_range(self._anchor, self._anchor + 1)
        self._before = self.session.frame_range or (0, 0)

    def move(self, x: float) -> None:
        """Follow the mouse."""
        at, (start, stop) = self.axis.frame(x), self._before
        if self.part == "new":
            self.session.set_range(min(self._anchor, at), max(self._anchor, at) + 1)
        elif self.part == "start":
            self.session.set_range(min(at, stop - 1), stop)
        elif self.part == "end":
            self.session.set_range(start, max(at, start) + 1)
        elif self.part == "all":
            shift = min(max(at - self._anchor, -start), self.session.num_frames - stop)
            self.session.set_range(start + shift, stop + shift)

    def release(self) -> None:
        """The hand lets go."""
        self.part = ""

    def paint(self, painter: QPainter, bottom: float) -> None:
        """The shaded range, its bar and its two handles."""
        edges = self.edges()
        if edges is None:
            return
        left, right = max(edges[0], self.axis.left - 6), min(edges[1], self.axis.right + 6)
        if right <= left:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent", 0.13))
        painter.drawRect(QRectF(left, STRIP_PX, right - left, bottom - STRIP_PX))
        painter.setBrush(theme.color("accent", 0.32))
        painter.drawRoundedRect(QRectF(left, 4, right - left, STRIP_PX - 5), 3, 3)
        for edge, inward in ((edges[0], 1), (edges[1], -1)):
            if not left - 1 <= edge <= right + 1:
                continue
            painter.setPen(QPen(theme.color("accent", 0.8), 1))
            painter.drawLine(QLineF(edge, STRIP_PX, edge, bottom))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            start = edge if inward > 0 else edge - HANDLE_PX
            painter.drawRoundedRect(QRectF(start, 3, HANDLE_PX, STRIP_PX - 3), 2, 2)
