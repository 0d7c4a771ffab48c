"""What the rows of menu Label do."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app import editing, group_editing
from poseapp.app.session import Session


def tool(name: str) -> Callable[[Session], None]:
    """Choose a canvas tool."""

    def run(session: Session) -> None:
        session.set_tool(name)

    return run


def copy_previous(session: Session) -> None:
    """Copy the pose of the nearest frame before that has one."""
    editing.copy_previous(session)


def toggle_visibility(session: Session) -> None:
    """Hidden, or visible again; several marked keypoints together."""
    if len(session.marked) > 1:
        group_editing.set_visibility(session, group_editing.next_visibility(session))
    else:
        editing.toggle_visibility(session)


def unset_keypoint(session: Session) -> None:
    """Remove the marked or the selected keypoint, else the person; with the add tool, the last one placed."""
    if len(session.marked) > 1:
        group_editing.set_visibility(session, 0)
    elif session.tool == "add":
        editing.take_back_keypoint(session)
    elif session.selected_keypoint is None:
        editing.delete_person(session)
    else:
        editing.unset_keypoint(session)


def swap_sides(session: Session) -> None:
    """Swap left and right of the selected person, or of the only one."""
    editing.swap_sides(session)


def next_keypoint(direction: int) -> Callable[[Session], None]:
    """Select the next (1) or previous (-1) keypoint that is labelled."""

    def run(session: Session) -> None:
        editing.select_next_keypoint(session, direction)

    return run


def select_person(number: int) -> Callable[[Session], None]:
    """Select the person with this number, 1-based."""

    def run(session: Session) -> None:
        people = session.instances_on_screen()
        if number <= len(people):
            session.select(people[number - 1].ref)
        else:
            session.message.emit(f"There is no person {number} in this frame")

    return run


def nudge(dx: float, dy: float) -> Callable[[Session], None]:
    """Move what is selected by `(dx, dy)` pixels of the video."""

    def run(session: Session) -> None:
        group_editing.nudge(session, dx, dy)

    return run


def select_all(session: Session) -> None:
    """Mark every keypoint of everybody in the frame."""
    group_editing.select_all(session)
