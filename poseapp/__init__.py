"""PoseApp: poses from video, corrected by dragging, learnt from the corrections.

The verbs of the command line are functions here with the same words; they are loaded on first use, so that
`import poseapp` costs nothing.
"""

import os
from importlib import import_module
from typing import Any

# OpenCV believes a damaged picture's header up to a gigapixel, three gigabytes; its limit is read when it is
# loaded.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(1 << 27))

__version__ = "0.1.0"

_HOMES = {
    "open_video": "poseapp.video",
    "PoseError": "poseapp.errors",
    **dict.fromkeys(
        (
            "convert",
            "curves",
            "demo",
            "doctor",
            "evaluate",
            "export_labels",
            "import_labels",
            "info",
            "nets_list",
            "nets_show",
            "new",
            "open_project",
            "predict",
            "render",
            "resume",
            "start_prediction",
            "start_synthesis",
            "start_training",
            "train",
        ),
        "poseapp.api",
    ),
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'poseapp' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
