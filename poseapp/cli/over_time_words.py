"""The words of `poseapp interpolate`, `swap` and `propagate`, and what they call."""

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


def add_propagate(parser: argparse.ArgumentParser) -> None:
    """Add the words of `poseapp propagate`."""
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument(
        "--frame", type=int, required=True, metavar="K", help="the labelled frame to begin with"
    )
    parser.add_argument("--video", metavar="NAME", help="the video, where there are several")
    parser.add_argument("--until", type=int, metavar="M", help="the last frame wanted")
    parser.add_argument("--backwards", action="store_true", help="towards the beginning of the video")
    parser.add_argument("--person", type=positive, default=1, metavar="N", help="number in the frame (1)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be added")


def propagate(words: argparse.Namespace, progress: ProgressLine) -> HasJson:
    """`poseapp propagate`."""
    return api.propagate(
        words.project,
        words.frame,
        video=words.video,
        until=words.until,
        backwards=words.backwards,
        person=words.person,
        dry_run=words.dry_run,
        on_progress=progress,
    )


def add_over_time(verbs: object, add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands."""
    add_interpolate(add(verbs, "interpolate", interpolate, "add people between labelled frames"))
    add_swap(add(verbs, "swap", swap, "exchange left and right of a person over many frames"))
    add_propagate(add(verbs, "propagate", propagate, "follow a label through the next frames"))
