"""The only place that opens dialogs. Each function asks for what one command needs.

A function takes the session, the window and the action's row, and returns the keyword arguments of the row's
callback, or None where the user changed their mind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

import poseapp
from poseapp.app.actions import Action
from poseapp.app.session import Session
from poseapp.qt import (
    ask_bulk,
    ask_exchange,
    ask_frames,
    ask_plots,
    ask_review,
    ask_sharing,
    ask_skeleton,
    theme,
)
from poseapp.qt.ask_exchange import import_given as import_given

if TYPE_CHECKING:
    from poseapp.training.checks import LabelProblem

Values = dict[str, Any] | None
Ask = Callable[[Session, QWidget, Action], Values]

_DEVICES: list[str] = ["auto", "cpu"]


def know_devices(names: list[str]) -> None:
    """Remember the devices that the status bar's child process found."""
    _DEVICES[:] = names


def start_folder(session: Session) -> Path:
    """Where file dialogs begin: beside the project, else beside the last one, else at home."""
    if session.project is not None:
        return Path(session.project.path).parent
    recent = session.recent.entries
    return recent[0].parent if recent else Path.home()


# -- files ------------------------------------------------------------------------------------------------


def video(session: Session, window: QWidget, row: Action) -> Values:
    """One video file."""
    from poseapp.qt.dialogs.files import VIDEO_FILTER

    title = row.title.rstrip("…")
    path, _ = QFileDialog.getOpenFileName(window, title, str(start_folder(session)), VIDEO_FILTER)
    return {"path": path} if path else None


def image_folder(session: Session, window: QWidget, row: Action) -> Values:
    """A folder of pictures."""
    path = QFileDialog.getExistingDirectory(window, "Open image folder", str(start_folder(session)))
    return {"path": path} if path else None


def project(session: Session, window: QWidget, row: Action) -> Values:
    """A project folder."""
    path = QFileDialog.getExistingDirectory(window, "Open project", str(start_folder(session)))
    return {"path": path} if path else None


def new_project(session: Session, window: QWidget, row: Action) -> Values:
    """Place, skeleton and videos of a new project."""
    from poseapp.labels.skeleton import list_skeletons, load_skeleton
    from poseapp.qt.dialogs.files import NewProjectDialog

    names = list(list_skeletons())
    rows = [(name, f"{name} · {load_skeleton(name).num_keypoints} keypoints") for name in names]
    chosen = str(session.settings["skeleton"])
    dialog = NewProjectDialog(window, start_folder(session), rows, chosen, ask_skeleton.make_skeleton)
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def movie_file(session: Session, window: QWidget, row: Action) -> Values:
    """Where the overlay movie goes."""
    stem = Path(session.video.name).stem if session.video is not None else "video"
    start = start_folder(session) / f"{stem}_poses.mp4"
    path, _ = QFileDialog.getSaveFileName(window, "Export overlay movie", str(start), "MP4 (*.mp4)")
    if path and not Path(path).suffix:
        path += ".mp4"
    return {"path": path} if path else None


# -- jobs -------------------------------------------------------------------------------------------------


def prediction(session: Session, window: QWidget, row: Action) -> Values:
    """Network, frames and device of a prediction."""
    from poseapp.qt.dialogs.jobs import PredictDialog

    dialog = PredictDialog(session, window, _DEVICES, ask_frames=row.id != "predict.from_here")
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def fine_tune(session: Session, window: QWidget, row: Action) -> Values:
    """Start network, minutes and device of a fine-tuning, with what is odd about the labels."""
    from poseapp.qt.dialogs.jobs import FineTuneDialog
    from poseapp.qt.label_check import LabelCheck

    assert session.project is not None
    dialog = FineTuneDialog(session, window, _DEVICES, LabelCheck(session.project.path))
    session.mix_wanted = None
    dialog.problem_chosen.connect(lambda problem: show_problem(session, problem))
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    # The dialog has looked at the labels, and opened only for good ones.
    return dialog.values() | {"checked": True}


def data_set(session: Session, window: QWidget, row: Action) -> Values:
    """What people are drawn, how many, where to; with a preview."""
    from poseapp.app.data_sets import next_place
    from poseapp.qt.dialogs.synth import SynthDialog

    dialog = SynthDialog(window, next_place(start_folder(session)))
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def show_problem(session: Session, problem: LabelProblem) -> None:
    """Go to the frame a problem is in; nothing where its video is not in the project any more."""
    project = session.project
    if project is None or problem.frame_idx is None or problem.video is None:
        return
    wanted = Path(problem.video).resolve()
    for record in project.videos:
        place = project.resolve(record) or Path(record.abs_path)
        if place.resolve() == wanted:
            if session.video is None or session.video.id != record.id:
                session.show_video(record.id)
            session.go_to(problem.frame_idx)
            session.message.emit(problem.text)
            return


# -- small questions --------------------------------------------------------------------------------------


def frame_number(session: Session, window: QWidget, row: Action) -> Values:
    """A frame to go to."""
    number, ok = QInputDialog.getInt(
        window, "Go to frame", f"Frame (0 to {session.num_frames - 1})", session.frame_idx, 0,
        max(session.num_frames - 1, 0),
    )  # fmt: skip
    return {"frame_idx": number} if ok else None


def confirm_delete_labels(session: Session, window: QWidget, row: Action) -> Values:
    """Whether to delete every label of the current video."""
    count = len(session.labelled_frames())
    name = session.video.name if session.video is not None else "this video"
    box = QMessageBox(window)
    box.setWindowTitle("Delete labels")
    box.setText(f"Delete the labels of {count} frame{'s' * (count != 1)} of {name}?")
    box.setInformativeText("Edit > Undo brings them back, also after a restart.")
    delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
    theme.set_role(delete, "danger")
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.exec()
    return {} if box.clickedButton() is delete else None


def quit_while_writing(window: QWidget, titles: list[str]) -> str:
    """What becomes of exports that still run when the window is closed: "wait", "stop" or "stay"."""
    box = QMessageBox(window)
    box.setWindowTitle("Quit")
    box.setText(f"{' and '.join(titles)} is not finished.")
    box.setInformativeText("Stopped now, nothing of it is kept.")
    wait = box.addButton("Quit when finished", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop and quit", QMessageBox.ButtonRole.DestructiveRole)
    theme.set_role(stop, "danger")
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(wait)
    box.exec()
    clicked = box.clickedButton()
    return "wait" if clicked is wait else "stop" if clicked is stop else "stay"


def settings(session: Session, window: QWidget, row: Action) -> Values:
    """Show the settings; they count at once."""
    show_setting(session, window)
    return None


def show_setting(session: Session, window: QWidget, key: str = "") -> None:
    """Show the settings, opened at one of them."""
    from poseapp.qt.dialogs.settings import SettingsDialog

    SettingsDialog(window, session.settings, _DEVICES, key).exec()


def show_keys(session: Session, window: QWidget, row: Action) -> Values:
    """Show every key, to be changed there."""
    from poseapp.qt.dialogs.shortcuts import ShortcutsDialog

    ShortcutsDialog(window, session.keymap).exec()
    return None


def show_doctor(session: Session, window: QWidget, row: Action) -> Values:
    """Show the system report."""
    from poseapp.qt.dialogs.reports import DoctorDialog

    DoctorDialog(window).exec()
    return None


def show_about(session: Session, window: QWidget, row: Action) -> Values:
    """Show version and licence."""
    box = QMessageBox(window)
    box.setWindowTitle("About PoseApp")
    box.setText(f"<b>PoseApp {poseapp.__version__}</b>")
    box.setInformativeText(
        "Poses of people from video: predict, correct by dragging, teach the network, export.<br>"
        "Licence: Apache-2.0. It makes no network call on its own."
    )
    box.exec()
    return None


def show_details(window: QWidget, title: str, lead: str, text: str) -> None:
    """Show a longer text that can be copied, such as the log of a failed job."""
    from poseapp.qt.dialogs.reports import TextDialog

    TextDialog(window, title, lead, text).exec()


_OWN: tuple[Ask, ...] = (
        video, image_folder, project, new_project, movie_file, prediction,
        fine_tune, data_set, frame_number, confirm_delete_labels, settings, show_keys, show_doctor,
        show_about,
)  # fmt: skip
ASKS: dict[str, Ask] = (
    {f.__name__: f for f in _OWN}
    | ask_exchange.ASKS
    | ask_plots.ASKS
    | ask_review.ASKS
    | ask_sharing.ASKS
    | ask_skeleton.ASKS
    | ask_bulk.ASKS
    | ask_frames.ASKS
)
