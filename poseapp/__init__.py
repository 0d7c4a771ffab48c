"""PoseApp: poses from video, corrected by dragging, learnt from the corrections."""

__version__ = "0.1.0"
