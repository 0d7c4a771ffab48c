"""Pictures of what the network thinks while it learns."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.affine import apply, crop_matrix, warp
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.paths import write_atomic
from poseapp.render.overlay import draw_instances
from poseapp.training.data import Sample

TILE = 224


def contact_sheet(
    samples: Sequence[Sample],
    points: NDArray[np.float64],
    scores: NDArray[np.float32],
    skeleton: Skeleton,
    columns: int = 4,
) -> NDArray[np.uint8]:
    """Draw the predictions of some samples side by side.

    Args:
        samples: N held-out samples.
        points: ``(N, K, 2)`` predictions in sample pixels.
        scores: ``(N, K)``.
        skeleton: Of the predictions.
        columns: Tiles a row.

    Returns:
        ``(rows * TILE, columns * TILE, 3)`` uint8 RGB.
    """
    tiles = []
    columns = min(columns, len(samples))
    for sample, found, score in zip(samples, points, scores, strict=True):
        matrix = crop_matrix(sample.box, (TILE, TILE), scale=1.35)
        tile = np.ascontiguousarray(warp(sample.image, matrix, (TILE, TILE)))
        seen = np.full(len(found), 2, np.uint8)
        instance = Instance(apply(matrix, found), seen, score, float(score.mean()), "prediction:preview")
        tiles.append(draw_instances(tile, [instance], skeleton, predicted=True))
    while len(tiles) % columns:
        tiles.append(np.zeros((TILE, TILE, 3), np.uint8))
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.ascontiguousarray(np.vstack(rows))


def save_jpeg(image: NDArray[np.uint8], path: Path) -> None:
    """Write an RGB picture."""
    ok, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert ok
    write_atomic(path, data.tobytes())
