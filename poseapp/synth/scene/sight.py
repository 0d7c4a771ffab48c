"""How much of the main person stays in sight of every camera."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.synth.draw.mesh import Floats, Mesh

LEAST_SEEN = 0.5  # share of the main person's points in the picture that stays in sight (estimated)
_SIDE = 72  # cells along the longer side of the picture in which sight is estimated


class Sight:
    """What each camera still sees of the main person, estimated on a coarse grid.

    Args:
        cameras: All cameras of the scene.
        points: ``(N, 3)`` metres on the main person.
    """

    def __init__(self, cameras: list[Camera], points: Floats) -> None:
        self._views: list[tuple[Camera, float, NDArray[np.int64], NDArray[np.bool_]]] = []
        for camera in cameras:
            scale = _SIDE / max(camera.width, camera.height)
            size = [max(round(side * scale), 1) for side in (camera.width, camera.height)]
            small = camera.cropped(0, 0, size[0], size[1], scale)
            pixels, depth = small.project(points)
            inside = ((pixels >= 0) & (pixels <= [small.width - 1, small.height - 1])).all(1)
            spots = np.round(pixels[inside]).astype(np.int64)
            covered = np.zeros((small.height, small.width), bool)
            self._views.append((small, float(np.median(depth)), spots, covered))

    def share(self) -> float:
        """Least share over the cameras of the main person's points in the picture that nothing covers."""
        return min(_share(spots, covered) for _, _, spots, covered in self._views)

    def allows(self, thing: list[Mesh]) -> bool:
        """Whether enough stays in sight with convex things there; if so they count from now on."""
        covers = []
        for camera, depth, _, covered in self._views:
            cover = covered.copy()
            for mesh in thing:
                if camera.to_camera(mesh.vertices)[:, 2].min() < depth:
                    cover |= _outline(camera, mesh.vertices)
            covers.append(cover)
        return self._accept(covers)

    def allows_person(self, points: Floats) -> bool:
        """Whether enough stays in sight with one more person there; if so they count from now on.

        Args:
            points: ``(N, 3)`` metres on the person; nobody may stand at a camera.
        """
        covers = []
        for camera, depth, _, covered in self._views:
            cover, nearest = _splat(camera, points, depth)
            if nearest < 0.5:
                return False
            covers.append(covered | cover)
        return self._accept(covers)

    def shows(self, points: Floats) -> float:
        """Share of points ``(N, 3)`` that lie inside the first camera's picture."""
        camera = self._views[0][0]
        pixels, depth = camera.project(points)
        with np.errstate(invalid="ignore"):
            return float(((pixels >= 0) & (pixels < [camera.width, camera.height])).all(1).mean())

    def _accept(self, covers: list[NDArray[np.bool_]]) -> bool:
        after = [(*view[:3], cover) for view, cover in zip(self._views, covers, strict=True)]
        if min(_share(spots, cover) for _, _, spots, cover in after) < LEAST_SEEN:
            return False
        self._views = after
        return True


def _share(spots: NDArray[np.int64], covered: NDArray[np.bool_]) -> float:
    return float(1 - covered[spots[:, 1], spots[:, 0]].mean()) if len(spots) else 0.0


def _splat(camera: Camera, points: Floats, nearer_than: float) -> tuple[NDArray[Any], float]:
    """Cells that points nearer than a depth cover, and the least distance of any point from the camera."""
    pixels, depth = camera.project(points)
    mask = np.zeros((camera.height, camera.width), np.uint8)
    with np.errstate(invalid="ignore"):
        seen = (depth > 0.05) & (depth < nearer_than) & (pixels > -1).all(1)
        seen &= (pixels < [camera.width, camera.height]).all(1)
    spots = np.clip(np.round(pixels[seen]).astype(np.int64), 0, [camera.width - 1, camera.height - 1])
    mask[spots[:, 1], spots[:, 0]] = 1
    # Points stand a few centimetres apart.
    reach = int(np.ceil(0.03 * camera.intrinsics[0, 0] / max(float(np.median(depth)), 0.3)))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    nearest = float(np.linalg.norm(points - camera.position, axis=1).min())
    return cv2.dilate(mask, kernel).astype(bool), nearest


def _outline(camera: Camera, points: Floats) -> NDArray[np.bool_]:
    """The convex outline of points; everything where some lie behind the camera."""
    mask = np.zeros((camera.height, camera.width), np.uint8)
    pixels, depth = camera.project(points)
    if depth.min() < 0.1:
        return np.ones(mask.shape, bool)
    hull = cv2.convexHull(np.clip(pixels, -3000, 3000).astype(np.int32).reshape(-1, 1, 2))
    cv2.fillConvexPoly(mask, hull, 1)
    return mask.astype(bool)
