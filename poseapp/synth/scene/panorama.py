"""What is too far away to be built: skies, clouds, hills, tree lines and towns, all around."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.synth.draw.mesh import Floats
from poseapp.synth.scene.lights import colour_of
from poseapp.synth.scene.textures import noise_tile

WIDTH, HEIGHT = 1024, 256  # pixels of a panorama: once around; from LOWEST to HIGHEST above the horizon
LOWEST, HIGHEST = -0.35, 1.05  # radians
_HORIZON = round(HEIGHT * HIGHEST / (HIGHEST - LOWEST))  # row


@dataclass(frozen=True)
class Panorama:
    """A picture of all directions around.

    Attributes:
        image: ``(HEIGHT, WIDTH, 3)`` uint8 RGB; column 0 and the last are neighbours.
        haze: RGB in 0..1 of the air at the horizon.
    """

    image: NDArray[np.uint8]
    haze: tuple[float, float, float]

    def seen_by(self, camera: Camera) -> NDArray[np.uint8]:
        """What a camera sees of it, ``(H, W, 3)`` uint8 RGB."""
        # Directions are worked out for every fourth pixel; between them they are nearly straight.
        x = np.linspace(0, camera.width - 1, max(camera.width // 4, 2))
        y = np.linspace(0, camera.height - 1, max(camera.height // 4, 2))
        rays = camera.rays(np.stack(np.meshgrid(x, y), -1))
        around = np.arctan2(rays[..., 0], rays[..., 2])
        around = np.unwrap(np.unwrap(around, axis=1), axis=0)
        up = np.arctan2(rays[..., 1], np.hypot(rays[..., 0], rays[..., 2]))
        column: Any = (around / (2 * np.pi) * WIDTH).astype(np.float32)
        row: Any = np.clip((HIGHEST - up) / (HIGHEST - LOWEST) * HEIGHT, 0, HEIGHT - 1).astype(np.float32)
        size = (camera.width, camera.height)
        column, row = cv2.resize(column, size), cv2.resize(row, size)
        seen = cv2.remap(self.image, column % WIDTH, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(seen, np.uint8)


def _profile(rng: np.random.Generator, roughness: float) -> Floats:
    """A random line ``(WIDTH,)`` around 0 with deviation 1 whose ends meet."""
    frequency = np.arange(WIDTH // 2 + 1, dtype=np.float64)
    frequency[0] = np.inf
    spectrum = rng.normal(size=(2, WIDTH // 2 + 1)) * frequency**-roughness
    line = np.fft.irfft(spectrum[0] + 1j * spectrum[1], WIDTH)
    return line / line.std()


def _blocks(rng: np.random.Generator) -> Floats:
    """Heights ``(WIDTH,)`` of a town's roofs in 0..1."""
    widths = rng.integers(8, 45, WIDTH // 8)
    heights = rng.uniform(0.25, 1, len(widths)) ** 1.5
    return np.repeat(heights, widths)[:WIDTH]


def _sky(rng: np.random.Generator, kind: str) -> tuple[NDArray[np.uint8], Floats]:
    """Sky ``(HEIGHT, WIDTH, 3)`` RGB and the colour at the horizon in 0..1."""
    u = rng.random(8)
    if kind == "low sun":
        top = np.array(colour_of(0.58 + 0.15 * u[0], 0.2 + 0.4 * u[1], 0.35 + 0.35 * u[2]))
        low = np.array(colour_of(0.02 + 0.1 * u[3], 0.3 + 0.4 * u[4], 0.8 + 0.2 * u[5]))
    elif kind in ("overcast", "flash"):
        top = np.array(colour_of(0.6, 0.12 * u[0], 0.42 + 0.3 * u[1]))
        low = np.array(colour_of(0.58, 0.06 * u[2], 0.66 + 0.2 * u[3]))
    elif kind == "stage":
        top = np.array(colour_of(u[0], 0.5 * u[1], 0.15 * u[2]))
        low = np.array(colour_of(u[3], 0.6 * u[4], 0.1 + 0.25 * u[5]))
    else:
        top = np.array(colour_of(0.57 + 0.06 * u[0], 0.4 + 0.35 * u[1], 0.5 + 0.35 * u[2]))
        low = np.array(colour_of(0.56 + 0.04 * u[3], 0.08 + 0.2 * u[4], 0.85 + 0.13 * u[5]))
    up = np.clip(np.linspace(HIGHEST, LOWEST, HEIGHT // 2) / 0.9, 0, 1) ** 0.6
    column = (low + up[:, None] * (top - low)).astype(np.float32)
    image = np.repeat(column[:, None], WIDTH // 2, 1)
    cover, number = u[6], int(u[7] * 12)
    if cover > 0.25 and kind != "stage":
        # Clouds on a flat layer overhead: smaller and flatter towards the horizon.
        above = np.count_nonzero(up > 0)
        rows = np.clip(255 * (1 - up[:above] ** 1.5), 0, 255).astype(np.intp)
        cloud = np.tile(noise_tile(number, 1.3)[rows], (1, 2))
        cloud = np.clip((cloud - np.float32(0.75 - 0.4 * cover)) * 4, 0, 1)
        cloud *= (0.8 * np.clip(up[:above] * 5, 0, 1)).astype(np.float32)[:, None]
        white = (0.6 * low + 0.4).astype(np.float32)
        image[:above] += cloud[..., None] * (white - column[:above, None])
    large = cv2.resize((np.clip(image, 0, 1) * 255).astype(np.uint8), (WIDTH, HEIGHT))
    return np.asarray(large, np.uint8), low


def sample_panorama(rng: np.random.Generator, kind: str, ground: tuple[float, float, float]) -> Panorama:
    """A sky with something at the horizon.

    Args:
        rng: Source of chance.
        kind: Kind of light, see `lights.KINDS`.
        ground: RGB in 0..1 of the land below the horizon.
    """
    image, low = _sky(rng, kind)
    image[_HORIZON:] = (np.clip(0.5 * np.array(ground) + 0.5 * low, 0, 1) * 255).astype(np.uint8)
    scale = HEIGHT / (HIGHEST - LOWEST)
    for layer in range(int(rng.integers(0, 4))):
        shape, hue, u, v = (
            str(rng.choice(["hills", "trees", "town"])),
            rng.random(),
            rng.random(),
            rng.random(),
        )
        nearness = 0.3 + 0.2 * layer + 0.2 * u
        if shape == "hills":
            height = 0.05 + 0.04 * _profile(rng, 1.6)
            colour = colour_of(0.25 + 0.35 * hue, 0.3, 0.35 + 0.2 * v)
        elif shape == "trees":
            height = 0.045 + 0.012 * _profile(rng, 0.6)
            colour = colour_of(0.22 + 0.12 * hue, 0.5, 0.2 + 0.2 * v)
        else:
            height = 0.03 + 0.13 * v * _blocks(rng)
            colour = colour_of(hue, 0.15, 0.3 + 0.4 * v)
        top = _HORIZON - np.clip(height, 0.004, 0.3) * (1 - 0.2 * layer) * scale
        first = int(top.min())
        rows = np.arange(first, _HORIZON, dtype=np.float32)[:, None]
        cover = np.clip(rows - top.astype(np.float32), 0, 1)[..., None]
        grain = np.tile(noise_tile(layer, 1.0)[: len(rows)], (1, 4)) * 0.4 + 0.8
        if shape == "town":  # rows of windows
            grain[::4] *= 0.88
        tone = (255 * (nearness * np.array(colour) + (1 - nearness) * low)).astype(np.float32)
        part = image[first:_HORIZON]
        part[:] = np.clip(part + cover * (tone * grain[..., None] - part), 0, 255)
    haze = 0.6 * low + 0.4 * np.array(ground)
    return Panorama(image, (float(haze[0]), float(haze[1]), float(haze[2])))


def abstract_picture(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A picture of nothing: gradients, noise, shapes; ``(height, width, 3)`` uint8 RGB."""
    u = rng.random(4)
    first, second = (np.array(colour_of(*c)) for c in rng.random((2, 3)))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = u[0] * 2 * np.pi
    slope = (np.cos(angle) * x / width + np.sin(angle) * y / height + 1) / 2
    if u[1] < 0.6:
        tile = noise_tile(int(u[2] * 12), 0.3 + 1.7 * u[3])
        part = tile[: int(40 + 215 * u[2]), : int(40 + 215 * u[0])]
        slope = 0.4 * slope + 1.2 * (cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) - 0.25)
    picture = ((first + np.clip(slope, 0, 1)[..., None] * (second - first)) * 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 14)) if u[1] > 0.4 else 0):
        centre = (rng.random(2) * [width, height]).astype(int)
        size = (rng.uniform(0.03, 0.35, 2) * min(width, height)).astype(int) + 1
        colour = [255 * c for c in colour_of(*rng.random(3))]
        turn = float(rng.uniform(0, 180))
        corners = cv2.boxPoints(((float(centre[0]), float(centre[1])), (2.0 * size[0], 2.0 * size[1]), turn))
        if rng.random() < 0.5:
            cv2.fillConvexPoly(picture, corners.astype(np.int32), colour, cv2.LINE_AA)
        else:
            cv2.ellipse(picture, centre.tolist(), size.tolist(), turn, 0, 360, colour, -1, cv2.LINE_AA)
    return picture
