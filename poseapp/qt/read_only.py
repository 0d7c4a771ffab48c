"""What a window says of a project that it cannot change."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app.session import Session
from poseapp.qt.notice import NoticeBar


def say_read_only(session: Session, notice: NoticeBar, trigger: Callable[[str], None]) -> None:
    """Say why the open project is read-only, and offer to try again; nothing where it is not."""
    project = session.project
    if project is not None and project.read_only:
        text = f"Read-only: {project.read_only_reason}. What changes there is shown here."
        tip = "Open it again, for writing if nobody else has it open by now"
        offers = {"Edit here": (tip, lambda: trigger("file.edit_here"))}
        notice.show_offer(text, offers, ("lock-simple", "doubtful"))
