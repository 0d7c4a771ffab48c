"""Opening media files safely, with errors that say what to do."""

from __future__ import annotations

import os
from pathlib import Path

import av

from poseapp.errors import VideoError
from poseapp.video.mp4 import top_level_boxes

# Formats that are lists of other files, devices, or text that libavformat would gladly draw.
_REFUSED = frozenset(
    {"tty", "concat", "concatf", "hls", "dash", "sdp", "rtsp", "lavfi", "imf", "webvtt", "srt", "ass"}
)
_MP4_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".3gp", ".qt"})


def open_container(path: Path) -> av.container.InputContainer:
    """Open a local media file.

    Raises:
        VideoError: If the file is missing, empty or no media file.
    """
    if not path.exists():
        raise VideoError(f"no such file: {path}")
    if not path.is_file():
        raise VideoError(f"not a file: {path}")
    if path.stat().st_size == 0:
        raise VideoError(f"the file is empty: {path}")
    if not os.access(path, os.R_OK):
        raise VideoError(f"no permission to read: {path}")
    try:
        # The explicit protocol keeps names such as "concat:..." what they are: names.
        container = av.open(
            f"file:{path.resolve()}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
        )
    except (av.FFmpegError, OSError) as error:
        raise VideoError(_why_unopenable(path)) from error
    if _REFUSED & set(container.format.name.split(",")):
        container.close()
        raise VideoError(f"not a video: {path}")
    return container


def pick_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """Return the first real video stream; pictures attached to music are none.

    Raises:
        VideoError: If there is none or nothing here can decode it.
    """
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        if stream.codec_context is None:
            raise VideoError(f"no decoder for this video here; convert it to H.264 first: {path}")
        return stream
    raise VideoError(f"the file has no video stream: {path}")


def _why_unopenable(path: Path) -> str:
    if path.suffix.lower() in _MP4_SUFFIXES or _starts_as_mp4(path):
        kinds = {kind for kind, _, _ in top_level_boxes(path)}
        if kinds & {b"ftyp", b"mdat"} and b"moov" not in kinds:
            return (
                "the recording was cut off before its index (moov) was written; repair it with "
                f"'untrunc GOOD.mp4 {path.name}', GOOD.mp4 being a sound file of the same camera: {path}"
            )
    return f"not a video, or damaged beyond reading: {path}"


def _starts_as_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] in (b"ftyp", b"mdat")
