"""`evaluate`: predictions or a network against labels."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.api.checkpoints import net_title
from poseapp.api.exchange import read_source
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.results import Result
from poseapp.api.same_video import base_name, pair_videos, video_paths, whole
from poseapp.errors import PoseError
from poseapp.formats import read_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.instance import Instance
from poseapp.labels.metrics import DEFAULT_METRICS, TruthItem
from poseapp.labels.metrics import evaluate as measure
from poseapp.labels.skeleton import Skeleton

BOXES = ("truth", "detected", "frame")


@dataclass(frozen=True)
class EvaluateResult(Result):
    """How good predictions are.

    Attributes:
        images: Images compared.
        instances: Labelled people that count.
        keypoints: Labelled keypoints that count.
        metrics: Metric to value; merged into the JSON object.
        per_keypoint: Keypoint name to its metrics, `count` and `missing`.
        unmatched: Keypoint names that only one side knows.
        net: Checkpoint or prediction file.
        boxes: Where the boxes came from, or None for a prediction file.
        unpredicted: Labelled images that the prediction file says nothing of; their keypoints are missing.
        seconds: Wall-clock time.
    """

    images: int
    instances: int
    keypoints: int
    metrics: dict[str, Any] = field(default_factory=dict)
    per_keypoint: dict[str, dict[str, Any]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    net: str = ""
    boxes: str | None = None
    unpredicted: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """One flat object with one key a metric."""
        whole = super().to_json()
        return whole | whole.pop("metrics")


def evaluate(
    net_or_predictions: str | Path,
    truth: str | Path,
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    boxes: str = "truth",
    device: str = "auto",
    batch: int | None = None,
    on_progress: OnProgress | None = None,
) -> EvaluateResult:
    """Compare with labels.

    Args:
        net_or_predictions: A checkpoint's name or path, or a file of predictions.
        truth: A project or a COCO keypoints file.
        metrics: Names as in `poseapp.labels.metrics`.
        boxes: For a network: "truth" crops around the labelled people, "frame" gives it the whole picture,
            "detected" lets it search for people.
        device: "auto", "cpu", "cuda" or "cuda:N".
        batch: Crops a step.
        on_progress: Told about twice a second.

    Raises:
        PoseError: something cannot be read, or a metric is not known.
    """
    if boxes not in BOXES:
        raise PoseError(f"boxes must be one of {', '.join(BOXES)}, not '{boxes}'")
    started = time.monotonic()
    labels = read_source(truth)
    people = labels.by_image()
    wanted = [index for index, group in enumerate(people) if any(person.labelled.any() for person in group)]
    if not wanted:
        raise PoseError(f"there is no labelled keypoint in {truth}")
    items = [TruthItem(people[index], labels.images[index].file_name) for index in wanted]
    if _is_predictions(net_or_predictions):
        found, skeleton, unpredicted = _from_file(Path(net_or_predictions), labels, wanted)
        name, used = str(net_or_predictions), None
    else:
        found, skeleton, name = _from_net(
            str(net_or_predictions), labels, wanted, people, boxes, device, batch, on_progress
        )
        used, unpredicted = boxes, 0
    result = measure(items, found, skeleton, labels.skeleton, tuple(metrics))
    known = ("images", "instances", "keypoints", "per_keypoint", "unmatched")
    return EvaluateResult(
        **{key: result.pop(key) for key in known},
        metrics=result,
        net=name,
        boxes=used,
        unpredicted=unpredicted,
        seconds=round(time.monotonic() - started, 2),
    )


def _is_predictions(what: str | Path) -> bool:
    path = Path(what)
    return path.is_file() and path.suffix not in (".safetensors", ".toml")


def _from_file(path: Path, labels: Dataset, wanted: list[int]) -> tuple[list[list[Instance]], Skeleton, int]:
    """Predicted people of each wanted image, and how many images the file says nothing of.

    Frames are found by their video and number, pictures by their path; by name where that is unmistakable.
    """
    predicted = read_dataset(path)
    groups = predicted.by_image()
    places = _Places(predicted, path, labels)
    found, unpredicted = [], 0
    for index in wanted:
        place = places.of(labels.images[index])
        found.append(groups[place] if place is not None else [])
        unpredicted += place is None
    if unpredicted == len(wanted):
        raise PoseError(f"{path} has no prediction for any labelled image: are these the same videos?")
    return found, predicted.skeleton, unpredicted


class _Places:
    """Where the images of one data set are in another."""

    def __init__(self, predicted: Dataset, file: Path, labels: Dataset) -> None:
        self.predicted, self.labels = predicted, labels
        theirs = video_paths(file, [image.video for image in predicted.images], predicted.root)
        ours = list(dict.fromkeys(image.video for image in labels.images if image.video is not None))
        pairs = pair_videos([labels.root / name for name in ours], list(theirs.values()), file.name)
        names = list(theirs)
        self._video = {ours[index]: names[place] for index, place in pairs.items()}
        self._frames: dict[tuple[str, int], int] = {}
        pictures: list[int] = []
        for index, image in enumerate(predicted.images):
            if image.video is None or image.frame_idx is None:
                pictures.append(index)
                continue
            self._frames.setdefault((image.video, image.frame_idx), index)
            if theirs[image.video].is_dir() and image.file_name:
                # A frame of an image folder is also the picture it was made from.
                pictures.append(index)
        self._paths: dict[Path, int] = {}
        for index in pictures:
            self._paths.setdefault(self._path(predicted, index, theirs), index)
        self._by_name = _unique({index: base_name(path) for path, index in self._paths.items()})
        self._our_names = Counter(base_name(image.file_name) for image in labels.images)

    @staticmethod
    def _path(dataset: Dataset, index: int, folders: dict[str, Path]) -> Path:
        image = dataset.images[index]
        if image.video is None:
            return whole(dataset.root / image.file_name)
        return whole(folders[image.video] / base_name(image.file_name))

    def of(self, image: ImageEntry) -> int | None:
        """Index of the same image in the predictions, or None.

        Raises:
            PoseError: several pictures have its name and nothing tells which it is.
        """
        if image.video is not None and image.frame_idx is not None:
            place = self._frames.get((self._video.get(image.video, ""), image.frame_idx))
            if place is not None:
                return place
        if not image.file_name:
            return None
        place = self._paths.get(whole(self.labels.root / image.file_name))
        name = base_name(image.file_name)
        if place is not None or name not in self._by_name:
            return place
        if self._by_name[name] is None or self._our_names[name] > 1:
            raise PoseError(f"several pictures are named {name}, and their folders do not tell which to take")
        return self._by_name[name]


def _unique(names: dict[int, str]) -> dict[str, int | None]:
    """Name to index, None where several have it."""
    counts = Counter(names.values())
    return {name: index if counts[name] == 1 else None for index, name in names.items()}


def _from_net(
    net: str,
    labels: Dataset,
    wanted: list[int],
    people: list[list[Instance]],
    boxes: str,
    device: str,
    batch: int | None,
    on_progress: OnProgress | None,
) -> tuple[list[list[Instance]], Skeleton, str]:
    from poseapp.inference.predictor import Predictor
    from poseapp.training.images import ImageReader

    predictor = Predictor.load(net, device=device, batch=batch)
    found: list[list[Instance]] = []
    told = time.monotonic()
    with ImageReader(labels) as reader:
        for number, index in enumerate(wanted):
            image = reader[index]
            found.append(predictor.predict(image, boxes=_boxes(boxes, image, people[index])))
            now = time.monotonic()
            if on_progress is not None and (now - told > 0.5 or number + 1 == len(wanted)):
                told = now
                on_progress(Progress(number + 1, len(wanted), "images", "predicting"))
    return found, predictor.card.skeleton, net_title(net, predictor.card)


def _boxes(kind: str, image: np.ndarray, people: list[Instance]) -> np.ndarray | None:
    """(N, 4) xyxy boxes to crop by, or None to let the network search."""
    if kind == "detected":
        return None
    if kind == "frame":
        return np.array([[-0.5, -0.5, image.shape[1] - 0.5, image.shape[0] - 0.5]])
    tight = [person.bounds() for person in people if person.labelled.any()]
    return np.array([box for box in tight if box is not None]).reshape(-1, 4)
