"""The start page: what to open, what was open last, the sample; the whole page takes drops."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from poseapp.app.recent import RecentProject
from poseapp.app.session import Session
from poseapp.paths import resources_dir
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.menus import native
from poseapp.qt.thumbnails import cover, square

MAX_SHOWN, MARK_PX, DOOR_PX = 6, 34, 52
DELETE = (QEvent.Type.KeyPress, Qt.Key.Key_Delete)
TITLE = "Open a video of people"
PITCH = "Get their poses, correct what is wrong by dragging, and let the corrections teach the network."


def ago(seconds: float) -> str:
    """How long ago a moment is, in words."""
    gone = time.time() - seconds
    if gone < 90:
        return "Just now"
    for size, word in ((86400 * 7, "week"), (86400, "day"), (3600, "hour"), (60, "minute")):
        number = int(gone // size)
        if word == "week" and number >= 5:
            return time.strftime("%d %B %Y", time.localtime(seconds))
        if word == "day" and number == 1:
            return "Yesterday"
        if number:
            return f"{number} {word}{'s' * (number > 1)} ago"
    return "1 minute ago"


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
        self.setFixedHeight(DOOR_PX)
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
        return QSize(300, DOOR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row over the button's own ground."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self.rect().adjusted(10, 0, -12, 0)
        mark = QRectF(inner.left(), (self.height() - MARK_PX) / 2, MARK_PX, MARK_PX)
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
        painter.setPen(theme.color("text" if self.isEnabled() else "muted"))
        upper = text.adjusted(0, 7, 0, -self.height() / 2 + 1)
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(upper.width()))
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, title)
        painter.end()


class RecentRow(QWidget):
    """A project that was open once; where it is gone it is greyed and can be taken off the list.

    Attributes:
        forgotten: it is to be taken off the list.
    """

    forgotten = Signal()

    def __init__(self, picture: QIcon, title: str, caption: str, is_there: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.door = DoorButton(picture, title, caption)
        self.door.setEnabled(is_there)
        self.door.installEventFilter(self)
        row.addWidget(self.door, 1)
        self.remove = QToolButton()
        self.remove.setIcon(theme.icon("x"))
        self.remove.setToolTip(f"Take {title} off this list")
        self.remove.setAccessibleName(f"Take {title} off this list")
        self.remove.setVisible(not is_there)
        self.remove.clicked.connect(self.forgotten)
        row.addWidget(self.remove)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Del takes it off the list."""
        if isinstance(event, QKeyEvent) and (event.type(), event.key()) == DELETE:
            self.forgotten.emit()
            return True
        return False


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
                for door in old.findChildren(DoorButton):
                    door.setObjectName("")
                old.deleteLater()
        shown = self._session.recent.projects[:MAX_SHOWN]
        for project in shown:
            self._recent.addWidget(self._recent_row(project))
        if not shown:
            none = QLabel("Projects you open are listed here.")
            none.setContentsMargins(10, 8, 0, 0)
            theme.set_role(none, "muted")
            self._recent.addWidget(none)
        self._recent.addStretch(1)

    def _recent_row(self, project: RecentProject) -> QWidget:
        path, is_there = project.path, project.is_there
        image = cover(path) if is_there else None
        ratio = self.devicePixelRatioF()
        picture = theme.icon("folder-simple" if is_there else "folder-simple-minus")
        if image is not None:
            picture = QIcon(self._rounded(square(image, MARK_PX, ratio), ratio))
        home, folder = str(Path.home()), str(path.parent)
        place = folder.replace(home, "~", 1) if folder.startswith(home) else folder
        row = RecentRow(picture, path.stem, f"{ago(project.opened)} · {place}" if is_there else
                        f"Not there any more · {place}", is_there)  # fmt: skip
        row.door.setToolTip(f"{path}\nDel takes it off this list")
        row.door.setObjectName(f"recent:{path}")
        row.door.clicked.connect(lambda: self.chosen.emit(str(path)))
        row.forgotten.connect(lambda: self._forget(path))
        return row

    def _forget(self, path: Path) -> None:
        self._session.recent.forget(path)
        self.refresh()
        first = next(iter(self.findChildren(RecentRow)), None)
        (first.door if first is not None and first.isVisible() else self.doors[DOORS[0].action]).setFocus()

    @staticmethod
    def _rounded(picture: QPixmap, ratio: float) -> QPixmap:
        made = QPixmap(picture.size())
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(0, 0, MARK_PX, MARK_PX), 6, 6)
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
