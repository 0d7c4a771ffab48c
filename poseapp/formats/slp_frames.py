"""Pictures that are inside of `.pkg.slp` files, as files in a folder."""

from pathlib import Path

import cv2
import h5py
import numpy as np

from poseapp.errors import FormatError
from poseapp.paths import write_atomic

_MAX_PICTURE = 256 << 20
_SIGNATURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


def extract_frames(path: Path, group: str, folder: Path) -> dict[int, str]:
    """Write the pictures of one video of a package; those that are there already stay.

    Args:
        path: The package.
        group: The group of its pictures, such as `video0`.
        folder: Where they go; it is made.

    Returns:
        File name by the number of the frame.

    Raises:
        FormatError: A picture is damaged.
        PoseError: The folder cannot be written.
    """
    names: dict[int, str] = {}
    with h5py.File(path, "r") as file:
        if not isinstance(file.get(group), h5py.Group) or "video" not in file[group]:
            raise FormatError(f"{path.name} has no pictures in {group}.")
        pictures = file[group]["video"]
        numbers = (
            file[group]["frame_numbers"][:] if "frame_numbers" in file[group] else np.arange(len(pictures))
        )
        # Before there was a word for it, SLEAP wrote with OpenCV, which takes red for blue.
        is_swapped = _text(pictures.attrs.get("channel_order", "BGR")) == "BGR"
        folder.mkdir(parents=True, exist_ok=True)
        for row, number in enumerate(numbers.tolist()):
            data = np.asarray(pictures[row])
            if data.nbytes > _MAX_PICTURE:
                raise FormatError(f"{path.name}: picture {row} of {group} has {data.nbytes >> 20} MiB.")
            suffix, encoded = _encoded(data, is_swapped)
            if not encoded:
                raise FormatError(f"{path.name}: picture {row} of {group} is damaged.")
            names[int(number)] = f"frame_{int(number):06d}{suffix}"
            target = folder / names[int(number)]
            if not target.is_file():
                write_atomic(target, encoded)
    return names


def _encoded(data: np.ndarray, is_swapped: bool) -> tuple[str, bytes]:
    """Ending and bytes of a picture: as they are where it is a file already, else as PNG."""
    if data.ndim == 1:
        raw = data.astype(np.uint8, copy=False).tobytes() if data.dtype != np.int8 else data.tobytes()
        found = next((ending for start, ending in _SIGNATURES.items() if raw.startswith(start)), None)
        if found is None:
            return "", b""
        if not is_swapped:
            return found, raw.rstrip(b"\0") if found == ".png" else raw
        read = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
        if read is None:
            return "", b""
        data = read
    pixels = data.astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        pixels = pixels[..., ::-1]
    ok, buffer = cv2.imencode(".png", np.ascontiguousarray(pixels))
    return (".png", buffer.tobytes()) if ok else ("", b"")


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
