"""The truth checked without the renderer: rays against the triangles themselves."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.geometry.meshes import all_hits
from poseapp.labels.instance import HIDDEN, VISIBLE
from poseapp.synth.draw.mesh import Mesh
from poseapp.synth.truth.person import PersonTruth, judge

Floats = NDArray[np.floating[Any]]
_NEAR_M = 0.05  # as the renderer, which draws nothing nearer


def visibility_by_rays(
    person: PersonTruth, meshes: list[Mesh], rows: NDArray[np.intp], *, pixel_centres: bool = False
) -> NDArray[np.uint8]:
    """Visibility of landmarks by the same rule as `person.see`, on first surfaces that rays have found.

    Args:
        person: Whose.
        meshes: All that is in the scene.
        rows: Which of the landmarks, ``(R,)``.
        pixel_centres: Send rays through the centre of the pixel that a landmark falls into, as the renderer
            does, instead of through the landmark.

    Returns:
        ``(R,)`` uint8 0, 1 or 2; 0 where the pixel lies outside the picture.
    """
    camera = person.camera
    pixels = np.floor(person.pixels[rows] + 0.5) if pixel_centres else person.pixels[rows]
    depth, instance, part = first_surfaces(pixels, meshes, camera)
    world = person.world
    first_depth = np.full(len(world), np.inf)
    first_instance, first_part = np.zeros(len(world), np.intp), np.zeros(len(world), np.intp)
    first_depth[rows], first_instance[rows], first_part[rows] = depth, instance, part
    seen = judge(
        person.number, first_depth, first_instance, first_part, person.in_camera[:, 2],
        np.linalg.norm(person.in_camera, axis=1), person.landmarks.tissue.thickness(person.posed, world),
        person.landmarks,
    )[rows]  # fmt: skip
    x, y = person.pixels[rows].T
    with np.errstate(invalid="ignore"):
        inside = (x >= -0.5) & (y >= -0.5) & (x < camera.width - 0.5) & (y < camera.height - 0.5)
    return np.where(inside, np.where(seen, VISIBLE, HIDDEN), 0).astype(np.uint8)


def first_surfaces(
    pixels: Floats, meshes: list[Mesh], camera: Camera
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """What rays through pixels meet first.

    Args:
        pixels: ``(R, 2)``; NaN meets nothing.
        meshes: Scene; the backs of those that are not two-sided stop nothing.
        camera: Sends the rays.

    Returns:
        ``(R,)`` depth along the camera's axis in metres, inf without a hit; ``(R,)`` instance; ``(R,)`` part.
    """
    starts = np.cumsum([0, *[len(mesh.vertices) for mesh in meshes]])
    vertices = np.concatenate([mesh.vertices for mesh in meshes]).astype(np.float64)
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts[:-1], strict=True)])
    owner = np.repeat(np.arange(len(meshes)), [len(mesh.faces) for mesh in meshes])
    parts = np.concatenate(
        [np.zeros(len(m.vertices), np.uint8) if m.part is None else m.part for m in meshes]
    )
    finite = np.flatnonzero(np.isfinite(pixels).all(1))
    rays = camera.rays(pixels[finite])
    ray, distance, face = all_hits(camera.position, rays, vertices, faces)
    corners = vertices[faces[face]]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = np.einsum("hc,hc->h", normal, rays[ray]) < 0
    two_sided = np.array([mesh.two_sided for mesh in meshes])[owner[face]]
    counts = (facing | two_sided) & (distance > _NEAR_M)  # rays are 1 m deep a length
    ray, distance, face = ray[counts], distance[counts], face[counts]
    ray, first = np.unique(ray, return_index=True)
    depth = np.full(len(pixels), np.inf)
    instance, part = np.zeros(len(pixels), np.intp), np.zeros(len(pixels), np.intp)
    hit = face[first]
    depth[finite[ray]] = distance[first]
    instance[finite[ray]] = np.array([mesh.instance for mesh in meshes])[owner[hit]]
    part[finite[ray]] = parts[faces[hit, 2]]  # the corner that OpenGL takes flat values from
    return depth, instance, part
