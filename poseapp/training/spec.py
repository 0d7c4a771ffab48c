"""What a training run is told: one dataclass for ``spec.json``, recipe files, command-line flags and the
window's form."""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from poseapp.errors import TrainingError


@dataclass
class Augmentation:
    """Random changes of the training crops.

    Attributes:
        rotation_deg: Standard deviation of the rotation; clipped at three of them.
        full_turn: Share of samples turned by any angle.
        scale_min: Smallest zoom of the box (below 1 cuts the person off).
        scale_max: Largest zoom of the box (above 1 shows more around).
        shift: Largest shift as a share of the box.
        flip: Mirror half of the samples, with left and right exchanged.
        colour: Strength of brightness, contrast, saturation and channel changes; 0 is none.
        cutout: Probability of covering a patch with noise or a flat colour.
        blur: Probability of blur or noise.
        negative: Share of crops taken beside the person, where every keypoint is "nowhere".
    """

    rotation_deg: float = 20.0
    full_turn: float = 0.0
    scale_min: float = 0.75
    scale_max: float = 1.35
    shift: float = 0.12
    flip: bool = True
    colour: float = 0.3
    cutout: float = 0.3
    blur: float = 0.2
    negative: float = 0.03


def for_frames() -> Augmentation:
    """Augmentation of networks that see whole frames of one camera: the scene stays as it is, so change it
    little.

    Mirroring is left out: a camera on one side never sees the animal run the other way round.
    """
    return Augmentation(rotation_deg=12, scale_min=0.8, scale_max=1.25, shift=0.08, flip=False, negative=0.0)


SYNTH = "synth"  # among what is mixed in: people drawn while training


@dataclass
class TrainSpec:
    """Everything needed to repeat a run.

    Attributes:
        sources: Projects or COCO keypoint files to learn from.
        net: Network name; None takes that of ``init``, or the product's own small one.
        init: Checkpoint to start from, or None for random weights.
        val: Source for validation; None splits ``val_fraction`` off the sources.
        val_fraction: Share of images kept for validation.
        skeleton: Keypoints to learn, a skeleton's name; None takes those of ``init`` or of the first source.
            What a source does not label is left out of the loss.
        mix: Sources learnt beside the others but never held out; the word "synth" stands for people drawn
            while training.
        mix_share: Share of each batch (less its replay part) taken from them.
        synth: Settings of the drawn people (`poseapp synth --settings` takes the same), empty for the usual
            ones.
        replay: Sources that keep what ``init`` knew, mixed into every batch; none named: the drawn people
            that are shipped.
        replay_share: Share of each batch taken from them.
        teacher: Checkpoint whose heatmaps are learnt beside the labels (Hinton et al., 2015), at the same
            input size.
        teacher_weight: Share of the loss that follows the teacher.
        blend: Share of the new weights in a fine-tuned result, the rest being those of ``init``: keeps most
            of what was learnt and of what was known (WiSE-FT, Wortsman et al., CVPR 2022).
        epochs: Passes over the training images; None leaves the limit to ``minutes``.
        minutes: Wall-clock limit of the whole run.
        batch: Images a step; None chooses by device and set.
        learning_rate: Peak rate of AdamW; None chooses by whether ``init`` is given.
        weight_decay: Of AdamW.
        ema_decay: Of the averaged weights that are validated and kept.
        patience: Validations without improvement before stopping; 0 never.
        freeze_norm: Keep batch-norm statistics; None does so when ``init`` knows these keypoints.
        input_size: Crop width and height; None takes the network's.
        box_mode: "person", "frame", or "auto": frame where keypoints are not a person's.
        device: "auto", "cpu", "cuda" or "cuda:N".
        seed: Of split, initialisation and augmentation.
        augmentation: None chooses by ``box_mode``: people turn and are mirrored, whole frames hardly change.
        split: Filled when the run starts: image keys of ``train`` and ``val``.
        keep_better: Keep the old checkpoint unless the new one is better on the held-out images.
        title: One line for the card.
        notes: For the card.
        data_notes: Lines for the card: data and licence.
        licence: For the card.
    """

    sources: list[str]
    net: str | None = None
    init: str | None = None
    val: str | None = None
    val_fraction: float = 0.1
    skeleton: str | None = None
    mix: list[str] = field(default_factory=list)
    mix_share: float = 0.5
    synth: dict[str, Any] = field(default_factory=dict)
    replay: list[str] = field(default_factory=list)
    replay_share: float = 0.5
    teacher: str | None = None
    teacher_weight: float = 0.6
    blend: float = 0.7
    epochs: int | None = None
    minutes: float | None = None
    batch: int | None = None
    learning_rate: float | None = None
    weight_decay: float = 0.05
    ema_decay: float = 0.998
    patience: int = 20
    freeze_norm: bool | None = None
    input_size: tuple[int, int] | None = None
    box_mode: str = "auto"
    device: str = "auto"
    seed: int = 0
    augmentation: Augmentation | None = None
    split: dict[str, list[str]] = field(default_factory=dict)
    keep_better: bool = True
    title: str = ""
    notes: str = ""
    data_notes: list[str] = field(default_factory=list)
    licence: str = ""

    def __post_init__(self) -> None:
        if self.epochs is None and self.minutes is None:
            self.epochs = 60
        if self.epochs is not None and self.epochs < 1:
            raise TrainingError("epochs must be at least 1")
        if self.minutes is not None and not self.minutes > 0:
            raise TrainingError("minutes must be above 0")
        if not 0 <= self.val_fraction < 1:
            raise TrainingError("val_fraction must lie in 0..1")
        if not 0 <= self.replay_share < 1:
            raise TrainingError("replay_share must lie in 0..1, below 1")
        if not 0 < self.mix_share < 1:
            raise TrainingError("mix_share must lie between 0 and 1")
        if self.learning_rate is not None and not 0 < self.learning_rate < 10:
            raise TrainingError("learning_rate must be above 0 (usually 0.0001 to 0.003)")
        if self.input_size is not None and any(side < 32 or side % 32 for side in self.input_size):
            raise TrainingError("input_size must be two multiples of 32")
        if self.box_mode not in ("auto", "person", "frame"):
            raise TrainingError("box_mode must be auto, person or frame")
        if not 0 < self.blend <= 1:
            raise TrainingError("blend must lie above 0 and at most at 1")
        if self.batch is not None and self.batch < 2:
            raise TrainingError("batch must be at least 2")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = asdict(self)
        values["kind"] = "train"
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TrainSpec":
        """Build from JSON or TOML values.

        Raises:
            TrainingError: An unknown option or a value of the wrong kind; the message names it.
        """
        values = {k: v for k, v in values.items() if k != "kind"}
        unknown = set(values) - {f.name for f in fields(cls)}
        given = values.pop("augmentation", None)
        if not isinstance(given, dict | None):
            raise TrainingError("the training option augmentation is a table of options")
        augmentation = dict(given or {})
        unknown |= {f"augmentation.{k}" for k in set(augmentation) - {f.name for f in fields(Augmentation)}}
        if unknown:
            raise TrainingError(f"unknown training option: {', '.join(sorted(unknown))}")
        try:
            if values.get("input_size"):
                values["input_size"] = tuple(values["input_size"])
            return cls(augmentation=None if given is None else Augmentation(**augmentation), **values)
        except TypeError as error:
            raise TrainingError(f"the training options do not fit: {error}") from error


def read_recipe(path: Path) -> dict[str, Any]:
    """Read a recipe: a TOML file of :class:`TrainSpec` fields.

    Raises:
        TrainingError: The file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"the recipe cannot be read ({error}): {path}") from error
