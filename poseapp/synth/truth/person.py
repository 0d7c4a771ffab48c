"""All that is known of one person in one picture."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.boxes import clip_box
from poseapp.geometry.cameras import Camera
from poseapp.labels.instance import HIDDEN, VISIBLE, Instance
from poseapp.synth.body.model import PosedBody
from poseapp.synth.draw.mesh import Buffers, Mesh
from poseapp.synth.truth.landmarks import HAND_SKELETON, SIDES, Landmarks
from poseapp.synth.truth.masks import mask_box, rle

Floats = NDArray[np.floating[Any]]

SOURCE = "synthetic"
# Surfaces this near in front of a keypoint do not hide it: those of the skin it lies on.
_TOUCHING_M = 0.004
# Of the longer side of a person's box: the cells in which it is counted what is seen.
_CELLS = 24


@dataclass(frozen=True)
class PersonTruth:
    """One person as one camera sees them.

    Attributes:
        number: 1.. in the scene, the same for all cameras and frames; the value in instance masks.
        posed: The body: phenotype, rotations, translation, vertices.
        camera: That sees it.
        landmarks: Names what the rows of the next four are.
        world: ``(L, 3)`` float64 landmarks in the world, metres.
        in_camera: ``(L, 3)`` float64 in the camera's axes, metres.
        pixels: ``(L, 2)`` float64 `Camera.project` of them; NaN behind the camera.
        visibility: ``(L,)`` uint8: 0 outside the picture, 1 hidden, 2 visible (see `see`).
        box: ``(4,)`` xyxy around all of the person, clothes and hair too, also what is hidden or outside.
        seen_box: ``(4,)`` xyxy around the pixels that show the person, or None where none does.
        share_seen: Share of the person's outline that is seen, 0..1, hidden and cut off parts missing;
            counted in cells of 1/24 of the box.
        mask: ``(H, W)`` bool: pixels that show the person.
        parts: ``(H, W)`` uint8 `body.parts.PARTS` of all people in the picture.
        visible_depth: ``(H, W)`` float32 metres to the front-most surface of this person alone, inf
            elsewhere; None where dense maps are not kept.
        hidden_depth: To the back-most surface; never less than ``visible_depth``.
        texture: The person's whole look on the body's texture map, ``(h, w, 3)`` uint8 RGB.
    """

    number: int
    posed: PosedBody
    camera: Camera
    landmarks: Landmarks = field(repr=False)
    world: Floats
    in_camera: Floats
    pixels: Floats
    visibility: NDArray[np.uint8]
    box: Floats
    seen_box: Floats | None
    share_seen: float
    mask: NDArray[np.bool_]
    parts: NDArray[np.uint8]
    visible_depth: NDArray[np.float32] | None = None
    hidden_depth: NDArray[np.float32] | None = None
    texture: NDArray[np.uint8] | None = None

    @property
    def is_seen(self) -> bool:
        """Whether at least one pixel shows the person."""
        return self.seen_box is not None

    def instance(self, skeleton_name: str, *, outline: bool = False) -> Instance:
        """The person as labels in a skeleton of the body.

        Args:
            skeleton_name: One of `landmarks.BODY_SKELETONS`.
            outline: Whether ``extra`` gets what COCO files hold besides: segmentation, area, 3D keypoints.
        """
        rows = self.landmarks.index(skeleton_name)
        instance = self._labelled(rows, self.box)
        if outline:
            self._describe(instance, rows, self.mask)
        return instance

    def hands(self, *, outline: bool = False) -> list[Instance]:
        """The person's hands as labels in "hand21", the left one first; those with a keypoint in the picture.

        Hidden hands are labelled too, their keypoints as hidden.
        """
        found = []
        for order, side in enumerate(SIDES):
            rows = self.landmarks.index(HAND_SKELETON, side)
            if not self.visibility[rows].any():
                continue
            hand = self.landmarks.hand_vertices[side]
            pixels, _ = self.camera.project(self.posed.vertices[hand])
            instance = self._labelled(rows, np.concatenate([np.nanmin(pixels, 0), np.nanmax(pixels, 0)]))
            instance.track_id = 2 * self.number + order - 1
            if outline:
                self._describe(instance, rows, self.mask & (self.parts == self.landmarks.hand_part[side]))
            instance.extra["side"] = side
            found.append(instance)
        return found

    def _labelled(self, rows: NDArray[np.intp], box: Floats) -> Instance:
        clipped = clip_box(box, self.camera.width, self.camera.height)
        extra = {"share_seen": round(self.share_seen, 3)}
        return Instance(
            self.pixels[rows],
            self.visibility[rows],
            source=SOURCE,
            track_id=self.number,
            box=clipped,
            extra=extra,
        )

    def _describe(self, instance: Instance, rows: NDArray[np.intp], mask: NDArray[np.bool_]) -> None:
        instance.points = np.round(instance.points, 3)
        assert instance.box is not None
        instance.box = np.round(instance.box, 2)
        instance.extra = {
            "area": int(np.count_nonzero(mask)),
            "segmentation": rle(mask),
            "keypoints_3d": np.round(self.in_camera[rows], 6).tolist(),
            **instance.extra,
        }


def person_truth(
    number: int,
    posed: PosedBody,
    meshes: list[Mesh],
    camera: Camera,
    buffers: Buffers,
    landmarks: Landmarks,
    texture: NDArray[np.uint8] | None = None,
) -> PersonTruth:
    """What there is to know of a person in a picture, but for the depth layers.

    Args:
        number: Of the person in the scene, 1..
        posed: The body.
        meshes: The body and all that is worn.
        camera: Of the picture.
        buffers: What the camera saw.
        landmarks: Of the body model.
        texture: The person's whole look on the texture map.
    """
    world = landmarks.all_points(posed)
    pixels, _ = camera.project(world)
    in_camera = camera.to_camera(world)
    visibility = see(number, posed, world, camera, buffers, landmarks)
    worn = [mesh.vertices for mesh in meshes]
    outline, _ = camera.project(np.concatenate(worn) if worn else posed.vertices)
    outline = outline[np.isfinite(outline).all(1)]
    if len(outline) == 0:
        outline = np.full((1, 2), -1.0)
    box = np.concatenate([outline.min(0), outline.max(0)])
    mask = buffers.instance == number
    seen_box = mask_box(mask)
    share = _share_seen(outline, box, mask) if seen_box is not None else 0.0
    return PersonTruth(
        number, posed, camera, landmarks, world, in_camera, pixels, visibility, box, seen_box, share, mask,
        buffers.part, texture=texture,
    )  # fmt: skip


def see(
    number: int, posed: PosedBody, world: Floats, camera: Camera, buffers: Buffers, landmarks: Landmarks
) -> NDArray[np.uint8]:
    """Visibility of each landmark by depth test.

    0: its pixel lies outside the picture, or it is behind the camera. 2: nothing lies in front of it at its
    pixel, or what does is this person's own flesh: of a part that meets in the joint, beginning no farther in
    front than `Tissue.thickness`. 1: something else lies in front of it.

    Args:
        number: The person's in the instance mask.
        posed: The body.
        world: ``(L, 3)`` its landmarks.
        camera: That drew the buffers.
        buffers: Depth, instance and part of the first surface at each pixel.
        landmarks: What they are.
    """
    pixels, depth = camera.project(world)
    with np.errstate(invalid="ignore"):
        column, row = np.floor(np.nan_to_num(pixels, nan=-9.0) + 0.5).T
    inside = (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
    at = (np.where(inside, row, 0).astype(np.intp), np.where(inside, column, 0).astype(np.intp))
    seen = judge(
        number, buffers.depth[at], buffers.instance[at], buffers.part[at], depth,
        np.linalg.norm(camera.to_camera(world), axis=1), landmarks.tissue.thickness(posed, world), landmarks,
    )  # fmt: skip
    return np.where(inside, np.where(seen, VISIBLE, HIDDEN), 0).astype(np.uint8)


def judge(
    number: int,
    first_depth: Floats,
    first_instance: NDArray[np.integer[Any]],
    first_part: NDArray[np.integer[Any]],
    depth: Floats,
    distance: Floats,
    thickness: Floats,
    landmarks: Landmarks,
) -> NDArray[np.bool_]:
    """The rule of `see`, for first surfaces found in whatever way.

    Args:
        number: The person's.
        first_depth: ``(L,)`` metres along the camera's axis to the first surface, inf without one.
        first_instance: ``(L,)`` whose it is.
        first_part: ``(L,)`` of which part of the body.
        depth: ``(L,)`` of the landmarks along the camera's axis.
        distance: ``(L,)`` of the landmarks from the camera.
        thickness: ``(L,)`` metres.
        landmarks: What they are.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        before = (depth - first_depth) * (distance / np.maximum(depth, 1e-9))  # along the ray
    own = (first_instance == number) & landmarks.tissue.belongs(first_part) & (before <= thickness)
    return own | (before <= _TOUCHING_M)


def _share_seen(outline: Floats, box: Floats, mask: NDArray[np.bool_]) -> float:
    """Share of the cells with a vertex in them that have a pixel of the mask."""
    size = max(float((box[2:] - box[:2]).max()) / _CELLS, 1.0)
    cells = np.floor((outline - box[:2]) / size).astype(np.intp)
    filled = np.zeros((_CELLS + 2, _CELLS + 2), bool)
    filled[tuple(np.clip(cells, 0, _CELLS + 1).T[::-1])] = True
    shown = np.zeros_like(filled)
    at = np.stack(np.nonzero(mask), 1) - box[1::-1]
    for corner in ((-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5)):
        row, column = np.clip(np.floor((at + corner) / size), 0, _CELLS + 1).astype(np.intp).T
        shown[row, column] = True
    return float((filled & shown).sum() / filled.sum())
