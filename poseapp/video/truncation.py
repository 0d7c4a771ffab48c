"""Telling from a file's outermost structure whether its end is missing."""

from __future__ import annotations

import struct
from pathlib import Path

from poseapp.video.mp4 import top_level_boxes

_TS_PACKET = 188  # bytes
_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067


def is_cut_off(path: Path, format_name: str) -> bool:
    """Compare what a container announces with the bytes that are there.

    Args:
        path: The file.
        format_name: libavformat's name of its format.

    Returns:
        True where the end is certainly missing; formats that announce nothing give False.
    """
    names = format_name.split(",")
    size = path.stat().st_size
    if "mpegts" in names:
        return size % _TS_PACKET != 0
    if "matroska" in names:
        return _matroska_end(path) > size
    if "mp4" in names:
        return any(end > size for _, _, end in top_level_boxes(path))
    if "avi" in names:
        with path.open("rb") as file:
            header = file.read(8)
        return len(header) == 8 and struct.unpack("<I", header[4:])[0] + 8 > size
    return False


def _matroska_end(path: Path) -> int:
    """Return where the first segment ends, 0 where the file does not say."""
    with path.open("rb") as file:
        head = file.read(4096)
    position = 0
    while position + 12 <= len(head):
        kind = int.from_bytes(head[position : position + 4], "big")
        first = head[position + 4]
        length = 9 - first.bit_length()  # of the size field, from its leading zeros
        if length > 8:
            return 0
        field = int.from_bytes(head[position + 4 : position + 4 + length], "big")
        unknown = (1 << 7 * length) - 1
        content = field & unknown
        end = position + 4 + length + content
        if kind == _SEGMENT:
            return 0 if content == unknown else end
        if kind != _EBML:
            return 0
        position = end
    return 0
