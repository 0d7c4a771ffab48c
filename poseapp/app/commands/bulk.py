"""What the row about many people does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from poseapp.app.background import Task, in_background
from poseapp.app.session import Session

if TYPE_CHECKING:
    from poseapp.app.bulk import Answer, BulkSelection

# Fewer people than this are changed at once, in the time of a blink.
AT_ONCE = 2000


def change_people(session: Session, selection: BulkSelection, answer: Answer) -> threading.Thread | None:
    """Do what an answer's sentence says, as one edit; many people in a thread, with progress and cancel."""
    if answer.changed.people <= AT_ONCE:
        try:
            session.push(selection.edit(answer, lambda done, total: None))
        finally:
            selection.close()
        session.message.emit(answer.sentence)
        return None
    project = session.writable_project()

    def work(task: Task) -> None:
        try:
            change = project.push_quietly(selection.edit(answer, task.report))
        finally:
            selection.close()
        session.posted.emit(lambda: project.changed.emit(change))

    return in_background(session, answer.sentence, f"Done: {answer.sentence}", work, cancellable=True)
