"""Rows of the review: a picture, the frame, the reason in words, how strong it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from poseapp.app.review import OPEN, Item
from poseapp.qt import theme
from poseapp.qt.thumbnails import square

ITEM = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
ICONS = {
    "score": "gauge", "jump": "arrow-bend-up-right", "flip": "swap", "bone": "ruler",
    "suggested": "lightbulb",
}  # fmt: skip
KIND_WORDS = {
    "": "All reasons", "score": "Low score", "jump": "Jumps", "flip": "Left and right swapped",
    "bone": "Bone lengths", "suggested": "Suggested",
}  # fmt: skip
STATE_WORDS = {
    "accepted": "accepted",
    "corrected": "corrected",
    "labelled": "labelled",
    "dismissed": "not doubtful",
}


class ReviewModel(QAbstractListModel):
    """The items that are shown."""

    def __init__(self, parent: QWidget, video_name: Callable[[Item], str]) -> None:
        super().__init__(parent)
        self.items: list[Item] = []
        self._video_name = video_name

    def show(self, items: list[Item]) -> bool:
        """Show these; False where they are shown already."""
        if items == self.items:
            return False
        if [i.key for i in items] == [i.key for i in self.items] and items:
            self.items = items
            self.dataChanged.emit(self.index(0), self.index(len(items) - 1))
            return True
        self.beginResetModel()
        self.items = items
        self.endResetModel()
        return True

    def row_of(self, item: Item | None) -> int:
        """Where an item stands, or -1."""
        keys = [(i.key, i.kind == "suggested") for i in self.items]
        wanted = (item.key, item.kind == "suggested") if item is not None else None
        return keys.index(wanted) if wanted in keys else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The item, and words for those who cannot see it."""
        item = self.items[index.row()]
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{title(item, self._video_name(item))}: {item.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            reasons = "<br>".join(r[:1].upper() + r[1:] for r in (item.text, *item.more))
            return f"<b>{title(item, self._video_name(item))}</b><br>{reasons}"
        return None


def title(item: Item, video: str) -> str:
    """ "Frame 24", with person and video where there are several."""
    person = f" · person {item.person + 1}" if item.person else ""
    return f"Frame {item.frame_idx}{person}" + (f" · {video}" if video else "")


class ReviewDelegate(QStyledItemDelegate):
    """Draws one item."""

    HEIGHT = 56
    PICTURE = 40

    def __init__(
        self, parent: QWidget, picture: Callable[[Item], QImage | None], video_name: Callable[[Item], str]
    ) -> None:
        super().__init__(parent)
        self._picture, self._video_name = picture, video_name

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines beside a picture."""
        return QSize(200, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw picture, frame, reason and bar."""
        item: Item = index.data(ITEM)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
            painter.fillRect(QRectF(area.left(), area.top(), 2, area.height()), theme.color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.color("raised"))
        self._paint_picture(
            painter, QRectF(area.left() + 12, area.top() + 8, self.PICTURE, self.PICTURE), item
        )
        text = QRectF(area.left() + 64, area.top() + 9, area.width() - 76, 18)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        bar = QRectF(text.right() - 44, text.center().y() - 2, 44, 4)
        if item.state == OPEN:
            self._paint_bar(painter, bar, item)
        else:
            painter.setFont(theme.small_font())
            painter.setPen(theme.color("muted" if item.state == "dismissed" else "good"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(text, right, STATE_WORDS[item.state])
        painter.setFont(theme.body_font())
        painter.setPen(theme.color("text"))
        room = int(text.width()) - (56 if item.state == OPEN else 86)
        named = title(item, self._video_name(item))
        painter.drawText(
            text, left, painter.fontMetrics().elidedText(named, Qt.TextElideMode.ElideRight, room)
        )
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        lower = text.translated(0, 19)
        icon = QRectF(lower.left() - 1, lower.top() + 2, 14, 14).toRect()
        theme.icon(ICONS[item.kind], role="doubtful" if item.kind != "suggested" else "accent").paint(
            painter, icon
        )
        words = lower.adjusted(19, 0, 0, 0)
        more = f"  +{len(item.more)}" if item.more else ""
        metrics = painter.fontMetrics()
        room = int(words.width()) - metrics.horizontalAdvance(more)
        painter.drawText(words, left, metrics.elidedText(item.text, Qt.TextElideMode.ElideRight, room) + more)
        painter.restore()

    def _paint_picture(self, painter: QPainter, where: QRectF, item: Item) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(where, 4, 4)
        picture = self._picture(item)
        if picture is None:
            theme.icon("image", role="faint").paint(painter, where.adjusted(12, 12, -12, -12).toRect())
            return
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(where.toRect(), square(picture, self.PICTURE, ratio))

    def _paint_bar(self, painter: QPainter, bar: QRectF, item: Item) -> None:
        if item.kind == "suggested":
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hairline"))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(theme.color("doubtful"))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * item.strength, 4), 4), 2, 2)
