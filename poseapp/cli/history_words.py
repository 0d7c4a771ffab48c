"""The words of `poseapp history` and what they call."""

import argparse
from pathlib import Path

from poseapp import api
from poseapp.cli.numbers import positive
from poseapp.cli.output import HasJson, ProgressLine


def add_history(parser: argparse.ArgumentParser) -> None:
    """Add the words of `poseapp history`."""
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument(
        "--limit", type=positive, default=20, metavar="N", help="how many edits are listed (20)"
    )
    parser.add_argument(
        "--go-to",
        type=int,
        metavar="ID",
        help="undo or redo until this edit is the newest that is done; 0: before the first",
    )


def history(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp history`."""
    return api.history(words.project, go_to=words.go_to, limit=words.limit, on_progress=progress)
