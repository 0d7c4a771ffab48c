"""What can be done on the canvas right now, as pairs of (key or "", words)."""

from __future__ import annotations

from poseapp.app.drags import Drag, TransformDrag
from poseapp.app.session import Session
from poseapp.app.transform_box import Handle

Hints = list[tuple[str, str]]

TOOLS: dict[str, Hints] = {
    "move": [("", "Drag a person"), ("Q", "back to keypoints")],
    "transform": [
        ("", "Drag a handle to turn or scale"),
        ("Shift", "15° steps"),
        ("Alt", "from the middle"),
        ("Q", "back to keypoints"),
    ],
    "lasso": [("", "Draw around keypoints"), ("Ctrl", "add to the marked"), ("Q", "back to keypoints")],
}


def hints(session: Session, drag: Drag | None, pending: int | None) -> Hints:
    """The keys are those of the rows, before any was changed (`Keymap.now` says which it is today).

    Args:
        session: the open window.
        drag: what is being dragged, or None.
        pending: the keypoint the next click places, or None.
    """
    if session.video is None:
        return []
    if isinstance(drag, TransformDrag):
        held = "15° steps" if drag.handle is Handle.ROTATE else "each side alone"
        return [("", "Release to keep"), ("Shift", held), ("Esc", "put it back")]
    if drag is not None:
        return [("", "Release to keep"), ("Esc", "put it back")]
    if len(session.marked) > 1:
        return [
            ("", f"{len(session.marked)} keypoints: drag one to move all"), ("V", "visibility"),
            ("Del", "unset"), ("Alt+Left", "nudge"), ("Esc", "unmark"),
        ]  # fmt: skip
    if session.tool in TOOLS:
        return TOOLS[session.tool]
    return _placing(session, pending) if pending is not None else _correcting(session)


def _placing(session: Session, pending: int) -> Hints:
    assert session.skeleton is not None
    what = session.skeleton.keypoints[pending].replace("_", " ")
    if session.tool != "add":
        return [("", f"Click where the {what} is"), ("Shift", "it is hidden"), ("Tab", "next"),
                ("Esc", "leave it")]  # fmt: skip
    if session.selection is None:
        return [("", f"Click the {what}, or drag a box for a whole pose"), ("Tab", "skip it"),
                ("Esc", "done")]  # fmt: skip
    return [("", f"Click the {what}"), ("Shift", "it is hidden"), ("Tab", "skip it"), ("Backspace", "back"),
            ("Esc", "done")]  # fmt: skip


def _correcting(session: Session) -> Hints:
    people = session.instances_on_screen()
    if not people:
        return [("A", "add a person"), ("C", "copy previous"), ("Ctrl+P", "predict")]
    if session.selected_keypoint is not None:
        return [("", "Drag to correct"), ("V", "visibility"), ("T", "swap sides"), ("Del", "unset"),
                ("Tab", "next keypoint")]  # fmt: skip
    if all(p.is_prediction for p in people):
        return [("", "Drag to correct"), ("Enter", "accept"), ("C", "copy previous"),
                ("N", "next doubtful")]  # fmt: skip
    return [("", "Drag to correct"), ("V", "visibility"), ("T", "swap sides"), ("C", "copy previous"),
            ("N", "next doubtful")]  # fmt: skip
