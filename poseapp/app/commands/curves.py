"""What the rows about plotted curves do."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from poseapp.app.background import in_background
from poseapp.app.session import Session
from poseapp.errors import PoseError


def export_curves(session: Session, path: str | Path) -> threading.Thread:
    """Write the plotted curves as CSV, in a thread of its own.

    Raises:
        PoseError: nothing is plotted, or it is not worked out yet.
    """
    from poseapp.api.curves import CurveTable, write_curves

    motion, skeleton, video = session.motion, session.skeleton, session.video
    shown = [(quantity, curve) for quantity in motion.shown if (curve := motion.curve(quantity)) is not None]
    if not shown or skeleton is None or video is None:
        raise PoseError("no curve is plotted; choose some in the pane Plots")
    frames, labelled = shown[0][1].frames, shown[0][1].labelled
    times = frames / session.fps
    if session.timestamps is not None and len(frames) and frames[-1] < len(session.timestamps):
        times = session.timestamps[frames] - session.timestamps[0]
    values = np.stack([curve.values for _, curve in shown], axis=1)
    table, path = CurveTable(video.name, frames, times, labelled, values), Path(path)
    quantities = [quantity for quantity, _ in shown]
    return in_background(
        session,
        f"Writing {path.name}",
        f"Wrote {path.name}",
        lambda _task: write_curves(path, [table], quantities, skeleton),
    )


def export_plot(session: Session, path: str | Path) -> None:
    """Write a picture of the plots, PNG or SVG by the name's ending."""
    path = Path(path)
    if path.suffix.lower() not in (".png", ".svg"):
        raise PoseError(f"plots are written as .png or .svg, not {path.suffix or 'nothing'}: {path}")
    session.motion.picture_wanted.emit(path)
