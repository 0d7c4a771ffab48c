"""`render`: a movie with people drawn on it."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from poseapp.api.exchange import read_source
from poseapp.api.frames import Frames, frame_range
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.projects import is_project
from poseapp.api.results import Result
from poseapp.api.same_video import have_same_content, pair_videos, video_paths
from poseapp.errors import PoseError
from poseapp.formats import FORMATS
from poseapp.formats.predictions_h5 import PredictionFile
from poseapp.formats.predictions_hidden import hide_deleted
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.render.movie import InstancesOf, render_movie
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
    """Write a movie of a video with its people drawn.

    Args:
        video: Video or image folder.
        predictions: Predictions or labels: HDF5, COCO JSON, CSV, or a project.
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
    if not (math.isfinite(scale) and scale > 0):
        raise PoseError(f"scale must be a number above 0, not {scale}")
    started = time.monotonic()

    def report(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(Progress(done, total, "frames", "drawing"))

    with _people(Path(predictions), Path(video)) as (people, skeleton), open_video(video) as opened:
        done = render_movie(
            opened,
            people,
            skeleton,
            out,
            report,
            frames=frame_range(frames, len(opened)),
            predicted=not is_project(predictions),
            scale=scale,
        )
    seconds = time.monotonic() - started
    return RenderResult(done, round(seconds, 3), round(done / max(seconds, 1e-9), 2), out)


@contextmanager
def _people(predictions: Path, video: Path) -> Iterator[tuple[InstancesOf, Skeleton]]:
    """The people of each frame of a video, and their skeleton, from any file that holds some."""
    if predictions.suffix.lower() in FORMATS["h5"].extensions:
        with PredictionFile(predictions) as file:
            hide_deleted(file)
            names = [str(name) for name in file.videos]
            paths = video_paths(predictions, names, predictions.absolute().parent)
            index = choose_video([paths[name] for name in names], video, predictions.name)
            yield (lambda frame_idx: file.instances(index, frame_idx)), file.skeleton
        return
    dataset = read_source(predictions)
    names = sorted({image.video for image in dataset.images if image.video is not None})
    if not names:
        raise PoseError(f"{predictions} is about pictures, not about the frames of a video")
    paths = video_paths(predictions, names, dataset.root)
    name = names[choose_video([paths[name] for name in names], video, predictions.name)]
    by_frame: dict[int | None, list[Instance]] = {}
    for image, people in zip(dataset.images, dataset.by_image(), strict=True):
        if image.video == name:
            by_frame[image.frame_idx] = people
    yield (lambda frame_idx: by_frame.get(frame_idx, [])), dataset.skeleton


def choose_video(paths: Sequence[Path], video: Path, where: str) -> int:
    """Which of a file's videos a path is: by its path, by its name, or the only one there is.

    Args:
        paths: Where the file's videos are or were.
        video: The one looked for.
        where: The file's name, for the error.

    Raises:
        PoseError: there are several, and none or more than one of that name; or the one there is is another.
    """
    pairs = pair_videos([video], paths, where)
    # A single video may have been renamed, unless the one that was predicted is still there.
    if not pairs and (len(paths) > 1 or have_same_content(paths[0], video) is False):
        names = ", ".join(path.name for path in paths)
        raise PoseError(f"{video.name} is none of the predicted videos: {names}")
    return pairs.get(0, 0)
