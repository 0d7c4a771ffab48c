"""From the log of finished pictures to one COCO keypoints file a skeleton, and the contact sheet."""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.labels.instance import Instance
from poseapp.paths import replace_atomic
from poseapp.render.overlay import draw_instances
from poseapp.synth.truth.landmarks import HAND_SKELETON, SKELETONS, skeleton
from poseapp.synth.truth.records import PictureRecord

LOG_NAME = "records.jsonl"
SHEET_SIDE, SHEET_MOST = 208, 64
SHEET_SKELETON = "halpe26"


def read_log(path: Path, cameras: int, most: int | None = None) -> tuple[int, int]:
    """How many moments a log holds whole and in order, and at which byte the last of them ends.

    Lines after one that is torn, or of another moment than its place in the log says, do not count.

    Args:
        path: The log; none is an empty one.
        cameras: Pictures of each moment.
        most: Look no further than this number of moments.
    """
    done = end = 0
    if path.exists():
        with open(path, "rb") as file:
            for line in islice(file, most):
                if not _is_moment(line, done, cameras):
                    break
                done, end = done + 1, end + len(line)
    return done, end


def _is_moment(line: bytes, number: int, cameras: int) -> bool:
    try:
        images = [entry["image"] for entry in json.loads(line)["pictures"]]
        found = [(image["moment"], image["camera_number"]) for image in images]
    except (ValueError, KeyError, TypeError):
        return False
    return line.endswith(b"\n") and found == [(number, camera) for camera in range(cameras)]


def append_log(path: Path, moments: list[list[PictureRecord]]) -> None:
    """Note finished moments, a line each, and wait until they are on the disk.

    Raises:
        OSError: They cannot be written.
    """
    with open(path, "a", encoding="utf-8", newline="\n") as log:
        for records in moments:
            pictures = [{"image": r.image, "annotations": r.annotations} for r in records]
            log.write(json.dumps({"pictures": pictures}, separators=(",", ":"), allow_nan=False) + "\n")
        log.flush()
        os.fsync(log.fileno())


def cut_log(path: Path, end: int) -> None:
    """Leave the first ``end`` bytes of a log, if there is one."""
    if path.exists() and path.stat().st_size > end:
        os.truncate(path, end)


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """Pictures of a log in their order: ``image`` and ``annotations`` by skeleton.

    Raises:
        SynthError: The log is damaged.
    """
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield from json.loads(line)["pictures"]
            except (ValueError, KeyError, TypeError) as error:
                raise SynthError(
                    f"{path} is damaged in line {number}: delete the data set's folder and begin again"
                ) from error


def write_coco(folder: Path, info: dict[str, Any]) -> dict[str, int]:
    """Write one file a skeleton from the log.

    Args:
        folder: Of the data set.
        info: Noted in each file.

    Returns:
        How many annotations each has.

    Raises:
        PoseError: A file cannot be written, or the log is damaged.
    """
    counts = {}
    for name in SKELETONS:
        with (
            replace_atomic(folder / f"{name}.json") as draft,
            open(draft, "w", encoding="utf-8", newline="\n") as out,
        ):
            counts[name] = _write_file(out, name, folder / LOG_NAME, info)
    return counts


def _write_file(out: Any, name: str, log: Path, info: dict[str, Any]) -> int:
    known = skeleton(name)
    category = {
        "id": 1, "name": "hand" if name == HAND_SKELETON else "person",
        "keypoints": list(known.keypoints), "skeleton": [[a + 1, b + 1] for a, b in known.edges],
    }  # fmt: skip
    out.write(json.dumps({"info": info, "categories": [category]})[:-1] + ', "images": [')
    images = 0
    for images, entry in enumerate(entries(log), start=1):
        out.write((", " if images > 1 else "") + json.dumps({"id": images, **entry["image"]}))
    out.write('], "annotations": [')
    count = 0
    for image_id, entry in enumerate(entries(log), start=1):
        for annotation in entry["annotations"][name]:
            count += 1
            fields = {"id": count, "image_id": image_id, "category_id": 1, **annotation}
            out.write((", " if count > 1 else "") + json.dumps(fields, allow_nan=False))
    out.write("]}")
    return count


def write_sheet(folder: Path, pictures: Path | None = None) -> None:
    """Draw ``sheet.jpg``: up to 64 pictures with their keypoints, spread evenly over the data set.

    Args:
        folder: Of the data set.
        pictures: Where the pictures of a clip's frames lie, else by the names of the log.

    Raises:
        PoseError: The sheet cannot be written.
    """
    total = sum(1 for _ in entries(folder / LOG_NAME))
    chosen = set(np.unique(np.linspace(0, total - 1, min(total, SHEET_MOST)).astype(int)).tolist())
    tiles = []
    for number, entry in enumerate(entries(folder / LOG_NAME)):
        if number in chosen:
            place = folder / entry["image"]["file_name"]
            if pictures is not None:
                place = pictures / f"{entry['image']['frame_idx']:06d}.png"
            bgr = cv2.imread(str(place))
            if bgr is not None:
                tiles.append(_tile(bgr, entry["annotations"][SHEET_SKELETON]))
    if not tiles:
        return
    across = int(np.ceil(np.sqrt(len(tiles))))
    blank = np.full_like(tiles[0], 24)
    tiles += [blank] * (-len(tiles) % across)
    sheet = np.vstack([np.hstack(tiles[row : row + across]) for row in range(0, len(tiles), across)])
    done, data = cv2.imencode(".jpg", sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    if done:
        with replace_atomic(folder / "sheet.jpg") as draft:
            draft.write_bytes(data.tobytes())


def _tile(bgr: NDArray[Any], annotations: list[dict[str, Any]]) -> NDArray[np.uint8]:
    """One picture, its keypoints drawn after it was made smaller so that lines stay sharp."""
    height, width = bgr.shape[:2]
    scale = SHEET_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.cvtColor(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    people = []
    for annotation in annotations:
        triples = np.array(annotation["keypoints"], float).reshape(-1, 3)
        points = (triples[:, :2] + 0.5) * (size[0] / width, size[1] / height) - 0.5
        people.append(Instance(points, triples[:, 2]))
    return draw_instances(small.astype(np.uint8), people, skeleton(SHEET_SKELETON), scale=0.6)
