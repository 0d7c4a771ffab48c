"""Sources of labels: projects and COCO keypoint files, read into one data set each."""

from pathlib import Path

import numpy as np

from poseapp.errors import TrainingError
from poseapp.formats import read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, dataset_from_project
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project
from poseapp.paths import write_atomic
from poseapp.training.data import image_key
from poseapp.video import fingerprint


def load_source(source: str | Path) -> Dataset:
    """Read the labels of a project folder or of a file that ``formats`` knows.

    Raises:
        TrainingError: Nothing there, or a labelled video's file was replaced by another.
    """
    path = Path(source)
    if not path.exists():
        raise TrainingError(f"there is no such source of labels: {path}")
    if (path / "project.db").is_file():
        project = Project.open(path, read_only=True)
        project.fingerprint_of = fingerprint
        try:
            _check_videos(project)
            return dataset_from_project(project)
        finally:
            project.close()
    return read_dataset(path)


def _check_videos(project: Project) -> None:
    for record in project.videos:
        problem = project.check_video(record) if len(project.labelled_frames(record.id)) else None
        # Image folders are read by name, so that there only what is unknown stops a run.
        if problem and not record.is_images:
            raise TrainingError(problem)


def kept_labels(source: str | Path, path: Path) -> Dataset:
    """The labels a run saw: taken from their source once, then read from the run's own copy.

    Args:
        source: As for :func:`load_source`.
        path: The copy, COCO JSON; beside it ``.root`` says which folder the pictures lie in.
    """
    root = path.with_suffix(".root")
    if not path.is_file():
        dataset = load_source(source)
        write_atomic(root, str(dataset.root.absolute()))
        # This file is the run's own, so its videos may lie anywhere.
        write_dataset(path, dataset, format="coco", videos_anywhere=True)
    dataset = read_dataset(path, format="coco", videos_anywhere=True)
    dataset.root = Path(root.read_text(encoding="utf-8"))
    return dataset


def split_keys(dataset: Dataset, fraction: float, seed: int) -> dict[str, list[str]]:
    """Divide the labelled images of a set.

    With three labelled images at least one is held out, with eight two; below that, validation can only look
    at the training images. Images that somebody corrected are held out before predictions that were merely
    accepted, on which the network that made them would look perfect, and before proposals between labels.

    Drawn pictures that show the same people (one look, several cameras) stay together.

    Returns:
        Image keys of ``train`` and ``val``.
    """
    corrected: dict[str, bool] = {}
    together: dict[str, list[str]] = {}
    for index, instance in dataset.instances:
        if instance.labelled.any():
            key = image_key(dataset, index)
            if key not in corrected:
                together.setdefault(_shown(dataset, index, key), []).append(key)
            corrected[key] = corrected.get(key, False) or _is_corrected(instance)
    keys = sorted(corrected)
    shuffled = [keys[i] for i in np.random.default_rng(seed).permutation(len(keys))]
    shuffled.sort(key=lambda key: not corrected[key])
    least = 0 if len(keys) < 3 else 1 if len(keys) < 8 else 2
    held_out = max(least, round(len(keys) * fraction)) if fraction > 0 else 0
    group = {key: keys for keys in together.values() for key in keys}
    chosen: set[str] = set()
    for key in shuffled:
        if len(chosen) < held_out and key not in chosen:
            chosen.update(group[key])
    return {"train": [k for k in keys if k not in chosen], "val": [k for k in keys if k in chosen]}


def _shown(dataset: Dataset, index: int, key: str) -> str:
    """Names who is seen, as far as that is known: the same for all pictures of the same drawn people."""
    moment = dataset.images[index].extra.get("moment")
    if not isinstance(moment, int):
        return key
    said = dataset.info.get("info")
    settings = said.get("settings") if isinstance(said, dict) else None
    looks = settings.get("pictures_per_look", 1) if isinstance(settings, dict) else 1
    return f"drawn {moment // looks if isinstance(looks, int) and looks > 0 else moment}"


def _is_corrected(instance: Instance) -> bool:
    """Whether a person placed one of its keypoints: those carry no score, nor do those a program proposed."""
    if instance.source in ("interpolated", "propagated"):
        return False
    return instance.scores is None or bool(np.isnan(instance.scores[instance.labelled]).any())
