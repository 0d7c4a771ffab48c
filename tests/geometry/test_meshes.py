"""Rays against triangles, compared with what a sphere and plain loops say."""

import numpy as np
import pytest

from poseapp.geometry.meshes import (
    all_hits,
    face_areas,
    first_hits,
    last_hits,
    surface_points,
    vertex_normals,
)

SQUARE = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]], np.float64)
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def sphere(rings: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """A unit sphere, faces anticlockwise from outside."""
    across = np.linspace(0, np.pi, rings + 1)[:, None]
    around = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)[None]
    x, y, z = np.sin(across) * np.cos(around), np.cos(across) + 0 * around, np.sin(across) * np.sin(around)
    vertices = np.stack([x, y, z], -1).reshape(-1, 3)
    ring, place = np.meshgrid(np.arange(rings), np.arange(2 * rings), indexing="ij")
    here, beside = ring * 2 * rings + place, ring * 2 * rings + (place + 1) % (2 * rings)
    below, below_beside = here + 2 * rings, beside + 2 * rings
    faces = np.concatenate([np.stack([here, beside, below], -1), np.stack([beside, below_beside, below], -1)])
    return vertices, faces.reshape(-1, 3)


def test_rays_meet_a_sphere_in_front_and_behind() -> None:
    vertices, faces = sphere()
    rng = np.random.default_rng(0)
    origin = np.array([0.3, 4.0, 0.2])
    targets = rng.uniform(-1.3, 1.3, (500, 3)) * (1, 0.2, 1)
    directions = targets - origin
    nearest, face = first_hits(origin, directions, vertices, faces)
    farthest, _ = last_hits(origin, directions, vertices, faces)
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    along = -(unit @ origin)
    off = origin @ origin - along**2
    clear = np.abs(off - 1) > 0.02
    assert np.array_equal(np.isfinite(nearest)[clear], (off < 1)[clear])
    assert np.array_equal(face >= 0, np.isfinite(nearest)) and np.array_equal(face < 0, np.isinf(farthest))
    inside = off < 0.9
    half = np.sqrt(1 - off[inside])
    lengths = np.linalg.norm(directions[inside], axis=1)
    assert np.abs(nearest[inside] * lengths - (along[inside] - half)).max() < 0.01
    assert np.abs(farthest[inside] * lengths - (along[inside] + half)).max() < 0.01


def test_all_hits_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    vertices, faces = rng.normal(size=(60, 3)), rng.integers(0, 60, (150, 3))
    origins, directions = rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
    ray, distance, face = all_hits(origins, directions, vertices, faces)
    found = set(zip(ray.tolist(), face.tolist(), strict=True))
    expected = set()
    for r in range(40):
        for f in range(150):
            a, b, c = vertices[faces[f]]
            matrix = np.stack([b - a, c - a, -directions[r]], 1)
            if abs(np.linalg.det(matrix)) < 1e-12:
                continue
            u, v, t = np.linalg.solve(matrix, origins[r] - a)
            if u >= 0 and v >= 0 and u + v <= 1 and t > 0:
                expected.add((r, f))
    assert found == expected and len(expected) > 150
    assert (np.diff(ray) >= 0).all() and (np.diff(distance)[np.diff(ray) == 0] >= 0).all()
    places = origins[ray] + directions[ray] * distance[:, None]
    normal = np.cross(vertices[faces[face, 1]] - vertices[faces[face, 0]],
                      vertices[faces[face, 2]] - vertices[faces[face, 0]])  # fmt: skip
    assert np.abs(((places - vertices[faces[face, 0]]) * normal).sum(1)).max() < 1e-9


def test_no_gap_between_neighbours_and_none_behind() -> None:
    """A ray through the shared edge meets; one that starts beyond does not; distances count directions."""
    down = np.array([[0, 0, -2.0], [0, 0, -2.0], [0, 0, 2.0]])
    origins = np.array([[1.0, 1.0, 3.0], [5.0, 1.0, 3.0], [1.0, 1.0, 3.0]])
    distance, face = first_hits(origins, down, SQUARE, HALVES)
    assert distance.tolist() == [1.5, np.inf, np.inf]
    assert face[0] in (0, 1) and face[1:].tolist() == [-1, -1]


def test_faces_without_area_and_no_faces() -> None:
    faces = np.array([[0, 0, 1], [2, 2, 2], [0, 1, 2]])
    distance, face = first_hits(np.array([1.5, 0.5, 1.0]), np.array([[0, 0, -1.0]]), SQUARE, faces)
    assert distance.tolist() == [1.0] and face.tolist() == [2]
    assert face_areas(SQUARE, faces).tolist() == [0, 0, 2]
    none, which = first_hits(np.zeros(3), np.ones((4, 3)), SQUARE, np.zeros((0, 3), int))
    assert np.isinf(none).all() and (which == -1).all()
    assert first_hits(np.zeros(3), np.zeros((0, 3)), SQUARE, HALVES)[0].shape == (0,)


def test_points_spread_by_area() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [10, 0, 0], [13, 0, 0], [10, 1, 0]], np.float64)
    faces = np.array([[0, 1, 2], [3, 4, 5]])
    points, chosen = surface_points(vertices, faces, 4000, np.random.default_rng(2))
    assert abs((chosen == 1).mean() - 0.75) < 0.03
    small = points[chosen == 0]
    assert (small >= 0).all() and (small.sum(1) <= 1 + 1e-12).all()
    assert np.allclose(small.mean(0), [1 / 3, 1 / 3, 0], atol=0.03)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normals_of_a_sphere_point_outwards(dtype: type) -> None:
    vertices, faces = sphere()
    vertices = vertices.astype(dtype)
    normals = vertex_normals(vertices, faces)
    middle = np.abs(vertices[:, 1]) < 0.99
    assert normals.dtype == np.float32
    assert ((normals * vertices).sum(1)[middle] > 0.999).all()
    assert (vertex_normals(np.zeros((3, 3)), np.array([[0, 1, 2]])) == 0).all()
