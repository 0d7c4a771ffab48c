"""Two poses of one frame side by side: mine and theirs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.qt import theme
from poseapp.qt.items.people_paint import CHIP, CHIP_TEXT, PeoplePainter, PeopleStyle
from poseapp.qt.items.view_transform import ViewTransform

GAP_PX, HEAD_PX, CORNER_PX = 12.0, 26.0, 6.0
SHARE = 0.78
STYLE = PeopleStyle(None, None, 0.0, {})
MOVED_PX = 0.5


class ComparePictures(QWidget):
    """Paints the same part of a frame twice, each with one pose; lines show where keypoints went.

    Attributes:
        chosen: "mine", "theirs", "both" or "": gets a frame.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__()
        self._painter = PeoplePainter(skeleton)
        self._poses: tuple[Instance | None, Instance | None] = (None, None)
        self._image: QImage | None = None
        self.chosen = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(420, 260)
        self.setAccessibleName("Mine and theirs side by side")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for two portraits."""
        return QSize(640, 400)

    def show_poses(self, mine: Instance | None, theirs: Instance | None) -> None:
        """Show two poses; their picture comes later."""
        self._poses, self._image = (mine, theirs), None
        self.update()

    def show_picture(self, image: QImage) -> None:
        """Put the frame behind them."""
        self._image = image
        self.update()

    def set_chosen(self, chosen: str) -> None:
        """Mark what counts."""
        self.chosen = chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both halves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width = (self.width() - GAP_PX) / 2
        for place, (words, pose, other) in enumerate(
            (("Mine", self._poses[0], self._poses[1]), ("Theirs", self._poses[1], self._poses[0]))
        ):
            box = QRectF(place * (width + GAP_PX), 0, width, self.height())
            self._half(painter, box, words, pose, other)

    def _half(
        self, painter: QPainter, box: QRectF, words: str, pose: Instance | None, other: Instance | None
    ) -> None:
        on = self.chosen in (words.lower(), "both")
        painter.setFont(theme.font(12.5, 600 if on else 500))
        painter.setPen(theme.color("accent" if on else "muted"))
        title = f"{words}  ✓" if on else words
        painter.drawText(box.adjusted(2, 0, 0, 0), Qt.AlignmentFlag.AlignTop, title)
        frame = box.adjusted(1, HEAD_PX, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(frame, CORNER_PX, CORNER_PX)
        painter.fillPath(path, theme.color("canvas"))
        painter.save()
        painter.setClipPath(path)
        painter.translate(frame.topLeft())
        self._picture(painter, frame, pose, other)
        painter.restore()
        painter.setPen(QPen(theme.color("accent" if on else "hairline"), 2 if on else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _picture(
        self, painter: QPainter, frame: QRectF, pose: Instance | None, other: Instance | None
    ) -> None:
        bounds = [b for p in (pose, other) if p is not None and (b := p.bounds()) is not None]
        view = ViewTransform(canvas_wh=(frame.width(), frame.height()))
        if self._image is not None:
            view.frame_wh = (self._image.width(), self._image.height())
        else:
            view.frame_wh = (1 << 15, 1 << 15)
        if bounds:
            low, high = np.min([b[:2] for b in bounds], axis=0), np.max([b[2:] for b in bounds], axis=0)
            view.show_box((float(low[0]), float(low[1]), float(high[0]), float(high[1])), SHARE)
        else:
            view.fit()
        if self._image is not None:
            painter.drawImage(QRectF(*view.frame_rect()), self._image)
        if pose is None:
            self._say(painter, frame, "deleted here")
            return
        if other is not None:
            self._moves(painter, view.to_canvas(other.points), view.to_canvas(pose.points))
        person = ScreenInstance(pose, LABELS, False, Ref(LABELS, 0))
        self._painter.paint(painter, [person], view, STYLE)

    @staticmethod
    def _say(painter: QPainter, frame: QRectF, words: str) -> None:
        painter.setFont(theme.font(12.5, 500))
        width = painter.fontMetrics().horizontalAdvance(words) + 24
        plate = QRectF((frame.width() - width) / 2, frame.height() / 2 - 14, width, 28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        painter.drawRoundedRect(plate, 6, 6)
        painter.setPen(CHIP_TEXT)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    @staticmethod
    def _moves(painter: QPainter, start: np.ndarray, end: np.ndarray) -> None:
        """Dotted lines from where the other has a keypoint to where this pose has it."""
        painter.setPen(QPen(theme.color("doubtful"), 1.6, Qt.PenStyle.DotLine))
        for a, b in zip(start, end, strict=True):
            if np.isfinite([*a, *b]).all() and np.hypot(*(a - b)) > MOVED_PX:
                painter.drawLine(QPointF(*a), QPointF(*b))
