"""What the command palette offers and how a few letters find it: commands, videos, projects, settings.

Matching is by words of the query, each of which must be found; letters that begin words count most, letters
that only stand in the right order count least. What was chosen lately comes first where nothing is typed, and
a little earlier otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from poseapp import paths
from poseapp.app.actions import ACTIONS, Action
from poseapp.app.actions.row import why_not
from poseapp.app.session import Session
from poseapp.app.settings import SETTINGS

MAX_USED = 30
SHOWN_USED = 6
KINDS = {
    "command": "", "project": "Recent project", "video": "Video", "panel": "Panel", "setting": "Setting",
    "keypoint": "Keypoint", "person": "Person", "layer": "Layer", "run": "Run", "frame": "Frame",
    "track": "Track",
}  # fmt: skip
# A command is what people look for most; the rest stands behind it where both fit as well.
_BEHIND = {
    "command": 0.0, "panel": 3.0, "video": 4.0, "keypoint": 4.0, "person": 4.0, "layer": 4.5, "run": 4.5,
    "project": 5.0, "setting": 6.0,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing that can be chosen.

    Attributes:
        kind: a key of `KINDS`.
        id: what it is: an action's id, a path, a video's id, a pane's name, a setting's key.
        title: what is read and searched first.
        where: the menu, the folder, the group: muted, and searched too.
        more: a sentence, searched last.
        icon: name for `theme.icon`.
        keys: portable key texts.
        why: why it cannot be chosen now, or "".
        checked: whether it is on, for what is on or off; else None.
        marks: places in the title that matched.
        used: whether it stands here because it was chosen lately.
    """

    kind: str
    id: str
    title: str
    where: str = ""
    more: str = ""
    icon: str = ""
    keys: tuple[str, ...] = ()
    why: str = ""
    checked: bool | None = None
    marks: tuple[int, ...] = ()
    used: bool = False

    @property
    def key(self) -> str:
        """Kind and id as one word."""
        return f"{self.kind}:{self.id}"


class Used:
    """What was chosen lately, newest first.

    Args:
        path: the JSON file it is kept in, or None to keep it in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.keys: list[str] = []
        if path is None:
            return
        try:
            data = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return  # a convenience, not data
        self.keys = [key for key in data if isinstance(key, str)][:MAX_USED] if isinstance(data, list) else []

    def note(self, key: str) -> None:
        """Put a word first."""
        self.keys = [key, *(k for k in self.keys if k != key)][:MAX_USED]
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomic(self.path, json.dumps(self.keys))
        except OSError:
            return  # a full disk must not stop a command over the order of a list


def entries(session: Session, panels: Iterable[tuple[str, str]]) -> list[Entry]:
    """Everything that can be chosen now.

    Args:
        session: the open window.
        panels: name and title of each docked pane.
    """
    found = [_command(session, row) for row in ACTIONS if row.id != "view.palette"]
    found += [
        Entry("panel", name, f"Show {title}", "Panel", icon="columns",
              why="" if session.project is not None else "nothing is open")
        for name, title in panels
    ]  # fmt: skip
    project = session.project
    if project is not None:
        current = session.video.id if session.video is not None else None
        found += [
            Entry("video", str(v.id), v.name, "Video", f"{v.num_frames} frames", "film-strip",
                  why="it is the one you see" if v.id == current else "")
            for v in project.videos
        ]  # fmt: skip
    here = project.path if project is not None else None
    found += [
        Entry("project", str(path), path.stem, "Recent project", str(path.parent), "folder-simple")
        for path in session.recent.entries
        if path != here
    ]
    found += [
        Entry("setting", row.key, row.label, f"Settings · {row.group}", row.note, "gear") for row in SETTINGS
    ]
    return found


def _command(session: Session, row: Action) -> Entry:
    checked = bool(row.checked(session)) if row.checked is not None else None
    why = why_not(row, session)
    keys = session.keymap.keys(row.id)
    return Entry("command", row.id, row.title, row.menu, row.tip, row.icon, keys, why, checked)


def find(offered: Sequence[Entry], query: str, used: Sequence[str] = (), limit: int = 60) -> list[Entry]:
    """The entries that fit a query, best first.

    Args:
        offered: what `entries` gave.
        query: what was typed; empty: what was chosen lately, then all commands as in the menus.
        used: keys of entries, newest first.
        limit: how many at most.
    """
    words = query.lower().split()
    if not words:
        by_key = {entry.key: entry for entry in offered}
        lately = [replace(by_key[key], used=True) for key in used if key in by_key and not by_key[key].why]
        lately = lately[:SHOWN_USED]
        shown = {entry.key for entry in lately}
        rest = [e for e in offered if e.key not in shown and e.kind in ("command", "project", "video")]
        return lately + sorted(rest, key=lambda e: bool(e.why))[:limit]
    fresh = {key: 12.0 - place for place, key in enumerate(used[:12])}
    scored = []
    for place, entry in enumerate(offered):
        score, marks = _match(entry, words)
        if score <= 0:
            continue
        score += fresh.get(entry.key, 0.0) - _BEHIND[entry.kind] - (15.0 if entry.why else 0.0)
        scored.append((-score, place, marks, entry))
    scored.sort(key=lambda found: found[:2])
    return [replace(entry, marks=marks) for _, _, marks, entry in scored[:limit]]


def _match(entry: Entry, words: list[str]) -> tuple[float, tuple[int, ...]]:
    """How well an entry fits, 0 where it does not, and which letters of the title did."""
    title, total, marks = entry.title.lower(), 0.0, set[int]()
    rest = f"{entry.where} {entry.more} {' '.join(entry.keys)}".lower()
    for word in words:
        score, places = _in_title(title, word)
        if score == 0.0 and len(word) > 1 and word in rest:
            score = 30.0 if word in entry.where.lower() else 20.0
        if score == 0.0:
            return 0.0, ()
        total += score
        marks.update(places)
    # Of two that fit alike the shorter one was meant.
    return total / len(words) - len(title) * 0.1, tuple(sorted(marks))


def _in_title(title: str, word: str) -> tuple[float, range | list[int]]:
    at = title.find(word)
    while at >= 0:
        if at == 0 or not title[at - 1].isalnum():
            return (100.0 if at == 0 else 90.0), range(at, at + len(word))
        at = title.find(word, at + 1)
    initials = _initials(title, word)
    if initials:
        return 75.0, initials
    at = title.find(word)
    if at >= 0:
        return 60.0, range(at, at + len(word))
    return _scattered(title, word)


def _initials(title: str, word: str) -> list[int]:
    """Places where the letters begin words, in order: "cpf" in "copy pose from"; empty where they do not."""
    starts = [i for i, c in enumerate(title) if c.isalnum() and (i == 0 or not title[i - 1].isalnum())]
    found: list[int] = []
    for letter in word:
        place = next((i for i in starts if title[i] == letter and (not found or i > found[-1])), None)
        if place is None:
            return []
        found.append(place)
    return found


def _scattered(title: str, word: str) -> tuple[float, list[int]]:
    """The letters in order with gaps; worth less the more they are strewn."""
    if len(word) < 2:
        return 0.0, []
    found, at = [], -1
    for letter in word:
        at = title.find(letter, at + 1)
        if at < 0:
            return 0.0, []
        found.append(at)
    # Shortest run that ends where this one does: "rm" is the r just before the m.
    for i in range(len(found) - 2, -1, -1):
        found[i] = title.rfind(word[i], 0, found[i + 1])
    spread = (found[-1] - found[0] + 1) / len(word)
    if spread > 4.0:
        return 0.0, []
    begins = 10.0 if found[0] == 0 else 5.0 if not title[found[0] - 1].isalnum() else 0.0
    return max(45.0 - 6.0 * spread, 5.0) + begins, found
