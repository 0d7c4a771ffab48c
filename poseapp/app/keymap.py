"""Which keys run which command: the rows of `ACTIONS`, with what the user has changed laid over them.

Everything that shows or takes a key asks here: menus, tool tips, the line of keys over the video, the command
palette, the list of shortcuts. The file holds what differs from the rows alone.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from poseapp import paths
from poseapp.errors import PoseError

if TYPE_CHECKING:
    from poseapp.app.actions.row import Action

MODIFIERS = ("Meta", "Ctrl", "Alt", "Shift")  # in the order of Qt's portable text
NAMED = (
    "Space", "Tab", "Esc", "Return", "Enter", "Backspace", "Del", "Ins", "Home", "End", "PgUp", "PgDown",
    "Left", "Right", "Up", "Down", "Menu", "Pause", "Print", "Help", *(f"F{n}" for n in range(1, 25)),
)  # fmt: skip
_NAMED = {name.lower(): name for name in NAMED} | {
    "delete": "Del", "insert": "Ins", "escape": "Esc", "pageup": "PgUp", "pagedown": "PgDown",
}  # fmt: skip
_MODIFIERS = {name.lower(): name for name in MODIFIERS} | {"control": "Ctrl", "cmd": "Ctrl", "win": "Meta"}


def normal(text: str) -> str:
    """A key in the one way it is written here, such as "Ctrl+Shift+P".

    Raises:
        PoseError: when no key is called that.
    """
    stripped = text.strip()
    # The key itself may be a plus: "Ctrl++".
    head, key = (stripped[:-1], "+") if stripped.endswith("+") else ("", "")
    if key:
        parts = [part for part in head.split("+") if part]
    else:
        *parts, key = stripped.split("+")
    held = {_MODIFIERS.get(part.strip().lower(), "") for part in parts}
    key = key.strip()
    found = _NAMED.get(key.lower()) or (key.upper() if len(key) == 1 and key.isprintable() else "")
    if not found or "" in held:
        raise PoseError(f"{text!r} is no key; write it like Ctrl+Shift+P, F5, Del or N")
    return "+".join([*(m for m in MODIFIERS if m in held), found])


def can_meet(one: str, other: str) -> bool:
    """Whether keys of these two scopes can be asked for at the same moment.

    A key of the window works everywhere, so it meets those of every part; those of two parts that cannot both
    have the focus may share a key.
    """
    return one == other or "window" in (one, other)


class Keymap:
    """The keys of every row.

    Args:
        rows: the rows with their own keys; all of `ACTIONS` when None.
        path: the TOML file of what differs, or None to keep it in memory only.

    Attributes:
        changed: fires after every change.
        problem: one line about what in the file was not understood or why it cannot be written, or "".
    """

    changed = Signal()

    def __init__(self, rows: Sequence[Action] | None = None, path: Path | None = None) -> None:
        if rows is None:
            from poseapp.app.actions import ACTIONS  # the rows know the session, which holds this

            rows = ACTIONS
        self.rows = {row.id: row for row in rows}
        self.path = path
        self.problem = ""
        self._own: dict[str, tuple[str, ...]] = {}
        self._unknown: dict[str, list[str]] = {}
        if path is not None:
            self._read(path)

    # -- asking

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of a row in portable text; the first is the one that is shown."""
        row = self.rows.get(action_id)
        return self._own.get(action_id, row.keys if row is not None else ())

    def shown(self, action_id: str) -> str:
        """The first key of a row, or ""."""
        return next(iter(self.keys(action_id)), "")

    def tip(self, action_id: str) -> str:
        """The row's sentence with its key, for tool tips."""
        key = self.shown(action_id)
        return f"{self.rows[action_id].tip} ({key})" if key else self.rows[action_id].tip

    def now(self, key: str) -> str:
        """The key that does today what a key of the rows does before anything is changed, or ""."""
        row = next((row for row in self.rows.values() if key in row.keys), None)
        if row is None:
            return key
        keys = self.keys(row.id)
        return key if key in keys else next(iter(keys), "")

    def is_changed(self, action_id: str) -> bool:
        """Whether a row has other keys than its own."""
        return action_id in self._own

    @property
    def num_changed(self) -> int:
        """How many rows have other keys than their own."""
        return len(self._own)

    def holders(self, key: str, action_id: str) -> list[Action]:
        """The other rows that a key would run where it is meant to run this one."""
        scope = self.rows[action_id].scope
        return [
            row
            for row in self.rows.values()
            if row.id != action_id and key in self.keys(row.id) and can_meet(scope, row.scope)
        ]

    def clashes(self) -> list[tuple[str, Action, Action]]:
        """Every key that two rows want at the same moment."""
        seen: dict[str, list[Action]] = {}
        found = []
        for row in self.rows.values():
            for key in self.keys(row.id):
                found += [
                    (key, other, row) for other in seen.get(key, ()) if can_meet(other.scope, row.scope)
                ]
                seen.setdefault(key, []).append(row)
        return found

    # -- changing

    def add(self, action_id: str, key: str) -> None:
        """Give a row one more key, and take it from whoever had it where the two could meet.

        Raises:
            PoseError: when no key is called that.
        """
        key = normal(key)
        for row in self.holders(key, action_id):
            self._put(row.id, [k for k in self.keys(row.id) if k != key])
        if key not in self.keys(action_id):
            self._put(action_id, [*self.keys(action_id), key])
        self._keep()

    def remove(self, action_id: str, key: str) -> None:
        """Take a key from a row."""
        self._put(action_id, [k for k in self.keys(action_id) if k != key])
        self._keep()

    def reset(self, action_id: str) -> None:
        """Give a row its own keys back, and take them from whoever has them now."""
        self._own.pop(action_id, None)
        for key in self.keys(action_id):
            for row in self.holders(key, action_id):
                self._put(row.id, [k for k in self.keys(row.id) if k != key])
        self._keep()

    def reset_all(self) -> None:
        """Give every row its own keys back."""
        self._own.clear()
        self._keep()

    def _put(self, action_id: str, keys: Iterable[str]) -> None:
        wanted = tuple(dict.fromkeys(keys))
        if wanted == self.rows[action_id].keys:
            self._own.pop(action_id, None)
        else:
            self._own[action_id] = wanted

    def _keep(self) -> None:
        self.problem = self._write(self.path) if self.path is not None else ""
        self.changed.emit()

    def _write(self, path: Path) -> str:
        """Write what differs; returns what went wrong: the keys hold for this session all the same."""
        own = {name: list(keys) for name, keys in self._own.items()} | self._unknown
        # JSON's strings and lists are TOML's as well; a name with a dot must stand in quotes.
        lines = [f"{json.dumps(name)} = {json.dumps(keys)}\n" for name, keys in sorted(own.items())]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomic(path, "".join(lines))
        except OSError as error:
            return f"shortcuts could not be written: {error.strerror} ({path})"
        return ""

    # -- reading

    def _read(self, path: Path) -> None:
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.problem = f"shortcuts not read, the usual ones hold: {error} ({path})"
            return
        wrong = []
        for name, keys in data.items():
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                wrong.append(f"{name}: its keys are to be a list of texts")
            elif name not in self.rows:
                wrong.append(f"there is no command {name}")
                self._unknown[name] = keys  # of a later version: kept as it is
            else:
                wrong += self._take(name, keys)
        for key, one, other in self.clashes():
            wrong.append(f"{key} is both {one.title.rstrip('…')} and {other.title.rstrip('…')}")
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            self.problem = f"shortcuts: {wrong[0]}{more}; Help > Keyboard Shortcuts changes them ({path})"

    def _take(self, name: str, keys: list[str]) -> list[str]:
        """Note the keys of a row; returns what was wrong with them."""
        good, wrong = [], []
        for key in keys:
            try:
                good.append(normal(key))
            except PoseError as error:
                wrong.append(f"{name}: {error}")
        if good or not keys:
            self._put(name, good)
        return wrong
