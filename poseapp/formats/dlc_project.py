"""DeepLabCut projects: a folder with `config.yaml` and, for each video, pictures and a table of labels.

config.yaml
labeled-data/VIDEO/img0123.png ...         frame 123 of the video
labeled-data/VIDEO/CollectedData_SCORER.csv and .h5
"""

import dataclasses
import datetime
import itertools
import json
import os
import shutil
import tempfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from poseapp.errors import FormatError, PoseError
from poseapp.formats import dlc
from poseapp.formats.dataset import Dataset
from poseapp.formats.dlc_config import CONFIG, DlcConfig, config_text, find_config, read_config
from poseapp.formats.dlc_h5 import read_h5, write_h5
from poseapp.formats.dlc_individuals import Individuals
from poseapp.formats.dlc_table import DlcTable, read_csv, write_csv
from poseapp.formats.dlc_videos import VideoFinder
from poseapp.paths import IMAGE_SUFFIXES, write_atomic
from poseapp.video import Video, open_video

_MAX_VALUES = 20_000


def is_project(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a DeepLabCut project's folder or its `config.yaml`."""
    config = find_config(path)
    if config is None:
        return False
    try:
        read_config(config)
    except FormatError:
        return False
    return True


def project_folder(path: str | os.PathLike[str]) -> Path:
    """Return the folder that a path to write to means: itself, or that of its `config.yaml`."""
    path = Path(path)
    return path.parent if path.name == CONFIG else path


def read(path: str | os.PathLike[str]) -> Dataset:
    """Read a project.

    Labels are on frames of the videos where these are found (where the configuration says, in `videos`, or
    beside it) and the pictures are their frames; else on the pictures.

    Raises:
        FormatError: It is no DeepLabCut project, or one of its tables is damaged.
    """
    config_path = find_config(path)
    if config_path is None:
        raise FormatError(f"{path} is not a DeepLabCut project: it has no {CONFIG}.")
    config, root = read_config(config_path), config_path.resolve().parent
    tables = _read_tables(root, config.scorer)
    parts = config.bodyparts or list(dict.fromkeys(p for table, _ in tables for p in dlc.part_names(table)))
    known = [*parts, *(p for table, _ in tables for p in dlc.part_names(table))]
    skeleton = dlc.make_skeleton(list(dict.fromkeys(known)), config_path.name, config.edges, config.task)
    dataset = Dataset(skeleton, root=root)
    own: dict[str, Any] = {"scorer": config.scorer or next((table.scorer for table, _ in tables), dlc.SCORER)}
    own["task"] = config.task
    own["fields"] = {key: value for key, value in config.fields.items() if _is_kept(key, value)}
    named = [individual for table, _ in tables for individual, _, _ in table.columns if individual]
    names = list(dict.fromkeys([*config.individuals, *named]))
    if names:
        animals = [name for name in names if name != dlc.SINGLE]
        own |= {"individuals": animals, "unique": config.unique}
        dataset.info["track_names"] = {str(index): name for index, name in enumerate([*animals, dlc.SINGLE])}
    dataset.info["dlc"] = own
    videos = VideoFinder(root, config.video_sets)
    for table, place in tables:
        dlc.add_table(dataset, table, place, videos)
    dataset.warnings += videos.warnings
    for table, place in tables:
        if config.scorer and table.scorer != config.scorer:
            dataset.warnings.append(f"{place.parent.name} was labelled by {table.scorer}.")
    return dataset


def _is_kept(key: Any, value: Any) -> bool:
    """Whether a field of a configuration is one to write back that needs nothing else to be true."""
    places = {"project_path", "video_sets", "Task", "scorer", "bodyparts", "skeleton", "individuals",
              "uniquebodyparts", "multianimalbodyparts", "multianimalproject"}  # fmt: skip
    if not isinstance(key, str) or key in places:
        return False
    # Aliases make a few lines of YAML into any number of values: counted before they are written out.
    if _num_values(value, _MAX_VALUES) > _MAX_VALUES:
        return False
    try:
        return len(json.dumps(value, allow_nan=False)) < 100_000
    except (TypeError, ValueError, RecursionError):
        return False


def _num_values(value: Any, most: int) -> int:
    """How many values are in lists and tables; counting ends above `most`."""
    count, waiting = 0, [value]
    while waiting and count <= most:
        found = waiting.pop()
        count += 1
        if isinstance(found, dict):
            waiting += list(found.values())[: most + 1]
        elif isinstance(found, list):
            waiting += found[: most + 1]
    return count + len(waiting)


def _read_tables(root: Path, scorer: str) -> list[tuple[DlcTable, Path]]:
    """The table of each video: the HDF5 file DeepLabCut trains from, else the CSV."""
    tables = []
    folder = root / dlc.LABELS
    for place in sorted(folder.iterdir()) if folder.is_dir() else []:
        files = sorted(place.glob("CollectedData_*.h5")) + sorted(place.glob("CollectedData_*.csv"))
        own = [file for file in files if file.stem == f"CollectedData_{scorer}"]
        if own or files:
            chosen = (own or files)[0]
            tables.append((read_h5(chosen) if chosen.suffix == ".h5" else read_csv(chosen), chosen))
    return tables


def cannot_hold(dataset: Dataset) -> list[str]:
    """Say what a project leaves out."""
    found = dlc.cannot_hold(dataset)
    if dlc.is_prediction(dataset):
        found.append("A DeepLabCut project holds labels: keypoint scores are left out.")
    return found


def write(
    path: str | os.PathLike[str],
    dataset: Dataset,
    *,
    scorer: str | None = None,
    task: str | None = None,
) -> None:
    """Write a project, with a picture of each frame, that DeepLabCut can train from.

    A new project appears whole or not at all. In one that is there, the tables of the videos in the data set
    are replaced, the configuration follows, and everything else stays.

    Args:
        path: Its folder, or the `config.yaml` in it.
        dataset: What to write; its videos and pictures must be there.
        scorer: Who labelled; the data set's own, or "PoseApp".
        task: The project's name; the data set's own, or the folder's.

    Raises:
        PoseError: There is nothing to write, a video is gone, or the folder cannot be written.
    """
    folder = project_folder(path)
    if folder.is_file():
        raise FormatError(f"{folder} is a file; a DeepLabCut project is a folder.")
    if not dataset.images:
        raise FormatError(f"There is nothing to write to {folder}: no frame is labelled.")
    if not folder.parent.is_dir():
        raise PoseError(f"Cannot write {folder}: there is no folder {folder.parent}.")
    there = find_config(folder)
    if there is None and folder.is_dir() and any(folder.iterdir()):
        raise FormatError(f"{folder} is a folder with other things in it; choose a new one.")
    old = read_config(there) if there is not None else None
    config = _config_of(dataset, folder, scorer, task, old)
    try:
        if old is not None:
            _fill(folder, folder, dataset, config)
            return
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name[:60]}.", suffix=".tmp", dir=folder.parent))
        try:
            _fill(temporary, folder, dataset, config)
            os.chmod(temporary, 0o755)
            if folder.is_dir():
                folder.rmdir()
            os.replace(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise PoseError(
            f"Cannot write {folder}: {error.strerror or error}. Choose another folder."
        ) from error


def _config_of(
    dataset: Dataset, folder: Path, scorer: str | None, task: str | None, old: DlcConfig | None
) -> DlcConfig:
    """The configuration of a data set, over that of a project that is there."""
    kept = dataset.info.get("dlc")
    own = kept if isinstance(kept, dict) else {}
    people = Individuals(dataset)
    names = dataset.skeleton.keypoints
    before = old or DlcConfig(fields=dict(own.get("fields") or {}))
    unique = [names[index] for index in people.unique]
    return DlcConfig(
        task or before.task or str(own.get("task") or "") or folder.name.removesuffix(".dlc"),
        scorer or before.scorer or dlc.scorer_of(dataset),
        [*(name for name in names if name not in unique), *unique],
        unique,
        people.names,
        [(names[a], names[b]) for a, b in dataset.skeleton.edges],
        before.video_sets,
        before.fields,
    )


def _fill(place: Path, folder: Path, dataset: Dataset, config: DlcConfig) -> None:
    """Write pictures first, then tables, the configuration last."""
    people, names = Individuals(dataset), _Names(dataset)
    crops = _crops_before(config)
    for video, indices in _by_video(dataset).items():
        tables: dict[str, list[int]] = defaultdict(list)
        digits = 4
        path = dataset.root / video if video is not None else None
        if path is not None and path.exists():
            with closing(open_video(path)) as opened:
                # As DeepLabCut numbers the frames it takes from a video.
                digits = max(int(np.ceil(np.log10(max(len(opened), 2)))), 1)
                for index in indices:
                    stem, picture = names.of(index, digits)
                    tables[stem].append(index)
                    _write_picture(place / dlc.LABELS / stem / picture, opened, path, dataset, index)
                size = f"0, {opened.width}, 0, {opened.height}"
        else:
            size = "0, 0, 0, 0"
            for index in indices:
                stem, picture = names.of(index, digits)
                tables[stem].append(index)
                size = _copy_picture(place / dlc.LABELS / stem / picture, dataset, index, size)
        for stem, chosen in tables.items():
            table = dlc.make_table(names.named, chosen, people, config.scorer, predicted=False, digits=digits)
            table.check(stem)
            target = place / dlc.LABELS / stem / f"CollectedData_{config.scorer}"
            write_csv(target.with_name(target.name + ".csv"), table)
            write_h5(target.with_name(target.name + ".h5"), table)
            known = next((name for name in crops if Path(name.replace("\\", "/")).stem == stem), None)
            # DeepLabCut finds the folder by the name of the video, which need not be there.
            is_own = path is not None and path.is_file() and path.stem == stem
            crops[known or (str(path) if is_own else str(folder / "videos" / f"{stem}.mp4"))] = size
    today = datetime.date.today()
    text = config_text(config, folder.resolve(), crops, f"{today:%b}{today.day}")
    write_atomic(place / CONFIG, text)
    for name in ("videos", "training-datasets", "dlc-models-pytorch"):
        (place / name).mkdir(exist_ok=True)


class _Names:
    """Names of pictures in `labeled-data`; videos of the same name get folders of their own.

    Attributes:
        named: The data set, its images with the names they have got.
    """

    def __init__(self, dataset: Dataset) -> None:
        images = [dataclasses.replace(image, extra=dict(image.extra)) for image in dataset.images]
        self.named = dataclasses.replace(dataset, images=images)
        self._owners: dict[str, str | None] = {}

    def of(self, index: int, digits: int) -> tuple[str, str]:
        """Return folder and name of a picture."""
        image = self.named.images[index]
        stem, picture = dlc.picture_name(image, digits)
        candidates = (stem if k == 1 else f"{stem}-{k}" for k in itertools.count(1))
        folder = next(
            name for name in candidates if self._owners.setdefault(name, image.video) == image.video
        )
        image.extra["dlc_image"] = f"{folder}/{picture}"
        return folder, picture


def _crops_before(config: DlcConfig) -> dict[str, str]:
    videos = config.fields.get("video_sets")
    found = videos.items() if isinstance(videos, dict) else ()
    return {
        str(name): str(value.get("crop", "")) if isinstance(value, dict) else ""
        for name, value in found
        if "WILL BE AUTOMATICALLY" not in str(name)
    }


def _by_video(dataset: Dataset) -> dict[str | None, list[int]]:
    groups: dict[str | None, list[int]] = defaultdict(list)
    for index, image in enumerate(dataset.images):
        groups[image.video].append(index)
    return groups


def _write_picture(target: Path, video: Video, path: Path, dataset: Dataset, index: int) -> None:
    """Write a frame as PNG, or copy the picture of a folder; one that is there already stays."""
    image = dataset.images[index]
    frame_idx = int(image.frame_idx or 0)
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        own = path / Path(video.frame_name(frame_idx)).name
        if target.is_file() and target.samefile(own):
            return
        if own.suffix.lower() == target.suffix.lower():
            write_atomic(target, own.read_bytes())
            return
    if target.is_file() and image.extra.get("dlc_image"):
        return
    ending = target.suffix if target.suffix.lower() in IMAGE_SUFFIXES else ".png"
    ok, data = cv2.imencode(ending, video[frame_idx][..., ::-1])
    if not ok:
        raise PoseError(f"Cannot write {target.name}: the picture cannot be encoded.")
    write_atomic(target, data.tobytes())


def _copy_picture(target: Path, dataset: Dataset, index: int, size: str) -> str:
    """Copy a picture that belongs to no video; return the crop that means the whole of it."""
    source = dataset.image_path(index)
    if not source.is_file():
        raise FormatError(
            f"The picture or video of {dataset.images[index].file_name} is not there: put it back first."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    if not (target.exists() and target.samefile(source)):
        write_atomic(target, source.read_bytes())
    read = cv2.imread(str(source), cv2.IMREAD_COLOR)
    return size if read is None else f"0, {read.shape[1]}, 0, {read.shape[0]}"
