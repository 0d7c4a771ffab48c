"""What the timeline shows of a session: marks, scores and the followed person's motion."""

from __future__ import annotations

import numpy as np

from poseapp.app.motion import both_sides
from poseapp.app.session import Session
from poseapp.labels.quantities import side, subject
from poseapp.labels.trajectories import UNITS
from poseapp.qt.items.track_paint import Line, TrackData

# Single wild detections must not press everything else flat.
TOP_PERCENTILE = 99.5
ENOUGH = 200


def read_marks(session: Session, data: TrackData) -> None:
    """Labels, predictions and doubts as they are now."""
    data.score = session.score_curve()
    data.marks = {
        "labelled": session.labelled_frames(),
        "predicted": data.score[0],
        "doubtful": session.doubtful_frames(),
        "proposed": session.proposal.frames() if session.proposal is not None else np.zeros(0, np.int64),
        "suggested": session.review.suggested_frames(),
    }
    data.doubt = float(session.settings["doubtful_score"])
    hidden = any(not layer.visible and layer.num_frames for layer in session.layers[1:])
    data.note = "Predictions are hidden" if hidden else "No predictions yet"


def read_axis(session: Session, data: TrackData) -> None:
    """Numbers along the axis."""
    data.as_time = session.settings["timeline_axis"] == "time"
    data.fps, times = session.fps, session.timestamps
    data.times = None if times is None else times - times[0]


def want_motion(session: Session, data: TrackData, shown: bool) -> None:
    """Ask for the curves of the selected keypoint, or of both sides."""
    chosen = both_sides(session.selected_keypoint, data.kind, session) if shown else []
    session.motion.want("timeline", chosen)


def read_motion(session: Session, data: TrackData) -> None:
    """The curves that are there by now, and the range of their values."""
    skeleton = session.skeleton
    data.lines = []
    chosen = both_sides(session.selected_keypoint, data.kind, session)
    for quantity in chosen:
        curve = session.motion.curve(quantity)
        if curve is not None and skeleton is not None and np.isfinite(curve.values).any():
            name, its_side = subject(quantity, skeleton), side(quantity, skeleton)
            data.lines.append(Line(name, its_side, curve.frames, curve.values))
    if not chosen and skeleton is not None:
        data.motion_note = f"Select a keypoint to see its {data.kind} over time"
    elif any(session.motion.curve(quantity) is None for quantity in chosen):
        data.motion_note = "Following the person…"
    else:
        data.motion_note = "Nobody to follow yet"
    data.low, data.high = _limits(data)


def _limits(data: TrackData) -> tuple[float, float]:
    values = [line.values[np.isfinite(line.values)] for line in data.lines]
    known = np.concatenate(values) if values else np.zeros(0)
    if data.kind == "score":
        return 0.0, 1.0
    if len(known) == 0:
        return 0.0, 1.0
    high = float(np.percentile(known, TOP_PERCENTILE) if len(known) > ENOUGH else known.max())
    if data.kind == "speed":
        return 0.0, high or 1.0
    low = float(np.percentile(known, 100 - TOP_PERCENTILE) if len(known) > ENOUGH else known.min())
    # As in the picture: what is higher up in it has the smaller y.
    return (high + 1e-6, low) if data.kind == "y" else (low, high + 1e-6)


def motion_words(data: TrackData, frame_idx: int) -> list[str]:
    """The lines' values in a frame, as "left knee 12.5 px/s"."""
    found = []
    for line in data.lines:
        at = int(np.searchsorted(line.frames, frame_idx))
        if at < len(line.frames) and line.frames[at] == frame_idx and np.isfinite(line.values[at]):
            unit = UNITS[data.kind]
            number = f"{line.values[at]:.2f}" if not unit else f"{line.values[at]:.0f} {unit}"
            found.append(f"{line.name} {number}")
    return found


def frame_words(session: Session, data: TrackData, frame_idx: int) -> str:
    """What is known of a frame, as "labelled · score 0.93"."""
    words = [
        mark for mark in ("labelled", "proposed", "doubtful", "suggested") if _has(data, mark, frame_idx)
    ]
    frames, scores = data.score
    at = int(np.searchsorted(frames, frame_idx))
    if at < len(frames) and frames[at] == frame_idx:
        words.append(f"score {scores[at]:.2f}")
    return " · ".join(words)


def _has(data: TrackData, mark: str, frame_idx: int) -> bool:
    frames = data.marks.get(mark, np.zeros(0, np.int64))
    at = int(np.searchsorted(frames, frame_idx))
    return at < len(frames) and int(frames[at]) == frame_idx


def range_words(session: Session) -> str:
    """The chosen range, as "frames 120–184 · 65 frames · 2.60 s"."""
    if session.frame_range is None:
        return ""
    start, stop = session.frame_range
    count = stop - start
    seconds = session.time_of(stop - 1) - session.time_of(start) + 1.0 / session.fps
    return f"frames {start}–{stop - 1} · {count} frame{'s' * (count > 1)} · {seconds:.2f} s"
