"""The projects opened last, newest first, in the user's config folder."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from poseapp import paths

MAX_RECENT = 12


@dataclass(frozen=True)
class RecentProject:
    """A project that was open once.

    Attributes:
        path: its folder, absolute.
        opened: when it was opened last, in seconds since 1970.
    """

    path: Path
    opened: float

    @property
    def is_there(self) -> bool:
        """Whether it is where it was."""
        return self.path.exists()


class RecentFiles:
    """A short list of projects.

    Args:
        path: the JSON file it is kept in, or None to keep it in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.projects: list[RecentProject] = []

    @classmethod
    def load(cls, path: Path | None = None) -> RecentFiles:
        """Read the user's list; a damaged one counts as empty (it is a convenience, not data)."""
        path = path or paths.user_config_dir() / "recent.json"
        try:
            data = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return cls(path)
        found = cls(path)
        for row in data if isinstance(data, list) else []:
            if isinstance(row, dict) and isinstance(row.get("path"), str):
                opened = row.get("opened")
                seconds = float(opened) if isinstance(opened, (int, float)) else 0.0
                found.projects.append(RecentProject(Path(row["path"]), seconds))
        del found.projects[MAX_RECENT:]
        return found

    @property
    def entries(self) -> list[Path]:
        """Paths that still exist, newest first."""
        return [project.path for project in self.projects if project.is_there]

    def add(self, path: str | Path) -> None:
        """Put a path first."""
        place = Path(path).absolute()
        others = [p for p in self.projects if p.path != place]
        self.projects = [RecentProject(place, time.time()), *others][:MAX_RECENT]
        self._save()

    def forget(self, path: Path) -> None:
        """Take a path out."""
        self.projects = [p for p in self.projects if p.path != path]
        self._save()

    def clear(self) -> None:
        """Forget all."""
        self.projects = []
        self._save()

    def _save(self) -> None:
        if self.path is None:
            return
        rows = [{"path": str(p.path), "opened": round(p.opened)} for p in self.projects]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomic(self.path, json.dumps(rows, indent=1))
        except OSError:
            return  # a full disk must not stop opening a project over a list of names
