"""A folder of photographs to put behind people."""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.formats.picture_size import stated_size

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}
LARGEST_BYTES = 64 << 20  # of a file; larger ones are left out
LARGEST_PIXELS = 100_000_000  # of a photograph; larger ones are left out
SMALLEST_SIDE = 16
LARGEST_SIDE = 1024  # pixels; larger photographs are read at a half, a quarter or an eighth
TRIES = 8


@lru_cache(maxsize=8)
def photographs(folder: str) -> tuple[Path, ...]:
    """The photographs of a folder and those below it, in order of their paths; looked for once a process.

    Raises:
        SynthError: No such folder, or none in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise SynthError(f"there is no such folder of backgrounds: {root}")
    found = [p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()]
    small = sorted(p for p in found if 0 < p.stat().st_size <= LARGEST_BYTES)
    if not small:
        raise SynthError(
            f"there are no photographs (JPEG, PNG, WebP, TIFF, BMP) in the folder of backgrounds: {root}"
        )
    return tuple(small)


def _is_usable(data: bytes) -> bool:
    """Whether a picture states a size that can be read: a small file may claim one that fills the memory."""
    size = stated_size(io.BytesIO(data))
    return size is not None and min(size) >= SMALLEST_SIDE and size[0] * size[1] <= LARGEST_PIXELS


@lru_cache(maxsize=24)
def _read(path: Path) -> NDArray[np.uint8] | None:
    """RGB of a photograph, None where it cannot be read."""
    try:
        content = path.read_bytes()
        if not _is_usable(content):
            return None
        data = np.frombuffer(content, np.uint8)
        if path.suffix.lower() in {".jpg", ".jpeg"} and len(data) > 2 << 20:
            image = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_4)
        else:
            image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    if image is None:
        return None
    shrink = LARGEST_SIDE / max(image.shape[:2])
    if shrink < 1:
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def photo_crop(folder: str, rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A random part of a random photograph, perhaps mirrored, its colours slightly changed.

    Args:
        folder: Folder of photographs.
        rng: Source of chance.
        width: Pixels of the part.
        height: Pixels.

    Returns:
        ``(height, width, 3)`` uint8 RGB.

    Raises:
        SynthError: No photograph could be read; after `TRIES` unreadable ones all of them are tried.
    """
    paths = photographs(folder)
    first = rng.integers(len(paths), size=TRIES)
    image = next((i for i in (_read(paths[n]) for n in first) if i is not None), None)
    if image is None:
        image = next((i for i in map(_read, paths) if i is not None), None)
    if image is None:
        raise SynthError(
            f"none of the {len(paths)} photographs in the folder of backgrounds can be read: {folder}"
        )
    u = rng.random(8)
    full = np.array(image.shape[1::-1], np.float64)
    size = np.array([width, height]) * min(full[0] / width, full[1] / height) * (0.45 + 0.55 * u[0])
    corner = (full - size) * u[1:3]
    x, y = corner.astype(int)
    part: Any = image[y : y + max(int(size[1]), 8), x : x + max(int(size[0]), 8)]
    smaller = part.shape[0] > height
    part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    if u[3] < 0.5:
        part = part[:, ::-1]
    gain = (0.8 + 0.4 * u[4]) * (0.94 + 0.12 * u[5:8])
    return np.clip(part * gain.astype(np.float32), 0, 255).astype(np.uint8)
