"""Whether the texts of an HDF5 file lie where it says, looked at before HDF5 does.

Texts of any length are kept in heaps ("GCOL"), a few bytes in a data set saying where. HDF5 believes these
bytes: in a damaged file it goes round for ever or writes over its own memory.
Layout: HDF5 File Format Specification 3.0, III.E (global heap).
"""

import mmap
import struct
from collections.abc import Iterator

import h5py

# Length, address of the heap, number of the object in it.
_PLACE = struct.Struct("<IQI")
_HEAD = struct.Struct("<4sB3xQ")
_OBJECT = struct.Struct("<HH4xQ")


def texts_are_sound(item: h5py.Dataset, data: mmap.mmap) -> bool:
    """Whether each text of a data set is inside of a heap that is one; True where that cannot be told.

    Args:
        item: A data set of texts of any length, not compressed.
        data: All of the file.
    """
    heaps: dict[int, dict[int, int] | None] = {}
    for place in _places(item):
        if place + _PLACE.size > len(data):
            return False
        length, address, number = _PLACE.unpack_from(data, place)
        if not length or not address:
            continue
        if address not in heaps:
            heaps[address] = _objects(data, address)
        found = heaps[address]
        if found is None or found.get(number, -1) < length:
            return False
    return True


def _places(item: h5py.Dataset) -> Iterator[int]:
    """Where in the file each text's place stands; nothing for what is compressed."""
    start = item.id.get_offset()
    if start is not None:
        yield from range(start, start + item.size * _PLACE.size, _PLACE.size)
    elif item.chunks is not None and not item.id.get_create_plist().get_nfilters():
        for number in range(item.id.get_num_chunks()):
            chunk = item.id.get_chunk_info(number)
            yield from range(chunk.byte_offset, chunk.byte_offset + chunk.size, _PLACE.size)


def _objects(data: mmap.mmap, address: int) -> dict[int, int] | None:
    """Size by number of the objects of a heap, or None where it is damaged."""
    if address + _HEAD.size > len(data):
        return None
    signature, version, size = _HEAD.unpack_from(data, address)
    end = address + size
    if signature != b"GCOL" or version != 1 or end > len(data):
        return None
    sizes: dict[int, int] = {}
    place = address + _HEAD.size
    while place + _OBJECT.size <= end:
        number, _, length = _OBJECT.unpack_from(data, place)
        if number == 0:
            # What is free, to the end.
            return sizes
        place += _OBJECT.size + (length + 7) // 8 * 8
        if place > end or number in sizes:
            return None
        sizes[number] = length
    return sizes
