"""From a moment to the picture that one camera takes of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.draw.mesh import Buffers
from poseapp.synth.draw.renderer import Renderer
from poseapp.synth.scene.film import develop
from poseapp.synth.scene.scene import Moment
from poseapp.synth.settings import SynthSettings


@dataclass(frozen=True)
class Photograph:
    """A picture and what lies under its pixels.

    Attributes:
        image: ``(H, W, 3)`` uint8 RGB, as a camera would store it.
        buffers: What the renderer saw; its ``colour`` is the perfect picture.
    """

    image: NDArray[np.uint8]
    buffers: Buffers


def photograph(
    moment: Moment, camera_number: int, renderer: Renderer, settings: SynthSettings, rng: np.random.Generator
) -> Photograph:
    """Draw a moment and do to the picture what a camera would; content stays where the labels say it is.

    Args:
        moment: What is there.
        camera_number: Which of its cameras, from 0.
        renderer: Draws it.
        settings: Strength of noise and compression.
        rng: Source of the noise.
    """
    number = camera_number
    buffers = renderer.render(
        moment.meshes,
        moment.cameras[number],
        moment.light,
        moment.backgrounds[number],
        catcher=moment.catcher,
    )
    far = (buffers.instance == 0) & (buffers.depth > moment.people_depth_m[number] + 0.3)
    return Photograph(develop(buffers.colour, far, moment.films[number], settings, rng), buffers)
