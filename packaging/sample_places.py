"""The two places of the sample clips: a sports hall and a park. Camera at +Z, people around the origin."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poseapp.synth.draw.mesh import Light, Mesh
from poseapp.synth.scene.objects import INDOORS, OUTDOORS, poster
from poseapp.synth.scene.panorama import Panorama, sample_panorama
from poseapp.synth.scene.shapes import ball, box, floor, joined, placed, repeated, sheet, tube, yaw
from poseapp.synth.scene.textures import surface

Colour = tuple[float, float, float]
BACK_M = -3.2  # where the hall's far wall stands
SIDE_M = -4.6  # its left wall
# Place x and z, radius, colour.
BALLS = (
    (-1.0, -2.55, 0.12, (0.95, 0.45, 0.1)), (2.5, -1.75, 0.11, (0.95, 0.95, 0.92)),
    (-1.2, 0.35, 0.3, (0.2, 0.55, 0.75)), (0.2, -2.8, 0.12, (0.85, 0.15, 0.2)),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What is around people.

    Attributes:
        meshes: What it is built of.
        light: The light.
        panorama: What is far away, or None.
        behind: RGB in 0..1 where nothing is.
    """

    meshes: list[Mesh]
    light: Light
    panorama: Panorama | None = None
    behind: Colour = (0.5, 0.5, 0.5)


def hall(rng: np.random.Generator) -> Place:
    """A sports hall with wall bars, a bench, a vaulting box, mats and balls."""
    meshes = [floor((0, 0), 12, 0.0, 1.7, texture=surface("planks", 2), colour=(1.0, 0.93, 0.82), shine=0.12)]
    meshes += _lines() + _walls() + _wall_bars(1.3, 2.0) + _windows() + _notices(rng)
    meshes += _bench(-2.6, BACK_M + 0.55, 2.2) + _vault(3.5, -2.0) + _mats(-3.5, -1.3)
    for x, z, radius, colour in BALLS:
        meshes.append(ball(np.array([x, radius, z]), radius, 10, colour=colour, shine=0.35))
    meshes += _cones([(-1.9, -1.9), (1.2, -2.1), (3.1, 0.6)])
    plant = INDOORS["plant"](rng)
    meshes += [placed(mesh, shift=(-4.1, 0, -2.7)) for mesh in plant]
    light = Light(
        np.array([0.42, 0.78, 0.46]), (0.88, 0.82, 0.7), (0.52, 0.53, 0.56), (0.3, 0.27, 0.23), shadow=0.75
    )
    return Place(meshes, light)


def park(rng: np.random.Generator) -> Place:
    """A path over grass with trees, bushes, benches and a fence under a sky with clouds."""
    panorama = sample_panorama(rng, "sun", (0.42, 0.5, 0.25))
    meshes = [floor((0, 0), 90, 0.3, 2.2, texture=surface("grass", 3))]
    path = np.array([[-40, 0.01, 1.9], [40, 0.01, 1.9], [40, 0.01, -1.9], [-40, 0.01, -1.9]])
    meshes.append(
        sheet(path, (40, 1.9), texture=surface("speckled", 1), colour=(0.95, 0.9, 0.82), casts_shadow=False)
    )
    for x, z in (
        (-4.6, -4.5),
        (0.6, -7.5),
        (5.2, -5.0),
        (-8.5, -9.0),
        (8.8, -10.0),
        (3.0, -13.0),
        (-3.2, -14.0),
    ):
        meshes += [placed(mesh, shift=(x, 0, z)) for mesh in OUTDOORS["tree"](rng)]
    for x, z in ((-2.2, -3.6), (2.6, -3.4), (7.0, -4.0), (-6.5, -3.2)):
        meshes += [placed(mesh, shift=(x, 0, z)) for mesh in OUTDOORS["bush"](rng)]
    meshes += _bench(0.6, -2.6, 1.8, back=True)
    fence = repeated(
        box((0.08, 1.0, 0.08), colour=(0.55, 0.4, 0.28)), np.outer(np.arange(-14, 14, 1.4), [1, 0, 0])
    )
    rails = [placed(box((28, 0.08, 0.05), colour=(0.55, 0.4, 0.28)), shift=(-0.7, y, 0)) for y in (0.4, 0.8)]
    meshes.append(placed(joined([fence, *rails]), shift=(0, 0, -5.8)))
    meshes.append(
        tube(np.array([3.9, 0, -2.3]), np.array([3.9, 3.6, -2.3]), 0.05, 10, colour=(0.2, 0.24, 0.25))
    )
    meshes.append(ball(np.array([3.9, 3.7, -2.3]), 0.2, 10, colour=(0.98, 0.97, 0.9)))
    light = Light(
        np.array([-0.45, 0.75, 0.5]), (1.02, 0.95, 0.82), (0.46, 0.5, 0.58), (0.26, 0.27, 0.2), shadow=0.8,
        fog=(*panorama.haze, 0.003),
    )  # fmt: skip
    return Place(meshes, light, panorama, panorama.haze)


def _lines() -> list[Mesh]:
    """Lines of a court, a ring and two straights."""
    angle = np.linspace(0, 2 * np.pi, 73)
    ring = np.column_stack([np.sin(angle), np.zeros(73), np.cos(angle)])
    found = []
    for a, b in zip(ring[:-1], ring[1:], strict=True):
        corners = np.stack([a * 1.78, b * 1.78, b * 1.83, a * 1.83]) + (0.2, 0.006, -0.3)
        found.append(sheet(corners[::-1], colour=(0.93, 0.93, 0.9), casts_shadow=False, two_sided=True))
    for z, colour in ((-2.35, (0.25, 0.45, 0.75)), (2.6, (0.93, 0.93, 0.9))):
        corners = np.array([[-12, 0.005, z], [12, 0.005, z], [12, 0.005, z - 0.06], [-12, 0.005, z - 0.06]])
        found.append(sheet(corners, colour=colour, casts_shadow=False))
    ring_mesh = joined(found[:72])
    return [ring_mesh, *found[72:]]


def _upright(left: float, right: float, low: float, high: float, z: float, **look: Any) -> Mesh:
    """A sheet at the far wall that faces +Z."""
    corners = np.array([[left, low, z], [right, low, z], [right, high, z], [left, high, z]])
    tile = look.pop("tile", None)
    repeat = (1.0, 1.0) if tile is None else ((right - left) / tile, (high - low) / tile)
    return sheet(corners, repeat, casts_shadow=False, **look)


def _walls() -> list[Mesh]:
    plaster = surface("plaster", 1)
    lower, upper = {"colour": (0.42, 0.6, 0.62)}, {"colour": (0.98, 0.95, 0.88)}
    meshes = []
    for look, low, high in ((lower, 0.0, 1.35), (upper, 1.35, 6.0)):
        far = _upright(-6, 14, low, high, BACK_M, texture=plaster, tile=2.5, **look)
        near = placed(
            _upright(-14, 14, low, high, 0, texture=plaster, tile=2.5, **look), yaw(np.pi / 2), (SIDE_M, 0, 4)
        )
        meshes += [far, near]
    for height, thick in ((0.0, 0.12), (1.33, 0.05)):
        rail: dict[str, Any] = {"colour": (0.86, 0.82, 0.74), "casts_shadow": False}
        meshes.append(placed(box((20, thick, 0.04), **rail), shift=(4, height, BACK_M + 0.02)))
        meshes.append(placed(box((0.04, thick, 20), **rail), shift=(SIDE_M + 0.02, height, 4)))
    return meshes


def _wall_bars(middle: float, width: float) -> list[Mesh]:
    wood: dict[str, Any] = {"colour": (0.8, 0.58, 0.34), "shine": 0.2}
    z = BACK_M + 0.16
    posts = [
        placed(box((0.06, 2.6, 0.12), **wood), shift=(middle + x * width / 2, 0, z - 0.05))
        for x in (-1, 0, 1)
    ]
    bar = tube(np.array([middle - width / 2, 0, z]), np.array([middle + width / 2, 0, z]), 0.02, 8, **wood)
    return [joined(posts), repeated(bar, np.outer(np.linspace(0.18, 2.5, 14), [0, 1, 0]))]


def _windows() -> list[Mesh]:
    meshes = []
    for x in (-3.4, -1.2, 3.6):
        frame: dict[str, Any] = {"colour": (0.9, 0.9, 0.88), "casts_shadow": False}
        meshes.append(placed(box((1.5, 1.3, 0.06), **frame), shift=(x, 2.0, BACK_M + 0.02)))
        for column in (-1, 0, 1):
            for row in (0, 1):
                at = (x + 0.47 * column, 2.07 + 0.6 * row, BACK_M + 0.04)
                glass = (0.66 + 0.05 * row, 0.8 + 0.03 * row, 0.93)
                meshes.append(
                    placed(box((0.42, 0.55, 0.04), colour=glass, shine=0.5, casts_shadow=False), shift=at)
                )
    return meshes


def _notices(rng: np.random.Generator) -> list[Mesh]:
    places = ((-2.3, 1.5, 0.55, 0.4), (2.75, 1.55, 0.5, 0.7), (-0.15, 1.6, 0.45, 0.6))
    return [
        placed(
            box((wide, high, 0.02), texture=poster(rng), casts_shadow=False), shift=(x, low, BACK_M + 0.02)
        )
        for x, low, wide, high in places
    ]


def _bench(x: float, z: float, length: float, back: bool = False) -> list[Mesh]:
    wood: dict[str, Any] = {"texture": surface("planks", 4), "colour": (0.9, 0.72, 0.5)}
    parts = [placed(box((length, 0.05, 0.3), 0.8, **wood), shift=(x, 0.38, z))]
    parts += [
        placed(box((0.08, 0.38, 0.26), 0.8, **wood), shift=(x + s * length * 0.38, 0, z)) for s in (-1, 1)
    ]
    if back:
        parts.append(placed(box((length, 0.28, 0.04), 0.8, **wood), shift=(x, 0.55, z - 0.18)))
        parts += [
            placed(box((0.06, 0.8, 0.04), 0.8, **wood), shift=(x + s * length * 0.38, 0, z - 0.2))
            for s in (-1, 1)
        ]
    return [joined(parts)]


def _vault(x: float, z: float) -> list[Mesh]:
    """A vaulting box: layers of wood that grow narrower, leather on top."""
    turn, meshes = yaw(0.5), []
    for layer in range(4):
        size = (1.4 - 0.06 * layer, 0.235, 0.62 - 0.07 * layer)
        wood = box(size, 0.9, texture=surface("planks", 6), colour=(0.95, 0.8, 0.58))
        meshes.append(placed(placed(wood, shift=(0, 0.24 * layer, 0)), turn, (x, 0, z)))
    top = placed(box((1.2, 0.12, 0.42), colour=(0.45, 0.26, 0.16), shine=0.4), shift=(0, 0.96, 0))
    return [*meshes, placed(top, turn, (x, 0, z))]


def _mats(x: float, z: float) -> list[Mesh]:
    colours = ((0.15, 0.3, 0.62), (0.18, 0.36, 0.7), (0.75, 0.2, 0.2))
    return [
        placed(
            placed(box((1.6, 0.14, 1.0), colour=c, shine=0.15), yaw(0.12 * k - 0.1)), shift=(x, 0.145 * k, z)
        )
        for k, c in enumerate(colours)
    ]


def _cones(places: list[tuple[float, float]]) -> list[Mesh]:
    meshes = []
    for x, z in places:
        cone = tube(np.zeros(3), np.array([0, 0.3, 0]), 0.1, 14, 0.15, colour=(0.98, 0.42, 0.1), shine=0.2)
        foot = box((0.26, 0.02, 0.26), colour=(0.98, 0.42, 0.1))
        meshes += [placed(mesh, shift=(x, 0, z)) for mesh in (cone, foot)]
    return meshes
