"""The projects opened last, newest first, in the user's config folder."""

from __future__ import annotations

import json
from pathlib import Path

from poseapp import paths

MAX_RECENT = 12


class RecentFiles:
    """A short list of project paths.

    Args:
        path: the JSON file it is kept in, or None to keep it in memory only.
        entries: paths, newest first.
    """

    def __init__(self, path: Path | None = None, entries: list[str] | None = None) -> None:
        self.path = path
        self._entries = list(entries or [])

    @classmethod
    def load(cls, path: Path | None = None) -> RecentFiles:
        """Read the user's list; a damaged one counts as empty (it is a convenience, not data)."""
        path = path or paths.user_config_dir() / "recent.json"
        try:
            data = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return cls(path)
        entries = [e for e in data if isinstance(e, str)] if isinstance(data, list) else []
        return cls(path, entries[:MAX_RECENT])

    @property
    def entries(self) -> list[Path]:
        """Paths that still exist, newest first."""
        return [Path(e) for e in self._entries if Path(e).exists()]

    def add(self, path: str | Path) -> None:
        """Put a path first."""
        text = str(Path(path).absolute())
        self._entries = [text, *(e for e in self._entries if e != text)][:MAX_RECENT]
        self._save()

    def clear(self) -> None:
        """Forget all."""
        self._entries = []
        self._save()

    def _save(self) -> None:
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomic(self.path, json.dumps(self._entries, indent=1))
        except OSError:
            return  # a full disk must not stop opening a project over a list of names
