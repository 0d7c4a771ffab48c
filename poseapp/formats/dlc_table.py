"""A DeepLabCut table in memory, and as CSV: three or four lines of header, one row a picture or frame.

The header says for each column the scorer, the individual (only where there are several animals), the body
part and `x`, `y` or `likelihood`. Rows are named by a path in one cell (`labeled-data/video/img000.png`) up
to version 2.1, in three cells since, and by the frame's number in predictions.
"""

import csv
import io
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from poseapp.errors import FormatError
from poseapp.formats.dataset import first_duplicate, read_text
from poseapp.paths import write_atomic

# (individual or "", body part, "x" | "y" | "likelihood").
Column = tuple[str, str, str]
_COORDS = ("x", "y", "likelihood")
_MAX_CELLS = 200_000_000


@dataclass
class DlcTable:
    """A table.

    Attributes:
        scorer: Who labelled, or the name of the network.
        columns: What each column holds; the individual is "" in tables of a single animal.
        rows: Of each row the parts of the picture's path, or the number of the frame.
        values: (rows, columns) float64, NaN where nothing is.
    """

    scorer: str
    columns: list[Column]
    rows: list[tuple[str, ...] | int]
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def has_individuals(self) -> bool:
        """Whether it tells several animals apart."""
        return any(individual for individual, _, _ in self.columns)

    @property
    def has_likelihood(self) -> bool:
        """Whether a network made it."""
        return any(coord == "likelihood" for _, _, coord in self.columns)

    def check(self, where: str) -> None:
        """Check that columns are known and occur once.

        Raises:
            FormatError: They do not.
        """
        for _, part, coord in self.columns:
            if coord not in _COORDS:
                raise FormatError(f"{where}: a column is called {coord!r}; it is x, y or likelihood.")
            if not part.strip():
                raise FormatError(f"{where}: a column has no body part.")
        twice = first_duplicate(self.columns)
        if twice is not None:
            raise FormatError(f"{where}: the column {' '.join(filter(None, twice))} occurs twice.")
        again = first_duplicate(self.rows)
        if again is not None:
            name = again if isinstance(again, int) else "/".join(again)
            raise FormatError(f"{where}: the row {name} occurs twice.")
        if np.isinf(self.values).any():
            raise FormatError(f"{where}: a cell is infinite.")


def is_dlc_csv(path: str | os.PathLike[str]) -> bool:
    """Whether a CSV file begins as DeepLabCut's do."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    except OSError:
        return False
    lines = head.split(b"\n")
    if not lines[0].startswith(b"scorer,"):
        return False
    return any(line.startswith((b"bodyparts,", b"individuals,")) for line in lines[1:2])


def read_csv(path: str | os.PathLike[str]) -> DlcTable:
    """Read a table.

    Raises:
        FormatError: It is no DeepLabCut table, or a cell is no number; the message names the line.
    """
    where = Path(path).name
    try:
        lines = list(csv.reader(io.StringIO(read_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise FormatError(f"{where} is not a CSV file: {error}.") from error
    lines = [line for line in lines if line]
    header = {
        line[0]: line for line in lines[:4] if line[0] in ("scorer", "individuals", "bodyparts", "coords")
    }
    missing = [name for name in ("scorer", "bodyparts", "coords") if name not in header]
    if missing:
        raise FormatError(f"{where} is not a DeepLabCut table: its header has no line '{missing[0]}'.")
    body = lines[len(header) :]
    first = _first_column(header["coords"], where)
    width = len(header["coords"])
    # The scorer is one for all columns; files by hand name it for some of them only.
    if any(len(line) != width for name, line in header.items() if name != "scorer"):
        raise FormatError(f"{where}: the lines of the header are of different lengths.")
    individuals = header.get("individuals", [""] * width)
    columns = list(
        zip(individuals[first:], header["bodyparts"][first:], header["coords"][first:], strict=True)
    )
    rows = [_row_name(line, first, where, number) for number, line in enumerate(body, start=len(header) + 1)]
    values = _values(body, first, width, where, len(header))
    table = DlcTable("".join(header["scorer"][first : first + 1]), columns, rows, values)
    table.check(where)
    return table


def _first_column(coords: list[str], where: str) -> int:
    first = next((index for index, cell in enumerate(coords[1:], start=1) if cell), None)
    if first not in (1, 3):
        raise FormatError(f"{where} is not a DeepLabCut table: its columns begin at neither the 2nd nor 4th.")
    return first


def _row_name(line: list[str], first: int, where: str, number: int) -> tuple[str, ...] | int:
    if len(line) < first or not line[0]:
        raise FormatError(f"{where}, line {number}: the row has no name.")
    if first == 3:
        return tuple(line[:3])
    name = line[0].strip()
    if name.isdecimal() and name.isascii() and len(name) < 12:
        return int(name)
    return tuple(part for part in name.replace("\\", "/").split("/") if part)


def _values(body: list[list[str]], first: int, width: int, where: str, header: int) -> np.ndarray:
    if len(body) * width > _MAX_CELLS:
        raise FormatError(f"{where} has {len(body)} rows of {width} cells: more than this program reads.")
    values = np.full((len(body), width - first), np.nan)
    for row, line in enumerate(body):
        # Rows without any label end early in files of some versions.
        cells = line[first:]
        if len(cells) > width - first:
            raise FormatError(f"{where}, line {row + header + 1}: {len(line)} cells; the header has {width}.")
        for column, cell in enumerate(cells):
            if cell and cell.strip().lower() != "nan":
                try:
                    values[row, column] = float(cell)
                except ValueError as error:
                    line_number = row + header + 1
                    raise FormatError(f"{where}, line {line_number}: {cell[:40]!r} is no number.") from error
    return values


def write_csv(path: str | os.PathLike[str], table: DlcTable) -> None:
    """Write a table, its rows named in three cells where they are pictures.

    Raises:
        PoseError: The file cannot be written.
    """
    first = 3 if any(not isinstance(row, int) for row in table.rows) else 1
    blank = [""] * (first - 1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["scorer", *blank, *[table.scorer] * len(table.columns)])
    if table.has_individuals:
        writer.writerow(["individuals", *blank, *(column[0] for column in table.columns)])
    writer.writerow(["bodyparts", *blank, *(column[1] for column in table.columns)])
    writer.writerow(["coords", *blank, *(column[2] for column in table.columns)])
    for row, values in zip(table.rows, table.values.tolist(), strict=True):
        name = [row] if isinstance(row, int) else list(row)
        writer.writerow([*name, *("" if math.isnan(value) else repr(value) for value in values)])
    write_atomic(path, out.getvalue())
