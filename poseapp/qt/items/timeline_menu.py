"""The menu of the right mouse button on the timeline: range, zoom, numbers, what the motion track shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from poseapp.qt import theme
from poseapp.qt.items.tracks import TimelineTracks
from poseapp.qt.menus import ROWS, native

RANGE_ROWS = ("view.zoom_range", "go.play_range", "go.clear_range")
KINDS = (("speed", "Speed"), ("x", "x position"), ("y", "y position"), ("score", "Score"))


def timeline_menu(tracks: TimelineTracks, frame_idx: int, trigger: Callable[[str], None]) -> QMenu:
    """The menu for a frame.

    Args:
        tracks: the timeline's tracks.
        frame_idx: the frame under the mouse.
        trigger: runs a row of ``ACTIONS`` by its id.
    """
    session = tracks.session
    menu = QMenu(tracks)
    menu.setToolTipsVisible(True)
    menu.addAction(
        theme.icon("crosshair-simple"), f"Go to Frame {frame_idx}", lambda: session.go_to(frame_idx)
    )
    start, stop = session.frame_range or (frame_idx, frame_idx + 1)
    menu.addSeparator()
    menu.addAction(
        theme.icon("arrow-line-left"), f"Start Range at {frame_idx}",
        lambda: session.set_range(frame_idx, stop if stop > frame_idx else session.num_frames),
    )  # fmt: skip
    menu.addAction(
        theme.icon("arrow-line-right"), f"End Range at {frame_idx}",
        lambda: session.set_range(start if start <= frame_idx else 0, frame_idx + 1),
    )  # fmt: skip
    menu.addAction("Choose What Is in View", lambda: _choose_view(tracks))
    for row_id in RANGE_ROWS:
        _add_row(menu, row_id, tracks, trigger)
    menu.addSeparator()
    menu.addAction(theme.icon("magnifying-glass-plus"), "Zoom In\t+", lambda: tracks.zoom(2.0))
    menu.addAction(theme.icon("magnifying-glass-minus"), "Zoom Out\t-", lambda: tracks.zoom(0.5))
    _add_row(menu, "view.timeline_all", tracks, trigger)
    menu.addSeparator()
    _add_row(menu, "view.timeline_time", tracks, trigger)
    motion = menu.addMenu("Motion Track")
    group = QActionGroup(motion)
    for kind, text in KINDS:
        action = motion.addAction(text)
        action.setData(kind)
        action.setCheckable(True)
        action.setChecked(tracks.data.kind == kind)
        group.addAction(action)
    group.triggered.connect(lambda action: tracks.set_kind(action.data()))
    return menu


def _choose_view(tracks: TimelineTracks) -> None:
    axis = tracks.axis
    tracks.session.set_range(axis.frame(axis.left), axis.frame(axis.right) + 1)


def _add_row(menu: QMenu, row_id: str, tracks: TimelineTracks, trigger: Callable[[str], None]) -> None:
    row = ROWS[row_id]
    keys = native(tracks.session.keymap.shown(row_id))
    title = row.title.removeprefix("Timeline: ")
    action = menu.addAction(f"{title}\t{keys}" if keys else title, lambda: trigger(row_id))
    if row.icon:
        action.setIcon(theme.icon(row.icon))
    action.setToolTip(row.tip)
    action.setEnabled(row.enabled(tracks.session))
    if row.checked is not None:
        action.setCheckable(True)
        action.setChecked(row.checked(tracks.session))
