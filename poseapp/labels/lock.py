"""One writer a project: a lock that the operating system drops by itself when its holder dies."""

import contextlib
import os
import sys
from pathlib import Path


class FileLock:
    """An exclusive lock on a file made for it, held until `release` or the end of the process, however it
    ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> str:
        """Try to take the lock.

        Returns:
            "" when it is ours now, else why not, as the end of a sentence.
        """
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            return f"its folder cannot be written ({error.strerror or error})"
        if not _try_lock(handle):
            holder = _read_holder(handle)
            os.close(handle)
            return f"it is open elsewhere{holder}"
        if not _is_file_at(handle, self.path):
            # Its last holder removed it between our opening and our locking.
            os.close(handle)
            return self.acquire()
        # Only told to people: whether the lock is held, the operating system alone decides.
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()}".encode())
        self._handle = handle
        return ""

    def release(self, remove: bool = False) -> None:
        """Give the lock back, and remove its file if told to; without effect when it is not held."""
        if self._handle is not None:
            if remove:
                with contextlib.suppress(OSError):
                    self.path.unlink()
            os.close(self._handle)
            self._handle = None


def _is_file_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


def _read_holder(handle: int) -> str:
    text = os.read(handle, 100).decode("utf-8", "replace").strip()
    return f" ({text})" if text else ""


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        # A byte far behind the content, because Windows also keeps others from reading what is locked.
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
