"""Who is in a picture: the same people for several pictures in a row, drawn once by each process."""

from dataclasses import replace
from functools import lru_cache

from poseapp.synth.body.model import BodyModel
from poseapp.synth.look.person import Person
from poseapp.synth.scene.streams import stream
from poseapp.synth.settings import SynthSettings

_KEPT = 12  # people, some 5 MB each: as many as a picture can have


def cast(model: BodyModel, settings: SynthSettings, seed: int, index: int, number: int) -> Person:
    """Person ``number`` (0 is the main one) of picture ``index``.

    With the same shape and clothes they are that person in `SynthSettings.pictures_per_look` pictures. A
    process keeps the last few; who they are depends on seed, picture and settings alone.
    """
    look = (settings.youngest_age, tuple(settings.fabrics.items()))
    return _drawn(model, look, seed, index // settings.pictures_per_look, number)


@lru_cache(maxsize=_KEPT)
def _drawn(
    model: BodyModel, look: tuple[float, tuple[tuple[str, float], ...]], seed: int, block: int, number: int
) -> Person:
    # What is not part of the key is at its default, so that nothing else can change a person.
    settings = replace(SynthSettings(), youngest_age=look[0], fabrics=dict(look[1]))
    return Person.sample(model, stream(seed, block, "people", number), settings)
