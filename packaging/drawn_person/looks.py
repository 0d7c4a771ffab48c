"""Looks: skin, hair and clothes, and the colour of each point of their surfaces (linear RGB, 0 to 1)."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drawn_person.raycast import Array

SKIN, SHIRT, SLEEVE, TROUSERS, SHOE, HAIR, FACE, SOCK, CAP = range(9)
HAIR_STYLES = ("short", "long", "tail", "bald", "cap")
PATTERNS = ("plain", "stripes", "thin_stripes", "upright", "check", "dots", "block", "heather")
SKIN_SRGB = ((241, 200, 172), (226, 178, 145), (205, 152, 116), (172, 118, 84), (128, 82, 58), (88, 56, 42))
HAIR_SRGB = (
    (24, 19, 17),
    (50, 34, 24),
    (88, 58, 34),
    (150, 108, 62),
    (196, 160, 106),
    (110, 48, 26),
    (140, 138, 136),
)
CLOTH_SRGB = (
    (196, 38, 42), (32, 74, 160), (238, 236, 230), (30, 30, 34), (42, 120, 74), (232, 178, 40),
    (226, 110, 40), (120, 190, 220), (104, 54, 130), (126, 128, 132), (60, 66, 84), (214, 120, 150),
    (70, 82, 50), (150, 112, 78),
)  # fmt: skip


def linear(srgb: tuple[int, int, int] | Array) -> Array:
    """Return linear light 0 to 1 of an 8-bit sRGB colour."""
    return np.asarray((np.asarray(srgb, dtype=np.float64) / 255) ** 2.2)


def between(rng: np.random.Generator, dark: tuple[int, int, int], bright: tuple[int, int, int]) -> Array:
    """Return a colour (linear RGB) at random between two 8-bit sRGB colours, a little off the line."""
    low, high = np.asarray(dark, float), np.asarray(bright, float)
    return linear(np.clip(low + (high - low) * rng.random() + rng.uniform(-12, 12, 3), 5, 250))


def cloud(rng: np.random.Generator, size: int = 256, roughness: float = 1.6) -> NDArray[np.float32]:
    """Return a tileable noise picture `(size, size)`, mean 0, deviation 1; higher `roughness` is smoother."""
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) / frequency**roughness
    noise = np.fft.irfft2(spectrum, s=(size, size))
    return np.asarray((noise - noise.mean()) / noise.std(), dtype=np.float32)


def sample_wrapped(picture: NDArray[np.float32], u: Array, v: Array) -> NDArray[np.float32]:
    """Read a tileable picture `(H, W[, C])` at `u`, `v` (one tile is 1), bilinear, any shape of `u`."""
    h, w = picture.shape[:2]
    flat_u, flat_v = np.atleast_2d(u), np.atleast_2d(v)
    if flat_u.shape[0] == 1 and flat_u.shape[1] > 16384:  # OpenCV's limit on the width of a picture is 32767
        flat_u, flat_v = (
            np.pad(a, ((0, 0), (0, -a.shape[1] % 256))).reshape(-1, 256) for a in (flat_u, flat_v)
        )
    x = np.mod(flat_u * w, w).astype(np.float32)
    y = np.mod(flat_v * h, h).astype(np.float32)
    out = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    out = out.reshape(-1, *picture.shape[2:])[: np.size(u)]
    return np.asarray(out.reshape(*np.shape(u), *picture.shape[2:]), dtype=np.float32)


@dataclass
class Cloth:
    """One piece of clothing: two colours (linear RGB), a pattern and its size in metres."""

    colour: Array
    second: Array
    pattern: str = "plain"
    size: float = 0.05
    folds: float = 0.5


@dataclass
class Look:
    """Everything that makes a person look as they do. `sleeves` and `legs` are shares of the limb that is
    covered."""

    skin: Array
    hair: Array
    shirt: Cloth
    trousers: Cloth
    shoes: Array
    sole: Array
    sleeves: float = 0.45
    legs: float = 1.0
    hair_style: str = "short"
    loose: float = 0.012
    hem: float = -0.05
    print_colour: Array | None = None
    beard: float = 0.0
    socks: Array = field(default_factory=lambda: linear((230, 230, 230)))
    grain: NDArray[np.float32] = field(default_factory=lambda: np.zeros((4, 4), np.float32))
    folds: NDArray[np.float32] = field(default_factory=lambda: np.zeros((4, 4, 2), np.float32))

    @staticmethod
    def random(rng: np.random.Generator) -> Look:
        """Return a random look."""

        def colour() -> Array:
            base = linear(CLOTH_SRGB[rng.integers(len(CLOTH_SRGB))])
            return np.clip(base * rng.uniform(0.6, 1.35) + rng.uniform(0, 0.03, 3), 0.008, 0.85)

        def cloth(plain: float, folds: float) -> Cloth:
            pattern = "plain" if rng.random() < plain else PATTERNS[rng.integers(1, len(PATTERNS))]
            return Cloth(colour(), colour(), pattern, float(rng.uniform(0.03, 0.09)), folds)

        skin = linear(SKIN_SRGB[rng.integers(len(SKIN_SRGB))]) * rng.uniform(0.9, 1.1)
        grain, folds = noise_pictures(rng)
        return Look(
            skin=skin, hair=linear(HAIR_SRGB[rng.integers(len(HAIR_SRGB))]) * rng.uniform(0.7, 1.2),
            shirt=cloth(0.4, rng.uniform(0.3, 0.9)), trousers=cloth(0.85, rng.uniform(0.3, 0.9)),
            shoes=colour(), sole=linear((225, 225, 220)) if rng.random() < 0.6 else linear((40, 40, 42)),
            sleeves=float(rng.choice([0.0, 0.4, 0.5, 0.8, 2.0], p=[0.2, 0.25, 0.25, 0.05, 0.25])),
            legs=float(rng.choice([0.35, 0.75, 0.95, 2.0], p=[0.2, 0.25, 0.1, 0.45])),
            hair_style=str(rng.choice(HAIR_STYLES, p=[0.45, 0.15, 0.18, 0.08, 0.14])),
            loose=float(rng.uniform(0.003, 0.016)),
            hem=float(rng.uniform(-0.11, 0.08)), print_colour=colour() if rng.random() < 0.35 else None,
            beard=float(rng.random() < 0.2) * rng.uniform(0.3, 0.9),
            socks=colour() if rng.random() < 0.3 else linear((230, 230, 230)), grain=grain, folds=folds,
        )  # fmt: skip


def noise_pictures(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return fine grain `(64, 64)` and the slopes of folds of cloth `(128, 128, 2)`, both tileable, about 1
    high."""
    grain = cloud(rng, 64, 0.4)
    height = cloud(rng, 128, 2.1)
    slopes = np.stack([np.roll(height, 1, 0) - height, np.roll(height, 1, 1) - height], axis=-1)
    return grain, np.asarray(slopes / slopes.std(), dtype=np.float32)


def bend_normals(look: Look, material: int, q: Array, axes: Array, normals: Array) -> Array:
    """Return normals `(N, 3)` with folds of cloth; `q` (N, 3) left, up, forward in metres in the frame
    `axes`."""
    strength = {SHIRT: look.shirt.folds, SLEEVE: look.shirt.folds, TROUSERS: look.trousers.folds}.get(
        material, 0.0
    )
    if strength == 0.0:
        return normals
    angle = np.arctan2(q[:, 0], q[:, 2])
    # Stretched across the limb: folds of sleeves and trouser legs run round it.
    slope = sample_wrapped(look.folds, angle / 9 + 0.3 * material, q[:, 1] * 1.9 + angle / 14)
    bent = normals + strength * 0.2 * (slope[:, :1] * axes[:, 1] + 0.5 * slope[:, 1:] * axes[:, 0])
    return np.asarray(bent / np.linalg.norm(bent, axis=1, keepdims=True))


def colour_of(look: Look, material: int, q: Array) -> Array:
    """Return linear RGB `(N, 3)` of surface points `q` (N, 3) in their pattern's frame (left, up, forward),
    metres."""
    if material in (SHIRT, SLEEVE):
        base = _cloth(look.shirt, q)
        if material == SHIRT and look.print_colour is not None:
            base = _print(look.print_colour, q, base)
    elif material == TROUSERS:
        base = _cloth(look.trousers, q)
    elif material == SHOE:
        base = np.where((q[:, 1] < -0.052)[:, None], look.sole, look.shoes)
        laces = (
            (q[:, 2] > 0.02) & (q[:, 2] < 0.10) & (np.abs(q[:, 0]) < 0.018) & (np.mod(q[:, 2], 0.02) < 0.008)
        )
        base = np.where(laces[:, None], look.sole, base)
    elif material == HAIR:
        strands = np.sin(np.arctan2(q[:, 0], q[:, 1] + 0.02) * 60 + 6 * np.sin(q[:, 2] * 90))
        base = look.hair * (1 + 0.25 * strands[:, None])
    elif material == FACE:
        base = _face(look, q)
    elif material == SOCK:
        base = np.broadcast_to(look.socks, q.shape)
    elif material == CAP:
        base = np.broadcast_to(look.shirt.second, q.shape)
    else:
        base = np.broadcast_to(look.skin, q.shape)
    rough = {SKIN: 0.03, FACE: 0.03, HAIR: 0.12}.get(material, 0.08)
    grain = sample_wrapped(look.grain, np.arctan2(q[:, 0], q[:, 2]) * 1.6, q[:, 1] * 9 + q[:, 2] * 3)
    return np.asarray(np.clip(base * (1 + rough * grain[:, None]), 0, 1))


def _cloth(cloth: Cloth, q: Array) -> Array:
    x, y, z = q.T
    size = cloth.size
    if cloth.pattern == "stripes":
        second = np.mod(y, 2 * size) < size
    elif cloth.pattern == "thin_stripes":
        second = np.mod(y, size) < 0.3 * size
    elif cloth.pattern == "upright":
        second = np.mod(np.where(np.abs(z) > np.abs(x), x, z), size) < 0.4 * size
    elif cloth.pattern == "check":
        mixed = 0.5 * (np.mod(y, 2 * size) < size) + 0.5 * (np.mod(x + z, 2 * size) < size)
        return np.asarray(cloth.colour + mixed[:, None] * (cloth.second - cloth.colour))
    elif cloth.pattern == "dots":
        second = np.hypot(np.mod(x + z, size) - size / 2, np.mod(y, size) - size / 2) < 0.3 * size
    elif cloth.pattern == "block":
        second = y > -0.17
    elif cloth.pattern == "heather":
        second = np.sin(x * 900 + y * 310) * np.sin(y * 1100 - z * 700) > 0.2
        return np.asarray(cloth.colour + 0.35 * second[:, None] * (cloth.second - cloth.colour))
    else:
        return np.broadcast_to(cloth.colour, q.shape)
    return np.where(second[:, None], cloth.second, cloth.colour)


def _print(tint: Array, q: Array, base: Array) -> Array:
    """A ring with a bar on the breast, a number's height on the back."""
    x, y, z = q.T
    ring = np.abs(np.hypot(x, y + 0.17) - 0.06) < 0.014
    bar = (np.abs(x) < 0.085) & (np.abs(y + 0.17) < 0.016)
    number = ((np.abs(x - 0.045) < 0.013) | (np.abs(np.abs(x + 0.035) - 0.022) < 0.011)) & (
        np.abs(y + 0.19) < 0.085
    )
    return np.where((np.where(z > 0, ring | bar, number))[:, None], tint, base)


def _face(look: Look, q: Array) -> Array:
    """Paint eyes, brows, lips, cheeks and a beard on the head; `q` from the chin, in metres."""
    x, y, z = q.T
    front = z > 0.02
    side = np.abs(x)
    colour = np.array(np.broadcast_to(look.skin, q.shape))

    def paint(where: NDArray[np.bool_], tint: Array, share: float = 1.0) -> None:
        colour[where & front] = (1 - share) * colour[where & front] + share * tint

    paint(
        ((side - 0.042) / 0.022) ** 2 + ((y - 0.062) / 0.018) ** 2 < 1,
        look.skin * np.array([1.1, 0.8, 0.75]),
        0.5,
    )
    paint(((side - 0.031) / 0.022) ** 2 + ((y - 0.108) / 0.015) ** 2 < 1, look.skin * 0.55, 0.6)
    if look.beard > 0:
        stubble = (y < 0.052) & (z < 0.2)
        colour[stubble] = (1 - look.beard) * colour[stubble] + look.beard * look.hair
    paint(((side - 0.031) / 0.015) ** 2 + ((y - 0.108) / 0.0062) ** 2 < 1, linear((196, 186, 178)))
    paint((side - 0.031) ** 2 + (y - 0.108) ** 2 < 0.0068**2, linear((52, 36, 26)))
    paint(
        (np.abs(side - 0.031) < 0.019) & (np.abs(y - 0.127 + 4 * (side - 0.031) ** 2 * 3) < 0.0042),
        look.hair * 0.9,
    )
    paint((x / 0.026) ** 2 + ((y - 0.04) / 0.008) ** 2 < 1, look.skin * np.array([0.85, 0.5, 0.5]))
    paint((side < 0.024) & (np.abs(y - 0.04) < 0.0015), look.skin * 0.3)
    paint((np.abs(side - 0.009) < 0.005) & (np.abs(y - 0.068) < 0.003), look.skin * 0.4)
    return colour
