"""Flat pictures for floors, walls and horizons: linear RGB float32, drawn from a seed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drawn_person.looks import between, cloud, linear

Picture = NDArray[np.float32]
Colour = tuple[float, float, float]


def colour(rng: np.random.Generator, low: int = 30, high: int = 235) -> Colour:
    """Return a random colour, linear RGB, made from 8-bit values about `low` to `high`."""
    # Mostly dull, now and then strong, as things in rooms and streets are.
    tone = rng.uniform(low, high) + rng.uniform(-1, 1, 3) * 120 * rng.beta(1.2, 3.2)
    r, g, b = linear(np.clip(tone, low * 0.5, 245))
    return float(r), float(g), float(b)


def _plain(tone: Colour, width: int, height: int) -> Picture:
    return np.full((height, width, 3), tone, np.float32)


def _mottle(picture: Picture, noise: Picture, strength: float) -> Picture:
    """Multiply a picture by stretched noise."""
    h, w = picture.shape[:2]
    return np.asarray(
        picture * (1 + strength * cv2.resize(noise, (w, h)))[..., None].clip(0.2, 2), np.float32
    )


def planks(rng: np.random.Generator, tone: Colour, count: int = 8, size: int = 384) -> Picture:
    """Wooden boards that run towards the viewer, tileable."""
    picture = np.empty((size, size, 3), np.float32)
    wide = size // count
    noise = cloud(rng, 256, 1.3)
    for k in range(count):
        grain = cv2.resize(np.roll(noise, int(rng.integers(256)), 0), (size, wide * 4))[:wide, :]
        streaks = np.sin(np.linspace(0, 9, wide)[:, None] * 3 + grain * 2.2)
        shade = rng.uniform(0.78, 1.15) * (1 + 0.09 * grain + 0.05 * streaks)
        rows = slice(k * wide, (k + 1) * wide)
        picture[rows] = np.array(tone, np.float32) * shade[..., None]
        picture[k * wide : k * wide + 2] *= 0.45
        joint = int(rng.integers(size))
        picture[rows, joint : joint + 2] *= 0.5
    picture[count * wide :] = picture[count * wide - 1]
    return np.ascontiguousarray(picture.transpose(1, 0, 2))


def flooring(rng: np.random.Generator) -> Picture:
    """A random floor of a room, tileable."""
    kind = rng.integers(3)
    if kind == 0:
        tone = between(rng, (95, 60, 35), (205, 165, 125))
        return planks(rng, (float(tone[0]), float(tone[1]), float(tone[2])))
    picture = _plain(colour(rng, 60, 210), 256, 256)
    if kind == 1:
        other = np.array(colour(rng, 60, 225), np.float32)
        picture[:128, :128] = picture[128:, 128:] = other if rng.random() < 0.4 else picture[0, 0] * 1.05
        picture[::128] *= 0.6
        picture[:, ::128] *= 0.6
        return _mottle(picture, cloud(rng, 256, 1.2), 0.05)
    return _mottle(picture, cloud(rng, 256, 0.5), 0.16)


def ground(rng: np.random.Generator) -> Picture:
    """Grass, sand, asphalt or a running track, tileable."""
    tones = ((60, 105, 40), (190, 170, 130), (95, 96, 98), (170, 80, 60), (110, 135, 60), (205, 205, 200))
    base = linear(np.array(tones[rng.integers(len(tones))]) * rng.uniform(0.8, 1.15))
    picture = np.broadcast_to(base.astype(np.float32), (256, 256, 3)).copy()
    picture = _mottle(picture, cloud(rng, 256, 0.6), 0.22)
    if rng.random() < 0.35:
        picture[:6] = linear((225, 225, 220))
    return _mottle(picture, cloud(rng, 256, 1.6), 0.12)


def wall(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A wall of a room with paper, bricks or paint, and pictures, shelves, a door or a window."""
    picture = _mottle(_plain(colour(rng, 90, 240), width, height), cloud(rng, 128, 1.5), 0.05)
    kind = rng.integers(4)
    if kind == 0:
        _bricks(rng, picture)
    elif kind == 1:
        step = int(rng.integers(14, 60))
        for x in range(0, width, 2 * step):
            picture[:, x : x + step] *= float(rng.uniform(0.86, 0.94))
    for _ in range(int(rng.integers(2, 6))):
        x, y = int(rng.integers(0, width - 60)), int(rng.integers(height // 8, height // 2))
        thing = rng.integers(4)
        if thing == 0:
            hang_picture(rng, picture, (x, y), (int(rng.integers(50, 130)), int(rng.integers(50, 110))))
        elif thing == 1:
            bookshelf(rng, picture, (x, y), (int(rng.integers(90, 220)), int(rng.integers(60, 180))))
        elif thing == 2:
            window(rng, picture, (x, y), (int(rng.integers(90, 180)), int(rng.integers(80, 130))))
        else:
            door = colour(rng, 60, 220)
            cv2.rectangle(picture, (x, height // 4), (x + 95, height), door, -1)
            cv2.rectangle(picture, (x, height // 4), (x + 95, height), tuple(0.5 * c for c in door), 3)
            cv2.circle(picture, (x + 84, height * 5 // 8), 4, (0.6, 0.5, 0.2), -1)
    picture[-11:] = np.array(colour(rng, 120, 240), np.float32)
    picture[-12:-10] *= 0.5
    return picture


def _bricks(rng: np.random.Generator, picture: Picture) -> None:
    tone = between(rng, (120, 60, 45), (215, 190, 180))
    mortar = picture[0, 0].copy()
    for row, y in enumerate(range(0, picture.shape[0], 9)):
        for x in range(-(row % 2) * 13, picture.shape[1], 26):
            picture[y : y + 8, max(x, 0) : max(x + 24, 0)] = tone * rng.uniform(0.8, 1.15)
    picture[...] = np.asarray(_mottle(picture, cloud(rng, 128, 0.8), 0.08)) * 0.93 + mortar * 0.04


def hang_picture(
    rng: np.random.Generator, picture: Picture, at: tuple[int, int], size: tuple[int, int]
) -> None:
    """Hang a framed painting of random shapes; `at` and `size` in pixels of the wall."""
    (x, y), (w, h) = at, size
    cv2.rectangle(
        picture, (x + 4, y + 5), (x + w + 4, y + h + 5), tuple(float(c) * 0.55 for c in picture[y, x]), -1
    )
    cv2.rectangle(picture, (x, y), (x + w, y + h), colour(rng, 20, 130), -1)
    cv2.rectangle(picture, (x + 5, y + 5), (x + w - 5, y + h - 5), (0.82, 0.8, 0.76), -1)
    inner = picture[y + 12 : y + h - 12, x + 12 : x + w - 12]
    if inner.size == 0:
        return
    art = np.ascontiguousarray(
        _mottle(_plain(colour(rng), inner.shape[1], inner.shape[0]), cloud(rng, 64, 1.4), 0.3)
    )
    for _ in range(6):
        centre = (int(rng.integers(0, w)), int(rng.integers(0, h)))
        axes = (int(rng.integers(5, 35)), int(rng.integers(5, 25)))
        cv2.ellipse(art, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour(rng), -1, cv2.LINE_AA)
    inner[...] = art


def bookshelf(rng: np.random.Generator, picture: Picture, at: tuple[int, int], size: tuple[int, int]) -> None:
    """Draw a shelf full of books; `at` and `size` in pixels of the wall."""
    (x, y), (w, h) = at, size
    wood = between(rng, (70, 45, 25), (215, 190, 160))
    timber = (float(wood[0]), float(wood[1]), float(wood[2]))
    cv2.rectangle(picture, (x, y), (x + w, y + h), tuple(0.35 * c for c in timber), -1)
    for top in range(y, y + h - 10, 46):
        cursor = x + 4
        floor = min(top + 42, y + h)
        while cursor < x + w - 12:
            thick, tall = int(rng.integers(4, 11)), int(rng.integers(24, 37))
            if rng.random() < 0.88:
                tint = colour(rng, 25, 230)
                cv2.rectangle(picture, (cursor, floor - tall), (cursor + thick, floor), tint, -1)
                cv2.line(picture, (cursor, floor - tall), (cursor, floor), tuple(0.5 * c for c in tint), 1)
            cursor += thick + 1
        cv2.rectangle(picture, (x, floor), (x + w, floor + 4), timber, -1)
    cv2.rectangle(picture, (x, y), (x + w, y + h), timber, 4)


def window(rng: np.random.Generator, picture: Picture, at: tuple[int, int], size: tuple[int, int]) -> None:
    """Draw a bright window with a view and curtains; `at` and `size` in pixels of the wall."""
    (x, y), (w, h) = at, size
    pane = picture[y : y + h, x : x + w]
    if pane.size == 0:
        return
    view = landscape(rng, pane.shape[1], pane.shape[0])
    pane[...] = np.clip(view * 1.4 + 0.1, 0, 1)
    white = (0.8, 0.8, 0.78)
    cv2.rectangle(picture, (x, y), (x + w, y + h), white, 5)
    cv2.line(picture, (x + w // 2, y), (x + w // 2, y + h), white, 4)
    cv2.line(picture, (x, y + h // 3), (x + w, y + h // 3), white, 3)
    cloth = np.array(colour(rng, 80, 235), np.float32)
    for left in (x - 18, x + w - 14):
        columns = np.arange(max(left, 0), min(left + 32, picture.shape[1]))
        fold = (0.8 + 0.25 * np.sin(columns * 0.8))[None, :, None]
        picture[max(y - 10, 0) : y + h + 40, columns] = cloth * fold.astype(np.float32)


def landscape(rng: np.random.Generator, width: int, height: int) -> Picture:
    """Sky with clouds, hills, trees and houses."""
    top, low = between(rng, (70, 120, 190), (170, 200, 240)), between(rng, (190, 200, 210), (240, 240, 240))
    share = np.linspace(0, 1, height)[:, None, None]
    picture = np.broadcast_to((top + share * (low - top)).astype(np.float32), (height, width, 3)).copy()
    clouds = np.clip(cv2.resize(cloud(rng, 128, 1.7), (width, height)), 0, 2)[..., None] * 0.3
    picture = np.asarray(picture * (1 - clouds) + clouds * 0.92, np.float32)
    for k in range(2):
        ridge = cloud(rng, 64, 1.8)[0]
        line = height * (0.62 + 0.12 * k) - height * 0.07 * cv2.resize(ridge[None], (width, 1))[0]
        tone = between(rng, (50, 75, 45), (120, 140, 120))
        picture[np.arange(height)[:, None] > line] = tone
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(2, 7))):
            _house(rng, picture)
    noise = cloud(rng, 128, 0.8)
    for _ in range(int(rng.integers(4, 16))):
        x, r = int(rng.integers(width)), int(rng.integers(max(height // 14, 3), max(height // 5, 5)))
        foot = int(height * rng.uniform(0.85, 1.0))
        trunk_top, tone = foot - 2 * r, between(rng, (25, 55, 20), (105, 130, 60))
        cv2.line(picture, (x, foot), (x, trunk_top), (0.08, 0.05, 0.03), max(r // 6, 1))
        for _ in range(12):
            dx, dy = rng.normal(0, r * 0.5, 2)
            tint = tone * rng.uniform(0.6, 1.4)
            cv2.circle(
                picture,
                (int(x + dx), int(trunk_top + dy)),
                max(int(r * 0.4), 1),
                [float(c) for c in tint],
                -1,
            )
    picture = _mottle(picture, noise, 0.07)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(height / 250, 0.4)), np.float32)


def _house(rng: np.random.Generator, picture: Picture) -> None:
    height, width = picture.shape[:2]
    x, w, h = (
        int(rng.integers(width)),
        int(rng.integers(width // 14 + 2, width // 5 + 4)),
        int(height * rng.uniform(0.2, 0.7)),
    )
    tone = colour(rng, 90, 225)
    cv2.rectangle(picture, (x, height - h), (x + w, height), tone, -1)
    step = max(w // 5, 6)
    for wx in range(x + step // 3, x + w - step // 2, step):
        for wy in range(height - h + step // 2, height, step):
            cv2.rectangle(picture, (wx, wy), (wx + step // 2, wy + step // 2), (0.05, 0.07, 0.1), -1)
