"""Clips: people who move before a camera, with the truth of every frame."""

from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

from poseapp.errors import SynthError
from poseapp.synth.motion.gait import GAITS
from poseapp.synth.scene.clip import sample_clip
from poseapp.synth.scene.scene import Scene
from poseapp.synth.settings import POSE_KINDS, SynthSettings
from poseapp.synth.truth.sample import SynthSample, studio, taken

BACKGROUNDS = ("photo", "abstract", "outdoors", "indoors")


@dataclass(frozen=True)
class Clip:
    """A video instead of single pictures.

    Attributes:
        seconds: How long.
        fps: Frames a second.
        people: 0 to 12; None as the settings say, or two where they cross.
        crossing: Whether two people walk past each other.
        handheld: How much the camera moves, 0 not at all.
        kinds: Motion of each person, see `motion.sample_motion`; None as the settings say.
        background: "photo", "abstract", "outdoors" or "indoors"; None by chance.
    """

    seconds: float
    fps: float = 25.0
    people: int | None = None
    crossing: bool = False
    handheld: float = 0.5
    kinds: tuple[str, ...] | None = None
    background: str | None = None

    def __post_init__(self) -> None:
        for name, least, most in (("seconds", 0.0, 3600), ("fps", 1.0, 240), ("handheld", 0.0, 20)):
            value = getattr(self, name)
            if not _is_number(value) or not least <= value <= most or (name == "seconds" and not value > 0):
                raise SynthError(f"a clip's {name} must lie between {least:g} and {most}, not {value!r}")
        people = self.people
        if people is not None and (not isinstance(people, int) or not _is_number(people)):
            raise SynthError(f"a clip's people must be a whole number, not {people!r}")
        if people is not None and not (2 if self.crossing else 0) <= people <= 12:
            raise SynthError(f"a clip has 0 to 12 people, at least 2 if they cross, not {people}")
        if not isinstance(self.crossing, bool):
            raise SynthError(f"a clip's crossing must be true or false, not {self.crossing!r}")
        if self.background is not None and self.background not in BACKGROUNDS:
            raise SynthError(
                f"there is no background {self.background!r} for a clip: one of {', '.join(BACKGROUNDS)}"
            )
        unknown = [kind for kind in self.kinds or () if kind not in (*POSE_KINDS, *GAITS)]
        if unknown:
            raise SynthError(f"there is no motion {unknown[0]!r}: one of {', '.join((*POSE_KINDS, *GAITS))}")

    @property
    def frames(self) -> int:
        """How many."""
        return max(1, round(self.seconds * self.fps))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and TOML; None is left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Clip":
        """Build from what `to_dict` gave.

        Raises:
            SynthError: A field is missing or unknown, or its value makes no sense.
        """
        unknown = sorted(map(str, set(values) - {f.name for f in fields(cls)}))
        if unknown or "seconds" not in values:
            raise SynthError(f"a clip has no {unknown[0]}" if unknown else "a clip needs its seconds")
        kinds = values.get("kinds")
        if kinds is not None and not isinstance(kinds, list | tuple):
            raise SynthError(f"a clip's kinds must be a list, not {kinds!r}")
        plain: dict[str, Any] = {**values, "kinds": None if kinds is None else tuple(kinds)}
        return cls(**plain)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def clip_scene(settings: SynthSettings, seed: int, clip: Clip) -> Scene:
    """The scene of a clip, for `clip_frame`."""
    ask = partial(sample_clip, studio().model, settings, seed, clip.seconds)
    return ask(
        people=2 if clip.crossing and clip.people is None else clip.people,
        crossing=clip.crossing,
        background=clip.background,
        handheld=clip.handheld,
        kinds=clip.kinds,
    )


def clip_frame(scene: Scene, settings: SynthSettings, seed: int, number: int, time_s: float) -> SynthSample:
    """One frame of a clip; frames may be drawn in any order and by different processes.

    Args:
        scene: From `clip_scene`, with the same settings and seed.
        settings: What is drawn.
        seed: As for the scene.
        number: Of the frame, from 0.
        time_s: When it is taken.
    """
    return taken(scene.at(time_s), settings, seed, number, stream_index=0, frame=number + 1)
