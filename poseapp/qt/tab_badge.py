"""A count in the tab of a docked pane."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from poseapp.qt import theme


class Badge(QWidget):
    """A number on an amber pill."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_number(self, number: int) -> None:
        """Show another number."""
        self.number = number
        self.setAccessibleName(f"{number} left to review")
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def _text(self) -> str:
        return str(self.number) if self.number < 1000 else "999+"

    def sizeHint(self) -> QSize:
        """As wide as the number, and a gap before the tab's end."""
        width = QFontMetrics(theme.small_font(600)).horizontalAdvance(self._text)
        return QSize(max(width + 10, 17), 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("doubtful"))
        area = QRectF(self.rect())
        painter.drawRoundedRect(area, 8, 8)
        painter.setFont(theme.small_font(600))
        painter.setPen(theme.color("#14161a" if theme.tokens() == theme.DARK else "#ffffff"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text)


def show_badge(window: QWidget, title: str, number: int) -> None:
    """Put a number on the tab of this title, or take it off where it is 0.

    The main window makes its tabs anew when panes move, so the tab is looked for each time.
    """
    for bar in window.findChildren(QTabBar):
        for at in range(bar.count()):
            if bar.tabText(at) != title:
                continue
            side = QTabBar.ButtonPosition.RightSide
            badge = bar.tabButton(at, side)
            if (badge.number if isinstance(badge, Badge) else 0) == number:
                continue
            # A new one for each number: the tab takes the width of what it is given.
            made = Badge() if number else None
            if made is not None:
                made.set_number(number)
            bar.setTabButton(at, side, made)  # type: ignore[arg-type]
            if badge is not None:
                badge.deleteLater()
