"""What the rows of menu View do."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app.session import Session


def view(command: str) -> Callable[[Session], None]:
    """A command for the canvas: "fit", "actual_size", "zoom_in", "zoom_out", "person"."""

    def run(session: Session) -> None:
        session.view_command.emit(command)

    return run


def toggle_overlay(session: Session) -> None:
    """Show or hide the people."""
    session.set_overlay_visible(not session.overlay_visible)
