"""What all tests share: places, and data that the tests make themselves."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

# Many small tests side by side with other work: more threads than this only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory, monkeypatch):
    """Settings and caches of tests never touch those of the person who runs them."""
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("POSEAPP_CONFIG_DIR", str(folder / "config"))
    monkeypatch.setenv("POSEAPP_CACHE_DIR", str(folder / "cache"))


@pytest.fixture(scope="session")
def built_body() -> Path:
    """The folder of the body model, built once a checkout, since that takes a minute."""
    from poseapp.synth.body.model import load_body

    folder = ROOT / ".body"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSEAPP_BODY_DIR", str(folder))
        load_body()
    return folder


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real test data (../shared/data) is not on this machine")
    return folder


POINT_NAMES = ("middle", "left_corner", "right_corner")


def draw_mark(image: np.ndarray, x: float, y: float) -> list[list[float]]:
    """Draw a white square with a blue left and a red right side; returns its three keypoints."""
    x, y = round(x), round(y)
    cv2.rectangle(image, (x - 10, y - 10), (x + 10, y + 10), (255, 255, 255), -1)
    cv2.rectangle(image, (x - 10, y - 10), (x - 5, y + 10), (40, 80, 255), -1)
    cv2.rectangle(image, (x + 5, y - 10), (x + 10, y + 10), (255, 60, 40), -1)
    return [[x, y], [x - 10, y - 10], [x + 10, y - 10]]


@pytest.fixture(scope="session")
def marks(tmp_path_factory) -> Path:
    """A folder with `marks.json` (COCO) and 24 pictures of 96 x 96 that show one mark each."""
    folder = tmp_path_factory.mktemp("marks")
    rng = np.random.default_rng(5)
    images, annotations = [], []
    for number in range(1, 25):
        image = rng.integers(0, 90, (96, 96, 3), np.uint8)
        points = draw_mark(image, *rng.uniform(20, 76, 2))
        name = f"pictures/mark_{number:02d}.png"
        (folder / "pictures").mkdir(exist_ok=True)
        assert cv2.imwrite(str(folder / name), image[..., ::-1])
        images.append({"id": number, "file_name": name, "width": 96, "height": 96})
        flat = [float(value) for point in points for value in (*point, 2)]
        box = [points[1][0], points[1][1], 20.0, 20.0]
        annotation = {"id": number, "image_id": number, "category_id": 1, "keypoints": flat, "bbox": box}
        annotations.append({**annotation, "area": 400.0, "iscrowd": 0, "num_keypoints": 3})
    category = {"id": 1, "name": "mark", "keypoints": list(POINT_NAMES), "skeleton": [[1, 2], [1, 3]]}
    document = {"images": images, "annotations": annotations, "categories": [category]}
    (folder / "marks.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="session")
def marks_run(marks, tmp_path_factory):
    """A short but real training on `marks`; its result has the checkpoint."""
    from poseapp import api

    out = tmp_path_factory.mktemp("runs") / "marks"
    return api.train(marks / "marks.json", net="fpnpose_t", init="none", epochs=25, out=out, device="cpu")


@pytest.fixture(scope="session")
def marks_video(tmp_path_factory) -> Path:
    """A movie of 12 frames, 96 x 96, in which a mark moves to the right."""
    from poseapp.video import VideoWriter

    path = tmp_path_factory.mktemp("video") / "marks.mp4"
    with VideoWriter(path, 12.0, 96, 96) as writer:
        for k in range(12):
            image = np.full((96, 96, 3), 45, np.uint8)
            draw_mark(image, 24 + 4 * k, 48)
            writer.write(image)
    return path


@pytest.fixture
def picture_folder(tmp_path) -> Path:
    """Six 64 x 48 pictures in which a bright square moves to the right."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(6):
        image = np.full((48, 64, 3), 40, np.uint8)
        image[16:32, 8 * number : 8 * number + 16] = (60, 160, 240)
        assert cv2.imwrite(str(folder / f"frame_{number:02d}.png"), image)
    return folder
