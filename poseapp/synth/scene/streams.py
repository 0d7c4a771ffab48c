"""Sources of chance that do not disturb each other.

Each part of a scene draws from a stream of its own, so that a change of one setting leaves what the other
parts drew alone: the same person stays in the picture while its light or its frame is changed.
"""

import numpy as np

from poseapp.errors import SynthError

STREAMS = ("people", "poses", "places", "camera", "light", "backdrop", "scenery", "props", "film", "clip")


def stream(seed: int, index: int, name: str, number: int = 0) -> np.random.Generator:
    """The source of chance of one part of one scene.

    Args:
        seed: The user's seed, 0 or more.
        index: Number of the scene, 0 or more.
        name: One of `STREAMS`.
        number: Which of several alike: person, camera or object.

    Raises:
        SynthError: A negative seed or index.
    """
    if seed < 0 or index < 0:
        raise SynthError(f"seed and picture number must not be negative, they are {seed} and {index}")
    return np.random.default_rng([seed, index, STREAMS.index(name), number])
