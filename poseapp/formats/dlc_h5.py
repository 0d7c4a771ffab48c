"""DeepLabCut tables as HDF5: what pandas makes with PyTables, read and written with h5py alone.

Two layouts occur. "fixed" (labels): `axis0_*` columns and `axis1_*` rows as levels and labels,
`block*_values` the numbers. "table" (predictions, old labels): one compound dataset `table`, the names of
columns as pickles, which `pickled_text` reads without unpickling. Written is "fixed", which needs no pickle.
"""

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from poseapp.errors import FormatError
from poseapp.formats.dlc_table import Column, DlcTable
from poseapp.formats.pickled_text import read_plain_pickle
from poseapp.paths import replace_atomic

KEY = "df_with_missing"
_MAX_BYTES = 1 << 30
# Numbers do not shrink more than this; what says it does would fill the memory with nothing.
_MOST_SHRUNK, _ALWAYS_BYTES = 200, 1 << 26
_MAX_NAMES = 1 << 22
# What h5py and numpy raise on damaged files.
DAMAGED = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, MemoryError,
)  # fmt: skip


def is_dlc_h5(path: str | os.PathLike[str]) -> bool:
    """Whether an HDF5 file is one that pandas made."""
    try:
        with h5py.File(path, "r", locking=False) as file:
            return any(isinstance(item, h5py.Group) and "pandas_type" in item.attrs for item in file.values())
    except DAMAGED:
        return False


def read_h5(path: str | os.PathLike[str]) -> DlcTable:
    """Read a table.

    Raises:
        FormatError: It is no DeepLabCut table or damaged.
    """
    where = Path(path).name
    try:
        with h5py.File(path, "r", locking=False) as file:
            group = _group(file, where)
            kind = _text(group.attrs["pandas_type"])
            if kind == "frame":
                table = _read_fixed(group, where)
            elif kind == "frame_table":
                table = _read_table(group, where)
            else:
                raise FormatError(f"{where} holds a pandas {kind!r}; DeepLabCut writes a frame.")
    except FormatError:
        raise
    except FileNotFoundError as error:
        raise FormatError(f"Cannot read {path}: there is no such file.") from error
    except DAMAGED as error:
        raise FormatError(f"{where} is damaged or no DeepLabCut table: {_line(error)}.") from error
    table.check(where)
    return table


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _group(file: h5py.File, where: str) -> h5py.Group:
    names = [KEY, *(name for name in file if name != KEY)]
    for name in names:
        if isinstance(file.get(name, getlink=True), h5py.HardLink):
            item = file[name]
            if isinstance(item, h5py.Group) and "pandas_type" in item.attrs:
                return item
    raise FormatError(f"{where} is not a DeepLabCut table: pandas has not written it.")


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _array(group: h5py.Group, name: str, where: str) -> np.ndarray:
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise FormatError(f"{where} is damaged: it has no {name}.")
    item = group[name]
    if not isinstance(item, h5py.Dataset) or item.dtype.hasobject:
        raise FormatError(f"{where}: {name} is of a kind that is not read (a pickled object).")
    _check_size(item, where)
    if "value_type" in item.attrs and item.size == 1:
        # How PyTables keeps an array without values.
        shape = tuple(int(size) for size in item.attrs["shape"])
        if 0 in shape and len(shape) == item.ndim:
            return np.zeros(shape, dtype=item.dtype)
    return np.asarray(item[()])


def _check_size(item: h5py.Dataset, where: str) -> None:
    size = item.size * item.dtype.itemsize
    stored = max(item.id.get_storage_size(), 1)
    if size > _MAX_BYTES or (size > _ALWAYS_BYTES and size > _MOST_SHRUNK * stored):
        raise FormatError(
            f"{where} says to hold {size >> 20:,} MiB of numbers: more than this program reads."
        )


def _names(values: np.ndarray) -> list[Any]:
    if values.ndim != 1 or len(values) > _MAX_NAMES:
        raise ValueError("a list of names is none")
    if values.dtype.kind == "S":
        return [value.decode("utf-8") for value in values.tolist()]
    if values.dtype.kind in "iuf":
        return [int(value) for value in values.tolist()]
    raise ValueError(f"names are of the kind {values.dtype}")


def _axis(group: h5py.Group, key: str, where: str) -> tuple[list[tuple[Any, ...]], list[str]]:
    """The entries of an axis, one tuple each, and the names of its levels."""
    if _text(group.attrs.get(f"{key}_variety", b"")) != "multi":
        return [(value,) for value in _names(_array(group, key, where))], [""]
    levels, titles = [], []
    for level in range(int(group.attrs[f"{key}_nlevels"])):
        names = _names(_array(group, f"{key}_level{level}", where))
        labels = _array(group, f"{key}_label{level}", where)
        if labels.size and (labels.min() < 0 or labels.max() >= len(names)):
            raise ValueError("a label has no name")
        levels.append([names[index] for index in labels.tolist()])
        titles.append(_text(group[f"{key}_level{level}"].attrs.get("name", b"")))
    return list(zip(*levels, strict=True)), titles


def _read_fixed(group: h5py.Group, where: str) -> DlcTable:
    headers, titles = _axis(group, "axis0", where)
    names, _ = _axis(group, "axis1", where)
    values = np.full((len(names), len(headers)), np.nan)
    places = {header: index for index, header in enumerate(headers)}
    for block in range(int(group.attrs["nblocks"])):
        items, _ = _axis(group, f"block{block}_items", where)
        numbers = _array(group, f"block{block}_values", where)
        if numbers.shape != (len(names), len(items)):
            raise ValueError("columns and values do not fit")
        values[:, [places[item] for item in items]] = numbers
    return _make(headers, titles, [name if len(name) > 1 else name[0] for name in names], values)


def _read_table(group: h5py.Group, where: str) -> DlcTable:
    axes = read_plain_pickle(bytes(group.attrs["non_index_axes"]), where)
    headers = [tuple(header) for header in axes[0][1]]
    info = read_plain_pickle(bytes(group.attrs["info"]), where)
    titles = [str(name) for name in info[1]["names"]]
    # What pandas wrote on Python 2 spells texts as bytes.
    item = group["table"]
    if not isinstance(item, h5py.Dataset):
        raise ValueError("its table is none")
    _check_size(item, where)
    rows = item[()]
    values = np.full((len(rows), len(headers)), np.nan)
    places = {header: index for index, header in enumerate(headers)}
    for block in [name for name in rows.dtype.names or () if name.startswith("values_block_")]:
        kind = item.attrs[f"{block}_kind"]
        columns = [tuple(header) for header in read_plain_pickle(bytes(kind), where)]
        values[:, [places[header] for header in columns]] = rows[block].reshape(len(rows), len(columns))
    return _make(headers, titles, _names(rows["index"]), values)


def _make(headers: list[Any], titles: list[str], names: list[Any], values: np.ndarray) -> DlcTable:
    wanted = ["scorer", "individuals", "bodyparts", "coords"]
    if titles not in (wanted, [wanted[0], *wanted[2:]]):
        raise ValueError(f"its columns are named by {', '.join(titles)}, not by scorer, bodyparts, coords")
    columns: list[Column] = []
    for header in headers:
        texts = [_text(part) for part in header]
        columns.append((texts[1] if len(texts) == 4 else "", texts[-2], texts[-1]))
    rows: list[tuple[str, ...] | int] = []
    for name in names:
        if isinstance(name, str):
            rows.append(tuple(part for part in name.replace("\\", "/").split("/") if part))
        else:
            rows.append(name if isinstance(name, int) else tuple(str(part) for part in name))
    return DlcTable(_text(headers[0][0]) if headers else "", columns, rows, values)


def write_h5(path: str | os.PathLike[str], table: DlcTable) -> None:
    """Write a table so that `pandas.read_hdf` reads it.

    Raises:
        PoseError: The file cannot be written.
    """
    with replace_atomic(path) as temporary, h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        _node(file, "GROUP", "1.0")
        _attribute(file, "PYTABLES_FORMAT_VERSION", "2.1")
        group = file.create_group(KEY)
        _node(group, "GROUP", "1.0")
        kind = {"pandas_type": "frame", "pandas_version": "0.15.2", "encoding": "UTF-8", "errors": "strict"}
        for name, text in kind.items():
            _attribute(group, name, text)
        group.attrs["ndim"], group.attrs["nblocks"] = np.int64(2), np.int64(1)
        some = table.has_individuals
        titles = ["scorer", *(["individuals"] if some else []), "bodyparts", "coords"]
        headers = [(table.scorer, *(column if some else column[1:])) for column in table.columns]
        for key in ("axis0", "block0_items"):
            _write_axis(group, key, headers, titles)
        if any(not isinstance(row, int) for row in table.rows):
            _write_axis(group, "axis1", [row for row in table.rows if not isinstance(row, int)], [None] * 3)
        else:
            _attribute(group, "axis1_variety", "regular")
            index = _write_array(group, "axis1", np.array(table.rows, dtype="<i8"))
            _attribute(index, "kind", "integer")
        _write_array(group, "block0_values", np.ascontiguousarray(table.values, dtype="<f8"))


def _write_axis(group: h5py.Group, key: str, entries: list[Any], titles: list[str] | list[None]) -> None:
    _attribute(group, f"{key}_variety", "multi")
    group.attrs[f"{key}_nlevels"] = np.int64(len(titles))
    for level, title in enumerate(titles):
        column = [entry[level] for entry in entries]
        names = sorted(set(column))
        encoded = [name.encode("utf-8") for name in names]
        width = max([1, *map(len, encoded)])
        values = _write_array(group, f"{key}_level{level}", np.array(encoded, dtype=f"S{width}"))
        _attribute(values, "kind", "string")
        # A level without a name has no attribute: PyTables would pickle None.
        if title is not None:
            _attribute(values, "name", title)
        places = {name: index for index, name in enumerate(names)}
        kind = "<i1" if len(names) < 128 else "<i2" if len(names) < 1 << 15 else "<i4"
        _write_array(group, f"{key}_label{level}", np.array([places[name] for name in column], dtype=kind))


def _write_array(group: h5py.Group, name: str, values: np.ndarray) -> h5py.Dataset:
    if values.size:
        made = group.create_dataset(name, data=values, track_times=False)
    else:
        # PyTables keeps an array without values as one zero and its shape beside it.
        made = group.create_dataset(
            name, data=np.zeros((1,) * values.ndim, dtype=values.dtype), track_times=False
        )
        made.attrs["value_type"], made.attrs["shape"] = np.bytes_(str(values.dtype)), np.array(values.shape)
    _node(made, "ARRAY", "2.4")
    _attribute(made, "FLAVOR", "numpy")
    made.attrs["transposed"] = np.uint8(1)
    return made


def _node(item: h5py.Group | h5py.Dataset, kind: str, version: str) -> None:
    _attribute(item, "CLASS", kind)
    _attribute(item, "VERSION", version)
    item.attrs["TITLE"] = h5py.Empty("S1")


def _attribute(item: h5py.Group | h5py.Dataset, name: str, text: str) -> None:
    encoded = text.encode("utf-8")
    # PyTables takes texts for texts only where they are marked as UTF-8.
    item.attrs.create(name, encoded, dtype=h5py.string_dtype("utf-8", max(len(encoded), 1)))
