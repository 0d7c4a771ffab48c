"""Writing video, and recognising it after it was moved."""

import json
import shutil
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest

from poseapp.errors import VideoError
from poseapp.video import VideoWriter, fingerprint, open_video
from poseapp.video.mp4 import top_level_boxes
from tests.video.clips import number_of, numbered_frame


@pytest.mark.parametrize(("width", "height"), [(160, 120), (161, 121), (162, 121)])
@pytest.mark.parametrize("fps", [30, 23.976, 12.5])
def test_what_is_written_is_read_back(width, height, fps, tmp_path):
    path = tmp_path / "out.mp4"
    pictures = [numbered_frame(number, width, height) for number in range(40)]
    with VideoWriter(path, fps, width, height) as writer:
        for picture in pictures:
            writer.write(picture)
    with open_video(path) as video:
        assert (video.width, video.height) == (width + width % 2, height + height % 2)
        assert len(video) == 40 and video.fps == pytest.approx(fps, rel=1e-4) and video.warnings == []
        for k, image in video.frames():
            assert number_of(image) == k
            assert np.abs(image[:height, :width].astype(int) - pictures[k]).mean() < 8


def test_colours_survive(tmp_path):
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128), (250, 250, 250)]
    for size in ((64, 64), (1280, 720)):
        with VideoWriter(tmp_path / "colours.mp4", 10, *size) as writer:
            for colour in colours:
                writer.write(np.full((size[1], size[0], 3), colour, np.uint8))
        with open_video(tmp_path / "colours.mp4") as video:
            for k, image in video.frames():
                assert np.abs(image.reshape(-1, 3).mean(0) - colours[k]).max() < 4


def test_every_player_can_open_it(tmp_path):
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 30, 64, 48) as writer:
        for number in range(5):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
    kinds = [kind for kind, _, _ in top_level_boxes(path)]
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    told = subprocess.run([ffmpeg, "-i", str(path)], capture_output=True, text=True).stderr
    assert "h264" in told and "yuv420p(tv, bt709" in told.replace("progressive", "")


def test_nothing_half_written(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"before")
    writer = VideoWriter(path, 30, 64, 48)
    writer.write(np.zeros((48, 64, 3), np.uint8))
    assert path.read_bytes() == b"before"
    with pytest.raises(RuntimeError), writer:
        raise RuntimeError("the caller failed")
    assert path.read_bytes() == b"before"
    with pytest.raises(VideoError, match="no pictures"), VideoWriter(path, 30, 64, 48):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
    with VideoWriter(path, 30, 64, 48) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    with open_video(path) as video:
        assert len(video) == 1
    with pytest.raises(VideoError, match="closed"):
        writer.write(np.zeros((48, 64, 3), np.uint8))


@pytest.mark.parametrize(
    ("fps", "width", "height"),
    [(0, 64, 48), (-3, 64, 48), (float("nan"), 64, 48), (30, 0, 48), (30, 64, 99999)],
)
def test_impossible_videos(fps, width, height, tmp_path):
    with pytest.raises(VideoError):
        VideoWriter(tmp_path / "out.mp4", fps, width, height)
    assert list(tmp_path.iterdir()) == []


def test_wrong_pictures_and_folders(tmp_path):
    with pytest.raises(VideoError, match="cannot write") as caught:
        VideoWriter(tmp_path / "gone" / "out.mp4", 30, 64, 48)
    assert "\n" not in str(caught.value)
    with VideoWriter(tmp_path / "out.mp4", 30, 64, 48) as writer:
        for wrong in (np.zeros((64, 48, 3), np.uint8), np.zeros((48, 64, 3)), np.zeros((48, 64), np.uint8)):
            with pytest.raises(VideoError, match="does not fit"):
                writer.write(wrong)
        writer.write(np.asfortranarray(np.zeros((48, 64, 3), np.uint8)))


def test_fingerprint_follows_content_not_name(clip_path, tmp_path):
    path = clip_path("mjpeg.avi")
    moved = tmp_path / "other name.avi"
    shutil.copy(path, moved)
    assert fingerprint(path) == fingerprint(moved) != fingerprint(clip_path("mjpeg.mov"))
    assert json.dumps(fingerprint(path)).isascii()
    data = bytearray(moved.read_bytes())
    data[-100] ^= 1
    moved.write_bytes(data)
    assert fingerprint(path) != fingerprint(moved)
    with pytest.raises(VideoError, match="cannot be read"):
        fingerprint(tmp_path / "gone.mp4")
