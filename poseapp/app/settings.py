"""The user's settings: one table of rows, and a TOML file with what differs from the defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from poseapp import paths
from poseapp.errors import PoseError
from poseapp.labels.skeleton import DEFAULT_SKELETON

Value = bool | int | float | str


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        key: name in the file.
        group: heading it stands under in the settings.
        label: what the user reads.
        default: its value until the user changes it; the type of the value.
        choices: allowed values, empty: any of the type.
        minimum: smallest allowed number, or None.
        maximum: largest allowed number, or None.
        note: one sentence more, shown under the label.
    """

    key: str
    group: str
    label: str
    default: Value
    choices: tuple[Value, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    note: str = ""

    def check(self, value: Value) -> Value:
        """The value in the setting's own type.

        Raises:
            PoseError: when it has another type or is not allowed.
        """
        kind = type(self.default)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if kind is float and number:
            value = float(value)
        if type(value) is not kind:
            raise PoseError(f"setting {self.key}: {value!r} is not a {kind.__name__}")
        if self.choices and value not in self.choices:
            allowed = ", ".join(map(str, self.choices))
            raise PoseError(f"setting {self.key}: {value!r} is not one of {allowed}")
        if number and (
            (self.minimum is not None and float(value) < self.minimum)
            or (self.maximum is not None and float(value) > self.maximum)
        ):
            raise PoseError(f"setting {self.key}: {value!r} is not within {self.minimum} to {self.maximum}")
        return value


SETTINGS: tuple[Setting, ...] = (
    Setting("theme", "Window", "Theme", "system", ("system", "dark", "light")),
    Setting(
        "show_tour",
        "Window",
        "Show the tour",
        True,
        (),
        note="At the next project; then it is off.",
    ),
    Setting("timeline_axis", "Window", "Numbers on the timeline", "frames", ("frames", "time")),
    Setting("skeleton", "Labels", "Skeleton of new projects", DEFAULT_SKELETON),
    Setting(
        "doubtful_score",
        "Labels",
        "Doubtful below score",
        0.5,
        (),
        0.0,
        1.0,
        "Mean score of a frame's keypoints.",
    ),
    Setting(
        "ring_score", "Labels", "Dashed ring below score", 0.4, (), 0.0, 1.0, "Score of a single keypoint."
    ),
    Setting("magnifier", "Labels", "Magnifier while a keypoint is dragged", True),
    Setting(
        "frame_cache_mb", "Video", "Frame cache (MB)", 1024, (), 64, 65536, "Decoded frames kept in memory."
    ),
    Setting("device", "Jobs", "Device", "auto"),
)


class Settings:
    """Values of `SETTINGS`, written at once when one changes.

    Args:
        path: the TOML file, or None to keep them in memory only.
        overrides: values that differ from the defaults.
    """

    def __init__(self, path: Path | None = None, overrides: dict[str, Value] | None = None) -> None:
        self.path = path
        self._rows = {row.key: row for row in SETTINGS}
        self._values = {k: self._rows[k].check(v) for k, v in (overrides or {}).items()}
        self._listeners: list[Callable[[str, Value], None]] = []
        self.problem = ""

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Read the user's file; unreadable rows fall back to their default, `problem` says so."""
        path = path or paths.user_config_dir() / "settings.toml"
        found = cls(path)
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return found
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            found.problem = f"settings not read, defaults used: {error} ({path})"
            return found
        for key, value in data.items():
            if key not in found._rows:
                continue  # of a later version: left alone
            try:
                found._values[key] = found._rows[key].check(value)
            except PoseError as error:
                found.problem = f"{error} ({path})"
        return found

    def __getitem__(self, key: str) -> Value:
        return self._values.get(key, self._rows[key].default)

    def __setitem__(self, key: str, value: Value) -> None:
        value = self._rows[key].check(value)
        if value == self[key]:
            return
        if value == self._rows[key].default:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        self._save()
        for listener in self._listeners:
            listener(key, value)

    def on_change(self, listener: Callable[[str, Value], None]) -> None:
        """Call `listener(key, value)` after each change."""
        self._listeners.append(listener)

    def off_change(self, listener: Callable[[str, Value], None]) -> None:
        """Call a listener no more."""
        self._listeners.remove(listener)

    def _save(self) -> None:
        if self.path is None:
            return
        rows = [f"{key} = {_toml(value)}" for key, value in sorted(self._values.items())]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            paths.write_atomic(self.path, "\n".join(rows) + "\n")
        except OSError as error:
            raise PoseError(f"settings could not be written: {error.strerror} ({self.path})") from error


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)
