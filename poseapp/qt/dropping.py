"""Files dropped on the window: a veil says what will happen, then it is done one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from poseapp.app.dropping import Drop, plan
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import theme

LOOK_AGAIN_MS = 80
PLATE_PX = 440
NOTHING = "Nothing of this can be opened"


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of a drag."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropVeil(QWidget):
    """Lies over the window while something is dragged over it; the mouse goes through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("What a drop would do")
        self.drop = Drop()
        self.hide()

    def show_drop(self, drop: Drop) -> None:
        """Say what would happen."""
        window = self.parentWidget()
        assert window is not None
        self.drop = drop
        self.setAccessibleDescription(
            "; ".join([drop.text or "Nothing of this can be opened", *drop.refused])
        )
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil with a dashed edge, and a plate with the words in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        good = bool(self.drop.text)
        ink = "accent" if good else "doubtful"
        painter.fillRect(self.rect(), theme.color("background", 0.72))
        pen = QPen(theme.color(ink), 2.0, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(10, 10, -10, -10), 12, 12)
        refused = list(self.drop.refused[:4])
        if len(self.drop.refused) > 4:
            refused.append(f"and {len(self.drop.refused) - 4} more")
        height = 84 + 20 * len(refused)
        width = min(PLATE_PX, self.width() - 60)
        plate = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(theme.color("hairline"), 1.0))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(plate, 10, 10)
        mark = QRectF(plate.center().x() - 12, plate.top() + 14, 24, 24).toRect()
        theme.icon("download-simple" if good else "prohibit", role=ink).paint(painter, mark)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setFont(theme.font(14.0, 600))
        painter.setPen(theme.color("text"))
        line = QRectF(plate.left() + 16, plate.top() + 44, plate.width() - 32, 24)
        text = self.drop.text or NOTHING
        cut = Qt.TextElideMode.ElideMiddle
        painter.drawText(line, centre, painter.fontMetrics().elidedText(text, cut, int(line.width())))
        painter.setFont(theme.small_font())
        painter.setPen(theme.color("muted"))
        for n, words in enumerate(refused):
            under = line.translated(0, 26 + 20 * n)
            painter.drawText(under, centre, painter.fontMetrics().elidedText(words, cut, int(under.width())))
        painter.end()


class DropTarget(QObject):
    """Takes drags of a window.

    Args:
        window: It is made to accept drops.
        session: What is open.
        open_path: Opens a path and says whether it could.
        import_labels: Imports a label file as the menu would.
        say: Shows one line of what went wrong.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        open_path: Callable[[Path], bool],
        import_labels: Callable[[Path], None],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._session, self._open_path, self._import = session, open_path, import_labels
        self._say = say
        self._labels: list[Path] = []
        self.veil = DropVeil(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._later = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MS)
        self._later.timeout.connect(self._import_next)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is dragged over the window, dropped on it or taken away again."""
        if isinstance(event, QDragEnterEvent):
            paths = local_paths(event.mimeData())
            if paths:
                drop = plan(self._session, paths)
                self.veil.show_drop(drop)
                # Refused things are taken too: the drop then says why.
                event.acceptProposedAction()
                return True
        elif event.type() == QEvent.Type.DragLeave:
            self.veil.hide()
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.veil.hide()
            paths = local_paths(event.mimeData())
            event.acceptProposedAction()
            # The drop must be over before a slow file is read: the other program waits for it.
            QTimer.singleShot(0, lambda: self.take(paths))
            return True
        return False

    def take(self, paths: list[Path]) -> None:
        """Open, add and import what was dropped; what is refused is said."""
        drop = plan(self._session, paths)
        if drop.project is not None and not self._open_path(drop.project):
            return
        for path in drop.videos:
            if self._session.project is None or self._session.read_only:
                if not self._open_path(path):
                    return
                continue
            try:
                self._session.add_video(path)
            except (PoseError, OSError) as error:
                self._say(str(error))
                return
        self._labels = list(drop.labels)
        self._import_next()
        if drop.refused:
            more = f" (and {len(drop.refused) - 1} more)" if len(drop.refused) > 1 else ""
            self._say(f"Not taken: {drop.refused[0]}{more}")

    def _import_next(self) -> None:
        """Import one file; those that were dropped with videos wait until the project has these."""
        if not self._labels or self._session.project is None:
            return
        if self._session.reading is None:
            self._import(self._labels.pop(0))
        if self._labels:
            self._later.start()
