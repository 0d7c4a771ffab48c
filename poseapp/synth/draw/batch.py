"""Many meshes as few arrays: what is sent to the graphics card."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.meshes import vertex_normals
from poseapp.synth.draw.mesh import Mesh


@dataclass(frozen=True)
class Run:
    """Faces that one call draws.

    Attributes:
        first: Number of the first index.
        count: How many indices.
        texture: Their texture, or None.
        two_sided: Whether their backs are drawn too.
    """

    first: int
    count: int
    texture: NDArray[np.uint8] | None
    two_sided: bool


@dataclass(frozen=True)
class Batch:
    """Meshes one behind the other.

    Attributes:
        arrays: Vertex attributes by the name that the shaders give them.
        indices: ``(M, 3)`` uint32.
        runs: What to draw with which texture.
        casting: (two-sided, first, count) of the indices of what casts shadows.
    """

    arrays: dict[str, NDArray[np.generic]]
    indices: NDArray[np.uint32]
    runs: list[Run]
    casting: list[tuple[bool, int, int]]


def linear(colour: tuple[float, ...]) -> NDArray[np.float32]:
    """sRGB values in 0..1 as linear light."""
    given = np.asarray(colour, np.float32)
    curve = ((np.maximum(given, 0) + 0.055) / 1.055) ** 2.4
    return np.where(given <= 0.04045, given / 12.92, curve).astype(np.float32)


def drawable(meshes: list[Mesh]) -> list[Mesh]:
    """The meshes that have faces, those that are drawn in one go side by side."""
    kept = [mesh for mesh in meshes if len(mesh.faces) and len(mesh.vertices)]
    order: dict[tuple[int, bool], int] = {}
    for mesh in kept:
        order.setdefault(_group(mesh), len(order))
    return sorted(kept, key=lambda mesh: (order[_group(mesh)], not mesh.casts_shadow))


def _group(mesh: Mesh) -> tuple[int, bool]:
    return 0 if mesh.texture is None else id(mesh.texture), mesh.two_sided


def positions(meshes: list[Mesh]) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Vertices ``(N, 3)`` and faces ``(M, 3)`` of meshes one behind the other.

    Raises:
        ValueError: A face names a vertex that is not there; drawing it would read beyond the arrays.
    """
    for mesh in meshes:
        if int(mesh.faces.max()) >= len(mesh.vertices) or int(mesh.faces.min()) < 0:
            raise ValueError(f"a face names a vertex outside the {len(mesh.vertices)} of its mesh")
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    vertices = np.concatenate([mesh.vertices for mesh in meshes]).astype(np.float32, copy=False)
    faces = [
        mesh.faces.astype(np.uint32) + np.uint32(start) for mesh, start in zip(meshes, starts, strict=False)
    ]
    return vertices, np.concatenate(faces)


def pack(meshes: list[Mesh]) -> Batch:
    """Put the meshes of `drawable` one behind the other."""
    vertices, indices = positions(meshes)
    counts = [len(mesh.vertices) for mesh in meshes]
    total = len(vertices)
    normals = np.zeros((total, 3), np.float32)
    uv = np.zeros((total, 2), np.float32)
    body_uv = np.full((total, 2), -1, np.float32)
    ids = np.zeros((total, 4), np.uint8)
    runs: list[Run] = []
    casting: list[tuple[bool, int, int]] = []
    start = first = 0
    for mesh, count in zip(meshes, counts, strict=True):
        here = slice(start, start + count)
        given = vertex_normals(mesh.vertices, mesh.faces) if mesh.normals is None else mesh.normals
        normals[here] = given
        if mesh.uv is not None:
            uv[here] = mesh.uv
        if mesh.body_uv is not None:
            body_uv[here] = mesh.body_uv
        ids[here, 0] = mesh.instance
        if mesh.part is not None:
            ids[here, 1] = mesh.part
        number = 3 * len(mesh.faces)
        _append(runs, first, number, mesh)
        if mesh.casts_shadow:
            last = casting[-1] if casting else None
            if last is not None and last[0] == mesh.two_sided and last[1] + last[2] == first:
                casting[-1] = (last[0], last[1], last[2] + number)
            else:
                casting.append((mesh.two_sided, first, number))
        start, first = start + count, first + number
    paint = np.array([[*mesh.colour, mesh.shine] for mesh in meshes], np.float16)
    arrays: dict[str, NDArray[np.generic]] = {
        "in_position": vertices,
        "in_normal": normals,
        "in_uv": uv,
        "in_paint": np.repeat(paint, counts, 0),
        "in_ids": ids,
        "in_body_uv": body_uv,
    }
    return Batch(arrays, indices, runs, casting)


def _append(runs: list[Run], first: int, number: int, mesh: Mesh) -> None:
    last = runs[-1] if runs else None
    if last is not None and last.texture is mesh.texture and last.two_sided == mesh.two_sided:
        runs[-1] = Run(last.first, last.count + number, last.texture, last.two_sided)
    else:
        runs.append(Run(first, number, mesh.texture, mesh.two_sided))
