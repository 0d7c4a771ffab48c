"""Questions of the commands about plots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from poseapp.app.actions import Action
from poseapp.app.session import Session

Values = dict[str, Any] | None


def _place(session: Session, ending: str) -> str:
    folder = Path(session.project.path).parent if session.project is not None else Path.home()
    name = Path(session.video.name).stem if session.video is not None else "video"
    return str(folder / f"{name}-curves{ending}")


def curves_file(session: Session, window: QWidget, row: Action) -> Values:
    """Where the table goes."""
    path, _ = QFileDialog.getSaveFileName(window, "Export curves", _place(session, ".csv"), "Table (*.csv)")
    return {"path": path if Path(path).suffix else f"{path}.csv"} if path else None


def plot_file(session: Session, window: QWidget, row: Action) -> Values:
    """Where the picture goes, and by its ending which kind it is."""
    kinds = "Picture (*.png);;Drawing (*.svg)"
    path, kind = QFileDialog.getSaveFileName(window, "Export plots", _place(session, ".png"), kinds)
    ending = ".svg" if "svg" in kind else ".png"
    return {"path": path if Path(path).suffix else f"{path}{ending}"} if path else None


ASKS: dict[str, Callable[[Session, QWidget, Action], Values]] = {
    "curves_file": curves_file,
    "plot_file": plot_file,
}
