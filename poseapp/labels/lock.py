"""One writer a project: a lock that the operating system drops by itself when its holder dies."""

import os
import sys
from pathlib import Path


class FolderLock:
    """An exclusive lock on a file, held until `release` or the end of the process, however it ends."""

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
            return f"it is open in another window{holder}"
        # Only told to people: whether the lock is held, the operating system alone decides.
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}".encode(), 0) if hasattr(os, "pwrite") else None
        self._handle = handle
        return ""

    def release(self) -> None:
        """Give the lock back; without effect when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _read_holder(handle: int) -> str:
    if not hasattr(os, "pread"):
        return ""
    text = os.pread(handle, 100, 0).decode("utf-8", "replace").strip()
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
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
