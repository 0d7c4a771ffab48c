"""Hair and what is worn on the head: shells over the skull and curtains that fall from it."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import ShapedBody
from poseapp.synth.body.parts import PART
from poseapp.synth.look.atlas import SIZE, Atlas, Floats
from poseapp.synth.look.sheets import Sheet, grid_faces, grid_normals, nearest_vertices

CENTRE = np.array([0.0, 0.925, 0.045], np.float32)  # of the standard skull
_CURTAIN_COLUMNS = 33


@dataclass(frozen=True)
class Style:
    """A haircut.

    Attributes:
        thick: Metres above the skull.
        rough: Share of the thickness that varies.
        cells: How fine that varies, waves over the head.
        fringe: Degrees that the hairline is lowered at the front.
        fall: Metres that hair falls from ear height, 0 for none.
        flare: Metres that falling hair widens.
        knot: "" or where hair is gathered: "tail", "bun", "buns".
        straight: Whether streaks run straight.
    """

    thick: float
    rough: float = 0.3
    cells: float = 2.0
    fringe: float = 0.0
    fall: float = 0.0
    flare: float = 0.0
    knot: str = ""
    straight: bool = True


STYLES = {
    "bald": Style(0.0),
    "buzz": Style(0.003, 0.1),
    "short": Style(0.016, 0.35, 3.0),
    "parting": Style(0.024, 0.35, 1.5, 4.0),
    "spiky": Style(0.028, 0.8, 9.0, 3.0),
    "curly": Style(0.038, 0.6, 7.0, 6.0, straight=False),
    "afro": Style(0.08, 0.15, 5.0, 4.0, straight=False),
    "bowl": Style(0.026, 0.1, 1.0, 16.0, 0.03),
    "bob": Style(0.026, 0.2, 2.0, 8.0, 0.11, 0.015),
    "long": Style(0.024, 0.25, 2.0, 0.0, 0.3, 0.02),
    "curls": Style(0.036, 0.5, 6.0, 4.0, 0.2, 0.05, straight=False),
    "ponytail": Style(0.014, 0.2, 2.0, knot="tail"),
    "bun": Style(0.014, 0.2, 2.0, knot="bun"),
    "pigtails": Style(0.016, 0.2, 2.0, 6.0, knot="buns"),
}


class Skull:
    """Directions from the middle of the standard skull to its vertices.

    Attributes:
        direction: ``(V, 3)``; ``azimuth`` ``(V,)`` radians, 0 the front; ``elevation`` ``(V,)`` radians.
        uv: ``(V, 2)``: the head seen from above, unrolled; the crown in the middle.
        hairline: ``(V,)`` metres above the hairline, below 0 on face, ears and body.
    """

    def __init__(self, atlas: Atlas) -> None:
        offset = atlas.points - CENTRE
        radius = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
        self.direction = (offset / radius[:, None]).astype(np.float32)
        self.azimuth = np.arctan2(offset[:, 0], offset[:, 2]).astype(np.float32)
        self.elevation = np.arcsin(np.clip(self.direction[:, 1], -1, 1)).astype(np.float32)
        out = (np.pi / 2 - self.elevation) / np.pi * 0.49
        self.uv = np.stack([0.5 + out * np.sin(self.azimuth), 0.5 - out * np.cos(self.azimuth)], 1)
        ears = np.zeros(len(offset), bool)
        at = np.clip((atlas.uv * [SIZE, -SIZE] + [0, SIZE]).astype(int), 0, SIZE - 1)
        ears[atlas.corner_vertex] = atlas.model.masks["ears"][at[:, 1], at[:, 0]] > 60
        self.outside = (atlas.skull < 0.3) | ears
        self.ears = ears

    def line(self, fringe: float = 0.0) -> Floats:
        """Metres above the hairline, ``(V,)``, lowered at the front by that many degrees."""
        around = np.abs(np.degrees(self.azimuth))
        edge = np.interp(around, [0, 25, 55, 75, 95, 120, 150, 180], [37, 34, 18, -8, -9, -20, -36, -42])
        edge = edge - fringe * np.clip((70 - around) / 25, 0, 1)
        above = np.radians(np.degrees(self.elevation) - edge) * 0.1
        return np.where(self.outside, -0.05, above).astype(np.float32)


@lru_cache(maxsize=2)
def skull_of(atlas: Atlas) -> Skull:
    """The skull of an atlas."""
    return Skull(atlas)


def hair_shell(
    atlas: Atlas, shaped: ShapedBody, style: Style, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """The hair on the skull.

    Returns:
        Outline ``(V,)``, points ``(V, 3)`` and normals ``(V, 3)``.
    """
    skull = skull_of(atlas)
    field = skull.line(style.fringe)
    direction = skull.direction
    wave = np.zeros(len(field), np.float32)
    for octave in (1.0, 2.1):
        for _ in range(2):
            turn = rng.normal(0, 1, 3)
            turn *= style.cells * octave * 2.2 / np.linalg.norm(turn)
            wave += np.sin(direction @ turn.astype(np.float32) + rng.uniform(0, 6.3)) / (3 * octave)
    taper = np.clip(field / (0.014 + 0.8 * style.thick), 0, 1) ** 0.8
    height = style.thick * taper * (1 + style.rough * wave) + 0.002
    scale = np.linalg.norm(shaped.joints[atlas.model.bone["head"]] - shaped.vertices[_crown(atlas)]) / 0.17
    height = np.where(field > -0.02, height * scale, 0).astype(np.float32)
    points = shaped.vertices + direction * height[:, None]
    normals = shaped.normals * 0.4 + direction * 0.6
    return field, points, normals / np.linalg.norm(normals, axis=1, keepdims=True)


@lru_cache(maxsize=2)
def _crown(atlas: Atlas) -> int:
    return int(atlas.points[:, 1].argmax())


def hair_curtain(atlas: Atlas, shaped: ShapedBody, style: Style, rng: np.random.Generator) -> Sheet:
    """Hair that falls from the sides and back of the head, outside neck, shoulders and back."""
    model = atlas.model
    centre = shaped.vertices[_crown(atlas)] * [0, 1, 0]
    head = np.flatnonzero((atlas.skull > 0.6) & ~skull_of(atlas).outside)
    scale = float(np.ptp(shaped.vertices[head, 0])) / 0.15
    middle = np.array([0, centre[1] - 0.095 * scale, shaped.joints[model.bone["head"], 2]])
    angles = np.radians(np.linspace(76, 284, _CURTAIN_COLUMNS))
    rows = 6 + int(style.fall / 0.03)
    drop = np.linspace(0, 1, rows)[:, None]
    upper = head[shaped.vertices[head, 1] > middle[1] - 0.02]
    ring = np.stack([np.sin(angles), np.cos(angles)])
    reach = ((shaped.vertices[upper][:, [0, 2]] - middle[[0, 2]]) @ ring).max(0)[None]
    wave = np.sin(np.arange(_CURTAIN_COLUMNS) * rng.uniform(0.8, 1.6) + rng.uniform(0, 6)) * 0.006
    radius = reach * np.interp(drop, [0, 0.25, 1], [0.9, 1.0, 0.92])
    radius = radius + style.thick * scale * np.interp(drop, [0, 0.2], [0.1, 0.8])
    radius = radius + (style.flare * drop**1.5 + wave * drop * (2 if not style.straight else 1))
    length = style.fall * (1 - 0.25 * np.clip((np.cos(angles) + 0.2), 0, 1))[None] * scale
    points: Floats = np.empty((rows, _CURTAIN_COLUMNS, 3))
    points[:, :, 0] = middle[0] + radius * np.sin(angles)
    points[:, :, 2] = middle[2] + radius * np.cos(angles)
    points[:, :, 1] = middle[1] + 0.03 * scale - drop * (length + 0.06 * scale)
    points = np.ascontiguousarray(points).reshape(-1, 3)
    _push_out(atlas, shaped, points)
    faces = grid_faces(rows, _CURTAIN_COLUMNS, False)
    across = np.tile(np.linspace(0, 1, _CURTAIN_COLUMNS), rows)
    uv = np.stack([across, np.repeat(1 - drop[:, 0], _CURTAIN_COLUMNS)], 1).astype(np.float32)
    bones = np.array([model.bone[n] for n in ("head", "neck01", "spine01")])
    chin, shoulder = shaped.joints[model.bone["neck03"], 1], shaped.joints[model.bone["spine01"], 1]
    on_head = np.clip((points[:, 1] - shoulder) / (chin - shoulder), 0, 1)
    weights = np.stack([on_head**2, 2 * on_head * (1 - on_head), (1 - on_head) ** 2], 1).astype(np.float32)
    points = points.astype(np.float32)
    return Sheet(
        points,
        grid_normals(points, faces),
        uv,
        faces,
        bones,
        weights,
        nearest_vertices(points, head[::6], shaped.vertices),
    )


def _push_out(atlas: Atlas, shaped: ShapedBody, points: Floats) -> None:
    """Move points that lie in or near neck, shoulders and back outwards."""
    body = _upper_body(atlas)
    there, normal = shaped.vertices[body], shaped.normals[body]
    for _ in range(2):
        distance = (there**2).sum(1)[None] - 2 * points @ there.T
        nearest = distance.argmin(1)
        above = ((points - there[nearest]) * normal[nearest]).sum(1)
        lift = np.clip(0.022 - above, 0, 0.08) * (above > -0.12)
        points += normal[nearest] * lift[:, None]


@lru_cache(maxsize=2)
def _upper_body(atlas: Atlas) -> NDArray[np.int64]:
    part = atlas.model.vertex_part
    return np.flatnonzero((part == PART["torso_upper"]) | (part == PART["neck"]))[::2]


def ball(atlas: Atlas, shaped: ShapedBody, place: Floats, radii: Floats, hang: float = 0.0) -> Sheet:
    """A rounded lump bound to the head: buns, tails (hang: metres that its lower end is drawn down)."""
    rows, columns = 9, 14
    down = np.linspace(0.02, np.pi - 0.02, rows)[:, None]
    around = np.linspace(0, 2 * np.pi, columns + 1)[None]
    unit = np.stack(
        [
            np.sin(down) * np.sin(around),
            np.broadcast_to(np.cos(down), (rows, columns + 1)),
            np.sin(down) * np.cos(around),
        ],
        -1,
    ).reshape(-1, 3)
    points = unit * radii
    lower = np.clip(0.3 - unit[:, 1], 0, None)
    points[:, 1] -= hang * lower
    points[:, [0, 2]] *= (1 - 0.35 * np.clip(lower - 0.6, 0, 1) * (hang > 0))[:, None]
    points = (points + place).astype(np.float32)
    faces = grid_faces(rows, columns + 1, False)
    first = np.arange(rows) * (columns + 1)
    uv = np.stack(
        [np.tile(np.linspace(0, 1, columns + 1), rows), np.repeat(1 - down[:, 0] / np.pi, columns + 1)], 1
    )
    bones = np.array([atlas.model.bone[n] for n in ("head", "neck01")])
    low = np.clip((place[1] - points[:, 1] - 0.06) / 0.25, 0, 0.6)
    return Sheet(
        points, grid_normals(points, faces, (first, first + columns)), uv.astype(np.float32), faces, bones,
        np.stack([1 - low, low], 1).astype(np.float32), np.full(len(points), _crown(atlas)),
    )  # fmt: skip


def paint_hair(colour: Floats, straight: bool, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Streaks ``(128, 128, 3)``: around the crown in the upper half of the use, down in curtains."""
    if straight:
        lines = cv2.resize(
            rng.normal(0, 1, (4, 96)).astype(np.float32), (128, 128), interpolation=cv2.INTER_LINEAR
        )
    else:
        lines = cv2.resize(
            rng.normal(0, 1, (48, 48)).astype(np.float32), (128, 128), interpolation=cv2.INTER_CUBIC
        )
    dark = np.clip(1 + lines * 0.2, 0.5, 1.5)[:, :, None]
    return np.clip(colour[None, None] * dark + rng.normal(0, 2.5, (128, 128, 1)), 0, 255).astype(np.uint8)


def paint_scalp(colour: Floats, straight: bool, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same for the shell, whose streaks run away from the crown (the middle)."""
    strip = paint_hair(colour, straight, rng)
    flags = cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS | cv2.INTER_LINEAR
    return cv2.warpPolar(strip.transpose(1, 0, 2).copy(), (128, 128), (64, 64), 92, flags).astype(np.uint8)
