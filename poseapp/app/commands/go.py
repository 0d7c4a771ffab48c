"""What the rows of menu Go do."""

from __future__ import annotations

from collections.abc import Callable

from poseapp.app.session import Session


def toggle_playing(session: Session) -> None:
    """Play or pause; at the end, from the start."""
    if not session.playing and session.frame_idx >= session.num_frames - 1:
        session.go_to(0)
    session.set_playing(not session.playing)


def step(num: int) -> Callable[[Session], None]:
    """Go `num` frames on; stops playback."""

    def run(session: Session) -> None:
        session.set_playing(False)
        session.step(num)

    return run


def first_frame(session: Session) -> None:
    """To the start."""
    session.go_to(0)


def last_frame(session: Session) -> None:
    """To the end."""
    session.go_to(session.num_frames - 1)


def to_frame(session: Session, frame_idx: int) -> None:
    """To a frame, 0-based."""
    session.go_to(frame_idx)


def next_labelled(session: Session) -> None:
    """To the next labelled frame."""
    if not session.go_to_next(session.labelled_frames(), 1):
        session.message.emit("No labelled frame after this one")


def previous_labelled(session: Session) -> None:
    """To the labelled frame before."""
    if not session.go_to_next(session.labelled_frames(), -1):
        session.message.emit("No labelled frame before this one")
