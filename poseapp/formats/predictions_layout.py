"""How prediction files are laid out inside; `docs/files.md` says it for people.

    /                attributes: format, version, id, net, skeleton (JSON), info (JSON)
    /videos/0, 1...  one group a video, attribute `name`
        frames       (F, 3) int64: frame_idx, first row of its people, how many; -1 where not yet written
        frame_score  (F,) float32: mean keypoint score of its people, 0 where nobody was found
        points       (M, K, 2) float32 pixels, NaN where missing; one row a person
        visibility   (M, K) uint8
        scores       (M, K) float32, NaN where unknown
        score        (M,) float32, NaN where unknown
        track_id     (M,) int64, -1 where unknown
        box          (M, 4) float32 xyxy, NaN where unknown
        file_name    (F,) text, only in files made from pictures

The rows of a frame are written before its entry in `frames`: who reads while the file grows sees whole
frames only.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import h5py
import numpy as np

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

FORMAT, VERSION = "poseapp-predictions", 1
# What the reader of any h5py of the last years understands, and the oldest that can be read while it grows.
LIBVER = ("v110", "v110")
# The tables with one row a person.
PEOPLE = ("points", "visibility", "scores", "score", "track_id", "box")
_GROWING_BYTES = 64 << 20
_FRAMES_A_CHUNK, _PEOPLE_A_CHUNK = 1024, 64
_PAGE_ROWS = 16_384


def create_root(
    file: h5py.File, skeleton: Skeleton, net: str, info: dict[str, Any], file_id: str = ""
) -> None:
    """Write the attributes of a new file and its empty group of videos.

    Args:
        file: open for writing.
        skeleton: of all people.
        net: what predicts.
        info: JSON values to note.
        file_id: of the file that it continues; "" gives it one of its own.
    """
    file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
    file.attrs["net"] = net
    file.attrs["id"] = file_id or uuid.uuid4().hex
    file.attrs["skeleton"] = json.dumps(skeleton.to_dict())
    file.attrs["info"] = json.dumps(info)
    file.create_group("videos")


def create_video(file: h5py.File, index: int, name: str, num_keypoints: int) -> h5py.Group:
    """Make the empty group of a video."""
    group = file["videos"].create_group(str(index))
    group.attrs["name"] = name

    def table(name: str, width: tuple[int, ...], kind: str, empty: float, rows: int) -> None:
        shape = (0, *width)
        group.create_dataset(
            name, shape, kind, maxshape=(None, *width), chunks=(rows, *width), fillvalue=empty
        )

    table("frames", (3,), "<i8", -1, _FRAMES_A_CHUNK)
    table("frame_score", (), "<f4", np.nan, _FRAMES_A_CHUNK)
    table("points", (num_keypoints, 2), "<f4", np.nan, _PEOPLE_A_CHUNK)
    table("visibility", (num_keypoints,), "u1", 0, _PEOPLE_A_CHUNK)
    table("scores", (num_keypoints,), "<f4", np.nan, _PEOPLE_A_CHUNK)
    table("score", (), "<f4", np.nan, _PEOPLE_A_CHUNK * 16)
    table("track_id", (), "<i8", -1, _PEOPLE_A_CHUNK * 16)
    table("box", (4,), "<f4", np.nan, _PEOPLE_A_CHUNK * 16)
    return group


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """Return an attribute that has to be text.

    Raises:
        KeyError, TypeError, UnicodeEncodeError: It is not there, or no text.
    """
    value = attributes[name]
    if not isinstance(value, str):
        raise TypeError(f"'{name}' is no text")
    value.encode("utf-8")  # half characters could not be written again
    return value


def check_video(group: h5py.Group, num_keypoints: int, file_bytes: int) -> None:
    """Check that the tables of a video are those that `create_video` makes.

    Args:
        group: Of the video.
        num_keypoints: Of its people.
        file_bytes: Size of the file.

    Raises:
        KeyError, TypeError, ValueError: A table is missing, of another kind or width, or says that it is
            longer than the file.
    """
    widths: dict[str, tuple[int, ...]] = {
        "frames": (3,), "frame_score": (), "points": (num_keypoints, 2), "visibility": (num_keypoints,),
        "scores": (num_keypoints,), "score": (), "track_id": (), "box": (4,),
    }  # fmt: skip
    for name, width in widths.items():
        table = group[name]
        whole = name in ("frames", "visibility", "track_id")
        if not isinstance(table, h5py.Dataset) or table.dtype.kind not in ("iu" if whole else "f"):
            raise TypeError(f"the table '{name}' is of another kind")
        if table.ndim != 1 + len(width) or table.shape[1:] != width:
            raise ValueError(f"the table '{name}' has the shape {table.shape}")
        # Of a file that grows more may be known than is on the disk yet.
        if table.size * table.dtype.itemsize > file_bytes + _GROWING_BYTES:
            raise ValueError(f"the table '{name}' says that it is longer than the file")


def append_frames(group: h5py.Group, frames: Sequence[tuple[int, Sequence[Instance]]]) -> None:
    """Write frames behind those that are there: (frame_idx, people) each."""
    people = [person for _, persons in frames for person in persons]
    first = len(group["points"])
    if people:
        unknown = np.full(len(people[0].points), np.nan)
        _append(group["points"], np.array([p.points for p in people]))
        _append(group["visibility"], np.array([p.visibility for p in people]))
        _append(group["scores"], np.array([unknown if p.scores is None else p.scores for p in people]))
        _append(group["score"], np.array([np.nan if p.score is None else p.score for p in people]))
        _append(group["track_id"], np.array([-1 if p.track_id is None else p.track_id for p in people]))
        _append(group["box"], np.array([np.full(4, np.nan) if p.box is None else p.box for p in people]))
    counts = np.array([len(persons) for _, persons in frames])
    starts = first + np.concatenate([[0], np.cumsum(counts)[:-1]])
    _append(group["frame_score"], np.array([mean_score(persons) for _, persons in frames]))
    # On the disk first, so that no entry ever points at rows that are not there.
    group.file.flush()
    _append(group["frames"], np.column_stack([[frame_idx for frame_idx, _ in frames], starts, counts]))


def _append(dataset: h5py.Dataset, rows: np.ndarray) -> None:
    start = len(dataset)
    dataset.resize(start + len(rows), axis=0)
    dataset[start:] = rows


def mean_score(people: Sequence[Instance]) -> float:
    """Return the mean score of all found keypoints of a frame's people, 0 where there is none."""
    scores = [
        p.scores[p.labelled]
        if p.scores is not None
        else np.full(p.num_labelled, np.nan if p.score is None else p.score)
        for p in people
    ]
    known = np.concatenate([s[np.isfinite(s)] for s in scores]) if scores else np.zeros(0)
    return float(known.mean()) if known.size else 0.0


def read_people(group: h5py.Group, start: int, stop: int, source: str) -> list[Instance]:
    """Read the people of rows start to stop."""
    points = group["points"][start:stop].astype(np.float64)
    visibility, scores = group["visibility"][start:stop], group["scores"][start:stop]
    score, track_id, box = group["score"][start:stop], group["track_id"][start:stop], group["box"][start:stop]
    return [
        Instance(
            points[row],
            visibility[row],
            None if np.isnan(scores[row]).all() else scores[row],
            None if np.isnan(score[row]) else float(score[row]),
            source,
            None if track_id[row] < 0 else int(track_id[row]),
            None if np.isnan(box[row]).any() else box[row].astype(np.float64),
        )
        for row in range(stop - start)
    ]


def read_rows(group: h5py.Group, name: str, start: int, stop: int) -> np.ndarray:
    """Read rows start to stop of a column of people, in pages: HDF5 lets one thread in at a time."""
    column = group[name]
    pages = [column[first : min(first + _PAGE_ROWS, stop)] for first in range(start, stop, _PAGE_ROWS)]
    return np.concatenate(pages)
