"""Simple solids and sheets to build scenery and objects from."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.draw.mesh import Floats, Mesh

Colour = tuple[float, float, float]
_BOX = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32) / 2
# Corners of each side, counter-clockwise from outside; the axes its texture runs along, and which way.
_SIDES = (
    ((4, 6, 7, 5), 2, 1, -1),
    ((0, 1, 3, 2), 2, 1, 1),
    ((2, 3, 7, 6), 0, 2, 1),
    ((0, 4, 5, 1), 0, 2, 1),
    ((1, 5, 7, 3), 0, 1, 1),
    ((0, 2, 6, 4), 0, 1, -1),
)
_BOX_VERTICES = np.concatenate([_BOX[list(corners)] for corners, *_ in _SIDES]) + np.array(
    [0, 0.5, 0], np.float32
)
_BOX_NORMALS = np.repeat(np.array([_BOX[list(c)].mean(0) * 2 for c, *_ in _SIDES], np.float32), 4, 0)
_BOX_AXES = np.repeat(np.array([[u, v] for _, u, v, _ in _SIDES]), 4, 0)
_BOX_UV = np.concatenate([_BOX[list(c)][:, [u, v]] * [way, 1] + 0.5 for c, u, v, way in _SIDES]).astype(
    np.float32
)
_BOX_FACES = np.arange(24, dtype=np.int32).reshape(6, 4)[:, [0, 1, 2, 0, 2, 3]].reshape(12, 3)


def yaw(angle_rad: float) -> Floats:
    """``(3, 3)`` turn around the upward axis; it takes +Z towards +X."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])


def placed(mesh: Mesh, turn: Floats | None = None, shift: Floats | tuple[float, ...] = (0, 0, 0)) -> Mesh:
    """The mesh turned by ``(3, 3)``, then moved by ``(3,)`` metres, in place; returned for convenience."""
    turn = np.eye(3) if turn is None else turn
    mesh.vertices = (mesh.vertices @ turn.T + np.asarray(shift)).astype(np.float32)
    if mesh.normals is not None:
        mesh.normals = (mesh.normals @ turn.T).astype(np.float32)
    return mesh


def sheet(corners: Floats, repeat: tuple[float, float] = (1, 1), **look: Any) -> Mesh:
    """A flat four-sided sheet.

    Args:
        corners: ``(4, 3)`` metres, counter-clockwise seen from its front, from the lower left.
        repeat: How often the texture is laid along the first edge and along the second.
        **look: Fields of `Mesh`.
    """
    corners = np.asarray(corners, np.float32)
    normal = np.cross(corners[1] - corners[0], corners[3] - corners[0])
    normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
    u, v = repeat
    uv = np.array([[0, 0], [u, 0], [u, v], [0, v]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return Mesh(corners, faces, np.tile(normal, (4, 1)).astype(np.float32), uv, **look)


def floor(centre: tuple[float, float], half_m: float, turn_rad: float, tile_m: float, **look: Any) -> Mesh:
    """A square of the ground at height 0.

    Args:
        centre: x and z of its middle, metres.
        half_m: Half its side.
        turn_rad: Turn around the upward axis.
        tile_m: Side of one copy of the texture.
        **look: Fields of `Mesh`.
    """
    flat = np.array([[-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1]], np.float64) * half_m
    corners = flat @ yaw(turn_rad).T + np.array([centre[0], 0, centre[1]])
    repeat = 2 * half_m / tile_m
    return sheet(corners, (repeat, repeat), casts_shadow=False, **look)


def box(size: tuple[float, float, float], tile_m: float | None = None, **look: Any) -> Mesh:
    """A box of ``size`` metres (x, y, z) standing on height 0 around the origin.

    ``tile_m`` is the side of one copy of the texture; without it each side shows the texture once.
    """
    measures = np.asarray(size, np.float32)
    scale = np.ones((24, 2), np.float32) if tile_m is None else measures[_BOX_AXES] / np.float32(tile_m)
    return Mesh(_BOX_VERTICES * measures, _BOX_FACES.copy(), _BOX_NORMALS.copy(), _BOX_UV * scale, **look)


def tube(
    start: Floats, end: Floats, radius_m: float, sides: int = 8, taper: float = 1.0, **look: Any
) -> Mesh:
    """A closed round bar between two points.

    Args:
        start: ``(3,)`` metres.
        end: ``(3,)`` metres, another point.
        radius_m: Its radius at the start.
        sides: Flat faces around it.
        taper: Radius at the end as a share of that at the start.
        **look: Fields of `Mesh`.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    across = np.cross(along, (0, 1, 0) if abs(along[1]) < 0.9 else (1, 0, 0))
    across /= np.linalg.norm(across)
    third = np.cross(along, across)
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angles)[:, None] * across + np.sin(angles)[:, None] * third
    vertices = [start + radius_m * ring, end + radius_m * taper * ring]
    vertices += [*vertices, np.stack([start, end])]
    normals = [ring, ring, np.tile(-along, (sides, 1)), np.tile(along, (sides, 1)), np.stack([-along, along])]
    i = np.arange(sides)
    j = (i + 1) % sides
    n = sides
    faces = [
        np.stack([i, j, j + n], 1),
        np.stack([i, j + n, i + n], 1),
        np.stack([j + 2 * n, i + 2 * n, np.full(n, 4 * n)], 1),
        np.stack([i + 3 * n, j + 3 * n, np.full(n, 4 * n + 1)], 1),
    ]
    length = float(np.linalg.norm(end - start))
    u = np.concatenate([np.tile(i / n, 4), [0, 0]]) * 2 * np.pi * radius_m
    v = np.concatenate([np.zeros(n), np.full(n, length), np.zeros(n), np.full(n, length), [0, length]])
    return Mesh(
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(normals).astype(np.float32),
        np.stack([u, v], 1).astype(np.float32),
        **look,
    )


def ball(centre: Floats, radius_m: float, rings: int = 8, squash: Floats | None = None, **look: Any) -> Mesh:
    """A ball, or with ``squash`` ``(3,)`` factors along the axes an ellipsoid."""
    across = 2 * rings
    polar, around = np.meshgrid(
        np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, across + 1), indexing="ij"
    )
    unit = np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], -1
    ).reshape(-1, 3)
    stretch = np.ones(3) if squash is None else np.asarray(squash)
    normals = unit / stretch
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    rows, columns = np.meshgrid(np.arange(rings), np.arange(across), indexing="ij")
    a = (rows * (across + 1) + columns).ravel()
    b = a + across + 1
    faces = np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)])
    uv = np.stack([around / (2 * np.pi), 1 - polar / np.pi], -1).reshape(-1, 2)
    vertices = unit * stretch * radius_m + np.asarray(centre)
    return Mesh(
        vertices.astype(np.float32),
        faces.astype(np.int32),
        normals.astype(np.float32),
        uv.astype(np.float32),
        **look,
    )


def leaves(
    rng: np.random.Generator, centre: Floats, radius: Floats, count: int, size_m: float, **look: Any
) -> Mesh:
    """A cloud of small triangles in an ellipsoid: a bush or the crown of a tree.

    Args:
        rng: Source of chance.
        centre: ``(3,)`` metres.
        radius: ``(3,)`` metres along the axes.
        count: Number of leaves.
        size_m: Length of a leaf.
        **look: Fields of `Mesh`; each leaf shows one spot of the texture.
    """
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    middle = direction * (rng.uniform(0.35, 1, (count, 1)) ** 0.6) * radius + centre
    corners = middle[:, None] + rng.normal(size=(count, 3, 3)) * size_m * 0.6
    spot = rng.uniform(0, 1, (count, 1, 2))
    # Lit as the round whole is: single leaves would glitter.
    normals = np.repeat(direction + rng.normal(0, 0.25, (count, 3)), 3, 0)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        corners.reshape(-1, 3).astype(np.float32),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        normals.astype(np.float32),
        np.tile(spot, (1, 3, 1)).reshape(-1, 2).astype(np.float32),
        two_sided=True,
        **look,
    )


def slab(outline: Floats, thickness_m: float, **look: Any) -> Mesh:
    """A flat plate with a convex outline ``(N, 2)`` metres in the plane z = 0, counter-clockwise."""
    count = len(outline)
    front = np.column_stack([outline, np.full(count, thickness_m / 2)])
    back = np.column_stack([outline, np.full(count, -thickness_m / 2)])
    i = np.arange(1, count - 1)
    fan = np.stack([np.zeros_like(i), i, i + 1], 1)
    j = np.arange(count)
    k = (j + 1) % count
    rim = np.concatenate([np.stack([j + count, k + count, k], 1), np.stack([j + count, k, j], 1)])
    faces = np.concatenate([fan, fan[:, ::-1] + count, rim])
    uv = np.tile(outline, (2, 1))
    return Mesh(
        np.concatenate([front, back]).astype(np.float32),
        faces.astype(np.int32),
        None,
        uv.astype(np.float32),
        two_sided=True,
        **look,
    )


def repeated(mesh: Mesh, shifts: Floats) -> Mesh:
    """Copies of a mesh, each moved by one row of ``(N, 3)`` metres, as one."""
    count = len(shifts)
    vertices = (mesh.vertices[None] + np.asarray(shifts, np.float32)[:, None]).reshape(-1, 3)
    steps = (np.arange(count, dtype=np.int32) * len(mesh.vertices))[:, None, None]
    faces = (mesh.faces[None] + steps).reshape(-1, 3)
    normals = None if mesh.normals is None else np.tile(mesh.normals, (count, 1))
    uv = None if mesh.uv is None else np.tile(mesh.uv, (count, 1))
    return replace(mesh, vertices=vertices, faces=faces, normals=normals, uv=uv)


def joined(meshes: list[Mesh]) -> Mesh:
    """Several meshes of one look as one, with the look of the first; all need normals and uv alike."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    first = meshes[0]
    faces = np.concatenate([m.faces + s for m, s in zip(meshes, starts[:-1], strict=True)]).astype(np.int32)
    normals = None if first.normals is None else np.concatenate([_needed(m.normals) for m in meshes])
    uv = None if first.uv is None else np.concatenate([_needed(m.uv) for m in meshes])
    vertices = np.concatenate([m.vertices for m in meshes])
    return Mesh(
        vertices,
        faces,
        normals,
        uv,
        first.texture,
        first.colour,
        first.shine,
        first.instance,
        casts_shadow=first.casts_shadow,
        two_sided=first.two_sided,
    )


def _needed(array: Floats | None) -> NDArray[Any]:
    assert array is not None
    return array
