"""Menu Go."""

from __future__ import annotations

from poseapp.app import commands as do
from poseapp.app.actions.row import Action, has_range, has_video


def rows() -> list[Action]:
    """The rows of menu Go."""
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
               "The next frame of the review: unsure, or probably wrong.", has_video, scope=canvas),
        Action("go.previous_doubtful", "Previous Doubtful Frame", m, do.previous_doubtful, ("P",), "",
               "The frame of the review before this one.", has_video, scope=canvas),
        Action("go.to_frame", "Go to Frame…", m, do.to_frame, ("Ctrl+G",), "", "Type a frame number.",
               has_video, ask="frame_number", separator=True),
        Action("go.range_start", "Start Range Here", m, do.range_start, ("I",), "arrow-line-left",
               "Let the range of frames begin at the playhead.", has_video, scope=canvas, separator=True),
        Action("go.range_end", "End Range Here", m, do.range_end, ("O",), "arrow-line-right",
               "Let the range of frames end at the playhead.", has_video, scope=canvas),
        Action("go.clear_range", "Clear Range", m, do.clear_range, ("Shift+Esc",), "x",
               "Choose no range of frames.", has_range, scope=canvas),
        Action("go.play_range", "Play Range in a Loop", m, do.play_range, ("Shift+Space",), "repeat",
               "Play the range, or the whole video, over and over.", has_video, scope=canvas),
        Action("go.loop", "Repeat", m, do.toggle_loop, ("L",), "repeat",
               "Playback begins again at the end of the range, or of the video.", has_video,
               checked=lambda s: s.looping, scope=canvas),
    ]  # fmt: skip
