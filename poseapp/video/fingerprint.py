"""Recognising a video by its content after it was moved or renamed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from poseapp.errors import VideoError
from poseapp.video.images import IMAGE_SUFFIXES, natural_key

_BLOCK = 1 << 18
_BLOCKS = 5


def fingerprint(path: str | Path) -> str:
    """Return a short name for the content of a video file or image folder, independent of where it lies.

    A file counts by its size and five blocks spread over it, so that hours of video take a moment; a
    folder by the names and sizes of its pictures and the content of the first and last.

    Raises:
        VideoError: If the file or folder cannot be read.
    """
    path = Path(path)
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            pictures = [entry for entry in path.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES]
            pictures.sort(key=lambda file: (natural_key(file.name), file.name))
            if not pictures:
                raise VideoError(f"the folder holds no pictures: {path}")
            for picture in pictures:
                digest.update(f"{picture.name}\0{picture.stat().st_size}\0".encode())
            for picture in (pictures[0], pictures[-1]):
                _add_file(digest, picture)
        else:
            _add_file(digest, path)
    except OSError as error:
        raise VideoError(f"cannot be read ({error.strerror}): {path}") from error
    return digest.hexdigest()[:32]


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    size = path.stat().st_size
    digest.update(f"{size}\0".encode())
    with path.open("rb") as file:
        for number in range(_BLOCKS):
            file.seek(max(0, size - _BLOCK) * number // (_BLOCKS - 1))
            digest.update(file.read(_BLOCK))
            if size <= _BLOCK:
                return
