"""Things that stand about: furniture, trees, cars, signs; and things that come between a camera and a person.

Every maker takes a source of chance and returns meshes that stand on height 0 around the origin.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.scene.lights import colour_of
from poseapp.synth.scene.shapes import Colour, ball, box, joined, leaves, placed, repeated, slab, tube, yaw
from poseapp.synth.scene.textures import VARIANTS, surface

Maker = Callable[[np.random.Generator], list[Mesh]]
_FINISHES = ("planks", "plaster", "speckled", "stripes")


def tone(rng: np.random.Generator, saturation: float = 0.6) -> Colour:
    """A random colour, mostly muted."""
    return colour_of(
        float(rng.random()), float(rng.random()) ** 1.5 * saturation, 0.2 + 0.75 * float(rng.random())
    )


def _finish(rng: np.random.Generator) -> dict[str, Any]:
    """Fields of `Mesh` for a painted, wooden or printed surface."""
    number, kind = int(rng.integers(VARIANTS)), int(rng.integers(6))
    colour, shine = tone(rng), 0.4 * float(rng.random())
    if kind < len(_FINISHES):
        return {
            "texture": surface(_FINISHES[kind], number),
            "colour": tuple(0.4 + 0.6 * c for c in colour),
            "shine": shine,
        }
    return {"colour": colour, "shine": shine}


def _legs(width: float, depth: float, height: float, thick: float, look: dict[str, Any]) -> list[Mesh]:
    corners = [(x * width / 2, 0.0, z * depth / 2) for x in (-1, 1) for z in (-1, 1)]
    return [placed(box((thick, height, thick), 0.7, **look), shift=corner) for corner in corners]


def _table(rng: np.random.Generator) -> list[Mesh]:
    width, depth, height = rng.uniform([0.6, 0.5, 0.4], [1.8, 0.9, 1.0])
    look = _finish(rng)
    top = placed(box((width, 0.05, depth), 0.8, **look), shift=(0, height - 0.05, 0))
    return [joined([top, *_legs(width - 0.1, depth - 0.1, height - 0.05, 0.05, look)])]


def _cabinet(rng: np.random.Generator) -> list[Mesh]:
    size = rng.uniform([0.4, 0.5, 0.3], [1.6, 2.1, 0.6])
    return [box((float(size[0]), float(size[1]), float(size[2])), 1.0, **_finish(rng))]


def _shelf(rng: np.random.Generator) -> list[Mesh]:
    size = rng.uniform([0.6, 0.9, 0.25], [1.8, 2.2, 0.4])
    return [
        box(
            (float(size[0]), float(size[1]), float(size[2])),
            1.0,
            texture=surface("books", int(rng.integers(VARIANTS))),
        )
    ]


def _sofa(rng: np.random.Generator) -> list[Mesh]:
    width, height = float(rng.uniform(0.8, 2.2)), float(rng.uniform(0.36, 0.46))
    look = _finish(rng)
    parts = [
        box((width, height, 0.8), 0.6, **look),
        placed(box((width, 0.85, 0.2), 0.6, **look), shift=(0, 0, -0.38)),
    ]
    parts += [placed(box((0.16, 0.6, 0.82), 0.6, **look), shift=(s * width / 2, 0, 0)) for s in (-1, 1)]
    return [joined(parts)]


def seat(rng: np.random.Generator, height_m: float) -> list[Mesh]:
    """A chair, stool, box or bench whose seat is ``height_m`` above the floor; sat on facing +Z."""
    kind, look = int(rng.integers(4)), _finish(rng)
    width = float(rng.uniform(0.4, 0.5)) if kind != 3 else float(rng.uniform(0.9, 1.8))
    depth = float(rng.uniform(0.34, 0.42))
    if kind == 0:
        return [box((width, height_m, depth), 0.6, **look)]
    if kind == 1:
        top = tube(np.array([0, height_m - 0.05, 0]), np.array([0, height_m, 0]), 0.2, 14, **look)
        post = tube(np.zeros(3), np.array([0, height_m - 0.04, 0]), 0.05, 8, **look)
        foot = tube(np.zeros(3), np.array([0, 0.03, 0]), 0.18, 12, **look)
        return [joined([top, post, foot])]
    plate = placed(box((width, 0.05, depth), 0.6, **look), shift=(0, height_m - 0.05, 0))
    parts = [plate, *_legs(width - 0.06, depth - 0.06, height_m - 0.05, 0.04, look)]
    if kind == 2:
        back = box((width, float(rng.uniform(0.35, 0.55)), 0.04), 0.6, **look)
        parts.append(placed(back, shift=(0, height_m - 0.02, -depth / 2 - 0.1)))
        parts.append(
            placed(box((width, 0.05, 0.12), 0.6, **look), shift=(0, height_m - 0.05, -depth / 2 - 0.06))
        )
    return [joined(parts)]


def _chair(rng: np.random.Generator) -> list[Mesh]:
    return seat(rng, float(rng.uniform(0.4, 0.5)))


def _green(rng: np.random.Generator) -> Any:
    return surface("leafy", int(rng.integers(VARIANTS)))


def _plant(rng: np.random.Generator) -> list[Mesh]:
    height = float(rng.uniform(0.2, 0.4))
    pot = tube(np.zeros(3), np.array([0, height, 0]), height * 0.4, 12, 1.25, colour=tone(rng))
    wide = rng.uniform(0.2, 0.45)
    crown = leaves(
        rng,
        np.array([0, height + wide, 0]),
        np.array([wide, wide * 1.3, wide]),
        220,
        0.13,
        texture=_green(rng),
    )
    return [pot, crown]


def _bush(rng: np.random.Generator) -> list[Mesh]:
    size = rng.uniform([0.4, 0.3, 0.4], [1.4, 0.9, 1.4])
    return [leaves(rng, np.array([0, size[1] * 0.8, 0]), size, 700, 0.13, texture=_green(rng))]


def _tree(rng: np.random.Generator) -> list[Mesh]:
    height, wide = float(rng.uniform(1.8, 4)), float(rng.uniform(1, 2.2))
    bark = {"texture": surface("speckled", int(rng.integers(VARIANTS))), "colour": (0.5, 0.4, 0.32)}
    trunk = tube(
        np.zeros(3), np.array([0, height + wide * 0.5, 0]), float(rng.uniform(0.1, 0.22)), 9, 0.5, **bark
    )
    crown = leaves(
        rng,
        np.array([0, height + wide * 0.6, 0]),
        np.array([wide, wide * 0.9, wide]),
        1100,
        0.28,
        texture=_green(rng),
    )
    return [trunk, crown]


def _pole(rng: np.random.Generator) -> list[Mesh]:
    return [
        tube(
            np.zeros(3),
            np.array([0, rng.uniform(2, 7), 0]),
            float(rng.uniform(0.03, 0.09)),
            8,
            0.8,
            colour=tone(rng, 0.3),
        )
    ]


def _fence(rng: np.random.Generator) -> list[Mesh]:
    length, height, gap = (
        float(rng.uniform(3, 8)),
        float(rng.uniform(0.8, 1.8)),
        float(rng.uniform(0.12, 0.6)),
    )
    colour = tone(rng, 0.4)
    places = np.arange(-length / 2, length / 2, gap)
    posts = repeated(box((0.04, height, 0.04), colour=colour), np.outer(places, [1, 0, 0]))
    rails = [placed(box((length, 0.05, 0.05), colour=colour), shift=(0, height * s, 0)) for s in (0.25, 0.9)]
    return [joined([posts, *rails])]


def _car(rng: np.random.Generator) -> list[Mesh]:
    paint, length = tone(rng, 0.9), float(rng.uniform(3.6, 4.6))
    van = 0.25 * float(rng.random() < 0.3)
    low = np.array(
        [[-0.5, 0.1], [-0.47, 0], [0.47, 0], [0.5, 0.1], [0.49, 0.36], [0.3, 0.5], [-0.45, 0.55], [-0.5, 0.4]]
    )
    glass = np.array([[-0.44, 0], [0.28, 0], [0.12, 0.46], [-0.38 - van / 3, 0.46]])
    roof = np.array([[-0.37 - van / 3, 0.42], [0.13, 0.42], [0.09, 0.5], [-0.33 - van / 3, 0.5]])
    body = placed(slab(low * [length, 1.25], 1.74, colour=paint, shine=0.6), shift=(0, 0.2, 0))
    cabin = slab(glass * [length, 1.2], 1.5, colour=(0.1, 0.12, 0.15), shine=0.8)
    top = slab(roof * [length, 1.2], 1.52, colour=paint, shine=0.6)
    lamps = [
        placed(box((0.05, 0.12, 0.3), colour=c), shift=(x * length, 0.52, z))
        for x, c in ((0.495, (1, 1, 0.85)), (-0.5, (0.7, 0.05, 0.05)))
        for z in (-0.6, 0.6)
    ]
    wheels = []
    for x, z in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        outer = np.array([x * length * 0.31, 0.32, z * 0.88])
        wheels.append(tube(outer, outer * [1, 1, 0.7], 0.32, 14, colour=(0.05, 0.05, 0.06)))
        hub = outer * [1, 1, 1.01]
        wheels.append(tube(hub, hub * [1, 1, 0.9], 0.18, 10, colour=(0.5, 0.5, 0.52)))
    parts = [body, *(placed(m, shift=(0, 0.84, 0)) for m in (cabin, top))]
    return [*parts, joined(lamps[:2]), joined(lamps[2:]), joined(wheels[::2]), joined(wheels[1::2])]


def poster(rng: np.random.Generator) -> np.ndarray:
    """A sign or a poster, ``(96, 128, 3)`` uint8 RGB: a ground, shapes, some words."""
    ground, ink = ([255 * c for c in tone(rng, 0.9)] for _ in range(2))
    image = np.empty((96, 128, 3), np.uint8)
    image[:] = np.array(ground, np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        x, y, w, h = (int(v) for v in rng.integers(0, [128, 96, 60, 50]))
        cv2.rectangle(image, (x, y), (x + w, y + h), [255 * c for c in tone(rng, 0.9)], -1)
    letters = "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"
    for line in range(int(rng.integers(0, 3))):
        word = "".join(letters[int(k)] for k in rng.integers(len(letters), size=int(rng.integers(3, 8))))
        cv2.putText(
            image,
            word,
            (6, 32 + 30 * line),
            int(rng.integers(0, 4)),
            0.9,
            ink,
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )
    return image


def _sign(rng: np.random.Generator) -> list[Mesh]:
    height, width = float(rng.uniform(1, 2.6)), float(rng.uniform(0.5, 1.4))
    plate = placed(box((width, width * 0.7, 0.04), texture=poster(rng)), shift=(0, height, 0))
    return [plate, tube(np.zeros(3), np.array([0, height + 0.1, -0.03]), 0.03, 8, colour=(0.5, 0.5, 0.5))]


def _ball(rng: np.random.Generator) -> list[Mesh]:
    radius = float(rng.choice([0.11, 0.12, 0.3]))
    look = {"texture": poster(rng)} if rng.random() < 0.5 else {"colour": tone(rng, 0.9)}
    return [ball(np.array([0, radius, 0]), radius, 8, **look)]


def _crate(rng: np.random.Generator) -> list[Mesh]:
    return [placed(box(tuple(rng.uniform(0.25, 0.9, 3)), **_finish(rng)), yaw(float(rng.uniform(0, 3))))]


def _rack(rng: np.random.Generator) -> list[Mesh]:
    """A gym's frame with a loaded bar."""
    colour, height = tone(rng, 0.5), float(rng.uniform(1.2, 2.2))
    posts = [
        placed(box((0.07, height, 0.07), colour=colour), shift=(x * 0.55, 0, z))
        for x in (-1, 1)
        for z in (0, 0.8)
    ]
    rails = [placed(box((1.17, 0.07, 0.07), colour=colour), shift=(0, height - 0.07, z)) for z in (0, 0.8)]
    return [joined(posts + rails), *barbell(rng, np.array([-0.95, 1.1, 0.1]), np.array([0.95, 1.1, 0.1]))]


def barbell(rng: np.random.Generator, start: Floats, end: Floats) -> list[Mesh]:
    """A bar between two points with weights on its ends."""
    along = (end - start) / np.linalg.norm(end - start)
    radius, colour = float(rng.uniform(0.1, 0.225)), tone(rng, 0.8)
    bar = tube(start, end, 0.014, 8, colour=(0.6, 0.6, 0.62), shine=0.7)
    discs = [tube(p, p + s * along * 0.06, radius, 18, colour=colour) for p, s in ((start, 1), (end, -1))]
    return [bar, joined(discs)]


def _stand(rng: np.random.Generator) -> list[Mesh]:
    return [
        tube(
            np.zeros(3),
            np.array([0, rng.uniform(0.3, 1.1), 0]),
            float(rng.uniform(0.1, 0.35)),
            14,
            **_finish(rng),
        )
    ]


def _blob(rng: np.random.Generator) -> list[Mesh]:
    """A chain of balls the colour of skin: a hand or arm that comes into the picture."""
    colour = colour_of(rng.uniform(0.02, 0.08), rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.95))
    at, way = np.zeros(3), rng.normal(size=3)
    parts = []
    for _ in range(int(rng.integers(3, 9))):
        way = way + rng.normal(0, 0.5, 3)
        way /= np.linalg.norm(way)
        step = at + way * 0.07
        parts.append(tube(at, step, float(rng.uniform(0.025, 0.05)), 8, colour=colour))
        at = step
    return [joined(parts)]


def _polygon(rng: np.random.Generator) -> list[Mesh]:
    count = int(rng.integers(3, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    outline = np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(0.1, 0.4, 2)
    look = _finish(rng)
    if rng.random() < 0.4:
        look = {"texture": poster(rng)}
    return [slab(outline, 0.02, **look)]


def _bar(rng: np.random.Generator) -> list[Mesh]:
    way = rng.normal(size=3)
    way *= rng.uniform(0.5, 1.5) / np.linalg.norm(way)
    return [tube(-way, way, float(rng.uniform(0.012, 0.05)), 8, **_finish(rng))]


def _float_ball(rng: np.random.Generator) -> list[Mesh]:
    return [placed(m, shift=(0, -float(m.vertices[:, 1].mean()), 0)) for m in _ball(rng)]


def _chain(rng: np.random.Generator) -> list[Mesh]:
    parts = []
    for link in range(int(rng.integers(2, 5))):
        parts += [placed(m, shift=(0.16 * link, *rng.normal(0, 0.06, 2))) for m in _polygon(rng)]
    return parts


INDOORS: dict[str, Maker] = {
    "table": _table,
    "cabinet": _cabinet,
    "shelf": _shelf,
    "sofa": _sofa,
    "chair": _chair,
    "plant": _plant,
    "crate": _crate,
    "stand": _stand,
    "ball": _ball,
    "sign": _sign,
}
GYM: dict[str, Maker] = {
    "rack": _rack,
    "crate": _crate,
    "ball": _ball,
    "stand": _stand,
    "table": _table,
    "shelf": _shelf,
}
OUTDOORS: dict[str, Maker] = {
    "tree": _tree,
    "bush": _bush,
    "pole": _pole,
    "fence": _fence,
    "car": _car,
    "sign": _sign,
    "crate": _crate,
    "ball": _ball,
    "table": _table,
}
# Before people: what stands on the floor, and what hangs in the air (centred on the origin).
STANDING: dict[str, Maker] = {
    "crate": _crate,
    "chair": _chair,
    "plant": _plant,
    "stand": _stand,
    "table": _table,
    "bush": _bush,
    "pole": _pole,
    "sign": _sign,
    "ball": _ball,
    "fence": _fence,
}
FLOATING: dict[str, Maker] = {
    "blob": _blob,
    "polygon": _polygon,
    "bar": _bar,
    "ball": _float_ball,
    "chain": _chain,
}


def make(makers: dict[str, Maker], rng: np.random.Generator, turned: bool = True) -> list[Mesh]:
    """One of the things, chosen evenly; turned to a random side around the upward axis, or facing +Z."""
    maker = list(makers.values())[int(rng.integers(len(makers)))]
    turn = yaw(float(rng.uniform(0, 2 * np.pi)) if turned else 0.0)
    return [placed(mesh, turn) for mesh in maker(rng)]
