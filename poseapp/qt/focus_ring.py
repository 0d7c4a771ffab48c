"""A ring around what has the focus, where a widget draws none of its own; shown where keys moved it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget

from poseapp.qt import theme

# The stylesheet draws theirs.
HAVE_OWN = (QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox)


class FocusRing(QWidget):
    """Lies over a window; the mouse goes through. It goes with the focus, wherever that goes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._of: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def follow(self) -> None:
        """Show it around what has the keys now, because keys brought them there."""
        window, now = self.parentWidget(), QApplication.focusWidget()
        self.let_go()
        if now is None or window is None or now.window() is not window or isinstance(now, HAVE_OWN):
            return
        self._of = now
        now.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def let_go(self) -> None:
        """Take it away."""
        if self._of is not None:
            self._of.removeEventFilter(self)
            self._of = None
        self.hide()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not self._of:
            self._of = None  # it may be gone for good: Qt has forgotten the filter then
            self.hide()

    def _place(self) -> None:
        if self._of is not None:
            window = self.parentWidget()
            assert window is not None
            self.setGeometry(QRect(self._of.mapTo(window, QPoint()), self._of.size()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay on it while it is moved; a press of the mouse says that the eyes are elsewhere."""
        kind = event.type()
        if watched is self._of and kind in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.Hide):
            self.let_go()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), 2.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
