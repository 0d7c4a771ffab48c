"""The tracks of the timeline: score curve, labels and doubts, frame axis, one playhead through all."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.time_axis import TimeAxis, binned_curve, segments, time_code

LEFT_PX, RIGHT_PX = 64.0, 20.0
TOP_PX, AXIS_PX, MARKS_PX, BAND_PX = 12.0, 22.0, 22.0, 3.0
ZOOM_STEP = 1.25
RELOAD_MS = 40


class TimelineTracks(QWidget):
    """Draws the tracks and scrubs.

    What does not move is kept as a picture, so that moving the playhead costs a copy and a line.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.axis = TimeAxis()
        self._picture: QPixmap | None = None
        self._labelled = np.zeros(0, np.int64)
        self._doubtful = np.zeros(0, np.int64)
        self._curve: tuple[np.ndarray, np.ndarray] = (np.zeros(0, np.int64), np.zeros(0, np.float32))
        self._hover_x: float | None = None
        self._scrubbing = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline")
        # Many edits or appended predictions in a row make one reload.
        self._later = QTimer(self, singleShot=True, interval=RELOAD_MS)
        self._later.timeout.connect(self.reload)
        connect(session.video_changed, self._on_video_changed, self)
        connect(session.labels_changed, self._reload_soon, self)
        connect(session.layers_changed, self._reload_soon, self)
        connect(session.frame_changed, self._on_frame_changed, self)
        theme.changed.connect(self._redraw)
        self._on_video_changed()

    # -- data

    def _on_video_changed(self) -> None:
        self.axis.show_all(self.session.num_frames)
        self.reload()

    def _reload_soon(self, *_: object) -> None:
        self._later.start()

    def reload(self) -> None:
        """Read labels and scores again."""
        session = self.session
        self._labelled, self._curve = session.labelled_frames(), session.score_curve()
        self._doubtful = session.doubtful_frames()
        self._redraw()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _on_frame_changed(self, frame_idx: int) -> None:
        if not self._scrubbing and self.axis.reveal(frame_idx):
            self._picture = None
        self.update()

    # -- painting

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Lay the axis over the new width."""
        self.axis.left, self.axis.right = LEFT_PX, max(self.width() - RIGHT_PX, LEFT_PX + 1)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The kept picture, then hover and playhead."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            self._picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            still = QPainter(self._picture)
            self._paint_still(still)
            still.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self.session.video is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hover_x is not None and not self._scrubbing:
            self._paint_hover(painter, self._hover_x)
        self._paint_playhead(painter)

    def _rows(self) -> tuple[QRectF, QRectF, float]:
        """The score row, the marks row, and the y of the axis numbers."""
        width = self.width() - LEFT_PX - RIGHT_PX
        axis_y = self.height() - AXIS_PX
        marks = QRectF(LEFT_PX, axis_y - MARKS_PX - 8, width, MARKS_PX)
        score = QRectF(LEFT_PX, TOP_PX, width, max(marks.top() - TOP_PX - 8, 8.0))
        return score, marks, axis_y

    def _paint_still(self, painter: QPainter) -> None:
        t = theme.tokens()
        painter.fillRect(self.rect(), QColor(t.panel))
        if self.session.video is None:
            return
        score, marks, axis_y = self._rows()
        painter.setPen(QPen(QColor(t.hairline), 1))
        for y in (score.bottom() + 3.5, marks.bottom() + 4.5):
            painter.drawLine(QLineF(LEFT_PX, y, self.width() - RIGHT_PX, y))
        painter.setFont(theme.small_font())
        painter.setPen(QColor(t.muted))
        aligned = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(14, score.top(), LEFT_PX - 18, score.height()), aligned, "score")
        painter.drawText(QRectF(14, marks.top(), LEFT_PX - 18, marks.height()), aligned, "labels")
        self._paint_ticks(painter, axis_y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(LEFT_PX - 6, 0, self.width() - LEFT_PX - RIGHT_PX + 12, self.height()))
        self._paint_score(painter, score)
        self._paint_marks(painter, marks)
        if self.axis.is_zoomed:
            self._paint_overview(painter)

    def _paint_ticks(self, painter: QPainter, axis_y: float) -> None:
        painter.setPen(QColor(theme.tokens().faint))
        for frame in self.axis.ticks(72.0):
            box = QRectF(float(self.axis.x(frame)) - 50, axis_y + 2, 100, AXIS_PX - 6)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(frame))

    def _paint_score(self, painter: QPainter, row: QRectF) -> None:
        t, (frames, scores) = theme.tokens(), self._curve
        if len(frames) == 0:
            painter.setPen(QColor(t.faint))
            hidden = any(not layer.visible and layer.num_frames for layer in self.session.layers[1:])
            text = "Predictions are hidden" if hidden else "No predictions yet"
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, text)
            return

        def y(values: np.ndarray | float) -> np.ndarray:
            return row.bottom() - np.clip(values, 0.0, 1.0) * row.height()

        doubt = float(y(float(self.session.settings["doubtful_score"])))
        painter.setPen(QPen(theme.color("doubtful", 0.35), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(LEFT_PX, doubt, self.width() - RIGHT_PX, doubt))
        x, mean, low, high = binned_curve(self.axis, frames, scores)
        if len(x) and (high > low).any():
            painter.setPen(QPen(theme.color("accent", 0.3), 1))
            painter.drawLines([QLineF(a, b, a, c) for a, b, c in zip(x, y(low), y(high), strict=True)])
        painter.setPen(QPen(QColor(t.accent), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        gap = 1.5 * (self.axis.right - self.axis.left) / self.axis.span + 1.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_line_with_gaps(x, y(mean), gap))

    def _paint_marks(self, painter: QPainter, row: QRectF) -> None:
        axis = self.axis
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent", 0.35))
        half = max(0.5 * (axis.right - axis.left) / axis.span, 0.5)
        shown = self._curve[0][axis.shown(self._curve[0])]
        # A pixel's worth of frames missing in between is no visible gap.
        for first, last in segments(shown, max(1, int(axis.span / (axis.right - axis.left)) + 1)):
            x0, x1 = float(axis.x(first)) - half, float(axis.x(last)) + half
            painter.drawRoundedRect(QRectF(x0, row.bottom() - BAND_PX, x1 - x0, BAND_PX), 1.5, 1.5)
        middle = row.top() + (row.height() - BAND_PX) / 2
        painter.setBrush(theme.color("good"))
        for x in axis.columns(self._labelled):
            painter.drawRoundedRect(QRectF(x - 1.5, middle - 5, 3, 10), 1, 1)
        painter.setBrush(theme.color("doubtful"))
        last_x = -100
        for x in axis.columns(self._doubtful):
            if x - last_x < 4:
                continue  # diamonds any closer would melt into one
            last_x = int(x)
            corners = ((0, -5), (5, 0), (0, 5), (-5, 0))
            painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))

    def _paint_overview(self, painter: QPainter) -> None:
        """Which part of the video is in view, as a thin bar at the bottom."""
        axis, y = self.axis, self.height() - 4.0
        width = axis.right - axis.left
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hairline"))
        painter.drawRoundedRect(QRectF(axis.left, y, width, 2.5), 1.2, 1.2)
        painter.setBrush(theme.color("faint"))
        x = axis.left + axis.first / axis.full_span * width
        painter.drawRoundedRect(QRectF(x, y, max(axis.span / axis.full_span * width, 8), 2.5), 1.2, 1.2)

    def _paint_hover(self, painter: QPainter, x: float) -> None:
        t, session = theme.tokens(), self.session
        frame = self.axis.frame(x)
        x = float(self.axis.x(frame))
        painter.setPen(QPen(theme.color("muted", 0.6), 1))
        painter.drawLine(QLineF(x, TOP_PX, x, self.height() - AXIS_PX))
        text = f"{frame} · {time_code(session.time_of(frame))}"
        at = int(np.searchsorted(self._curve[0], frame))
        if at < len(self._curve[0]) and self._curve[0][at] == frame:
            text += f" · score {self._curve[1][at]:.2f}"
        painter.setFont(theme.small_font())
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        left = min(max(x - width / 2, 2.0), self.width() - width - 2.0)
        box = QRectF(left, self.height() - AXIS_PX - 1, width, 18)
        painter.setPen(QPen(QColor(t.hairline), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(t.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_playhead(self, painter: QPainter) -> None:
        x = float(self.axis.x(self.session.frame_idx))
        if not self.axis.left - 1 <= x <= self.axis.right + 1:
            return
        ink = QColor(theme.tokens().text)
        painter.setPen(QPen(ink, 1.6))
        painter.drawLine(QLineF(x, 8, x, self.height() - AXIS_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(x - 4.5, 2, 9, 8), 3, 3)

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to scrub."""
        if event.button() != Qt.MouseButton.LeftButton or self.session.video is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.session.set_playing(False)
        self._scrubbing = True
        self.session.go_to(self.axis.frame(event.position().x()), scrub=True)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Scrub, or show what is under the mouse."""
        if self._scrubbing:
            self.session.go_to(self.axis.frame(event.position().x()), scrub=True)
        else:
            x = event.position().x()
            self._hover_x = x if self.axis.left - 8 <= x <= self.axis.right + 8 else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The hand rests: the full frame."""
        if self._scrubbing and event.button() == Qt.MouseButton.LeftButton:
            self._scrubbing = False
            self.session.go_to(self.axis.frame(event.position().x()))
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the whole video."""
        self.axis.show_all(self.axis.num_frames)
        self._redraw()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Forget the hover."""
        self._hover_x = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the cursor; sideways, or with Shift, pan."""
        if self.session.video is None:
            return
        delta = event.angleDelta()
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(delta.x()) > abs(delta.y())
        if sideways:
            self.axis.pan(-(delta.x() or delta.y()) / 120 * self.axis.span * 0.1)
        elif delta.y():
            self.axis.zoom(ZOOM_STEP ** (delta.y() / 120), event.position().x())
        self._redraw()
        event.accept()


def _line_with_gaps(x: np.ndarray, y: np.ndarray, max_gap: float) -> QPainterPath:
    """A polyline that breaks where two points are further apart than `max_gap` pixels."""
    path = QPainterPath()
    last = -np.inf
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if a - last > max_gap:
            path.moveTo(a, b)
            path.lineTo(a + 0.01, b)
        else:
            path.lineTo(a, b)
        last = a
    return path
