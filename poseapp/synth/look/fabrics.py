"""Procedural cloth: square pictures that repeat, 0.45 m to a side."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.settings import FABRICS

Picture = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]
Colour = tuple[int, int, int]
TILE = 128  # pixels to a side, 3.5 mm each

NEUTRALS: tuple[Colour, ...] = (
    (22, 22, 25), (38, 38, 42), (62, 63, 66), (95, 96, 98), (140, 140, 140), (186, 186, 183), (226, 225, 220),
    (243, 243, 240), (28, 32, 50), (36, 44, 72), (88, 74, 60), (128, 108, 84), (176, 158, 128),
    (212, 198, 172),
    (66, 70, 52), (92, 96, 74), (74, 40, 40), (60, 52, 48),
)  # fmt: skip
BRIGHTS: tuple[Colour, ...] = (
    (196, 32, 38), (226, 74, 30), (242, 150, 24), (244, 208, 40), (120, 186, 48), (26, 130, 62),
    (24, 140, 140),
    (44, 120, 200), (24, 62, 160), (92, 48, 150), (190, 44, 130), (236, 120, 160), (250, 90, 90),
    (0, 190, 220),
    (210, 240, 60),
)  # fmt: skip
PASTELS: tuple[Colour, ...] = (
    (232, 190, 196), (206, 220, 236), (214, 230, 206), (244, 232, 190), (216, 204, 232), (160, 180, 200),
    (196, 156, 148), (150, 168, 140), (120, 140, 168), (224, 168, 130),
)  # fmt: skip
DENIMS: tuple[Colour, ...] = (
    (36, 46, 70), (52, 70, 104), (78, 100, 138), (112, 138, 172), (156, 176, 198), (40, 42, 48), (70, 72, 78),
    (28, 30, 36),
)  # fmt: skip
SPORTS: tuple[Colour, ...] = (*BRIGHTS, (20, 20, 22), (245, 245, 245), (24, 30, 60), (120, 20, 40))


def pick_colour(rng: np.random.Generator, mood: str = "any") -> Colour:
    """A colour for cloth.

    Args:
        rng: Source of chance.
        mood: "any" (many neutral ones), "sport", "denim", "dark", "child", "light".
    """
    palettes = {"sport": SPORTS, "denim": DENIMS, "dark": NEUTRALS[:4], "light": NEUTRALS[5:8]}
    if mood in palettes:
        palette = palettes[mood]
    else:
        shares = (0.25, 0.5, 0.25) if mood == "child" else (0.58, 0.22, 0.2)
        palette = (NEUTRALS, BRIGHTS, PASTELS)[rng.choice(3, p=shares)]
    base = np.array(palette[rng.integers(len(palette))], float)
    red, green, blue = np.clip(base * rng.normal(1, 0.06) + rng.normal(0, 5, 3), 8, 250).astype(int).tolist()
    return red, green, blue


def pick_kind(rng: np.random.Generator, shares: dict[str, float]) -> str:
    """One of `FABRICS` by its share."""
    weights = np.array([shares.get(name, 0.0) for name in FABRICS])
    return FABRICS[rng.choice(len(FABRICS), p=weights / weights.sum())]


def make_tile(rng: np.random.Generator, kind: str, base: Colour, mood: str = "any") -> Picture:
    """A piece of cloth.

    Args:
        rng: Source of chance.
        kind: One of `FABRICS`.
        base: Its main colour.
        mood: Where further colours come from, see `pick_colour`.

    Returns:
        ``(TILE, TILE, 3)`` uint8 RGB; its edges meet when it is repeated.
    """
    choices = _MAKERS[kind]
    tile = choices[rng.integers(len(choices))](rng, np.array(base, np.float32), mood)
    grain = rng.integers(-5, 6, (TILE, TILE, 1)).astype(np.float32)
    return np.clip(tile + grain, 0, 255).astype(np.uint8)


def _full(colour: NDArray[Any]) -> Floats:
    return np.tile(colour.astype(np.float32), (TILE, TILE, 1))


def _other(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    """A second colour that can be told from the first."""
    for _ in range(6):
        other = np.array(pick_colour(rng, mood), np.float32)
        if np.abs(other - base).sum() > 110:
            return other
    return np.where(base.mean() > 128, base * 0.4, base * 0.4 + 150).astype(np.float32)


def smooth_noise(rng: np.random.Generator, cells: int, size: int = TILE) -> Floats:
    """Noise ``(size, size)`` of about -1..1 whose edges meet, with as many cells to a side."""
    small = rng.normal(0, 0.5, (cells, cells)).astype(np.float32)
    around = np.pad(small, 2, mode="wrap")
    step = size // cells
    large = cv2.resize(around, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return large[2 * step : 2 * step + size, 2 * step : 2 * step + size]


def _plain(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    tile: Floats = _full(base)
    if rng.random() < 0.4:  # melange
        tile += smooth_noise(rng, 64)[:, :, None] * rng.uniform(4, 14)
    return tile


def _denim(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    wash = smooth_noise(rng, 4) * 10 + smooth_noise(rng, 16) * 7
    twill = ((np.add.outer(np.arange(TILE), np.arange(TILE)) % 4) < 2) * 8.0 - 4
    return (_full(base) + (wash + twill)[:, :, None]).astype(np.float32)


def _stripes(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    repeat = int(2 ** rng.integers(3, 7))  # 2.8 to 22 cm
    line = np.tile(base.astype(np.float32), (repeat, 1))
    for _ in range(rng.integers(1, 4)):
        width = max(1, int(repeat * rng.uniform(0.08, 0.5)))
        start = int(rng.integers(0, repeat))
        line[np.arange(start, start + width) % repeat] = _other(rng, base, mood)
    band = np.tile(line, (TILE // repeat, 1))
    direction = rng.random()
    if direction < 0.65:
        return np.tile(band[:, None], (1, TILE, 1))
    if direction < 0.9:
        return np.tile(band[None], (TILE, 1, 1))
    return band[np.add.outer(np.arange(TILE), np.arange(TILE)) % TILE]


def _tartan(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    repeat = int(2 ** rng.integers(4, 7))
    line = np.tile(base.astype(np.float32), (repeat, 1))
    for _ in range(rng.integers(2, 5)):
        width = max(1, int(repeat * rng.choice([0.06, 0.12, 0.3])))
        start = int(rng.integers(0, repeat))
        line[np.arange(start, start + width) % repeat] = _other(rng, base, mood)
    band = np.tile(line, (TILE // repeat, 1))
    return (band[:, None] + band[None]) / 2


def _gingham(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    repeat = int(2 ** rng.integers(2, 6))
    on = (np.arange(TILE) % repeat < repeat / 2).astype(np.float32)
    share = (on[:, None] + on[None])[:, :, None] / 2
    return (np.array([238, 236, 232]) * (1 - share) + base * share).astype(np.float32)


def _chessboard(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    repeat = int(2 ** rng.integers(3, 7))
    on = np.arange(TILE) % repeat < repeat / 2
    return np.where((on[:, None] ^ on[None])[:, :, None], base, _other(rng, base, mood)).astype(np.float32)


def _shapes(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    """Dots, flowers, triangles, stars or letters, strewn or in rows."""
    wide = np.tile(base.astype(np.uint8), (TILE, TILE, 1))
    colours = [_other(rng, base, mood).tolist() for _ in range(rng.integers(1, 4))]
    form = int(rng.integers(5))
    count = int(rng.choice([3, 4, 6, 9]))
    pitch = TILE / count
    radius = max(1.5, pitch * rng.uniform(0.16, 0.42))
    strewn = rng.random() < 0.5
    for row in range(count):
        for column in range(count):
            centre = np.array([column + 0.5 * (row % 2) * (count % 2 == 0), row]) * pitch
            if strewn:
                centre = centre + rng.uniform(-0.3, 0.3, 2) * pitch
            _draw_wrapped(wide, form, centre, radius, colours[rng.integers(len(colours))], rng)
    return wide.astype(np.float32)


def _draw_wrapped(
    tile: Picture, form: int, centre: NDArray[Any], radius: float, colour: list[float],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    turn = rng.uniform(0, 6.3)
    letter = "ABCDEFGHKLMNPRSTXZ0123456789"[rng.integers(28)]
    reach = radius * 1.6
    for dx in (-TILE, 0, TILE):
        for dy in (-TILE, 0, TILE):
            x, y = centre[0] + dx, centre[1] + dy
            if not (-reach < x < TILE + reach and -reach < y < TILE + reach):
                continue
            place = (int(x * 16), int(y * 16))
            if form == 0:
                cv2.circle(tile, place, int(radius * 16), colour, -1, cv2.LINE_AA, 4)
            elif form == 1:
                for angle in turn + np.arange(5) * 1.257:
                    petal = (
                        np.array([x + np.cos(angle) * radius * 0.6, y + np.sin(angle) * radius * 0.6]) * 16
                    ).astype(int)
                    cv2.circle(tile, tuple(petal.tolist()), int(radius * 7), colour, -1, cv2.LINE_AA, 4)
                cv2.circle(tile, place, int(radius * 5), (240, 210, 80), -1, cv2.LINE_AA, 4)
            elif form in (2, 3):
                corners = 3 if form == 2 else 10
                length = np.where(np.arange(corners) % 2 == 1, 0.45, 1.0) if form == 3 else np.ones(3)
                angle = turn + np.arange(corners) * 2 * np.pi / corners
                outline = np.stack(
                    [x + np.cos(angle) * radius * length, y + np.sin(angle) * radius * length], 1
                )
                cv2.fillPoly(tile, [(outline * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
            else:
                cv2.putText(
                    tile, letter, (int(x - radius * 0.7), int(y + radius * 0.7)), cv2.FONT_HERSHEY_DUPLEX,
                    radius / 14, colour, max(1, int(radius / 6)), cv2.LINE_AA,
                )  # fmt: skip


def _camouflage(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    greens = np.array([[78, 84, 54], [116, 108, 74], [54, 48, 38], [38, 42, 34]], np.float32)
    if rng.random() < 0.4:
        greens = np.stack([base * k for k in (1.0, 0.75, 0.5, 1.25)])
    tile = _full(greens[0])
    for colour in greens[1:]:
        tile[smooth_noise(rng, 8) + smooth_noise(rng, 16) * 0.5 > 0.3] = colour
    return tile


def _leopard(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    noise = smooth_noise(rng, 16)
    tile = _full(np.array([196, 152, 96]) if rng.random() < 0.6 else base)
    tile[noise > 0.25] *= 0.3
    tile[noise > 0.6] *= 2.2
    return tile


def _tie_dye(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    share = np.clip(smooth_noise(rng, 4) + 0.5 * smooth_noise(rng, 16) + 0.5, 0, 1)[:, :, None]
    second = np.clip(smooth_noise(rng, 4), 0, 1)[:, :, None]
    mixed = base * share + _other(rng, base, mood) * (1 - share)
    return (mixed * (1 - second) + _other(rng, base, mood) * second).astype(np.float32)


def _marble(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    phase = 2 * np.pi * np.arange(TILE)[:, None] / TILE * rng.integers(2, 6)
    share = (0.5 + 0.5 * np.sin(phase + 4 * smooth_noise(rng, 4) + 2 * smooth_noise(rng, 8)))[:, :, None]
    return (base * share + _other(rng, base, mood) * (1 - share)).astype(np.float32)


def _knit(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    period = int(rng.choice([4, 8, 16]))
    ribs: Floats = np.sin(2 * np.pi * np.arange(TILE) / period) * rng.uniform(8, 18)
    rows = np.sin(2 * np.pi * np.arange(TILE) / 4) * 5
    return (_full(base) + (ribs[None] + rows[:, None])[:, :, None]).astype(np.float32)


def _heather(rng: np.random.Generator, base: NDArray[Any], mood: str) -> Floats:
    return _full(base) + (smooth_noise(rng, 32) * 16 + smooth_noise(rng, 64) * 16)[:, :, None]


_Maker = Callable[[np.random.Generator, NDArray[Any], str], Floats]
_MAKERS: dict[str, tuple[_Maker, ...]] = {
    "plain": (_plain,),
    "stripes": (_stripes,),
    "checks": (_tartan, _gingham, _chessboard, _tartan),
    "prints": (_shapes, _shapes, _shapes, _camouflage, _leopard),
    "noise": (_tie_dye, _marble, _denim, _knit, _heather),
}


def denim_tile(rng: np.random.Generator, base: Colour) -> Picture:
    """Jeans cloth."""
    return np.clip(_denim(rng, np.array(base, np.float32), "denim"), 0, 255).astype(np.uint8)
