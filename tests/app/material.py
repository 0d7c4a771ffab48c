"""What tests of the open window work on: a clip, a pose, predictions."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from poseapp.app.session import Session
from poseapp.app.settings import Settings
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
from poseapp.video import VideoWriter

NUM_FRAMES, WIDTH, HEIGHT = 24, 160, 120


def coco_settings() -> Settings:
    """Settings of its own, in memory; new projects have COCO's 17 keypoints."""
    return Settings(overrides={"skeleton": "coco17"})


def write_clip(path: Path, num_frames: int = NUM_FRAMES, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """A bright square that moves to the right over grey."""
    writer = VideoWriter(path, 25.0, width, height)
    for k in range(num_frames):
        image = np.full((height, width, 3), 50, np.uint8)
        image[height // 3 : 2 * height // 3, 4 * k : 4 * k + 30] = (220, 160, 40)
        writer.write(image)
    writer.close()
    return path


def pose(shift: float = 0.0, num: int = 17, score: float | None = None) -> Instance:
    """Keypoints on a grid of 10 pixels from (20, 20)."""
    k = np.arange(num)
    points = np.stack([20.0 + 10 * (k % 5) + shift, 20.0 + 10 * (k // 5)], axis=1)
    scores = None if score is None else np.full(num, score, np.float32)
    return Instance(points, scores=scores, score=score)


def write_predictions(
    session: Session,
    name: str = "predict-1",
    people: int = 1,
    low: tuple[int, ...] = (),
    frames: Sequence[int] | None = None,
) -> Path:
    """Predictions of frames (None: all) of the current video; `low` frames with a low score."""
    assert session.project is not None and session.video is not None
    session.project.predictions_dir.mkdir(exist_ok=True)
    path = session.project.predictions_dir / f"{name}.h5"
    skeleton = load_skeleton("coco17")
    with PredictionWriter(path, skeleton, [session.video.rel_path], net="grid") as writer:
        for k in range(session.num_frames) if frames is None else frames:
            score = 0.1 if k in low else 0.9
            writer.append(0, k, [pose(k / 10 + 60 * p, score=score) for p in range(people)])
    session.reload_predictions()
    return path
