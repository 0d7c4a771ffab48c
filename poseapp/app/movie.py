"""The current video as a movie, with the people drawn in that the window shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from poseapp.app.layer_stack import LayerStack
from poseapp.errors import FormatError
from poseapp.labels.project import Project

if TYPE_CHECKING:
    from poseapp.labels.instance import Instance
    from poseapp.labels.project import VideoRecord


def write_movie(
    project_path: Path,
    record: VideoRecord,
    video: Path,
    hidden: Sequence[str],
    out: Path,
    on_progress: Callable[[int, int], None],
) -> int:
    """Write a movie: labels where there are some, elsewhere the predictions of the newest visible layer.

    Reads the project through a connection of its own, so that it may run in any thread.

    Args:
        project_path: the project's folder.
        record: the video.
        video: where its file is.
        hidden: ids of the layers that are not shown.
        out: the movie, `.mp4`; it appears when complete.
        on_progress: called with frames done and frames in all; what it raises ends the work.

    Returns:
        Number of frames written.

    Raises:
        PoseError: something cannot be read or written.
    """
    from poseapp.render.movie import render_movie
    from poseapp.video import open_video

    problems: list[str] = []
    project = Project.open(project_path, read_only=True)
    try:
        stack = LayerStack(project, problems.append)
        for layer_id in hidden:
            stack.set_visible(layer_id, False)
        problems.clear()  # of other files: what can be read is drawn

        def people(frame_idx: int, predicted: bool) -> list[Instance]:
            shown = stack.on_screen(record, frame_idx)
            if problems:
                raise FormatError(problems[0])  # half of the people would look like a finding
            return [person.instance for person in shown if person.is_prediction == predicted]

        try:
            with open_video(video) as opened:
                return render_movie(
                    opened, lambda k: people(k, True), project.skeleton, out, on_progress,
                    labels_of=lambda k: people(k, False),
                )  # fmt: skip
        finally:
            stack.close()
    finally:
        project.close()
