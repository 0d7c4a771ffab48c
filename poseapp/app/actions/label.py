"""Menu Label."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import (
    Action,
    can_edit,
    can_edit_keypoint,
    can_edit_person,
    has_project,
    has_video,
)


def rows() -> list[Action]:
    """The rows of menu Label."""
    m, canvas = "Label", "canvas"
    rows = [
        Action("label.tool_select", "Select and Drag", m, do.tool("select"), ("Q",), "cursor",
               "Select and drag keypoints.", has_video, checked=lambda s: s.tool == "select", scope=canvas),
        Action("label.tool_move", "Move Person", m, do.tool("move"), ("M",), "arrows-out-cardinal",
               "Drag a whole person (also Alt+drag).", can_edit, checked=lambda s: s.tool == "move",
               scope=canvas),
        Action("label.tool_add", "Add Person", m, do.tool("add"), ("A",), "user-plus",
               "Click the keypoints of a new person one after the other.", can_edit,
               checked=lambda s: s.tool == "add", scope=canvas),
        Action("label.tool_transform", "Turn and Scale Person", m, do.tool("transform"), ("R",),
               "arrows-clockwise", "Drag handles around a person to turn, scale or stretch it.", can_edit,
               checked=lambda s: s.tool == "transform", scope=canvas),
        Action("label.tool_lasso", "Lasso", m, do.tool("lasso"), ("D",), "selection",
               "Draw around keypoints of any people to change them together (a box: Shift+drag).", has_video,
               checked=lambda s: s.tool == "lasso", scope=canvas),
        Action("label.select_all", "Mark All Keypoints", m, do.select_all, ("Ctrl+A",), "selection-all",
               "Mark every keypoint of everybody in this frame.", has_video, scope=canvas, separator=True),
        Action("label.copy_previous", "Copy Pose from Previous Frame", m, do.copy_previous, ("C",), "copy",
               "Take over the pose of the nearest labelled or predicted frame before.", can_edit,
               scope=canvas, separator=True),
        Action("label.accept", "Accept Prediction", m, do.accept_prediction, ("Return", "Enter"), "check",
               "Make the selected prediction (or all of this frame) a label; in the review, go on.", can_edit,
               scope=canvas),
        Action("label.dismiss_doubt", "Not Doubtful After All", m, do.dismiss_doubt, ("Shift+Backspace",),
               "check-circle", "Take this frame out of the review, and go on.", can_edit, scope=canvas),
        Action("label.toggle_visibility", "Change Visibility", m, do.toggle_visibility, ("V",), "eye-slash",
               "Mark the keypoint as hidden (behind something), or as visible again.", can_edit_keypoint,
               scope=canvas, separator=True),
        Action("label.unset_keypoint", "Unset Keypoint", m, do.unset_keypoint, ("Del", "Backspace"), "eraser",
               "Remove the marked or selected keypoints; without any, the person.", can_edit_person,
               scope=canvas),
        Action("label.swap_sides", "Swap Left and Right", m, do.swap_sides, ("T",), "swap",
               "Swap the person's left and right keypoints.", can_edit, scope=canvas),
        *_over_time(),
        Action("label.next_keypoint", "Next Keypoint", m, do.next_keypoint(1), ("Tab",), "",
               "Select the next keypoint.", has_video, scope=canvas, separator=True),
        Action("label.previous_keypoint", "Previous Keypoint", m, do.next_keypoint(-1), ("Shift+Tab",), "",
               "Select the keypoint before.", has_video, scope=canvas),
        Action("label.statistics", "Label Statistics…", m, do.nothing, (), "chart-bar",
               "How many labels there are, of what, where from, how far predictions were moved.", has_project,
               ask="show_statistics", api="statistics", separator=True),
    ]  # fmt: skip
    rows += [
        Action(f"label.nudge_{word}_{name}", f"Nudge {word.capitalize()} by {size:g} px", m,
               do.nudge(x * size, y * size), (f"{held}+{word.capitalize()}",), "",
               f"Move the selected keypoints, or the person, {size:g} px {word}.", can_edit_person,
               scope=canvas, listed=False, repeats=True)
        for held, size, name in (("Alt", 1.0, "1"), ("Alt+Shift", 10.0, "10"), ("Ctrl+Alt", 0.1, "tenth"))
        for word, x, y in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
    ]  # fmt: skip
    rows += [
        Action(f"label.select_person_{n}", f"Select Person {n}", m, do.select_person(n), (str(n),), "",
               f"Select person {n} of this frame.", has_video, scope=canvas, listed=False)
        for n in range(1, 10)
    ]  # fmt: skip
    return rows


def _over_time() -> list[Action]:
    """What is done in many frames."""
    m, canvas = "Label", "canvas"
    return [
        Action("label.interpolate", "Interpolate", m, do.interpolate, ("Shift+I",), "",
               "Propose people between labelled frames: in the chosen range, else around the playhead.",
               can_edit, api="interpolate", scope=canvas, separator=True),
        Action("label.propagate", "Propagate Forwards", m, do.propagate(), ("Shift+G",), "",
               "Follow the person through the next frames until it drifts, to look at before accepting.",
               can_edit, api="propagate", scope=canvas),
        Action("label.propagate_back", "Propagate Backwards", m, do.propagate(backwards=True),
               ("Ctrl+Shift+G",), "", "Follow the person through the frames before until it drifts.",
               can_edit, api="propagate", scope=canvas),
        Action("label.swap_range", "Swap Left and Right over Frames…", m, do.swap_range, ("Shift+T",), "swap",
               "Swap the person's sides in many frames; predictions are accepted swapped.", can_edit,
               ask="frames", api="swap", scope=canvas),
        Action("label.accept_range", "Accept Predictions of Frames…", m, do.accept_range, (), "check",
               "Make the predictions on screen in many frames labels.", can_edit, ask="frames"),
        Action("label.delete_range", "Delete Labels of Frames…", m, do.delete_range, (), "eraser",
               "Delete the labels in many frames; undo brings them back.", can_edit, ask="frames"),
    ]  # fmt: skip
