"""Menu Help."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import Action, has_project


def rows() -> list[Action]:
    """The rows of menu Help."""
    return [
        Action("help.sample", "Try the Sample", "Help", do.view("sample"), (), "person-simple-run",
               "A short clip and a guided tour."),
        Action("help.tour", "Show Tour", "Help", do.view("tour"), (), "compass",
               "Where what is in this window, in five steps.", has_project),
        Action("help.keys", "Keyboard Shortcuts", "Help", do.nothing, ("F1",), "keyboard",
               "Every key of this window.", ask="show_keys"),
        Action("help.doctor", "System Report", "Help", do.nothing, (), "first-aid-kit",
               "Versions, codecs and devices, for a bug report.", ask="show_doctor", api="doctor"),
        Action("help.about", "About PoseApp", "Help", do.nothing, (), "info", "Version and licence.",
               ask="show_about", separator=True),
    ]  # fmt: skip
