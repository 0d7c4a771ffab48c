"""The panes that are docked around the video, as a table; window, layout and menu are built from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from poseapp.app.session import Session
from poseapp.qt.panes.history import HistoryPane
from poseapp.qt.panes.people import PeoplePane
from poseapp.qt.panes.plots import PlotsPane
from poseapp.qt.panes.project import ProjectPane
from poseapp.qt.panes.review import ReviewPane
from poseapp.qt.panes.runs import RunsPane
from poseapp.qt.panes.timeline import TimelinePane

Area = Qt.DockWidgetArea


@dataclass(frozen=True)
class Pane:
    """One docked pane. Those of the right area are tabs in the order of the table.

    Attributes:
        name: its key in `Window.panes` and `Layout.docks`.
        title: what its tab says.
        area: where it stands at first.
        make: makes it for a session. A pane with a signal `triggered(str)` runs rows of `ACTIONS` by it.
    """

    name: str
    title: str
    area: Area
    make: Callable[[Session], QWidget]


PANES = (
    Pane("project", "Project", Area.LeftDockWidgetArea, ProjectPane),
    Pane("people", "People", Area.RightDockWidgetArea, PeoplePane),
    Pane("review", "Review", Area.RightDockWidgetArea, ReviewPane),
    Pane("runs", "Runs", Area.RightDockWidgetArea, RunsPane),
    Pane("plots", "Plots", Area.RightDockWidgetArea, PlotsPane),
    Pane("history", "History", Area.RightDockWidgetArea, HistoryPane),
    Pane("timeline", "Timeline", Area.BottomDockWidgetArea, TimelinePane),
)
