"""Asks whom to change and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QWidget

from poseapp.app.session import Session

if TYPE_CHECKING:
    from poseapp.app.actions import Action


def bulk(session: Session, window: QWidget, row: Action) -> dict[str, Any] | None:
    """People found by conditions, and what is done to all of them."""
    # Both read prediction files: not before they are asked for.
    from poseapp.app.bulk import BulkSelection
    from poseapp.qt.dialogs.bulk import BulkDialog

    assert session.project is not None
    selection = BulkSelection(session.project.path)
    dialog = BulkDialog(session, window, selection)
    if dialog.exec() == QDialog.DialogCode.Accepted:
        return dialog.values()
    selection.close()
    return None


ASKS = {"bulk": bulk}
