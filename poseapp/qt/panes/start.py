"""The start page: what to open, what was open last, the sample; the whole page takes drops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.session import Session
from poseapp.paths import resources_dir
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.menus import native
from poseapp.qt.thumbnails import cover, square

MAX_SHOWN = 6
TITLE = "Open a video of people"
PITCH = "Get their poses, correct what is wrong by dragging, and let the corrections teach the network."


@dataclass(frozen=True)
class Door:
    """One way in: an action's id and how the page words it."""

    action: str
    icon: str
    title: str
    caption: str


DOORS = (
    Door("file.open_video", "film-strip", "Open video…", "Any video; its project is made beside it"),
    Door("file.open_images", "images", "Open image folder…", "A folder of pictures counts as a video"),
    Door("file.open_project", "folder-open", "Open project…", "A .pose folder with labels and networks"),
    Door(
        "file.open_sample", "person-simple-run", "Try the sample", "A short clip and a guided tour, 3 minutes"
    ),
    Door("file.open_crossing", "users", "Two people", "A second clip, with true poses as its labels"),
)


class DoorButton(QPushButton):
    """A large row: icon, title, one muted line, the shortcut at the right."""

    def __init__(self, icon: QIcon, title: str, caption: str) -> None:
        super().__init__()
        self._mark, self._title, self._caption, self._keys = icon, title, caption, ""
        theme.set_role(self, "row")
        self.setAccessibleName(f"{title} {caption}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def keys(self) -> str:
        """The shortcut it shows."""
        return self._keys

    def set_keys(self, keys: str) -> None:
        """Show a shortcut at the right."""
        self._keys = keys
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text and their padding."""
        return QSize(300, 52)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row over the button's own ground."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self.rect().adjusted(10, 0, -12, 0)
        mark = QRectF(inner.left(), (self.height() - 34) / 2, 34, 34)
        if self._mark.availableSizes():
            self._mark.paint(painter, mark.toRect())
        else:
            painter.setPen(QPen(theme.color("hairline"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(mark, 8, 8)
            mode = QIcon.Mode.Active if self.underMouse() else QIcon.Mode.Normal
            self._mark.paint(painter, mark.adjusted(8, 8, -8, -8).toRect(), mode=mode)
        text = QRectF(mark.right() + 12, 0, inner.right() - mark.right() - 12, self.height())
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._keys)
        text.setRight(text.right() - painter.fontMetrics().horizontalAdvance(self._keys) - 8)
        lower = text.adjusted(0, self.height() / 2 + 1, 0, -7)
        caption = painter.fontMetrics().elidedText(
            self._caption, Qt.TextElideMode.ElideMiddle, int(lower.width())
        )
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, caption)
        painter.setFont(theme.font(theme.BODY_PX, 600))
        painter.setPen(theme.color("text"))
        upper = text.adjusted(0, 7, 0, -self.height() / 2 + 1)
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(upper.width()))
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, title)
        painter.end()


class Logo(QWidget):
    """The program's mark, crisp at any scale."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._svg = QSvgRenderer(str(resources_dir() / "icons" / "poseapp.svg"), self)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        self._svg.render(painter, QRectF(self.rect()))
        painter.end()


class StartPane(QScrollArea):
    """What a user sees while nothing is open.

    Attributes:
        triggered: an action's id.
        chosen: the path of a recent project.
    """

    triggered = Signal(str)
    chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("start_pane")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        page = QWidget()
        theme.set_role(page, "start")
        self.setWidget(page)
        middle = QWidget()
        middle.setMaximumWidth(820)
        outer = QHBoxLayout(page)
        outer.addStretch(1)
        outer.addWidget(middle, 12)
        outer.addStretch(1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(0)
        column.addStretch(3)
        column.addLayout(self._head())
        column.addSpacing(32)
        grid = QGridLayout()
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._heading("Start"), 0, 0)
        grid.addWidget(self._heading("Recent"), 0, 1)
        doors = QVBoxLayout()
        doors.setSpacing(2)
        self.doors: dict[str, DoorButton] = {}
        for door in DOORS:
            doors.addWidget(self._door(door))
        doors.addStretch(1)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        grid.addLayout(doors, 1, 0)
        grid.addLayout(self._recent, 1, 1)
        column.addLayout(grid)
        column.addSpacing(28)
        column.addWidget(self._drop_hint())
        column.addStretch(4)
        connect(session.keymap.changed, self._say_keys, self)
        self._say_keys()
        self.refresh()

    def _say_keys(self) -> None:
        for action_id, door in self.doors.items():
            door.set_keys(native(self._session.keymap.shown(action_id)))

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(Logo(64))
        words = QVBoxLayout()
        words.setSpacing(4)
        title, pitch = QLabel(TITLE), QLabel(PITCH)
        theme.set_role(title, "big")
        theme.set_role(pitch, "muted")
        pitch.setWordWrap(True)
        words.addStretch(1)
        words.addWidget(title)
        words.addWidget(pitch)
        words.addStretch(1)
        head.addLayout(words, 1)
        return head

    @staticmethod
    def _heading(text: str) -> QLabel:
        label = QLabel(text)
        label.setContentsMargins(10, 0, 0, 0)
        theme.set_role(label, "heading")
        return label

    def _door(self, door: Door) -> DoorButton:
        button = DoorButton(theme.icon(door.icon, hover="accent"), door.title, door.caption)
        button.setObjectName(door.action)
        button.clicked.connect(lambda: self.triggered.emit(door.action))
        self.doors[door.action] = button
        return button

    def _drop_hint(self) -> QLabel:
        hint = DropHint("Or drop videos, image folders or a project anywhere on this window")
        return hint

    def refresh(self) -> None:
        """Read the recent projects again."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.setObjectName("")
                old.deleteLater()
        shown = self._session.recent.entries[:MAX_SHOWN]
        for path in shown:
            self._recent.addWidget(self._recent_row(path))
        if not shown:
            none = QLabel("Projects you open are listed here.")
            none.setContentsMargins(10, 8, 0, 0)
            theme.set_role(none, "muted")
            self._recent.addWidget(none)
        self._recent.addStretch(1)

    def _recent_row(self, path: Path) -> DoorButton:
        image = cover(path)
        picture = (
            theme.icon("folder-simple") if image is None else QIcon(self._rounded(square(image, 34, 2.0)))
        )
        home = str(Path.home())
        folder = str(path.parent)
        row = DoorButton(
            picture, path.stem, folder.replace(home, "~", 1) if folder.startswith(home) else folder
        )
        row.setToolTip(str(path))
        row.setObjectName(f"recent:{path}")
        row.clicked.connect(lambda: self.chosen.emit(str(path)))
        return row

    @staticmethod
    def _rounded(picture: QPixmap) -> QPixmap:
        made = QPixmap(picture.size())
        made.setDevicePixelRatio(picture.devicePixelRatio())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(0, 0, 34, 34), 6, 6)
        painter.end()
        return made


class DropHint(QLabel):
    """A dashed strip that invites a drop."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumHeight(64)
        theme.set_role(self, "muted")

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed outline under the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.tokens().faint), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()
        super().paintEvent(event)
