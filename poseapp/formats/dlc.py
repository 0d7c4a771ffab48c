"""DeepLabCut tables as data sets: labels by picture, predictions by frame.

DeepLabCut puts integer coordinates at pixel centres, as this program does: its labels are clicks on pictures
drawn that way. Nothing is shifted in either direction.

Individuals become tracks, their names stand in `Dataset.info["track_names"]`; body parts that there is only
one of (`uniquebodyparts`) belong to a person of their own, the individual `single`. `info["dlc"]` has
`scorer`, `individuals` and `unique`; `ImageEntry.extra["dlc_image"]` the picture's name.
"""

import os
import re
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from poseapp.errors import FormatError, SkeletonError
from poseapp.formats.dataset import Dataset, ImageEntry, frame_file_name, inside
from poseapp.formats.dlc_h5 import read_h5, write_h5
from poseapp.formats.dlc_individuals import Individuals
from poseapp.formats.dlc_table import Column, DlcTable, read_csv, write_csv
from poseapp.formats.dlc_videos import VideoFinder
from poseapp.formats.losses import losses
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Pair, Skeleton, shipped_skeleton

SINGLE = "single"
LABELS = "labeled-data"
SCORER = "PoseApp"
_DIGITS = re.compile(r"(\d+)(?=\.[^.]*$)")
_NETWORK = re.compile(r"DLC(?=_|[A-Z])")


def read_file(path: str | os.PathLike[str]) -> Dataset:
    """Read one table, CSV or HDF5: labels of a video's pictures, or predictions of a video.

    Raises:
        FormatError: It is no DeepLabCut table; the message names the line where there is one.
    """
    path = Path(path)
    table = read_h5(path) if path.suffix.lower() in (".h5", ".hdf5") else read_csv(path)
    folder = path.resolve().parent
    # In a project the names of pictures start from its folder.
    root = folder.parent.parent if folder.parent.name == LABELS else folder
    dataset = Dataset(skeleton_of(table, path.name), root=root)
    dataset.info = info_of(table)
    add_table(dataset, table, path, VideoFinder(root, {}))
    return dataset


def skeleton_of(
    table: DlcTable, where: str, edges: list[tuple[str, str]] | None = None, name: str = ""
) -> Skeleton:
    """Return the skeleton of a table's body parts.

    Raises:
        FormatError: It has none, or their names are unusable.
    """
    return make_skeleton(part_names(table), where, edges, name)


def part_names(table: DlcTable) -> list[str]:
    """Return the body parts of a table, those that only `single` has last."""
    ordered = sorted(table.columns, key=lambda column: column[0] == SINGLE)
    return list(dict.fromkeys(part for _, part, _ in ordered))


def make_skeleton(
    parts: list[str], where: str, edges: list[tuple[str, str]] | None, name: str = ""
) -> Skeleton:
    """Return the skeleton of body parts: the shipped one where there is one of these names and edges.

    Raises:
        FormatError: There are no parts, or their names are unusable.
    """
    places = {part: index for index, part in enumerate(parts)}
    pairs: list[Pair] = [
        (places[a], places[b]) for a, b in edges or [] if a in places and b in places and a != b
    ]
    try:
        shipped = shipped_skeleton(parts)
        if shipped is not None and (
            not pairs or set(map(frozenset, pairs)) == set(map(frozenset, shipped.edges))
        ):
            return shipped
        return Skeleton.from_names(name or PurePosixPath(where).stem, parts, list(dict.fromkeys(pairs)))
    except SkeletonError as error:
        raise FormatError(f"{where}: {error}") from error


def info_of(table: DlcTable) -> dict[str, Any]:
    """Return what `Dataset.info` keeps of a table."""
    names = list(dict.fromkeys(individual for individual, _, _ in table.columns if individual))
    unique = list(dict.fromkeys(part for individual, part, _ in table.columns if individual == SINGLE))
    info: dict[str, Any] = {"dlc": {"scorer": table.scorer}}
    if names:
        info["dlc"] |= {"individuals": [name for name in names if name != SINGLE], "unique": unique}
        info["track_names"] = {str(index): name for index, name in enumerate(names)}
    return info


def add_table(dataset: Dataset, table: DlcTable, path: Path, videos: VideoFinder) -> None:
    """Put the rows of a table into a data set, whose skeleton has all its body parts and tracks.

    Raises:
        FormatError: A picture's path leads out of the folder.
    """
    parts = {part: index for index, part in enumerate(dataset.skeleton.keypoints)}
    tracks = {name: int(number) for number, name in dataset.info.get("track_names", {}).items()}
    groups: dict[str, dict[str, np.ndarray]] = defaultdict(dict)
    for index, (individual, part, coord) in enumerate(table.columns):
        column = groups[individual].setdefault(coord, np.full(len(parts), -1))
        column[parts[part]] = index
    padded = np.column_stack([table.values, np.full(len(table.values), np.nan)])
    source, predicted = f"import:{path.name}", table.has_likelihood
    for row, name in enumerate(table.rows):
        image = len(dataset.images)
        dataset.images.append(_image(name, path, dataset.root, videos))
        for individual, columns in groups.items():
            if "x" not in columns or "y" not in columns:
                raise FormatError(
                    f"{path.name}: the columns x and y of {individual or 'a body part'} are not there."
                )
            points = np.column_stack([padded[row, columns["x"]], padded[row, columns["y"]]])
            if not np.isfinite(points).all(axis=1).any():
                continue
            person = Instance(points, source=source, track_id=tracks.get(individual))
            if predicted and "likelihood" in columns:
                person.scores = padded[row, columns["likelihood"]].astype(np.float32)
                person.extra["predicted"] = True
            dataset.instances.append((image, person))


def _image(name: tuple[str, ...] | int, path: Path, root: Path, videos: VideoFinder) -> ImageEntry:
    """The entry of a row: a frame of its video where that is there, else its picture."""
    if isinstance(name, int):
        whole = videos.beside(path, video_stem(path))
        return ImageEntry(frame_file_name(whole, name), video=whole, frame_idx=name)
    picture = inside("/".join(name), f"picture of a row in {path.name}")
    short = "/".join(picture.split("/")[-2:])
    number = frame_number(picture)
    folder = PurePosixPath(picture).parent.name
    if not (root / picture).is_file() and (path.parent / PurePosixPath(picture).name).is_file():
        # A file outside of a project, its pictures beside it.
        picture = PurePosixPath(picture).name
    video = videos.of_frame(folder, number, root / picture) if number is not None else None
    extra = {"dlc_image": short}
    if video is not None:
        return ImageEntry(picture, video=video, frame_idx=number, extra=extra)
    if (root / picture).is_file() or number is None:
        return ImageEntry(picture, extra=extra)
    return ImageEntry(picture, video=folder or None, frame_idx=number if folder else None, extra=extra)


def frame_number(picture: str) -> int | None:
    """Return the number at the end of a picture's name: DeepLabCut names frames by it."""
    found = _DIGITS.search(picture)
    return int(found.group(1)) if found and len(found.group(1)) < 12 else None


def video_stem(path: Path) -> str:
    """Return the name of the video that predictions are of: what stands before the network's name."""
    stem = path.name
    for ending in (".dlc.csv", ".dlc.h5", ".csv", ".h5", ".hdf5"):
        stem = stem.removesuffix(ending)
    found = _NETWORK.search(stem)
    return stem[: found.start()] if found and found.start() else stem


def cannot_hold(dataset: Dataset) -> list[str]:
    """Say what a table leaves out."""
    predicted = is_prediction(dataset)
    kinds = ["hidden", "score", "box", "empty", *([] if predicted else ["scores"])]
    people = Individuals(dataset)
    if not people.names:
        kinds.append("track")
    return losses(dataset, kinds, "DeepLabCut") + people.problems


def is_prediction(dataset: Dataset) -> bool:
    """Whether a table of a data set is one of predictions: of one video, all people with scores."""
    videos = {image.video for image in dataset.images}
    scored = bool(dataset.instances) and all(person.scores is not None for _, person in dataset.instances)
    return scored and len(videos) == 1 and None not in videos


def picture_name(image: ImageEntry, digits: int) -> tuple[str, str]:
    """Return the folder below `labeled-data` and the name of an image's picture."""
    named = image.extra.get("dlc_image")
    if isinstance(named, str) and named.count("/") == 1 and ".." not in named:
        folder, name = named.split("/")
        if folder and name:
            return folder, name
    if image.frame_idx is not None and image.video is not None:
        where = PurePosixPath(image.video.replace("\\", "/"))
        own = PurePosixPath(image.file_name)
        if own.parent.name == where.name and own.name:
            return safe_stem(where.name), own.name
        return safe_stem(where.stem), f"img{image.frame_idx:0{digits}d}.png"
    own = PurePosixPath(image.file_name)
    return safe_stem(own.parent.name or "pictures"), own.name


def safe_stem(name: str) -> str:
    """Return a folder's name that DeepLabCut finds again: it cuts names at the last dot."""
    return name.replace(".", "_").strip() or "video"


def make_table(
    dataset: Dataset,
    indices: list[int],
    people: Individuals,
    scorer: str,
    *,
    predicted: bool,
    digits: int,
) -> DlcTable:
    """Return the table of some images of a data set, in the order of their names or frames."""
    coords = ("x", "y", "likelihood") if predicted else ("x", "y")
    columns: list[Column] = [
        (individual, dataset.skeleton.keypoints[part], coord)
        for individual, parts in people.slots
        for part in parts
        for coord in coords
    ]
    by_image = dataset.by_image()
    rows: list[tuple[tuple[str, ...] | int, np.ndarray]] = []
    for index in indices:
        image = dataset.images[index]
        frame_idx = int(image.frame_idx or 0)
        name = frame_idx if predicted else (LABELS, *picture_name(image, digits))
        rows.append((name, _row(people, by_image[index], len(coords))))
    rows.sort(key=lambda row: row[0])
    values = np.array([row for _, row in rows]).reshape(len(rows), len(columns))
    return DlcTable(scorer, columns, [name for name, _ in rows], values)


def _row(people: Individuals, persons: list[Instance], num_coords: int) -> np.ndarray:
    placed = people.place(persons)
    cells = []
    for individual, parts in people.slots:
        person = placed.get(individual)
        block = np.full((len(parts), num_coords), np.nan)
        if person is not None:
            block[:, :2] = person.points[parts]
            if num_coords == 3 and person.scores is not None:
                block[:, 2] = person.scores[parts]
        cells.append(block.ravel())
    return np.concatenate(cells) if cells else np.zeros(0)


def scorer_of(dataset: Dataset) -> str:
    """Return who labelled a data set, as DeepLabCut calls it."""
    own = dataset.info.get("dlc")
    named = own.get("scorer") if isinstance(own, dict) else None
    return named if isinstance(named, str) and named else SCORER


def _write(path: str | os.PathLike[str], dataset: Dataset, scorer: str | None, as_csv: bool) -> None:
    if not dataset.images:
        raise FormatError(f"There is nothing to write to {path}: no frame is labelled or predicted.")
    digits = len(str(max((image.frame_idx or 0 for image in dataset.images), default=0)))
    table = make_table(
        dataset, list(range(len(dataset.images))), Individuals(dataset), scorer or scorer_of(dataset),
        predicted=is_prediction(dataset), digits=digits,
    )  # fmt: skip
    table.check(Path(path).name)
    (write_csv if as_csv else write_h5)(path, table)


def write_csv_file(path: str | os.PathLike[str], dataset: Dataset, *, scorer: str | None = None) -> None:
    """Write one table as CSV.

    Raises:
        PoseError: There is nothing to write, or the file cannot be written.
    """
    _write(path, dataset, scorer, as_csv=True)


def write_h5_file(path: str | os.PathLike[str], dataset: Dataset, *, scorer: str | None = None) -> None:
    """Write one table as HDF5 that pandas reads.

    Raises:
        PoseError: There is nothing to write, or the file cannot be written.
    """
    _write(path, dataset, scorer, as_csv=False)
