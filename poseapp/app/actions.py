"""Every command of the window as a row of data: menus, shortcuts, list of keys and tool strip come from it.

A row's callback takes the session and the values that its `ask` function (in `qt/ask.py`) brought; it opens
no dialog itself, so that menu, test and script run the same function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from poseapp.app import commands as do
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


def _file() -> list[Action]:
    m = "File"
    return [
        Action("file.open_video", "Open Video…", m, do.open_path, ("Ctrl+O",), "film-strip",
               "Open a video; it gets a project beside it.", ask="video", api="new"),
        Action("file.open_images", "Open Image Folder…", m, do.open_path, (), "images",
               "Open a folder of pictures as a video.", ask="image_folder", api="new"),
        Action("file.open_project", "Open Project…", m, do.open_path, ("Ctrl+Shift+O",), "folder-open",
               "Open a project folder.", ask="project"),
        Action("file.new_project", "New Project…", m, do.new_project, ("Ctrl+N",), "folder-plus",
               "Make a project with a skeleton of your choice.", ask="new_project", api="new"),
        Action("file.add_video", "Add Video…", m, do.add_video, (), "plus",
               "Add a video to this project.", can_add_video, ask="video", separator=True),
        Action("file.relink_video", "Find Missing Video…", m, do.relink_video, (), "link",
               "Tell where the current video is now.", is_video_missing, ask="video"),
        Action("file.import_labels", "Import Labels…", m, do.import_labels, (), "download-simple",
               "Add labels from a file of another program.", can_add_video, ask="import_file",
               api="import_labels", separator=True),
        Action("file.export_labels", "Export…", m, do.export_labels, ("Ctrl+E",), "export",
               "Write labels and predictions for another program.", has_project, ask="export_file",
               api="export_labels"),
        Action("file.render_movie", "Export Overlay Movie…", m, do.render_movie, (), "video-camera",
               "Write the video with the people drawn into it.", has_video, ask="movie_file", api="render"),
        Action("file.close_project", "Close Project", m, do.close_project, ("Ctrl+W",), "x",
               "Back to the start page; everything is saved already.", has_project, separator=True),
        Action("file.quit", "Quit", m, do.quit_window, ("Ctrl+Q",), "sign-out",
               "Close the window; running jobs go on.", separator=True),
    ]  # fmt: skip


def _edit() -> list[Action]:
    m = "Edit"
    return [
        Action("edit.undo", "Undo", m, do.undo, ("Ctrl+Z",), "arrow-counter-clockwise",
               "Take back the last edit, also of an earlier session.", can_undo),
        Action("edit.redo", "Redo", m, do.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "arrow-clockwise",
               "Do again what was undone.", can_redo),
        Action("edit.delete_person", "Delete Person", m, do.delete_person, ("Shift+Del",), "trash",
               "Delete the selected person's labels in this frame.", can_edit_person, separator=True),
        Action("edit.delete_frame_labels", "Delete Labels of This Frame", m, do.delete_frame_labels, (), "",
               "Delete everybody's labels in this frame.", can_edit),
        Action("edit.delete_video_labels", "Delete All Labels of This Video…", m, do.delete_video_labels, (),
               "", "Delete every label of this video; can be undone.", can_edit, ask="confirm_delete_labels"),
        Action("edit.deselect", "Deselect", m, do.deselect, ("Esc",), "", "Select nothing.",
               has_video, scope="canvas", listed=False),
        Action("edit.settings", "Settings…", m, do.nothing, ("Ctrl+,",), "gear", "Change settings.",
               ask="settings", separator=True),
    ]  # fmt: skip


def _view() -> list[Action]:
    m = "View"
    return [
        Action("view.fit", "Fit to Window", m, do.view("fit"), ("F",), "arrows-in", "Show the whole frame.",
               has_video, scope="canvas"),
        Action("view.actual_size", "Actual Size", m, do.view("actual_size"), ("Ctrl+1",), "frame-corners",
               "One pixel of the video is one of the screen.", has_video),
        Action("view.zoom_in", "Zoom In", m, do.view("zoom_in"), ("Ctrl++", "Ctrl+="),
               "magnifying-glass-plus", "Larger.", has_video),
        Action("view.zoom_out", "Zoom Out", m, do.view("zoom_out"), ("Ctrl+-",), "magnifying-glass-minus",
               "Smaller.", has_video),
        Action("view.zoom_person", "Zoom to Person", m, do.view("person"), ("Z",), "user-focus",
               "Fill the view with the selected person.", has_video, scope="canvas"),
        Action("view.toggle_overlay", "Show People", m, do.toggle_overlay, ("H",), "eye",
               "Show or hide everything drawn over the video.", has_video,
               checked=lambda s: s.overlay_visible, scope="canvas", separator=True),
    ]  # fmt: skip


def _go() -> list[Action]:
    m = "Go"
    canvas = "canvas"
    return [
        Action("go.play", "Play", m, do.toggle_playing, ("Space",), "play", "Play or pause.", has_video,
               checked=lambda s: s.playing, scope=canvas),
        Action("go.next_frame", "Next Frame", m, do.step(1), ("Right",), "caret-right", "One frame on.",
               has_video, scope=canvas, separator=True),
        Action("go.previous_frame", "Previous Frame", m, do.step(-1), ("Left",), "caret-left",
               "One frame back.", has_video, scope=canvas),
        Action("go.forward_10", "10 Frames On", m, do.step(10), ("Shift+Right",), "", "Ten frames on.",
               has_video, scope=canvas),
        Action("go.back_10", "10 Frames Back", m, do.step(-10), ("Shift+Left",), "", "Ten frames back.",
               has_video, scope=canvas),
        Action("go.first_frame", "First Frame", m, do.first_frame, ("Home",), "skip-back", "To the start.",
               has_video, scope=canvas),
        Action("go.last_frame", "Last Frame", m, do.last_frame, ("End",), "skip-forward", "To the end.",
               has_video, scope=canvas),
        Action("go.next_labelled", "Next Labelled Frame", m, do.next_labelled, ("Ctrl+Right",), "",
               "The next frame with labels.", has_video, scope=canvas, separator=True),
        Action("go.previous_labelled", "Previous Labelled Frame", m, do.previous_labelled, ("Ctrl+Left",), "",
               "The frame with labels before this one.", has_video, scope=canvas),
        Action("go.next_doubtful", "Next Doubtful Frame", m, do.next_doubtful, ("N",), "diamond",
               "The next frame the network was unsure of.", has_video, scope=canvas),
        Action("go.previous_doubtful", "Previous Doubtful Frame", m, do.previous_doubtful, ("P",), "",
               "The frame before this one that the network was unsure of.", has_video, scope=canvas),
        Action("go.to_frame", "Go to Frame…", m, do.to_frame, ("Ctrl+G",), "", "Type a frame number.",
               has_video, ask="frame_number", separator=True),
    ]  # fmt: skip


def _label() -> list[Action]:
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
        Action("label.copy_previous", "Copy Pose from Previous Frame", m, do.copy_previous, ("C",), "copy",
               "Take over the pose of the nearest labelled or predicted frame before.", can_edit,
               scope=canvas, separator=True),
        Action("label.accept", "Accept Prediction", m, do.accept_prediction, ("Return", "Enter"), "check",
               "Make the selected prediction (or all of this frame) a label.", can_edit, scope=canvas),
        Action("label.cycle_visibility", "Change Visibility", m, do.cycle_visibility, ("V",), "eye-slash",
               "Visible, hidden, unlabelled.", can_edit_keypoint, scope=canvas, separator=True),
        Action("label.unset_keypoint", "Unset Keypoint", m, do.unset_keypoint, ("Del", "Backspace"), "eraser",
               "Remove the selected keypoint (without one: the person).", can_edit_person, scope=canvas),
        Action("label.swap_sides", "Swap Left and Right", m, do.swap_sides, ("T",), "swap",
               "Swap the person's left and right keypoints.", can_edit, scope=canvas),
        Action("label.next_keypoint", "Next Keypoint", m, do.next_keypoint(1), ("Tab",), "",
               "Select the next keypoint.", has_video, scope=canvas, separator=True),
        Action("label.previous_keypoint", "Previous Keypoint", m, do.next_keypoint(-1), ("Shift+Tab",), "",
               "Select the keypoint before.", has_video, scope=canvas),
    ]  # fmt: skip
    rows += [
        Action(f"label.select_person_{n}", f"Select Person {n}", m, do.select_person(n), (str(n),), "",
               f"Select person {n} of this frame.", has_video, scope=canvas, listed=False)
        for n in range(1, 10)
    ]  # fmt: skip
    return rows


def _jobs() -> list[Action]:
    return [
        Action("predict.video", "Predict This Video…", "Predict", do.predict, ("Ctrl+P",), "magic-wand",
               "Find the person in every frame.", can_edit, ask="prediction", api="start_prediction"),
        Action("predict.from_here", "Predict from Here On…", "Predict", do.predict_from_here, (), "",
               "Find the person from this frame to the end.", can_edit, ask="prediction",
               api="start_prediction"),
        Action("predict.resume", "Resume Prediction", "Predict", do.resume("predict"), (), "arrow-clockwise",
               "Go on with the prediction that was cancelled or lost last.", can_resume("predict"),
               api="resume"),
        Action("predict.cancel", "Cancel Running Jobs", "Predict", do.cancel_runs, (), "x-circle",
               "Stop every running job now.", has_active_run, separator=True),
        Action("train.fine_tune", "Fine-Tune on My Labels…", "Train", do.fine_tune, ("Ctrl+T",),
               "graduation-cap", "Teach the network with this project's labels.", can_add_video,
               ask="fine_tune", api="start_training"),
        Action("train.stop_and_keep", "Stop and Keep", "Train", do.stop_trainings, (), "stop-circle",
               "End the running training and keep what it learnt.", has_active_training),
        Action("train.resume", "Resume Training", "Train", do.resume("train"), (), "arrow-clockwise",
               "Go on with the training that was stopped, cancelled or lost last.", can_resume("train"),
               api="resume"),
    ]  # fmt: skip


def _tools() -> list[Action]:
    return [
        Action("tools.synthesize", "Synthesize Data Set…", "Tools", do.synthesize, (), "person-simple-run",
               "Draw people with perfect labels, to teach a network with.", ask="data_set",
               api="start_synthesis"),
    ]  # fmt: skip


def _help() -> list[Action]:
    return [
        Action("help.keys", "Keyboard Shortcuts", "Help", do.nothing, ("F1",), "keyboard",
               "Every key of this window.", ask="show_keys"),
        Action("help.doctor", "System Report", "Help", do.nothing, (), "first-aid-kit",
               "Versions, codecs and devices, for a bug report.", ask="show_doctor", api="doctor"),
        Action("help.about", "About PoseApp", "Help", do.nothing, (), "info", "Version and licence.",
               ask="show_about", separator=True),
    ]  # fmt: skip


def can_add_video(session: Session) -> bool:
    """A project is open and may be changed."""
    return session.project is not None and not session.read_only


def is_video_missing(session: Session) -> bool:
    """The current video's file is not where it was."""
    return can_edit(session) and session.video_path is None


def can_undo(session: Session) -> bool:
    """There is an edit to take back."""
    return session.project is not None and not session.read_only and bool(session.project.undo_text)


def can_redo(session: Session) -> bool:
    """There is an edit to do again."""
    return session.project is not None and not session.read_only and bool(session.project.redo_text)


ACTIONS: list[Action] = [*_file(), *_edit(), *_view(), *_go(), *_label(), *_jobs(), *_tools(), *_help()]
