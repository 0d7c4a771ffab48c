"""Sources of labels: projects and COCO keypoint files, read into one data set each."""

from pathlib import Path

import numpy as np

from poseapp.errors import TrainingError
from poseapp.formats import read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, dataset_from_project
from poseapp.labels.project import Project
from poseapp.paths import write_atomic
from poseapp.training.data import image_key


def load_source(source: str | Path) -> Dataset:
    """Read the labels of a project folder or of a file that ``formats`` knows.

    Raises:
        TrainingError: Nothing there.
    """
    path = Path(source)
    if not path.exists():
        raise TrainingError(f"there is no such source of labels: {path}")
    if (path / "project.db").is_file():
        project = Project.open(path, read_only=True)
        try:
            return dataset_from_project(project)
        finally:
            project.close()
    return read_dataset(path)


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
        write_dataset(path, dataset, format="coco")
    dataset = read_dataset(path, format="coco")
    dataset.root = Path(root.read_text(encoding="utf-8"))
    return dataset


def split_keys(dataset: Dataset, fraction: float, seed: int) -> dict[str, list[str]]:
    """Divide the labelled images of a set.

    With five labelled images or more at least one is held out; below that, validation looks at the
    training images.

    Returns:
        Image keys of ``train`` and ``val``.
    """
    labelled = {image_key(dataset, index) for index, instance in dataset.instances if instance.labelled.any()}
    keys = sorted(labelled)
    order = np.random.default_rng(seed).permutation(len(keys))
    held_out = 0 if len(keys) < 5 or fraction <= 0 else max(1, round(len(keys) * fraction))
    chosen = {keys[i] for i in order[:held_out]}
    return {"train": [k for k in keys if k not in chosen], "val": [k for k in keys if k in chosen]}
