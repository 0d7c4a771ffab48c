"""SLEAP's label files, `.slp` and `.pkg.slp` (with pictures in them), by SLEAP's own library `sleap-io`.

SLEAP puts integer coordinates at pixel centres, as this program does; files of before SLEAP 1.1 had them at
corners, and `sleap-io` moves those by half a pixel on reading.

A hidden keypoint is a SLEAP point that has a place and is not visible. Tracks keep their names in
`Dataset.info["track_names"]`. Predicted instances carry `extra["predicted"]` and scores; on writing, people
whose keypoints all still have the scores of a network are predicted, everybody else is a user's.
`info["slp"]` has `suggestions`, `negatives`, `provenance`; `extra["slp"]` of a person what SLEAP alone knows.
"""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import h5py

from poseapp.errors import FormatError
from poseapp.formats.dataset import Dataset
from poseapp.formats.hdf5_heap import texts_are_sound
from poseapp.formats.losses import losses

PACKAGE = ".pkg.slp"
_INSIDE, _PATIENCE_S = "POSEAPP_READS_SLP", 300
_MAX_BYTES, _ALWAYS_BYTES, _MOST_SHRUNK = 1 << 30, 1 << 26, 50
# What sleap-io, h5py and numpy raise on damaged files.
DAMAGED = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, AssertionError,
    ArithmeticError, MemoryError, ImportError, EOFError, NameError, StopIteration,
)  # fmt: skip


def read(path: str | os.PathLike[str], *, frames_to: str | os.PathLike[str] | None = None) -> Dataset:
    """Read a file.

    Args:
        path: The file.
        frames_to: Where pictures that are in the file are put, a folder for each video, where the video
            itself is not there; None: they stay in the file.

    Raises:
        FormatError: It is no SLEAP file or damaged, or `sleap-io` is not installed.
    """
    from poseapp.formats.slp_read import SlpReader

    path = Path(path)
    _check(path)
    _need_library(path)
    survives_elsewhere(path)
    try:
        return SlpReader(path, None if frames_to is None else Path(frames_to)).read()
    except FormatError:
        raise
    except DAMAGED as error:
        reason = " ".join(str(error).split())[:200]
        raise FormatError(
            f"{path.name} is damaged or no SLEAP file: {reason or type(error).__name__}."
        ) from error


def survives_elsewhere(path: Path) -> None:
    """Read a file in another process first: in a damaged one HDF5's library may bring down the process it is
    in, and this one may have a window.

    Raises:
        FormatError: Reading it ends the process, or takes minutes.
    """
    if os.environ.get(_INSIDE):
        return
    words = [sys.executable, "-P", "-c", f"from {__name__} import read; read({os.fspath(path)!r})"]
    try:
        done = subprocess.run(
            words, env=os.environ | {_INSIDE: "1"}, timeout=_PATIENCE_S, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FormatError(f"{path.name} could not be read within {_PATIENCE_S // 60} minutes.") from error
    # What it refuses in words is refused here again, in the same words; a signal is the library's end.
    if done.returncode < 0 or done.returncode > 128:
        raise FormatError(f"{path.name} is damaged: SLEAP's library cannot read it.")


def write(path: str | os.PathLike[str], dataset: Dataset, *, embed: bool | None = None) -> None:
    """Write a file.

    Args:
        path: The file.
        dataset: What to write.
        embed: Whether to put the pictures of labelled frames into it; None: where its name ends in .pkg.slp.

    Raises:
        PoseError: A video to embed is gone, the file cannot be written, or `sleap-io` is not installed.
    """
    from poseapp.formats.slp_write import write_labels

    path = Path(path)
    _need_library(path)
    write_labels(path, dataset, path.name.lower().endswith(PACKAGE) if embed is None else embed)


def cannot_hold(dataset: Dataset) -> list[str]:
    """Say what a file leaves out."""
    from poseapp.formats.slp_write import is_predicted

    rows = [row for row in dataset.instances if not is_predicted(row[1], dataset)]
    users = Dataset(dataset.skeleton, dataset.images, rows)
    boxes = losses(dataset, ["box"], "SLEAP")
    return boxes + losses(users, ["scores", "score"], "SLEAP (of people who are a user's)")


def _need_library(path: Path) -> None:
    try:
        import sleap_io  # noqa: F401
    except ImportError as error:
        raise FormatError(
            f'{path.name} is a SLEAP file, which needs sleap-io: pip install "poseapp[sleap]"'
        ) from error


def _check(path: Path) -> None:
    """Refuse what is no HDF5, leads into other files, or says to be larger than memory should be."""
    try:
        with h5py.File(path, "r") as file:
            if "metadata" not in file or "json" not in file["metadata"].attrs:
                raise FormatError(f"{path.name} is not a SLEAP file: it has no metadata.")
            total = _size(file, path.name, 0)
            with open(path, "rb") as raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as data:
                for name, item in file.items():
                    is_text = isinstance(item, h5py.Dataset) and item.dtype.hasobject
                    if is_text and not texts_are_sound(item, data):
                        raise FormatError(
                            f"{path.name} is damaged: the texts of {name} are not where it says."
                        )
    except FormatError:
        raise
    except FileNotFoundError as error:
        raise FormatError(f"Cannot read {path}: there is no such file.") from error
    except DAMAGED as error:
        raise FormatError(
            f"{path.name} is damaged or no SLEAP file: {' '.join(str(error).split())[:200]}."
        ) from error
    # Labels do not shrink more than this; what says it does would fill the memory with nothing.
    if total > _MAX_BYTES or total > max(_ALWAYS_BYTES, _MOST_SHRUNK * path.stat().st_size):
        raise FormatError(
            f"{path.name} says to hold {total >> 20:,} MiB of labels: more than this program reads."
        )


def _size(group: h5py.Group, where: str, depth: int) -> int:
    if depth > 4:
        raise FormatError(f"{where} is not a SLEAP file: its groups are nested too deep.")
    total = 0
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise FormatError(f"{where} leads into another file by its entry {name!r}; it is not read.")
        item = group[name]
        if isinstance(item, h5py.Group):
            total += _size(item, where, depth + 1)
        elif not name.startswith("video") or item.ndim < 2:
            total += item.size * item.dtype.itemsize
    return total
