"""Shoes: rounded shapes lofted around each foot, bound to foot and toes."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import ShapedBody
from poseapp.synth.look.atlas import Atlas, Floats
from poseapp.synth.look.sheets import Sheet, grid_faces, grid_normals, nearest_vertices

SHOES = ("sneakers", "trainers", "leather", "boots", "slippers")
_STATIONS = 15
_AROUND = 18


def make_shoe(atlas: Atlas, shaped: ShapedBody, side: str, kind: str) -> Sheet:
    """One shoe.

    Args:
        atlas: Of the body model.
        shaped: The body.
        side: "L" or "R".
        kind: One of `SHOES`.

    Returns:
        The shoe; in its texture v is 0 at the sole's edge .. 1 on the instep and u runs from heel to toe.
    """
    model = atlas.model
    sign = 1.0 if side == "L" else -1.0
    chosen = np.flatnonzero((atlas.foot > 0.5) & (atlas.points[:, 0] * sign > 0))
    foot = shaped.vertices[chosen]
    low = foot[:, 1].min()
    height = shaped.joints[model.bone[f"foot.{side}"], 1] - low
    toes = shaped.joints[model.bone[f"toe2-1.{side}"]]
    heel = foot[foot[:, 2].argmin()]
    ahead = np.array([toes[0] - heel[0], 0, toes[2] - heel[2]])
    ahead /= np.linalg.norm(ahead)
    across = np.array([ahead[2], 0, -ahead[0]])
    along, wide = (foot - heel) @ ahead, (foot - heel) @ across
    start, length = along.min(), float(np.ptp(along))
    thick = {"sneakers": 0.022, "trainers": 0.026, "leather": 0.016, "boots": 0.03, "slippers": 0.012}[kind]
    scale = length / 0.27
    places = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, _STATIONS))  # denser at both ends
    rings = []
    collar = height * (1.12 if kind != "slippers" else 0.75)
    for place in places:
        at = start + length * place
        near = np.abs(along - at) < length * 0.07
        ends = max(1 - abs(2 * place - 1) ** 5, 0.0) ** 0.5
        left, right = wide[near].max(), wide[near].min()
        half = max((left - right) / 2, 0.02 * scale) * (0.25 + 0.75 * ends) + 0.006 * scale * ends
        top = min(foot[near, 1].max() - low, collar) + 0.007 * scale
        if place < 0.35:
            top = collar
        top = top * (0.45 + 0.55 * ends)
        rings.append(_ring((left + right) / 2, half, top, thick * scale))
    section = np.array(rings)  # stations, around, (across, up)
    reach = start - 0.008 * scale + (length + 0.018 * scale) * places
    points = heel + reach[:, None, None] * ahead + section[:, :, :1] * across
    points[:, :, 1] = low - thick * scale * 0.35 + section[:, :, 1]
    points = points.reshape(-1, 3).astype(np.float32)
    faces = grid_faces(_STATIONS, _AROUND, True)
    uv = _shoe_uv(places, section, thick * scale)
    bend = np.clip((places - 0.66) / 0.14, 0, 1)
    weights = np.repeat(np.stack([1 - bend, bend], 1), _AROUND, 0).astype(np.float32)
    bones = np.array([model.bone[f"foot.{side}"], model.bone[f"toe2-1.{side}"]])
    nearest = nearest_vertices(points, chosen[::6], shaped.vertices)
    return Sheet(points, grid_normals(points, faces), uv, faces, bones, weights, nearest)


def _ring(middle: float, half: float, top: float, sole: float) -> Floats:
    """Outline across the foot: a flat sole with upright edges, then a rounded upper."""
    edge = half * 1.06
    angles = np.linspace(0, np.pi, _AROUND - 6)
    upper = np.stack(
        [np.cos(angles) * half, sole + np.abs(np.sin(angles)) ** 0.8 * max(top - sole, 0.006)], 1
    )
    lower = np.array(
        [
            [-edge, sole * 0.98],
            [-edge, 0.15 * sole],
            [-0.8 * edge, 0],
            [0.8 * edge, 0],
            [edge, 0.15 * sole],
            [edge, sole * 0.98],
        ]
    )
    ring = np.concatenate([upper, lower])
    ring[:, 0] += middle
    return ring


def _shoe_uv(places: Floats, section: Floats, sole: float) -> Floats:
    top = section[:, :, 1].max(1, keepdims=True)
    up = np.where(
        section[:, :, 1] < sole * 1.01, section[:, :, 1] / sole * 0.2,
        0.27 + 0.7 * (section[:, :, 1] - sole) / np.maximum(top - sole, 1e-3),
    )  # fmt: skip
    u = np.repeat(np.clip(places, 0.02, 0.98), _AROUND)
    return np.stack([u, np.clip(up.ravel(), 0.02, 0.98)], 1).astype(np.float32)


def paint_shoe(kind: str, colour: Any, sole: Any, accent: Any, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Picture ``(64, 64, 3)`` of a shoe unrolled: heel at the left, sole at the bottom."""
    picture = np.full((64, 64, 3), colour, np.uint8)
    if kind in ("sneakers", "trainers"):
        form = rng.integers(4)
        if form == 0:
            for x in (26, 32, 38):
                cv2.line(picture, (x, 46), (x + 8, 22), accent, 3, cv2.LINE_AA)
        elif form == 1:
            cv2.ellipse(picture, (30, 24), (16, 16), 0, 30, 150, accent, 4, cv2.LINE_AA)
        elif form == 2:
            picture[:, 44:] = accent
        picture[:12, 26:46] = (235, 235, 232) if rng.random() < 0.6 else accent  # laces
        for x in range(28, 46, 4):
            cv2.line(picture, (x, 0), (x, 10), (60, 60, 60), 1)
        picture[:30, :6] = accent
    elif kind == "leather":
        picture[:14, 26:44] = np.array(colour) * 0.7
    picture[47:] = sole
    picture[46:48] = np.array(colour) * 0.5
    shade = rng.integers(-6, 7, (64, 64, 1))
    return np.clip(picture.astype(int) + shade, 0, 255).astype(np.uint8)
