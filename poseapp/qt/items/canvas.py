"""The video canvas: frame, people, zoom, pan and the mouse."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app import editing
from poseapp.app.hit_test import REACH_PX, Hit
from poseapp.app.session import Session
from poseapp.app.tools import CanvasTools
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.items.frame_image import FrameImage
from poseapp.qt.items.people_paint import CHIP, PeoplePainter, PeopleStyle
from poseapp.qt.items.proposal_bar import paint_ghosts
from poseapp.qt.items.tool_paint import paint_loupe, paint_tools
from poseapp.qt.items.view_transform import ViewTransform

if TYPE_CHECKING:
    from poseapp.video.cache import Frame

ZOOM_STEP = 1.2
NOTICE_TOP_PX = 16.0
WAIT_MS = 300
PLACEHOLDER = QColor(255, 255, 255, 10)


class VideoCanvas(QWidget):
    """Draws the session's current frame and people, and hands the mouse to the tools.

    People belong to the frame that is on screen: while the next one is being decoded nothing can be touched.

    Signals:
        zoom_changed: zoom or fit has changed.
        cursor_moved: `(x, y)` in frame pixels, or None outside the frame.
        frame_drawn: `(decode_ms, draw_ms)` of a newly shown frame.
    """

    zoom_changed = Signal()
    cursor_moved = Signal(object)
    frame_drawn = Signal(float, float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.tools = CanvasTools(session)
        self.view = ViewTransform()
        self.frame = FrameImage()
        self.notice = ""
        self._people_painter: PeoplePainter | None = None
        self._pan_from: QPointF | None = None
        self._cursor: QPointF | None = None
        self._decode_ms: float | None = None
        self._is_waiting = False
        self._wait_timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait_timer.timeout.connect(self._on_wait)
        self.setObjectName("canvas")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Video")
        connect(session.frame_arrived, self._on_frame, self, newest_only=True)
        connect(session.video_failed, self._on_video_failed, self)
        connect(session.video_changed, self._on_video_changed, self)
        connect(session.frame_changed, self._on_frame_changed, self)
        connect(session.view_command, self.run_view_command, self)
        for signal in (session.labels_changed, session.selection_changed, session.layers_changed):
            connect(signal, self._repaint, self)
        connect(session.proposal_changed, self._repaint, self)
        connect(self.tools.changed, self._on_tools_changed, self)
        connect(session.tool_changed, self._on_tools_changed, self)
        theme.changed.connect(self.update)
        self._on_video_changed()
        if session.frames is not None:  # opened before there was a canvas to show it
            session.frames.request(session.frame_idx)

    # -- frames

    def _on_video_changed(self) -> None:
        session = self.session
        self.frame.set(None, -1)
        self.notice, self._decode_ms, self._is_waiting = "", None, False
        skeleton = session.skeleton
        self._people_painter = PeoplePainter(skeleton) if skeleton is not None else None
        if session.video is not None:
            self.view.set_frame(session.video.width, session.video.height)
            self.view.fit()
            if session.video_path is None:
                self.notice = f"{session.video.name} is not where it was"
        self.zoom_changed.emit()
        self.update()

    def _on_frame(self, frame: Frame) -> None:
        if self.session.video is None or self.session.frames is None:
            return
        # A frame of another request may still be on its way; in playback each is shown as it comes.
        if frame.frame_idx != self.session.frame_idx and not self.session.playing:
            return
        self.notice = ""
        self._show(frame.image, frame.frame_idx, frame.is_proxy, frame.decode_ms)

    def _on_frame_changed(self, frame_idx: int) -> None:
        self.tools.cancel()
        server = self.session.frames
        image = server.cached(frame_idx) if server is not None else None
        if image is not None:
            self._show(image, frame_idx, False, 0.0)
        elif server is None:
            self.update()
        else:
            self._wait_timer.start()

    def _on_wait(self) -> None:
        self._is_waiting = not self.is_current and not self.session.playing
        self.update()

    def _show(self, image: np.ndarray, frame_idx: int, is_proxy: bool, decode_ms: float) -> None:
        if (frame_idx, is_proxy) == (self.frame.frame_idx, self.frame.is_proxy) and not is_proxy:
            return
        self._wait_timer.stop()
        self._is_waiting = False
        self.frame.set(image, frame_idx, is_proxy)
        if not is_proxy:
            self.view.set_frame(image.shape[1], image.shape[0])
        self._decode_ms = decode_ms
        self.update()

    def _on_video_failed(self, text: str) -> None:
        self.notice = text
        self.update()

    @property
    def is_current(self) -> bool:
        """Whether the picture on screen is the session's current frame (else people must not be touched)."""
        is_blank = self.session.frames is None or (bool(self.notice) and self.frame.image is None)
        return self.frame.frame_idx == self.session.frame_idx or is_blank

    @property
    def _can_touch(self) -> bool:
        return self.is_current and not self.frame.is_proxy and not self.session.playing

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the canvas colour, the frame, the people."""
        started = perf_counter()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("canvas"))
        session = self.session
        if session.video is None:
            return
        if self.frame.image is None:
            painter.fillRect(QRectF(*self.view.frame_rect()), PLACEHOLDER)
        self.frame.paint(painter, self.view, self.devicePixelRatioF())
        skeleton, known = session.skeleton, self._people_painter
        if skeleton is not None and known is not None and known.skeleton is not skeleton:
            # An edit of the skeleton reaches people and painter at the same time.
            self._people_painter = PeoplePainter(skeleton)
        if session.overlay_visible and self._people_painter is not None:
            if session.playing:
                self._paint_passing(painter, self._people_painter)
            elif self.is_current:
                self._paint_people(painter, self._people_painter)
        if self.notice:
            self._paint_notice(painter, self.notice, theme.DARK.doubtful)
        elif self._is_waiting:
            self._paint_notice(painter, f"Decoding frame {session.frame_idx}", theme.DARK.text)
        painter.end()
        if self._decode_ms is not None:
            decode_ms, self._decode_ms = self._decode_ms, None
            self.frame_drawn.emit(decode_ms, (perf_counter() - started) * 1000)

    def _paint_people(self, painter: QPainter, people_painter: PeoplePainter) -> None:
        session, tools = self.session, self.tools
        people = tools.people()
        order = [p.ref for p in session.instances_on_screen()]
        numbers = {ref: n for n, ref in enumerate(order, 1)} if len(order) > 1 else {}
        selection = session.selection
        selected = Hit(selection, session.selected_keypoint) if selection is not None else None
        hover = tools.hover
        if tools.drag is not None:
            hover = Hit(tools.drag.person.ref, tools.drag.keypoint)
        ring_score = float(session.settings["ring_score"])
        people_painter.paint(painter, people, self.view, PeopleStyle(hover, selected, ring_score, numbers))
        paint_ghosts(painter, people_painter, session, self.view)
        paint_tools(painter, tools, self.view, self._cursor)
        self._paint_loupe(painter)

    def _paint_loupe(self, painter: QPainter) -> None:
        """The magnifier, while one keypoint is dragged."""
        drag, image, skeleton = self.tools.drag, self.frame.image, self.session.skeleton
        if drag is None or not drag.moved or drag.keypoint is None or image is None or skeleton is None:
            return
        if self.session.settings["magnifier"]:
            point = drag.previews()[drag.person.ref][drag.keypoint]
            paint_loupe(painter, image, self.view, point, skeleton.sides[drag.keypoint])

    def _paint_passing(self, painter: QPainter, people_painter: PeoplePainter) -> None:
        """In playback the picture may lag behind the playhead: the people are those of the picture."""
        people = self.session.instances_on_screen(max(self.frame.frame_idx, 0))
        style = PeopleStyle(None, None, float(self.session.settings["ring_score"]), {})
        people_painter.paint(painter, people, self.view, style)

    def _paint_notice(self, painter: QPainter, notice: str, ink: str) -> None:
        painter.setFont(theme.font(12.5, 500))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.width() * 0.15, NOTICE_TOP_PX, self.width() * 0.7, 200)
        text = painter.boundingRect(room, flags, notice)
        plate = QRectF(text.x() - 14, NOTICE_TOP_PX, text.width() + 28, text.height() + 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        painter.drawRoundedRect(plate, 7, 7)
        painter.setPen(QColor(ink))
        painter.drawText(plate, flags, notice)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the fit."""
        self.view.set_canvas(self.width(), self.height())
        self.zoom_changed.emit()

    # -- zoom and pan

    def run_view_command(self, command: str) -> None:
        """ "fit", "actual_size", "zoom_in", "zoom_out", "person" or "cancel"; others are not the canvas's."""
        if command == "fit":
            self.view.fit()
        elif command == "actual_size":
            self.view.zoom_to(1.0 / self.devicePixelRatioF())
        elif command == "zoom_in":
            self.view.zoom_by(ZOOM_STEP**2, self._zoom_anchor())
        elif command == "zoom_out":
            self.view.zoom_by(ZOOM_STEP**-2, self._zoom_anchor())
        elif command == "person":
            self._zoom_to_person()
        elif command == "cancel":
            self.tools.cancel()
        else:
            return
        self._view_moved()

    def _zoom_anchor(self) -> tuple[float, float]:
        at = self.mapFromGlobal(self.cursor().pos())
        if self.rect().contains(at):
            return float(at.x()), float(at.y())
        return self.width() / 2, self.height() / 2

    def _zoom_to_person(self) -> None:
        people = self.session.instances_on_screen()
        person = self.session.selected_instance or (people[0] if people else None)
        bounds = person.instance.bounds() if person is not None else None
        if bounds is not None:
            self.view.show_box((float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))

    def _view_moved(self) -> None:
        self.zoom_changed.emit()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the cursor, with or without Ctrl."""
        if self.session.video is None or event.angleDelta().y() == 0:
            return
        at = event.position()
        self.view.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120), (at.x(), at.y()))
        self._view_moved()
        event.accept()

    # -- mouse

    def _frame_pos(self, at: QPointF) -> np.ndarray:
        return self.view.to_frame(np.array([at.x(), at.y()]))

    @property
    def _reach(self) -> float:
        return REACH_PX / self.view.zoom

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a drag, a pan, or change a visibility."""
        if self.session.video is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = event.position()
        elif left and self.session.playing:
            self.session.set_playing(False)
        elif left and self._can_touch:
            alt, shift, ctrl = _held(event)
            pos = self._frame_pos(event.position())
            if not self._try(lambda: self.tools.press(pos, self._reach, alt=alt, shift=shift, ctrl=ctrl)):
                self._pan_from = event.position()
        elif event.button() == Qt.MouseButton.RightButton and self._can_touch:
            self._try(lambda: self.tools.right_click(self._frame_pos(event.position()), self._reach))
        self._update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag, pan or hover."""
        if self.session.video is None:
            return
        if self._pan_from is not None:
            moved = event.position() - self._pan_from
            self._pan_from = event.position()
            self.view.pan(moved.x(), moved.y())
            self._view_moved()
            return
        pos = self._frame_pos(event.position())
        self._cursor = event.position()
        if self._can_touch:
            alt, shift, _ctrl = _held(event)
            self.tools.move(pos, self._reach, shift=shift, alt=alt)
            if self.tools.pending is not None:
                self.update()  # its name follows the cursor
        width, height = self.view.frame_wh
        inside = -0.5 <= pos[0] <= width - 0.5 and -0.5 <= pos[1] <= height - 0.5
        self.cursor_moved.emit((float(pos[0]), float(pos[1])) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the drag: the edit happens here."""
        if self._pan_from is not None:
            self._pan_from = None
        elif event.button() == Qt.MouseButton.LeftButton:
            alt, shift, _ctrl = _held(event)
            pos = self._frame_pos(event.position())
            self._try(lambda: self.tools.release(pos, self._reach, shift=shift, alt=alt))
        self._update_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """On the background: fit; on a prediction: accept it; elsewhere a second press like the first."""
        hit = self.tools.at(self._frame_pos(event.position()), self._reach)
        if event.button() != Qt.MouseButton.LeftButton or self.session.tool == "add":
            self.mousePressEvent(event)
        elif hit is None and self.tools.pending is None:
            self.run_view_command("fit")
        elif hit is not None and not hit.ref.is_label and self._can_touch:
            self._try(lambda: editing.accept(self.session))
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Forget the hover."""
        self._cursor = None
        self.tools.leave()
        self.update()
        self.cursor_moved.emit(None)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab belongs to the keypoints here."""
        return False

    def _try(self, gesture: object) -> bool:
        """Run a gesture; what the labels refuse is said, not raised."""
        assert callable(gesture)
        try:
            return bool(gesture())
        except PoseError as error:
            self.tools.cancel()
            self.session.failed.emit(str(error))
            return True

    def _repaint(self, *_: object) -> None:
        self.update()

    def _on_tools_changed(self, *_: object) -> None:
        self._update_cursor()
        self.update()

    def _update_cursor(self) -> None:
        tools = self.tools
        if self._pan_from is not None or tools.drag is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif tools.pending is not None and tools.hover is None:
            shape = Qt.CursorShape.CrossCursor
        elif tools.hover is not None:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def canvas_position(self, xy: tuple[float, float]) -> QPoint:
        """Where a frame position is on the canvas, rounded to its pixels."""
        x, y = self.view.to_canvas(np.array(xy))
        return QPoint(round(float(x)), round(float(y)))


def _held(event: QMouseEvent) -> tuple[bool, bool, bool]:
    """Whether Alt, Shift and Ctrl are down."""
    held, key = event.modifiers(), Qt.KeyboardModifier
    return bool(held & key.AltModifier), bool(held & key.ShiftModifier), bool(held & key.ControlModifier)
