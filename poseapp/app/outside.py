"""Whether another process has written to a project that is open for reading only."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[tuple[int, int], ...]


class DatabaseWatch:
    """Looks at the database's files: two system calls, no query.

    Args:
        folder: the project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._files = [folder / "project.db", folder / "project.db-wal"]
        self._stamp = self._read()

    def _read(self) -> Stamp:
        stamps = []
        for file in self._files:
            try:
                stat = file.stat()
            except OSError:  # the log is not always there
                stamps.append((0, 0))
            else:
                stamps.append((stat.st_mtime_ns, stat.st_size))
        return tuple(stamps)

    def moved(self) -> bool:
        """Whether something was written since the last call."""
        before, self._stamp = self._stamp, self._read()
        return self._stamp != before
