"""A DeepLabCut project's `config.yaml`: what is in it that labels need, and a new one."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from poseapp.errors import FormatError

CONFIG = "config.yaml"
MULTI = "MULTI!"
_MAX_BYTES = 4 << 20
# What DeepLabCut 3 writes into a new project besides what depends on its labels.
_DEFAULTS: dict[str, Any] = {
    "start": 0, "stop": 1, "numframes2pick": 20, "skeleton_color": "black", "pcutoff": 0.6, "dotsize": 12,
    "alphavalue": 0.7, "colormap": "rainbow", "TrainingFraction": [0.95], "iteration": 0,
    "default_net_type": "resnet_50", "default_augmenter": "default", "snapshotindex": -1,
    "detector_snapshotindex": -1, "batch_size": 8, "detector_batch_size": 1, "cropping": False, "x1": 0,
    "x2": 640, "y1": 277, "y2": 624, "corner2move2": [50, 50], "move2corner": True,
}  # fmt: skip


@dataclass
class DlcConfig:
    """A configuration.

    Attributes:
        task: The project's name.
        scorer: Who labelled.
        bodyparts: Names, those there is only one of last.
        unique: Names of body parts there is only one of.
        individuals: Names; empty in projects of a single animal.
        edges: Pairs of body parts.
        video_sets: Path by the name of the folder in `labeled-data`.
        fields: All of the file as it was.
    """

    task: str = ""
    scorer: str = ""
    bodyparts: list[str] = field(default_factory=list)
    unique: list[str] = field(default_factory=list)
    individuals: list[str] = field(default_factory=list)
    edges: list[tuple[str, str]] = field(default_factory=list)
    video_sets: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


def find_config(path: str | os.PathLike[str]) -> Path | None:
    """Return the configuration that a path means: itself, or that in its folder; None without one."""
    path = Path(path)
    if path.is_dir():
        path = path / CONFIG
    return path if path.suffix.lower() in (".yaml", ".yml") and path.is_file() else None


def read_config(path: Path) -> DlcConfig:
    """Read a configuration.

    Raises:
        FormatError: It is not YAML, or no DeepLabCut project's.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(
                f"{where} has {path.stat().st_size} bytes; that is no DeepLabCut configuration."
            )
        fields = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise FormatError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError, OverflowError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{where} is not a YAML file: {' '.join(str(error).split())[:200]}.") from error
    if not isinstance(fields, dict) or "bodyparts" not in fields:
        raise FormatError(f"{where} is not a DeepLabCut configuration: it has no `bodyparts`.")
    config = DlcConfig(_text(fields.get("Task")), _text(fields.get("scorer")), fields=fields)
    if fields.get("multianimalproject"):
        multi, config.unique = (
            _names(fields, key, where) for key in ("multianimalbodyparts", "uniquebodyparts")
        )
        config.bodyparts = [*multi, *(part for part in config.unique if part not in multi)]
        config.individuals = _names(fields, "individuals", where)
    else:
        config.bodyparts = _names(fields, "bodyparts", where)
    config.edges = _edges(fields.get("skeleton"), where)
    videos = fields.get("video_sets")
    for name in videos if isinstance(videos, dict) else ():
        base = str(name).replace("\\", "/").rsplit("/", 1)[-1]
        config.video_sets[base.rsplit(".", 1)[0]] = str(name)
    return config


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _names(fields: dict[Any, Any], key: str, where: str) -> list[str]:
    value = fields.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or any(not isinstance(name, str | int | float) for name in value):
        raise FormatError(f"{where}: `{key}` is not a list of names.")
    return [str(name) for name in value]


def _edges(value: Any, where: str) -> list[tuple[str, str]]:
    edges = []
    for pair in value if isinstance(value, list) else []:
        if not isinstance(pair, list) or any(not isinstance(name, str | int | float) for name in pair):
            raise FormatError(f"{where}: `skeleton` is not a list of pairs of names.")
        # Chains of more than two body parts are allowed by DeepLabCut.
        names = [str(name) for name in pair]
        edges += list(zip(names[:-1], names[1:], strict=True))
    return edges


def config_text(config: DlcConfig, project_path: Path, crops: dict[str, str], date: str) -> str:
    """Return the text of a configuration that DeepLabCut reads.

    Args:
        config: What is known; other fields of `config.fields` are kept, what is missing gets DeepLabCut's
            usual values.
        project_path: The project's folder.
        crops: `crop` of each video by its path, in the order of `video_sets`.
        date: Such as "Nov27", for new configurations.
    """
    kept = dict(config.fields)
    fields: dict[str, Any] = {
        "Task": config.task, "scorer": config.scorer, "date": kept.get("date") or date,
        "multianimalproject": bool(config.individuals), "identity": bool(kept.get("identity") or False),
        "project_path": str(project_path), "engine": kept.get("engine") or "pytorch",
        "video_sets": {path: {"crop": crop} for path, crop in crops.items()},
    }  # fmt: skip
    if config.individuals:
        fields["individuals"] = config.individuals
        fields["uniquebodyparts"] = config.unique
        fields["multianimalbodyparts"] = [part for part in config.bodyparts if part not in config.unique]
        fields["bodyparts"] = MULTI
        fields["default_track_method"] = kept.get("default_track_method") or "ellipse"
    else:
        fields["bodyparts"] = config.bodyparts
    fields["skeleton"] = [list(edge) for edge in config.edges]
    for key, value in _DEFAULTS.items():
        fields[key] = kept.get(key, value)
    of_several = ("individuals", "uniquebodyparts", "multianimalbodyparts", "default_track_method")
    fields |= {key: value for key, value in kept.items() if key not in fields and key not in of_several}
    return str(
        yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000)
    )
