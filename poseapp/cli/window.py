"""`poseapp [PATH]`: apart from the other commands, so that the window does not wait for what they import."""

import os
import sys
from pathlib import Path

from poseapp.errors import PoseError
from poseapp.jobs.screen import has_screen


def open_window(path: Path | None) -> None:
    """`poseapp [PATH]`: the window, until it is closed."""
    if not has_screen() and "QT_QPA_PLATFORM" not in os.environ:
        raise PoseError("there is no screen for a window here; poseapp --help lists what works without")
    from poseapp.qt.main import run_window

    status = run_window(path)
    if status:
        sys.exit(status)
