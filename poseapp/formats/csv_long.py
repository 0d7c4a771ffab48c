"""CSV in long form: one row a keypoint, for spreadsheets, pandas and R.

Columns: `COLUMNS`. Unlabelled keypoints have a row with visibility 0 and empty x, y, so that order and
number of keypoints survive. Text that a spreadsheet would take for a formula has an apostrophe in front,
which reading takes away again. Not in the file, so lost on reading back: image sizes, frames without
anybody, boxes, further fields.
"""

import csv
import io
import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.errors import FormatError, SkeletonError
from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name, inside, read_text, video_names
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, shipped_skeleton
from poseapp.paths import write_atomic

COLUMNS = (
    "video", "image", "frame_idx", "time_s", "track_id", "instance", "score", "source", "keypoint", "x", "y",
    "visibility", "keypoint_score",
)  # fmt: skip
_END = "\r\n"
_NEEDED = ("keypoint", "x", "y")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


class _Lines(io.StringIO):
    """Rows that end as lines do here; a writer told to end them with both characters quotes both in cells."""

    def write(self, row: str) -> int:
        return super().write(row.removesuffix(_END) + "\n")


def write(path: str | os.PathLike[str], dataset: Dataset, *, decimals: int = 3) -> None:
    """Write the table, whole or not at all.

    Args:
        path: The file.
        dataset: What to write; a frame's time is taken from `ImageEntry.extra["time_s"]` where it is there.
        decimals: Of x, y and the scores.

    Raises:
        PoseError: The file cannot be written.
    """
    text = _Lines()
    table = csv.writer(text, lineterminator=_END)
    table.writerow(COLUMNS)
    videos = video_names(dataset, Path(path).absolute().parent)
    for index, people in enumerate(dataset.by_image()):
        image = dataset.images[index]
        frame = [
            _escaped("" if image.video is None else videos[image.video]),
            _escaped(image.file_name if image.video is None else ""),
            "" if image.frame_idx is None else image.frame_idx,
            _number(image.extra.get("time_s"), 6),
        ]
        for number, person in enumerate(people):
            table.writerows(_rows(frame, number, person, dataset.skeleton, decimals))
    write_atomic(path, text.getvalue())


def _rows(
    frame: list[Any], number: int, person: Instance, skeleton: Skeleton, decimals: int
) -> list[list[Any]]:
    track = "" if person.track_id is None else person.track_id
    head = [*frame, track, number, _number(person.score, decimals), _escaped(person.source)]
    scores = [None] * len(person.points) if person.scores is None else person.scores.tolist()
    return [
        [*head, _escaped(name), _number(x, decimals), _number(y, decimals), v, _number(score, decimals)]
        for name, (x, y), v, score in zip(
            skeleton.keypoints, person.points.tolist(), person.visibility.tolist(), scores, strict=True
        )
    ]


def _escaped(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _number(value: Any, decimals: int) -> str:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return repr(round(float(value), decimals))


def read(path: str | os.PathLike[str]) -> Dataset:
    """Read a table written by `write`, or any with at least the columns keypoint, x, y and a frame or image.

    Rows of one person stand together; a new person begins where frame, `instance` or `track_id` change or
    a keypoint comes again. Keypoints keep their order of appearance.

    Raises:
        FormatError: A column is missing or a cell is no number; the message names the line.
    """
    where = Path(path).name
    rows = _read_rows(path, where)
    names = list(dict.fromkeys(row["keypoint"] for row in rows))
    if not names:
        raise FormatError(f"{where} has no rows.")
    try:
        skeleton = shipped_skeleton(names) or Skeleton.from_names(Path(path).stem, names)
    except SkeletonError as error:
        raise FormatError(f"{where}: {error}") from error
    dataset = Dataset(skeleton, root=Path(path).resolve().parent)
    places: dict[tuple[str, str], int] = {}
    keypoints = {name: index for index, name in enumerate(names)}
    person: Instance | None = None
    last: tuple[Any, ...] = ()
    seen: set[int] = set()
    for row in rows:
        frame = (row["video"], row["frame_idx"] if row["video"] or not row["image"] else row["image"])
        if frame not in places:
            places[frame] = len(dataset.images)
            dataset.images.append(_image(row, where))
        keypoint = keypoints[row["keypoint"]]
        key = (frame, row["instance"], row["track_id"])
        if person is None or key != last or keypoint in seen:
            person, last, seen = _person(row, len(names), where), key, set()
            dataset.instances.append((places[frame], person))
        seen.add(keypoint)
        _fill(person, keypoint, row, where)
    for _, found in dataset.instances:
        if found.scores is not None and np.isnan(found.scores).all():
            found.scores = None
    return dataset


def _read_rows(path: str | os.PathLike[str], where: str) -> list[dict[str, str]]:
    text = read_text(path)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise FormatError(f"{where} is not a CSV file: {error}.") from error
    header = table[0] if table else []
    missing = [column for column in _NEEDED if column not in header]
    if "frame_idx" not in header and "image" not in header:
        missing.append("frame_idx")
    if missing:
        needed = f"{', '.join(_NEEDED)} and frame_idx"
        raise FormatError(f"{where} has no column '{missing[0]}'; it needs {needed}.")
    rows = []
    for line, cells in enumerate(table[1:], start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise FormatError(f"{where}, row {line}: {len(cells)} cells, but the header has {len(header)}.")
        row = dict.fromkeys(COLUMNS, "")
        row.update({name: _unescaped(cell) for name, cell in zip(header, cells, strict=True)})
        row["line"] = str(line)
        rows.append(row)
    return rows


def _image(row: dict[str, str], where: str) -> ImageEntry:
    if row["image"] and not row["video"]:
        return ImageEntry(inside(row["image"], f"image in {where}"))
    frame_idx = _whole(row, "frame_idx", where)
    if frame_idx is None or frame_idx < 0:
        raise FormatError(f"{where}, row {row['line']}: frame_idx is {row['frame_idx']!r}; it counts from 0.")
    extra = {} if not row["time_s"] else {"time_s": _float(row, "time_s", where)}
    video = inside(row["video"], f"video in {where}, row {row['line']}") or None
    name = frame_file_name(row["video"], frame_idx)
    return ImageEntry(name, video=video, frame_idx=frame_idx, extra=extra)


def _person(row: dict[str, str], num_keypoints: int, where: str) -> Instance:
    person = Instance.empty(num_keypoints, row["source"] or f"import:{where}")
    person.scores = np.full(num_keypoints, np.nan, dtype=np.float32)
    person.score = _float(row, "score", where)
    person.track_id = _whole(row, "track_id", where)
    return person


def _fill(person: Instance, keypoint: int, row: dict[str, str], where: str) -> None:
    x, y = _float(row, "x", where), _float(row, "y", where)
    visibility = _whole(row, "visibility", where)
    if visibility is None:
        visibility = 0 if x is None or y is None else 2
    if visibility not in (0, 1, 2):
        raise FormatError(f"{where}, row {row['line']}: visibility is {visibility}; it is 0, 1 or 2.")
    if visibility and (x is None or y is None):
        raise FormatError(f"{where}, row {row['line']}: a labelled keypoint has no x or y.")
    if visibility:
        person.points[keypoint], person.visibility[keypoint] = (x, y), visibility
    score = _float(row, "keypoint_score", where)
    if score is not None and person.scores is not None:
        person.scores[keypoint] = score


def _float(row: dict[str, str], column: str, where: str) -> float | None:
    text = row[column].strip()
    if not text or text.lower() == "nan":
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        raise FormatError(f"{where}, row {row['line']}: {column} is {row[column]!r}, not a number.")
    return value


def _whole(row: dict[str, str], column: str, where: str) -> int | None:
    value = _float(row, column, where)
    if value is not None and value != int(value):
        raise FormatError(f"{where}, row {row['line']}: {column} is {row[column]!r}, not a whole number.")
    return None if value is None else int(value)
