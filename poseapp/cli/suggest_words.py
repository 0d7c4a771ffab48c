"""The words of `poseapp suggest` and `poseapp statistics`."""

from __future__ import annotations

import argparse
from pathlib import Path

from poseapp import api
from poseapp.api.suggesting import METHODS
from poseapp.cli.numbers import positive
from poseapp.cli.output import HasJson, ProgressLine


def add_suggest(parser: argparse.ArgumentParser) -> None:
    """Say which words `suggest` takes."""
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument("--by", choices=METHODS, default="doubt", help="how to choose (default doubt)")
    parser.add_argument("--count", type=positive, default=20, metavar="N", help="how many at most (20)")
    parser.add_argument("--video", metavar="NAME", help="only this video (default: all)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of random and diversity")


def suggest(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp suggest`."""
    return api.suggest(
        words.project,
        by=words.by,
        count=words.count,
        video=words.video,
        seed=words.seed,
        on_progress=progress,
    )


def add_statistics(parser: argparse.ArgumentParser) -> None:
    """Say which words `statistics` takes."""
    parser.add_argument("project", type=Path, metavar="PROJECT")


def statistics(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp statistics`."""
    return api.statistics(words.project)
