"""A video with its people drawn on it, as a new movie."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from poseapp.errors import VideoError
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.render.overlay import draw_instances
from poseapp.video import Video, VideoWriter

InstancesOf = Callable[[int], Sequence[Instance]]


def render_movie(
    video: Video,
    frames_to_instances: InstancesOf,
    skeleton: Skeleton,
    out: str | Path,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    frames: range | None = None,
    predicted: bool = True,
    scale: float = 1.0,
    labels_of: InstancesOf | None = None,
) -> int:
    """Write a movie of a video with its people drawn.

    Args:
        video: What is drawn on.
        frames_to_instances: Gives the people of a `frame_idx`, in pixels of the video.
        skeleton: Edges and sides.
        out: The movie's path; it appears when complete.
        on_progress: Called with frames done and frames in all.
        frames: Which frames; all when None. The step must be 1 for the movie to keep the video's speed.
        predicted: Draw as predictions (else as labels).
        scale: Factor on line width and dot size.
        labels_of: Gives people of a `frame_idx` to be drawn over those, as labels.

    Returns:
        Number of frames written.

    Raises:
        VideoError: the video cannot be read, the movie cannot be written or would replace the video.
    """
    if os.path.exists(out) and os.path.samefile(out, video.path):
        raise VideoError(f"the movie would replace the video it is made from: choose another name than {out}")
    frames = range(len(video)) if frames is None else frames
    done = 0
    with VideoWriter(out, video.fps, video.width, video.height) as writer:
        for frame_idx, image in video.frames(frames.start, frames.stop, frames.step):
            people = frames_to_instances(frame_idx)
            image = draw_instances(image, people, skeleton, predicted=predicted, scale=scale)
            if labels_of is not None:
                image = draw_instances(image, labels_of(frame_idx), skeleton, scale=scale)
            writer.write(image)
            done += 1
            if on_progress is not None:
                on_progress(done, len(frames))
    return done
