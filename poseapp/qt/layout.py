"""Where the panes stand: docks around the video, remembered, put back on request."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QByteArray, QObject, QRect, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QWidget

from poseapp.qt.panes.docked import PANES

STATE_VERSION = 1
Area = Qt.DockWidgetArea


class Layout(QObject):
    """The docks of a window; hidden while nothing is open.

    Signals:
        arranging_changed: title bars are shown or hidden now.

    Attributes:
        docks: By name, as in ``PANES``.
        arranging: Whether title bars are shown.
    """

    arranging_changed = Signal(bool)

    def __init__(self, window: QMainWindow, panes: dict[str, QWidget], settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._open_state: QByteArray | None = None
        self._is_open, self.arranging = True, False
        window.setDockNestingEnabled(True)
        window.setTabPosition(Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setDocumentMode(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, Area.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Area.BottomDockWidgetArea)
        self.docks: dict[str, QDockWidget] = {}
        for row in PANES:
            dock = QDockWidget(row.title, window)
            dock.setObjectName(f"dock_{row.name}")
            dock.setWidget(panes[row.name])
            dock.setTitleBarWidget(QWidget(dock))  # calm until the user asks to arrange the panels
            dock.topLevelChanged.connect(lambda _on, dock=dock: self._give_title(dock))
            window.addDockWidget(row.area, dock)
            self.docks[row.name] = dock
        tabs = [self.docks[row.name] for row in PANES if row.area == Area.RightDockWidgetArea]
        for before, after in itertools.pairwise(tabs):
            window.tabifyDockWidget(before, after)
        self.docks["people"].raise_()
        self._first_state = window.saveState(STATE_VERSION)

    def restore(self) -> None:
        """Size and panes as they were when the window was closed last, else as at the first start."""
        geometry, state = self._settings.value("geometry"), self._settings.value("layout")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        if not isinstance(state, QByteArray) or not self._put(state):
            self._put(self._first_state)
            self._first_sizes()
        else:
            self._add_new(self._settings.value("panes"))
        self._open_state = self._window.saveState(STATE_VERSION)

    def remember(self) -> None:
        """Write size and panes down."""
        state = self._window.saveState(STATE_VERSION) if self._is_open else self._open_state
        self._settings.setValue("geometry", self._window.saveGeometry())
        self._settings.setValue("panes", list(self.docks))
        if state is not None:
            self._settings.setValue("layout", state)
        self._settings.sync()

    def set_open(self, is_open: bool) -> None:
        """Show the panes while a project is open, hide them on the start page."""
        if is_open == self._is_open:
            return
        self._is_open = is_open
        if is_open and self._open_state is not None:
            self._put(self._open_state)
        elif not is_open:
            self._open_state = self._window.saveState(STATE_VERSION)
            for dock in self.docks.values():
                dock.hide()
        for dock in self.docks.values():
            dock.toggleViewAction().setEnabled(is_open)

    def raise_pane(self, name: str) -> None:
        """Bring a pane to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    def step_panel(self, step: int) -> None:
        """Give the keys to the next panel that is shown, or the one before: the video, then the docks."""
        if not self._is_open:
            return
        docks = [dock for dock in self.docks.values() if self._in_sight(dock)]
        stops = [s for s in (self._window.centralWidget(), *(d.widget() for d in docks)) if s is not None]
        now = QApplication.focusWidget()
        holds = [now is not None and (stop is now or stop.isAncestorOf(now)) for stop in stops]
        at = holds.index(True) if True in holds else -step
        for n in range(1, len(stops) + 1):
            wanted = first_with_keys(stops[(at + step * n) % len(stops)])
            if wanted is not None:
                wanted.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _in_sight(self, dock: QDockWidget) -> bool:
        """Whether a dock is shown and in front: Qt keeps tabs behind others visible, off the window."""
        on_window = dock.isFloating() or self._window.rect().intersects(dock.geometry())
        return dock.isVisible() and on_window

    def switch_arranging(self) -> None:
        """Show or hide the title bars."""
        self.set_arranging(not self.arranging)

    def reset(self) -> None:
        """Every pane where it stood at first."""
        self.set_arranging(False)
        self._put(self._first_state)
        self._first_sizes()

    def _put(self, state: QByteArray) -> bool:
        """Restore a state; False where it is of another version."""
        # Qt makes a new tab bar for each restored state and leaves the one before where it stood, unless its
        # docks were hidden, and the layout had a turn to put it away, before.
        for dock in self.docks.values():
            dock.hide()
        layout = self._window.layout()
        if layout is not None:
            layout.activate()
            layout.setGeometry(layout.geometry())
        is_put = self._window.restoreState(state, STATE_VERSION)
        self._onto_screens()
        return is_put

    def _add_new(self, known: object) -> None:
        """Panes that the kept layout has never heard of stand beside the people, behind what is in front."""
        before = known if isinstance(known, list) else []
        front = next((d for d in self.docks.values() if self._in_sight(d)), None)
        for name, dock in self.docks.items():
            if name not in before and dock.isHidden():
                self._window.tabifyDockWidget(self.docks["people"], dock)
                dock.show()
        if front is not None:
            front.raise_()

    def _onto_screens(self) -> None:
        """Bring panels that float where no screen is any more back to where they can be seen."""
        for dock in self.docks.values():
            if dock.isFloating() and dock.isVisible():
                screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
                dock.setGeometry(onto_screen(dock.geometry(), screens))

    def _give_title(self, dock: QDockWidget) -> None:
        """A title bar where one is needed: to drag a panel while arranging, or one that floats."""
        wanted, old = self.arranging or dock.isFloating(), dock.titleBarWidget()
        if wanted == (old is None):
            return
        dock.setTitleBarWidget(None if wanted else QWidget(dock))  # type: ignore[arg-type]
        if old is not None:
            old.deleteLater()

    def _first_sizes(self) -> None:
        width, height = self._window.width(), self._window.height()
        left = min(max(round(width * 0.154), 205), 240)
        right = min(max(round(width * 0.302), 300), 440)
        bottom = min(max(round(height * 0.253), 170), 240)
        sideways = [self.docks["project"], self.docks["people"]]
        self._window.resizeDocks(sideways, [left, right], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self.docks["timeline"]], [bottom], Qt.Orientation.Vertical)

    def set_arranging(self, on: bool) -> None:
        """Show title bars, to drag panes elsewhere or out of the window, or hide them."""
        if on == self.arranging:
            return
        self.arranging = on
        self.arranging_changed.emit(on)
        for dock in self.docks.values():
            self._give_title(dock)


def first_with_keys(pane: QWidget) -> QWidget | None:
    """Who takes the keys when a pane is gone to: its proxy, the first child Tab would reach, or itself."""
    proxy = pane.focusProxy()
    for child in (*((proxy,) if proxy is not None else ()), *pane.findChildren(QWidget), pane):
        takes = bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes and child.isVisible() and child.isEnabled():
            return child
    return None


def is_shown(widget: QWidget) -> bool:
    """Whether a widget that was kept in mind is still there and shown."""
    try:
        return widget.isVisible()
    except RuntimeError:
        return False  # Qt has deleted it meanwhile


def onto_screen(place: QRect, screens: list[QRect]) -> QRect:
    """Where a window can be seen as a whole: where it was, or moved and cut to the nearest screen.

    Args:
        place: where it was.
        screens: what can be used of each screen; without any the place stays.
    """

    def shared(screen: QRect) -> tuple[int, int]:
        both = screen.intersected(place)
        apart = (screen.center() - place.center()).manhattanLength()
        return max(both.width(), 0) * max(both.height(), 0), -apart

    if not screens:
        return place
    screen = max(screens, key=shared)
    width, height = min(place.width(), screen.width()), min(place.height(), screen.height())
    left = min(max(place.left(), screen.left()), screen.right() - width + 1)
    top = min(max(place.top(), screen.top()), screen.bottom() - height + 1)
    return QRect(left, top, width, height)
