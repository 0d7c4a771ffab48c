"""Cameras, and exact ray casting of round cones into a depth buffer.

A round cone is what a ball sweeps that moves from `a` to `b` while its radius changes from `ra` to `rb`; in
a squeezed space it becomes a limb of elliptic section or an ellipsoid. World: metres, Y up. Depth runs along
the camera's axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Array32 = NDArray[np.float32]


@dataclass
class Hem:
    """The part of a surface that a shirt covers: above `low` metres in the frame of the pelvis, near its
    axis."""

    origin: Array
    axes: Array
    low: float
    reach: tuple[float, float]
    material: int
    paint_origin: Array
    paint_axes: Array

    def covers(self, points: Array) -> NDArray[np.bool_]:
        """Which points `(N, 3)` lie under the shirt."""
        q = (points - self.origin) @ self.axes
        near = (q[:, 0] / self.reach[0]) ** 2 + (q[:, 2] / self.reach[1]) ** 2 < 1
        return np.asarray((q[:, 1] > self.low) & near)


@dataclass
class Shape:
    """One round cone: `a`, `b` (3,) and radii in world metres; `squeeze` (3, 3) maps world to a space of
    round sections.

    `paint_origin` and `paint_axes` (columns left, up, forward) say where its pattern sits; `material` is an
    index.
    """

    a: Array
    b: Array
    ra: float
    rb: float
    material: int
    paint_origin: Array
    paint_axes: Array
    squeeze: Array | None = None
    hem: Hem | None = None
    reach: float = 0.0

    def __post_init__(self) -> None:
        self.reach = max(self.ra, self.rb)
        if self.squeeze is not None:
            self.reach *= float(np.linalg.norm(np.linalg.inv(self.squeeze), 2))


@dataclass
class Camera:
    """Pinhole or parallel camera: `axes` rows right, down, forward; `focal` in pixels, or pixels a metre if
    parallel."""

    position: Array
    axes: Array
    focal: float
    width: int
    height: int
    parallel: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        """Principal point in pixels (pixel centres at integers)."""
        return (self.width - 1) / 2, (self.height - 1) / 2

    def project(self, points: Array) -> tuple[Array, Array]:
        """Return pixels `(..., 2)` and depths `(...)` of world points `(..., 3)`."""
        local = (np.asarray(points) - self.position) @ self.axes.T
        depth = local[..., 2]
        scale = self.focal if self.parallel else self.focal / np.maximum(depth, 1e-3)[..., None]
        return local[..., :2] * scale + np.array(self.centre), depth

    def rays(self) -> tuple[Array32, Array32]:
        """Return origins `(1|H, 1|W, 3)` and directions of depth 1 `(1|H, 1|W, 3)`, so that distance is
        depth."""
        cx, cy = self.centre
        grid = np.empty((self.height, self.width, 3))
        grid[..., 0] = (np.arange(self.width) - cx) / self.focal
        grid[..., 1] = ((np.arange(self.height) - cy) / self.focal)[:, None]
        grid[..., 2] = 0.0 if self.parallel else 1.0
        world = grid @ self.axes
        fixed = self.position[None, None]
        if self.parallel:
            return (world + fixed).astype(np.float32), self.axes[2][None, None].astype(np.float32)
        return fixed.astype(np.float32), world.astype(np.float32)

    def enlarged(self, factor: float) -> Camera:
        """Return the same view on a picture `factor` times as large."""
        return Camera(
            self.position, self.axes, self.focal * factor, round(self.width * factor),
            round(self.height * factor), self.parallel,
        )  # fmt: skip

    @staticmethod
    def look_at(
        position: Array, target: Array, focal: float, size_wh: tuple[int, int], roll: float = 0.0
    ) -> Camera:
        """Return a camera at `position` that sees `target` in the middle, turned by `roll` radians about its
        axis."""
        forward = (target - position) / np.linalg.norm(target - position)
        up = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.99 else np.array([0.0, 0.0, -1.0])
        right = np.cross(forward, up)
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        c, s = np.cos(roll), np.sin(roll)
        axes = np.stack([c * right + s * down, c * down - s * right, forward])
        return Camera(position, axes, focal, *size_wh)


@dataclass
class Hits:
    """What each pixel sees: `depth` (H, W), infinite where nothing; `shape` (H, W) index, -1 where
    nothing."""

    depth: Array32
    shape: NDArray[np.int16]


def cast(shapes: list[Shape], camera: Camera, depth: Array32 | None = None) -> Hits:
    """Cast a ray through each pixel; `depth` (H, W) holds what already stands there."""
    size = camera.height, camera.width
    hits = Hits(
        np.full(size, np.inf, np.float32) if depth is None else depth.copy(), np.full(size, -1, np.int16)
    )
    origins, directions = camera.rays()
    for index, shape in enumerate(shapes):
        window = _window(shape, camera)
        if window is None:
            continue
        rows, columns = window
        o = origins if origins.shape[0] == 1 else origins[rows, columns]
        d = directions if directions.shape[0] == 1 else directions[rows, columns]
        found = _enter(shape, o, d)
        nearer = found < hits.depth[rows, columns]
        hits.depth[rows, columns][nearer] = found[nearer]
        hits.shape[rows, columns][nearer] = index
    return hits


def _window(shape: Shape, camera: Camera) -> tuple[slice, slice] | None:
    """Rows and columns that may see the shape, or None."""
    ends, depth = camera.project(np.stack([shape.a, shape.b]))
    if depth.min() < shape.reach + 0.05 and not camera.parallel:
        return None
    nearest = 1.0 if camera.parallel else depth.min() - shape.reach
    # A ball off the axis is seen a little larger than r f / z; 15 % cover the widest angle used.
    margin = shape.reach * camera.focal / nearest * 1.15 + 1.5
    low, high = np.floor(ends.min(0) - margin).astype(int), np.ceil(ends.max(0) + margin).astype(int) + 1
    x0, y0 = max(low[0], 0), max(low[1], 0)
    x1, y1 = min(high[0], camera.width), min(high[1], camera.height)
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def _enter(shape: Shape, o: Array32, d: Array32) -> Array32:
    """Distance along each ray to the shape, infinite where missed."""
    a, b = shape.a, shape.b
    o = o - a.astype(np.float32)
    axis = b - a
    if shape.squeeze is not None:
        m = shape.squeeze.T.astype(np.float32)
        o, d, axis = o @ m, d @ m, shape.squeeze @ axis
    length = float(np.linalg.norm(axis))
    ra, rb = shape.ra, shape.rb
    dd = np.einsum("ijk,ijk->ij", d, d)
    od = _dot(o, d)
    oo = np.einsum("ijk,ijk->ij", o, o)
    best = _ball(dd, od, oo, ra)
    k = (ra - rb) / length if length > 1e-9 else 1.0
    if abs(k) >= 1.0:
        return best if ra >= rb else _ball_at(o, d, dd, axis, rb)
    w = (axis / length).astype(np.float32)
    best = np.minimum(best, _ball_at(o, d, dd, axis, rb))
    y0, yd = o @ w, d @ w
    # Side of the cone: (1 - k^2) q^2 = (ra - k y)^2 with y along the axis and q across it.
    c2 = np.float32(1 - k * k)
    qa = c2 * (dd - yd * yd) - np.float32(k * k) * yd * yd
    qb = c2 * (od - y0 * yd) + k * yd * (ra - k * y0)
    qc = c2 * (oo - y0 * y0) - (ra - k * y0) ** 2
    disc = qb * qb - qa * qc
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (-qb - np.sqrt(disc)) / qa
        centre = (y0 + t * yd - k * ra) / c2
        good = (disc > 0) & (centre >= 0) & (centre <= length) & (t > 0)
    return np.where(good & (t < best), t, best).astype(np.float32)


def _dot(o: Array32, d: Array32) -> Array32:
    """Dot product over the last axis; one of the two may be a single vector."""
    if o.shape[:2] == (1, 1):
        return np.asarray(d @ o[0, 0], np.float32)
    return np.asarray(o @ d[0, 0] if d.shape[:2] == (1, 1) else np.einsum("ijk,ijk->ij", o, d), np.float32)


def _ball_at(o: Array32, d: Array32, dd: Array32, centre: Array, radius: float) -> Array32:
    o = o - centre.astype(np.float32)
    return _ball(dd, _dot(o, d), np.einsum("ijk,ijk->ij", o, o), radius)


def _ball(dd: Array32, od: Array32, oo: Array32, radius: float) -> Array32:
    disc = od * od - dd * (oo - np.float32(radius * radius))
    with np.errstate(invalid="ignore"):
        t = (-od - np.sqrt(disc)) / dd
    return np.where((disc > 0) & (t > 0), t, np.inf).astype(np.float32)


def normals_at(shape: Shape, points: Array) -> Array:
    """Outward normals `(N, 3)` of the shape at points `(N, 3)` on it."""
    p, axis = points - shape.a, shape.b - shape.a
    if shape.squeeze is not None:
        p, axis = p @ shape.squeeze.T, shape.squeeze @ axis
    length = float(np.linalg.norm(axis))
    k = (shape.ra - shape.rb) / length if length > 1e-9 else 1.0
    if abs(k) >= 1.0:
        centre = np.zeros(3) if shape.ra >= shape.rb else axis
        n = p - centre
    else:
        w = axis / length
        y = np.clip((p @ w - k * shape.ra) / (1 - k * k), 0.0, length)
        n = p - y[:, None] * w
    if shape.squeeze is not None:
        n = n @ shape.squeeze
    return np.asarray(n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9))
