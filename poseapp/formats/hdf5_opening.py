"""Opening HDF5 files that may be growing, left behind by a killed process, cut short, or no HDF5 at all.

All reading is done in the mode for growing files (SWMR), because a process cannot have one file open in two
modes. In that mode HDF5 tries again and again where a file is damaged, which looks like a hang; so whether a
file is as long as it says, and whether its structure can be read at all, is looked at before.
"""

import os
import time
from pathlib import Path

import h5py

from poseapp.errors import FormatError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
# Where the superblock (versions 2 and 3) says whether it is being written and where it ends.
_VERSION, _FLAGS, _END = 8, 11, slice(28, 36)
_ATTEMPTS, _PAUSE_S = 10, 0.05

# Device and number of a file: another when it was replaced.
State = tuple[int, int]
# How HDF5 says that this process has the file open already, in the mode for growing files.
_ALREADY_OPEN = ("don't match", "already open", "SWMR")


def file_state(path: Path) -> State:
    """Return what tells whether an open file is still the one at its path.

    Raises:
        FormatError: It is not there, no HDF5 file, or shorter than it should be.
    """
    return _look(path)[0]


def is_left_open(path: Path) -> bool:
    """Whether a file is being written, or its writer died before it could close it.

    Raises:
        FormatError: It is not there, no HDF5 file, or shorter than it should be.
    """
    return _look(path)[1]


def _look(path: Path) -> tuple[State, bool]:
    """Return the state of a file and whether it is marked as being written."""
    try:
        with open(path, "rb") as file:
            stat = os.fstat(file.fileno())
            head = file.read(48)
    except OSError as error:
        raise FormatError(f"Cannot read {path}: {error.strerror or error}.") from error
    if head[:8] != _SIGNATURE or len(head) < 48:
        raise FormatError(f"{path.name} is damaged or no prediction file: it is no HDF5.")
    if head[_VERSION] >= 2 and int.from_bytes(head[_END], "little") > stat.st_size:
        raise FormatError(f"{path.name} is damaged or no prediction file: its end is missing.")
    return (stat.st_dev, stat.st_ino), head[_VERSION] >= 2 and head[_FLAGS] != 0


def _check_structure(path: Path) -> None:
    """Walk through a file in the ordinary mode, which fails at once where damaged.

    A file that is being written, or says so, is not walked through: it is only seen whether its superblock is
    whole, on which the other mode would try again for minutes.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            file.visititems(_walk)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        if not any(words in str(error) for words in _ALREADY_OPEN):
            raise FormatError(f"{path.name} is damaged or no prediction file: {error}.") from error


def _walk(name: str, item: h5py.Group | h5py.Dataset) -> None:
    dict(item.attrs)
    if isinstance(item, h5py.Dataset):
        item[-1:] if item.chunks is None else item.id.get_num_chunks()


def open_reading(path: Path) -> tuple[h5py.File, State]:
    """Open a file for reading, whether or not another process is writing it.

    Raises:
        FormatError: It is not there, damaged, or no HDF5 file.
    """
    if not path.is_file():
        raise FormatError(f"There is no prediction file at {path}.")
    for attempt in range(_ATTEMPTS):
        state, growing = _look(path)
        try:
            _check_structure(path)
        except FormatError:
            # Half a superblock may be all there is while a writer puts a new one.
            if not growing or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_S)
            continue
        try:
            return h5py.File(path, "r", libver="latest", swmr=True), state
        except (OSError, RuntimeError) as error:
            # A writer may be opening or closing it just now, which takes milliseconds.
            if attempt == _ATTEMPTS - 1 or not isinstance(error, BlockingIOError):
                raise FormatError(f"{path.name} is damaged or no prediction file: {error}.") from error
            time.sleep(_PAUSE_S)
    raise AssertionError("the last attempt returns or raises")


def open_writing(path: Path) -> h5py.File:
    """Open a file to append to while others read it.

    Raises:
        FormatError: It cannot be opened.
    """
    # Opened straight into SWMR mode: at no moment is there a file that a reader could not open, whenever
    # we die.
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V110)
    flags = h5py.h5f.ACC_RDWR | h5py.h5f.ACC_SWMR_WRITE
    for attempt in range(_ATTEMPTS):
        try:
            return h5py.File(h5py.h5f.open(os.fsencode(path), flags, fapl=access))
        except OSError as error:
            # A reader locks the file while it opens it, which takes milliseconds.
            if attempt == _ATTEMPTS - 1 or not isinstance(error, BlockingIOError):
                raise FormatError(f"Cannot write {path}: {error}.") from error
            time.sleep(_PAUSE_S)
    raise AssertionError("the last attempt returns or raises")
