"""Clips: people who move before a camera, with the truth of every frame."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from poseapp.errors import SynthError
from poseapp.synth.scene.clip import sample_clip
from poseapp.synth.scene.scene import Scene
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.sample import SynthSample, studio, taken


@dataclass(frozen=True)
class Clip:
    """A video instead of single pictures.

    Attributes:
        seconds: How long.
        fps: Frames a second.
        people: How many; None as the settings say.
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
        if not 0 < self.seconds <= 3600:
            raise SynthError(f"a clip lasts between 0 and 3600 seconds, not {self.seconds}")
        if not 1 <= self.fps <= 240:
            raise SynthError(f"a clip has 1 to 240 frames a second, not {self.fps}")

    @property
    def frames(self) -> int:
        """How many."""
        return max(1, round(self.seconds * self.fps))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and TOML; None is left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Clip":
        """Build from what `to_dict` gave."""
        kinds = values.get("kinds")
        plain: dict[str, Any] = {**values, "kinds": None if kinds is None else tuple(kinds)}
        return cls(**plain)


def clip_scene(settings: SynthSettings, seed: int, clip: Clip) -> Scene:
    """The scene of a clip, for `clip_frame`."""
    ask = partial(sample_clip, studio().model, settings, seed, clip.seconds)
    return ask(
        people=clip.people,
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
