"""How long work tells its caller where it stands."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a piece of work stands.

    Attributes:
        done: Units done.
        total: Units in all, or 0 where nobody knows.
        unit: What is counted: "frames", "epochs", "images", "steps".
        text: What is being done, and the latest figures.
    """

    done: int
    total: int
    unit: str
    text: str = ""


OnProgress = Callable[[Progress], None]
