"""`evaluate`: predictions or a network against labels."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.api.checkpoints import net_title
from poseapp.api.exchange import read_source
from poseapp.api.progress import OnProgress, Progress
from poseapp.api.results import Result
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

    Frames are found by the video's name and their number, pictures by name.
    """
    predicted = read_dataset(path)
    groups = predicted.by_image()
    places: dict[tuple[str, int | None], int] = {}
    for index, image in enumerate(predicted.images):
        for key in _image_keys(image):
            places.setdefault(key, index)
    found, unpredicted = [], 0
    for index in wanted:
        known = (places[key] for key in _image_keys(labels.images[index]) if key in places)
        place = next(known, None)
        found.append(groups[place] if place is not None else [])
        unpredicted += place is None
    if unpredicted == len(wanted):
        raise PoseError(f"{path} has no prediction for any labelled image: are these the same videos?")
    return found, predicted.skeleton, unpredicted


def _image_keys(image: ImageEntry) -> list[tuple[str, int | None]]:
    """What an image may be known by in another file, surest first."""
    keys: list[tuple[str, int | None]] = []
    if image.video is not None and image.frame_idx is not None:
        keys.append((Path(image.video).name, image.frame_idx))
    if image.file_name:
        keys += [(image.file_name, None), (Path(image.file_name).name, None)]
    return keys


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
