"""One picture, or what several cameras see of one moment, with all that is known of it."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.labels.instance import Instance
from poseapp.synth.body.model import BodyModel, load_body
from poseapp.synth.draw.mesh import Buffers
from poseapp.synth.draw.renderer import Renderer
from poseapp.synth.scene.photography import photograph
from poseapp.synth.scene.scene import Moment, sample_scene
from poseapp.synth.scene.streams import stream
from poseapp.synth.settings import SynthSettings
from poseapp.synth.truth.landmarks import HAND_SKELETON, Landmarks
from poseapp.synth.truth.person import PersonTruth, person_truth

_LEAST_SEEN = 0.08


@dataclass(frozen=True)
class Studio:
    """What a process needs to draw and needs once.

    Attributes:
        model: The body.
        landmarks: Its keypoints.
        renderer: Draws.
    """

    model: BodyModel
    landmarks: Landmarks
    renderer: Renderer


@lru_cache(maxsize=1)
def studio() -> Studio:
    """This process's studio, opened at the first call.

    Raises:
        SynthError: No body model, or no OpenGL.
    """
    model = load_body()
    return Studio(model, Landmarks(model), Renderer())


@dataclass(frozen=True)
class View:
    """What one camera saw.

    Attributes:
        image: ``(H, W, 3)`` uint8 RGB.
        camera: That took it.
        people: Those of whom at least a pixel is seen, in order of their numbers.
        buffers: The first surface at each pixel.
    """

    image: NDArray[np.uint8]
    camera: Camera
    people: list[PersonTruth]
    buffers: Buffers

    def instances(self, skeleton_name: str, *, outline: bool = False) -> list[Instance]:
        """The people as labels, or their hands for "hand21"; those with a keypoint inside the picture.

        Args:
            skeleton_name: One of `landmarks.SKELETONS`.
            outline: Whether ``extra`` gets segmentation, area and 3D keypoints.
        """
        if skeleton_name == HAND_SKELETON:
            return [hand for person in self.people for hand in person.hands(outline=outline)]
        found = [person.instance(skeleton_name, outline=outline) for person in self.people]
        return [instance for instance in found if instance.num_labelled]


@dataclass(frozen=True)
class SynthSample:
    """A moment and all that is known of it.

    Attributes:
        seed: Of everything.
        index: Number of the picture, or of the frame of a clip.
        views: One a camera.
    """

    seed: int
    index: int
    views: list[View]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The first camera's picture, ``(H, W, 3)`` uint8 RGB."""
        return self.views[0].image

    @property
    def camera(self) -> Camera:
        """The first camera."""
        return self.views[0].camera

    @property
    def people(self) -> list[PersonTruth]:
        """People whom the first camera sees."""
        return self.views[0].people

    def instances(self, skeleton_name: str) -> list[Instance]:
        """Labels of the first camera's picture."""
        return self.views[0].instances(skeleton_name)


def make_sample(settings: SynthSettings, seed: int, index: int) -> SynthSample:
    """Draw one moment and tell the truth about it; the same words give the same bytes.

    Args:
        settings: What is drawn.
        seed: 0 or more.
        index: Number of the picture, 0 or more.

    Raises:
        SynthError: No body model, no OpenGL, or settings that cannot be followed.
    """
    scene = sample_scene(studio().model, settings, seed, index)
    return taken(scene.at(0.0), settings, seed, index, stream_index=index)


def make_training_sample(
    settings: SynthSettings, seed: int, index: int, skeleton_name: str
) -> tuple[NDArray[np.uint8], list[Instance]]:
    """A picture and the people in it, and nothing else: for a network that learns while pictures are drawn.

    Args:
        settings: What is drawn; its ``dense`` and ``cameras`` are not followed.
        seed: 0 or more.
        index: Number of the picture, 0 or more.
        skeleton_name: One of `landmarks.SKELETONS`.

    Returns:
        ``(H, W, 3)`` uint8 RGB, and labels as `SynthSample.instances` gives them, without people of whom next
        to nothing is seen: where they stand is nothing to learn from.
    """
    sample = make_sample(replace(settings, dense=False, cameras=1), seed, index)
    people = sample.instances(skeleton_name)
    return sample.image, [person for person in people if person.extra["share_seen"] >= _LEAST_SEEN]


def taken(
    moment: Moment, settings: SynthSettings, seed: int, index: int, stream_index: int, frame: int = 0
) -> SynthSample:
    """All cameras' pictures of a moment.

    Args:
        moment: What is there.
        settings: What is drawn.
        seed: Of everything.
        index: Number of the sample.
        stream_index: Scene whose noise it gets, ``frame`` numbers within it.
        frame: 0 for single pictures, 1.. for the frames of a clip.
    """
    views = []
    for number in range(len(moment.cameras)):
        rng = stream(seed, stream_index, "film", 1000 + frame * 16 + number)
        views.append(_view(moment, number, settings, rng))
    return SynthSample(seed, index, views)


def _view(moment: Moment, number: int, settings: SynthSettings, rng: np.random.Generator) -> View:
    place = studio()
    photo = photograph(moment, number, place.renderer, settings, rng)
    camera = moment.cameras[number]
    people = []
    for order, (person, posed) in enumerate(moment.people, start=1):
        own = [mesh for mesh in moment.meshes if mesh.instance == order]
        texture = person.texture if settings.dense else None
        truth = person_truth(order, posed, own, camera, photo.buffers, place.landmarks, texture)
        if truth.is_seen and settings.dense:
            visible, hidden = place.renderer.depth_layers(own, camera)
            truth = replace(truth, visible_depth=visible, hidden_depth=hidden)
        if truth.is_seen:
            people.append(truth)
    return View(photo.image, camera, people, photo.buffers)
