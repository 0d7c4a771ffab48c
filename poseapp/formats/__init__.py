"""Label and prediction files: one module a format, and the table of them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.errors import FormatError
from poseapp.formats import coco, csv_long, dlc, dlc_h5, dlc_project, dlc_table, predictions_h5, slp
from poseapp.formats.dataset import Dataset

__all__ = ["FORMATS", "Format", "format_for", "read_dataset", "what_is_lost", "write_dataset"]


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
        recognises: Whether a file or folder is of this format by what is in it; None where the name tells.
        cannot_hold: Says of a data set what the format leaves out, one sentence each.
        is_foreign: Whether what is there may be another program's work, so that it is not replaced unasked.
        is_folder: Whether it is a folder rather than a file.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    read: Callable[..., Dataset] | None
    write: Callable[..., None] | None
    note: str
    recognises: Callable[[str | os.PathLike[str]], bool] | None = None
    cannot_hold: Callable[[Dataset], list[str]] | None = None
    is_foreign: bool = False
    is_folder: bool = False


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
    "slp": Format(
        "slp", "SLEAP labels", (".slp", ".pkg.slp"), slp.read, slp.write,
        "Labels, predictions, tracks and suggestions; .pkg.slp has the labelled frames in it.",
        None, slp.cannot_hold, True,
    ),
    "dlc": Format(
        "dlc", "DeepLabCut project (folder)", (".dlc", ".yaml", ".yml"), dlc_project.read, dlc_project.write,
        "config.yaml, pictures of the labelled frames and CollectedData tables to train from.",
        dlc_project.is_project, dlc_project.cannot_hold, True, True,
    ),
    "dlc_csv": Format(
        "dlc_csv", "DeepLabCut table (CSV)", (".dlc.csv",), dlc.read_file, dlc.write_csv_file,
        "One table: labels by picture, or predictions of a video with their likelihood.",
        dlc_table.is_dlc_csv, dlc.cannot_hold, True,
    ),
    "dlc_h5": Format(
        "dlc_h5", "DeepLabCut table (HDF5)", (".dlc.h5",), dlc.read_file, dlc.write_h5_file,
        "The same table as pandas and DeepLabCut read it.",
        dlc_h5.is_dlc_h5, dlc.cannot_hold, True,
    ),
}  # fmt: skip


def format_for(path: str | os.PathLike[str], format: str | None = None, *, writing: bool = False) -> Format:
    """Return the format of a file, or the one asked for.

    The longest ending that is known tells; what is to be read is looked into where two formats share one.

    Args:
        path: The file, or the folder of a format that is one.
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
        known = _by_name(path) or (FORMATS["dlc"] if dlc_project.is_project(path) else None)
        if not writing:
            known = _by_content(path, known)
        if known is None:
            endings = ", ".join(e for f in FORMATS.values() for e in f.extensions)
            raise FormatError(f"Cannot tell the format of {path}: its name ends in none of {endings}.")
        found = known
    if (found.write if writing else found.read) is None:
        raise FormatError(f"The format '{found.name}' cannot be {'written' if writing else 'read'}.")
    return found


def _by_name(path: str | os.PathLike[str]) -> Format | None:
    name = Path(path).name.lower()
    found = [(len(e), f) for f in FORMATS.values() for e in f.extensions if name.endswith(e)]
    return max(found, key=lambda row: row[0])[1] if found else None


def _by_content(path: str | os.PathLike[str], known: Format | None) -> Format | None:
    """The format that recognises what is there among those of the same kind of file."""
    suffix = Path(path).suffix.lower()
    for row in FORMATS.values():
        kinds = {Path(f"x{ending}").suffix for ending in row.extensions}
        if suffix in kinds and row.recognises is not None and row.recognises(path):
            return row
    return known


def what_is_lost(dataset: Dataset, format: str) -> list[str]:
    """Say what a format cannot hold of a data set, one sentence each."""
    check = FORMATS[format].cannot_hold
    return check(dataset) if check is not None else []


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
