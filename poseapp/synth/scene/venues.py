"""Places where people are: rooms, halls, fields, streets, beaches, stages, studios."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.scene.lights import colour_of
from poseapp.synth.scene.objects import GYM, INDOORS, OUTDOORS, Maker, make, poster
from poseapp.synth.scene.panorama import Panorama, sample_panorama
from poseapp.synth.scene.shapes import Colour, box, floor, joined, placed, repeated, sheet, tube, yaw
from poseapp.synth.scene.textures import VARIANTS, surface

# Weight, whether outdoors, floors to choose from with the metres a copy covers, walls.
OUTSIDE: dict[str, tuple[float, dict[str, float]]] = {
    "field": (0.22, {"grass": 2.0}),
    "open": (0.08, {"sand": 2.5, "speckled": 2.5}),
    "street": (0.25, {"speckled": 2.5, "tiles": 1.5}),
    "beach": (0.1, {"sand": 3.0}),
    "court": (0.2, {"court": 8.0, "speckled": 2.0}),
    "stadium": (0.15, {"grass": 2.5, "court": 9.0}),
}
INSIDE: dict[str, tuple[float, dict[str, float]]] = {
    "room": (0.45, {"planks": 1.6, "carpet": 2.0, "tiles": 1.6, "speckled": 1.5}),
    "gym": (0.2, {"speckled": 1.5, "planks": 2.0, "court": 7.0}),
    "hall": (0.2, {"court": 9.0, "planks": 2.5}),
    "studio": (0.1, {}),
    "stage": (0.05, {"planks": 2.5, "speckled": 2.0}),
}
WALLS = {
    "bricks": 1.3,
    "plaster": 2.5,
    "stripes": 1.5,
    "tiles": 1.5,
    "planks": 1.8,
    "speckled": 2.0,
    "books": 2.0,
}


@dataclass
class Venue:
    """A place.

    Attributes:
        kind: Its name.
        meshes: What it is built of.
        panorama: What is far away, None indoors.
        behind: RGB in 0..1 where nothing is built and nothing is far away.
        fog: As in `Light`.
    """

    kind: str
    meshes: list[Mesh]
    panorama: Panorama | None = None
    behind: Colour = (0.2, 0.2, 0.2)
    fog: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Ground:
    """Where the scenery has to leave room.

    Attributes:
        people: ``(N, 2)`` x and z of points on the people.
        eyes: ``(C, 2)`` x and z of the cameras.
        azimuth_rad: From where the first camera looks.
        clear_m: Space left around people.
    """

    people: Floats
    eyes: Floats
    azimuth_rad: float
    clear_m: float = field(default=0.35)

    def is_free(self, at: Floats, radius: float) -> bool:
        """Whether something of a radius at ``(2,)`` is clear of people and of the cameras' sight of them."""
        if np.linalg.norm(self.people - at, axis=1).min() < radius + self.clear_m:
            return False
        low, high = self.people.min(0), self.people.max(0)
        middle = (low + high) / 2
        spread = float(np.linalg.norm(high - low)) / 2
        for eye in self.eyes:
            way = middle - eye
            share = float(np.clip((at - eye) @ way / max(float(way @ way), 1e-9), 0, 1))
            room = radius + 0.25 + share * spread
            if share < 1 and float(np.linalg.norm(eye + share * way - at)) < room:
                return False
        return True


def _choose(rng: np.random.Generator, weights: dict[str, float]) -> str:
    shares = np.array(list(weights.values()))
    return list(weights)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def _tint(rng: np.random.Generator, strength: float = 0.25) -> Colour:
    """A factor on a texture's colour: mostly on its brightness."""
    tint = 1 - strength * (float(rng.random()) + 0.3 * rng.random(3))
    return float(tint[0]), float(tint[1]), float(tint[2])


def build_venue(
    rng: np.random.Generator, outdoors: bool, light_kind: str, ground: Ground, clutter: float
) -> Venue:
    """A place around people.

    Args:
        rng: Source of chance.
        outdoors: Under a sky or between walls.
        light_kind: See `lights.KINDS`.
        ground: Where to leave room.
        clutter: 0 empty .. 1 full.
    """
    kinds = OUTSIDE if outdoors else INSIDE
    kind = _choose(rng, {name: pair[0] for name, pair in kinds.items()})
    return (_outside if outdoors else _inside)(rng, kind, kinds[kind][1], light_kind, ground, clutter)


def _ground_look(rng: np.random.Generator, floors: dict[str, float]) -> tuple[dict[str, Any], float]:
    names = list(floors)
    material = names[int(rng.integers(len(names)))]
    look = {
        "texture": surface(material, int(rng.integers(VARIANTS))),
        "colour": _tint(rng),
        "shine": 0.15 * rng.random(),
    }
    return look, floors[material] * float(rng.uniform(0.7, 1.4))


def _outside(
    rng: np.random.Generator,
    kind: str,
    floors: dict[str, float],
    light_kind: str,
    ground: Ground,
    clutter: float,
) -> Venue:
    look, tile = _ground_look(rng, floors)
    mean = look["texture"].reshape(-1, 3)[::97].mean(0) / 255 * look["colour"] * 0.8
    land = (float(mean[0]), float(mean[1]), float(mean[2]))
    panorama = sample_panorama(rng, light_kind, land)
    meshes = [floor((0, 0), 90, float(rng.uniform(0, np.pi)), tile, **look)]
    away = ground.azimuth_rad + np.pi
    if kind == "beach":
        sea = surface("water", int(rng.integers(VARIANTS)))
        edge = float(rng.uniform(6, 20))
        shore = np.array([[-90, 0.02, -edge], [90, 0.02, -edge], [90, 0.02, -120], [-90, 0.02, -120.0]])
        turn = yaw(away + np.pi + float(rng.uniform(-0.3, 0.3)))
        meshes.append(sheet(shore @ turn.T, (60, 40), texture=sea, shine=0.5, casts_shadow=False))
    if kind == "street" or (kind == "court" and rng.random() < 0.5):
        meshes += _buildings(rng, away)
    if kind == "stadium":
        meshes += _stands(rng, away)
    if kind == "court":
        meshes += _net(rng, away)
    fog = (*panorama.haze, float(rng.uniform(0.001, 0.015)))
    meshes += _things(rng, OUTDOORS, ground, clutter * 7, (2.0, 16.0))
    return Venue(kind, meshes, panorama, panorama.haze, fog)


def _buildings(rng: np.random.Generator, away: float) -> list[Mesh]:
    distance, x, found = float(rng.uniform(7, 22)), -35.0, []
    turn = yaw(away + np.pi + float(rng.uniform(-0.5, 0.5)))
    while x < 35:
        width, height = float(rng.uniform(5, 14)), float(rng.uniform(4, 16))
        wall = surface(str(rng.choice(["windows", "windows", "bricks"])), int(rng.integers(VARIANTS)))
        front = box(
            (width, height, 6), float(rng.uniform(4, 6)), texture=wall, colour=_tint(rng), casts_shadow=False
        )
        found.append(placed(placed(front, shift=(x + width / 2, 0, -distance - 3)), turn))
        x += width + (float(rng.uniform(1, 6)) if rng.random() < 0.3 else 0)
    return found


def _stands(rng: np.random.Generator, away: float) -> list[Mesh]:
    distance, rise = float(rng.uniform(9, 22)), float(rng.uniform(5, 12))
    crowd = surface("crowd", int(rng.integers(VARIANTS)))
    slope = np.array(
        [
            [-50, 1.2, -distance],
            [50, 1.2, -distance],
            [50, rise, -distance - rise],
            [-50, rise, -distance - rise],
        ]
    )
    board = np.array([[-50, 0, -distance], [50, 0, -distance], [50, 1.2, -distance], [-50, 1.2, -distance]])
    turn = yaw(away + np.pi + float(rng.uniform(-0.6, 0.6)))
    tile = 8.0
    return [
        sheet(slope @ turn.T, (100 / tile, rise * 1.4 / tile), texture=crowd, casts_shadow=False),
        sheet(board @ turn.T, (25, 1), texture=poster(rng), casts_shadow=False),
    ]


def _net(rng: np.random.Generator, away: float) -> list[Mesh]:
    distance, turn = float(rng.uniform(2.5, 9)), yaw(away + np.pi + float(rng.uniform(-0.8, 0.8)))
    height, colour = float(rng.choice([0.95, 2.2])), (0.85, 0.85, 0.85)
    band = tube(np.array([-6, height, -distance]), np.array([6, height, -distance]), 0.03, 6, colour=colour)
    string = tube(np.array([0, 0.1, -distance]), np.array([0, height, -distance]), 0.006, 4, colour=colour)
    strings = repeated(string, np.outer(np.linspace(-6, 6, 49), [1, 0, 0]))
    level = tube(np.array([-6, 0, -distance]), np.array([6, 0, -distance]), 0.006, 4, colour=colour)
    levels = repeated(level, np.outer(np.linspace(0.1, height, 6), [0, 1, 0]))
    return [placed(joined([band, strings, levels]), turn)]


def _inside(
    rng: np.random.Generator,
    kind: str,
    floors: dict[str, float],
    light_kind: str,
    ground: Ground,
    clutter: float,
) -> Venue:
    if kind == "studio":
        return _studio(rng)
    look, tile = _ground_look(rng, floors)
    u = rng.random(6)
    turn_rad = ground.azimuth_rad + np.pi / 2 * int(u[0] * 4) + (u[1] - 0.5) * 1.2
    turn = yaw(turn_rad)
    # Half the sides of the room: as near as the people allow, wide enough for most cameras.
    reach = np.abs(ground.people @ turn[[0, 2]][:, [0, 2]]).max(0) + 0.4
    large = 9.0 if kind in ("hall", "gym") else 3.2
    half = reach + 0.3 + large * u[2:4]
    height = 2.4 + u[4] * (5 if kind == "hall" else 1.2)
    meshes = [floor((0, 0), 30, turn_rad, tile, **look)]
    if kind == "stage":
        dark = colour_of(u[2], 0.5 * u[3], 0.15)
        back = sheet(
            _wall(0, half[1] + 3, 15, 8) @ turn.T,
            (8, 4),
            texture=surface("stripes", int(u[5] * 8)),
            colour=tuple(0.1 + 0.9 * c for c in dark),
            casts_shadow=False,
        )
        return Venue(kind, [*meshes, back], behind=(0.02, 0.02, 0.03))
    eyes = ground.eyes @ turn[[0, 2]][:, [0, 2]]
    meshes += _walls(rng, half, height, turn, eyes)
    makers = GYM if kind == "gym" else INDOORS
    meshes += _things(rng, makers, ground, clutter * 7, (0.9, float(half.max())), _Room(half, turn))
    return Venue(kind, meshes, behind=_tint(rng, 0.6))


def _studio(rng: np.random.Generator) -> Venue:
    """A seamless backdrop of one colour."""
    u = rng.random(4)
    colour = colour_of(u[0], 0.6 * u[1] ** 2, 0.25 + 0.7 * u[2])
    meshes = [floor((0, 0), 40, 0, 5, texture=surface("plaster", 0), colour=colour)]
    return Venue("studio", meshes, behind=tuple(0.97 * c for c in colour), fog=(*colour, 0.03))  # type: ignore[arg-type]


def _wall(side: int, away_m: float, half_m: float, height_m: float) -> Floats:
    """Corners ``(4, 3)`` of one of four walls seen from inside; side 0 stands at -Z."""
    corners = np.array(
        [
            [-half_m, 0, -away_m],
            [half_m, 0, -away_m],
            [half_m, height_m, -away_m],
            [-half_m, height_m, -away_m],
        ]
    )
    return corners @ yaw(side * np.pi / 2).T


def _walls(rng: np.random.Generator, half: Floats, height: float, turn: Floats, eyes: Floats) -> list[Mesh]:
    """Walls and ceiling; a wall that a camera stands outside of bears nothing, since it is seen through."""
    names = list(WALLS)
    material = names[int(rng.integers(len(names)))]
    look = {
        "texture": surface(material, int(rng.integers(VARIANTS))),
        "colour": _tint(rng, 0.4),
        "casts_shadow": False,
    }
    tile = WALLS[material] * float(rng.uniform(0.8, 1.5))
    meshes = []
    for side in range(4):
        away, wide = (half[1], half[0]) if side % 2 == 0 else (half[0], half[1])
        other = look if rng.random() < 0.75 else {**look, "colour": _tint(rng, 0.8)}
        meshes.append(
            sheet(_wall(side, away, wide, height) @ turn.T, (2 * wide / tile, height / tile), **other)
        )
        place = yaw(side * np.pi / 2)
        bounds = np.linspace(-wide, wide, int(rng.integers(1, 5)) + 1)
        hangings = [
            _hanging(rng, (float(low), float(high)), away, height)
            for low, high in zip(bounds[:-1], bounds[1:], strict=True)
            if rng.random() < 0.7
        ]
        outward = place[[0, 2]][:, [0, 2]] @ np.array([0, -1])
        if (eyes @ outward > away - 0.1).any():
            continue
        skirting = placed(
            box((2 * wide, 0.1, 0.03), colour=(0.8, 0.8, 0.78), casts_shadow=False), shift=(0, 0, -away)
        )
        meshes += [placed(mesh, turn @ place) for mesh in (skirting, *hangings)]
    above = np.array(
        [
            [-half[0], height, -half[1]],
            [half[0], height, -half[1]],
            [half[0], height, half[1]],
            [-half[0], height, half[1]],
        ]
    )
    meshes.append(sheet(above @ turn.T, colour=(0.85, 0.85, 0.83), casts_shadow=False))
    return meshes


def _hanging(rng: np.random.Generator, part: tuple[float, float], away: float, height: float) -> Mesh:
    """A window, door, poster or board on a part, from x to x, of a wall at -Z."""
    u = rng.random(5)
    kind = int(rng.integers(4))
    if kind == 0:
        size, low = (0.9, min(2.05, height - 0.1)), 0.0
        look: dict[str, Any] = {"texture": surface("planks", int(u[1] * 8)), "colour": (0.9, 0.9, 0.9)}
    elif kind == 1:
        size, low = (1 + 0.8 * u[2], 1.1), 0.9
        look = {"texture": surface("windows", int(u[1] * 8))}
    else:
        size, low = (0.4 + 1.2 * u[2], 0.3 + 0.7 * u[3]), 1 + 0.5 * u[4]
        look = {"texture": poster(rng)}
    size = (min(size[0], 0.9 * (part[1] - part[0])), size[1])
    x = part[0] + size[0] / 2 + u[0] * (part[1] - part[0] - size[0])
    return placed(box((size[0], size[1], 0.05), casts_shadow=False, **look), shift=(x, low, -away + 0.02))


@dataclass(frozen=True)
class _Room:
    """A rectangle of floor: half its sides along its own x and z, and ``(3, 3)`` its turn."""

    half: Floats
    turn: Floats

    def at_wall(self, rng: np.random.Generator, radius: float, depth: float) -> tuple[Floats, Floats]:
        """Turn ``(3, 3)`` and place ``(2,)`` of something with its back to a wall."""
        side = int(rng.integers(4))
        away, wide = self.half[::-1] if side % 2 == 0 else self.half
        place = yaw(side * np.pi / 2)
        x = float(rng.uniform(-1, 1)) * max(float(wide) - radius, 0.0)
        at = self.turn @ place @ np.array([x, 0, min(depth + 0.04 - float(away), 0.0)])
        return self.turn @ place, at[[0, 2]]

    def inside(self, at: Floats, radius: float) -> Floats:
        """The place ``(2,)`` nearest to ``at`` where something of a radius is between the walls."""
        flat = self.turn[[0, 2]][:, [0, 2]]
        room = np.maximum(self.half - radius * 0.75, 0)
        return np.clip(at @ flat, -room, room) @ flat.T


def _things(
    rng: np.random.Generator,
    makers: dict[str, Maker],
    ground: Ground,
    mean: float,
    reach: tuple[float, float],
    room: _Room | None = None,
) -> list[Mesh]:
    """Objects about, mostly on the far side of the people; in a room many of them along its walls."""
    meshes: list[Mesh] = []
    taken: list[tuple[Floats, float]] = []
    for _ in range(min(int(rng.poisson(mean)), 16)):
        thing = make(makers, rng, turned=False)
        radius = max(float(np.abs(m.vertices[:, [0, 2]]).max()) for m in thing)
        depth = max(-float(m.vertices[:, 2].min()) for m in thing)
        for _ in range(4):
            if room is not None and rng.random() < 0.6:
                turn, at = room.at_wall(rng, radius, depth)
            else:
                angle = ground.azimuth_rad + np.pi + float(rng.uniform(-1.5, 1.5))
                distance = reach[0] + (reach[1] - reach[0]) * float(rng.random())
                at = np.array([np.sin(angle), np.cos(angle)]) * distance
                turn = yaw(float(rng.uniform(0, 2 * np.pi)))
                at = at if room is None else room.inside(at, radius)
            if ground.is_free(at, radius) and all(np.linalg.norm(at - o) > radius + r for o, r in taken):
                taken.append((at, radius))
                meshes += [placed(m, turn, (at[0], 0, at[1])) for m in thing]
                break
    return meshes
