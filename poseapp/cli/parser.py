"""The words each command takes."""

import argparse
import math
from pathlib import Path
from typing import TypeAlias

from poseapp import __version__
from poseapp.cli import commands
from poseapp.cli import sharing_words as sharing
from poseapp.cli.curve_words import add_curves, curves
from poseapp.cli.edit_words import add_edit, edit
from poseapp.cli.exchange_words import add_convert, add_export, add_import
from poseapp.cli.history_words import add_history, history
from poseapp.cli.numbers import positive
from poseapp.cli.over_time_words import add_over_time
from poseapp.cli.skeleton_words import add_skeleton
from poseapp.cli.suggest_words import add_statistics, add_suggest, statistics, suggest
from poseapp.cli.synth_words import add_synth
from poseapp.labels.skeleton import DEFAULT_SKELETON

EPILOG = "Without a command: poseapp [PATH] opens the window on a project, a video or an image folder."


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; every command sets `function`."""
    parser = argparse.ArgumentParser(
        prog="poseapp", description="Poses of people from video.", epilog=EPILOG, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"poseapp {__version__}")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_project_commands(verbs)
    _add_predict(verbs)
    _add_train(verbs)
    _add_evaluate(verbs)
    add_import(_add(verbs, "import", commands.import_file, "add the labels of a file to a project"))
    add_export(
        _add(verbs, "export", commands.export_file, "write the labels of a project for another program")
    )
    add_convert(
        _add(verbs, "convert", commands.convert, "turn a label or prediction file into another format")
    )
    _add_render(verbs)
    add_suggest(_add(verbs, "suggest", suggest, "which frames of a project to label next"))
    add_statistics(
        _add(verbs, "statistics", statistics, "how many labels, of what, where from, how far moved")
    )
    add_curves(_add(verbs, "curves", curves, "positions, speeds and lengths of a person over time as CSV"))
    _add_nets(verbs)
    add_skeleton(verbs, _add)
    add_edit(_add(verbs, "edit", edit, "do one thing to all people for whom conditions hold"))
    add_over_time(verbs, _add)
    add_history(_add(verbs, "history", history, "the edits of a project, and going back to one of them"))
    add_synth(_add(verbs, "synth", commands.synth, "draw people whose poses are known: pictures or a clip"))
    for name, words, function, text in (
        ("merge", sharing.add_merge, sharing.merge, "take the labels of another person's project in"),
        ("relink", sharing.add_relink, sharing.relink, "find missing videos by their content"),
        ("pack", sharing.add_pack, sharing.pack, "write a project with its pictures into one file"),
        ("unpack", sharing.add_unpack, sharing.unpack, "make a project of such a file"),
    ):
        words(_add(verbs, name, function, text))
    _add(verbs, "doctor", commands.doctor, "versions, codecs, devices, free disk: what a bug report needs")
    demo = _add(verbs, "demo", commands.demo, "the main job on the built-in sample clip")
    demo.add_argument("--headless", action="store_true", help="without a window, from start to end")
    demo.add_argument(
        "--out", type=Path, default=Path("poseapp-demo"), metavar="DIR", help="folder for all it makes"
    )
    return parser


Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(verbs: Verbs, name: str, function: object, text: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.set_defaults(function=function)
    return parser


def _add_project_commands(verbs: Verbs) -> None:
    new = _add(verbs, "new", commands.new, "make a project with videos in it")
    new.add_argument("project", type=Path, metavar="PROJECT")
    new.add_argument(
        "videos", type=Path, nargs="+", metavar="VIDEO", help="videos, image folders, or files of labels"
    )
    new.add_argument(
        "--skeleton",
        metavar="NAME",
        help=f"shipped skeleton or a TOML file; without it that of the labels, else {DEFAULT_SKELETON}",
    )
    info = _add(verbs, "info", commands.info, "what is in a project, video, label file, checkpoint or run")
    info.add_argument("path", type=Path, metavar="PATH")


def _add_predict(verbs: Verbs) -> None:
    parser = _add(verbs, "predict", commands.predict, "find people in videos, image folders or a project")
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH")
    _add_net(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="its format by its ending: .h5, .json, .csv")
    _add_frames(parser)
    parser.add_argument("--people", type=positive, default=1, metavar="N", help="people a frame at most")
    _add_device(parser)
    parser.add_argument("--batch", type=positive, metavar="N", help="crops a step")
    parser.add_argument("--run", type=Path, metavar="RUN", help="do what a run folder's spec.json says")
    parser.set_defaults(wrong_usage=parser.error)


def _add_train(verbs: Verbs) -> None:
    parser = _add(verbs, "train", commands.train, "train a network on labels, or go on with a run")
    parser.add_argument(
        "sources",
        type=Path,
        nargs="+",
        metavar="SOURCE",
        help="projects or COCO JSON files; or one run folder",
    )
    parser.add_argument("--net", metavar="NET", help="network, or a checkpoint as --init")
    parser.add_argument("--init", metavar="CHECKPOINT", help="where to start from; 'none': random weights")
    parser.add_argument(
        "--val", type=Path, metavar="SOURCE", help="validate on this instead of a held-out part"
    )
    parser.add_argument("--epochs", type=positive, metavar="N")
    parser.add_argument("--minutes", type=_above_zero, metavar="M", help="wall-clock limit")
    parser.add_argument("--batch", type=positive, metavar="N", help="pictures a step")
    parser.add_argument("--skeleton", metavar="NAME", help="keypoints to learn; else those of the labels")
    parser.add_argument(
        "--mix",
        nargs="+",
        metavar="SOURCE",
        help="labels learnt beside the others; 'synth': people drawn meanwhile",
    )
    parser.add_argument("--mix-share", type=float, metavar="F", help="their share of each batch (0.5)")
    parser.add_argument(
        "--replay", nargs="+", metavar="SOURCE", help="labels mixed in so that old skills stay"
    )
    parser.add_argument("--seed", type=int, metavar="S")
    parser.add_argument("--recipe", type=Path, metavar="FILE", help="TOML file with further settings")
    _add_device(parser, default=None)
    parser.add_argument("--out", type=Path, metavar="RUN", help="the run's folder")


def _add_evaluate(verbs: Verbs) -> None:
    parser = _add(verbs, "evaluate", commands.evaluate, "compare a network or predictions with labels")
    parser.add_argument("net_or_predictions", metavar="NET_OR_PREDICTIONS")
    parser.add_argument("truth", type=Path, metavar="TRUTH", help="a project or a COCO JSON file")
    parser.add_argument(
        "--metric",
        nargs="+",
        action="extend",
        metavar="M",
        help="such as pck@0.2 pck@0.2:limbs mean_px oks_ap",
    )
    parser.add_argument("--boxes", choices=("truth", "detected", "frame"), default="truth")
    _add_device(parser)


def _add_render(verbs: Verbs) -> None:
    parser = _add(verbs, "render", commands.render, "a movie with the predicted people drawn on it")
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument("predictions", type=Path, metavar="PREDICTIONS")
    parser.add_argument("out", type=Path, metavar="OUT.mp4")
    _add_frames(parser)
    parser.add_argument("--scale", type=_above_zero, default=1.0, metavar="S", help="size of lines and dots")


def _add_nets(verbs: Verbs) -> None:
    nets = verbs.add_parser("nets", help="networks and checkpoints", description="Networks and checkpoints.")
    below = nets.add_subparsers(dest="nets_command", metavar="list | show NET", required=True)
    _add(below, "list", commands.nets_list, "networks that can be trained and checkpoints that are there")
    show = _add(below, "show", commands.nets_show, "all that is known of one network or checkpoint")
    show.add_argument("net", metavar="NET")


def _add_net(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--net", default="default", metavar="NET", help="checkpoint's name or path")


def _add_frames(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", metavar="A:B", help="from A up to, not including, B; counted from 0")


def _add_device(parser: argparse.ArgumentParser, default: str | None = "auto") -> None:
    parser.add_argument("--device", default=default, metavar="D", help="auto, cpu, cuda or cuda:N")


def _above_zero(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{text} is no number above 0")
    return number
