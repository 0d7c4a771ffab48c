"""The networks and checkpoints that are there; read from tables and cards, without torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poseapp.api.results import Result
from poseapp.errors import CheckpointError
from poseapp.nets import NETS
from poseapp.nets.card import DEFAULT_CHECKPOINT, Card, find_checkpoint, list_checkpoints, read_card


@dataclass(frozen=True)
class NetsListResult(Result):
    """What can be named after `--net`.

    Attributes:
        networks: Trainable networks: `name`, `title`, `input_size`, `paper`.
        checkpoints: Trained ones: `name`, `net`, `skeleton`, `title`, `licence`, `metrics`, `default`.
    """

    networks: list[dict[str, Any]]
    checkpoints: list[dict[str, Any]]


@dataclass(frozen=True)
class NetsShowResult(Result):
    """One network or checkpoint.

    Attributes:
        name: Its name.
        kind: "network" or "checkpoint".
        details: The row of the table, or the card.
        path: The weights, or None for a network.
    """

    name: str
    kind: str
    details: dict[str, Any]
    path: Path | None = None


def nets_list() -> NetsListResult:
    """Networks that can be trained and checkpoints that are shipped."""
    networks = [
        {"name": entry.name, "title": entry.title, "input_size": list(entry.input_size), "paper": entry.paper}
        for entry in NETS.values()
    ]
    return NetsListResult(networks, [_card_row(card) for card in list_checkpoints()])


def nets_show(net: str | Path) -> NetsShowResult:
    """All that is known of a network or checkpoint.

    Args:
        net: A network's name, a checkpoint's name or path, a run folder, or "default".

    Raises:
        CheckpointError: there is no such thing; the message lists what there is.
    """
    name = str(net)
    try:
        weights = find_checkpoint(name)
    except CheckpointError:
        if name not in NETS:
            known = ", ".join([*NETS, *(card.name for card in list_checkpoints())])
            raise CheckpointError(f"there is no network or checkpoint '{name}'; there are: {known}") from None
        entry = NETS[name]
        details = {"title": entry.title, "input_size": list(entry.input_size), "paper": entry.paper}
        return NetsShowResult(name, "network", details)
    card = read_card(weights)
    return NetsShowResult(card.name, "checkpoint", card.to_dict(), weights)


def _card_row(card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "net": card.net,
        "skeleton": card.skeleton.name,
        "title": card.title,
        "licence": card.licence,
        "metrics": card.metrics,
        "default": card.name == DEFAULT_CHECKPOINT,
    }


def net_title(net: str | Path, card: Card) -> str:
    """What to call a checkpoint: its card's name, or its run's where the card only says "best"."""
    weights = find_checkpoint(net).resolve()
    return weights.parents[1].name if weights.parent.name == "checkpoints" else card.name
