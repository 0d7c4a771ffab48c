import io
import struct
import zlib

import cv2
import numpy as np
import pytest

from poseapp.formats.picture_size import picture_size, stated_size
from poseapp.video import open_video


def encoded(extension, width=30, height=20):
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.imencode(extension, image)[1].tobytes()


def exif(orientation, order):
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 0x010F, 3, 1, 9, 0)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return head + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0)


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def check(tmp_path, name, content):
    """The size without decoding is that of the picture as it is shown."""
    (tmp_path / name).write_bytes(content)
    with open_video(tmp_path / name) as shown:
        assert picture_size(tmp_path / name) == (shown.width, shown.height)
    return shown.width, shown.height


@pytest.mark.parametrize("extension", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_every_kind(tmp_path, extension):
    assert check(tmp_path, f"a{extension}", encoded(extension)) == (30, 20)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_photographs(tmp_path, orientation, order):
    plain = encoded(".jpg")
    big = segment(0xE2, b"\xff\xc0" * 20_000)
    content = plain[:2] + big + segment(0xE1, b"Exif\0\0" + exif(orientation, order)) + plain[2:]
    size = check(tmp_path, "a.jpg", content)
    assert size == ((20, 30) if orientation >= 5 else (30, 20))


def test_a_turned_png(tmp_path):
    plain = encoded(".png")
    content = exif(6, ">")
    chunk = struct.pack(">I4s", len(content), b"eXIf") + content
    chunk += struct.pack(">I", zlib.crc32(chunk[4:]))
    check(tmp_path, "a.png", plain[:33] + chunk + plain[33:])


def test_a_picture_written_over_is_read_again(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(".png"))
    assert picture_size(tmp_path / "a.png") == (30, 20)
    (tmp_path / "a.png").write_bytes(encoded(".png", 31, 21) + b"more")
    assert picture_size(tmp_path / "a.png") == (31, 21)


def test_what_is_no_picture(tmp_path):
    assert picture_size(tmp_path / "none.png") is None
    for whole in (encoded(".png"), encoded(".jpg")):
        for length in (0, 3, 9, 20):
            (tmp_path / "cut").write_bytes(whole[:length])
            assert picture_size(tmp_path / "cut") is None


@pytest.mark.parametrize("extension", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_the_size_that_is_stated_is_read_without_decoding(extension, monkeypatch):
    whole = encoded(extension, 300, 20)
    lossy, clear = (
        cv2.imencode(".webp", np.zeros((20, 300, channels), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 50])[1]
        for channels in (3, 4)
    )
    monkeypatch.setattr(cv2, "imdecode", None)
    assert stated_size(io.BytesIO(whole)) == (300, 20)
    if extension == ".webp":
        assert {one.tobytes()[12:16] for one in (lossy, clear)} == {b"VP8 ", b"VP8X"}
        assert [stated_size(io.BytesIO(one.tobytes())) for one in (lossy, clear)] == [(300, 20)] * 2
    for length in (0, 3, 9, 14):
        assert stated_size(io.BytesIO(whole[:length])) is None


def test_a_bitmap_from_top_to_bottom_and_one_of_os2():
    top_first = b"BM" + bytes(12) + struct.pack("<Iii", 40, 30, -20) + bytes(8)
    assert stated_size(io.BytesIO(top_first)) == (30, 20)
    assert stated_size(io.BytesIO(b"BM" + bytes(12) + struct.pack("<IHH", 12, 30, 20))) == (30, 20)
