"""The words of `poseapp synth`, and the settings they mean."""

import argparse
import re
from pathlib import Path
from typing import Any

from poseapp.cli.numbers import positive
from poseapp.errors import SynthError
from poseapp.synth.settings import POSE_KINDS, SynthSettings


def add_synth(parser: argparse.ArgumentParser) -> None:
    """Give a parser the words of the command."""
    parser.add_argument("out", type=Path, nargs="?", metavar="OUT", help="folder for the data set")
    parser.add_argument("--count", type=positive, metavar="N", help="how many scenes to draw")
    parser.add_argument("--seed", type=_whole, default=0, metavar="S", help="another seed, other people")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file; options here go before it")
    parser.add_argument("--size", type=_size, metavar="WxH", help="of each picture in pixels")
    parser.add_argument("--people", type=_span, metavar="A:B", help="fewest and most people a picture")
    parser.add_argument(
        "--poses", type=_shares, metavar="KIND=SHARE,...", help=f"kinds: {', '.join(POSE_KINDS)}"
    )
    parser.add_argument("--bvh", type=Path, metavar="DIR", help="motion capture for the kind bvh")
    parser.add_argument("--backgrounds", type=Path, metavar="DIR", help="photographs to put behind people")
    parser.add_argument("--cameras", type=positive, metavar="N", help="synchronised cameras a scene")
    parser.add_argument("--sparse", action="store_true", help="no masks, depth and texture maps")
    parser.add_argument("--png", action="store_true", help="pictures without loss instead of JPEG")
    parser.add_argument("--clip", type=_seconds, metavar="SECONDS", help="a video instead of pictures")
    parser.add_argument("--fps", type=_rate, metavar="N", help="frames a second of a clip (default 25)")
    parser.add_argument("--crossing", action="store_true", help="a clip of two people who cross")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes that draw")
    parser.add_argument("--run", type=Path, metavar="RUN", help="do what a run folder's spec.json says")
    parser.set_defaults(wrong_usage=parser.error)


def synth_settings(words: argparse.Namespace) -> SynthSettings:
    """Settings from the file, if any, with what was said besides.

    Raises:
        SynthError: A file or folder is not there, or a setting makes no sense.
    """
    values: dict[str, Any] = {}
    if words.settings is not None:
        from poseapp.synth.settings_file import read_settings

        values = read_settings(words.settings).to_dict()
    if words.size is not None:
        values["width"], values["height"] = words.size
    if words.people is not None:
        values["min_people"], values["max_people"] = words.people
    if words.poses is not None:
        values["poses"] = words.poses
    for key, folder in (("bvh_folder", words.bvh), ("backgrounds_folder", words.backgrounds)):
        if folder is not None:
            if not folder.is_dir():
                raise SynthError(f"there is no folder {folder}")
            values[key] = str(folder.absolute())
    if words.cameras is not None:
        values["cameras"] = words.cameras
    if words.sparse:
        values["dense"] = False
    return SynthSettings.from_dict(values)


def synth_clip(words: argparse.Namespace) -> dict[str, Any] | None:
    """Fields of the clip that was asked for, or None."""
    if words.clip is None:
        if words.crossing or words.fps is not None:
            words.wrong_usage("--crossing and --fps say more of a clip: give its length with --clip")
        return None
    fields = {"seconds": words.clip, "fps": words.fps, "crossing": words.crossing or None}
    return {name: value for name, value in fields.items() if value is not None}


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 3600:
        raise ValueError(f"{text} is not between 0 and 3600")
    return number


def _rate(text: str) -> float:
    number = float(text)
    if not 1 <= number <= 240:
        raise ValueError(f"{text} is not between 1 and 240")
    return number


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text.lower())
    if not found:
        raise ValueError(f"{text} is no WxH")
    return int(found[1]), int(found[2])


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.partition(":")
    return int(low), int(high or low)


def _shares(text: str) -> dict[str, float]:
    """Read words such as sport=1,lying=0.5."""
    pairs = [item.partition("=") for item in text.split(",")]
    return {name.strip(): float(share) for name, _, share in pairs}
