"""What the rows about the chosen range of frames do."""

from __future__ import annotations

from poseapp.app.session import Session


def range_start(session: Session) -> None:
    """Let the range begin at the playhead; without an end after it, it goes to the end of the video."""
    here = session.frame_idx
    stop = session.frame_range[1] if session.frame_range else session.num_frames
    session.set_range(here, stop if stop > here else session.num_frames)


def range_end(session: Session) -> None:
    """Let the range end at the playhead; without a start before it, it begins with the video."""
    here = session.frame_idx
    start = session.frame_range[0] if session.frame_range else 0
    session.set_range(start if start <= here else 0, here + 1)


def clear_range(session: Session) -> None:
    """Choose no range."""
    session.set_range(0, 0)


def play_range(session: Session) -> None:
    """Play the range over and over; while it does, pause."""
    if session.playing:
        session.set_playing(False)
        return
    first, last = session.loop_bounds()
    session.set_looping(True)
    if not first <= session.frame_idx < last:
        session.go_to(first)
    session.set_playing(True)


def toggle_loop(session: Session) -> None:
    """Repeat the range, or the video, in playback, or no longer."""
    session.set_looping(not session.looping)


def toggle_time_axis(session: Session) -> None:
    """Times or frame numbers along the timeline."""
    as_time = session.settings["timeline_axis"] == "time"
    session.settings["timeline_axis"] = "frames" if as_time else "time"
