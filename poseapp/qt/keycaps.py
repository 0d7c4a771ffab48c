"""Keys as key caps: drawn in lists, as small buttons in forms; and the field that takes a new key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QPushButton

from poseapp.qt import theme
from poseapp.qt.menus import native

CAP_PX = 18
_HELD_ONLY = {
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown,
}  # fmt: skip
_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def cap_width(keys: str) -> float:
    """How wide the cap of a key is, in logical pixels."""
    return max(QFontMetricsF(theme.small_font()).horizontalAdvance(native(keys)) + 12.0, 20.0)


def paint_caps(painter: QPainter, keys: list[str], right: float, middle: float, ink: str = "muted") -> float:
    """Draw caps side by side, the last one ending at ``right``.

    Args:
        painter: Its pen, brush and font are changed.
        keys: Portable key texts.
        right: x of the right edge of the last cap.
        middle: y of the middle of all.
        ink: Token of the letters.

    Returns:
        The x where the first one begins.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.small_font())
    for key in reversed(keys):
        width = cap_width(key)
        cap = QRectF(right - width, middle - CAP_PX / 2, width, CAP_PX)
        painter.setPen(QPen(theme.color("hairline"), 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(theme.color(ink))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, native(key))
        right -= width + 5
    return right


class KeyButton(QPushButton):
    """A key of a command; a click takes it away."""

    def __init__(self, keys: str) -> None:
        super().__init__(native(keys))
        self.keys = keys
        theme.set_role(self, "key")
        self.setIcon(theme.icon("x", hover="bad"))
        self.setIconSize(QSize(10, 10))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setAutoDefault(False)
        self.setToolTip(f"Take {native(keys)} away")
        self.setAccessibleName(f"Take {native(keys)} away")


def key_of(event: QKeyEvent) -> str:
    """The portable text of what was pressed, or "" for a modifier alone."""
    key = event.key()
    if key in _HELD_ONLY or key == 0:
        return ""
    held = event.modifiers() & _MODIFIERS
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    shifted = Qt.Key.Key_Exclam <= key <= Qt.Key.Key_AsciiTilde and not (
        Qt.Key.Key_A <= key <= Qt.Key.Key_Z or Qt.Key.Key_0 <= key <= Qt.Key.Key_9
    )
    if shifted:
        # Which signs need Shift differs with the keyboard: the sign alone is the key.
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(held, Qt.Key(key))).toString(QKeySequence.SequenceFormat.PortableText)


class KeyField(QLineEdit):
    """Takes the next key that is pressed, whatever it is; Esc and leaving the field give up.

    Attributes:
        pressed: the key in portable text.
        left: given up.
    """

    pressed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setPlaceholderText("Press the new keys, or Esc")
        self.setAccessibleName("Press the new keys")
        self.setFixedWidth(190)

    def event(self, event: QEvent) -> bool:
        """Keep every key from the shortcuts and from Tab's travel."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._on_key(event)
            return True
        return super().event(event)

    def _on_key(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() == Qt.Key.Key_Escape and not event.modifiers() & _MODIFIERS:
            self.left.emit()
        elif not event.isAutoRepeat() and (keys := key_of(event)):
            self.pressed.emit(keys)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give up, unless only the whole window lost the focus."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()
