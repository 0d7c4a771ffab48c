"""What a real camera does to a picture. Nothing here moves the content: every filter is symmetric."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.settings import SynthSettings

Image = NDArray[np.uint8]
Floats = NDArray[Any]  # float32; OpenCV's results are not told apart
_MIDDLE = 122  # mean brightness that a camera aims at


@dataclass(frozen=True)
class Film:
    """How one camera takes pictures; decided once a scene.

    Attributes:
        dark: Brightness left in low light, 1 in common light.
        exposure: Factor on the brightness after the camera has measured it.
        auto: 0 leaves the brightness as drawn .. 1 brings each picture to the same mean.
        white: ``(3,)`` factors on red, green and blue.
        contrast: Factor around the mean.
        saturation: 0 grey, 1 as it is.
        vignette: Share of brightness lost in the corners.
        resolution: Share of the picture's resolution that the lens leaves, 1 all.
        defocus_px: Radius of blur; with ``far_only`` that of the distance behind the people.
        far_only: Whether people stay sharp when the picture is out of focus.
        motion_px: Length of motion blur, 0 none.
        motion_rad: Its direction.
        fringe: Share by which red is drawn larger and blue smaller.
        noise: Factor on the noise.
        sharpen: Strength of sharpening.
        quality: JPEG quality in 0..1 before the strength of compression counts.
    """

    dark: float = 1.0
    exposure: float = 1.0
    auto: float = 0.0
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    contrast: float = 1.0
    saturation: float = 1.0
    vignette: float = 0.0
    resolution: float = 1.0
    defocus_px: float = 0.0
    far_only: bool = False
    motion_px: float = 0.0
    motion_rad: float = 0.0
    fringe: float = 0.0
    noise: float = 1.0
    sharpen: float = 0.0
    quality: float = 1.0


def sample_film(rng: np.random.Generator, settings: SynthSettings) -> Film:
    """How a picture is taken; the number of draws does not depend on the settings."""
    u = rng.random(24)
    side = min(settings.width, settings.height) / 256
    dark = 0.28 + 0.35 * u[1] if u[0] < settings.low_light else 1.0
    white = np.exp((u[2:5] - 0.5) * (0.2 if u[5] < 0.75 else 0.4))
    white /= white.mean()
    return Film(
        dark=dark,
        exposure=float(np.exp((u[6] - 0.5) * 0.7)),
        auto=0.4 + 0.4 * u[7],
        white=(float(white[0]), float(white[1]), float(white[2])),
        contrast=0.8 + 0.5 * u[8],
        saturation=0.0 if u[9] < 0.04 else 0.6 + 0.7 * u[10],
        vignette=0.35 * u[11] if u[12] < 0.35 else 0.0,
        resolution=0.35 + 0.65 * u[13] if u[14] < 0.3 else 1.0,
        defocus_px=(0.7 + 2.8 * u[16] ** 1.5) * side if u[15] < settings.defocus else 0.0,
        far_only=bool(u[17] < 0.65),
        motion_px=(2 + 9 * u[19] ** 2) * side if u[18] < settings.motion_blur else 0.0,
        motion_rad=float(u[20] * np.pi),
        fringe=0.0012 * u[21] if u[21] > 0.6 else 0.0,
        noise=float(0.3 + 1.4 * u[22] ** 2) * (2.2 if dark < 1 else 1.0),
        sharpen=0.9 * u[16] if u[17] > 0.7 else 0.0,
        quality=float(u[23]),
    )


def develop(
    image: Image, far: NDArray[np.bool_] | None, film: Film, settings: SynthSettings, rng: np.random.Generator
) -> Image:
    """The picture as the camera stores it.

    Args:
        image: ``(H, W, 3)`` uint8 RGB, perfect.
        far: ``(H, W)``: what lies behind the people, for `Film.far_only`; None blurs everything alike.
        film: What the camera does.
        settings: Strength of noise and compression.
        rng: Source of the noise.

    Returns:
        ``(H, W, 3)`` uint8 RGB.
    """
    picture = image.astype(np.float32)
    picture = _optics(picture, far, film)
    picture = _grade(picture, film)
    picture = _sensor(picture, film, settings.noise, rng)
    if film.sharpen > 0:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        picture += film.sharpen * (picture - soft)
    stored = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    return _compress(stored, film.quality, settings.compression)


def _optics(picture: Floats, far: NDArray[np.bool_] | None, film: Film) -> Floats:
    height, width = picture.shape[:2]
    if film.resolution < 1:
        size = (max(round(width * film.resolution), 8), max(round(height * film.resolution), 8))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    if film.defocus_px > 0:
        picture = _defocus(picture, far if film.far_only else None, film.defocus_px)
    if film.motion_px > 1:
        picture = cv2.filter2D(picture, -1, motion_kernel(film.motion_px, film.motion_rad))
    if film.fringe > 0:
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        picture = picture.copy()
        for channel, scale in ((0, 1 + film.fringe), (2, 1 - film.fringe)):
            turn = np.column_stack([np.eye(2) * scale, middle * (1 - scale)])
            picture[..., channel] = cv2.warpAffine(
                np.ascontiguousarray(picture[..., channel]),
                turn,
                (width, height),
                borderMode=cv2.BORDER_REPLICATE,
            )
    return picture


def _disc(radius: float) -> Floats:
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return kernel / kernel.sum()


def _defocus(picture: Floats, far: NDArray[np.bool_] | None, radius: float) -> Floats:
    kernel = _disc(radius)
    if far is None:
        return cv2.filter2D(picture, -1, kernel)
    # Only the distance is mixed with itself, so that people leave no halo around them.
    share = far.astype(np.float32)
    blurred: Floats = cv2.filter2D(picture * share[..., None], -1, kernel)
    weight = cv2.filter2D(share, -1, kernel)
    blurred /= np.maximum(weight, 1e-3)[..., None]
    soft = cv2.blur(share, (3, 3))[..., None] * (weight > 1e-3)[..., None]
    return picture + soft * (blurred - picture)


def motion_kernel(length_px: float, angle_rad: float) -> Floats:
    """A line through the middle of an odd square, symmetric about it and summing to 1."""
    reach = int(np.ceil(length_px / 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along = x * np.cos(angle_rad) + y * np.sin(angle_rad)
    across = -x * np.sin(angle_rad) + y * np.cos(angle_rad)
    inside = np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return (inside / inside.sum()).astype(np.float32)


def _grade(picture: Floats, film: Film) -> Floats:
    mean = max(float(picture.mean()), 4.0)
    gain = film.exposure * (_MIDDLE / mean) ** film.auto * film.dark
    picture = picture * (np.array(film.white, np.float32) * np.float32(gain))
    if film.saturation != 1:
        grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        picture = grey[..., None] + np.float32(film.saturation) * (picture - grey[..., None])
    if film.contrast != 1:
        # A curve through black, so that dark clothes keep their folds.
        pivot = np.float32(_MIDDLE * film.dark)
        below = pivot * (np.clip(picture / pivot, 0, 1) ** np.float32(film.contrast))
        picture = np.where(picture < pivot, below, pivot + np.float32(film.contrast) * (picture - pivot))
    if film.vignette > 0:
        height, width = picture.shape[:2]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, width, dtype=np.float32)[None]
        picture *= (1 - film.vignette * (x * x + y * y) / 2)[..., None]
    # Bright parts roll off as film and sensors' curves do, instead of being cut.
    return np.where(picture > 200, 200 + 55 * (1 - np.exp(-(picture - 200) / 55)), np.maximum(picture, 0))


def _sensor(picture: Floats, film: Film, strength: float, rng: np.random.Generator) -> Floats:
    if strength <= 0:
        return picture
    noise = rng.standard_normal(picture.shape, np.float32)
    if film.resolution < 1 or film.dark < 1:
        noise = cv2.GaussianBlur(noise, (0, 0), 0.7) * np.float32(2)
    deviation = np.sqrt(0.6 + picture * np.float32(0.05)) * np.float32(film.noise * strength * 1.2)
    return picture + noise * deviation


def _compress(image: Image, quality: float, strength: float) -> Image:
    if strength <= 0:
        return image
    level = int(np.clip(100 - strength * (8 + 70 * (1 - quality) ** 2), 8, 98))
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, level])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8, copy=False)
