"""Questions of the commands that bring labels in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from poseapp.app.actions import Action
from poseapp.app.session import Session

Values = dict[str, Any] | None


def _folder(session: Session) -> str:
    if session.project is not None:
        return str(Path(session.project.path).parent)
    recent = session.recent.entries
    return str(recent[0].parent if recent else Path.home())


@contextmanager
def _busy() -> Iterator[None]:
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QApplication.restoreOverrideCursor()


def _choose(session: Session, window: QWidget, title: str) -> tuple[str, str | None]:
    """A file of labels and the format that was picked with it."""
    from poseapp.formats import FORMATS

    readable = [f for f in FORMATS.values() if f.read is not None]
    extensions = sorted({e for f in readable for e in f.extensions})
    everything = f"Label files ({' '.join('*' + e for e in extensions)})"
    # A DeepLabCut project is chosen by its config.yaml.
    filters = [everything, *(f"{f.title} ({' '.join('*' + e for e in f.extensions)})" for f in readable)]
    path, chosen = QFileDialog.getOpenFileName(window, title, _folder(session), ";;".join(filters))
    index = filters.index(chosen) if chosen in filters else 0
    return path, None if index == 0 else readable[index - 1].name


def label_file(session: Session, window: QWidget, row: Action) -> Values:
    """A file of labels to make a project of."""
    path, _ = _choose(session, window, "Open labels")
    return {"path": path} if path else None


def import_file(session: Session, window: QWidget, row: Action) -> Values:
    """A label file of another program, which keypoint is which, and what becomes of labels that differ."""
    path, format_name = _choose(session, window, "Import labels")
    return import_given(session, window, Path(path), format_name) if path else None


def import_given(session: Session, window: QWidget, path: Path, format_name: str | None = None) -> Values:
    """The same for a file that was chosen already, by dropping it."""
    from poseapp.api.import_plan import plan_import, read_file
    from poseapp.api.keypoint_maps import needs_asking
    from poseapp.formats import format_for
    from poseapp.qt.dialogs.import_preview import ImportPreviewDialog
    from poseapp.qt.dialogs.keypoint_map import KeypointMapDialog

    project = session.writable_project()
    with _busy():
        name = format_for(path, format_name).name
        dataset = read_file(path, name)
    chosen: dict[str, Any] = {}
    if needs_asking(project, dataset.skeleton):
        has_labels = bool(project.counts()["instances"])
        mapping = KeypointMapDialog(
            window,
            dataset.root.name if name == "dlc" else path.name,
            dataset.skeleton,
            project.skeleton,
            has_labels=has_labels,
        )
        if mapping.exec() != QDialog.DialogCode.Accepted:
            return None
        chosen = mapping.values()
    with _busy():
        # SLEAP's files are read again: now their pictures may go into the project.
        known = None if name == "slp" else dataset
        plan = plan_import(project, path, format=name, dataset=known, **chosen)
    if not (plan.identical or plan.conflicts or plan.skipped or plan.dataset.warnings):
        return {"path": path, "format": name, "plan": plan}
    preview = ImportPreviewDialog(session, window, plan)
    if preview.exec() != QDialog.DialogCode.Accepted:
        plan.discard()
        return None
    return {"path": path, "format": name} | preview.values()


def export_file(session: Session, window: QWidget, row: Action) -> Values:
    """What to export, in which format, where; and whether what is there may change."""
    from poseapp import api
    from poseapp.app.commands.files import export_source
    from poseapp.formats import FORMATS
    from poseapp.qt.dialogs.files import ExportDialog
    from poseapp.qt.dialogs.import_preview import ExportPreviewDialog

    dialog = ExportDialog(session, window, [f for f in FORMATS.values() if f.write is not None])
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    values = dialog.values()
    path, chosen = Path(values["path"]), FORMATS[values["format"]]
    if not path.exists() and chosen.cannot_hold is None:
        return values
    with _busy():
        told = api.export_labels(
            export_source(session, values["layer"]), path, format=chosen.name, dry_run=True
        )
    if not path.exists() and not told.warnings:
        return values
    note = ""
    if path.exists():
        note = f"{path.name} is there already. This is what changes in it."
        if told.changes is None:
            note = f"{path.name} is there already."
        elif told.problem:
            note = f"{path.name} is there already and cannot be read: it is replaced as a whole."
    changes = None if told.problem else told.changes
    preview = ExportPreviewDialog(window, path.name, changes, told.warnings, note)
    return values | {"overwrite": True} if preview.exec() == QDialog.DialogCode.Accepted else None


ASKS: dict[str, Callable[[Session, QWidget, Action], Values]] = {
    f.__name__: f for f in (label_file, import_file, export_file)
}
