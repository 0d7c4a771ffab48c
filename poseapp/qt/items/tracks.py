"""The tracks of the timeline: score, marks, motion, axis, a playhead through all; scrubbing, ranges, zoom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.hover_preview import HoverPreview
from poseapp.qt.items.range_strip import RangeStrip
from poseapp.qt.items.time_axis import TimeAxis, time_code
from poseapp.qt.items.track_data import read_axis, read_marks, read_motion, want_motion
from poseapp.qt.items.track_paint import LEFT_PX, RIGHT_PX, Rows, TrackData, TrackPainter, overview_box

ZOOM_STEP = 1.25
SCROLL_SHARE = 0.12  # of what is in view, for one notch of the wheel
RELOAD_MS = 40
PREVIEW_DELAY_MS = 90


class TimelineTracks(QWidget):
    """Draws the tracks and scrubs.

    What does not move is kept as a picture, so that moving the playhead costs a copy and a line.
    """

    menu_wanted = Signal(object, object)  # QPoint on the screen, frame under the mouse
    data_changed = Signal()  # other marks or curves

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.axis, self.data = TimeAxis(), TrackData()
        self.range = RangeStrip(session, self.axis)
        self.preview = HoverPreview(session, self)
        self._picture: QPixmap | None = None
        self._hover_x: float | None = None
        self._drag = ""  # "scrub", "range", "overview" or nothing
        self._grip = 0.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Drag to move the playhead, Shift+drag to choose a range, wheel to scroll, Ctrl+wheel to zoom"
        )
        # Many edits or appended predictions in a row make one reload.
        self._later = QTimer(self, singleShot=True, interval=RELOAD_MS)
        self._later.timeout.connect(self.reload)
        self._preview_soon = QTimer(self, singleShot=True, interval=PREVIEW_DELAY_MS)
        self._preview_soon.timeout.connect(self._show_preview)
        self._connect()
        self._on_video_changed()

    def _connect(self) -> None:
        session = self.session
        connect(session.video_changed, self._on_video_changed, self)
        connect(session.labels_changed, self._reload_soon, self)
        connect(session.layers_changed, self._reload_soon, self)
        connect(session.proposal_changed, self._reload_soon, self)
        connect(session.review.changed, self._reload_soon, self)
        connect(session.frame_changed, self._on_frame_changed, self)
        connect(session.range_changed, self.update, self)
        connect(session.selection_changed, self._on_selection, self)
        connect(session.motion.changed, self._on_motion, self, newest_only=True)
        connect(session.view_command, self._on_view_command, self)
        session.settings.on_change(self._on_setting)
        theme.changed.connect(self.redraw)

    # -- data

    def _on_video_changed(self) -> None:
        self.axis.show_all(self.session.num_frames)
        self.preview.hide()
        self.reload()

    def _reload_soon(self, *_: object) -> None:
        self._later.start()

    def reload(self) -> None:
        """Read labels, scores and motion again."""
        read_marks(self.session, self.data)
        read_axis(self.session, self.data)
        self._on_selection()

    def _on_selection(self) -> None:
        want_motion(self.session, self.data, self._rows().motion is not None)
        self._on_motion()

    def _on_motion(self) -> None:
        read_motion(self.session, self.data)
        self.redraw()
        self.data_changed.emit()

    def _on_setting(self, key: str, value: object) -> None:
        if key == "timeline_axis":
            read_axis(self.session, self.data)
            self.redraw()

    def set_hidden(self, name: str, hidden: bool) -> None:
        """Hide a kind of mark or the curve of a side, or show it again."""
        (self.data.hidden.add if hidden else self.data.hidden.discard)(name)
        self.redraw()

    def set_kind(self, kind: str) -> None:
        """Choose what the motion track measures: "speed", "x", "y" or "score"."""
        self.data.kind = kind
        self._on_selection()

    def redraw(self) -> None:
        """Paint the tracks anew."""
        self._picture = None
        self.update()

    def _on_frame_changed(self, frame_idx: int) -> None:
        if not self._drag and self.axis.reveal(frame_idx):
            self._picture = None
        self.update()

    # -- zoom

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Show `1 / factor` as many frames; what is under pixel `x` (else the playhead) stays there."""
        if x is None:
            x = min(max(float(self.axis.x(self.session.frame_idx)), self.axis.left), self.axis.right)
        self.axis.zoom(factor, x)
        self.redraw()

    def show_all(self) -> None:
        """Show the whole video."""
        self.axis.show_all(self.axis.num_frames)
        self.redraw()

    def zoom_to_range(self) -> None:
        """Fill the tracks with the chosen range."""
        if self.session.frame_range is not None:
            start, stop = self.session.frame_range
            self.axis.show(start, stop - 1)
            self.redraw()

    def _on_view_command(self, command: str) -> None:
        if command == "timeline_range":
            self.zoom_to_range()
        elif command == "timeline_all":
            self.show_all()

    # -- painting

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Lay the axis over the new width."""
        had_motion = Rows.of(event.oldSize().width(), event.oldSize().height()).motion is not None
        self.axis.left, self.axis.right = LEFT_PX, max(self.width() - RIGHT_PX, LEFT_PX + 1)
        self.redraw()
        if had_motion != (self._rows().motion is not None):
            self._on_selection()

    def _rows(self) -> Rows:
        return Rows.of(self.width(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The kept picture, then range, hover and playhead."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            self._picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.tokens().panel))
            if self.session.video is not None:
                still = QPainter(self._picture)
                TrackPainter(still, self.axis, self.data, self._rows()).paint()
                still.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self.session.video is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self._rows().axis_y
        self.range.paint(painter, bottom)
        if self._hover_x is not None and not self._drag:
            self._paint_hover(painter, self._hover_x, bottom)
        self._paint_playhead(painter, bottom)

    def _paint_hover(self, painter: QPainter, x: float, bottom: float) -> None:
        t, session = theme.tokens(), self.session
        frame = self.axis.frame(x)
        x = float(self.axis.x(frame))
        painter.setPen(QPen(theme.color("muted", 0.6), 1))
        painter.drawLine(QLineF(x, 4, x, bottom))
        text = f"{frame} · {time_code(session.time_of(frame))}"
        painter.setFont(theme.small_font())
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        left = min(max(x - width / 2, 2.0), self.width() - width - 2.0)
        box = QRectF(left, bottom + 1, width, 18)
        painter.setPen(QPen(QColor(t.hairline), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(t.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_playhead(self, painter: QPainter, bottom: float) -> None:
        x = float(self.axis.x(self.session.frame_idx))
        if not self.axis.left - 1 <= x <= self.axis.right + 1:
            return
        ink = QColor(theme.tokens().text)
        painter.setPen(QPen(ink, 1.6))
        painter.drawLine(QLineF(x, 8, x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(x - 4.5, 2, 9, 8), 3, 3)

    # -- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to scrub, to choose or change a range, or to scroll."""
        if event.button() != Qt.MouseButton.LeftButton or self.session.video is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.preview.hide()
        x, y = event.position().x(), event.position().y()
        part = self.range.part_at(x, y)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            part = "new"
        if part:
            self._drag = "range"
            self.range.press(part, x)
        elif self.axis.is_zoomed and y >= self._rows().overview.top() - 2:
            self._drag = "overview"
            box = overview_box(self.axis, self._rows().overview)
            self._grip = x - box.left() if box.left() <= x <= box.right() else box.width() / 2
            self._scroll_to(x)
        else:
            self.session.set_playing(False)
            self._drag = "scrub"
            self.session.go_to(self.axis.frame(x), scrub=True)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on with it, or show what is under the mouse."""
        x, y = event.position().x(), event.position().y()
        if self._drag == "scrub":
            self.session.go_to(self.axis.frame(x), scrub=True)
        elif self._drag == "range":
            self.range.move(x)
        elif self._drag == "overview":
            self._scroll_to(x)
        else:
            self._hover(x, y)

    def _hover(self, x: float, y: float) -> None:
        part = self.range.part_at(x, y)
        shapes = {"start": Qt.CursorShape.SizeHorCursor, "end": Qt.CursorShape.SizeHorCursor,
                  "all": Qt.CursorShape.OpenHandCursor}  # fmt: skip
        self.setCursor(shapes.get(part, Qt.CursorShape.ArrowCursor))
        on_overview = self.axis.is_zoomed and y >= self._rows().overview.top() - 2
        inside = self.axis.left - 8 <= x <= self.axis.right + 8 and not on_overview
        self._hover_x = x if inside and self.session.video is not None else None
        self.update()
        if self._hover_x is None:
            self.preview.hide()
        elif self.preview.isVisible():
            self._show_preview()
        else:
            self._preview_soon.start()

    def _show_preview(self) -> None:
        if self._hover_x is not None and not self._drag:
            self.preview.show_frame(self.axis.frame(self._hover_x), self._hover_x, self.data)

    def _scroll_to(self, x: float) -> None:
        row = self._rows().overview
        room = max(row.width() - overview_box(self.axis, row).width(), 1.0)
        share = (x - self._grip - row.left()) / room
        self.axis.start_at(share * (self.axis.full_span - self.axis.span))
        self.redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The hand rests: the full frame."""
        if event.button() != Qt.MouseButton.LeftButton or not self._drag:
            return
        drag, self._drag = self._drag, ""
        if drag == "scrub":
            self.session.go_to(self.axis.frame(event.position().x()))
        elif drag == "range":
            self.range.release()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """On the axis: the whole video. On the range's bar: fill the tracks with it."""
        if event.position().y() >= self._rows().axis_y:
            self.show_all()
        elif self.range.part_at(event.position().x(), event.position().y()):
            self.zoom_to_range()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Forget the hover."""
        self._hover_x = None
        self._preview_soon.stop()
        self.preview.hide()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nothing stays behind."""
        self.preview.hide()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll; with Ctrl zoom at the cursor."""
        if self.session.video is None:
            return
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.axis.zoom(ZOOM_STEP**notches, event.position().x())
        else:
            self.axis.pan(-notches * self.axis.span * SCROLL_SHARE)
        self.redraw()
        self._hover(event.position().x(), event.position().y())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Esc belongs to the range while there is one."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self.session.proposal is None  # what is proposed goes first
            and self.session.frame_range is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc lets go of the range; + and - zoom, 0 shows the whole video."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.session.frame_range is not None:
            self.session.set_range(0, 0)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP**2)
        elif key == Qt.Key.Key_Minus:
            self.zoom(ZOOM_STEP**-2)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of the frame under the mouse, or of the playhead."""
        if self.session.video is None:
            return
        self.preview.hide()
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        frame = self.axis.frame(event.pos().x()) if by_mouse else self.session.frame_idx
        self.menu_wanted.emit(event.globalPos(), frame)
