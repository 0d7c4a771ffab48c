"""What stands in the menus in places of its own: theme and panels as menus below the menu View."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup

from poseapp.qt import theme

if TYPE_CHECKING:
    from poseapp.qt.window import Window


def add_window_menu(window: Window) -> None:
    """Add them to a window that has its menus and docks."""
    view, actions = window.menus.menus["View"], window.menus.actions
    view.addSeparator()
    themes = view.addMenu("Theme")
    group = QActionGroup(window)
    for choice in theme.CHOICES:
        action = actions[f"view.theme_{choice}"]
        action.setText(choice.capitalize())
        group.addAction(action)
        themes.addAction(action)
    panels = view.addMenu("Panels")
    for dock in window.docks.values():
        panels.addAction(dock.toggleViewAction())
    panels.addSeparator()
    actions["view.arrange_panels"].setCheckable(True)
    window.layout_.arranging_changed.connect(actions["view.arrange_panels"].setChecked)
    for name in ("view.arrange_panels", "view.reset_layout", "view.next_panel", "view.previous_panel"):
        panels.addAction(actions[name])
