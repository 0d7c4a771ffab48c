"""Cards: what a checkpoint is, in a TOML file beside the weights; readable without torch.

A checkpoint is ``NAME.safetensors`` + ``NAME.toml``. Shipped ones lie in ``models/``; a run's lie in
``RUN/checkpoints/``.
"""

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from poseapp.errors import CheckpointError
from poseapp.labels.skeleton import Skeleton
from poseapp.paths import models_dir, write_atomic

DEFAULT_CHECKPOINT = "person_s"
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass
class Card:
    """What one needs to know to use or judge a checkpoint.

    Attributes:
        name: File stem of the weights.
        net: Key of ``NETS``.
        config: Arguments of the network's configuration dataclass.
        skeleton: Skeleton of the output, in order.
        input_size: Crop width and height in pixels.
        mean: RGB mean on the 0..1 scale subtracted from the input.
        std: RGB standard deviation the input is divided by.
        sigma: Target width in heatmap cells.
        box_scale: How much the tight box of the points is enlarged before cropping.
        box_mode: "person": crops follow people; "frame": trained on whole frames, then on crops around
            what was found.
        title: One line for people.
        licence: Terms of the weights.
        data: Training data: one line each with its licence.
        metrics: Name to value, on the data named in ``metrics_command``.
        metrics_command: The command that measured them.
        created: ISO date.
        sha256: Of the safetensors file.
        notes: Anything a user should know: what it is good and bad at.
    """

    name: str
    net: str
    config: dict[str, Any]
    skeleton: Skeleton
    input_size: tuple[int, int]
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    sigma: float = 1.2
    box_scale: float = 1.35
    box_mode: str = "person"
    title: str = ""
    licence: str = ""
    data: list[str] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    metrics_command: str = ""
    created: str = ""
    sha256: str = ""
    notes: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as in the TOML file."""
        values = asdict(self)
        values["skeleton"] = self.skeleton.to_dict()
        for key in ("input_size", "mean", "std"):
            values[key] = list(values[key])
        values["config"] = {k: list(v) if isinstance(v, tuple) else v for k, v in self.config.items()}
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any], source: Path) -> "Card":
        """Check and build.

        Raises:
            CheckpointError: A required field is missing or of the wrong kind.
        """
        try:
            known = {k: v for k, v in values.items() if k in cls.__dataclass_fields__}
            known["skeleton"] = Skeleton.from_dict(values["skeleton"])
            for key in ("input_size", "mean", "std"):
                if key in known:
                    known[key] = tuple(known[key])
            known["config"] = {k: tuple(v) if isinstance(v, list) else v for k, v in values["config"].items()}
            return cls(**known)
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the card is damaged or of another program ({error}): {source}") from error


def read_card(weights: Path) -> Card:
    """Read the card beside a safetensors file.

    Raises:
        CheckpointError: No card, or not a card.
    """
    path = weights.with_suffix(".toml")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"the checkpoint's card cannot be read ({error.strerror}): {path}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(f"the checkpoint's card is not TOML ({error}): {path}") from error
    return Card.from_dict(values, path)


def write_card(card: Card, weights: Path) -> None:
    """Write the card beside the weights."""
    write_atomic(weights.with_suffix(".toml"), tomli_w.dumps(card.to_dict()))


def file_sha256(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def find_checkpoint(name_or_path: str | Path, search: tuple[Path, ...] = ()) -> Path:
    """Path of the safetensors file of a checkpoint.

    Args:
        name_or_path: ``default``, a shipped name, a file, a run folder (its best checkpoint), or a run's
            name in ``search``.
        search: Folders that hold run folders.

    Raises:
        CheckpointError: Nothing of that name.
    """
    name = DEFAULT_CHECKPOINT if str(name_or_path) == "default" else str(name_or_path)
    path = Path(name)
    candidates = [path.with_suffix(".safetensors") if path.suffix == ".toml" else path]
    candidates += [path / "checkpoints" / "best.safetensors", models_dir() / f"{name}.safetensors"]
    candidates += [folder / name / "checkpoints" / "best.safetensors" for folder in search]
    for candidate in candidates:
        if candidate.suffix == ".safetensors" and candidate.is_file():
            return candidate
    known = ", ".join(card.name for card in list_checkpoints()) or "none"
    raise CheckpointError(
        f"there is no checkpoint '{name_or_path}' (shipped: {known}); name a file or a run folder"
    )


def list_checkpoints(folder: Path | None = None) -> list[Card]:
    """Cards of the shipped checkpoints (or those in ``folder``), the default first."""
    folder = models_dir() if folder is None else folder
    cards = [
        read_card(path)
        for path in sorted(folder.glob("*.safetensors"))
        if path.with_suffix(".toml").is_file()
    ]
    return sorted(cards, key=lambda card: card.name != DEFAULT_CHECKPOINT)
