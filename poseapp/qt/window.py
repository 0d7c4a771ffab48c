"""The main window: menus, the video in the middle, panes around it, the status bar."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from psygnal import EmitLoopError
from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QIcon,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QToolBar,
)

from poseapp import paths
from poseapp.app import search
from poseapp.app.actions import Action
from poseapp.app.palette import Entry
from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.qt import ask, run_words, theme
from poseapp.qt.bridge import connect
from poseapp.qt.callouts import Callouts
from poseapp.qt.closing import Closing
from poseapp.qt.data_set_offers import DataSetOffers
from poseapp.qt.dropping import DropTarget
from poseapp.qt.focus_ring import FocusRing
from poseapp.qt.layout import Layout
from poseapp.qt.menus import ROWS, Menus
from poseapp.qt.notice import NoticeBar
from poseapp.qt.palette import CommandPalette
from poseapp.qt.panes.docked import PANES
from poseapp.qt.panes.guide import GuideStrip
from poseapp.qt.panes.people import PeoplePane
from poseapp.qt.panes.project import ProjectPane
from poseapp.qt.panes.review import ReviewPane
from poseapp.qt.panes.runs import RunsPane, details
from poseapp.qt.panes.start import StartPane
from poseapp.qt.panes.timeline import TimelinePane
from poseapp.qt.panes.video import VideoPane
from poseapp.qt.read_only import say_read_only
from poseapp.qt.spoken import Spoken
from poseapp.qt.statusbar import StatusBar
from poseapp.qt.top_bar import TopBar
from poseapp.qt.video_warnings import VideoWarnings
from poseapp.qt.window_menu import add_window_menu

POLL_MS = 400
IDLE_POLL_MS = 2000


def _geometry_file() -> QSettings:
    """Only the geometry lies here; every other setting is in the user's settings file."""
    return QSettings(str(paths.user_config_dir() / "window.ini"), QSettings.Format.IniFormat)


class Window(QMainWindow):
    """One window on one session."""

    def __init__(self, session: Session, geometry: QSettings | None = None) -> None:
        super().__init__()
        # Threads that work beside the window let it in within a millisecond, not five.
        sys.setswitchinterval(0.001)
        self.session = session
        self._closing = Closing(self, session, self.close)
        self.setObjectName("window")
        self.setWindowTitle("PoseApp")
        self.setWindowIcon(QIcon(str(paths.resources_dir() / "icons" / "poseapp.svg")))
        self._build_panes()
        self.layout_ = Layout(self, self.panes, geometry or _geometry_file())
        self.docks = self.layout_.docks
        self.menus = Menus(self.menuBar(), session, self.trigger)
        self.menus.give_keys(self, [self.video.canvas, self.timeline])
        add_window_menu(self)
        self.top = TopBar(self.menuBar(), session)
        titles = [(row.name, row.title) for row in PANES]
        self.palette_ = CommandPalette(self, session, lambda: titles)
        self.tour, self.ring = Callouts(self), FocusRing(self)
        Spoken(session, self.video.canvas, self.timeline.tracks)
        self.drops = DropTarget(self, session, self.open_path, self._import_given, self.notice.show_text)
        self._connect()
        self.resize(1440, 900)
        self.layout_.restore()
        self._on_project()
        self._poll = QTimer(self, interval=IDLE_POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._poll.start()

    # -- building ------------------------------------------------------------------------------------------

    def _build_panes(self) -> None:
        session = self.session
        self.start = StartPane(session)
        self.video = VideoPane(session)
        self.notice, self.guide = NoticeBar(), GuideStrip(session)
        self.warnings = VideoWarnings(session, self)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.video)
        self.setCentralWidget(self.pages)
        self._bars: list[tuple[NoticeBar | GuideStrip, QToolBar]] = []
        for strip in (self.notice, self.guide):
            self._add_strip(strip)
        self.panes = {row.name: row.make(session) for row in PANES}
        self.offers = DataSetOffers(session, self.notice, self.trigger, self)
        self.status = StatusBar(session)
        self.setStatusBar(self.status)

    def _add_strip(self, strip: NoticeBar | GuideStrip) -> None:
        """Give a strip the whole width under the menu bar while it is shown."""
        bar = QToolBar(strip.objectName(), self)
        bar.setObjectName(f"bar_{strip.objectName()}")
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.addWidget(strip)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        self.addToolBarBreak(Qt.ToolBarArea.TopToolBarArea)
        strip.wanted_changed.connect(bar.setVisible)
        self._bars.append((strip, bar))

    def _sync_strips(self) -> None:
        """A restored layout knows nothing of what is to be said now."""
        for strip, bar in self._bars:
            bar.setVisible(strip.wanted)

    @property
    def project(self) -> ProjectPane:
        """Videos and layers."""
        return cast(ProjectPane, self.panes["project"])

    @property
    def people(self) -> PeoplePane:
        """The people of the frame and their keypoints."""
        return cast(PeoplePane, self.panes["people"])

    @property
    def review(self) -> ReviewPane:
        """Frames to look at."""
        return cast(ReviewPane, self.panes["review"])

    @property
    def runs(self) -> RunsPane:
        """Trainings and predictions."""
        return cast(RunsPane, self.panes["runs"])

    @property
    def timeline(self) -> TimelinePane:
        """Transport and tracks."""
        return cast(TimelinePane, self.panes["timeline"])

    def _connect(self) -> None:
        session = self.session
        for pane in (*self.panes.values(), self.guide):
            if hasattr(pane, "triggered"):
                pane.triggered.connect(self.trigger)
        self.start.triggered.connect(self._on_door)
        self.start.chosen.connect(self.open_path)
        self.project.run_chosen.connect(self._show_run)
        self.runs.data_set_wanted.connect(self.offers.act)
        self.runs.details_wanted.connect(self._show_log)
        self.video.relink_wanted.connect(lambda: self.trigger("file.relink_video"))
        self.video.canvas.cursor_moved.connect(self._on_cursor)
        self.video.canvas.frame_drawn.connect(self.status.set_times)
        self.warnings.found.connect(self.notice.show_warning)
        self.status.jobs.opened.connect(lambda: self.show_pane("runs"))
        device = self.top.device
        device.menu().aboutToHide.connect(lambda: ask.know_devices(device.devices))
        self.top.chip.clicked.connect(lambda: self.show_pane("runs"))
        self.top.wanted.connect(self.palette_.open_palette)
        self.palette_.chosen.connect(self._on_chosen)
        connect(session.project_changed, self._on_project, self)
        connect(session.video_changed, self._say_title, self)
        connect(session.runs_changed, self._on_runs, self)
        connect(session.run_finished, self._on_run_finished, self)
        connect(session.failed, self.notice.show_text, self)
        connect(session.view_command, self._on_view_command, self)
        session.settings.on_change(self._on_setting)
        problem = session.settings.problem or session.keymap.problem
        if problem:
            self.notice.show_text(problem)

    # -- commands ------------------------------------------------------------------------------------------

    def trigger(self, action_id: str) -> None:
        """Run a row of ``ACTIONS``: ask for what it needs, then do it; trouble goes to the notice bar."""
        row = ROWS[action_id]
        if row.enabled(self.session):
            self._run(row, lambda: ask.ASKS[row.ask](self.session, self, row) if row.ask else {})

    def _import_given(self, path: Path) -> None:
        """Import a label file as the menu does once its file is chosen."""
        self._run(ROWS["file.import_labels"], lambda: ask.import_given(self.session, self, path))

    def _run(self, row: Action, asked: Callable[[], dict[str, Any] | None]) -> None:
        try:
            values = asked()
            if values is not None:
                row.callback(self.session, **values)
                if row.id == "file.export_labels":
                    self.guide.note_export()
                elif row.id in ("train.fine_tune", "tools.synthesize"):
                    self.show_pane("runs")
        except (PoseError, OSError) as error:
            self.notice.show_text(str(error))
        except EmitLoopError as error:
            # A listener of a signal raised: what the user caused is said, our own mistakes stay loud.
            cause = error.__cause__
            if not isinstance(cause, (PoseError, OSError)):
                raise
            self.notice.show_text(str(cause))

    def open_path(self, path: str | Path) -> bool:
        """Open a project, video or image folder; says why where it cannot."""
        self.notice.dismiss()
        try:
            self.session.open(path)
        except (PoseError, OSError) as error:
            self.notice.show_text(str(error))
            self.start.refresh()
            return False
        return True

    def open_sample(self) -> None:
        """Open the sample project, made in the user's cache where it is not there yet."""
        from poseapp.api.walkthrough import demo_project

        folder = paths.user_cache_dir() / "sample"
        path = folder / "sample.pose"
        try:
            self.open_path(path if path.exists() else demo_project(folder))
        except PoseError as error:
            self.notice.show_text(str(error))

    def open_crossing(self) -> None:
        """Open the second sample, made in the user's cache where it is not there yet."""
        from poseapp.api.walkthrough import crossing_project

        try:
            self.open_path(crossing_project(paths.user_cache_dir() / "sample-crossing"))
        except PoseError as error:
            self.notice.show_text(str(error))

    def _on_setting(self, key: str, value: object) -> None:
        if key == "theme":
            theme.set_choice(str(value))
            self.menus.refresh()

    def _on_door(self, action_id: str) -> None:
        if action_id == "file.open_sample":
            self.open_sample()
        elif action_id == "file.open_crossing":
            self.open_crossing()
        else:
            self.trigger(action_id)

    def _on_view_command(self, command: str) -> None:
        done = {
            "quit": self.close, "palette": self.palette_.open_palette, "sample": self.open_sample,
            "reset_layout": self.reset_layout, "arrange_panels": self.layout_.switch_arranging,
            "tour": self.tour.begin, "next_panel": lambda: self._step_panel(1),
            "previous_panel": lambda: self._step_panel(-1),
        }.get(command)  # fmt: skip
        if done is not None:
            done()

    def _step_panel(self, step: int) -> None:
        self.layout_.step_panel(step)
        self.ring.follow()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab: whatever takes the keys is ringed."""
        moved = super().focusNextPrevChild(forward)
        self.ring.follow()
        return moved

    def _on_chosen(self, entry: Entry) -> None:
        """Do what was chosen in the palette."""
        if entry.kind == "command":
            self.trigger(entry.id)
        elif entry.kind == "project":
            self.open_path(entry.id)
        elif entry.kind == "run":
            self._show_run(next(run for run in self.session.runs if run.name == entry.id))
        elif entry.kind == "panel":
            self.show_pane(entry.id)
        elif entry.kind == "setting":
            ask.show_setting(self.session, self, entry.id)
        else:
            search.go_to(self.session, entry)

    # -- what is shown -------------------------------------------------------------------------------------

    def _on_project(self) -> None:
        is_open = self.session.project is not None
        self.pages.setCurrentWidget(self.video if is_open else self.start)
        if is_open:
            self.notice.dismiss()
            self.video.setFocus()
            self.tour.offer()
            say_read_only(self.session, self.notice, self.trigger)
        else:
            self.tour.end()
            self.start.refresh()
        self.layout_.set_open(is_open)
        self._sync_strips()
        self._say_title()
        self._on_runs()

    def _say_title(self) -> None:
        session = self.session
        names = [session.video.name] if session.video is not None else []
        if session.project is not None:
            names.append(Path(session.project.path).stem)
        self.setWindowTitle(" – ".join([*names, "PoseApp"]))

    def _on_cursor(self, xy: Any) -> None:
        x, y = (None, None) if xy is None else (float(xy[0]), float(xy[1]))
        self.status.set_cursor_position(x, y)

    def _on_runs(self) -> None:
        active = [run for run in self.session.runs if run.active]
        self._poll_fast(bool(active))
        self.top.show_runs(active)

    def _on_run_finished(self, run: RunState) -> None:
        if run.state in ("failed", "lost"):
            self.runs.choose(run)
            self.show_pane("runs")
        elif run.kind == "train" and run.state in ("done", "stopped"):
            self.runs.choose(run)

    def _poll_fast(self, fast: bool) -> None:
        if hasattr(self, "_poll"):
            self._poll.setInterval(POLL_MS if fast else IDLE_POLL_MS)

    def _on_poll(self) -> None:
        try:
            self.session.poll_runs()
        except (PoseError, OSError) as error:
            self.notice.show_text(str(error))

    def _show_run(self, run: RunState) -> None:
        self.runs.choose(run)
        self.show_pane("runs")

    def _show_log(self, run: RunState) -> None:
        ask.show_details(self, run_words.title(run), "", details(run))

    def show_pane(self, name: str) -> None:
        """Bring a pane to the front."""
        self.layout_.raise_pane(name)

    def reset_layout(self) -> None:
        """Every pane where it stood at first."""
        self.layout_.reset()
        self._sync_strips()

    def sizeHint(self) -> QSize:
        """The size of the first start."""
        return QSize(1440, 900)

    # -- events --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Give the keys to the video once the window is up."""
        super().showEvent(event)
        if self.session.project is not None:
            self.video.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry and let go of files; jobs go on, exports are asked about."""
        if not self._closing.may_close():
            event.ignore()
            return
        self._poll.stop()
        self.warnings.stop()
        self.layout_.remember()
        self.top.device.stop()
        self.project.stop()
        self.review.stop()
        self.session.motion.stop()
        self.session.review.stop()
        self.session.close()
        super().closeEvent(event)
