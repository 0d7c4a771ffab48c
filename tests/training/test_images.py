import os
import sys

import cv2
import numpy as np
import pytest

from poseapp.errors import FormatError, TrainingError
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.skeleton import load_skeleton
from poseapp.training.images import ImageReader


def reader(root, name):
    return ImageReader(Dataset(load_skeleton("openfield4"), [ImageEntry(name)], root=root))


@pytest.mark.parametrize("name", ["größe 写真.png", os.fsdecode(b"\xff\xfe.png")])
def test_any_name_that_the_system_allows(tmp_path, name):
    image = np.zeros((4, 6, 3), np.uint8)
    image[..., 0] = 200
    try:
        (tmp_path / name).write_bytes(cv2.imencode(".png", image[..., ::-1])[1].tobytes())
    except (OSError, UnicodeError):
        pytest.skip(f"{sys.platform} allows no such name")
    assert np.array_equal(reader(tmp_path, name)[0], image)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_missing_and_damaged_pictures_are_one_line(tmp_path, content):
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(TrainingError, match="missing or unreadable") as caught:
        reader(tmp_path, "a.png")[0]
    assert "\n" not in str(caught.value)


def test_names_stay_in_the_folder(tmp_path):
    with pytest.raises(FormatError, match="leads out"):
        reader(tmp_path, "../a.png")[0]
