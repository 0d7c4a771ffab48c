"""How large a picture is, from its first bytes where they say so: folders may hold a hundred thousand."""

import functools
import struct
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

Size = tuple[int, int]
# Orientations of EXIF that exchange width and height.
_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112


def picture_size(path: Path) -> Size | None:
    """Return width and height in pixels, EXIF orientation applied; None where the picture is unreadable."""
    try:
        stat = path.stat()
        return _known_size(path, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return None


@functools.lru_cache(maxsize=1 << 17)
def _known_size(path: Path, mtime_ns: int, num_bytes: int) -> Size | None:
    with path.open("rb") as file:
        head = file.read(8)
        try:
            size = None
            if head == b"\x89PNG\r\n\x1a\n":
                size = _png_size(file)
            elif head[:3] == b"\xff\xd8\xff":
                size = _jpeg_size(file)
        except (struct.error, IndexError):
            size = None
    return size or _decoded_size(path)


def _png_size(file: BinaryIO) -> Size | None:
    size = None
    while True:
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"IDAT":
            return size
        # Rare in PNG; the decoder knows what to make of it.
        if kind == b"eXIf":
            return None
        if kind == b"IHDR":
            size = struct.unpack(">II", file.read(8))
            length -= 8
        file.seek(length + 4, 1)


def _jpeg_size(file: BinaryIO) -> Size | None:
    file.seek(2)
    turned = False
    while True:
        if file.read(1) != b"\xff":
            return None
        marker = file.read(1)[0]
        while marker == 0xFF:
            marker = file.read(1)[0]
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _, height, width = struct.unpack(">BHH", file.read(5))
            if not width or not height:
                return None
            return (height, width) if turned else (width, height)
        content = file.read(length - 2)
        if marker == 0xE1 and content[:6] == b"Exif\0\0":
            turned = _orientation(content[6:]) in _TURNED


def _orientation(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(count):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
        if tag == _ORIENTATION:
            return int(value)
    return 1


def _decoded_size(path: Path) -> Size | None:
    data = np.fromfile(path, np.uint8)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except cv2.error:
        return None
    return None if image is None else (image.shape[1], image.shape[0])
