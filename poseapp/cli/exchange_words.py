"""The words of `import`, `export` and `convert`."""

import argparse
from pathlib import Path
from typing import Any

from poseapp.api.import_plan import BOTH, CHOICES
from poseapp.api.keypoint_maps import EXTEND, KEEP, TAKE
from poseapp.errors import PoseError
from poseapp.formats import FORMATS, format_for


def add_import(parser: argparse.ArgumentParser) -> None:
    """The words of `import`."""
    _add_project_and_file(parser, "a file of labels, or the folder of a DeepLabCut project")
    parser.add_argument(
        "--map", metavar="MAP", help="which keypoint is which: 'LWrist=left_wrist,…' or a TOML file"
    )
    parser.add_argument(
        "--add-keypoints", action="store_true", help="give the skeleton the keypoints that only the file has"
    )
    parser.add_argument(
        "--take-skeleton", action="store_true", help="take the file's skeleton; the project has no labels yet"
    )
    parser.add_argument(
        "--conflicts",
        choices=CHOICES,
        default=BOTH,
        help="of people who are there, labelled otherwise: keep the project's, replace them, or have both",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def add_export(parser: argparse.ArgumentParser) -> None:
    """The words of `export`."""
    _add_project_and_file(parser, "the file to write, or the folder of a DeepLabCut project")
    _add_overwrite(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be written and change")
    parser.add_argument(
        "--embed", action="store_true", help="slp: put the labelled frames into the file, as .pkg.slp does"
    )
    parser.add_argument("--scorer", metavar="NAME", help="DeepLabCut: who labelled")


def add_convert(parser: argparse.ArgumentParser) -> None:
    """The words of `convert`."""
    parser.add_argument("source", type=Path, metavar="IN")
    parser.add_argument("out", type=Path, metavar="OUT")
    _add_overwrite(parser)


def _add_project_and_file(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("project", type=Path, metavar="PROJECT")
    parser.add_argument("file", type=Path, metavar="FILE", help=text)
    parser.add_argument("--format", choices=sorted(FORMATS), help="by the file's ending when left out")


def _add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a SLEAP or DeepLabCut file that is there"
    )


def skeleton_choice(words: argparse.Namespace) -> str:
    """What becomes of the project's skeleton."""
    if words.take_skeleton and words.add_keypoints:
        raise PoseError("say either --take-skeleton or --add-keypoints")
    return TAKE if words.take_skeleton else EXTEND if words.add_keypoints else KEEP


def export_options(words: argparse.Namespace) -> dict[str, Any]:
    """The options of one format's writer.

    Raises:
        PoseError: The format has no such option.
    """
    name = format_for(words.file, words.format, writing=True).name
    options: dict[str, Any] = {}
    if words.embed:
        if name != "slp":
            raise PoseError(f"--embed is for SLEAP's files, not for the format {name}")
        options["embed"] = True
    if words.scorer is not None:
        if not name.startswith("dlc"):
            raise PoseError(f"--scorer is for DeepLabCut, not for the format {name}")
        options["scorer"] = words.scorer
    return options
