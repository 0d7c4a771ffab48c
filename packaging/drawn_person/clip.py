"""Who and where in the sample clip: one fixed look, one furnished room, one camera."""

from __future__ import annotations

import numpy as np

from drawn_person import backdrops
from drawn_person.light import Light
from drawn_person.looks import Cloth, Look, cloud, linear, noise_pictures
from drawn_person.raycast import Camera
from drawn_person.render import Scene
from drawn_person.room import Box, Room


def clip_look(rng: np.random.Generator) -> Look:
    """Dark hair, a striped T-shirt, dark trousers, light shoes."""
    grain, folds = noise_pictures(rng)
    return Look(
        skin=linear((216, 164, 132)), hair=linear((46, 32, 24)),
        shirt=Cloth(linear((186, 44, 40)), linear((226, 218, 204)), "thin_stripes", 0.085, 0.75),
        trousers=Cloth(linear((44, 58, 88)), linear((30, 34, 46)), "plain", 0.05, 0.8),
        shoes=linear((208, 210, 214)), sole=linear((245, 245, 242)), sleeves=0.72, legs=2.0,
        hair_style="short", loose=0.011, beard=0.12, grain=grain, folds=folds,
    )  # fmt: skip


def _wall(rng: np.random.Generator, width: int, height: int) -> backdrops.Picture:
    """Painted wall with a window, a bookshelf, pictures and a skirting board."""
    paint = np.broadcast_to(linear((196, 190, 176)).astype(np.float32), (height, width, 3)).copy()
    paint *= (1 + 0.035 * np.kron(cloud(rng, 128, 1.5), np.ones((8, 8), np.float32))[:height, :width])[
        ..., None
    ]
    paint[height * 2 // 3 :] *= linear((222, 226, 232)).astype(np.float32)
    paint[height * 2 // 3 - 6 : height * 2 // 3] = linear((226, 222, 212))
    backdrops.window(rng, paint, (width // 13, height // 5), (width // 5, height * 2 // 5))
    backdrops.bookshelf(rng, paint, (width * 76 // 100, height // 8), (width // 6, height * 58 // 100))
    backdrops.hang_picture(rng, paint, (width * 40 // 100, height // 6), (130, 95))
    backdrops.hang_picture(rng, paint, (width * 61 // 100, height // 5), (80, 105))
    paint[-16:] = linear((228, 224, 216))
    paint[-18:-16] *= 0.4
    return paint


def clip_room(rng: np.random.Generator) -> Room:
    """A living room with a wooden floor, a sideboard, a sofa, a lamp, a ball and a plant."""
    high, half, deep = 2.9, 2.6, 1.7
    floor = backdrops.planks(rng, (0.36, 0.22, 0.12), 8)
    wall = _wall(rng, 820, 458)
    room = Room(floor, 1.3, wall, linear((186, 180, 168)), deep, half, high, grain=cloud(rng, 64, 0.5))
    cloth, wood = linear((84, 110, 104)), linear((150, 108, 70))
    room.boxes += [
        Box(np.array([0.85, 0.0, -1.7]), np.array([2.4, 0.62, -1.25]), wood, 3),
        Box(np.array([-2.3, 0.0, -1.65]), np.array([-0.75, 0.38, -0.95]), cloth),
        Box(np.array([-2.3, 0.36, -1.7]), np.array([-0.75, 0.80, -1.45]), cloth * 0.9),
        Box(np.array([-2.42, 0.0, -1.65]), np.array([-2.22, 0.58, -0.92]), cloth * 0.85),
        Box(np.array([-0.78, 0.0, -1.65]), np.array([-0.60, 0.58, -0.92]), cloth * 0.85),
        Box(np.array([1.02, 0.62, -1.6]), np.array([1.34, 0.72, -1.4]), linear((196, 60, 50))),
        Box(np.array([1.06, 0.72, -1.6]), np.array([1.30, 0.79, -1.42]), linear((60, 90, 140))),
    ]
    flat = np.diag([1.0, 1.0, 2.2])
    for x, tint in ((-1.9, (206, 150, 70)), (-1.15, (160, 70, 80))):
        cushion = np.array([x, 0.56, -1.28])
        room.add_prop(cushion, cushion, 0.19, 0.19, linear(tint), flat)
    foot = np.array([2.15, 0.0, -0.75])
    room.add_prop(foot, foot + (0, 0.03, 0), 0.16, 0.14, linear((50, 50, 54)))
    room.add_prop(foot, foot + (0, 1.5, 0), 0.014, 0.014, linear((50, 50, 54)))
    room.add_prop(foot + (0, 1.45, 0), foot + (0, 1.68, 0), 0.22, 0.13, linear((236, 214, 170)))
    ball = np.array([1.55, 0.13, -0.55])
    room.add_prop(ball, ball, 0.13, 0.13, linear((70, 130, 150)))
    vase = np.array([1.75, 0.62, -1.5])
    room.add_prop(vase + (0, 0.08, 0), vase + (0, 0.3, 0), 0.09, 0.04, linear((210, 214, 220)))
    room.add_plant(rng, np.array([-1.95, 0.0, -0.55]))
    return room


def clip_scene(rng: np.random.Generator, size_wh: tuple[int, int]) -> Scene:
    """The room in the light of a window at the left, from a camera at the height of the breast."""
    towards = np.array([-0.55, 0.75, 0.62])
    light = Light(
        towards / np.linalg.norm(towards), np.array([0.98, 0.92, 0.80]), np.array([0.44, 0.47, 0.52]),
        np.array([0.27, 0.24, 0.20]),
    )  # fmt: skip
    camera = Camera.look_at(
        np.array([0.05, 1.30, 4.35]), np.array([-0.12, 1.0, 0.0]), size_wh[0] * 1.22, size_wh
    )
    return Scene.build(clip_room(rng), camera, light, finer=2, shadow_texels=420)
