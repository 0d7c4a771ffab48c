"""The tour of the window: five callouts that point at the real widgets; shown once, and when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from poseapp.qt import theme
from poseapp.qt.layout import is_shown
from poseapp.qt.menus import native

if TYPE_CHECKING:
    from poseapp.qt.window import Window

CARD_PX, GAP_PX, EDGE_PX = 340, 14, 12
SHOWN = "show_tour"
WAIT_MS = 500


@dataclass(frozen=True)
class Stop:
    """One callout: what it points at, its title and its text; ``{row.id}`` in a text is that row's key."""

    title: str
    text: str
    target: Callable[[Any], QWidget]
    pane: str = ""


STOPS = (
    Stop(
        "The video",
        "Drag keypoints to where they belong. Turn the wheel to zoom, drag beside people to pan. The line "
        "below always says what can be done right now, and by which key.",
        lambda w: w.video.canvas,
    ),
    Stop(
        "Tools",
        "Select, move a whole person, add one, swap left and right. The arrow keys step through the frames, "
        "{go.play} plays.",
        lambda w: w.video.strip,
    ),
    Stop(
        "People and keypoints",
        "Who is in this frame, with every keypoint as numbers. The tabs beside it hold the jobs and the "
        "history: every edit is saved at once and can be undone, also tomorrow.",
        lambda w: w.panes["people"],
        "people",
    ),
    Stop(
        "Timeline",
        "Green is labelled, amber doubtful. {go.next_doubtful} jumps to the next frame the network was "
        "unsure of: correcting those teaches it most.",
        lambda w: w.panes["timeline"],
        "timeline",
    ),
    Stop(
        "Everything else",
        "{view.palette} finds any command, video, project or setting by a few letters. {help.keys} lists all "
        "keys and lets you change them.",
        lambda w: w.top.search,
    ),
)


class Callouts(QWidget):
    """Lies over the window while the tour is on: a veil with a hole, and a card beside the hole.

    Enter, Space and Right go on, Left goes back, Esc and a click beside the card end it.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self.at = 0
        self.setObjectName("tour")
        self.setAccessibleName("Tour of the window")
        self.card = QFrame(self)
        theme.set_role(self.card, "card")
        self.card.setFixedWidth(CARD_PX)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        self.title, self.text, self.number = QLabel(), QLabel(), QLabel()
        theme.set_role(self.title, "title")
        theme.set_role(self.number, "caption")
        self.text.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.number)
        row.addStretch(1)
        self.skip, self.back, self.next = QPushButton("Skip"), QPushButton("Back"), QPushButton("Next")
        theme.set_role(self.next, "primary")
        theme.set_role(self.skip, "link")
        does = ((self.skip, self.end), (self.back, self.step_back), (self.next, self.step_on))
        for button, act in does:
            button.clicked.connect(act)
            button.installEventFilter(self)
            row.addWidget(button)
        column.addLayout(row)
        window.installEventFilter(self)
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self.begin)
        self.hide()

    def offer(self) -> None:
        """Begin once the window has settled, if it was never shown and that can be remembered."""
        settings = self._window.session.settings
        if settings.path is not None and settings[SHOWN]:
            self._later.start()

    def begin(self) -> None:
        """Begin with the first callout; needs an open project."""
        window = self._window
        if window.session.project is None or window.palette_.isVisible():
            return
        if window.session.settings.path is not None:
            window.session.settings[SHOWN] = False
        self._before = window.focusWidget()
        self.at = 0
        self.show()
        self.raise_()
        self._point()

    def end(self) -> None:
        """Take it away and give the keys back."""
        if not self.isVisible():
            return
        before, self._before = self._before, None
        keep = before is not None and is_shown(before)
        # Before it goes: Qt would look for another place for the keys by itself.
        (before if before is not None and keep else self._window.video).setFocus()
        self.hide()

    def step_on(self) -> None:
        """The next callout, or the end."""
        if self.at + 1 == len(STOPS):
            self.end()
            return
        self.at += 1
        self._point()

    def step_back(self) -> None:
        """The callout before."""
        self.at = max(self.at - 1, 0)
        self._point()

    # -- showing -------------------------------------------------------------------------------------------

    def _words(self, text: str) -> str:
        keymap = self._window.session.keymap
        for name in keymap.rows:
            key = native(keymap.shown(name)) or f"“{keymap.rows[name].title.rstrip('…')}”"
            text = text.replace(f"{{{name}}}", key)
        return text

    def _point(self) -> None:
        stop = STOPS[self.at]
        if stop.pane:
            self._window.show_pane(stop.pane)
            self.raise_()  # a dock that comes to the front comes before this, too
        self.title.setText(stop.title)
        self.text.setText(self._words(stop.text))
        self.number.setText(f"{self.at + 1} of {len(STOPS)}")
        self.back.setEnabled(self.at > 0)
        is_last = self.at + 1 == len(STOPS)
        self.next.setText("Done" if is_last else "Next")
        self.skip.setVisible(not is_last)
        self.next.setAccessibleDescription(f"{stop.title}. {self.text.text()}")
        self._place()
        self.next.setFocus()

    def hole(self) -> QRect:
        """Where the callout points, in this widget."""
        target = STOPS[self.at].target(self._window)
        if not target.isVisible() or target.window() is not self._window:
            return QRect()
        return QRect(target.mapTo(self._window, QPoint()), target.size()).adjusted(-4, -4, 4, 4)

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        hole = self.hole()
        self.card.adjustSize()
        width, height = self.card.width(), self.card.height()
        # Beside it, below it, above it; a large one has the card in its middle.
        places = [
            QPoint(hole.left() - width - GAP_PX, hole.center().y() - height // 2),
            QPoint(hole.right() + GAP_PX, hole.center().y() - height // 2),
            QPoint(hole.center().x() - width // 2, hole.bottom() + GAP_PX),
            QPoint(hole.center().x() - width // 2, hole.top() - height - GAP_PX),
        ]
        room = self.rect().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        spots = [self._inside(QRect(at, self.card.size()), room) for at in places]
        free = [spot for spot in spots if not spot.intersects(hole)]
        middle = QRect(hole.center() - QPoint(width // 2, height // 2), self.card.size())
        self.card.move((free[0] if free else self._inside(middle, room)).topLeft())
        self.update()

    @staticmethod
    def _inside(card: QRect, room: QRect) -> QRect:
        card.moveLeft(max(min(card.left(), room.right() - card.width()), room.left()))
        card.moveTop(max(min(card.top(), room.bottom() - card.height()), room.top()))
        return card

    def paintEvent(self, event: QPaintEvent) -> None:
        """The veil, the hole and its edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil, hole = QPainterPath(), QPainterPath()
        veil.addRect(QRectF(self.rect()))
        hole.addRoundedRect(QRectF(self.hole()), 8, 8)
        painter.fillPath(veil.subtracted(hole), theme.color("#05070a", 0.55))
        painter.setPen(QPen(theme.color("accent"), 2.0))
        painter.drawPath(hole)
        painter.end()

    # -- events --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card: the user has begun, the tour is over."""
        self.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the tour on its buttons; the place while the window is resized."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys of the window wait until the tour is over
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            act = {
                Qt.Key.Key_Escape: self.end, Qt.Key.Key_Right: self.step_on, Qt.Key.Key_Left: self.step_back,
            }.get(Qt.Key(event.key()))  # fmt: skip
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QPushButton):
                act = watched.click
            if act is not None:
                act()
                return True
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays within the card."""
        order = [b for b in (self.next, self.skip, self.back) if b.isVisible() and b.isEnabled()]
        if not order:
            return False
        now = next((i for i, b in enumerate(order) if b.hasFocus()), 0)
        order[(now + (1 if forward else -1)) % len(order)].setFocus(Qt.FocusReason.TabFocusReason)
        return True
