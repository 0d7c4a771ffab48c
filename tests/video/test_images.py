"""Image folders as videos."""

import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from poseapp.errors import VideoError
from poseapp.video import ImageFolder, fingerprint, open_video
from poseapp.video.images import natural_key


def write(path: Path, value: int, width: int = 40, height: int = 30) -> Path:
    image = np.full((height, width, 3), value, np.uint8)
    image[0, 0] = (255, 0, 0)  # blue in OpenCV's order
    assert cv2.imwrite(str(path), image)
    return path


def test_natural_order_and_colours(tmp_path):
    for number in (10, 9, 100, 1):
        write(tmp_path / f"shot{number}.png", number)
    write(tmp_path / ".hidden.png", 0)
    (tmp_path / "notes.txt").write_text("no picture")
    told: list[str] = []
    with open_video(tmp_path, on_warning=told.append) as folder:
        assert isinstance(folder, ImageFolder) and len(folder) == 4
        assert [folder.frame_name(k) for k in range(4)] == [f"shot{n}.png" for n in (1, 9, 10, 100)]
        assert [int(image[5, 5, 0]) for _, image in folder.frames()] == [1, 9, 10, 100]
        assert folder[0][0, 0].tolist() == [0, 0, 255]
        assert (folder.width, folder.height, folder.fps, folder.codec) == (40, 30, 25, "images")
        assert folder.timestamps.tolist() == pytest.approx([0, 0.04, 0.08, 0.12])
        assert [k for k, _ in folder.frames(3, 0, -2)] == [3, 1]
        assert np.array_equal(folder[-1], folder[3]) and folder[2].flags.c_contiguous
        with pytest.raises(IndexError):
            folder[4]
    assert told == []
    with pytest.raises(VideoError, match="closed"):
        folder[0]


def test_natural_key_orders_mixed_names():
    names = ["b1", "a10", "a2", "a", "10", "2", "A3"]
    assert sorted(names, key=natural_key) == ["2", "10", "a", "a2", "A3", "a10", "b1"]


def test_sizes_may_differ(tmp_path):
    write(tmp_path / "a.png", 1, 40, 30)
    write(tmp_path / "b.png", 2, 20, 50)
    with open_video(tmp_path) as folder:
        assert folder[0].shape == (30, 40, 3) and folder[1].shape == (50, 20, 3)
        assert (folder.width, folder.height) == (40, 30)


def test_grey_alpha_and_sixteen_bit(tmp_path):
    assert cv2.imwrite(str(tmp_path / "1.png"), np.full((8, 9), 77, np.uint8))
    assert cv2.imwrite(str(tmp_path / "2.png"), np.full((8, 9, 4), 90, np.uint8))
    assert cv2.imwrite(str(tmp_path / "3.png"), np.full((8, 9, 3), 100 << 8, np.uint16))
    with open_video(tmp_path) as folder:
        for k, value in enumerate((77, 90, 100)):
            assert folder[k].shape == (8, 9, 3) and folder[k].dtype == np.uint8
            assert abs(int(folder[k][4, 4, 1]) - value) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(orientation: int, tmp_path):
    upright = np.zeros((48, 64, 3), np.uint8)
    upright[:24, :32] = 255  # white in the upper left quarter
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    ok, jpeg = cv2.imencode(".jpg", np.ascontiguousarray(stored))
    assert ok
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    data = jpeg.tobytes()
    (tmp_path / "photo.jpg").write_bytes(data[:2] + segment + data[2:])
    with open_video(tmp_path) as folder:
        assert (folder.width, folder.height) == (64, 48)
        assert np.abs(folder[0].astype(int) - upright).mean() < 10


def test_a_single_picture(tmp_path):
    with open_video(write(tmp_path / "one.png", 7)) as video:
        assert len(video) == 1 and video[0][9, 9].tolist() == [7, 7, 7]


def test_trouble(tmp_path):
    with pytest.raises(VideoError, match="no pictures") as caught:
        open_video(tmp_path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)
    write(tmp_path / "1.png", 1)
    (tmp_path / "2.png").write_bytes(b"broken")
    (tmp_path / "3.png").write_bytes(b"")
    write(tmp_path / "4.png", 4)
    with open_video(tmp_path) as folder:
        with pytest.raises(VideoError, match=r"2\.png"):
            folder[1]
        assert [k for k, _ in folder.frames()] == [0, 3]
        assert [k for k, _ in folder.frames()] == [0, 3]
        assert len(folder.warnings) == 2
    with pytest.raises(VideoError, match=r"gone"):
        open_video(tmp_path / "gone")
    with pytest.raises(VideoError, match=r"no such"):
        open_video(tmp_path / "gone.png")


def test_fingerprint_of_a_folder(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        for number in range(3):
            write(folder / f"{number}.png", number)
    (second / "notes.txt").write_text("not counted")
    assert fingerprint(first) == fingerprint(second)
    write(second / "3.png", 3)
    assert fingerprint(first) != fingerprint(second)
    (tmp_path / "empty").mkdir()
    with pytest.raises(VideoError, match="no pictures"):
        fingerprint(tmp_path / "empty")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_header_that_promises_a_gigapixel_is_not_believed(tmp_path):
    """In a process of its own: OpenCV takes its limit when it is loaded."""
    code = (
        "import sys, zlib, struct, poseapp\n"
        "from poseapp.video import open_video\n"
        "from pathlib import Path\n"
        "def chunk(kind, data):\n"
        "    body = kind + data\n"
        "    return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))\n"
        "head = struct.pack('>IIBBBBB', 30000, 30000, 8, 2, 0, 0, 0)\n"
        "png = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(b'0' * 99))\n"
        "Path(sys.argv[1], 'a.png').write_bytes(png + chunk(b'IEND', b''))\n"
        "try:\n"
        "    open_video(sys.argv[1])\n"
        "except poseapp.PoseError as error:\n"
        # Not getrusage: its peak is inherited from the process that started this one.
        "    peak = next(x for x in open('/proc/self/status') if x.startswith('VmHWM'))\n"
        "    print(int(peak.split()[1]) // 1024, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert "too large or damaged" in done.stdout, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) < 800
