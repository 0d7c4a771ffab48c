"""Exports one layer of what is on screen: the labels, or a prediction with all its frames."""

from __future__ import annotations

from pathlib import Path

from poseapp.app import commands
from poseapp.app.layers import LABELS
from poseapp.app.session import Session
from poseapp.errors import PoseError


def export_layer(session: Session, path: str | Path, format: str, layer: str) -> None:
    """Write a layer in another program's format, in a thread of its own.

    Args:
        session: The open window.
        path: The file to write.
        format: A name in ``FORMATS``.
        layer: ``LABELS`` or the name of a prediction layer.

    Raises:
        PoseError: There is no such layer (any more).
    """
    from poseapp import api

    if layer == LABELS:
        commands.export_labels(session, path, format)
        return
    found = next((p for p in session.prediction_layers if p.name == layer), None)
    if found is None:
        raise PoseError(f"the prediction {layer} is not there any more; choose another layer")
    source = found.path
    commands.in_background(
        session, f"Exported to {Path(path).name}", lambda: api.convert(source, path, format=format)
    )
