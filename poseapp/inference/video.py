"""Poses through a video: the box of a person follows the last pose; at the start and when lost the frame
is searched."""

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import PoseError
from poseapp.inference.predictor import Pose, Predictor
from poseapp.labels.instance import Instance
from poseapp.video import Video

SEARCH_EVERY = 5  # frames between searches while nobody is found
DOUBT = 0.7  # share of the usual score below which a followed pose is doubted
READ_AHEAD = 8


@dataclass
class Follower:
    """State of following one person.

    Attributes:
        predictor: Network.
        pose: Last pose, or None.
        usual: Running mean of the scores of the last poses.
        waited: Frames since a search of the whole frame was in vain.
    """

    predictor: Predictor
    pose: Pose | None = None
    usual: float = 0.0
    waited: int = SEARCH_EVERY

    def step(self, image: NDArray[np.uint8]) -> Pose | None:
        """Pose in the next frame ``(H, W, 3)``, or None where nobody is found.

        Where the pose near the last one is missing or far less sure than usual, the person may have moved
        on (or the frames are loose pictures): the whole frame is searched, and the surer pose counts.
        """
        pose = self.predictor.follow(image, *self.pose) if self.pose is not None else None
        sure = pose is not None and pose[1].mean() >= DOUBT * self.usual
        # Searching a frame costs one look where the network knows whole frames, a dozen otherwise.
        patience = 1 if self.predictor.card.box_mode == "frame" else SEARCH_EVERY
        self.waited += 1
        if not sure and self.waited >= patience:
            found = self.predictor.search(image)
            if found is not None and (pose is None or found[1].mean() > pose[1].mean()):
                pose = found
            else:
                self.waited = 0
        if pose is not None:
            score = float(pose[1].mean())
            self.usual = score if self.pose is None else 0.9 * self.usual + 0.1 * score
        self.pose = pose
        return pose


def predict_video(
    video: Video, predictor: Predictor, frames: Iterable[int] | None = None, people: int = 1
) -> Iterator[tuple[int, list[Instance]]]:
    """Predict frames in order; decoding runs ahead in a thread.

    Args:
        video: Open video; it is read from one other thread until the iterator ends.
        predictor: Network.
        frames: Frame numbers, ascending; None is all.
        people: Most people a frame; only 1 is possible with single-person networks.

    Yields:
        Frame number and its instances, none where nobody was found.

    Raises:
        PoseError: More than one person was asked for, or a frame cannot be read.
    """
    if people != 1:
        raise PoseError("this network finds one person a frame; use --people 1")
    follower = Follower(predictor)
    for frame_idx, image in _read_ahead(video, range(len(video)) if frames is None else frames):
        pose = follower.step(image)
        yield frame_idx, [] if pose is None else [predictor.instance(*pose)]


def _read_ahead(video: Video, frames: Iterable[int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Decode in a thread, a few frames ahead of the network."""
    ready: queue.Queue[tuple[int, NDArray[np.uint8]] | BaseException | None] = queue.Queue(READ_AHEAD)
    stop = threading.Event()

    def put(item: tuple[int, NDArray[np.uint8]] | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return ready.put(item, timeout=0.2)
            except queue.Full:
                continue

    def decode() -> None:
        try:
            for frame_idx, image in _decoded(video, frames):
                put((frame_idx, image))
                if stop.is_set():
                    return
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader raises it again
            put(error)
        finally:
            put(None)

    thread = threading.Thread(target=decode, name="decode ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _decoded(video: Video, frames: Iterable[int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    if isinstance(frames, range):
        yield from video.frames(frames.start, frames.stop, frames.step)
    else:
        for frame_idx in frames:
            yield frame_idx, video[frame_idx]
