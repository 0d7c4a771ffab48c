"""The composition offsets of an MP4 track, read from its sample tables without touching the pictures.

libavformat gives decoding times, key flags and positions of all samples of an MP4 at once, but not how
far each is shown after it is decoded. That one table (`ctts`) is read here; hours of video then have an
index in a blink.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAX_MOOV_BYTES = 1 << 29


def top_level_boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Yield `(type, start of the content, end)` of each box at the top of an MP4 file."""
    size = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        while offset + 8 <= size:
            file.seek(offset)
            header = file.read(16)
            length, kind = struct.unpack(">I4s", header[:8])
            content = offset + 8
            if length == 1 and len(header) == 16:
                length = struct.unpack(">Q", header[8:])[0]
                content = offset + 16
            elif length == 0:
                length = size - offset
            if length < content - offset:
                return
            yield kind, content, offset + length
            offset += length


def composition_offsets(path: Path, track_id: int) -> NDArray[np.int64] | None:
    """Return how much later than it is decoded each sample of a track is shown, in ticks of the track.

    Args:
        path: An MP4 or QuickTime file.
        track_id: The track's number in the file.

    Returns:
        `(N,)` offsets in decoding order, or None where the file has no plain table for this track
        (fragmented files, other containers, damaged tables).
    """
    moov = _moov(path)
    if moov is None or any(kind == b"mvex" for kind, _ in _boxes(moov)):
        return None
    for kind, track in _boxes(moov):
        if kind == b"trak" and _track_id(track) == track_id:
            table = _descend(track, b"mdia", b"minf", b"stbl")
            return None if table is None else _offsets(table)
    return None


def _moov(path: Path) -> memoryview | None:
    for kind, start, end in top_level_boxes(path):
        if kind == b"moov" and end - start <= _MAX_MOOV_BYTES:
            with path.open("rb") as file:
                file.seek(start)
                content = file.read(end - start)
            return memoryview(content) if len(content) == end - start else None
    return None


def _boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    offset = 0
    while offset + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[offset : offset + 8])
        if length < 8 or offset + length > len(content):
            return
        yield kind, content[offset + 8 : offset + length]
        offset += length


def _descend(content: memoryview, *kinds: bytes) -> memoryview | None:
    for wanted in kinds:
        found = next((inner for kind, inner in _boxes(content) if kind == wanted), None)
        if found is None:
            return None
        content = found
    return content


def _track_id(track: memoryview) -> int | None:
    header = _descend(track, b"tkhd")
    if header is None or len(header) < 24:
        return None
    return int(struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0])


def _offsets(table: memoryview) -> NDArray[np.int64] | None:
    sizes = _descend(table, b"stsz")
    if sizes is None or len(sizes) < 12:
        return None
    samples = int(struct.unpack_from(">I", sizes, 8)[0])
    shifts = _descend(table, b"ctts")
    if shifts is None:
        # A fixed sample size makes the count free to claim anything; pictures always list their sizes.
        return np.zeros(samples, np.int64) if len(sizes) == 12 + 4 * samples else None
    runs = int(struct.unpack_from(">I", shifts, 4)[0]) if len(shifts) >= 8 else -1
    if len(shifts) != 8 + 8 * runs:
        return None
    pairs = np.frombuffer(shifts, ">i4", offset=8).reshape(-1, 2).astype(np.int64)
    if (pairs[:, 0] < 0).any() or int(pairs[:, 0].sum()) != samples or len(sizes) != 12 + 4 * samples:
        return None
    return np.repeat(pairs[:, 1], pairs[:, 0])
