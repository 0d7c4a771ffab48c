"""Rooms and open ground behind the person: floor, walls, furniture, plants, pictures, all drawn from a
seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drawn_person import backdrops
from drawn_person.light import Light, shade
from drawn_person.looks import between, cloud, sample_wrapped
from drawn_person.raycast import Array, Array32, Camera, Shape, cast

Picture = NDArray[np.float32]


@dataclass
class Box:
    """A block of furniture between corners `low` and `high` (3,), linear RGB, with `panels` seams across its
    front."""

    low: Array
    high: Array
    colour: Array
    panels: int = 0


@dataclass
class Room:
    """Floor at y = 0, a back wall at z = -`deep`, side walls at x = +-`half` (none out of doors), and what
    stands in it.

    Pictures are linear RGB: `floor` is tileable and covers `floor_m` metres; `wall` is `2 * half` wide and
    `high` high.
    """

    floor: Picture
    floor_m: float
    wall: Picture
    side: Array | None
    deep: float
    half: float
    high: float
    boxes: list[Box] = field(default_factory=list)
    props: list[Shape] = field(default_factory=list)
    palette: list[Array] = field(default_factory=list)
    grain: Picture = field(default_factory=lambda: np.zeros((64, 64), np.float32))

    @staticmethod
    def random(rng: np.random.Generator) -> Room:
        """Return a random room or open ground."""
        grain = cloud(rng, 64, 0.5)
        if rng.random() < 0.45:
            deep, half, high = rng.uniform(5, 9), 9.0, 7.0
            wall = backdrops.landscape(rng, 720, 280)
            room = Room(backdrops.ground(rng), 2.5, wall, None, deep, half, high, grain=grain)
        else:
            deep, half, high = rng.uniform(1.0, 2.6), rng.uniform(2.0, 3.4), 2.9
            wall = backdrops.wall(rng, round(2 * half * 110), round(high * 110))
            side = wall[: wall.shape[0] // 2].mean((0, 1))
            room = Room(
                backdrops.flooring(rng), rng.uniform(1.0, 2.0), wall, side, deep, half, high, grain=grain
            )
            room._furnish(rng)
        if rng.random() < 0.7:
            room.add_plant(
                rng, np.array([rng.choice([-1, 1]) * rng.uniform(0.8, 1.8), 0, rng.uniform(-deep * 0.9, 0)])
            )
        return room

    def _furnish(self, rng: np.random.Generator) -> None:
        for _ in range(int(rng.integers(1, 4))):
            width, height, depth = rng.uniform(0.4, 1.6), rng.uniform(0.3, 1.2), rng.uniform(0.3, 0.6)
            x = rng.choice([-1, 1]) * rng.uniform(0.4, self.half)
            low = np.array([x - width / 2, 0.0, -self.deep])
            colour = np.array(backdrops.colour(rng, 50, 225))
            self.boxes.append(Box(low, low + (width, height, depth), colour, int(rng.integers(0, 4))))

    def add_prop(
        self, a: Array, b: Array, ra: float, rb: float, colour: Array, squeeze: Array | None = None
    ) -> None:
        """Add a round cone of one colour (linear RGB)."""
        self.palette.append(colour)
        self.props.append(Shape(a, b, ra, rb, len(self.palette) - 1, a, np.eye(3), squeeze))

    def add_plant(self, rng: np.random.Generator, foot: Array) -> None:
        """Add a potted plant at `foot` (3,)."""
        pot = between(rng, (120, 60, 40), (230, 200, 190))
        up = np.array([0.0, 1.0, 0.0])
        self.add_prop(foot + up * 0.12, foot + up * 0.30, 0.12, 0.16, pot)
        green = between(rng, (25, 70, 20), (90, 150, 60))
        for _ in range(26):
            yaw, lift = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 1.45)
            way = np.array([np.cos(yaw) * np.cos(lift), np.sin(lift), np.sin(yaw) * np.cos(lift)])
            length = rng.uniform(0.25, 0.85)
            base = foot + up * 0.42
            end = base + way * length
            tip = end + (way * 0.6 - up * 0.5) * 0.22
            flat = np.cross(way, np.cross(up, way))
            flat /= np.linalg.norm(flat)
            squeeze = np.eye(3) + 5.0 * np.outer(flat, flat)
            tint = green * rng.uniform(0.6, 1.4)
            self.add_prop(base, end, 0.006, 0.005, green * 0.7)
            self.add_prop(end - way * 0.1, tip, 0.055, 0.012, tint, squeeze)


@dataclass
class Stage:
    """The empty scene as one camera sees it: light without and with the lamp (H, W, 3), `depth` and `points`
    (H, W, 3)."""

    ambient: Array32
    key: Array32
    depth: Array32
    points: Array32


def look_into(room: Room, camera: Camera, light: Light) -> Stage:
    """Draw the empty room."""
    origins, directions = (a.astype(np.float32) for a in camera.rays())
    o, d = origins[0, 0], directions
    depth = np.full(d.shape[:2], 60.0, np.float32)
    albedo = np.full(d.shape, 0.6, np.float32)
    normal = np.zeros(d.shape, np.float32)
    normal[..., 2] = 1
    with np.errstate(divide="ignore", invalid="ignore"):
        _plane(room, depth, albedo, normal, o, d)
        for box in room.boxes:
            _box(box, room, depth, albedo, normal, o, d)
    points = (o + d * depth[..., None]).astype(np.float32)
    ambient = albedo * light.ambient(normal.astype(np.float64)).astype(np.float32)
    if room.side is not None:
        corner = np.minimum(
            points[..., 1], np.minimum(points[..., 2] + room.deep, room.half - np.abs(points[..., 0]))
        )
        ambient *= (0.72 + 0.28 * np.clip(corner / 0.5, 0, 1))[..., None]
    key = albedo * light.lambert(normal.astype(np.float64)).astype(np.float32) * light.key.astype(np.float32)
    if room.props:
        hits = cast(room.props, camera, depth)
        colours, mask = shade(hits, room.props, camera, room_paint(room), light, None)
        ambient[mask], key[mask] = colours[mask], 0
        depth = hits.depth
    return Stage(ambient, key, depth, points)


def room_paint(room: Room):  # type: ignore[no-untyped-def]
    """Return the paint function of the props."""

    def paint(material: int, q: Array, axes: Array, normals: Array) -> tuple[Array, Array]:
        grain = sample_wrapped(room.grain, q[:, 0] * 3 + q[:, 2] * 2, q[:, 1] * 3)
        return room.palette[material] * (1 + 0.1 * grain[:, None]), normals

    return paint


def _plane(room: Room, depth: Array32, albedo: Array32, normal: Array32, o: Array32, d: Array32) -> None:
    """Floor, back wall and side walls."""
    to_floor = np.where(d[..., 1] < 0, -o[1] / d[..., 1], np.inf)
    to_wall = np.where(d[..., 2] < 0, (-room.deep - o[2]) / d[..., 2], np.inf)
    to_side = np.full_like(to_wall, np.inf)
    if room.side is not None:
        to_side = np.where(d[..., 0] != 0, (np.sign(d[..., 0]) * room.half - o[0]) / d[..., 0], np.inf)
    nearest = np.minimum(np.minimum(to_floor, to_wall), to_side)
    for distance, kind in ((to_floor, 0), (to_wall, 1), (to_side, 2)):
        mask = (distance == nearest) & (distance < 60)
        if not mask.any():
            continue
        p = o + d[mask] * distance[mask][:, None]
        if kind == 0:
            albedo[mask] = sample_wrapped(room.floor, p[:, 0] / room.floor_m, p[:, 2] / room.floor_m)
            normal[mask] = (0, 1, 0)
        elif kind == 1:
            u = np.clip((p[:, 0] + room.half) / (2 * room.half), 0.002, 0.998)
            albedo[mask] = sample_wrapped(room.wall, u, np.clip(1 - p[:, 1] / room.high, 0.002, 0.995))
        elif room.side is not None:
            grain = sample_wrapped(room.grain, p[:, 2] * 0.9, p[:, 1] * 0.9)
            albedo[mask] = room.side * (1 + 0.03 * grain[:, None])
            normal[mask] = np.stack([-np.sign(p[:, 0]), 0 * p[:, 0], 0 * p[:, 0]], axis=1)
        depth[mask] = distance[mask]


def _box(
    box: Box, room: Room, depth: Array32, albedo: Array32, normal: Array32, o: Array32, d: Array32
) -> None:
    t0, t1 = (box.low - o) / d, (box.high - o) / d
    near, far = np.minimum(t0, t1), np.maximum(t0, t1)
    enter = near.max(-1)
    mask = (enter < far.min(-1)) & (enter > 0) & (enter < depth)
    if not mask.any():
        return
    p = o + d[mask] * enter[mask][:, None]
    face = near[mask].argmax(-1)
    rel = (p - box.low) / (box.high - box.low)
    grain = sample_wrapped(room.grain, p[:, 0] * 0.5 + p[:, 2], p[:, 1] * 2.5)
    colour = box.colour * (1 + 0.07 * grain[:, None])
    if box.panels:
        seam = np.abs(np.mod(rel[:, 1] * box.panels, 1.0) - 0.5) > 0.47
        knob = (np.abs(np.mod(rel[:, 1] * box.panels, 1.0) - 0.5) < 0.06) & (np.abs(rel[:, 0] - 0.5) < 0.08)
        colour = np.where(((seam | knob) & (face == 2))[:, None], colour * 0.45, colour)
    albedo[mask], depth[mask] = colour, enter[mask]
    n = np.zeros_like(p)
    n[np.arange(len(p)), face] = -np.sign(d[mask][np.arange(len(p)), face])
    normal[mask] = n


__all__ = ["Box", "Room", "Stage", "look_into"]
