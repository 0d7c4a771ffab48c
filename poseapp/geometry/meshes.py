"""Triangle meshes: normals, areas, points on the surface, and where rays meet it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Faces = NDArray[np.integer[Any]]


def vertex_normals(vertices: Floats, faces: Faces) -> Floats:
    """Unit normals ``(V, 3)`` float32, weighted by the area of the faces around; 0 where there is none."""
    # Axis by axis: gathering and adding up rows of three is several times as slow.
    corners, axes = np.ascontiguousarray(faces.T), np.ascontiguousarray(vertices.T)
    (a, b, c) = corners
    edges = [(axis[b] - axis[a], axis[c] - axis[a]) for axis in axes]
    normals = np.empty((len(vertices), 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        cross = edges[j][0] * edges[k][1] - edges[k][0] * edges[j][1]
        normals[:, i] = sum(np.bincount(corner, cross, len(vertices)) for corner in corners)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals / np.maximum(length, 1e-12)).astype(np.float32)


def face_areas(vertices: Floats, faces: Faces) -> Floats:
    """Areas ``(M,)`` in square metres."""
    a, b, c = (np.asarray(vertices, np.float64)[faces[:, i]] for i in range(3))
    return 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)


def surface_points(
    vertices: Floats, faces: Faces, count: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    """Points spread evenly over the surface.

    Args:
        vertices: ``(V, 3)`` metres.
        faces: ``(M, 3)``, with an area above 0 in sum.
        count: How many points.
        rng: Source of chance.

    Returns:
        Points ``(count, 3)`` and the face of each.
    """
    areas = face_areas(vertices, faces)
    chosen = rng.choice(len(faces), count, p=areas / areas.sum())
    weights = rng.random((count, 2))
    over = weights.sum(1) > 1
    weights[over] = 1 - weights[over]
    a, b, c = (np.asarray(vertices, np.float64)[faces[chosen, i]] for i in range(3))
    return a + weights[:, :1] * (b - a) + weights[:, 1:] * (c - a), chosen


def all_hits(
    origins: Floats, directions: Floats, vertices: Floats, faces: Faces
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Every place where rays meet triangles, from either side (Möller and Trumbore, 1997).

    The spheres around the faces say which pairs need the exact test: 1,000 rays against 60,000 faces take
    about two seconds.

    Args:
        origins: ``(R, 3)`` or ``(3,)`` metres.
        directions: ``(R, 3)``, of any length above 0.
        vertices: ``(V, 3)`` metres.
        faces: ``(M, 3)``.

    Returns:
        Ray, distance (in lengths of its direction, above 0) and face of each hit, in order of ray and
        distance.
    """
    directions = np.atleast_2d(np.asarray(directions, np.float64))
    origins = np.broadcast_to(np.asarray(origins, np.float64), directions.shape)
    vertices = np.asarray(vertices, np.float64)
    a = vertices[faces[:, 0]]
    edge_b, edge_c = vertices[faces[:, 1]] - a, vertices[faces[:, 2]] - a
    radius_at, radius = _spheres(vertices, faces)
    rays, distances, hit_faces = [], [], []
    block = max(1, 4_000_000 // max(len(faces), 1))
    for start in range(0, max(len(directions), 1), block):
        here = slice(start, start + block)
        ray, face = _candidates(origins[here], directions[here], radius_at, radius)
        ray += start
        t = _meet(origins[ray], directions[ray], a[face], edge_b[face], edge_c[face])
        met = np.isfinite(t)
        rays.append(ray[met])
        distances.append(t[met])
        hit_faces.append(face[met])
    ray, t, face = np.concatenate(rays), np.concatenate(distances), np.concatenate(hit_faces)
    order = np.lexsort((t, ray))
    return ray[order], t[order], face[order]


def first_hits(
    origins: Floats, directions: Floats, vertices: Floats, faces: Faces
) -> tuple[Floats, NDArray[np.int64]]:
    """Nearest hit of each ray, see `all_hits`.

    Returns:
        Distance ``(R,)``, inf without a hit, and face ``(R,)``, -1 without.
    """
    return _one_hit(origins, directions, vertices, faces, last=False)


def last_hits(
    origins: Floats, directions: Floats, vertices: Floats, faces: Faces
) -> tuple[Floats, NDArray[np.int64]]:
    """Farthest hit of each ray, as `first_hits`."""
    return _one_hit(origins, directions, vertices, faces, last=True)


def _one_hit(
    origins: Floats, directions: Floats, vertices: Floats, faces: Faces, last: bool
) -> tuple[Floats, NDArray[np.int64]]:
    count = len(np.atleast_2d(directions))
    ray, t, face = all_hits(origins, directions, vertices, faces)
    distance, which = np.full(count, np.inf), np.full(count, -1, np.int64)
    edge = np.ones(len(ray), bool)
    if last:
        edge[:-1] = ray[1:] != ray[:-1]
    else:
        edge[1:] = ray[1:] != ray[:-1]
    distance[ray[edge]], which[ray[edge]] = t[edge], face[edge]
    return distance, which


def _spheres(vertices: Floats, faces: Faces) -> tuple[Floats, Floats]:
    """A sphere around each face: middle ``(M, 3)`` and squared radius ``(M,)``."""
    corners = vertices[faces]
    middle = corners.mean(1)
    return middle, ((corners - middle[:, None]) ** 2).sum(-1).max(1)


def _candidates(
    origins: Floats, directions: Floats, middle: Floats, radius: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rays and faces whose spheres they pass through; two matrix products for all pairs."""
    d = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    centre = middle.mean(0) if len(middle) else np.zeros(3)
    o, c = origins - centre, middle - centre
    along = d @ c.T - (o * d).sum(1)[:, None]
    apart = (o * o).sum(1)[:, None] + (c * c).sum(1)[None] - 2 * (o @ c.T)
    near = apart - along * along <= radius[None] * (1 + 1e-6) + 1e-9
    ray, face = np.nonzero(near)
    return ray, face


def _meet(origin: Floats, direction: Floats, a: Floats, edge_b: Floats, edge_c: Floats) -> Floats:
    """Distance of each ray to its own face ``(P,)``; inf where they do not meet."""
    p = np.cross(direction, edge_c)
    det = (edge_b * p).sum(1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverse = 1 / det
        s = origin - a
        u = (s * p).sum(1) * inverse
        q = np.cross(s, edge_b)
        v = (direction * q).sum(1) * inverse
        t = (edge_c * q).sum(1) * inverse
        met = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (t > 0)
    return np.where(met & np.isfinite(t), t, np.inf)
