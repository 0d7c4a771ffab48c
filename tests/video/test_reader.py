"""Frame k is the same bytes however it is reached, in every form that video is stored in."""

import random
import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp.errors import VideoError
from poseapp.video import VideoFile, open_video
from poseapp.video.container import open_container, pick_stream
from poseapp.video.index import read_sample_tables, scan_packets
from tests.video.clips import CLIPS, Clip, ffmpeg, number_of


def all_frames(path: Path) -> list[np.ndarray]:
    with open_video(path) as video:
        decoded = list(video.frames())
        assert [k for k, _ in decoded] == list(range(len(video)))
    return [image for _, image in decoded]


def shown_by_ffmpeg(path: Path) -> list[np.ndarray]:
    """Decode with the ffmpeg program: another decoder build, no seeking, its own rotation."""
    width, height = (lambda v: (v.width, v.height))(open_video(path))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)]
    command += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))


def test_each_frame_is_the_one_its_number_says(clip: Clip, clip_path):
    path = clip_path(clip.name)
    images = all_frames(path)
    with open_video(path) as video:
        assert len(video) == len(clip.numbers) == len(video.timestamps)
        rotated = clip.name.startswith("rotated")
        size = (clip.height, clip.width) if rotated else (clip.width, clip.height)
        assert (video.width, video.height) == size
        assert video.timestamps[0] == 0 and (np.diff(video.timestamps) > 0).all()
        if clip.start_time is not None:
            assert video.start_time == pytest.approx(clip.start_time, abs=0.002)
    for image in images:
        assert image.shape == (video.height, video.width, 3)
        assert image.dtype == np.uint8 and image.flags.c_contiguous
    upright = [np.rot90(image, -1) if rotated else image for image in images]
    assert [number_of(image) for image in upright] == list(clip.numbers)


def test_access_in_any_order_gives_the_bytes_of_the_full_decode(clip: Clip, clip_path):
    path = clip_path(clip.name)
    images = all_frames(path)
    count = len(images)
    shuffled = random.Random(5).sample(range(count), min(count, 25))
    backwards = list(range(count - 1, max(-1, count - 25), -1))
    strides = list(range(0, count, 7)) + list(range(count - 1, -1, -11))
    with VideoFile(path) as video:
        for k in shuffled + backwards + strides + [0, count - 1, 0]:
            assert np.array_equal(video[k], images[k]), f"frame {k}"


@pytest.mark.parametrize(
    "name", ["h264_gop250.mp4", "h264_open_gop.ts", "hevc.mp4", "edit_list.mp4", "vfr.mkv"]
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_walks(name: str, clip_path, data: st.DataObject):
    path = clip_path(name)
    if name not in _DECODED:
        _DECODED[name] = all_frames(path)
    images = _DECODED[name]
    walk = data.draw(st.lists(st.integers(0, len(images) - 1), min_size=1, max_size=8))
    with VideoFile(path) as video:
        for k in walk:
            assert np.array_equal(video[k], images[k])


_DECODED: dict[str, list[np.ndarray]] = {}


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_same_pictures_as_the_ffmpeg_program(clip: Clip, clip_path):
    path = clip_path(clip.name)
    images, expected = all_frames(path), shown_by_ffmpeg(path)
    assert len(images) == len(expected)
    worst = max(np.abs(a.astype(int) - b).mean() for a, b in zip(images, expected, strict=True))
    assert worst < 3  # decoders agree; scaling of colour planes may round differently


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_display_matrices(turn: int, mirror: bool, clip_path, tmp_path):
    path = tmp_path / "turned.mp4"
    flip = ["-display_hflip"] if mirror else []
    ffmpeg("-display_rotation", str(turn), *flip, "-i", clip_path("h264_faststart.mp4"), "-c", "copy", path)
    images, expected = all_frames(path), shown_by_ffmpeg(path)
    assert images[0].shape == expected[0].shape
    worst = max(np.abs(a.astype(int) - b).mean() for a, b in zip(images, expected, strict=True))
    assert worst < 3


def test_mp4_index_without_reading_packets_equals_the_scan(clip_path):
    used = []
    for clip in CLIPS:
        if not clip.name.endswith((".mp4", ".mov")):
            continue
        path = clip_path(clip.name)
        with open_container(path) as container:
            quick = read_sample_tables(path, container, pick_stream(container, path))
        with open_container(path) as container:
            scanned = scan_packets(container, pick_stream(container, path))
        if quick is not None:
            used.append(clip.name)
            for field in ("pts", "dts", "key", "shown"):
                assert np.array_equal(getattr(quick, field), getattr(scanned, field)), (clip.name, field)
    assert {"h264_gop250.mp4", "vfr.mp4", "hevc.mp4", "mjpeg.mov", "h264_faststart.mp4"} <= set(used)
    assert "fragmented.mp4" not in used


def test_variable_rate_times(clip_path):
    expected = np.array([k + k // 3 + (k * k % 5) / 7 for k in range(90)]) / 30
    for name in ("vfr.mp4", "vfr.mkv"):
        with open_video(clip_path(name)) as video:
            assert np.abs(video.timestamps - expected).max() < 0.002
            assert video.fps == pytest.approx(89 / expected[-1], rel=0.01)


def test_stated_rate_is_kept_exactly(clip_path):
    with open_video(clip_path("h264_gop250.mp4")) as video:
        assert video.fps == 30
        assert video.timestamps[299] == pytest.approx(299 / 30)
        assert video.codec == "h264" and video.warnings == [] and video.frame_name(3) == ""


@pytest.mark.parametrize("share", [0.35, 0.6, 0.85])
@pytest.mark.parametrize(
    "name",
    [
        "fragmented.mp4",
        "h264_faststart.mp4",
        "vfr.mkv",
        "h264_open_gop.ts",
        "hevc.ts",
        "vp9.webm",
        "mjpeg.avi",
    ],
)
def test_truncated_files_give_what_is_whole_and_one_warning(name: str, share: float, clip_path, tmp_path):
    whole = all_frames(clip_path(name))
    data = clip_path(name).read_bytes()
    cut = tmp_path / name
    size = int(len(data) * share)
    cut.write_bytes(data[: size + (size % 188 == 0)])
    told: list[str] = []
    with open_video(cut, on_warning=told.append) as video:
        assert 1 <= len(video) < len(whole)
        for k in [*range(len(video)), len(video) - 1, 0, len(video) // 2]:
            assert np.array_equal(video[k], whole[k])
        assert [k for k, _ in video.frames()] == list(range(len(video)))
        assert len(video.warnings) == 1 and video.warnings == told
        assert "ends early" in told[0] and "\n" not in told[0]


def test_lost_moov_names_the_repair(clip_path, tmp_path):
    data = clip_path("h264_gop250.mp4").read_bytes()
    cut = tmp_path / "lost.mp4"
    cut.write_bytes(data[: len(data) // 2])
    with pytest.raises(VideoError, match=r"moov.*untrunc") as caught:
        open_video(cut)
    assert "\n" not in str(caught.value)


_PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nh264_open_gop.ts\n#EXT-X-ENDLIST\n"


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"hello\n" * 400, "not a video"),
        ("text.txt", b"hello\n" * 400, "not a video"),
        ("noise.mkv", bytes(range(256)) * 64, "not a video"),
        ("list.m3u8", _PLAYLIST, "not a video"),
        ("list.txt", b"ffconcat version 1.0\nfile 'h264_gop250.mp4'\n", "not a video"),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(name: str, data: bytes, says: str, clip_path, tmp_path):
    for other in ("h264_open_gop.ts", "h264_gop250.mp4"):
        shutil.copy(clip_path(other), tmp_path / other)
    path = _write(tmp_path / name, data)
    with pytest.raises(VideoError, match=says) as caught:
        open_video(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_missing_file_sound_and_odd_names(clip_path, tmp_path):
    with pytest.raises(VideoError, match="no such file"):
        open_video(tmp_path / "gone.mp4")
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", tmp_path / "tone.wav")
    with pytest.raises(VideoError, match="no video stream"):
        open_video(tmp_path / "tone.wav")
    odd = tmp_path / "concat:weird %d 'name' é.mp4"
    shutil.copy(clip_path("single.mp4"), odd)
    with open_video(odd) as video:
        assert number_of(video[0]) == 0


def test_damage_in_the_middle_is_survived(clip_path, tmp_path):
    data = bytearray(clip_path("h264_faststart.mp4").read_bytes())
    start = int(len(data) * 0.5)
    data[start : start + 600] = bytes(600)
    path = _write(tmp_path / "hole.mp4", bytes(data))
    whole = all_frames(clip_path("h264_faststart.mp4"))
    with open_video(path) as video:
        got = dict(video.frames())
        assert len(video) == len(whole)
        assert sum(np.array_equal(got[k], whole[k]) for k in got if k in range(60)) >= 20
        assert np.array_equal(video[0], whole[0])


def test_indices(clip_path):
    with open_video(clip_path("single.mp4")) as video:
        assert np.array_equal(video[-1], video[0]) and video.fps == 30
        for k in (1, -2):
            with pytest.raises(IndexError):
                video[k]
    with pytest.raises(VideoError, match="closed"):
        video[0]
    with open_video(clip_path("h264_gop250.mp4")) as video:
        assert [k for k, _ in video.frames(10, 50, 13)] == [10, 23, 36, 49]
        assert [k for k, _ in video.frames(295)] == [295, 296, 297, 298, 299]
        assert np.array_equal(video[np.int64(7)], video[7])


def test_a_second_reader_shares_the_index(clip_path):
    for name in ("h264_gop250.mp4", "h264_open_gop.ts"):
        with VideoFile(clip_path(name)) as video, video.second() as other:
            assert len(other) == len(video) and other.fps == video.fps
            for k in (len(video) - 1, 3, 57):
                assert np.array_equal(other[k], video[k])


def test_real_videos(shared_data):
    for name, count in (("tfjs/pose_squats.mp4", 65), ("video/sports2d_walk_vp9.mp4", 230)):
        with open_video(shared_data / name) as video:
            assert len(video) == count
            some = {k: video[k] for k in (count - 1, count // 2, 1)}
            for k, image in video.frames(0, count):
                assert k not in some or np.array_equal(image, some[k])
