"""Asks for a skeleton: the project's own to be changed, or one made for a new project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtWidgets import QDialog, QWidget

from poseapp.app.session import Session
from poseapp.app.skeleton_draft import SkeletonDraft
from poseapp.app.skeleton_editor import SkeletonEditor
from poseapp.geometry.boxes import square_box
from poseapp.labels.skeleton import Skeleton
from poseapp.qt.thumbnails import to_qimage

if TYPE_CHECKING:
    from poseapp.app.actions import Action
    from poseapp.qt.dialogs.skeleton_picture import Example

EXAMPLE_PX = 640
# Around the person, of the longer side of their box.
ROOM = 0.2


def edit_skeleton(session: Session, window: QWidget, row: Action) -> dict[str, Any] | None:
    """The project's skeleton as changed by the user."""
    from poseapp.qt.dialogs.skeleton import SkeletonDialog  # not part of the start

    assert session.project is not None
    editor = SkeletonEditor.for_project(session.project)
    dialog = SkeletonDialog(window, editor, example_of(session))
    return dialog.values() if dialog.exec() == QDialog.DialogCode.Accepted else None


def make_skeleton(parent: QWidget, start: Skeleton | None) -> Skeleton | None:
    """A skeleton for a project that is yet to be made.

    Args:
        parent: the dialog that asks.
        start: to begin with; None: from scratch.
    """
    from poseapp.qt.dialogs.skeleton import SkeletonDialog

    draft = SkeletonDraft("my_skeleton") if start is None else SkeletonDraft.of(start)
    dialog = SkeletonDialog(parent, SkeletonEditor(draft))
    return dialog.editor.draft.skeleton() if dialog.exec() == QDialog.DialogCode.Accepted else None


def example_of(session: Session) -> Example | None:
    """The selected label, or the best of the frame, as a square picture; None where the frame has none."""
    skeleton = session.skeleton
    image = None if session.frames is None else session.frames.cached(session.frame_idx)
    people = session.labels_at(session.frame_idx)
    chosen = session.selected_instance
    person = chosen or max(people, key=lambda p: p.instance.num_labelled, default=None)
    bounds = None if person is None else person.instance.bounds()
    if skeleton is None or image is None or person is None or bounds is None:
        return None
    room = ROOM * float(max(bounds[2:] - bounds[:2]))
    box = square_box(bounds + np.array([-room, -room, room, room]))
    from poseapp.geometry.affine import crop_matrix, warp  # loads OpenCV
    from poseapp.qt.dialogs.skeleton_picture import Example

    crop = warp(image, crop_matrix(box, (EXAMPLE_PX, EXAMPLE_PX)), (EXAMPLE_PX, EXAMPLE_PX))
    points = (person.instance.points - box[:2]) / (box[2:] - box[:2])
    return Example(to_qimage(crop), points, skeleton.keypoints)


ASKS = {"edit_skeleton": edit_skeleton}
