"""Ways to spoil a file: bytes, numbers and words of text, values of JSON, objects of HDF5, tables of SQLite.

Every function takes what is whole and a `random.Random` and returns or leaves something spoilt; the same seed
spoils in the same way.
"""

from __future__ import annotations

import json
import re
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

NUMBERS = (
    0, -1, 1, 2, 255, 256, 65535, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**63 - 1, 2**63, -(2**63), 10**40,
    0.5, -0.0, 1e-320, 1e308, -1e308, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "a" * 5000, "../../etc/passwd", "/etc/passwd", "C:\\nul", "\ud800", "\u202e", "'; --", "%s%n",
    "=1+1", "nan", "true", "null", "[]", "{}", "line\nline", "person", "left_left", "\N{GREEK SMALL LETTER ALPHA}",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*")
_MARKS = (
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\xff",
    b"\xef\xbb\xbf",
    b"=",
)


def spoil_bytes(data: bytes, rng: Random) -> bytes:
    """Flip, set, cut, insert, double, swap or overwrite some places."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16, 64))):
        if not spoilt:
            break
        # Heads decide most: half of the places lie in the first thousandth or so.
        end = len(spoilt) if rng.random() < 0.5 else min(len(spoilt), max(64, len(spoilt) // 500))
        at, size = rng.randrange(end), rng.choice((1, 2, 4, 8, 32, 256, 4096))
        kind = rng.randrange(8)
        if kind == 0:
            spoilt[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            spoilt[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 2:
            del spoilt[at : at + size]
        elif kind == 3:
            spoilt[at:at] = rng.randbytes(min(size, 256))
        elif kind == 4:
            spoilt[at:at] = spoilt[at : at + size]
        elif kind == 5:
            form = rng.choice(["<i", ">i", "<q", ">q", "<H", ">H", "<f", "<d"])
            number = (
                rng.choice((0, -1, 1, 2**31 - 1, -(2**31), 255))
                if form[1] in "iq"
                else rng.choice((0, 1, 65535))
            )
            spoilt[at : at + struct.calcsize(form)] = struct.pack(form, number)
        elif kind == 6:
            spoilt[at : at + size] = bytes(len(spoilt[at : at + size]))
        elif rng.random() < 0.3:
            del spoilt[at:]
        else:
            spoilt[at : at + size] = rng.randbytes(len(spoilt[at : at + size]))
    return bytes(spoilt)


def _shown(value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


def spoil_text(data: bytes, rng: Random) -> bytes:
    """Change numbers, words, lines and marks of a text; now and then its encoding."""
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        kind = rng.randrange(9)
        lines = data.split(b"\n")
        if kind in (0, 1, 2):
            found = list((_NUMBER if kind else _WORD).finditer(data))
            if found:
                spot = rng.choice(found)
                put = _shown(rng.choice(NUMBERS if rng.random() < 0.7 else TEXTS))
                data = data[: spot.start()] + put + data[spot.end() :]
        elif kind == 3:
            del lines[rng.randrange(len(lines))]
            data = b"\n".join(lines)
        elif kind == 4:
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
            data = b"\n".join(lines)
        elif kind == 5:
            at = rng.randrange(len(data) + 1)
            data = data[:at] + rng.choice(_MARKS) + data[at:]
        elif kind == 6:
            at = rng.randrange(len(data) + 1)
            data = data[:at] + data[at + rng.choice((1, 2, 10)) :]
        elif kind == 7:
            rng.shuffle(lines)
            data = b"\n".join(lines)
        elif rng.random() < 0.2:
            text = data.decode("utf-8", "replace")
            data = text.encode(rng.choice(("utf-16", "utf-8-sig", "utf-7", "utf-32")), "replace")
        else:
            data = spoil_bytes(data, rng)
    return data


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        one = todo.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            found.append((one, key))
            todo.append(one[key])
    return found


def strange_value(rng: Random, old: Any) -> Any:
    """A value that may not be what a reader expects there."""
    deep: Any = []
    for _ in range(rng.choice((3, 50, 300))):
        deep = [deep]
    return rng.choice(
        (
            None, True, False, [], {}, deep, [old], {"id": old}, str(old), rng.choice(NUMBERS), rng.choice(NUMBERS),
            rng.choice(TEXTS), [rng.choice(NUMBERS)] * rng.choice((1, 3, 51)), [[0, 0]], {"": {}},
        )
    )  # fmt: skip


def spoil_json_value(document: Any, rng: Random) -> Any:
    """Put strange values, doubles and gaps into a JSON document, in place; returns it."""
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        places = places_in(document)
        if not places:
            return strange_value(rng, document)
        # Few keys stand at the top and decide most; the numbers of keypoints are many.
        if rng.random() < 0.4:
            places = [
                p for p in places if not isinstance(p[0], list) or isinstance(p[0][p[1]], dict)
            ] or places
        holder, key = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.append(holder[key])
        elif kind == 2 and isinstance(holder, dict):
            holder[rng.choice(TEXTS)] = holder.pop(key)
        else:
            holder[key] = strange_value(rng, holder[key])
    return document


def spoil_json(data: bytes, rng: Random) -> bytes:
    """Spoil a JSON file: mostly its values, else its text."""
    if rng.random() < 0.25:
        return spoil_text(data, rng)
    document = spoil_json_value(json.loads(data), rng)
    if rng.random() < 0.03:
        return b"[" * 200_000
    return json.dumps(document, ensure_ascii=True).encode()


def spoil_hdf5(path: Path, rng: Random) -> None:
    """Spoil an HDF5 file in place: objects and attributes, else bytes."""
    if rng.random() < 0.4:
        path.write_bytes(spoil_bytes(path.read_bytes(), rng))
        return
    import h5py
    import numpy as np

    strange = (
        0,
        -1,
        2**40,
        np.nan,
        "",
        "a\0b",
        "[1",
        "{}",
        "null",
        [1, 2],
        np.zeros((2, 2)),
        "\N{SNOWMAN}",
        b"\xff\xfe",
    )
    with h5py.File(path, "r+") as file:
        for _ in range(rng.choice((1, 1, 2, 4))):
            items: list[Any] = [file]
            file.visititems(lambda name, item: items.append(item))
            item = rng.choice(items)
            kind = rng.randrange(6)
            with suppress(Exception):  # not everything can be done to everything
                if kind == 0 and item.name != "/":
                    del file[item.name]
                elif kind in (1, 2) and len(item.attrs):
                    key = rng.choice(list(item.attrs))
                    old = item.attrs[key]
                    if isinstance(old, str) and old.startswith(("{", "[")) and rng.random() < 0.7:
                        item.attrs[key] = json.dumps(spoil_json_value(json.loads(old), rng))
                    elif kind == 1:
                        item.attrs[key] = rng.choice(strange)
                    else:
                        del item.attrs[key]
                elif isinstance(item, h5py.Dataset):
                    _spoil_table(file, item, rng, np)


def _spoil_table(file: Any, item: Any, rng: Random, np: Any) -> None:
    name, data = item.name, item[()]
    kind = rng.randrange(6)
    if kind < 3 and data.size and data.dtype.kind in "iuf":
        flat = data.reshape(-1)
        limit = np.iinfo(data.dtype) if data.dtype.kind in "iu" else np.finfo(data.dtype)
        values = (
            0,
            1,
            limit.max,
            limit.min,
            10,
            *((np.nan, np.inf) if data.dtype.kind == "f" else (limit.max // 2,)),
        )
        for _ in range(rng.choice((1, 3, 50))):
            flat[rng.randrange(len(flat))] = rng.choice(values)
        item[...] = data
        return
    del file[name]
    if kind == 3:
        file[name] = data[: len(data) // 2] if data.ndim else data
    elif kind == 4:
        file[name] = rng.choice(
            (np.zeros(0), np.zeros((3, 3, 3), "i1"), np.array("text", dtype="S4"), np.float32(1))
        )
    elif kind == 5:
        file.create_group(name)


_HOSTILE_SQL = (
    "CREATE TRIGGER evil AFTER INSERT ON instance BEGIN DELETE FROM instance; END",
    "CREATE TRIGGER evil2 AFTER UPDATE ON instance BEGIN DELETE FROM history; END",
    "CREATE TRIGGER evil3 BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER evil4 AFTER INSERT ON instance BEGIN UPDATE instance SET points = zeroblob(100000000); END",
    "ALTER TABLE instance RENAME TO old; CREATE VIEW instance AS SELECT * FROM old",
    "DROP TABLE video; CREATE VIEW video AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS id, 'v' AS name, '' AS rel_path, '' AS abs_path, 1 AS num_frames, 1 AS width, 1 AS height, "
    "1.0 AS fps, '' AS fingerprint, 0 AS is_images FROM n",
    "DROP TABLE setting; CREATE VIEW setting AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT 'x' AS key, i AS value FROM n WHERE i < 0",
    "DROP TABLE instance", "DROP TABLE history", "DROP TABLE skeleton", "DROP TABLE instance_log", "DROP TABLE picture",
    "ALTER TABLE instance RENAME COLUMN points TO p", "ALTER TABLE video ADD COLUMN more TEXT",
    "DELETE FROM skeleton", "DROP INDEX instance_by_frame", "PRAGMA user_version = 1", "PRAGMA user_version = 99",
    "PRAGMA user_version = 0", "PRAGMA application_id = 7", "PRAGMA user_version = -5",
    "UPDATE instance SET points = zeroblob(300000000) WHERE id = 3",
    "UPDATE video SET name = CAST(zeroblob(50000000) AS TEXT)",
    "INSERT INTO setting VALUES ('last_video', '[1')", "INSERT INTO setting VALUES ('last_video', '{\"a\": []}')",
    "INSERT INTO setting VALUES ('frame/1', '\"x\"')", "INSERT INTO setting VALUES ('frame/1', '[2]')",
    "INSERT INTO setting VALUES ('frame/1', '1e999')", "INSERT INTO setting VALUES ('frame/1', 'nope')",
    "INSERT INTO setting VALUES ('last_video', '99999999999999999999')",
    "UPDATE history SET time = 'soon'", "UPDATE history SET text = x'ff00fe'", "UPDATE history SET undone = 'x'",
    "UPDATE history SET time = 9e300", "DELETE FROM history", "DELETE FROM instance_log",
    "UPDATE instance_log SET video_id = 'x'", "UPDATE instance_log SET points = NULL", "UPDATE instance_log SET edit_id = 99",
    "PRAGMA journal_mode = OFF", "PRAGMA auto_vacuum = 1; VACUUM",
)  # fmt: skip
_VALUES = (
    "NULL", "'text'", "''", "x''", "x'00'", "x'ffff'", "-1", "0", "9223372036854775807", "1e308", "9e999", "-9e999",
    "'[1'", "'[]'", "'{}'", "'null'", "'\"x\"'", "'[[[[]]]]'", "randomblob(16)", "randomblob(64)", "zeroblob(1000000)",
    "'../../x'", "char(0)", "CAST(x'ff' AS TEXT)", "'{\"a\": NaN}'",
)  # fmt: skip


def spoil_sqlite(path: Path, rng: Random) -> None:
    """Spoil a project's database in place: rows, tables, hostile content, else bytes and its log."""
    kind = rng.random()
    if kind < 0.35:
        path.write_bytes(spoil_bytes(path.read_bytes(), rng))
        return
    if kind < 0.40:
        path.with_name(path.name + rng.choice(("-wal", "-shm", "-journal"))).write_bytes(rng.randbytes(5000))
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        if kind < 0.5:
            # What no statement may do: the text of a table's definition itself.
            db.execute("PRAGMA writable_schema = 1")
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master")]
            change = rng.choice(
                ("sql = replace(sql, 'NOT NULL', '')", "sql = 'CREATE TABLE x (a)'", "rootpage = 2",
                 "rootpage = 999999", "sql = NULL", "type = 'view'", "sql = replace(sql, 'BLOB', 'TEXT')", "tbl_name = 'x'")
            )  # fmt: skip
            db.execute(f"UPDATE sqlite_master SET {change} WHERE name = ?", (rng.choice(names),))
            return
        for _ in range(rng.choice((1, 1, 2, 3))):
            with suppress(sqlite3.Error):
                if rng.random() < 0.4:
                    for statement in rng.choice(_HOSTILE_SQL).split("; ") if rng.random() < 0.3 else ():
                        db.execute(statement)
                    db.executescript(rng.choice(_HOSTILE_SQL))
                else:
                    _spoil_cell(db, rng)


def _spoil_cell(db: sqlite3.Connection, rng: Random) -> None:
    tables = [
        row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    ]  # fmt: skip
    table = rng.choice([*tables, "instance", "video"])
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    where = rng.choice(("", f" WHERE rowid = {rng.randrange(1, 5)}", " WHERE rowid = 1"))
    db.execute(f"UPDATE {table} SET {rng.choice(columns)} = {rng.choice(_VALUES)}{where}")


def in_place(spoil: Callable[[bytes, Random], bytes]) -> Callable[[Path, Random], None]:
    """Turn a function on bytes into one on a file."""

    def change(path: Path, rng: Random) -> None:
        path.write_bytes(spoil(path.read_bytes(), rng))

    return change


def spoiler_for(path: Path) -> Callable[[Path, Random], None]:
    """What spoils a file best, by its name."""
    by_suffix: dict[str, Callable[[Path, Random], None]] = {
        ".json": in_place(spoil_json), ".h5": spoil_hdf5, ".hdf5": spoil_hdf5, ".slp": spoil_hdf5, ".db": spoil_sqlite,
        ".csv": in_place(spoil_text), ".toml": in_place(spoil_text), ".yaml": in_place(spoil_text),
        ".bvh": in_place(spoil_text), ".txt": in_place(spoil_text), ".jsonl": in_place(spoil_lines),
    }  # fmt: skip
    return by_suffix.get(path.suffix.lower(), in_place(spoil_bytes))


def spoil_lines(data: bytes, rng: Random) -> bytes:
    """Spoil one JSON object a line: values of some of them, else the text."""
    if rng.random() < 0.25:
        return spoil_text(data, rng)
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 2, 6))):
        at = rng.randrange(len(lines))
        with suppress(ValueError):
            lines[at] = json.dumps(spoil_json_value(json.loads(lines[at]), rng)).encode()
    return b"\n".join(lines)
