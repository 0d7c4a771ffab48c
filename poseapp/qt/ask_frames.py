"""Asks which frames a command is for and says what will happen there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QWidget

from poseapp.app.session import Session

if TYPE_CHECKING:
    from poseapp.app.actions import Action


def frames(session: Session, window: QWidget, row: Action) -> dict[str, Any] | None:
    """First frame and one past the last."""
    from poseapp.qt.dialogs.frames import FramesDialog

    dialog = FramesDialog(session, window, row)
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


ASKS = {"frames": frames}
