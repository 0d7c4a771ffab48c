"""Delegates that draw the rows of the project pane: videos with a picture and a bar, layers with an eye."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QImage, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from poseapp.qt import theme
from poseapp.qt.thumbnails import square

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class VideoRow:
    """One video as the list shows it.

    Attributes:
        video_id: its id in the project.
        title: its name.
        caption: the muted line under it.
        labelled: share of its frames with labels, 0 to 1.
        predicted: share of its frames with predictions, 0 to 1.
        missing: whether its file is not where it was.
        current: whether it is on screen.
        picture: a small picture, or None.
    """

    video_id: int
    title: str
    caption: str
    labelled: float = 0.0
    predicted: float = 0.0
    missing: bool = False
    current: bool = False
    picture: QImage | None = None


@dataclass(frozen=True)
class LayerRow:
    """One layer as the list shows it; ``color`` is a token."""

    layer_id: str
    title: str
    caption: str
    color: str
    visible: bool


def _ground(painter: QPainter, option: QStyleOptionViewItem, current: bool) -> None:
    state = option.state
    if current:
        painter.fillRect(option.rect, theme.color("raised"))
        edge = QRect(option.rect.left(), option.rect.top(), 2, option.rect.height())
        painter.fillRect(edge, theme.color("accent"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, theme.color("raised", 0.6))
    if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
        painter.setPen(theme.color("accent"))
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def _elided(painter: QPainter, rect: QRectF, text: str, where: Qt.AlignmentFlag) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(rect.width()) + 1)
    painter.drawText(rect, where | Qt.AlignmentFlag.AlignVCenter, shown)


class VideoDelegate(QStyledItemDelegate):
    """A picture, the name, a muted line and a bar of what is predicted and labelled."""

    HEIGHT = 52

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One dense row."""
        return QSize(120, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one video."""
        row: VideoRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _ground(painter, option, row.current)
        area = QRectF(option.rect)
        picture = QRectF(area.left() + 12, area.top() + 9, 34, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised") if not row.current else theme.color("hairline"))
        painter.drawRoundedRect(picture, 4, 4)
        if row.picture is not None:
            painter.drawPixmap(
                picture.toRect(), square(row.picture, 34, painter.device().devicePixelRatioF())
            )
        elif row.missing:
            theme.icon("warning", role="doubtful").paint(painter, picture.adjusted(9, 9, -9, -9).toRect())
        else:
            theme.icon("film-strip", role="faint").paint(painter, picture.adjusted(9, 9, -9, -9).toRect())
        text = QRectF(picture.right() + 10, area.top() + 7, area.right() - picture.right() - 16, 17)
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("text"))
        _elided(painter, text, row.title, Qt.AlignmentFlag.AlignLeft)
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("doubtful" if row.missing else "muted"))
        _elided(painter, text.translated(0, 16), row.caption, Qt.AlignmentFlag.AlignLeft)
        bar = QRectF(text.left(), text.top() + 34.5, text.width() - 18, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, ink in ((1.0, "hairline"), (row.predicted, "faint"), (row.labelled, "good")):
            if share > 0:
                painter.setBrush(theme.color(ink))
                width = max(bar.width() * min(share, 1.0), 3.0)
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), width, 3), 1.5, 1.5)
        painter.restore()


class LayerDelegate(QStyledItemDelegate):
    """An eye, a swatch, the name and the number of frames; a click on the eye shows or hides the layer."""

    HEIGHT = 27
    toggled = Signal(str, bool)  # a layer's id, visible

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One dense row."""
        return QSize(120, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one layer."""
        row: LayerRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _ground(painter, option, False)
        area = QRectF(option.rect)
        middle = area.center().y()
        mode = QIcon.Mode.Active if option.state & QStyle.StateFlag.State_MouseOver else QIcon.Mode.Normal
        eye = theme.icon("eye" if row.visible else "eye-slash", role="muted" if row.visible else "faint")
        eye.paint(painter, QRectF(area.left() + 12, middle - 8, 16, 16).toRect(), mode=mode)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(row.color if row.visible else "faint"))
        painter.drawRoundedRect(QRectF(area.left() + 37, middle - 4.5, 9, 9), 3, 3)
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        room = painter.fontMetrics().horizontalAdvance(row.caption)
        text = QRectF(area.left() + 56, area.top(), area.width() - 68, area.height())
        _elided(painter, text, row.caption, Qt.AlignmentFlag.AlignRight)
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("text" if row.visible else "muted"))
        _elided(painter, text.adjusted(0, 0, -room - 8, 0), row.title, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A release anywhere on the left part counts as a click on the eye."""
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and event.position().x() < 56
        ):
            row: LayerRow = index.data(ROW)
            self.toggled.emit(row.layer_id, not row.visible)
            return True
        return super().editorEvent(event, model, option, index)


class FittedList(QListWidget):
    """A list as high as its rows, up to a number of rows, then it scrolls."""

    def __init__(self, row_height: int, max_rows: int) -> None:
        super().__init__()
        self._row_height, self._max_rows = row_height, max_rows
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.fit()

    def fit(self) -> None:
        """Take the height of the rows there are."""
        self.setFixedHeight(self._row_height * max(1, min(self.count(), self._max_rows)))
