"""What the rows of menu Edit do."""

from __future__ import annotations

from poseapp.app import editing
from poseapp.app.session import Session


def undo(session: Session) -> None:
    """Take back the last edit."""
    session.undo()


def redo(session: Session) -> None:
    """Do again what was undone last."""
    session.redo()


def delete_person(session: Session) -> None:
    """Delete the selected label."""
    editing.delete_person(session)


def delete_frame_labels(session: Session) -> None:
    """Delete all labels of the frame."""
    editing.delete_frame_labels(session)


def delete_video_labels(session: Session) -> None:
    """Delete all labels of the video, as one edit."""
    editing.delete_video_labels(session)


def deselect(session: Session) -> None:
    """Put back what is being dragged; else select nothing and go back to the select tool; else no range."""
    if session.gesture_active:
        session.view_command.emit("cancel")
        return
    if session.proposal is not None:
        session.set_proposal(None)
        return
    if session.tool == "select" and session.selection is None:
        session.set_range(0, 0)
    session.set_tool("select")
    session.select(None)
