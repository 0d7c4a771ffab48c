"""The pictures of a preview side by side, keypoints over them; one can be looked at large."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.app.synth_preview import PreviewPicture
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.qt import theme
from poseapp.qt.items.people_paint import CHIP, CHIP_TEXT, PeoplePainter, PeopleStyle
from poseapp.qt.items.view_transform import ViewTransform

GAP_PX = 10.0
WIDEST_GAP_PX = 28.0  # between rows, where there is room
CAPTION_PX = 22.0
MARGIN_PX = 12.0
CORNER_PX = 6.0
CAPTION_INK = 0.6  # share of white
GRID_SHRINK = 1.4  # keypoints are drawn smaller on small pictures
SHIMMER_MS = 40
SHIMMER_S = 1.4
STYLE = PeopleStyle(None, None, 0.0, {})


class PreviewGrid(QWidget):
    """Draws the newest pictures; those still to come shimmer.

    Attributes:
        count: number of pictures.
        current: which one the keys are on, 0-based.
        enlarged: which one is shown large, or None.
        enlarged_changed: `enlarged` is another one.
    """

    enlarged_changed = Signal()

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.current = 0
        self.enlarged: int | None = None
        self.shows_keypoints = True
        self._aspect = 1.0
        self._pictures: dict[int, tuple[PreviewPicture, QImage]] = {}
        self._large: tuple[PreviewPicture, QImage] | None = None
        self._waiting: set[int] = set()
        self._painter: PeoplePainter | None = None
        self._shimmer = QTimer(self, interval=SHIMMER_MS)
        self._shimmer.timeout.connect(self.update)
        self.setObjectName("preview_grid")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Preview pictures")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for three pictures in a row."""
        return QSize(700, 480)

    # -- what is shown

    @property
    def num_waiting(self) -> int:
        """Pictures still to come."""
        return len(self._waiting)

    @property
    def pictures(self) -> list[PreviewPicture]:
        """The pictures there are, by place."""
        return [self._pictures[i][0] for i in sorted(self._pictures)]

    def set_skeleton(self, skeleton: Skeleton) -> None:
        """Whose keypoints the pictures carry."""
        self._painter = PeoplePainter(skeleton)
        self.update()

    def set_shows_keypoints(self, shows: bool) -> None:
        """Draw the keypoints or not."""
        self.shows_keypoints = shows
        self.update()

    def expect(self, aspect: float) -> None:
        """All pictures are being drawn anew; the old ones stay until then.

        Args:
            aspect: Width by height of the pictures to come.
        """
        if not math.isclose(aspect, self._aspect):
            self._pictures.clear()  # they would be shown squeezed into another shape
        self._aspect = aspect
        self._large = None
        self._wait_for(set(range(self.count)))

    def expect_none(self) -> None:
        """Nothing comes any more."""
        self._wait_for(set())

    def show_picture(self, place: int, picture: PreviewPicture) -> None:
        """A picture has come."""
        self._pictures[place] = (picture, QImage.fromData(picture.png))
        self._wait_for(self._waiting - {place})

    def show_large(self, place: int, picture: PreviewPicture) -> None:
        """The enlarged picture has come in full size."""
        if place == self.enlarged:
            self._large = (picture, QImage.fromData(picture.png))
            self.update()

    def _wait_for(self, places: set[int]) -> None:
        self._waiting = places
        if places and not self._shimmer.isActive():
            self._shimmer.start()
        elif not places:
            self._shimmer.stop()
        self.update()

    def enlarge(self, place: int | None) -> None:
        """Show one picture large, or all of them."""
        if place == self.enlarged:
            return
        self.enlarged, self._large = place, None
        if place is not None:
            self.current = place
        self.enlarged_changed.emit()
        self.update()

    # -- places

    def columns(self) -> int:
        """How many pictures stand side by side so that they are as large as can be."""
        best, best_height = 1, 0.0
        for columns in range(1, self.count + 1):
            height = self._picture_size(columns)[1]
            if height > best_height:
                best, best_height = columns, height
        return best

    def _picture_size(self, columns: int) -> tuple[float, float]:
        """Width and height of each picture with so many side by side, room for its caption below it."""
        area, rows = self._area(), math.ceil(self.count / columns)
        width = (area.width() - GAP_PX * (columns - 1)) / columns
        height = max((area.height() - GAP_PX * (rows - 1)) / rows - CAPTION_PX, 1.0)
        return min(width, height * self._aspect), min(height, width / self._aspect)

    def cell(self, place: int) -> QRectF:
        """Where a picture stands."""
        area, columns = self._area(), self.columns()
        rows = math.ceil(self.count / columns)
        width, height = self._picture_size(columns)
        spare = area.height() - (height + CAPTION_PX) * rows - GAP_PX * (rows - 1)
        step = height + CAPTION_PX + min(GAP_PX + max(spare, 0.0) / (rows + 1), WIDEST_GAP_PX)
        left = area.center().x() - (width * columns + GAP_PX * (columns - 1)) / 2
        top = area.center().y() - (step * (rows - 1) + height + CAPTION_PX) / 2
        row, column = divmod(place, columns)
        return QRectF(left + column * (width + GAP_PX), top + row * step, width, height)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)

    def _large_cell(self) -> QRectF:
        area = self._area()
        width = min(area.width(), area.height() * self._aspect)
        height = width / self._aspect
        return QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme.color("canvas"))
        if self.enlarged is not None:
            shown = self._large or self._pictures.get(self.enlarged)
            self._paint_cell(painter, self._large_cell(), shown, self.enlarged in self._waiting)
            self._paint_words(painter, self._large_cell(), shown)
        else:
            for place in range(self.count):
                cell = self.cell(place)
                shown = self._pictures.get(place)
                self._paint_cell(painter, cell, shown, place in self._waiting)
                self._paint_caption(painter, cell, shown)
                if place == self.current and self.hasFocus():
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(theme.color("accent"), 2))
                    painter.drawRoundedRect(cell.adjusted(-3, -3, 3, 3), CORNER_PX + 2, CORNER_PX + 2)
        painter.end()

    def _paint_cell(
        self, painter: QPainter, cell: QRectF, shown: tuple[PreviewPicture, QImage] | None, waits: bool
    ) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(cell, CORNER_PX, CORNER_PX)
        painter.save()
        painter.setClipPath(outline)
        if shown is None:
            painter.fillPath(outline, theme.mix("#ffffff", theme.tokens().canvas, 0.05))
        else:
            painter.drawImage(cell, shown[1])
            self._paint_people(painter, cell, shown[0])
        if waits:
            painter.fillPath(outline, _shimmer(cell, 0.10 if shown is None else 0.16))
        painter.restore()

    def _paint_caption(
        self, painter: QPainter, cell: QRectF, shown: tuple[PreviewPicture, QImage] | None
    ) -> None:
        if shown is None:
            return
        painter.setFont(theme.small_font())
        painter.setPen(theme.mix("#ffffff", theme.tokens().canvas, CAPTION_INK))
        below = QRectF(cell.left(), cell.bottom(), cell.width(), CAPTION_PX)
        words = " · ".join(contents(shown[0]))
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(cell.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_people(self, painter: QPainter, cell: QRectF, picture: PreviewPicture) -> None:
        if self._painter is None or not self.shows_keypoints:
            return
        view, larger = ViewTransform(), 1.0 if self.enlarged is not None else GRID_SHRINK
        view.set_canvas(cell.width() * larger, cell.height() * larger)
        view.set_frame(picture.width, picture.height)
        people = [
            ScreenInstance(Instance(person.points, person.visibility), LABELS, False, Ref(LABELS, number))
            for number, person in enumerate(picture.people)
            if person.points.shape[0] == self._painter.skeleton.num_keypoints
        ]
        painter.save()
        painter.translate(cell.topLeft())
        painter.scale(1 / larger, 1 / larger)
        self._painter.paint(painter, people, view, STYLE)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, cell: QRectF, shown: tuple[PreviewPicture, QImage] | None
    ) -> None:
        words = f"Picture {self.enlarged}" if shown is None else describe(shown[0])
        painter.setFont(theme.small_font())
        metrics = painter.fontMetrics()
        box = QRectF(0, 0, metrics.horizontalAdvance(words) + 20, 24)
        box.moveCenter(QPointF(cell.center().x(), cell.bottom() - 22))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(CHIP_TEXT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    # -- hand

    def place_at(self, point: QPointF) -> int | None:
        """Which picture is under a point."""
        return next((i for i in range(self.count) if self.cell(i).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click makes a picture large, and back."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self.place_at(event.position()) if self.enlarged is None else None
        if place is not None or self.enlarged is not None:
            self.enlarge(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from picture to picture, Enter makes one large, Esc goes back."""
        columns = self.columns() if self.enlarged is None else 1
        steps = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: columns, Qt.Key.Key_Up: -columns,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.enlarge(self.current if self.enlarged is None else None)
        elif key == Qt.Key.Key_Escape and self.enlarged is not None:
            self.enlarge(None)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        if not 0 <= self.current + by < self.count:
            return
        self.current += by
        if self.enlarged is not None:
            self.enlarge(self.current)
        self.update()


def describe(picture: PreviewPicture) -> str:
    """``Picture 3 · 2 people · 31 of 52 keypoints visible · drawn in 84 ms``."""
    who, *seen = contents(picture)
    seen = [words.replace("visible", "keypoints visible") for words in seen]
    return " · ".join([f"Picture {picture.index}", who, *seen, f"drawn in {picture.draw_ms:.0f} ms"])


def contents(picture: PreviewPicture) -> list[str]:
    """``["2 people", "31 of 52 visible"]``; the second only where there is a keypoint."""
    num = len(picture.people)
    visible = sum(int((person.visibility == 2).sum()) for person in picture.people)
    total = sum(len(person.visibility) for person in picture.people)
    who = "nobody" if not num else "1 person" if num == 1 else f"{num} people"
    return [who, f"{visible} of {total} visible"] if total else [who]


def _shimmer(cell: QRectF, strength: float) -> QLinearGradient:
    """Light that passes over a picture to come."""
    share = (time.monotonic() % SHIMMER_S) / SHIMMER_S
    middle = cell.left() + (2.0 * share - 0.5) * cell.width()
    gradient = QLinearGradient(QPointF(middle - cell.width() / 2, 0), QPointF(middle + cell.width() / 2, 0))
    clear, light = theme.color("#ffffff", 0.0), theme.color("#ffffff", strength)
    for at, ink in ((0.0, clear), (0.5, light), (1.0, clear)):
        gradient.setColorAt(at, ink)
    return gradient
