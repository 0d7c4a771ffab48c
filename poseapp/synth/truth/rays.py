"""Where rays first meet triangles, by arithmetic alone: what the renderer's depth buffer is checked against."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
_CHUNK = 2_000_000  # ray-triangle pairs at a time


def first_hits(
    origin: Floats, directions: Floats, triangles: Floats, nearest: float = 1e-6
) -> tuple[Floats, NDArray[np.intp]]:
    """First triangle on each ray from one point; both sides of a triangle stop a ray.

    Möller and Trumbore, "Fast, minimum storage ray-triangle intersection" (1997).

    Args:
        origin: ``(3,)`` where all rays begin.
        directions: ``(R, 3)``, of any length.
        triangles: ``(F, 3, 3)`` corners.
        nearest: Hits at less than this many lengths of the direction do not count.

    Returns:
        ``(R,)`` distance in lengths of the direction, inf without a hit; ``(R,)`` number of the triangle,
        -1 without.
    """
    corner = triangles[:, 0].astype(np.float64)
    one, two = triangles[:, 1] - corner, triangles[:, 2] - corner
    to_origin = np.asarray(origin, np.float64) - corner
    across = np.cross(to_origin, one)
    reach = np.einsum("fc,fc->f", two, across)
    # With d the direction: det = -d.(one x two), u = d.(two x s), v = d.(s x one), t = two.(s x one).
    planes = np.stack([np.cross(two, one), np.cross(two, to_origin), across])
    distances = np.full(len(directions), np.inf)
    numbers = np.full(len(directions), -1)
    step = max(1, _CHUNK // max(1, len(triangles)))
    for start in range(0, len(directions), step):
        rays = np.asarray(directions[start : start + step], np.float64)
        det, u, v = (rays @ plane.T for plane in planes)
        with np.errstate(divide="ignore", invalid="ignore"):
            u, v, t = u / det, v / det, reach / det
        inside = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > nearest)
        t = np.where(inside, t, np.inf)
        if t.shape[1] == 0:
            break
        best = t.argmin(1)
        rows = np.arange(len(rays))
        distances[start : start + step] = t[rows, best]
        numbers[start : start + step] = np.where(np.isfinite(t[rows, best]), best, -1)
    return distances, numbers
