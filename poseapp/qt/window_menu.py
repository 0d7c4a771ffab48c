"""What stands in the menus beside the rows of ``ACTIONS``: theme, panels, the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup

from poseapp.qt import theme

if TYPE_CHECKING:
    from poseapp.qt.window import Window


def add_window_menu(window: Window) -> None:
    """Add them to a window that has its menus and docks."""
    view = window.menus.menus["View"]
    view.addSeparator()
    themes = view.addMenu("Theme")
    group = QActionGroup(window)
    window.theme_actions = {}
    for choice in theme.CHOICES:
        action = QAction(choice.capitalize(), window, checkable=True, checked=choice == theme.choice())
        action.triggered.connect(lambda _on=False, choice=choice: window.set_theme(choice))
        group.addAction(action)
        themes.addAction(action)
        window.theme_actions[choice] = action
    panels = view.addMenu("Panels")
    for dock in window.docks.values():
        panels.addAction(dock.toggleViewAction())
    panels.addSeparator()
    window.arrange_action = QAction("Arrange Panels", window, checkable=True)
    window.arrange_action.setToolTip("Show title bars, to drag panels elsewhere or out of the window")
    window.arrange_action.toggled.connect(window.layout_.set_arranging)
    panels.addAction(window.arrange_action)
    window.reset_action = QAction("Reset Layout", window)
    window.reset_action.triggered.connect(window.reset_layout)
    panels.addAction(window.reset_action)
    window.sample_action = QAction("Try the Sample", window)
    window.sample_action.setIcon(theme.icon("person-simple-run"))
    window.sample_action.setToolTip("A short clip and a guided tour")
    window.sample_action.triggered.connect(window.open_sample)
    help_menu = window.menus.menus["Help"]
    help_menu.insertAction(help_menu.actions()[0], window.sample_action)
