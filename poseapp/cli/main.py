"""Entry of the `poseapp` command: exit status 0 done, 1 could not be done, 2 wrong usage, 130 interrupted."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from poseapp.errors import PoseError
from poseapp.jobs import JobCancelled

COMMANDS = (
    "new", "info", "predict", "train", "evaluate", "import", "export", "convert", "render", "nets", "doctor",
    "curves", "suggest", "statistics", "merge", "relink", "pack", "unpack",
    "demo", "synth", "skeleton", "edit", "history", "interpolate", "swap", "propagate",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    # Threads of torch spin while they wait for each other; on a busy machine that starves whom they wait
    # for. Spinning
    # briefly costs a tenth where the machine is idle and is up to twenty times faster where it is not.
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    try:
        if is_window(argv):
            return _window(argv)
        return _command(argv)
    except PoseError as error:
        return _could_not(str(error))
    except JobCancelled as run:
        return _could_not(f"run {run} was cancelled")
    except KeyboardInterrupt:
        print("poseapp: interrupted; files written so far are whole", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away; without this Python complains once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _could_not(f"{error.strerror or error}{where}")
    except MemoryError:
        return _could_not("there is not enough memory; close other programs or use smaller input")


def is_window(argv: Sequence[str]) -> bool:
    """Whether the words mean `poseapp [PATH]`: no command, at most one path."""
    return not argv or (argv[0] not in COMMANDS and not argv[0].startswith("-"))


def _window(argv: Sequence[str]) -> int:
    if len(argv) > 1 or (argv and not Path(argv[0]).exists()):
        print(
            f"poseapp: '{argv[0]}' is neither a command nor a file; poseapp --help lists the commands",
            file=sys.stderr,
        )
        return 2
    from poseapp.cli.window import open_window

    open_window(Path(argv[0]) if argv else None)
    return 0


def _command(argv: Sequence[str]) -> int:
    from poseapp.cli.output import ProgressLine, show_result, show_warnings
    from poseapp.cli.parser import build_parser

    words = build_parser().parse_args(argv)
    progress = ProgressLine()
    try:
        result = words.function(words, progress)
    finally:
        progress.close()
    if result is not None:
        show_warnings(result)
        show_result(result, words.json)
    return 0


def _could_not(message: str) -> int:
    print(f"poseapp: {' '.join(message.split())}", file=sys.stderr)
    return 1
