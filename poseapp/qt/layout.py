"""Where the panes stand: docks around the video, remembered, put back on request."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from poseapp.qt.panes.docked import PANES

STATE_VERSION = 1
Area = Qt.DockWidgetArea


class Layout(QObject):
    """The docks of a window; hidden while nothing is open.

    Attributes:
        docks: By name, as in ``PANES``.
    """

    def __init__(self, window: QMainWindow, panes: dict[str, QWidget], settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._open_state: QByteArray | None = None
        self._is_open = True
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
        self._open_state = self._window.saveState(STATE_VERSION)

    def remember(self) -> None:
        """Write size and panes down."""
        state = self._window.saveState(STATE_VERSION) if self._is_open else self._open_state
        self._settings.setValue("geometry", self._window.saveGeometry())
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

    def reset(self) -> None:
        """Every pane where it stood at first."""
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
        return self._window.restoreState(state, STATE_VERSION)

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
        for dock in self.docks.values():
            old = dock.titleBarWidget()
            dock.setTitleBarWidget(None if on else QWidget(dock))  # type: ignore[arg-type]
            if old is not None:
                old.deleteLater()
