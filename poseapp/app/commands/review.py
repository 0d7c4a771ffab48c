"""Going through the frames to look at."""

from __future__ import annotations

from poseapp.app import editing
from poseapp.app.background import Task, in_background
from poseapp.app.review import OPEN
from poseapp.app.session import Session
from poseapp.labels.review_edits import SUGGESTED


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
    if session.proposal is not None:
        session.proposal.accept(session)
        return
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


def suggest_frames(session: Session, by: str = "doubt", count: int = 20, all_videos: bool = False) -> None:
    """Choose frames to label, beside the window, and put them in the review."""
    from poseapp.api.suggesting import choose_frames

    project, video = session.writable_project(), session.video
    records = project.videos if all_videos else [video] if video is not None else []

    def work(task: Task) -> None:
        found = choose_frames(
            project, records, by=by, count=count, on_progress=lambda p: task.report(p.done, p.total)
        )

        def take() -> None:
            if session.project is not project:
                return
            session.review.suggest([(s.video_id, s.frame, s.reason) for s in found])
            session.review.show(kind=SUGGESTED, all_videos=all_videos)
            if not found:
                session.message.emit("No frame to suggest: nothing of the kind was found")

        if session.in_background:
            session.posted.emit(take)
        else:
            take()

    in_background(session, "Choosing frames", "", work, cancellable=True)
