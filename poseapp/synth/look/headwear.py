"""What is on a head: hair, beard and hats."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import ShapedBody
from poseapp.synth.look import hair, outfits
from poseapp.synth.look.atlas import Atlas, Floats
from poseapp.synth.look.fabrics import make_tile, pick_colour
from poseapp.synth.look.sheets import Sheet, grid_faces, grid_normals
from poseapp.synth.look.shells import Shell, build_shell
from poseapp.synth.look.skin import Complexion

Picture = NDArray[np.uint8]


@dataclass
class Head:
    """What one head wears.

    Attributes:
        style: Haircut, in `hair.STYLES`.
        hat: "cap", "beanie", "helmet", "headband", "sun hat" or "".
        forms: Geometry, picture and shine of each piece.
    """

    style: str
    hat: str
    forms: list[tuple[Shell | Sheet, Picture, float]] = field(default_factory=list)


def dress_head(
    atlas: Atlas, shaped: ShapedBody, look: Complexion, kit: str, rng: np.random.Generator
) -> Head:
    """Choose and make hair and hat."""
    name = outfits.choose_hair(shaped.phenotype, rng)
    hat = outfits.choose_hat(kit, rng)
    if kit == "veiled":
        return Head("covered", hat)
    style = hair.STYLES[name]
    if hat in ("cap", "beanie", "helmet", "sun hat"):  # pressed flat
        style = hair.Style(
            min(style.thick, 0.008), 0.1, 2.0, 0.0, style.fall, style.flare, "", style.straight
        )
    head = Head(name, hat)
    if style.thick:
        outline, points, normals = hair.hair_shell(atlas, shaped, style, rng)
        shell = build_shell(atlas, atlas.faces, outline, points, shaped.vertices, normals, hem=False)
        shell.uv = hair.skull_of(atlas).uv[shell.first].astype(np.float32)
        head.forms.append((shell, hair.paint_scalp(look.hair, style.straight, rng), 0.12))
    picture = hair.paint_hair(look.hair, style.straight, rng)
    if style.fall:
        head.forms.append((hair.hair_curtain(atlas, shaped, style, rng), picture, 0.12))
    head.forms += [(form, picture, 0.12) for form in _knots(atlas, shaped, style.knot, rng)]
    if hat:
        head.forms += _hat(atlas, shaped, hat, style.thick, rng)
    return head


def paint_roots(atlas: Atlas, bare: Floats, look: Complexion, head: Head) -> Floats:
    """Colour the skin under hair, so that thin places do not shine through."""
    if head.style in ("bald", "covered"):
        return bare
    line = atlas.texels.spread(hair.skull_of(atlas).line(hair.STYLES[head.style].fringe))
    share = np.clip((line + 0.004) / 0.01, 0, 1)[:, None] * (0.75 if head.style == "buzz" else 0.9)
    return (bare + share * (look.hair - bare)).astype(np.float32)


def _size(atlas: Atlas, shaped: ShapedBody) -> tuple[Floats, float]:
    """Middle of the skull at rest and its size against the standard."""
    crown = shaped.vertices[atlas.points[:, 1].argmax()]
    head = atlas.skull > 0.6
    scale = float(np.ptp(shaped.vertices[head, 0]) / np.ptp(atlas.points[head, 0]))
    depth = shaped.joints[atlas.model.bone["head"], 2]
    return np.array([0, crown[1] - 0.095 * scale, depth]), scale


def _knots(atlas: Atlas, shaped: ShapedBody, knot: str, rng: np.random.Generator) -> list[Sheet]:
    middle, scale = _size(atlas, shaped)
    if knot == "bun":
        place = middle + np.array([0, rng.uniform(0.0, 0.085), -0.095]) * scale
        return [hair.ball(atlas, shaped, place, np.full(3, rng.uniform(0.028, 0.045) * scale))]
    if knot == "tail":
        place = middle + np.array([0, rng.uniform(-0.01, 0.06), -0.11]) * scale
        return [
            hair.ball(
                atlas, shaped, place, np.array([0.026, 0.035, 0.028]) * scale, rng.uniform(0.08, 0.22) * scale
            )
        ]
    if knot == "buns":
        radii, hang = np.array([0.022, 0.028, 0.022]) * scale, rng.uniform(0.0, 0.12) * scale
        sides = [middle + np.array([side * 0.085, 0.02, -0.045]) * scale for side in (-1, 1)]
        return [hair.ball(atlas, shaped, place, radii, hang) for place in sides]
    return []


def _hat(
    atlas: Atlas, shaped: ShapedBody, kind: str, hair_thick: float, rng: np.random.Generator
) -> list[tuple[Shell | Sheet, Picture, float]]:
    skull = hair.skull_of(atlas)
    middle, scale = _size(atlas, shaped)
    height = atlas.points[:, 1] - hair.CENTRE[1]
    forward = atlas.points[:, 2] - hair.CENTRE[2]
    tilt = {"cap": 0.1, "beanie": 0.35, "helmet": 0.25, "headband": 0.15, "sun hat": 0.05}[kind]
    edge = {"cap": 0.032, "beanie": 0.012, "helmet": 0.02, "headband": 0.03, "sun hat": 0.03}[kind]
    outline = height - edge - tilt * forward
    if kind == "headband":
        outline = np.minimum(outline, 0.035 - outline)
    outline = np.where(skull.outside, -0.05, outline).astype(np.float32)
    thick = {"cap": 0.012, "beanie": 0.012, "helmet": 0.03, "headband": 0.005, "sun hat": 0.016}[
        kind
    ] + hair_thick
    round_off = np.clip(outline / 0.02, 1.0 if kind == "headband" else 0.35, 1)
    points = shaped.vertices + skull.direction * (thick * scale * round_off)[:, None]
    shell = build_shell(
        atlas, atlas.faces, outline, points.astype(np.float32), shaped.vertices, skull.direction
    )
    shell.uv = skull.uv[shell.first].astype(np.float32)
    colour = pick_colour(rng, "sport" if kind in ("helmet", "headband") else "any")
    fabric = "noise" if kind == "beanie" and rng.random() < 0.5 else "plain"
    picture = make_tile(rng, fabric, colour)
    shine = 0.5 if kind == "helmet" else 0.04
    forms: list[tuple[Shell | Sheet, Picture, float]] = [(shell, picture, shine)]
    if kind in ("cap", "sun hat"):
        width = 0.075 if kind == "cap" else 0.085
        forms.append(
            (_brim(atlas, shaped, middle, scale, thick, edge, tilt, width, kind == "cap"), picture, shine)
        )
    return forms


def _brim(
    atlas: Atlas, shaped: ShapedBody, middle: Floats, scale: float, thick: float, edge: float, tilt: float,
    width: float, front_only: bool,
) -> Sheet:  # fmt: skip
    head = np.flatnonzero((atlas.skull > 0.6) & ~hair.skull_of(atlas).outside)
    level = middle[1] + edge * scale
    near = shaped.vertices[head]
    near = near[np.abs(near[:, 1] - level - tilt * (near[:, 2] - middle[2])) < 0.012 * scale]
    reach = np.radians(62) if front_only else np.pi
    angles = np.linspace(-reach, reach, 25)
    ring = np.stack([np.sin(angles), np.cos(angles)])
    inner = ((near[:, [0, 2]] - middle[[0, 2]]) @ ring).max(0) + thick * 0.4 * scale
    out = width * scale * (np.cos(angles / reach * np.pi / 2) ** 0.5 if front_only else np.ones_like(angles))
    rows = []
    for share in (0.0, 0.5, 1.0):
        radius = inner + out * share
        z = radius * np.cos(angles)
        rows.append(
            np.stack(
                [
                    radius * np.sin(angles) + middle[0],
                    level + tilt * z - 0.018 * share**2 * scale,
                    z + middle[2],
                ],
                1,
            )
        )
    points = np.concatenate(rows).astype(np.float32)
    faces = grid_faces(3, 25, False)
    normals = grid_normals(points, faces)
    uv = np.stack([np.tile(np.linspace(0, 1, 25), 3), np.repeat([0.9, 0.5, 0.1], 25)], 1).astype(np.float32)
    bones = np.array([atlas.model.bone["head"]])
    return Sheet(
        points,
        normals,
        uv,
        faces,
        bones,
        np.ones((75, 1), np.float32),
        np.full(75, atlas.points[:, 1].argmax()),
    )
