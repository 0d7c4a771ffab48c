"""Menu File."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import (
    Action,
    can_add_video,
    has_curves,
    has_missing_video,
    has_project,
    has_video,
    is_read_only,
    is_video_missing,
)


def rows() -> list[Action]:
    """The rows of menu File."""
    m = "File"
    return [
        Action("file.open_video", "Open Video…", m, do.open_path, ("Ctrl+O",), "film-strip",
               "Open a video; it gets a project beside it.", ask="video", api="new"),
        Action("file.open_images", "Open Image Folder…", m, do.open_path, (), "images",
               "Open a folder of pictures as a video.", ask="image_folder", api="new"),
        Action("file.open_project", "Open Project…", m, do.open_path, ("Ctrl+Shift+O",), "folder-open",
               "Open a project folder.", ask="project"),
        Action("file.open_labels", "Open Labels…", m, do.open_path, (), "folder-open",
               "Make a project of a SLEAP file, a DeepLabCut project or other labels.", ask="label_file",
               api="new"),
        Action("file.new_project", "New Project…", m, do.new_project, ("Ctrl+N",), "folder-plus",
               "Make a project with a skeleton of your choice.", ask="new_project", api="new"),
        Action("file.add_video", "Add Video…", m, do.add_video, (), "plus",
               "Add a video to this project.", can_add_video, ask="video", separator=True),
        Action("file.relink_video", "Find Missing Video…", m, do.relink_video, (), "link",
               "Tell where the current video is now.", is_video_missing, ask="video"),
        Action("file.find_videos", "Find Missing Videos in Folder…", m, do.find_videos, (),
               "magnifying-glass", "Find all missing videos by their content, whatever they are called now.",
               has_missing_video, ask="search_folder", api="relink"),
        Action("file.edit_here", "Edit Here Now", m, do.edit_here, (), "pencil-simple",
               "Open this read-only project for writing, if nobody else has it open by now.", is_read_only),
        Action("file.import_labels", "Import Labels…", m, do.import_labels, (), "download-simple",
               "Add labels from a file of another program.", can_add_video, ask="import_file",
               api="import_labels", separator=True),
        Action("file.export_labels", "Export…", m, do.export_labels, ("Ctrl+E",), "export",
               "Write labels and predictions for another program.", has_project, ask="export_file",
               api="export_labels"),
        Action("file.render_movie", "Export Overlay Movie…", m, do.render_movie, (), "video-camera",
               "Write the video with the people drawn into it.", has_video, ask="movie_file", api="render"),
        Action("file.export_curves", "Export Curves…", m, do.export_curves, (), "chart-line",
               "Write the curves of the pane Plots as a table.", has_curves, ask="curves_file", api="curves"),
        Action("file.export_plot", "Export Picture of Plots…", m, do.export_plot, (), "image",
               "Write the pane Plots as a picture or a drawing.", has_curves, ask="plot_file"),
        Action("file.merge_project", "Merge Project…", m, do.merge_project, (), "git-merge",
               "Take the labels of another person's project in; conflicts are shown side by side.",
               can_add_video, ask="merge_project", api="merge", separator=True),
        Action("file.pack_project", "Pack Project…", m, do.pack_project, (), "package",
               "Write this project into one file that can be sent.", has_project, ask="pack_file",
               api="pack"),
        Action("file.unpack_project", "Unpack Project…", m, do.unpack_project, (), "package",
               "Make a project of a pack and open it.", ask="unpack_file", api="unpack"),
        Action("file.close_project", "Close Project", m, do.close_project, ("Ctrl+W",), "x",
               "Back to the start page; everything is saved already.", has_project, separator=True),
        Action("file.quit", "Quit", m, do.quit_window, ("Ctrl+Q",), "sign-out",
               "Close the window; running jobs go on.", separator=True),
    ]  # fmt: skip
