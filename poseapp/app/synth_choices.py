"""What the form of Tools > Synthesize Data Set offers: one row a setting, presets, and words; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from poseapp.synth.settings import SynthSettings

Values = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One row of the form.

    Attributes:
        key: a field of `SynthSettings`, or one of `OWN`.
        group: heading it stands under.
        label: what the user reads.
        kind: "whole", "share" (0..1 shown as percent), "amount", "range", "shares", "switch", "folder" or
            "clip" (one of two).
        tip: one sentence.
        minimum: smallest number.
        maximum: largest number.
        step: of arrows and keys.
        decimals: digits after the point.
        unit: behind the number.
        slides: whether there is a slider beside the number.
    """

    key: str
    group: str
    label: str
    kind: str
    tip: str
    minimum: float = 0
    maximum: float = 1
    step: float = 1
    decimals: int = 0
    unit: str = ""
    slides: bool = True


POSE_TITLES = {
    "everyday": "Everyday", "sport": "Sport", "sitting": "Sitting", "lying": "Lying",
    "crouching": "Crouching", "inverted": "Upside down", "bvh": "From motion files",
}  # fmt: skip
FABRIC_TITLES = {
    "plain": "Plain", "stripes": "Stripes", "checks": "Checks", "prints": "Prints", "noise": "Irregular",
}  # fmt: skip
TITLES = {"poses": POSE_TITLES, "fabrics": FABRIC_TITLES}
GROUPS = ("Pictures", "People", "Poses", "Clothes", "Camera", "Scene", "Camera effects", "Output")

# What is no field of `SynthSettings`, with its default.
OWN: Values = {"clip": False, "count": 1000, "seconds": 10, "seed": 0, "png": False}
CLIP_FPS = 25

CHOICES: tuple[Choice, ...] = (
    Choice("clip", "Pictures", "Make", "clip",
           "Pictures of a moment each, or one video of people who move; the preview shows moments."),
    Choice("count", "Pictures", "How many", "whole",
           "Scenes drawn; with several cameras each scene gives as many pictures.", 1, 1_000_000, 100,
           slides=False),
    Choice("seconds", "Pictures", "Length", "whole", f"Of the clip, with {CLIP_FPS} frames a second.",
           1, 3600, unit="s", slides=False),
    Choice("width", "Pictures", "Width", "whole", "Of each picture.", 32, 4096, 32, unit="px", slides=False),
    Choice("height", "Pictures", "Height", "whole", "Of each picture.", 32, 4096, 32, unit="px",
           slides=False),
    Choice("seed", "Pictures", "Seed", "whole",
           "The same seed and settings give the same pictures; another seed gives other people and scenes.",
           0, 2_000_000_000, slides=False),
    Choice("min_people", "People", "At least", "whole", "Fewest people in a picture.", 0, 12),
    Choice("max_people", "People", "At most", "whole", "Most people in a picture; all of them are labelled.",
           0, 12),
    Choice("pictures_per_look", "People", "Pictures a person", "whole",
           "The same people and clothes in so many pictures, posed and lit anew: saves time.", 1, 64),
    Choice("youngest_age", "People", "Youngest", "share",
           "0 % lets babies in, 20 % children who walk, 50 % only adults.", maximum=0.9, step=0.05),
    Choice("poses", "Poses", "Poses", "shares", "How often each kind of pose is drawn."),
    Choice("bvh_folder", "Poses", "Motion files", "folder",
           "A folder of BVH files (motion capture) whose moments are used as poses."),
    Choice("fabrics", "Clothes", "Fabrics", "shares", "How often each kind of fabric is worn."),
    Choice("person_size", "Camera", "Person's size", "range",
           "Height a person takes of the picture's shorter side; above 100 % they are cut off.",
           0.1, 3.0, 0.05, 2, "%"),
    Choice("focal_lengths", "Camera", "Focal length", "range",
           "As a multiple of the picture's longer side: 0.7 is a wide angle, 1 a phone, 2.5 a tele lens.",
           0.4, 8.0, 0.1, 1, "×"),
    Choice("camera_height_m", "Camera", "Height", "range", "Of the camera above the ground.",
           0.1, 8.0, 0.1, 1, "m"),
    Choice("roll_deg", "Camera", "Largest tilt", "amount", "How far the horizon may tilt to either side.",
           0, 90, 1, 0, "°"),
    Choice("clutter", "Scene", "Clutter", "share", "0 % empty rooms and fields, 100 % full ones.", step=0.05),
    Choice("props", "Scene", "Things in front", "amount",
           "Mean number of objects that hide a part of somebody.", 0, 5, 0.1, 1),
    Choice("backgrounds_folder", "Scene", "Photographs", "folder",
           "A folder of your own photographs to put behind the people."),
    Choice("photo_share", "Scene", "Used in", "share",
           "Share of pictures with a photograph behind, where there is a folder.", step=0.05),
    Choice("low_light", "Scene", "Dark pictures", "share", "Share of pictures taken in little light.",
           step=0.05),
    Choice("shadows", "Scene", "Shadows", "switch", "Whether people and things cast shadows."),
    Choice("motion_blur", "Camera effects", "Motion blur", "share", "Share of pictures with it.", step=0.05),
    Choice("defocus", "Camera effects", "Out of focus", "share", "Share of pictures with it.", step=0.05),
    Choice("noise", "Camera effects", "Noise", "amount", "Of the sensor; 1 as in common cameras, 0 none.",
           0, 4, 0.1, 1),
    Choice("compression", "Camera effects", "Compression", "amount",
           "Blocks and rings as of JPEG; 1 as in common videos, 0 none.", 0, 4, 0.1, 1),
    Choice("cameras", "Output", "Cameras", "whole",
           "Cameras that take each scene at the same time, for several-view work.", 1, 16),
    Choice("png", "Output", "Without loss", "switch",
           "Keep pictures as PNG: several times as large, and no artefacts but those asked for above."),
    Choice("dense", "Output", "Dense maps", "switch",
           "Also write masks, body parts, both depth maps and texture coordinates (truth.h5); "
           "keypoints and boxes are always written."),
)  # fmt: skip

PRESETS: dict[str, Values] = {
    "Balanced": {},
    "Everyday": {
        "max_people": 2, "motion_blur": 0.1, "low_light": 0.15, "camera_height_m": (0.8, 2.2), "clutter": 0.6,
        "poses": {"everyday": 0.55, "sport": 0.05, "sitting": 0.2, "lying": 0.05, "crouching": 0.15},
    },
    "Sport": {
        "max_people": 2, "youngest_age": 0.3, "motion_blur": 0.35, "focal_lengths": (1.0, 4.0),
        "clutter": 0.4, "props": 0.3, "low_light": 0.05,
        "poses": {"everyday": 0.1, "sport": 0.65, "lying": 0.05, "crouching": 0.1, "inverted": 0.1},
    },
    "Dance floor (many people)": {
        "min_people": 3, "max_people": 6, "youngest_age": 0.3, "person_size": (0.35, 0.9), "low_light": 0.5,
        "motion_blur": 0.25, "props": 0.3, "roll_deg": 8.0,
        "poses": {"everyday": 0.5, "sport": 0.4, "crouching": 0.08, "inverted": 0.02},
        "fabrics": {"plain": 0.3, "stripes": 0.2, "checks": 0.1, "prints": 0.25, "noise": 0.15},
    },
    "Laboratory (plain, 4 cameras)": {
        "max_people": 1, "clutter": 0.0, "props": 0.0, "low_light": 0.0, "motion_blur": 0.0, "defocus": 0.0,
        "noise": 0.3, "compression": 0.0, "cameras": 4, "roll_deg": 0.0, "photo_share": 0.0,
        "person_size": (0.5, 0.8), "focal_lengths": (0.9, 1.4), "camera_height_m": (1.0, 2.4),
        "fabrics": {"plain": 1.0},
    },
}  # fmt: skip

# Where the pictures go and how many there are is the user's own; a preset leaves it alone.
KEPT = (
    "clip",
    "count",
    "seconds",
    "seed",
    "width",
    "height",
    "bvh_folder",
    "backgrounds_folder",
    "dense",
    "png",
)


def defaults() -> Values:
    """Every row's value to begin with."""
    made = SynthSettings()
    known = {f.name: getattr(made, f.name) for f in fields(made)}
    return OWN | {choice.key: known[choice.key] for choice in CHOICES if choice.key in known}


def preset(name: str, now: Mapping[str, Any]) -> Values:
    """All values after a preset of `PRESETS` was chosen.

    Args:
        name: the preset.
        now: the values before; what a preset leaves alone is taken from them.
    """
    values = defaults() | PRESETS[name]
    for key in ("poses", "fabrics"):
        values[key] = {kind: float(values[key].get(kind, 0.0)) for kind in TITLES[key]}
    return values | {key: now[key] for key in KEPT if key in now}


def settings_of(values: Mapping[str, Any]) -> SynthSettings:
    """What the form says, checked.

    Raises:
        SynthError: the values do not fit each other; the message names what.
    """
    known = {k: v for k, v in values.items() if k not in OWN and v is not None}
    if values.get("clip"):
        known["cameras"] = 1  # a clip has one
    return SynthSettings.from_dict(known)


def is_same(first: object, value: object) -> bool:
    """Whether two values of a row come to the same, shares to a percent."""
    if isinstance(first, dict) and isinstance(value, dict):
        one, other = percentages(first), percentages(value)
        return all(abs(one.get(kind, 0) - other.get(kind, 0)) <= 1 for kind in one | other)
    if isinstance(first, tuple) and isinstance(value, tuple | list):
        return all(abs(a - b) < 1e-6 for a, b in zip(first, value, strict=True))
    if isinstance(first, float) and isinstance(value, int | float):
        return abs(first - value) < 1e-6
    return bool(first == value)


def percentages(shares: Mapping[str, float]) -> dict[str, int]:
    """Shares of any sum as whole percent."""
    total = sum(shares.values())
    return {key: round(100 * share / total) if total > 0 else 0 for key, share in shares.items()}
