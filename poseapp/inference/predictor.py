"""A loaded network that turns pictures into poses."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from poseapp.geometry.affine import apply, crop_matrix, frame_box, invert, warp
from poseapp.inference.search import candidate_windows
from poseapp.labels.instance import VISIBLE, Instance
from poseapp.nets.card import Card, find_checkpoint
from poseapp.nets.checkpoint import load_checkpoint
from poseapp.nets.codec import KEEP_RATIO, HeatmapCodec, trusted_box
from poseapp.nets.device import place, resolve_device
from poseapp.nets.layers import fold_norms
from poseapp.nets.posenet import PoseNet

FOLLOW_SCORE = 0.3  # mean keypoint score from which a followed person is still there
FOUND_SCORE = 0.4  # the same for one that comes out of nowhere
SURE_SCORE = 0.6  # from here on finer windows are not looked at
REFINEMENTS = 2

Pose = tuple[NDArray[np.float64], NDArray[np.float32]]


class Predictor:
    """Predicts poses in crops, in given boxes, or anywhere in a picture.

    Attributes:
        card: Of the checkpoint.
        device: Where it runs.
        batch: Crops a step.
        flip_test: Average with the mirrored crop: slower, a little more accurate.
    """

    def __init__(
        self,
        net: PoseNet,
        card: Card,
        device: torch.device,
        batch: int | None = None,
        flip_test: bool = False,
    ) -> None:
        self.card, self.device = card, device
        self.batch = batch or (64 if device.type == "cuda" else 8)
        self.flip_test = flip_test and bool(card.skeleton.swap_pairs)
        self.codec = HeatmapCodec(net.stride, card.sigma)
        self.net = place(fold_norms(net.eval()), device).requires_grad_(False)
        self._mean = torch.tensor([m * 255 for m in card.mean], device=device).view(1, 3, 1, 1)
        self._std = torch.tensor([s * 255 for s in card.std], device=device).view(1, 3, 1, 1)
        self._swap = torch.as_tensor(np.array(card.skeleton.swap_index), device=device)

    @classmethod
    def load(
        cls,
        net: str | Path = "default",
        device: str = "auto",
        batch: int | None = None,
        flip_test: bool = False,
        search: tuple[Path, ...] = (),
    ) -> "Predictor":
        """Load a checkpoint.

        Args:
            net: ``default``, a shipped name, a file or a run folder.
            device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
            batch: Crops a step.
            flip_test: See the class.
            search: Folders in which ``net`` may name a run.

        Raises:
            CheckpointError: It is not there or damaged.
            DeviceError: The device is not there.
        """
        network, card = load_checkpoint(find_checkpoint(net, search))
        return cls(network, card, resolve_device(device), batch, flip_test)

    # -- crops
    # -----------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def probabilities(self, crops_BHWC: NDArray[np.uint8] | torch.Tensor) -> torch.Tensor:
        """Heatmaps of crops.

        Args:
            crops_BHWC: ``(B, H, W, 3)`` uint8 RGB of the card's input size.

        Returns:
            ``(B, K, h, w)`` probabilities on the device; what is missing to 1 is "nowhere in the crop".
        """
        crops = torch.from_numpy(crops_BHWC) if isinstance(crops_BHWC, np.ndarray) else crops_BHWC
        batch = crops.to(self.device, non_blocking=True).permute(0, 3, 1, 2).float()
        batch = ((batch - self._mean) / self._std).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            maps = self.codec.probabilities(self.net(batch))
            if self.flip_test:
                mirrored = self.codec.probabilities(self.net(batch.flip(-1)))
                maps = (maps + mirrored.flip(-1)[:, self._swap]) / 2
        return maps

    @torch.inference_mode()
    def predict_crops(
        self, crops_BHWC: NDArray[np.uint8] | torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keypoints of crops: ``(B, K, 2)`` in crop pixels and scores ``(B, K)``, on the device."""
        return self.codec.decode(self.probabilities(crops_BHWC))

    def predict_boxes(
        self, images: Sequence[NDArray[np.uint8]], boxes: ArrayLike, scale: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Keypoints in one box of each image.

        Args:
            images: N pictures ``(H, W, 3)`` uint8 RGB, of any sizes.
            boxes: ``(N, 4)`` xyxy in pixels, tight around the person.
            scale: Enlargement of the boxes; None takes the card's.

        Returns:
            Points ``(N, K, 2)`` in image pixels and scores ``(N, K)`` in 0..1.
        """
        size = self.card.input_size
        points, scores = [], []
        boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        for start in range(0, len(boxes), self.batch):
            chunk = slice(start, start + self.batch)
            matrices = [crop_matrix(b, size, scale=scale or self.card.box_scale) for b in boxes[chunk]]
            crops = np.stack([warp(i, m, size) for i, m in zip(images[chunk], matrices, strict=True)])
            found, score = self.predict_crops(crops)
            for matrix, p in zip(matrices, found.float().cpu().double().numpy(), strict=True):
                points.append(apply(invert(matrix), p))
            scores.append(score.float().cpu().numpy())
        count = self.card.skeleton.num_keypoints
        if not points:
            return np.empty((0, count, 2)), np.empty((0, count), np.float32)
        return np.stack(points), np.concatenate(scores)

    # -- pictures
    # --------------------------------------------------------------------------------------------------

    def predict(self, image: NDArray[np.uint8], boxes: ArrayLike | None = None) -> list[Instance]:
        """Poses in a picture.

        Args:
            image: ``(H, W, 3)`` uint8 RGB.
            boxes: ``(N, 4)`` xyxy around people; a box of the whole frame is narrowed once its person is
                found. None searches for one person.

        Returns:
            One instance a box, in order; without boxes one or none.
        """
        if boxes is None:
            found = self.search(image)
            return [] if found is None else [self.instance(*found)]
        array = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        whole = frame_box(image.shape[1], image.shape[0])
        frame_size = whole[2:] - whole[:2]
        people = []
        for box in array:
            covers = (
                (np.minimum(box[2:], whole[2:]) - np.maximum(box[:2], whole[:2])) > 0.98 * frame_size
            ).all()
            if covers or self.card.box_mode == "frame":
                pose = self._narrow(image, self._one(image, box, 1.0), 1)
            else:
                pose = self._one(image, box)
            people.append(self.instance(*pose, box=box))
        return people

    def search(self, image: NDArray[np.uint8]) -> Pose | None:
        """Find the one person of a picture, anywhere and at any size.

        The network itself scores windows of several scales; the best few are narrowed down to their
        person, and the most convincing pose wins.

        Returns:
            Points ``(K, 2)`` and scores ``(K,)``, or None where nobody is convincing.
        """
        height, width = image.shape[:2]
        if self.card.box_mode == "frame":
            return self._narrow(image, self._one(image, frame_box(width, height), 1.0), 1)
        best: Pose | None = None
        for windows in candidate_windows(width, height):
            points, scores = self.predict_boxes([image] * len(windows), windows, scale=1.0)
            for index in np.argsort(-scores.mean(1))[:3]:
                pose = self._narrow(image, (points[index], scores[index]), REFINEMENTS)
                if best is None or pose[1].mean() > best[1].mean():
                    best = pose
            if best is not None and best[1].mean() >= SURE_SCORE:
                break  # sure enough; finer windows would only cost time
        return best if best is not None and best[1].mean() >= FOUND_SCORE else None

    def follow(
        self, image: NDArray[np.uint8], last: NDArray[np.float64], scores: NDArray[np.float32]
    ) -> Pose | None:
        """Pose near the one of the frame before, or None when it is lost.

        Args:
            image: ``(H, W, 3)`` uint8 RGB.
            last: ``(K, 2)`` in image pixels.
            scores: ``(K,)`` of ``last``.
        """
        pose = self._one(image, trusted_box(last, scores))
        return pose if pose[1].mean() >= FOLLOW_SCORE else None

    def instance(
        self, points: NDArray[np.float64], scores: NDArray[np.float32], box: ArrayLike | None = None
    ) -> Instance:
        """A predicted instance; its visibility is 2 throughout, its doubt is in the scores."""
        visibility = np.full(len(points), VISIBLE, np.uint8)
        chosen = trusted_box(points, scores) if box is None else np.asarray(box, dtype=np.float64)
        return Instance(
            points, visibility, scores, float(scores.mean()), f"prediction:{self.card.name}", box=chosen
        )

    def _one(self, image: NDArray[np.uint8], box: ArrayLike, scale: float | None = None) -> Pose:
        points, scores = self.predict_boxes([image], np.asarray(box)[None], scale)
        return points[0], scores[0]

    def _narrow(self, image: NDArray[np.uint8], pose: Pose, times: int) -> Pose:
        """Crop again around what was found; keep the new pose unless it is much less sure."""
        for _ in range(times):
            box = trusted_box(*pose)
            if (box[2:] - box[:2]).max() < 8:
                break
            again = self._one(image, box)
            if again[1].mean() < KEEP_RATIO * pose[1].mean():
                break
            pose = again
        return pose
