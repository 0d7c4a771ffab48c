"""``truth.h5``: the dense maps and everything else that COCO files have no place for.

Like prediction files it is written in HDF5's mode for growing files (SWMR): readable meanwhile, and whole up
to the last flush when its writer is killed. How it is laid out: docs/files.md.
"""

import errno
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import FormatError, SynthError
from poseapp.formats.hdf5_opening import is_left_open, open_reading, open_writing
from poseapp.paths import replace_atomic
from poseapp.synth.body.parts import PARTS
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.landmarks import SIDES, SKELETONS, Landmarks
from poseapp.synth.truth.records import COMPRESSION, DEPTH_STEP_M, PHENOTYPE, UV_STEPS, PictureRecord

FORMAT, VERSION = "poseapp-truth", 1
_PICTURES: dict[str, tuple[tuple[int, ...], str]] = {
    "name": ((), "S48"), "index": ((), "i8"), "camera": ((), "i4"), "intrinsics": ((3, 3), "f8"),
    "rotation": ((3, 3), "f8"), "translation": ((3,), "f8"), "people": ((2,), "i8"),
}  # fmt: skip
_DENSE = {"instance": ((), "u1"), "part": ((), "u1"), "body_uv": ((2,), "u2")}
_DENSE_PEOPLE = {"visible_depth": ((), "u2"), "hidden_depth": ((), "u2")}
_ROWS_A_CHUNK = 64
_RESERVE_BYTES = 4 << 20  # rows are stored by chunks of 64, and HDF5 keeps books


def people_layout(landmarks: int, bones: int) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape of a row and type of each data set of ``people``."""
    return {
        "number": ((), "i4"), "phenotype": ((len(PHENOTYPE),), "f4"), "rotations": ((bones, 3, 3), "f4"),
        "translation": ((3,), "f4"), "landmarks": ((landmarks, 3), "f8"), "visibility": ((landmarks,), "u1"),
        "box": ((4,), "f4"), "seen_box": ((4,), "f4"), "share_seen": ((), "f4"),
    }  # fmt: skip


class TruthWriter:
    """Appends pictures to ``truth.h5``."""

    def __init__(
        self, path: Path, settings: SynthSettings, seed: int, landmarks: Landmarks, bones: list[str]
    ):
        """Begin a file, or go on with one.

        Args:
            path: The file.
            settings: What is drawn; the size of pictures and whether there are dense maps count here.
            seed: Noted in the file.
            landmarks: Whose names and skeletons are noted.
            bones: Names of the bones that rotations belong to.

        Raises:
            SynthError: The file cannot be written.
        """
        self.path = path
        self._people_layout = people_layout(len(landmarks.names), len(bones))
        self._dense = settings.dense
        try:
            if not path.exists():
                with replace_atomic(path) as draft, h5py.File(draft, "w", libver=("v110", "v110")) as file:
                    self._create(file, settings, seed, landmarks, bones)
            self._file = open_writing(path)
        except (OSError, FormatError) as error:
            raise SynthError(_cannot_write(path, error)) from error
        self._pictures, self._people = self._file["pictures"], self._file["people"]

    def append(self, records: Sequence[PictureRecord]) -> None:
        """Add pictures and let readers see them.

        Raises:
            SynthError: The file cannot be written.
        """
        self._check_space(records)
        try:
            self._append(records)
            self._file.flush()
        except (OSError, RuntimeError) as error:
            raise SynthError(_cannot_write(self.path, error)) from error

    def close(self) -> None:
        """Close the file.

        Raises:
            SynthError: The rest of it cannot be written.
        """
        try:
            self._file.close()
        except (OSError, RuntimeError) as error:
            raise SynthError(_cannot_write(self.path, error)) from error

    def _check_space(self, records: Sequence[PictureRecord]) -> None:
        """Refuse before writing: HDF5 that met a full disk cannot even be closed, the process crashes."""
        maps = [chunk for r in records for c in (r.chunks, *r.people_chunks) for chunk in c.values()]
        needed = sum(map(len, maps)) + sum(len(t) for r in records for t in r.textures) + _RESERVE_BYTES
        if shutil.disk_usage(self.path.parent).free < needed:
            raise SynthError(_cannot_write(self.path, OSError(errno.ENOSPC, "")))

    def _append(self, records: Sequence[PictureRecord]) -> None:
        first = self._people["number"].shape[0]
        rows = [row for record in records for row in record.people]
        for name, (shape, kind) in self._people_layout.items():
            _extend(self._people[name], [_value(row[name], shape, kind) for row in rows])
        if self._dense:
            _extend(self._people["depth_from"], [row["depth_from"] for row in rows])
            for name in _DENSE_PEOPLE:
                _write_chunks(self._people[name], [c[name] for r in records for c in r.people_chunks])
            self._append_textures([texture for record in records for texture in record.textures])
            for name in _DENSE:
                _write_chunks(self._pictures[name], [record.chunks[name] for record in records])
        counts = [len(record.people) for record in records]
        starts = first + np.cumsum([0, *counts[:-1]])
        for name, (shape, kind) in _PICTURES.items():
            if name != "people":
                _extend(self._pictures[name], [_value(record.rows[name], shape, kind) for record in records])
        # Last: who sees a picture here finds all that belongs to it.
        _extend(self._pictures["people"], np.stack([starts, counts], 1))

    def _append_textures(self, textures: list[bytes]) -> None:
        start = self._file["textures"].shape[0]
        sizes = np.array([len(texture) for texture in textures], np.int64)
        ends = start + np.cumsum(sizes)
        if len(textures):
            _extend(self._file["textures"], np.frombuffer(b"".join(textures), np.uint8))
            _extend(self._people["texture"], np.stack([ends - sizes, sizes], 1))

    def _create(
        self, file: h5py.File, settings: SynthSettings, seed: int, landmarks: Landmarks, bones: list[str]
    ) -> None:
        file.attrs.update(
            {
                "format": FORMAT, "version": VERSION, "seed": seed, "parts": json.dumps(PARTS),
                "settings": json.dumps(settings.to_dict()), "landmarks": json.dumps(landmarks.names),
                "bones": json.dumps(bones), "phenotype": json.dumps(PHENOTYPE),
                "depth_step_m": DEPTH_STEP_M, "uv_steps": UV_STEPS,
            }
        )  # fmt: skip
        for name in SKELETONS:
            for side in SIDES if name == "hand21" else SIDES[:1]:
                title = f"{name}_{side}" if name == "hand21" else name
                file[f"skeletons/{title}"] = landmarks.index(name, side)
        for name, (shape, kind) in _PICTURES.items():
            _rows(file, f"pictures/{name}", shape, kind)
        for name, (shape, kind) in self._people_layout.items():
            _rows(file, f"people/{name}", shape, kind)
        if settings.dense:
            size = (settings.height, settings.width)
            for group, layout in (("pictures", _DENSE), ("people", _DENSE_PEOPLE)):
                for name, (more, kind) in layout.items():
                    _maps(file, f"{group}/{name}", (*size, *more), kind)
            _rows(file, "people/depth_from", (), "f8")
            _rows(file, "people/texture", (2,), "i8")
            file.create_dataset("textures", (0,), "u1", maxshape=(None,), chunks=(1 << 16,))


def pictures_in(path: Path, cameras: int = 1) -> int:
    """How many pictures a file holds whole and in order, each moment once; those after them do not count.

    Args:
        path: The file.
        cameras: Pictures of each moment.

    Raises:
        FormatError: It is not there, damaged, or another kind of file.
    """
    file, _ = open_reading(path)
    with file:
        _check_kind(file, path)
        pictures, people = file["pictures"], file["people"]
        count = min(rows.shape[0] for rows in pictures.values())
        places = np.arange(count)
        good = pictures["index"][:count] == places // cameras
        good &= pictures["camera"][:count] == places % cameras
        held = min(rows.shape[0] for rows in people.values())
        if "textures" in file:
            held = _num_joined(people["texture"][:held], file["textures"].shape[0])
        whole = _num_joined(pictures["people"][:count], held)
        return min(_num_leading(good), whole)


def _num_joined(spans: NDArray[np.int64], most: int) -> int:
    """How many of ``(N, 2)`` spans (first, count) follow each other from 0 and end by ``most``."""
    ends = spans.sum(1)
    return _num_leading((spans[:, 0] == np.append(0, ends)[:-1]) & (ends <= most))


def _num_leading(good: NDArray[np.bool_]) -> int:
    return int(np.argmin(np.append(good, False)))


def keep_pictures(path: Path, count: int) -> None:
    """Put a file in order that a killed writer left: closed, with its first ``count`` pictures alone.

    A file that is so already is left as it is; else a copy takes its place.

    Args:
        path: The file.
        count: At most `pictures_in`.

    Raises:
        FormatError: It is damaged, or another kind of file.
        PoseError: The copy cannot be written.
    """
    source, _ = open_reading(path)
    with source:
        _check_kind(source, path)
        spans = source["pictures/people"][:count]
        people = int(spans[-1].sum()) if len(spans) else 0
        textures = int(source["people/texture"][:people][-1].sum()) if people and "textures" in source else 0
        wanted = {f"pictures/{name}": count for name in source["pictures"]}
        wanted.update({f"people/{name}": people for name in source["people"]})
        if "textures" in source:
            wanted["textures"] = textures
        is_right = all(source[name].shape[0] == rows for name, rows in wanted.items())
    if is_right and not is_left_open(path):
        return
    with replace_atomic(path) as draft:
        source, _ = open_reading(path)
        with source, h5py.File(draft, "w", libver=("v110", "v110")) as copy:
            copy.attrs.update(dict(source.attrs))
            for name in source["skeletons"]:
                copy[f"skeletons/{name}"] = source[f"skeletons/{name}"][:]
            for name, rows in wanted.items():
                _copy(source[name], copy, rows)


def _copy(source: h5py.Dataset, copy: h5py.File, rows: int) -> None:
    same = {"maxshape": source.maxshape, "chunks": source.chunks, "compression": source.compression}
    same.update(compression_opts=source.compression_opts, shuffle=source.shuffle)
    made = copy.create_dataset(source.name, (rows, *source.shape[1:]), source.dtype, **same)
    if source.compression is None:
        for start in range(0, rows, 1 << 16):
            made[start : min(rows, start + (1 << 16))] = source[start : min(rows, start + (1 << 16))]
        return
    zeros = (0,) * (source.ndim - 1)
    for row in range(rows):
        _, data = source.id.read_direct_chunk((row, *zeros))
        made.id.write_direct_chunk((row, *zeros), data)


def _check_kind(file: h5py.File, path: Path) -> None:
    if file.attrs.get("format") != FORMAT or int(file.attrs["version"]) > VERSION:
        raise FormatError(f"{path.name} is no file of this program, or of a newer one: {path}")


def _rows(file: h5py.File, name: str, shape: tuple[int, ...], kind: str) -> None:
    file.create_dataset(name, (0, *shape), kind, maxshape=(None, *shape), chunks=(_ROWS_A_CHUNK, *shape))


def _maps(file: h5py.File, name: str, shape: tuple[int, ...], kind: str) -> None:
    file.create_dataset(
        name, (0, *shape), kind, maxshape=(None, *shape), chunks=(1, *shape), compression="gzip",
        compression_opts=COMPRESSION, shuffle=np.dtype(kind).itemsize > 1,
    )  # fmt: skip


def _value(value: Any, shape: tuple[int, ...], kind: str) -> Any:
    return np.full(shape, np.nan, kind) if value is None else value


def _extend(dataset: h5py.Dataset, values: Any) -> None:
    if len(values):
        start = dataset.shape[0]
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = np.asarray(values, dataset.dtype)


def _write_chunks(dataset: h5py.Dataset, chunks: list[bytes]) -> None:
    start = dataset.shape[0]
    if chunks:
        dataset.resize(start + len(chunks), axis=0)
    zeros = (0,) * (dataset.ndim - 1)
    for row, data in enumerate(chunks, start=start):
        dataset.id.write_direct_chunk((row, *zeros), data)


def _cannot_write(path: Path, error: Exception) -> str:
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return f"cannot write {path}: {reason}; free some space or choose another folder"
