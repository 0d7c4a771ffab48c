"""Label and prediction files: one module a format, and the table of them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.errors import FormatError
from poseapp.formats import coco, csv_long, predictions_h5
from poseapp.formats.dataset import Dataset

__all__ = ["FORMATS", "Format", "format_for", "read_dataset", "write_dataset"]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        name: How commands call it.
        title: How menus call it.
        extensions: With the dot, lower case; the first is the usual one.
        read: Path and options to data set, or None where it can only be written.
        write: Path, data set and options; None where it can only be read.
        note: What is worth knowing before choosing it, one sentence.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    read: Callable[..., Dataset] | None
    write: Callable[..., None] | None
    note: str


FORMATS: dict[str, Format] = {
    "coco": Format(
        "coco", "COCO keypoints", (".json",), coco.read, coco.write,
        "Keypoints with visibility, boxes and everything else the file held.",
    ),
    "csv": Format(
        "csv", "CSV, one row a keypoint", (".csv",), csv_long.read, csv_long.write,
        "For spreadsheets, pandas and R; image sizes and boxes are not in it.",
    ),
    "h5": Format(
        "h5", "Predictions (HDF5)", (".h5", ".hdf5"), predictions_h5.read, predictions_h5.write,
        "The program's own predictions, also of long videos; coordinates in single precision.",
    ),
}  # fmt: skip


def format_for(path: str | os.PathLike[str], format: str | None = None, *, writing: bool = False) -> Format:
    """Return the format of a file by its name, or the one asked for.

    Args:
        path: The file; only its name is looked at.
        format: A key of `FORMATS`, or None.
        writing: Whether it is to be written rather than read.

    Raises:
        FormatError: No such format, none for this extension, or it cannot be read (or written).
    """
    if format is not None:
        if format not in FORMATS:
            raise FormatError(f"There is no format '{format}'; there are {', '.join(FORMATS)}.")
        found = FORMATS[format]
    else:
        extension = Path(path).suffix.lower()
        known = next((f for f in FORMATS.values() if extension in f.extensions), None)
        if known is None:
            endings = ", ".join(e for f in FORMATS.values() for e in f.extensions)
            raise FormatError(f"Cannot tell the format of {path}: its name ends in none of {endings}.")
        found = known
    if (found.write if writing else found.read) is None:
        raise FormatError(f"The format '{found.name}' cannot be {'written' if writing else 'read'}.")
    return found


def read_dataset(path: str | os.PathLike[str], format: str | None = None, **options: Any) -> Dataset:
    """Read a label or prediction file.

    Args:
        path: The file.
        format: A key of `FORMATS`; by the file's name when None.
        **options: Of the format's reader.

    Raises:
        FormatError: The format is not known or the file does not have it.
    """
    read = format_for(path, format).read
    assert read is not None
    return read(path, **options)


def write_dataset(
    path: str | os.PathLike[str], dataset: Dataset, format: str | None = None, **options: Any
) -> None:
    """Write a label or prediction file, whole or not at all.

    Args:
        path: The file.
        dataset: What to write.
        format: A key of `FORMATS`; by the file's name when None.
        **options: Of the format's writer.

    Raises:
        FormatError: The format is not known or cannot be written.
        PoseError: The file cannot be written.
    """
    write = format_for(path, format, writing=True).write
    assert write is not None
    write(path, dataset, **options)
