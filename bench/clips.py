"""Clips for the video benchmark, made once by ffmpeg and kept in the user's cache folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg

from poseapp.paths import user_cache_dir

HD_FRAMES = 1800
LONG_FRAMES = 216_000
_SOURCE = "testsrc2=s={size}:r=30:d=60,noise=alls=6:allf=t"
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "250", "-bf", "3")


def clips_dir() -> Path:
    """Return the folder of benchmark clips, outside the repository."""
    folder = user_cache_dir() / "bench" / "video"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ffmpeg(out: Path, *arguments: str) -> Path:
    if not out.exists():
        part = out.with_name("part_" + out.name)
        program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
        subprocess.run([*program, *arguments, str(part)], check=True)
        os.replace(part, out)
    return out


def hd_clip() -> Path:
    """1920 x 1080 H.264, 1,800 frames, groups of 250 with B-frames."""
    source = _SOURCE.format(size="1920x1080")
    return _ffmpeg(
        clips_dir() / "hd.mp4", "-f", "lavfi", "-i", source, *_H264, "-sc_threshold", "0", "-b:v", "6M"
    )


def long_clips() -> tuple[Path, Path]:
    """Two hours at 640 x 360 as MP4 and as Matroska: one minute, repeated without encoding again."""
    source = _SOURCE.format(size="640x360")
    minute = _ffmpeg(clips_dir() / "minute.mp4", "-f", "lavfi", "-i", source, *_H264, "-b:v", "400k")
    loop = ("-stream_loop", "119", "-i", str(minute), "-c", "copy")
    return _ffmpeg(clips_dir() / "two_hours.mp4", *loop), _ffmpeg(clips_dir() / "two_hours.mkv", *loop)
