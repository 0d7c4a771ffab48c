"""Every command of the window as a row of data: menus, shortcuts, list of keys and tool strip come from it.

A row's callback takes the session and the values that its `ask` function (in `qt/ask.py`) brought; it opens
no dialog itself, so that menu, test and script run the same function. One file a menu.
"""

from poseapp.app.actions import edit, file, go, help, jobs, label, tools, view
from poseapp.app.actions.row import MENUS, Action

__all__ = ["ACTIONS", "MENUS", "Action"]

ACTIONS: list[Action] = [
    row for menu in (file, edit, view, go, label, jobs, tools, help) for row in menu.rows()
]
