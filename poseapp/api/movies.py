"""`render`: a movie with people drawn on it."""

import time
from dataclasses import dataclass
from pathlib import Path

from poseapp.api.frames import Frames, frame_range
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.results import Result
from poseapp.errors import PoseError
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.render.movie import render_movie
from poseapp.video import open_video


@dataclass(frozen=True)
class RenderResult(Result):
    """What was drawn.

    Attributes:
        frames: Frames in the movie.
        seconds: Wall-clock time.
        fps: Frames a second.
        out: The movie.
    """

    frames: int
    seconds: float
    fps: float
    out: Path


def render(
    video: str | Path,
    predictions: str | Path,
    out: str | Path,
    *,
    frames: Frames = None,
    scale: float = 1.0,
    on_progress: OnProgress | None = None,
) -> RenderResult:
    """Write a movie of a video with its predicted people drawn.

    Args:
        video: Video or image folder.
        predictions: The HDF5 file with its predictions.
        out: The movie, `.mp4`.
        frames: Which frames, see `frame_range`.
        scale: Factor on line width and dot size.
        on_progress: Told for every frame.

    Raises:
        PoseError: something cannot be read or written, or the predictions are of other videos.
    """
    out = Path(out)
    if out.suffix.lower() != ".mp4":
        raise PoseError(f"a movie is written as .mp4, not {out.suffix or 'without an ending'}: {out}")
    file = PredictionFile(Path(predictions))
    started = time.monotonic()
    try:
        index = video_index(file, Path(video))
        with open_video(video) as opened:

            def report(done: int, total: int) -> None:
                if on_progress is not None:
                    on_progress(Progress(done, total, "frames", "drawing"))

            done = render_movie(
                opened,
                lambda frame_idx: file.instances(index, frame_idx),
                file.skeleton,
                out,
                report,
                frames=frame_range(frames, len(opened)),
                scale=scale,
            )
    finally:
        file.close()
    seconds = time.monotonic() - started
    return RenderResult(done, round(seconds, 3), round(done / max(seconds, 1e-9), 2), out)


def video_index(file: PredictionFile, video: Path) -> int:
    """Which video of a prediction file a path is: by name, or the only one there is.

    Raises:
        PoseError: the file has several videos and none of that name.
    """
    names = [str(name) for name in file.videos]
    for index, name in enumerate(names):
        if Path(name).name == video.name:
            return index
    if len(names) == 1:
        return 0
    raise PoseError(f"{video.name} is none of the predicted videos: {', '.join(Path(n).name for n in names)}")
