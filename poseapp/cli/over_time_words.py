"""The words of `poseapp interpolate` and `swap`, and what they call."""

import argparse
from collections.abc import Callable
from pathlib import Path

from poseapp import api
from poseapp.cli.numbers import positive
from poseapp.cli.output import HasJson, ProgressLine

FRAMES = "from A up to, not including, B; counted from 0"


def _add_common(parser: argparse.ArgumentParser, frames_needed: bool) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument("--frames", metavar="A:B", required=frames_needed, help=FRAMES)
    parser.add_argument("--video", metavar="NAME", help="the video, where there are several")


def add_interpolate(parser: argparse.ArgumentParser) -> None:
    """Add the words of `poseapp interpolate`."""
    _add_common(parser, frames_needed=False)
    parser.add_argument("--method", choices=("linear", "spline"), default="linear")
    parser.add_argument("--step", type=positive, default=1, metavar="N", help="fill every Nth frame")


def interpolate(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp interpolate`."""
    return api.interpolate(
        words.project, frames=words.frames, video=words.video, method=words.method, step=words.step
    )


def add_swap(parser: argparse.ArgumentParser) -> None:
    """Add the words of `poseapp swap`."""
    _add_common(parser, frames_needed=True)
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument(
        "--person", type=positive, default=1, metavar="N", help="number in the first labelled frame (1)"
    )
    whom.add_argument("--track", type=int, metavar="ID", help="everybody on this track")


def swap(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp swap`."""
    return api.swap(words.project, words.frames, video=words.video, person=words.person, track=words.track)


def add_over_time(verbs: object, add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands."""
    add_interpolate(add(verbs, "interpolate", interpolate, "add people between labelled frames"))
    add_swap(add(verbs, "swap", swap, "exchange left and right of a person over many frames"))
