"""A hand for tests: mouse and key events at a widget, each dealt with before the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """A key, as slow as a hand: what came before has been dealt with."""
    QApplication.processEvents()
    QTest.keyClick(widget, key, modifier)


def move(
    widget: QWidget,
    to: QPoint,
    button: Qt.MouseButton = Qt.MouseButton.NoButton,
    modifier: Qt.KeyboardModifier = NO_KEY,
) -> None:
    """Move the mouse; at once, where `QTest.mouseMove` moves the pointer and the event follows some time."""
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(to), QPointF(widget.mapToGlobal(to)), Qt.MouseButton.NoButton, button,
        modifier,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget,
    start: QPoint,
    end: QPoint,
    modifier: Qt.KeyboardModifier = NO_KEY,
    button: Qt.MouseButton = LEFT,
) -> None:
    """Press, move in four steps, release."""
    QTest.mousePress(widget, button, modifier, start)
    for share in (0.25, 0.5, 0.75, 1.0):
        move(widget, start + (end - start) * share, button, modifier)
    QTest.mouseRelease(widget, button, modifier, end)


def wheel(widget: QWidget, at: QPoint, steps: float, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """Turn the wheel; positive: away from the hand."""
    event = QWheelEvent(
        QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, round(120 * steps)),
        Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
