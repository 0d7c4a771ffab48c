"""Going through the frames to look at."""

from __future__ import annotations

from poseapp.app import editing
from poseapp.app.review import OPEN
from poseapp.app.session import Session


def next_doubtful(session: Session) -> None:
    """To the next frame to look at."""
    if not session.review.next(1):
        session.message.emit("No doubtful frame after this one")


def previous_doubtful(session: Session) -> None:
    """To the frame to look at before."""
    if not session.review.next(-1):
        session.message.emit("No doubtful frame before this one")


def accept_prediction(session: Session) -> None:
    """Make the selected prediction, or every prediction of the frame, a label; in the review, go on then."""
    review, item = session.review, session.review.current
    if item is None:
        editing.accept(session)
        return
    # In the review a frame is done as a whole: half a frame of labels would teach that the rest is nobody.
    session.select(None)
    people = session.instances_on_screen()
    if any(p.is_prediction for p in people):
        editing.accept(session)
    elif not people:
        session.message.emit("There is nobody to accept in this frame")
        return
    review.current = item
    go_on(session)


def dismiss_doubt(session: Session) -> None:
    """The frame is not doubtful after all; on to the next."""
    review = session.review
    item = review.here()
    if item is None:
        session.message.emit("This frame is not in the review")
        return
    review.dismiss(item)
    review.current = item
    go_on(session)


def go_on(session: Session) -> None:
    """To the next frame to look at, from the end to the first, or say that there is none left."""
    review = session.review
    if not review.next_or_first():
        review.current = None
        done = sum(count for state, count in review.counts().items() if state != OPEN)
        session.message.emit(f"Nothing left to review: {done} done")
        review.changed.emit()
