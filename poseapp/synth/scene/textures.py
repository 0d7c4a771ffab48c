"""A bank of surfaces for floors and walls, each decided by its number alone.

Textures repeat without seams. They are made when first asked for and kept, so that a renderer uploads each
once; since each depends on its number only, pictures do not depend on which were made before.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Grey = NDArray[Any]  # float32; OpenCV's results are not told apart
SIDE = 256


@lru_cache(maxsize=64)
def noise_tile(number: int, roughness: float = 1.0) -> Grey:
    """Cloudy noise ``(256, 256)`` in 0..1 that repeats without seams.

    Args:
        number: Which one.
        roughness: Amplitude falls with frequency to the power of minus this: 0 white, 1 cloudy, 2 soft.
    """
    white = np.random.default_rng([7, number]).standard_normal((SIDE, SIDE))
    along = np.fft.fftfreq(SIDE) * SIDE
    radius = np.hypot(along[:, None], np.fft.rfftfreq(SIDE)[None] * SIDE)
    radius[0, 0] = np.inf
    rough = np.fft.irfft2(np.fft.rfft2(white) * radius**-roughness, s=(SIDE, SIDE))
    rough = (rough - rough.mean()) / rough.std()
    return np.clip(0.5 + rough * 0.2, 0, 1).astype(np.float32)


def _hsv(hue: float, saturation: float, value: float) -> Grey:
    pixel = np.array([[[hue % 1 * 360, saturation, value]]], np.float32)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0] * 255


def _hue(rng: np.random.Generator) -> float:
    """What walls and floors are painted: mostly warm, some cool, seldom anything."""
    draw, hue = rng.random(2)
    return float(0.02 + 0.13 * hue if draw < 0.6 else 0.54 + 0.1 * hue if draw < 0.8 else hue)


def _mix(grey: Grey, low: Grey, high: Grey) -> Grey:
    return low + grey[..., None] * (high - low)


def _pick(rng: np.random.Generator, roughness: float = 1.0) -> Grey:
    return noise_tile(int(rng.integers(12)), roughness)


def _grass(rng: np.random.Generator) -> Grey:
    hue = rng.uniform(0.2, 0.33)
    blades = cv2.blur(np.tile(rng.random((SIDE, SIDE), np.float32), (3, 1)), (1, 9))[SIDE : 2 * SIDE]
    grey = np.clip(0.6 * _pick(rng, 1.2) + 1.2 * (blades - 0.5) + 0.2, 0, 1)
    dark = _hsv(hue, 0.6, rng.uniform(0.2, 0.4))
    return _mix(grey, dark, _hsv(hue - 0.03, rng.uniform(0.4, 0.7), rng.uniform(0.55, 0.85)))


def _speckled(rng: np.random.Generator) -> Grey:
    """Asphalt, concrete, sand, gravel, snow, rubber: a colour with grain."""
    value = rng.uniform(0.25, 0.9)
    hue, saturation = rng.uniform(0.02, 0.16), rng.uniform(0, 0.35)
    grain = rng.random((SIDE, SIDE), np.float32) * rng.uniform(0.2, 0.8)
    grey = np.clip(0.7 * _pick(rng, rng.uniform(0.8, 1.6)) + grain - 0.15, 0, 1)
    return _mix(grey, _hsv(hue, saturation, value * 0.7), _hsv(hue, saturation * 0.8, value))


def _sand(rng: np.random.Generator) -> Grey:
    """Sand, snow, earth: soft heaps with fine grain."""
    grain = rng.random((SIDE, SIDE), np.float32) * rng.uniform(0.15, 0.4)
    grey = np.clip(0.9 * _pick(rng, rng.uniform(1.0, 1.5)) + grain - 0.1, 0, 1)
    hue, value = rng.uniform(0.06, 0.13), rng.uniform(0.65, 0.95)
    saturation = rng.uniform(0.03, 0.45)
    return _mix(grey, _hsv(hue, saturation, value * 0.65), _hsv(hue, saturation * 0.8, value))


def _planks(rng: np.random.Generator) -> Grey:
    rows = int(rng.choice([4, 8, 16]))
    hue, value = rng.uniform(0.03, 0.12), rng.uniform(0.4, 0.85)
    grain = cv2.blur(np.tile(rng.random((SIDE, SIDE), np.float32), (1, 3)), (61, 1))[:, SIDE : 2 * SIDE]
    height = SIDE // rows
    tone = np.repeat(rng.uniform(0.3, 0.7, rows), height)[:, None].astype(np.float32)
    grey = np.clip(tone + 3 * (grain - 0.5), 0, 1)
    image = _mix(grey, _hsv(hue, 0.6, value * 0.65), _hsv(hue, 0.45, value))
    seam = rng.uniform(0.45, 0.75)
    image[::height] *= seam
    for row, x in enumerate(rng.integers(0, SIDE, rows)):
        image[row * height : (row + 1) * height, x] *= seam
    return image


def _tiles(rng: np.random.Generator) -> Grey:
    count = int(rng.choice([2, 4, 8]))
    side = SIDE // count
    hue, saturation, value = _hue(rng), 0.35 * rng.random() ** 1.5, rng.uniform(0.45, 0.95)
    tone: Grey = rng.uniform(0.35, 0.65, (count, count)).astype(np.float32)
    if rng.random() < 0.3:
        tone = np.indices((count, count)).sum(0).astype(np.float32) % 2 * np.float32(rng.uniform(0.5, 1))
    grey = np.clip(np.kron(tone, np.ones((side, side), np.float32)) + 0.35 * (_pick(rng) - 0.5), 0, 1)
    image = _mix(grey, _hsv(hue, saturation, value * 0.7), _hsv(hue, saturation, value))
    joint = rng.uniform(0.5, 0.85) if rng.random() < 0.7 else 1.1
    for k in range(2):
        image[k::side] *= joint
        image[:, k::side] *= joint
    return image


def _bricks(rng: np.random.Generator) -> Grey:
    rows = int(rng.choice([8, 16]))
    height, width = SIDE // rows, SIDE // rows * 2
    hue, value = rng.uniform(0, 0.08), rng.uniform(0.4, 0.85)
    saturation = rng.uniform(0.1, 0.65)
    mortar = _hsv(0.1, 0.05, rng.uniform(0.4, 0.9))
    image = np.empty((SIDE, SIDE, 3), np.float32)
    for row in range(rows):
        tone = np.repeat(rng.uniform(0.2, 0.8, SIDE // width), width).astype(np.float32)
        line = np.repeat(
            _mix(tone, _hsv(hue, saturation, value * 0.6), _hsv(hue, saturation, value))[None], height, 0
        )
        line[:, ::width] = mortar
        line[0] = mortar
        image[row * height : (row + 1) * height] = np.roll(line, width // 2 * (row % 2), 1)
    return image * (0.8 + 0.4 * _pick(rng, 0.6))[..., None]


def _plaster(rng: np.random.Generator) -> Grey:
    hue, saturation, value = _hue(rng), 0.45 * rng.random() ** 1.5, rng.uniform(0.5, 1)
    strength = rng.uniform(0.05, 0.4)
    return _mix(
        _pick(rng, 1.3) * strength + 1 - strength,
        _hsv(hue, saturation, value * 0.5),
        _hsv(hue, saturation, value),
    )


def _stripes(rng: np.random.Generator) -> Grey:
    """Wallpaper, panels, corrugated metal."""
    count = int(rng.choice([2, 4, 8, 16]))
    wave: Grey = np.sin(np.arange(SIDE) * 2 * np.pi * count / SIDE).astype(np.float32)
    wave = np.sign(wave) * np.abs(wave) ** rng.uniform(0.05, 1)
    grey = np.clip(np.repeat(0.5 + 0.5 * wave[None], SIDE, 0) * 0.9 + 0.2 * (_pick(rng) - 0.5), 0, 1)
    hue, value = _hue(rng), rng.uniform(0.4, 0.95)
    second = _hsv(hue + rng.uniform(-0.1, 0.1), rng.uniform(0, 0.5), value * rng.uniform(0.6, 0.95))
    return _mix(grey, second, _hsv(hue, rng.uniform(0, 0.5), value))


def _carpet(rng: np.random.Generator) -> Grey:
    image = np.broadcast_to(
        _hsv(rng.random(), rng.uniform(0.1, 0.7), rng.uniform(0.25, 0.8)), (SIDE, SIDE, 3)
    ).copy()
    for _ in range(int(rng.integers(0, 30))):
        x, y, w, h = (int(v) for v in rng.integers(4, [SIDE, SIDE, 60, 60]))
        colour = _hsv(rng.random(), rng.uniform(0, 0.7), rng.uniform(0.2, 0.9)).tolist()
        if rng.random() < 0.5:
            cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
        else:
            cv2.ellipse(image, (x, y), (w // 2, h // 2), 0, 0, 360, colour, int(rng.choice([-1, 3, 8])))
    return image * (0.75 + 0.5 * rng.random((SIDE, SIDE, 1), np.float32))


def _water(rng: np.random.Generator) -> Grey:
    waves = cv2.resize(_pick(rng, 1.4)[:64], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    hue = rng.uniform(0.48, 0.62)
    crest = np.clip((waves - 0.45) * 3, 0, 1)
    return _mix(crest, _hsv(hue, 0.6, rng.uniform(0.3, 0.6)), _hsv(hue, 0.3, rng.uniform(0.6, 0.95)))


def _court(rng: np.random.Generator) -> Grey:
    """A sports floor: one colour, a field of another, white lines."""
    usual = (0.01, 0.06, 0.1, 0.3, 0.38, 0.55, 0.6)
    image = np.empty((SIDE, SIDE, 3), np.float32)
    inner = slice(SIDE // 4, 3 * SIDE // 4) if rng.random() < 0.6 else slice(0)
    for part in (slice(SIDE), inner):
        hue = float(rng.choice(usual) + rng.uniform(-0.02, 0.02))
        image[:, part] = _hsv(hue, rng.uniform(0.3, 0.65), rng.uniform(0.35, 0.75))
    line = _hsv(rng.random(), rng.choice([0.0, 0.0, 0.6]), 0.95).tolist()
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(SIDE))
        cv2.line(image, (place, 0), (place, SIDE), line, 3)
    place = int(rng.integers(SIDE))
    cv2.line(image, (0, place), (SIDE, place), line, 3)
    cv2.circle(image, (SIDE // 2, SIDE // 2), int(rng.integers(30, 90)), line, 3)
    return cv2.GaussianBlur(image, (0, 0), 0.8) * (0.85 + 0.3 * _pick(rng, 0.7))[..., None]


def _windows(rng: np.random.Generator) -> Grey:
    """The front of a building."""
    image = _plaster(rng)
    count = int(rng.choice([2, 4]))
    side = SIDE // count
    inset = side // int(rng.choice([4, 6, 8]))
    dark, bright = (
        _hsv(0.6, 0.3, rng.uniform(0.1, 0.35)),
        _hsv(rng.uniform(0.08, 0.6), 0.25, rng.uniform(0.5, 0.95)),
    )
    for row in range(count):
        for column in range(count):
            y, x = row * side, column * side
            part = image[y + inset : y + side - inset, x + inset : x + side - inset]
            shade = np.linspace(0, rng.random(), len(part), dtype=np.float32)[:, None, None]
            part[:] = dark + shade * (bright - dark)
            part[:, part.shape[1] // 2] = image[0, 0]
    return image


def _books(rng: np.random.Generator) -> Grey:
    """Shelves full of things."""
    image = np.broadcast_to(_hsv(0.07, 0.4, rng.uniform(0.15, 0.4)), (SIDE, SIDE, 3)).copy()
    rows = int(rng.choice([2, 4]))
    height = SIDE // rows
    for row in range(rows):
        x = 0
        while x < SIDE:
            width, rise = int(rng.integers(5, 40)), int(rng.integers(height // 2, height - 8))
            colour = _hsv(rng.random(), 0.85 * rng.random() ** 1.3, rng.uniform(0.15, 0.9))
            image[(row + 1) * height - rise : (row + 1) * height - 6, x : x + width - 1] = colour
            x += width + (int(rng.integers(30)) if rng.random() < 0.15 else 0)
        image[(row + 1) * height - 6 : (row + 1) * height] = _hsv(0.08, 0.4, 0.55)
    return image


def _crowd(rng: np.random.Generator) -> Grey:
    """Stands full of spectators, out of focus: heads over coloured clothes, row by row."""
    image = np.broadcast_to(_hsv(rng.random(), 0.2, rng.uniform(0.15, 0.4)), (SIDE, SIDE, 3)).copy()
    for y in range(0, SIDE, 16):
        for x in range(0, SIDE, 12):
            if rng.random() < 0.15:
                continue
            at = (x + int(rng.integers(-3, 4)), y + int(rng.integers(-2, 3)))
            cloth = _hsv(rng.random(), rng.uniform(0, 0.8), rng.uniform(0.2, 0.95)).tolist()
            skin = _hsv(rng.uniform(0.03, 0.08), rng.uniform(0.3, 0.6), rng.uniform(0.35, 0.9)).tolist()
            cv2.rectangle(image, (at[0] - 4, at[1] + 4), (at[0] + 4, at[1] + 12), cloth, -1)
            cv2.circle(image, at, 3, skin, -1)
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 2.2))


def _leafy(rng: np.random.Generator) -> Grey:
    """Many tones of one green, or of autumn, for leaves to pick from."""
    hue = rng.uniform(0.2, 0.38) if rng.random() < 0.8 else rng.uniform(0.0, 0.14)
    spots = cv2.GaussianBlur(rng.random((SIDE, SIDE), np.float32), (0, 0), 1.2)
    grey = np.clip((spots - 0.5) * 4 + 0.5, 0, 1)
    return _mix(
        grey, _hsv(hue, 0.65, 0.12), _hsv(hue - 0.04, rng.uniform(0.35, 0.7), rng.uniform(0.45, 0.75))
    )


_MAKERS: dict[str, Callable[[np.random.Generator], Grey]] = {
    "grass": _grass, "speckled": _speckled, "sand": _sand, "planks": _planks, "tiles": _tiles,
    "bricks": _bricks,
    "plaster": _plaster, "stripes": _stripes, "carpet": _carpet, "water": _water, "court": _court,
    "windows": _windows, "books": _books, "crowd": _crowd, "leafy": _leafy,
}  # fmt: skip
MATERIALS = tuple(_MAKERS)
VARIANTS = 8  # of each material


@lru_cache(maxsize=len(MATERIALS) * VARIANTS)
def surface(material: str, number: int) -> Image:
    """A texture ``(256, 256, 3)`` RGB of one of `MATERIALS`, the same array at each call; do not write to it.

    Args:
        material: One of `MATERIALS`.
        number: Which variant; the remainder by `VARIANTS` counts.
    """
    rng = np.random.default_rng([11, MATERIALS.index(material), number % VARIANTS])
    image = np.clip(_MAKERS[material](rng), 0, 255).astype(np.uint8)
    image.setflags(write=False)
    return image
