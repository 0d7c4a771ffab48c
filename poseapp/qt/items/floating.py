"""What floats over the video: the tool strip, the line of keys, the zoom chip. Dark in both themes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from poseapp.app.actions import ACTIONS, Action
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme
from poseapp.qt.bridge import connect

GROUND = QColor(17, 19, 23, 225)
EDGE = QColor(255, 255, 255, 22)
KEYCAP = QColor(255, 255, 255, 26)
KEYCAP_EDGE = QColor(255, 255, 255, 48)
WORDS = QColor("#d5dae3")
STRIP: tuple[str, ...] = (
    "label.tool_select",
    "label.tool_move",
    "label.tool_transform",
    "label.tool_lasso",
    "label.tool_add",
    "label.swap_sides",
    "view.fit",
    "view.toggle_overlay",
)
BUTTON_PX = 28
PAD_PX = 4


@lru_cache(maxsize=16)
def _ground(width: int, height: int, ratio: float) -> QPixmap:
    plate = QPixmap(round(width * ratio), round(height * ratio))
    plate.setDevicePixelRatio(ratio)
    plate.fill(Qt.GlobalColor.transparent)
    painter = QPainter(plate)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(EDGE, 1.0))
    painter.setBrush(GROUND)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1.0, height - 1.0), 7.0, 7.0)
    painter.end()
    return plate


def paint_ground(painter: QPainter, widget: QWidget) -> None:
    """The dark translucent plate under everything that floats; kept, for it is painted with every frame."""
    painter.drawPixmap(0, 0, _ground(widget.width(), widget.height(), widget.devicePixelRatioF()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


class StripButton(QToolButton):
    """One command of the strip, painted flat; on: the accent fills it."""

    def __init__(self, row: Action, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.row, self._session = row, session
        self.setCheckable(row.checked is not None)
        self.setFixedSize(BUTTON_PX, BUTTON_PX)
        self.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("action", row.id)
        self._say_key()
        connect(session.keymap.changed, self._say_key, self)
        self.setAccessibleName(row.title)
        self.clicked.connect(self._run)

    def _say_key(self) -> None:
        key = self._session.keymap.shown(self.row.id)
        self.setToolTip(f"{self.row.title}{f'  ({key})' if key else ''}\n{self.row.tip}")

    def _run(self) -> None:
        try:
            self.row.callback(self._session)
        except PoseError as error:
            self._session.failed.emit(str(error))
        self.refresh()

    def refresh(self) -> None:
        """Follow the session's state."""
        self.setEnabled(self.row.enabled(self._session))
        if self.row.checked is not None:
            self.setChecked(self.row.checked(self._session))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A rounded plate and the icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_tool = self.row.id.startswith("label.tool_")
        ink = "#c3cad6"
        if self.isChecked() and is_tool:
            painter.setBrush(QColor(theme.DARK.accent))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            ink = theme.DARK.on_accent
        elif self.underMouse() and self.isEnabled():
            painter.setBrush(KEYCAP)
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            ink = "#ffffff"
        elif not self.isEnabled() or (self.row.checked is not None and not self.isChecked() and not is_tool):
            ink = theme.DARK.faint
        side = theme.ICON_PX
        at = (self.width() - side) // 2
        theme.icon(self.row.icon, ink, ink).paint(painter, at, at, side, side)


class ToolStrip(QFrame):
    """The tools, top left over the video."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        rows = {row.id: row for row in ACTIONS}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PAD_PX, PAD_PX, PAD_PX, PAD_PX)
        layout.setSpacing(2)
        self.buttons = {name: StripButton(rows[name], session, self) for name in STRIP}
        for button in self.buttons.values():
            layout.addWidget(button)
        for signal in (session.tool_changed, session.selection_changed, session.layers_changed):
            connect(signal, self.refresh, self)
        connect(session.video_changed, self.refresh, self)
        connect(session.project_changed, self.refresh, self)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Follow the session's state."""
        for button in self.buttons.values():
            button.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The plate."""
        paint_ground(QPainter(self), self)


class HintBar(QWidget):
    """One line of what can be done right now, keys as key caps; the mouse goes through it."""

    HEIGHT_PX = 28

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._hints: list[tuple[str, str]] = []

    @property
    def hints(self) -> list[tuple[str, str]]:
        """Pairs of (key or "", words)."""
        return self._hints

    def set_hints(self, hints: list[tuple[str, str]], max_width: int) -> None:
        """Show as many hints from the left as fit."""
        while hints and self._width(hints) > max_width:
            hints = hints[:-1]
        self._hints = hints
        self.setVisible(bool(hints))
        self.resize(round(self._width(hints)), self.HEIGHT_PX)
        self.update()

    def _width(self, hints: list[tuple[str, str]]) -> float:
        words, keys = QFontMetricsF(theme.font(12.0)), QFontMetricsF(theme.font(11.0, 500))
        total = 12.0
        for key, text in hints:
            total += (self._cap_width(keys, key) + 6 if key else 0) + words.horizontalAdvance(text) + 12
        return total

    @staticmethod
    def _cap_width(metrics: QFontMetricsF, key: str) -> float:
        return float(max(metrics.horizontalAdvance(key) + 10, 18.0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The plate, key caps and words."""
        painter = QPainter(self)
        paint_ground(painter, self)
        word_font, key_font = theme.font(12.0), theme.font(11.0, 500)
        words, keys = QFontMetricsF(word_font), QFontMetricsF(key_font)
        x, height = 12.0, float(self.height())
        for key, text in self._hints:
            if key:
                width = self._cap_width(keys, key)
                cap = QRectF(x, height / 2 - 9, width, 18)
                painter.setPen(QPen(KEYCAP_EDGE, 1.0))
                painter.setBrush(KEYCAP)
                painter.drawRoundedRect(cap, 4, 4)
                painter.setFont(key_font)
                painter.setPen(QColor("white"))
                painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
                x += width + 6
            painter.setFont(word_font)
            painter.setPen(WORDS)
            width = words.horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 12


class ZoomChip(QWidget):
    """How large the video is shown; a click switches between the whole frame and actual size."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Switch between the whole frame and actual size")
        self.text = ""

    def set_text(self, text: str) -> None:
        """Show a text and take its width."""
        self.text = text
        width = QFontMetricsF(theme.font(12.0)).horizontalAdvance(text) + 24
        self.resize(round(width), HintBar.HEIGHT_PX)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The plate and the text."""
        painter = QPainter(self)
        paint_ground(painter, self)
        painter.setFont(theme.font(12.0))
        painter.setPen(QColor("white") if self.underMouse() else WORDS)
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Say so when it was clicked."""
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


def bar_position(width: int, height: int, item: QWidget, where: str) -> QPointF:
    """Where a floating item goes on a canvas: "top_left", "bottom_centre" or "bottom_right"."""
    if where == "top_left":
        return QPointF(12, 12)
    y = height - item.height() - 12
    if where == "bottom_right":
        return QPointF(width - item.width() - 12, y)
    return QPointF((width - item.width()) / 2, y)
