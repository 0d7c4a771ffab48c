"""Which networks the user can choose from: shipped checkpoints and what this project has trained."""

from __future__ import annotations

from dataclasses import dataclass

from poseapp.app.run_states import RunState
from poseapp.app.session import Session
from poseapp.qt import run_words

SETTING = "network"
RUN_PREFIX = "run:"


@dataclass(frozen=True)
class Network:
    """One choice.

    Attributes:
        key: what the project remembers: a checkpoint's name, or ``run:`` and a run's name.
        value: what jobs take: a checkpoint's name or the run's folder.
        title: what the user reads.
    """

    key: str
    value: str
    title: str


def is_usable(run: RunState) -> bool:
    """Whether a training has left a network."""
    folder = run.folder.path / "checkpoints"
    return run.kind == "train" and not run.active and any(folder.glob("*.safetensors"))


def of_run(run: RunState) -> Network:
    """The network of a training."""
    after = run_words.held_out_score(run)
    score = f" · held out {run_words.short(after)}" if after is not None else ""
    return Network(RUN_PREFIX + run.name, str(run.folder.path), f"{run_words.title(run)}{score}")


def choices(session: Session) -> list[Network]:
    """Trainings of this project, newest first, then the shipped checkpoints."""
    from poseapp import api

    found = [of_run(run) for run in session.runs if is_usable(run)]
    for card in api.nets_list().checkpoints:
        name = str(card["name"])
        title = str(card.get("title") or name)
        if card.get("default"):
            found.append(Network("default", "default", f"{title} (default)"))
        else:
            found.append(Network(name, name, title))
    if not any(n.key == "default" for n in found):
        found.append(Network("default", "default", "Default network"))
    return found


def preferred(session: Session, among: list[Network]) -> Network:
    """The one the user chose for this project, else its newest training that was
    better than what it started from, else the default."""
    chosen = session.project.setting(SETTING, None) if session.project is not None else None
    by_key = {network.key: network for network in among}
    if chosen in by_key:
        return by_key[chosen]
    better = {RUN_PREFIX + run.name for run in session.runs if run_words.is_accepted(run)}
    return next((n for n in among if n.key in better), by_key["default"])


def use(session: Session, run: RunState) -> None:
    """Make a training's network the one that predictions and trainings of this project start from."""
    if session.project is not None and not session.read_only:
        session.project.set_setting(SETTING, RUN_PREFIX + run.name)
        session.message.emit(f"Predictions now use {run_words.title(run)}")


def is_in_use(session: Session, run: RunState) -> bool:
    """Whether the user chose this training's network."""
    return session.project is not None and session.project.setting(SETTING, None) == RUN_PREFIX + run.name
