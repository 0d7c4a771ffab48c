"""What a row of `ACTIONS` is, and when it can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from poseapp.app.session import Session

MENUS = ("File", "Edit", "View", "Go", "Label", "Predict", "Train", "Tools", "Help")


def always(session: Session) -> bool:
    """Enabled whatever is open."""
    return True


def has_project(session: Session) -> bool:
    """A project is open."""
    return session.project is not None


def has_video(session: Session) -> bool:
    """A video is current."""
    return session.video is not None


def has_curves(session: Session) -> bool:
    """Something is plotted."""
    return session.video is not None and bool(session.motion.shown)


def has_range(session: Session) -> bool:
    """A range of frames is chosen."""
    return session.frame_range is not None


def can_edit(session: Session) -> bool:
    """A video is current and its labels may be changed."""
    return session.can_edit


def can_edit_person(session: Session) -> bool:
    """A person is selected and may be changed."""
    return can_edit(session) and session.selection is not None


def can_edit_keypoint(session: Session) -> bool:
    """A keypoint is selected and may be changed."""
    return can_edit_person(session) and session.selected_keypoint is not None


def has_active_training(session: Session) -> bool:
    """A training is running."""
    return any(r.active and r.kind == "train" for r in session.runs)


def has_active_run(session: Session) -> bool:
    """A job is running."""
    return any(r.active for r in session.runs)


def can_resume(kind: str) -> Callable[[Session], bool]:
    """A job of a kind ended before its time, and none of that kind is running."""

    def enabled(session: Session) -> bool:
        runs = [run for run in session.runs if run.kind == kind]
        return not session.read_only and any(r.can_resume for r in runs) and not any(r.active for r in runs)

    return enabled


def can_add_video(session: Session) -> bool:
    """A project is open and may be changed."""
    return session.project is not None and not session.read_only


def is_video_missing(session: Session) -> bool:
    """The current video's file is not where it was."""
    return can_edit(session) and session.video_path is None


def has_missing_video(session: Session) -> bool:
    """The file of a video is not where it was."""
    project = session.project
    return (
        can_add_video(session)
        and project is not None
        and any(session.place_of(record) is None for record in project.videos)
    )


def is_read_only(session: Session) -> bool:
    """A project is open that cannot be changed here."""
    return session.project is not None and session.read_only


def can_undo(session: Session) -> bool:
    """There is an edit to take back."""
    return session.project is not None and not session.read_only and bool(session.project.undo_text)


def can_redo(session: Session) -> bool:
    """There is an edit to do again."""
    return session.project is not None and not session.read_only and bool(session.project.redo_text)


@dataclass(frozen=True)
class Action:
    """One command of the window.

    Attributes:
        id: `menu.verb_object`.
        title: menu text; "…" where it asks for more.
        menu: one of `MENUS`.
        callback: called with the session and the asked values by name.
        keys: key sequences in Qt's portable text; the first is shown.
        icon: name for `theme.icon`, or "".
        tip: one sentence: what it does.
        enabled: whether it can be used now.
        checked: whether it is on, for commands that are on or off; else None.
        ask: name of the function in `qt/ask.py` that gives the callback's keyword arguments, or "".
        api: name of the `poseapp.api` function behind it, or "" for what only a window has.
        scope: "window", or "canvas": its keys work only while the canvas or the timeline has the focus.
        separator: a line above it in the menu.
        listed: whether it stands in a menu (False: key only).
        repeats: whether a key held down does it again and again.
    """

    id: str
    title: str
    menu: str
    callback: Callable[..., object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled: Callable[[Session], bool] = always
    checked: Callable[[Session], bool] | None = None
    ask: str = ""
    api: str = ""
    scope: str = "window"
    separator: bool = False
    listed: bool = True
    repeats: bool = False


def why_not(row: Action, session: Session) -> str:
    """Why a row cannot be used now, or "" where it can."""
    if row.enabled(session):
        return ""
    if session.project is None:
        return "nothing is open"
    if row.enabled in _NEEDS_WRITING and session.read_only:
        return "the project is read-only"
    if row.enabled in _NEEDS_VIDEO and session.video is None:
        return "there is no video"
    if row.enabled in (can_edit_person, can_edit_keypoint) and session.selection is None:
        return "select a person first"
    return _REASONS.get(row.enabled, "not possible now")


_NEEDS_VIDEO = (has_video, can_edit, can_edit_person, can_edit_keypoint, is_video_missing)
_NEEDS_WRITING = (
    can_edit, can_edit_person, can_edit_keypoint, can_add_video, is_video_missing, can_undo, can_redo,
)  # fmt: skip
_REASONS: dict[Callable[[Session], bool], str] = {
    can_edit: "the video is still being read",
    can_edit_keypoint: "select a keypoint first",
    can_undo: "nothing to undo",
    can_redo: "nothing to redo",
    is_video_missing: "the video is where it was",
    has_active_training: "no training is running",
    has_active_run: "no job is running",
}
