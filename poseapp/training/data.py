"""Training samples in memory, and random batches drawn from them."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from poseapp.errors import TrainingError
from poseapp.formats.dataset import Dataset
from poseapp.geometry.affine import apply, crop_matrix, frame_box, invert, warp
from poseapp.geometry.boxes import box_of_points
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import keypoint_columns
from poseapp.training.augment import Crop, random_crop
from poseapp.training.images import ImageReader
from poseapp.training.spec import Augmentation

PLAIN_BYTES = 2 << 30  # pictures beyond this are kept as JPEG
CONTEXT = 2.4  # how many tight boxes of picture a sample keeps around the person


@dataclass
class Sample:
    """One labelled person.

    Attributes:
        key: Names the image, for the split and messages.
        picture: The frame, or the part around the person: ``(H, W, 3)`` uint8 RGB, or JPEG bytes where
            there are many.
        points: ``(K, 2)`` pixels of ``image``.
        labelled: ``(K,)``.
        box: Tight xyxy box of the labelled points in ``image``.
        to_frame: ``(2, 3)`` pixels of ``image`` to pixels of the frame.
    """

    key: str
    picture: NDArray[np.uint8] | bytes
    points: NDArray[np.float64]
    labelled: NDArray[np.bool_]
    box: NDArray[np.float64]
    to_frame: NDArray[np.float64]

    @property
    def image(self) -> np.ndarray:
        """``(H, W, 3)`` uint8 RGB."""
        if isinstance(self.picture, bytes):
            decoded = cv2.imdecode(np.frombuffer(self.picture, np.uint8), cv2.IMREAD_COLOR)
            assert decoded is not None
            return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
        return self.picture

    def compress(self) -> None:
        """Keep the picture as JPEG: a tenth of the memory, a few milliseconds a crop."""
        if not isinstance(self.picture, bytes):
            bgr = cv2.cvtColor(self.picture, cv2.COLOR_RGB2BGR)
            self.picture = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def image_key(dataset: Dataset, image_index: int) -> str:
    """Stable name of an image within its source."""
    entry = dataset.images[image_index]
    return f"{entry.video}#{entry.frame_idx}" if entry.video else entry.file_name


def load_samples(
    dataset: Dataset,
    keypoints: tuple[str, ...],
    input_size: tuple[int, int],
    whole_frames: bool,
    keys: set[str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Sample]:
    """Read every labelled person of a set into memory.

    Args:
        dataset: Labels and where the pictures are.
        keypoints: Order wanted; names the set lacks stay unlabelled.
        input_size: Crop size of the network, which limits how large a picture is kept.
        whole_frames: Keep whole frames instead of the part around the person.
        keys: Only these images.
        on_progress: Called with (done, total).

    Raises:
        TrainingError: No usable label, or a picture cannot be read.
    """
    order = keypoint_columns(keypoints, dataset.skeleton.keypoints)
    if all(i < 0 for i in order):
        raise TrainingError(
            f"no keypoint of the labels ({', '.join(dataset.skeleton.keypoints[:4])} …) is the network's"
        )
    chosen = [
        (index, instance)
        for index, instance in dataset.instances
        if instance.labelled.any()
        and not instance.extra.get("iscrowd")
        and (keys is None or image_key(dataset, index) in keys)
    ]
    chosen.sort(
        key=lambda pair: (
            dataset.images[pair[0]].video or "",
            dataset.images[pair[0]].frame_idx or 0,
            pair[0],
        )
    )
    samples: list[Sample] = []
    kept_bytes = 0
    with ImageReader(dataset) as reader:
        for number, (index, instance) in enumerate(chosen):
            points, labelled = in_order(instance, order)
            if labelled.sum() < min(2, len(keypoints)):
                continue
            key = image_key(dataset, index)
            sample = cut_sample(key, reader[index], points, labelled, input_size, whole_frames)
            kept_bytes += sample.image.nbytes
            if kept_bytes > PLAIN_BYTES:
                sample.compress()
            samples.append(sample)
            if on_progress is not None and number % 50 == 0:
                on_progress(number, len(chosen))
    return samples


def in_order(instance: Instance, order: list[int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Points ``(K, 2)`` and which are labelled ``(K,)`` of a person, by columns of `keypoint_columns`."""
    points = np.where([[i >= 0] for i in order], instance.points[order], np.nan)
    return points, np.array([i >= 0 and bool(instance.labelled[i]) for i in order])


def cut_sample(
    key: str,
    image: NDArray[np.uint8],
    points: NDArray[np.float64],
    labelled: NDArray[np.bool_],
    input_size: tuple[int, int],
    whole_frame: bool,
) -> Sample:
    """The part of a picture that crops of one person need, at the resolution they need."""
    height, width = image.shape[:2]
    box = _tight(points[labelled])
    side = max(float((box[2:] - box[:2]).max()), 8.0)
    # Finest resolution a crop at the smallest zoom can show; more pixels would only cost memory.
    zoom = min(1.0, 1.5 * max(input_size) / side)
    if whole_frame:
        zoom = min(1.0, max(zoom, 1.0 if max(width, height) <= 1280 else 1280 / max(width, height)))
        region = frame_box(width, height)
    else:
        centre = (box[:2] + box[2:]) / 2
        region = np.concatenate([centre - side * CONTEXT / 2, centre + side * CONTEXT / 2])
        full = frame_box(width, height)
        region = np.concatenate([np.maximum(region[:2], full[:2]), np.minimum(region[2:], full[2:])])
    size = np.maximum(np.round((region[2:] - region[:2]) * zoom), 1).astype(int)
    if zoom == 1.0 and tuple(size) == (width, height):
        to_frame = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    else:
        matrix = crop_matrix(region, (int(size[0]), int(size[1])))
        image = warp(image, matrix, (int(size[0]), int(size[1])))
        points = apply(matrix, points)
        to_frame = invert(matrix)
    return Sample(
        key,
        np.ascontiguousarray(image),
        points,
        labelled,
        _tight(points[labelled]),
        to_frame,
    )


def _tight(points: NDArray[np.float64]) -> NDArray[np.float64]:
    box = box_of_points(points)
    assert box is not None, "samples have labelled keypoints"
    return box


class Pool(Protocol):
    """Something to draw further people from.

    Attributes:
        live: Whether it changes while the network learns, so that copies in other processes are no use.
    """

    @property
    def live(self) -> bool:
        """See above."""

    def skip(self, pictures: int) -> None:
        """Leave out what a run that goes on has seen already."""

    def draw(self, rng: np.random.Generator) -> Sample:
        """One of its samples."""

    def close(self) -> None:
        """Nothing more is drawn from it."""


@dataclass
class SamplePool:
    """People that lie ready."""

    samples: Sequence[Sample]
    live = False

    def skip(self, pictures: int) -> None:
        """Nothing: each is drawn as likely as any other."""

    def draw(self, rng: np.random.Generator) -> Sample:
        """Any of them, each as likely."""
        return self.samples[int(rng.integers(len(self.samples)))]

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class BatchSource:
    """Draws random crops: of the labels, of what is mixed in, and for fine-tuning of what must be kept.

    Attributes:
        samples: New labels.
        mix: Where further people come from, or None.
        mix_share: Share of a batch, less its replay part, from ``mix``.
        replay: Samples that keep old knowledge.
        replay_share: Share of a batch from ``replay``.
        input_size: Crop width and height.
        box_scale: Enlargement of tight boxes.
        frame_share: Share of crops that show the whole frame (networks trained on frames).
        swap_index: Mirror partners, or None.
        augmentation: Ranges.
    """

    samples: Sequence[Sample]
    mix: "Pool | None"
    mix_share: float
    replay: Sequence[Sample]
    replay_share: float
    input_size: tuple[int, int]
    box_scale: float
    frame_share: float
    swap_index: NDArray[np.int64] | None
    augmentation: Augmentation

    def draw(self, sample: Sample, rng: np.random.Generator) -> Crop:
        """One random crop of a sample."""
        box, scale = sample.box, self.box_scale
        if rng.random() < self.frame_share:
            box, scale = frame_box(sample.image.shape[1], sample.image.shape[0]), 1.0
        return random_crop(
            sample.image,
            sample.points,
            sample.labelled,
            box,
            self.input_size,
            scale,
            self.swap_index,
            self.augmentation,
            rng,
        )

    def num_replay(self, batch_size: int) -> int:
        """How many crops, the last of a batch, come from the replay set."""
        return min(round(batch_size * self.replay_share), batch_size - 1) if self.replay else 0

    def close(self) -> None:
        """End whatever draws people meanwhile."""
        if self.mix is not None:
            self.mix.close()

    def num_mixed(self, batch_size: int) -> int:
        """How many crops, those before the replay part, come from ``mix``."""
        rest = batch_size - self.num_replay(batch_size)
        return min(round(rest * self.mix_share), rest - 1) if self.mix is not None else 0

    def num_new(self, batch_size: int) -> int:
        """How many crops come from the labels themselves."""
        return batch_size - self.num_replay(batch_size) - self.num_mixed(batch_size)

    def batch(
        self, indices: NDArray[np.int64], batch_size: int, rng: np.random.Generator
    ) -> tuple[NDArray, NDArray, NDArray]:
        """Crops of these samples and of those beside them.

        Returns:
            Images ``(B, H, W, 3)`` uint8, points ``(B, K, 2)``, weights ``(B, K)``.
        """
        chosen = [self.samples[i] for i in indices]
        if self.mix is not None:
            chosen += [self.mix.draw(rng) for _ in range(self.num_mixed(batch_size))]
        chosen += [
            self.replay[int(rng.integers(len(self.replay)))] for _ in range(self.num_replay(batch_size))
        ]
        crops = [self.draw(sample, rng) for sample in chosen]
        return (
            np.stack([c.image for c in crops]),
            np.stack([c.points for c in crops]).astype(np.float32),
            np.stack([c.weight for c in crops]),
        )


class BatchSet(TorchDataset):
    """Batch number n of an endless shuffled run through the samples; the same n and seed give the same
    batch."""

    def __init__(self, source: BatchSource, batch_size: int, seed: int) -> None:
        self.source, self.batch_size, self.seed = source, batch_size, seed

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor]:
        cv2.setNumThreads(1)
        rng = np.random.default_rng((self.seed, number))
        images, points, weights = self.source.batch(self.indices(number), self.batch_size, rng)
        return torch.from_numpy(images), torch.from_numpy(points), torch.from_numpy(weights)

    def indices(self, number: int) -> NDArray[np.int64]:
        """Samples of batch ``number``: every pass shows each sample once, in an order of its own."""
        count = len(self.source.samples)
        size = self.source.num_new(self.batch_size)
        places = np.arange(number * size, (number + 1) * size)
        chosen = np.empty(size, np.int64)
        for turn in np.unique(places // count):
            here = places // count == turn
            order = np.random.default_rng((self.seed, 1, int(turn))).permutation(count)
            chosen[here] = order[places[here] % count]
        return chosen


def batch_loader(source: BatchSource, batch_size: int, seed: int, first: int, on_gpu: bool) -> DataLoader:
    """Batches from number ``first`` on, for ever.

    A GPU is fed by worker processes; on the CPU drawing a batch costs a hundredth of learning from it, so
    it is done in place. So it is where people come in while the network learns: only this process has them.
    """
    # Elsewhere each worker would get a copy of all pictures of its own.
    forks = sys.platform == "linux"
    live = source.mix is not None and source.mix.live
    workers = max(1, min(12, (os.cpu_count() or 2) - 2)) if on_gpu and forks and not live else 0
    return DataLoader(
        BatchSet(source, batch_size, seed),
        batch_size=None,
        sampler=range(first, 1 << 31),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=on_gpu,
    )
