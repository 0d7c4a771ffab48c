"""Questions of the commands for shared work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from poseapp.app.actions import Action
from poseapp.app.session import Session

Values = dict[str, Any] | None


def _folder(session: Session) -> str:
    if session.project is not None:
        return str(Path(session.project.path).parent)
    recent = session.recent.entries
    return str(recent[0].parent if recent else Path.home())


def merge_project(session: Session, window: QWidget, row: Action) -> Values:
    """The other project, and what counts in conflicts."""
    from poseapp.qt.dialogs.merge import MergeDialog

    path = QFileDialog.getExistingDirectory(window, "Project to merge", _folder(session))
    if not path:
        return None
    dialog = MergeDialog(session, window, Path(path))
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def pack_file(session: Session, window: QWidget, row: Action) -> Values:
    """What is packed, where to."""
    from poseapp.qt.dialogs.pack import PackDialog

    dialog = PackDialog(session, window)
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def unpack_file(session: Session, window: QWidget, row: Action) -> Values:
    """A pack, and the folder to make where the one beside it is there already."""
    from poseapp.qt.dialogs.pack import PACK_FILTER

    path, _ = QFileDialog.getOpenFileName(window, "Unpack project", _folder(session), PACK_FILTER)
    if not path:
        return None
    out = Path(path).with_suffix(".pose")
    if out.exists():
        chosen, _ = QFileDialog.getSaveFileName(window, "Unpack to", str(out), "Projects (*.pose)")
        if not chosen:
            return None
        out = Path(chosen)
    return {"path": path, "out": out}


def search_folder(session: Session, window: QWidget, row: Action) -> Values:
    """A folder to look for missing videos in."""
    path = QFileDialog.getExistingDirectory(window, "Look for missing videos in", _folder(session))
    return {"path": path} if path else None


ASKS: dict[str, Callable[[Session, QWidget, Action], Values]] = {
    f.__name__: f for f in (merge_project, pack_file, unpack_file, search_folder)
}
