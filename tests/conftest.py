"""What all tests share: places, and data that the tests make themselves."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

# Many small tests side by side with other work: more threads than this only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "2")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory, monkeypatch):
    """Settings and caches of tests never touch those of the person who runs them."""
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("POSEAPP_CONFIG_DIR", str(folder / "config"))
    monkeypatch.setenv("POSEAPP_CACHE_DIR", str(folder / "cache"))


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
