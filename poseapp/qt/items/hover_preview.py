"""A small picture of the frame under the mouse, its people over it, above the timeline.

It shows what lies in memory already (proxies, cached frames) and never waits for the decoder.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMainWindow, QWidget

from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.items.people_paint import PeoplePainter, PeopleStyle
from poseapp.qt.items.time_axis import time_code
from poseapp.qt.items.track_data import frame_words, motion_words
from poseapp.qt.items.track_paint import TrackData
from poseapp.qt.items.view_transform import ViewTransform
from poseapp.qt.thumbnails import to_qimage

MAX_WIDTH, MAX_HEIGHT = 224.0, 184.0
PAD, LINE_PX, ABOVE_PX = 4.0, 15.0, 8
MIN_TEXT_PX = 150.0


class HoverPreview(QWidget):
    """The picture and up to four lines: frame and time, what is marked, values of the curves.

    Args:
        session: the open window.
        tracks: the timeline's tracks, above which it floats.

    Attributes:
        frame_idx: the frame it speaks of.
        picture_idx: the frame its picture shows, -1 while there is none.
        lines: its text.
    """

    def __init__(self, session: Session, tracks: QWidget) -> None:
        super().__init__(tracks)
        self._session, self._tracks, self._pane = session, tracks, tracks.parentWidget() or tracks
        self.frame_idx, self.picture_idx = -1, -1
        self.lines: list[str] = []
        self._image: QImage | None = None
        self._area = QRectF()
        self._painter: PeoplePainter | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFont(theme.small_font())
        self.setAccessibleName("Frame under the mouse")
        self.hide()

    def show_frame(self, frame_idx: int, x: float, data: TrackData) -> None:
        """Show a frame above pixel `x` of the tracks."""
        session = self._session
        video = session.video
        if video is None:
            return
        self.frame_idx, self.picture_idx, self._image = frame_idx, -1, None
        found = session.frames.preview(frame_idx) if session.frames is not None else None
        if found is not None:
            self._image, self.picture_idx = to_qimage(found[0]), found[1]
        self.lines = [f"frame {frame_idx} · {time_code(session.time_of(frame_idx))}"]
        known = frame_words(session, data, frame_idx)
        self.lines += [line for line in (known, session.review.reason(frame_idx)) if line]
        self.lines += motion_words(data, frame_idx)
        if self.picture_idx not in (-1, frame_idx):
            self.lines.append(f"picture of frame {self.picture_idx}")
        self._place(x, (video.width, video.height))
        self.update()

    def _place(self, x: float, frame_wh: tuple[int, int]) -> None:
        zoom = min(MAX_WIDTH / max(frame_wh[0], 1), MAX_HEIGHT / max(frame_wh[1], 1))
        width, height = frame_wh[0] * zoom, frame_wh[1] * zoom
        metrics = self.fontMetrics()
        text = max(metrics.horizontalAdvance(line) for line in self.lines)
        whole = max(width, min(max(text, MIN_TEXT_PX), MAX_WIDTH + 60)) + 2 * PAD
        self._area = QRectF((whole - width) / 2, PAD, width, height)
        size = QSize(round(whole), round(height + 2 * PAD + 3 + LINE_PX * len(self.lines)))
        window = self._tracks.window()
        inside = isinstance(window, QMainWindow)
        if inside and self.parentWidget() is not window:
            self.setParent(window)
        elif not inside and not self.isWindow():
            # A timeline in a window of its own has no room above it.
            self.setParent(self._tracks, Qt.WindowType.ToolTip)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        top = QPoint(round(x), 0)
        at = self._tracks.mapTo(window, top) if inside else self._tracks.mapToGlobal(top)
        left = at.x() - size.width() // 2
        if inside:
            left = min(max(left, 6), max(window.width() - size.width() - 6, 6))
        pane_top = self._pane.mapTo(window, QPoint(0, 0)).y() if inside else at.y()
        self.setGeometry(left, pane_top - size.height() - ABOVE_PX, size.width(), size.height())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Card, picture, people, text."""
        painter, t = QPainter(self), theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.hairline), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.fillRect(self._area, QColor(t.canvas))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._area, self._image)
        if self._session.overlay_visible:
            painter.setClipRect(self._area)
            self._paint_people(painter)
            painter.setClipping(False)
        painter.setFont(theme.small_font())
        for number, line in enumerate(self.lines):
            painter.setPen(QColor(t.text if number == 0 else t.muted))
            box = QRectF(
                PAD + 2, self._area.bottom() + 3 + number * LINE_PX, self.width() - 2 * PAD - 4, LINE_PX
            )
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
            painter.drawText(box, align, painter.fontMetrics().elidedText(
                line, Qt.TextElideMode.ElideRight, int(box.width())
            ))  # fmt: skip

    def _paint_people(self, painter: QPainter) -> None:
        session, video = self._session, self._session.video
        skeleton = session.skeleton
        if skeleton is None or video is None:
            return
        # Where picture and frame differ, the people of the picture: others would stand beside themselves.
        frame_idx = self.frame_idx if self.picture_idx < 0 else self.picture_idx
        try:
            people = session.instances_on_screen(frame_idx)
        except (PoseError, OSError):
            return  # whoever shows the frame itself says so
        if self._painter is None or self._painter.skeleton is not skeleton:
            self._painter = PeoplePainter(skeleton)
        view = ViewTransform(frame_wh=(video.width, video.height))
        view.zoom = self._area.width() / max(video.width, 1)
        view.offset = (self._area.left(), self._area.top())
        view.canvas_wh = (float(self.width()), float(self.height()))
        style = PeopleStyle(None, None, float(session.settings["ring_score"]), {})
        self._painter.paint(painter, people, view, style)
