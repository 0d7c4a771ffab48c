"""What commands print: results on stdout, progress and errors on stderr."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol, TextIO

from poseapp.api.progress import Progress

BAR_WIDTH = 24
PLAIN_PERIOD_S = 5.0


class HasJson(Protocol):
    """A result of the api."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ...


def show_result(result: HasJson, as_json: bool) -> None:
    """Print a result: one JSON object, or lines for people."""
    values = result.to_json()
    print(json.dumps(values, allow_nan=False) if as_json else "\n".join(text_lines(values)), flush=True)


def show_warnings(result: HasJson) -> None:
    """Say on stderr, in one line, what a result warns of."""
    warnings: list[str] = getattr(result, "warnings", [])
    if warnings:
        more = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
        print(f"poseapp: warning: {' '.join(warnings[0].split())}{more}", file=sys.stderr)


def text_lines(values: Mapping[str, Any], indent: str = "") -> list[str]:
    """Nested values as indented `name: value` lines; rows of the same fields as a table."""
    lines = []
    for name, value in values.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping) and value:
            rows = list(value.values())
            if len(rows) > 2 and _is_table(rows):
                lines += [f"{indent}{title}:", *_table(value, indent + "  ")]
            else:
                lines += [f"{indent}{title}:", *text_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            lines.append(f"{indent}{title}:")
            lines += [
                f"{indent}  " + ", ".join(f"{key} {_text(item)}" for key, item in row.items())
                for row in value
            ]
        else:
            lines.append(f"{indent}{title}: {_text(value)}")
    return lines


def _is_table(rows: list[Any]) -> bool:
    """Whether all rows are of the same plain fields."""
    if not all(isinstance(row, Mapping) and row.keys() == rows[0].keys() for row in rows):
        return False
    return not any(isinstance(item, Mapping | list) for row in rows for item in row.values())


def _table(rows: Mapping[str, Mapping[str, Any]], indent: str) -> list[str]:
    """Aligned columns, numbers to the right, the row's name first."""
    fields = list(next(iter(rows.values())))
    cells = [["", *(field.replace("_", " ") for field in fields)]]
    cells += [
        [name.replace("_", " "), *(_text(row[field]) for field in fields)] for name, row in rows.items()
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        indent
        + row[0].ljust(widths[0])
        + "".join(f"  {c.rjust(w)}" for c, w in zip(row[1:], widths[1:], strict=True))
        for row in cells
    ]


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items()) or "none"
    return str(value)


class ProgressLine:
    """Progress on stderr: a bar that is drawn over itself on a terminal, else a line now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.is_terminal = self.stream.isatty()
        self.started = time.monotonic()
        self.last_line = self.started
        self.width = 0

    def __call__(self, progress: Progress) -> None:
        """Show where the work stands."""
        if self.is_terminal:
            text = self._bar(progress)
            self.stream.write("\r" + text.ljust(self.width))
            self.width = len(text)
        else:
            now = time.monotonic()
            # Steps are few and each says something of its own; all else would fill the log.
            is_rare = progress.unit == "steps" or progress.done == progress.total
            if now - self.last_line < PLAIN_PERIOD_S and not is_rare:
                return
            self.last_line = now
            self.stream.write(self._counts(progress) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Leave the line, so that what follows stands on its own."""
        if self.width:
            self.stream.write("\n")
            self.stream.flush()
            self.width = 0

    def _bar(self, progress: Progress) -> str:
        share = min(1.0, progress.done / progress.total) if progress.total else 0.0
        full = round(share * BAR_WIDTH)
        left = ""
        used = time.monotonic() - self.started
        if 0.02 < share < 1 and used > 2:
            left = f"  {_duration(used * (1 - share) / share)} left"
        return f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] {self._counts(progress)}{left}"

    @staticmethod
    def _counts(progress: Progress) -> str:
        if progress.unit and progress.total:
            counts = f"{progress.done}/{progress.total} {progress.unit}"
        elif progress.total:
            counts = f"{100 * progress.done // progress.total}%"
        else:
            counts = str(progress.done)
        return f"{counts}  {progress.text}".rstrip()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"
