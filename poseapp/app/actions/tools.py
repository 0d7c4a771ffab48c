"""Menu Tools."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import Action


def rows() -> list[Action]:
    """The rows of menu Tools."""
    return [
        Action("tools.synthesize", "Synthesize Data Set…", "Tools", do.synthesize, (), "person-simple-run",
               "Draw people with perfect labels, to teach a network with.", ask="data_set",
               api="start_synthesis"),
    ]  # fmt: skip
