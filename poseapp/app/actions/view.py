"""Menu View."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import Action, has_project, has_range, has_video


def rows() -> list[Action]:
    """The rows of menu View."""
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
        Action("view.zoom_range", "Timeline: Zoom to Range", m, do.view("timeline_range"), ("Shift+Z",), "",
               "Fill the timeline with the range of frames.", has_range, scope="canvas", separator=True),
        Action("view.timeline_all", "Timeline: Whole Video", m, do.view("timeline_all"), ("Shift+F",), "",
               "Show the whole video on the timeline.", has_video, scope="canvas"),
        Action("view.timeline_time", "Timeline: Time Instead of Frames", m, do.toggle_time_axis, (), "",
               "Times along the timeline instead of frame numbers.", has_video,
               checked=lambda s: s.settings["timeline_axis"] == "time"),
        Action("view.palette", "Command Palette…", m, do.view("palette"), ("Ctrl+Shift+P", "Ctrl+F"),
               "command", "Find a command, video, frame, keypoint, person, run or setting by a few letters.",
               separator=True),
        Action("view.next_panel", "Next Panel", m, do.view("next_panel"), ("F6",), "",
               "Give the keys to the next panel.", listed=False),
        Action("view.previous_panel", "Previous Panel", m, do.view("previous_panel"), ("Shift+F6",), "",
               "Give the keys to the panel before.", listed=False),
        Action("view.theme_system", "Theme: As the System", m, do.set_theme("system"), (), "circle-half",
               "Dark or light as the system is.", checked=lambda s: s.settings["theme"] == "system",
               listed=False),
        Action("view.theme_dark", "Theme: Dark", m, do.set_theme("dark"), (), "moon",
               "Light words on dark ground.", checked=lambda s: s.settings["theme"] == "dark", listed=False),
        Action("view.theme_light", "Theme: Light", m, do.set_theme("light"), (), "sun",
               "Dark words on light ground.", checked=lambda s: s.settings["theme"] == "light", listed=False),
        Action("view.arrange_panels", "Arrange Panels", m, do.view("arrange_panels"), (), "layout",
               "Show title bars, to drag panels elsewhere or out of the window.", has_project, listed=False),
        Action("view.reset_layout", "Reset Layout", m, do.view("reset_layout"), (), "arrow-u-up-left",
               "Put every panel where it stood at first.", has_project, listed=False),
    ]  # fmt: skip
