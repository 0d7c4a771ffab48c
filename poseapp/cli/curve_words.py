"""The words of `poseapp curves`."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from poseapp import api
from poseapp.cli.numbers import positive
from poseapp.cli.output import HasJson, ProgressLine


def add_curves(parser: argparse.ArgumentParser) -> None:
    """Say which words the command takes."""
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a project, predictions or labels")
    parser.add_argument(
        "--what",
        nargs="+",
        action="extend",
        required=True,
        metavar="CURVE",
        help="such as 'left wrist:speed' nose:x 'left hip-left knee:length' person:score",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="the table to write")
    parser.add_argument("--video", metavar="NAME", help="only this video (default: all)")
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--person", type=positive, default=1, metavar="N", help="from the left (default 1)")
    whom.add_argument("--track", type=int, metavar="ID", help="the person of this track")
    parser.add_argument("--frames", metavar="A:B", help="from A up to, not including, B; counted from 0")
    parser.add_argument("--fps", type=_rate, metavar="F", help="frames a second of videos that are not there")


def curves(words: argparse.Namespace, _progress: ProgressLine) -> HasJson:
    """`poseapp curves`."""
    return api.curves(
        words.source,
        words.what,
        words.out,
        video=words.video,
        person=words.person,
        track=words.track,
        frames=words.frames,
        fps=words.fps,
    )


def _rate(text: str) -> float:
    rate = float(text)
    if not (math.isfinite(rate) and rate > 0):
        raise ValueError(f"{text} is no number above 0")
    return rate
