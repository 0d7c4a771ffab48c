"""The words of `poseapp skeleton` and what they call."""

import argparse
from collections.abc import Callable
from pathlib import Path

from poseapp import api
from poseapp.cli.output import HasJson, ProgressLine

Words = argparse.Namespace


def add_skeleton(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    add: Callable[..., argparse.ArgumentParser],
) -> None:
    """Add `skeleton list | show | export | set`.

    Args:
        verbs: where commands are added.
        add: adds one with what all have.
    """
    text = "keypoints and what connects them"
    skeleton = verbs.add_parser("skeleton", help=text, description=text[0].upper() + text[1:] + ".")
    below = skeleton.add_subparsers(
        dest="skeleton_command", metavar="list | show | export | set", required=True
    )
    name_help = "shipped skeleton, a TOML file or a project"
    add(below, "list", _list, "the skeletons that are shipped")
    show = add(below, "show", _show, "all of one skeleton")
    show.add_argument("name", metavar="NAME", help=name_help)
    export = add(below, "export", _export, "write a skeleton as a TOML file")
    export.add_argument("name", metavar="NAME", help=name_help)
    export.add_argument("file", type=Path, metavar="FILE")
    put = add(below, "set", _set, "give a project another skeleton; labels follow their keypoints by name")
    put.add_argument("project", type=Path, metavar="PROJECT")
    put.add_argument("name", metavar="SKELETON", help="shipped skeleton, a TOML file or another project")
    put.add_argument(
        "--rename",
        nargs="+",
        action="extend",
        type=_pair,
        default=[],
        metavar="OLD=NEW",
        help="keypoints that keep their labels under another name",
    )
    put.add_argument("--dry-run", action="store_true", help="only say what would happen")


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (sign and old and new):
        raise argparse.ArgumentTypeError(f"'{text}' is not OLD=NEW")
    return old, new


def _list(_words: Words, _progress: ProgressLine) -> HasJson:
    return api.skeleton_list()


def _show(words: Words, _progress: ProgressLine) -> HasJson:
    return api.skeleton_show(words.name)


def _export(words: Words, _progress: ProgressLine) -> HasJson:
    return api.skeleton_export(words.name, words.file)


def _set(words: Words, _progress: ProgressLine) -> HasJson:
    return api.skeleton_set(words.project, words.name, renamed=dict(words.rename), dry_run=words.dry_run)
