"""A label followed through the video beside the window, then proposed."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app.background import Task, in_background
from poseapp.app.proposal import Proposal
from poseapp.app.session import Session
from poseapp.errors import PoseError


def propagate(*, backwards: bool = False) -> Callable[[Session], None]:
    """A command that follows the selected or only labelled person of the frame until it drifts."""

    def command(session: Session) -> None:
        _propagate(session, backwards)

    return command


def _propagate(session: Session, backwards: bool) -> None:
    from poseapp.api.propagating import follow_person, next_label, reason_words
    from poseapp.video import open_video

    project, video, path = session.writable_project(), session.video, session.video_path
    skeleton, here = session.skeleton, session.frame_idx
    if video is None or skeleton is None:
        return
    if path is None:
        raise PoseError(f"{video.name} is not where it was: find it first")
    people, chosen = session.labels_at(here), session.selection
    mine = [p for p in people if chosen in (None, p.ref)]
    if len(mine) != 1:
        session.message.emit("Select a labelled person to propagate")
        return
    person = mine[0].instance.copy()
    end = next_label(project, video.id, here, person, backwards)
    is_label = 0 <= end < video.num_frames

    def work(task: Task) -> None:
        with open_video(path) as opened:
            found = follow_person(
                opened, here, person, skeleton, end, lambda p: task.report(p.done, p.total)
            )  # fmt: skip
        count, why = len(found.people), reason_words(found, is_label)
        text = f"Propagate {count} frame{'s' * (count != 1)}"

        def take() -> None:
            if session.project is not project or session.video is None or session.video.id != video.id:
                return
            if count:
                by_frame = {k: [p] for k, p in sorted(found.people.items())}
                session.set_proposal(Proposal(video.id, by_frame, f"{text}: {why}", "Propagate"))
            session.message.emit(f"{text}: {why}" if count else f"Nothing propagated: {why}")

        if session.in_background:
            session.posted.emit(take)
        else:
            take()

    words = "backwards" if backwards else "forwards"
    in_background(session, f"Propagating {words}", "", work, cancellable=True)
