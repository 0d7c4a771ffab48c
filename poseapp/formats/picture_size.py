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
_TIFF_SIDES = (0x0100, 0x0101)


def picture_size(path: Path) -> Size | None:
    """Return width and height in pixels, EXIF orientation applied; None where the picture is unreadable."""
    try:
        stat = path.stat()
        return _known_size(path, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return None


def stated_size(file: BinaryIO) -> Size | None:
    """Width and height that a PNG, JPEG, BMP, WebP or TIFF states, as stored; nothing is decoded.

    Args:
        file: The picture, at its beginning.

    Returns:
        Pixels, or None where it is none of these or broken.
    """
    head = file.read(30)
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", head, 16)
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(file)
        if head.startswith(b"BM"):
            return _bmp_size(head)
        if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return _webp_size(head)
        if head[:4] in (b"II*\0", b"MM\0*"):
            return _tiff_size(file)
    except (struct.error, IndexError):
        pass
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


def _bmp_size(head: bytes) -> Size:
    if struct.unpack_from("<I", head, 14)[0] == 12:  # of OS/2
        return struct.unpack_from("<HH", head, 18)
    width, height = struct.unpack_from("<ii", head, 18)
    return abs(width), abs(height)  # below 0: top row first


def _webp_size(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and len(head) >= 30:
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return None


def _tiff_size(file: BinaryIO) -> Size | None:
    """Of the first page, which is the one that is read."""
    file.seek(0)
    head = file.read(8)
    order = "<" if head.startswith(b"II") else ">"
    file.seek(struct.unpack_from(f"{order}I", head, 4)[0])
    (count,) = struct.unpack(f"{order}H", file.read(2))
    sides = {}
    for _ in range(count):
        entry = file.read(12)
        tag, kind = struct.unpack_from(f"{order}HH", entry)
        if tag in _TIFF_SIDES:
            sides[tag] = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", entry, 8)[0]
    return (sides[0x0100], sides[0x0101]) if len(sides) == 2 else None


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
