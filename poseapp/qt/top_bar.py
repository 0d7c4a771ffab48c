"""The right of the menu bar: the search for commands, the running job, the device."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QWidget

from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.qt import theme
from poseapp.qt.bridge import connect
from poseapp.qt.device_chip import DeviceChip
from poseapp.qt.job_chip import JobChip
from poseapp.qt.menus import give_tip, native

HEIGHT_PX = 24
SEARCH_PX = (34, 330)
WORDS_PX = 150
GAP_PX = 10
ITEM_PX = 26  # what a menu's name has around it


class SearchButton(QPushButton):
    """Looks like a search field with its key at the right, or small: an icon; a click opens the palette."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("search_commands")
        self.setAccessibleName("Search commands")
        theme.set_role(self, "search")
        self.setFixedHeight(HEIGHT_PX)
        give_tip(self, session, "view.palette")
        connect(session.keymap.changed, self.update, self)

    def sizeHint(self) -> QSize:
        """As wide as the concept."""
        return QSize(SEARCH_PX[1], HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon, and where there is room the words and the key."""
        super().paintEvent(event)
        painter = QPainter(self)
        side, small = 14, self.width() < WORDS_PX
        left = (self.width() - side) // 2 if small else 10
        theme.icon("magnifying-glass").paint(painter, left, (self.height() - side) // 2, side, side)
        if not small:
            area = QRectF(self.rect()).adjusted(32, 0, -10, 0)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setFont(theme.body_font())
            painter.setPen(theme.color("text" if self.underMouse() else "muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, "Search commands")
            key = native(self._session.keymap.shown("view.palette")).replace("+", " ")
            room = area.width() - painter.fontMetrics().horizontalAdvance("Search commands") - 12
            painter.setFont(theme.small_font())
            if painter.fontMetrics().horizontalAdvance(key) <= room:
                painter.setPen(theme.color("muted"))
                painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, key)
        painter.end()


class TopBar(QWidget):
    """Sits in the corner of a menu bar and takes what the menus leave.

    Attributes:
        wanted: the search was clicked.
    """

    wanted = Signal()

    def __init__(self, bar: QMenuBar, session: Session) -> None:
        super().__init__()
        self._bar = bar
        self.search, self.chip, self.device = SearchButton(session), JobChip(), DeviceChip(session)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 10, 0)
        row.setSpacing(GAP_PX)
        row.addStretch(1)
        for widget in (self.search, self.chip, self.device):
            row.addWidget(widget)
        self.search.clicked.connect(self.wanted)
        self.device.resized.connect(self.fit)
        bar.setCornerWidget(self, Qt.Corner.TopRightCorner)
        # What does not fit is cut or folded up; the bar must not keep the window from being small.
        bar.setMinimumWidth(1)
        bar.window().installEventFilter(self)

    def show_runs(self, active: list[RunState]) -> None:
        """Show the running job in its chip."""
        self.chip.show_runs(active)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the window."""
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def fit(self) -> None:
        """Give the search what menus and chips leave; the corner asks for a width only once."""
        # Those that are folded up have no place on the bar, so their words are measured.
        words = self._bar.fontMetrics()
        menus = sum(words.horizontalAdvance(a.text()) + ITEM_PX for a in self._bar.actions()) + 24
        chips = sum(c.sizeHint().width() + GAP_PX for c in (self.chip, self.device) if not c.isHidden())
        free = self._bar.window().width() - menus - chips - 18
        self.search.setFixedWidth(min(max(free, SEARCH_PX[0]), SEARCH_PX[1]))
        wanted = self.search.width() + chips + 18
        if wanted != self.width():
            self.setFixedWidth(wanted)
            self._bar.adjustSize()
