"""Where the program's own files lie, which pictures a folder holds, and how a file is never half written."""

import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from poseapp.errors import PoseError

_PACKAGE = Path(__file__).resolve().parent
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v",
    ".ts", ".mts", ".mpg", ".mpeg", ".mjpeg", ".wmv", ".gif", ".flv", ".3gp", ".ogv",
)  # fmt: skip
# Windows does not replace a file that another process (a reader, a virus scanner) has open just now.
_PATIENCE_S = 1.0 if sys.platform == "win32" else 0.0
_PAUSE_S = 0.05


def _shipped_dir(name: str) -> Path:
    # A wheel carries the folder inside the package, a checkout has it beside the package.
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def resources_dir() -> Path:
    """Return the folder of shipped data files (skeletons, icons, the sample clip)."""
    return _shipped_dir("resources")


def models_dir() -> Path:
    """Return the folder of shipped checkpoints and their cards."""
    return _shipped_dir("models")


def user_config_dir() -> Path:
    """Return the user's settings folder; it need not exist. `POSEAPP_CONFIG_DIR` overrides it."""
    given = os.environ.get("POSEAPP_CONFIG_DIR")
    return Path(given) if given else platformdirs.user_config_path("poseapp", appauthor=False)


def user_cache_dir() -> Path:
    """Return the user's cache folder; it need not exist. `POSEAPP_CACHE_DIR` overrides it."""
    given = os.environ.get("POSEAPP_CACHE_DIR")
    return Path(given) if given else platformdirs.user_cache_path("poseapp", appauthor=False)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which `img2` comes before `img10`."""
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p.casefold()) for p in parts if p)


def list_pictures(folder: Path) -> list[Path]:
    """Return the pictures of a folder, hidden ones left out, in natural order: their place is their number.

    Raises:
        OSError: The folder cannot be read.
    """
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if not entry.name.startswith(".")
            and Path(entry.name).suffix.lower() in IMAGE_SUFFIXES
            and entry.is_file()
        ]
    return [folder / name for name in sorted(names, key=lambda name: (natural_key(name), name))]


def write_atomic(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Write a whole file: afterwards the path holds either the old or the new content, never a part.

    Args:
        path: The file to write; an existing one keeps its permissions, a symbolic link its target's place.
        data: Bytes, or text that is written as UTF-8 without newline translation.

    Raises:
        PoseError: The file cannot be written (folder missing or read-only, disk full).
    """
    try:
        content = data.encode("utf-8") if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        # Half a character, as damaged files have them, is part of no encoding.
        raise PoseError(
            f"Cannot write {path}: {data[error.start : error.end]!r} in it is no text."
        ) from error
    with replace_atomic(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replace_atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it is synced to disk and takes the place of `path`.

    The temporary file exists, empty, when the body starts. When the body raises, it is removed and `path`
    stays as it was.

    Raises:
        PoseError: The file cannot be written (folder missing or read-only, disk full).
    """
    target = Path(os.path.realpath(path))
    # The ending is one that nobody looks for: a half-written file must never be taken for a finished one.
    temporary = target.with_name(f".{target.name[:80]}.{secrets.token_hex(6)}.tmp")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield temporary
        _sync_file(temporary)
        with suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        _replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PoseError(
            f"Cannot write {path}: {reason}. Choose another folder or free some space."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _replace(source: Path, target: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    if sys.platform == "win32":
        return
    # Some network file systems refuse to sync a folder; the replaced file itself is already on disk.
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
