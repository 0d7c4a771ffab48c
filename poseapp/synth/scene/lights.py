"""Light of a scene: sun, clouds, rooms, stages."""

import cv2
import numpy as np

from poseapp.synth.draw.mesh import Light

# Weight outdoors and indoors of each kind.
KINDS = {
    "sun": (0.35, 0.0), "overcast": (0.25, 0.0), "low sun": (0.15, 0.05), "back light": (0.15, 0.15),
    "indoor": (0.0, 0.45), "window": (0.0, 0.2), "stage": (0.05, 0.1), "flash": (0.05, 0.05),
}  # fmt: skip


# Least and most: elevation in degrees, warmth, strength, sky, ground, shadow.
_RANGES = {
    "sun": ((30, 0.0, 0.85, 0.42, 0.2, 0.7), (75, 0.2, 1.1, 0.57, 0.25, 1.0)),
    "overcast": ((50, -0.2, 0.3, 0.7, 0.3, 0.2), (85, 0.0, 0.5, 0.9, 0.4, 0.5)),
    "low sun": ((8, 0.5, 0.9, 0.35, 0.18, 0.6), (25, 1.3, 1.2, 0.5, 0.24, 1.0)),
    "back light": ((12, 0.0, 0.9, 0.35, 0.2, 0.6), (47, 0.6, 1.3, 0.55, 0.3, 1.0)),
    "indoor": ((50, -0.2, 0.45, 0.5, 0.3, 0.3), (85, 0.8, 0.7, 0.7, 0.4, 0.7)),
    "window": ((15, -0.5, 0.7, 0.3, 0.24, 0.4), (40, 0.1, 1.0, 0.5, 0.32, 0.9)),
    "stage": ((30, 0.0, 0.9, 0.15, 0.1, 0.7), (70, 0.0, 1.2, 0.35, 0.14, 1.0)),
    "flash": ((8, -0.1, 0.8, 0.35, 0.2, 0.8), (23, -0.1, 1.0, 0.45, 0.3, 1.0)),
}


def colour_of(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    """RGB in 0..1 of a hue (0..1, wraps around), a saturation and a value."""
    pixel = np.array([[[hue % 1 * 360, saturation, value]]], np.float32)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def warmth(amount: float) -> np.ndarray:
    """RGB factors of a light's temperature: -1 blue sky .. 0 white .. 1 lamp light."""
    return np.array([1 + 0.16 * amount, 1 + 0.01 * amount, 1 - 0.22 * amount])


def _towards(azimuth_rad: float, elevation_deg: float) -> np.ndarray:
    elevation = np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.array([np.sin(azimuth_rad) * level, np.sin(elevation), np.cos(azimuth_rad) * level])


def sample_light(
    rng: np.random.Generator, outdoors: bool, camera_azimuth: float, shadows: bool
) -> tuple[str, Light]:
    """A kind of light and the light.

    Args:
        rng: Source of chance.
        outdoors: Whether there is a sky.
        camera_azimuth: From where the camera looks, radians; back light comes from behind the people.
        shadows: False gives a light that casts none.
    """
    weights = np.array([pair[0 if outdoors else 1] for pair in KINDS.values()])
    kind = str(rng.choice(list(KINDS), p=weights / weights.sum()))
    u = rng.random(10)
    around = camera_azimuth + (u[0] - 0.5) * 2 * np.pi
    low, high = (np.array(row) for row in _RANGES[kind])
    elevation, warm, strength, sky, ground, shadow = (low + u[1:7] * (high - low)).tolist()
    if kind == "back light":
        around = camera_azimuth + np.pi + (u[0] - 0.5) * 1.6
    elif kind == "flash":
        around = camera_azimuth + (u[0] - 0.5) * 0.5
    tint = warmth(warm)
    sky_tint = warmth(-0.4 if outdoors else 0.6 * warm)
    if kind == "stage":
        tint = np.array(colour_of(u[7], 0.4 * u[9], 1.0))
        sky_tint = np.array(colour_of(u[8], 0.5 * u[9], 1.0))
    red, green, blue = (tint * strength).tolist()
    above, below = sky_tint * sky, warmth(0.2) * ground
    return kind, Light(
        _towards(around, elevation),
        (red, green, blue),
        (float(above[0]), float(above[1]), float(above[2])),
        (float(below[0]), float(below[1]), float(below[2])),
        float(shadow) if shadows else 0.0,
    )
