"""Words of the commands for work that is shared: `merge`, `relink`, `pack` and `unpack`."""

import argparse
from pathlib import Path

from poseapp import api
from poseapp.api.packing import CONTENTS
from poseapp.cli.output import HasJson, ProgressLine
from poseapp.labels.merge_edit import CHOICES


def add_merge(parser: argparse.ArgumentParser) -> None:
    """`poseapp merge`."""
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the project that gets the labels")
    parser.add_argument("other", type=Path, metavar="OTHER", help="the other person's project; only read")
    parser.add_argument("--conflicts", choices=CHOICES, help="what counts where both changed a person")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")


def add_relink(parser: argparse.ArgumentParser) -> None:
    """`poseapp relink`."""
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="PLACE", help="folders to search, with all below, or files"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be found")


def add_pack(parser: argparse.ArgumentParser) -> None:
    """`poseapp pack`."""
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument("out", type=Path, metavar="OUT.posepack")
    parser.add_argument(
        "--content",
        choices=CONTENTS,
        default="labelled",
        help="the labelled pictures alone, or the whole videos with history and predictions",
    )


def add_unpack(parser: argparse.ArgumentParser) -> None:
    """`poseapp unpack`."""
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("project", type=Path, nargs="?", metavar="PROJECT", help="folder to make")


def merge(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp merge`."""
    return api.merge(words.project, words.other, conflicts=words.conflicts, dry_run=words.dry_run)


def relink(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp relink`."""
    return api.relink(words.project, words.places, dry_run=words.dry_run, on_progress=progress)


def pack(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp pack`."""
    return api.pack(words.project, words.out, content=words.content, on_progress=progress)


def unpack(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp unpack`."""
    return api.unpack(words.pack, words.project)
