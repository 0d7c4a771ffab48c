"""What a user can say about the people and pictures to be made."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from poseapp.errors import SynthError

POSE_KINDS = ("everyday", "sport", "sitting", "lying", "crouching", "inverted", "bvh")
OLDEST = 0.9  # youngest_age above this leaves nobody to be sampled
FABRICS = ("plain", "stripes", "checks", "prints", "noise")


@dataclass(frozen=True)
class SynthSettings:
    """Everything that decides what is drawn; with a seed it decides every byte.

    Attributes:
        width: Pixels of each picture.
        height: Pixels.
        min_people: Fewest people a picture.
        max_people: Most people a picture; more than one of them is labelled alike.
        pictures_per_look: Pictures in a row with the same people, shapes and clothes, each with another pose,
            place, light and camera: saves time. 1 draws new people for each.
        poses: Share of each of `POSE_KINDS`; need not sum to 1.
        bvh_folder: Folder of BVH motion for the kind "bvh"; None leaves that kind out.
        backgrounds_folder: Folder of photographs to put behind the people, or None for drawn scenes alone.
        photo_share: Share of pictures with a photograph behind, where there is a folder.
        fabrics: Share of each of `FABRICS`.
        youngest_age: Least age, 0 a baby .. 1 an old person.
        person_size: Range of the height a person takes of the picture's shorter side.
        focal_lengths: Range of the focal length as a multiple of the picture's longer side.
        camera_height_m: Range.
        roll_deg: Largest tilt of the horizon to either side.
        props: Mean number of objects in front of people.
        clutter: 0 empty scenes .. 1 full ones.
        shadows: Whether things cast shadows.
        low_light: Share of dark pictures.
        motion_blur: Share of pictures with it.
        defocus: Share of pictures with it.
        noise: Strength of sensor noise, 1 as in common cameras.
        compression: Strength of compression artefacts, 0 none.
        cameras: Synchronised cameras a scene.
        dense: Whether masks, depth maps, parts and texture coordinates are kept.
    """

    width: int = 256
    height: int = 256
    min_people: int = 1
    max_people: int = 2
    pictures_per_look: int = 4
    poses: dict[str, float] = field(
        default_factory=lambda: {
            "everyday": 0.3, "sport": 0.35, "sitting": 0.1, "lying": 0.05, "crouching": 0.1, "inverted": 0.05,
            "bvh": 0.05,
        }
    )  # fmt: skip
    bvh_folder: str | None = None
    backgrounds_folder: str | None = None
    photo_share: float = 0.7
    fabrics: dict[str, float] = field(
        default_factory=lambda: {"plain": 0.45, "stripes": 0.15, "checks": 0.1, "prints": 0.15, "noise": 0.15}
    )
    youngest_age: float = 0.2
    person_size: tuple[float, float] = (0.45, 1.1)
    focal_lengths: tuple[float, float] = (0.7, 2.5)
    camera_height_m: tuple[float, float] = (0.3, 2.6)
    roll_deg: float = 12.0
    props: float = 0.7
    clutter: float = 0.5
    shadows: bool = True
    low_light: float = 0.1
    motion_blur: float = 0.15
    defocus: float = 0.15
    noise: float = 1.0
    compression: float = 1.0
    cameras: int = 1
    dense: bool = True

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check_kind(setting.name, getattr(self, setting.name), _KINDS[str(setting.type)])
        if not 0 <= self.youngest_age <= OLDEST:
            raise SynthError(f"youngest_age must lie in 0..{OLDEST}: nobody sampled is older")
        if min(self.width, self.height) < 32 or max(self.width, self.height) > 4096:
            raise SynthError("a picture's sides must lie between 32 and 4096 pixels")
        if not 0 <= self.min_people <= self.max_people <= 12:
            raise SynthError("the number of people must lie in 0..12, the least not above the most")
        if not 1 <= self.pictures_per_look <= 64:
            raise SynthError("the same people can be in 1 to 64 pictures")
        if not 1 <= self.cameras <= 16:
            raise SynthError("there can be 1 to 16 cameras")
        for name, known in (("poses", POSE_KINDS), ("fabrics", FABRICS)):
            shares = getattr(self, name)
            unknown = sorted(set(shares) - set(known))
            if unknown:
                raise SynthError(f"unknown {name}: {', '.join(unknown)}; there are {', '.join(known)}")
            if min(shares.values(), default=0) < 0 or not sum(shares.values()) > 0:
                raise SynthError(f"the shares of {name} must not be negative, and one must be above 0")
        for name in ("photo_share", "clutter", "low_light", "motion_blur", "defocus"):
            if not 0 <= getattr(self, name) <= 1:
                raise SynthError(f"{name} must lie in 0..1")
        for name in ("props", "noise", "compression", "roll_deg"):
            if not 0 <= getattr(self, name) <= 180:
                raise SynthError(f"{name} must not be negative or huge")
        for name in ("person_size", "focal_lengths", "camera_height_m"):
            low, high = getattr(self, name)
            if not 0 < low <= high:
                raise SynthError(f"{name} must be two numbers above 0, the smaller first")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and TOML; None is left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SynthSettings":
        """Build from JSON or TOML values.

        Raises:
            SynthError: An unknown setting, or a value that makes no sense; the message names it.
        """
        unknown = sorted(set(values) - {f.name for f in fields(cls)})
        if unknown:
            raise SynthError(f"unknown setting: {', '.join(unknown)}")
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value))


def _are_shares(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and _is_number(v) for k, v in value.items())


# By how a field is annotated: what it must be, in words and as a test.
_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "<class 'int'>": ("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool)),
    "<class 'float'>": ("a number", _is_number),
    "<class 'bool'>": ("true or false", lambda v: isinstance(v, bool)),
    "str | None": ("text", lambda v: v is None or isinstance(v, str)),
    "tuple[float, float]": ("two numbers", _is_pair),
    "dict[str, float]": ("names with a number each", _are_shares),
}


def _check_kind(name: str, value: Any, kind: tuple[str, Callable[[Any], bool]]) -> None:
    if not kind[1](value):
        raise SynthError(f"{name} must be {kind[0]}, not {value!r}")
