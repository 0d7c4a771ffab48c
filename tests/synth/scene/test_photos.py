"""Photographs behind people: good ones are used, bad ones skipped, none at all is said."""

import cv2
import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.synth.scene import photos
from poseapp.synth.scene.photos import LARGEST_SIDE, photo_crop, photographs


def write(path, size=(60, 80), value=200):
    image = np.full((*size, 3), value, np.uint8)
    image[:, : size[1] // 2] = 30
    assert cv2.imwrite(str(path), image)


def crop(folder, seed=0, width=64, height=48):
    return photo_crop(str(folder), np.random.default_rng(seed), width, height)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(SynthError, match="no such folder"):
        crop(tmp_path / "gone")


def test_an_empty_folder_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(SynthError, match="no photographs"):
        crop(tmp_path)


def test_broken_files_alone_are_said(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(b"not a picture" * 20)
    with pytest.raises(SynthError, match="none of the 3 photographs"):
        crop(tmp_path)


def test_one_good_photograph_among_broken_ones_is_found(tmp_path):
    for number in range(40):
        (tmp_path / f"{number:02}.png").write_bytes(b"\x89PNG broken")
    (tmp_path / "below").mkdir()
    write(tmp_path / "below" / "good.JPG")
    for seed in range(5):
        part = crop(tmp_path, seed)
        assert part.shape == (48, 64, 3) and part.dtype == np.uint8
        assert np.ptp(part.astype(int)) > 60, "the photograph's two halves are both in the part"


def test_a_picture_that_claims_to_be_huge_is_skipped(tmp_path):
    assert cv2.imwrite(str(tmp_path / "wide.png"), np.zeros((10_001, 10_000), np.uint8))
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    (tmp_path / "bomb.png").write_bytes(header + b"\x00" * 100)
    with pytest.raises(SynthError, match="none of the 2 photographs"):
        crop(tmp_path)


@pytest.mark.parametrize("extension", [".png", ".jpg", ".bmp", ".webp", ".tif"])
def test_what_states_more_than_is_read_is_not_even_decoded(tmp_path, monkeypatch, extension):
    write(tmp_path / f"large{extension}", (80, 120))
    assert crop(tmp_path).shape == (48, 64, 3)
    photos._read.cache_clear()
    monkeypatch.setattr(photos, "LARGEST_PIXELS", 80 * 120 - 1)
    monkeypatch.setattr(cv2, "imdecode", None)
    with pytest.raises(SynthError, match="none of the 1 photographs"):
        crop(tmp_path)


def test_large_photographs_are_kept_small(tmp_path):
    write(tmp_path / "large.png", (1500, 3000))
    assert crop(tmp_path, width=32, height=32).shape == (32, 32, 3)
    from poseapp.synth.scene.photos import _read

    kept = _read(photographs(str(tmp_path))[0])
    assert kept is not None and max(kept.shape) <= LARGEST_SIDE


def test_the_same_seed_gives_the_same_part(tmp_path):
    for number in range(3):
        write(tmp_path / f"{number}.png", value=100 + 50 * number)
    assert np.array_equal(crop(tmp_path, 3), crop(tmp_path, 3))
    parts = {crop(tmp_path, seed).tobytes() for seed in range(8)}
    assert len(parts) > 4
