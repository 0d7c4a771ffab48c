"""A set of drawn pictures that a tiny network learns in seconds."""

import json

import cv2
import numpy as np
import pytest
import torch

COLOURS = {"left_hand": (255, 40, 40), "right_hand": (40, 255, 40), "head": (60, 60, 255)}


def draw(rng: np.random.Generator, size: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """A noisy picture with one coloured disc a keypoint: image (S, S, 3) RGB and points (3, 2)."""
    image = rng.integers(60, 140, (size, size, 3)).astype(np.uint8)
    while True:
        points = rng.uniform(14, size - 14, (3, 2))
        gaps = np.linalg.norm(points[:, None] - points[None], axis=-1)[np.triu_indices(3, 1)]
        if gaps.min() > 22:
            break
    for colour, (x, y) in zip(COLOURS.values(), points, strict=True):
        cv2.circle(image, (round(x * 16), round(y * 16)), 7 * 16, colour, -1, cv2.LINE_AA, shift=4)
    return image, points


def write_set(folder, count: int, seed: int) -> str:
    """Write pictures and a COCO file; returns the file's path."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    images, annotations = [], []
    for number in range(1, count + 1):
        image, points = draw(rng)
        cv2.imwrite(str(folder / f"{number}.png"), image[..., ::-1])
        images.append({"id": number, "file_name": f"{number}.png", "width": 96, "height": 96})
        low, high = points.min(0), points.max(0)
        annotations.append(
            {
                "id": number,
                "image_id": number,
                "category_id": 1,
                "iscrowd": 0,
                "num_keypoints": 3,
                "bbox": [*low.tolist(), *(high - low).tolist()],
                "area": float(np.prod(high - low)),
                "keypoints": [v for x, y in points.tolist() for v in (x, y, 2)],
            }
        )
    category = {"id": 1, "name": "discs", "keypoints": list(COLOURS), "skeleton": [[1, 3], [2, 3]]}
    path = folder / "labels.json"
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": [category]}))
    return str(path)


@pytest.fixture(scope="session")
def discs(tmp_path_factory) -> str:
    """48 drawn pictures."""
    return write_set(tmp_path_factory.mktemp("discs") / "set", 48, seed=0)


@pytest.fixture(scope="session")
def few_discs(tmp_path_factory) -> str:
    """Eight other ones."""
    return write_set(tmp_path_factory.mktemp("few") / "set", 8, seed=5)


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Networks this small gain nothing from threads and lose much when the machine is busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
