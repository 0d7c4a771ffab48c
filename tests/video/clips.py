"""Small clips whose every frame carries its own number, made by ffmpeg in many forms."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

WIDTH, HEIGHT = 160, 120
BLOCK = 16  # one bit of the frame number, in pixels
BITS = 10
_TEXTURE = np.random.default_rng(7).integers(40, 200, (HEIGHT, 4 * WIDTH, 3), dtype=np.uint8)
_X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")


def numbered_frame(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Draw one `(H, W, 3)` picture: a moving texture and `number` as black and white blocks along the top."""
    image = np.empty((height, width, 3), np.uint8)
    shift = (3 * number) % (3 * WIDTH)
    rows = np.arange(height) % HEIGHT
    image[:] = _TEXTURE[rows][:, (np.arange(width) + shift) % (4 * WIDTH)] // 8 + 90
    for bit in range(BITS):
        row, column = divmod(bit, 5)
        top, left = 8 + row * 2 * BLOCK, 8 + column * BLOCK * 7 // 4
        image[top : top + BLOCK, left : left + BLOCK] = 235 if number >> bit & 1 else 20
    return image


def number_of(image: np.ndarray) -> int:
    """Read the frame number back from the blocks of an unrotated picture."""
    number = 0
    for bit in range(BITS):
        row, column = divmod(bit, 5)
        top, left = 8 + row * 2 * BLOCK, 8 + column * BLOCK * 7 // 4
        block = image[top + 4 : top + BLOCK - 4, left + 4 : left + BLOCK - 4]
        number |= int(block.mean() > 128) << bit
    return number


def ffmpeg(*arguments: str | Path, frames: Iterator[np.ndarray] | None = None) -> None:
    """Run ffmpeg quietly, feeding it raw pictures where `frames` is given."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y", "-threads", "2"]
    data = b"" if frames is None else b"".join(frame.tobytes() for frame in frames)
    subprocess.run([*command, *map(str, arguments)], input=data, check=True)


def encode(path: Path, count: int, *arguments: str, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Encode `count` numbered pictures at 30 a second with the given ffmpeg output options."""
    pictures = (numbered_frame(number, width, height) for number in range(count))
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "30", "-i", "-")
    ffmpeg(*source, *arguments, path, frames=pictures)
    return path


@dataclass(frozen=True)
class Clip:
    """One way of storing video.

    Attributes:
        name: File name.
        make: Writes the clip to the given path.
        numbers: The numbers that its shown frames carry, in order.
        width: Stored width in pixels.
        height: Stored height in pixels.
        start_time: Time of the first shown frame in seconds, where the test knows it.
    """

    name: str
    make: Callable[[Path], object]
    numbers: range
    width: int = WIDTH
    height: int = HEIGHT
    start_time: float | None = None


def _simple(name: str, count: int, *arguments: str, width: int = WIDTH, height: int = HEIGHT) -> Clip:
    def make(path: Path) -> Path:
        return encode(path, count, *arguments, width=width, height=height)

    return Clip(name, make, range(count), width, height)


def _cut(path: Path) -> None:
    """Cut in the middle of a group of pictures without encoding again: the container gets an edit list."""
    whole = encode(path.with_name("whole_" + path.name), 200, *_X264, "-g", "100", "-bf", "2")
    ffmpeg("-ss", "1.5", "-i", whole, "-c", "copy", "-avoid_negative_ts", "disabled", path)


def _offset(path: Path) -> None:
    whole = encode(path.with_name("whole_" + path.stem + ".mp4"), 90, *_X264, "-g", "30", "-bf", "2")
    ffmpeg("-i", whole, "-c", "copy", "-output_ts_offset", "2.5", path)


def _rotated(path: Path) -> None:
    whole = encode(path.with_name("whole_" + path.name), 30, *_X264, "-g", "10")
    ffmpeg("-display_rotation", "90", "-i", whole, "-c", "copy", path)


_VFR_TIMES = "settb=1/9000,setpts='(N+floor(N/3)+mod(N*N\\,5)/7)/30/TB'"
_VFR = ("-vf", _VFR_TIMES, "-fps_mode", "passthrough", "-enc_time_base", "1/9000")

CLIPS = (
    _simple("h264_gop250.mp4", 300, *_X264, "-g", "250", "-bf", "3", "-sc_threshold", "0"),
    _simple("h264_faststart.mp4", 60, *_X264, "-g", "20", "-bf", "2", "-movflags", "+faststart"),
    _simple("h264_open_gop.mp4", 100, *_X264, "-x264-params", "open-gop=1:keyint=20:min-keyint=20:bframes=3"),
    _simple("h264_open_gop.ts", 100, *_X264, "-x264-params", "open-gop=1:keyint=20:min-keyint=20:bframes=3"),
    _simple("h264_intra_refresh.mkv", 90, *_X264, "-x264-params", "intra-refresh=1:keyint=30:bframes=0"),
    _simple("h264_baseline.mp4", 60, *_X264, "-g", "15", "-profile:v", "baseline"),
    _simple("h264_raw.h264", 60, *_X264, "-g", "20", "-bf", "2"),
    _simple("hevc.mp4", 75, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-tag:v",
    "hvc1",
            "-x265-params", "keyint=25:min-keyint=25:bframes=4:open-gop=1:log-level=error"),
    _simple("hevc.ts", 75, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            "-x265-params", "keyint=25:min-keyint=25:bframes=4:open-gop=1:log-level=error"),
    _simple("vp9.webm", 75, "-c:v", "libvpx-vp9", "-cpu-used", "8", "-g", "25", "-b:v", "500k",
            "-auto-alt-ref", "1", "-lag-in-frames", "12"),
    _simple("av1.mp4", 40, "-c:v", "libaom-av1", "-cpu-used", "8", "-g", "20", "-crf", "30"),
    _simple("vfr.mp4", 90, *_X264, "-g", "30", "-bf", "3", *_VFR),
    _simple("vfr.mkv", 90, *_X264, "-g", "30", "-bf", "3", *_VFR),
    _simple("mjpeg.avi", 40, "-c:v", "mjpeg", "-q:v", "3"),
    _simple("mjpeg.mov", 40, "-c:v", "mjpeg", "-q:v", "3"),
    _simple("mpeg4_b_frames.avi", 60, "-c:v", "mpeg4", "-bf", "2", "-g", "20", "-q:v", "3"),
    _simple("mpeg2.mpg", 60, "-c:v", "mpeg2video", "-bf", "2", "-g", "15", "-q:v", "3"),
    _simple("fragmented.mp4", 60, *_X264, "-g", "20", "-bf", "2", "-movflags", "frag_keyframe+empty_moov"),
    _simple("single.mp4", 1, *_X264),
    _simple("odd_444.mkv", 30, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p", "-g", "10",
            width=161, height=121),
    _simple("odd_vp9.webm", 30, "-c:v", "libvpx-vp9", "-cpu-used", "8", "-g", "10", width=161, height=121),
    _simple("grey.mkv", 30, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "gray", "-g", "10"),
    _simple("ten_bit.mp4", 30, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
            "-x265-params", "keyint=10:log-level=error"),
    _simple("ffv1_rgb.mkv", 20, "-c:v", "ffv1", "-pix_fmt", "bgr0"),
    Clip("edit_list.mp4", _cut, range(45, 200)),
    Clip("offset.mp4", _offset, range(90), start_time=2.5),
    Clip("offset.mkv", _offset, range(90), start_time=2.5),
    Clip("rotated.mp4", _rotated, range(30)),
)  # fmt: skip
