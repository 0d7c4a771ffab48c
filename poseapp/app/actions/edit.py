"""Menu Edit."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import (
    Action,
    can_add_video,
    can_edit,
    can_edit_person,
    can_redo,
    can_undo,
    has_video,
)


def rows() -> list[Action]:
    """The rows of menu Edit."""
    m = "Edit"
    return [
        Action("edit.undo", "Undo", m, do.undo, ("Ctrl+Z",), "arrow-counter-clockwise",
               "Take back the last edit, also of an earlier session.", can_undo),
        Action("edit.redo", "Redo", m, do.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "arrow-clockwise",
               "Do again what was undone.", can_redo),
        Action("edit.delete_person", "Delete Person", m, do.delete_person, ("Shift+Del",), "trash",
               "Delete the selected person, labelled or predicted.", can_edit_person, separator=True),
        Action("edit.delete_frame_labels", "Delete Labels of This Frame", m, do.delete_frame_labels, (), "",
               "Delete everybody's labels in this frame.", can_edit),
        Action("edit.delete_video_labels", "Delete All Labels of This Video…", m, do.delete_video_labels, (),
               "", "Delete every label of this video; can be undone.", can_edit, ask="confirm_delete_labels"),
        Action("edit.bulk", "Select and Change…", m, do.change_people, ("Ctrl+Shift+F",), "funnel",
               "Find people by conditions and change all of them at once.", can_edit, ask="bulk", api="edit",
               separator=True),
        Action("edit.skeleton", "Edit Skeleton…", m, do.edit_skeleton, (), "line-segments",
               "Rename, order, add and connect keypoints; labels follow.", can_add_video,
               ask="edit_skeleton", api="skeleton_set"),
        Action("edit.deselect", "Deselect", m, do.deselect, ("Esc",), "", "Select nothing.",
               has_video, scope="canvas", listed=False),
        Action("edit.settings", "Settings…", m, do.nothing, ("Ctrl+,",), "gear", "Change settings.",
               ask="settings", separator=True),
    ]  # fmt: skip
