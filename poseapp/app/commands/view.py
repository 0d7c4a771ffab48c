"""What the rows of menu View do."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app.session import Session


def view(command: str) -> Callable[[Session], None]:
    """A command that the canvas or the window carries out (`Session.view_command`)."""

    def run(session: Session) -> None:
        session.view_command.emit(command)

    return run


def toggle_overlay(session: Session) -> None:
    """Show or hide the people."""
    session.set_overlay_visible(not session.overlay_visible)


def set_theme(choice: str) -> Callable[[Session], None]:
    """Switch to "system", "dark" or "light" and remember it."""

    def run(session: Session) -> None:
        session.settings["theme"] = choice

    return run
