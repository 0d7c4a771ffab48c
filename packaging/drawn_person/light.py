"""Light: one soft lamp or sun with cast shadows, light from the sky and the ground, and shading of round
cones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drawn_person.raycast import Array, Array32, Camera, Hits, Shape, cast, normals_at

Paint = Callable[[int, Array, Array, Array], tuple[Array, Array]]


@dataclass
class Light:
    """`towards` (3,) unit vector to the lamp; colours are linear RGB."""

    towards: Array
    key: Array
    sky: Array
    ground: Array

    @staticmethod
    def random(rng: np.random.Generator) -> Light:
        """Return a light from above, mostly from the camera's half of the sky, of random strength and
        warmth."""
        yaw, height = rng.uniform(-1.9, 1.9), rng.uniform(0.45, 1.25)
        towards = np.array([np.sin(yaw) * np.cos(height), np.sin(height), np.cos(yaw) * np.cos(height)])
        warm = rng.uniform(-0.15, 0.2)
        strength = rng.uniform(0.35, 1.25)
        fill = rng.uniform(0.28, 0.6)
        return Light(
            towards, strength * np.array([1 + warm, 1.0, 1 - warm]),
            fill * np.array([1 - warm / 2, 1.0, 1 + warm / 2]), 0.55 * fill * np.array([1.05, 1.0, 0.9]),
        )  # fmt: skip

    def ambient(self, normals: Array) -> Array:
        """Light from sky and ground on surfaces with normals `(..., 3)`."""
        up = 0.5 + 0.5 * normals[..., 1:2]
        return np.asarray(self.ground + up * (self.sky - self.ground))

    def lambert(self, normals: Array) -> Array:
        """Share of the lamp's light `(..., 1)`, with soft ends as from a lamp of some size."""
        wrap = 0.15
        return np.asarray(np.clip((normals @ self.towards + wrap) / (1 + wrap), 0, None)[..., None])


class ShadowMap:
    """What the lamp sees of the person: tells how much of its light reaches a point."""

    def __init__(
        self, shapes: list[Shape], light: Light, centre: Array, texels: int = 200, width_m: float = 2.9
    ) -> None:
        self.camera = Camera.look_at(centre + light.towards * 4, centre, texels / width_m, (texels, texels))
        self.camera.parallel = True
        hits = cast(shapes, self.camera)
        self.depth = hits.depth
        shape = (hits.shape >= 0).astype(np.float32)
        self.veil = cv2.GaussianBlur(shape, (0, 0), texels / 55)

    def on_self(self, points: Array) -> Array:
        """Share of light `(N, 1)` that reaches points of the person itself."""
        xy, depth = self.camera.project(points)
        lit = np.zeros(len(points))
        for dx, dy in ((-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8)):
            seen = cv2.remap(
                self.depth, *_maps(xy + (dx, dy)), cv2.INTER_NEAREST, borderValue=float(np.inf)
            ).reshape(-1)[: len(points)]  # fmt: skip
            lit += depth < seen + 0.035
        return np.asarray(lit[:, None] / 4)

    def on_room(self, points: Array32) -> Array32:
        """Share of light `(H, W)` that reaches points `(H, W, 3)` behind the person."""
        xy, _ = self.camera.project(np.asarray(points, dtype=np.float64))
        veil = cv2.remap(
            self.veil, xy[..., 0].astype(np.float32), xy[..., 1].astype(np.float32), cv2.INTER_LINEAR
        )
        return np.asarray(1 - 0.92 * veil, dtype=np.float32)


def _maps(xy: Array) -> tuple[Array32, Array32]:
    """Fold a long list of places into a picture, as OpenCV's remap takes no rows of more than 32767."""
    pad = -len(xy) % 512
    folded = np.pad(xy, ((0, pad), (0, 0))).reshape(-1, 512, 2).astype(np.float32)
    return folded[..., 0], folded[..., 1]


def shade(
    hits: Hits, shapes: list[Shape], camera: Camera, paint: Paint, light: Light, shadow: ShadowMap | None
) -> tuple[Array32, NDArray[np.bool_]]:
    """Shade what the rays hit.

    Args:
        hits: Result of `cast` for `shapes` and `camera`.
        paint: From material, pattern coordinates, pattern frame and normals `(N, 3)` to colours and normals.
        shadow: Cast shadows, or None.

    Returns:
        Linear RGB `(H, W, 3)` and the mask `(H, W)` of the pixels that are covered.
    """
    mask = hits.shape >= 0
    out = np.zeros((*mask.shape, 3), np.float32)
    if not mask.any():
        return out, mask
    rows, columns = (slice(int(k.min()), int(k.max()) + 1) for k in np.nonzero(mask))
    index = hits.shape[rows, columns]
    inside = index >= 0
    origins, directions = camera.rays()
    depth = hits.depth[rows, columns]
    points = (origins + directions[rows, columns] * np.where(inside, depth, 0)[..., None])[inside].astype(
        np.float64
    )
    colours, normals = _surface(index[inside], points, shapes, paint)
    normals = _smoothed(
        normals, inside, depth, max(1, round(0.010 * camera.focal / float(np.median(depth[inside]))))
    )
    nearness = _crevices(depth, inside, camera)
    lit = light.lambert(normals)
    if shadow is not None:
        lit = lit * shadow.on_self(points + normals * 0.012)
    view = origins.reshape(-1, 3)[0] - points
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    half = view + light.towards
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    gloss = 0.06 * np.clip((normals * half).sum(1, keepdims=True), 0, 1) ** 24 * (lit > 0.05)
    out[rows, columns][inside] = (
        colours * (light.ambient(normals) * nearness + light.key * lit * (0.5 + 0.5 * nearness))
        + gloss * light.key
    )
    return out, mask


def _surface(
    index: NDArray[np.int16], points: Array, shapes: list[Shape], paint: Paint
) -> tuple[Array, Array]:
    """Colours and normals of points, shape by shape."""
    colours, normals = np.empty_like(points), np.empty_like(points)
    order = np.argsort(index, kind="stable")
    edges = np.flatnonzero(np.diff(index[order])) + 1
    for part in np.split(order, edges):
        shape = shapes[int(index[part[0]])]
        p = points[part]
        flat = normals_at(shape, p)
        q = (p - shape.paint_origin) @ shape.paint_axes
        colours[part], normals[part] = paint(shape.material, q, shape.paint_axes, flat)
        hem = shape.hem
        if hem is not None and (under := hem.covers(p)).any():
            q = (p[under] - hem.paint_origin) @ hem.paint_axes
            colours[part[under]], normals[part[under]] = paint(hem.material, q, hem.paint_axes, flat[under])
    return colours, normals


def _smoothed(normals: Array, inside: NDArray[np.bool_], depth: Array32, radius: int) -> Array:
    """Blend normals of neighbours on the same surface, so that cones meet without a crease."""
    field = np.zeros((*inside.shape, 3), np.float32)
    field[inside] = normals
    total = field.copy()
    for dy, dx in ((0, radius), (radius, 0), (0, -radius), (-radius, 0)):
        other, far = np.roll(field, (dy, dx), (0, 1)), np.roll(depth, (dy, dx), (0, 1))
        with np.errstate(invalid="ignore"):
            total += other * (np.abs(far - depth) < 0.03)[..., None]
    n = total[inside].astype(np.float64)
    return np.asarray(n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-6))


def _crevices(depth: Array32, inside: NDArray[np.bool_], camera: Camera) -> Array:
    """Share of the ambient light `(N, 1)` that reaches places next to nearer parts."""
    middle = float(np.median(depth[inside]))
    filled = np.where(inside, depth, middle + 0.25).astype(np.float32)
    size = max(3, round(0.07 * camera.focal / middle) | 1)
    around = cv2.blur(filled, (size, size), borderType=cv2.BORDER_REPLICATE)
    behind = np.clip((filled - around)[inside] / 0.06, 0, 1)
    return np.asarray(1 - 0.5 * behind, dtype=np.float64)[:, None]
