"""Matrices: world to clip space of a camera, and of the light's shadow map."""

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.synth.draw.mesh import Light, Mesh

NEAR_M = 0.05
FAR_M = 500.0
_MOST_AROUND_M = 1.2
_LARGEST_THING_M = 3.0


def to_clip(camera: Camera) -> NDArray[np.float64]:
    """``(4, 4)`` from the world to clip space.

    A point that `Camera.project` puts at column x, row y lands in the centre of texel (x, y) of a framebuffer
    whose first row is the picture's top.
    """
    k, width, height = camera.intrinsics, camera.width, camera.height
    project = np.zeros((4, 4))
    project[0, :3] = 2 * k[0] / width
    project[0, 2] += 1 / width - 1
    project[1, :3] = 2 * k[1] / height
    project[1, 2] += 1 / height - 1
    project[2, 2] = (FAR_M + NEAR_M) / (FAR_M - NEAR_M)
    project[2, 3] = -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
    project[3, 2] = 1
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = camera.rotation, camera.translation
    return project @ pose


def to_ray(camera: Camera, scale: int) -> NDArray[np.float64]:
    """``(3, 3)`` from (x, y, 1) of a fragment, ``scale`` a pixel, to its ray in the world, 1 m deep."""
    to_pixel = np.array([[1 / scale, 0, -0.5], [0, 1 / scale, -0.5], [0, 0, 1]])
    return camera.rotation.T @ np.linalg.inv(camera.intrinsics) @ to_pixel


def to_shadow(meshes: list[Mesh], light: Light) -> tuple[NDArray[np.float64], float] | None:
    """The shadow map's view: parallel to the light, around the people and what stands near them.

    Returns:
        ``(4, 4)`` from the world to 0..1 (x, y on the map, z away from the light), and the side of the map in
        metres; None where nothing casts a shadow.
    """
    casting = [mesh for mesh in meshes if mesh.casts_shadow]
    if not casting or light.shadow <= 0:
        return None
    axes = _axes(np.asarray(light.direction, np.float64))
    boxes = np.array([_box(mesh.vertices, axes) for mesh in casting])  # (n, 2, 3)
    people = np.array([mesh.instance > 0 for mesh in casting])
    core = boxes[people] if people.any() else boxes
    low, high = core[:, 0].min(0)[:2], core[:, 1].max(0)[:2]
    # Things beside people cast shadows too; for all of a floor or wall the map would be coarse.
    things = boxes[~people & ((boxes[:, 1] - boxes[:, 0])[:, :2].max(1) < _LARGEST_THING_M), :, :2]
    if people.any() and len(things):
        low = np.clip(things[:, 0].min(0), low - _MOST_AROUND_M, low)
        high = np.clip(things[:, 1].max(0), high, high + _MOST_AROUND_M)
    side = float(max((high - low).max() * 1.15, 0.1))
    middle = (low + high) / 2
    front, back = boxes[:, 0, 2].min() - 0.05, boxes[:, 1, 2].max() + 0.05
    view = np.eye(4)
    view[:2, :3] = axes[:2] / side
    view[:2, 3] = 0.5 - middle / side
    view[2, :3] = axes[2] / (back - front)
    view[2, 3] = -front / (back - front)
    return view, side


def _axes(toward: NDArray[np.float64]) -> NDArray[np.float64]:
    toward = toward / np.linalg.norm(toward)
    helper = np.array([0.0, 0.0, 1.0]) if abs(toward[1]) > 0.9 else np.array([0.0, 1.0, 0.0])
    right = np.cross(helper, toward)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(right, toward), -toward])  # as a camera's: right, down, away


def _box(vertices: NDArray[np.floating], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = axes.astype(np.float32) @ vertices.T
    return np.stack([seen.min(1), seen.max(1)]).astype(np.float64)
