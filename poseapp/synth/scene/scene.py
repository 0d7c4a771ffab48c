"""A scene: people somewhere, lit, with cameras around them; and the moment of it that is photographed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.geometry.cameras import Camera
from poseapp.synth.body.model import BodyModel, PosedBody
from poseapp.synth.draw.mesh import Floats, Light, Mesh
from poseapp.synth.look.person import Person
from poseapp.synth.motion import sample_pose
from poseapp.synth.scene.actors import Actor, Newcomer
from poseapp.synth.scene.casting import cast
from poseapp.synth.scene.film import Film, sample_film
from poseapp.synth.scene.framing import frame, sample_view
from poseapp.synth.scene.lights import sample_light
from poseapp.synth.scene.panorama import Panorama, abstract_picture
from poseapp.synth.scene.photos import photo_crop
from poseapp.synth.scene.places import find_place
from poseapp.synth.scene.props import sample_props
from poseapp.synth.scene.shapes import floor
from poseapp.synth.scene.sight import Sight
from poseapp.synth.scene.streams import stream
from poseapp.synth.scene.venues import Ground, build_venue
from poseapp.synth.settings import SynthSettings

Image = NDArray[np.uint8]
_OUTDOORS, _ABSTRACT = 0.5, 0.12  # shares of pictures
# Where nobody is, cameras look as if somebody stood there.
NOBODY = np.mgrid[-0.3:0.31:0.3, 0:1.75:0.35, -0.2:0.21:0.2].reshape(3, -1).T


@dataclass(frozen=True)
class Moment:
    """All that is needed to draw a scene at one time.

    Attributes:
        people: Who is there and how they stand; the main one first.
        meshes: The people's, with instance 1.. in their order, and the scenery's and objects', with 0.
        light: The light.
        cameras: Synchronised cameras; all see the main person.
        backgrounds: What each camera sees behind all meshes, ``(H, W, 3)`` uint8 RGB, or None for black.
        films: How each camera takes its picture.
        catcher: An unseen floor that shows shadows on a photograph, or None.
        people_depth_m: ``(C,)`` depth of the farthest person for each camera.
    """

    people: list[tuple[Person, PosedBody]]
    meshes: list[Mesh]
    light: Light
    cameras: list[Camera]
    backgrounds: list[Image | None]
    films: list[Film]
    catcher: Mesh | None = None
    people_depth_m: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """People, what is around them and who looks on.

    Attributes:
        actors: The people; the main one first.
        scenery: Meshes that stay.
        light: The light.
        cameras: Each camera at a time in seconds.
        films: How each takes pictures.
        panorama: What is far away, or None.
        pictures: A picture behind everything for each camera, in the panorama's stead, or None.
        behind: RGB in 0..1 where there is neither.
        catcher: As in `Moment`.
    """

    actors: list[Actor]
    scenery: list[Mesh]
    light: Light
    cameras: list[Callable[[float], Camera]]
    films: list[Film]
    panorama: Panorama | None = None
    pictures: list[Image] | None = None
    behind: tuple[float, float, float] = (0.2, 0.2, 0.2)
    catcher: Mesh | None = None

    def at(self, time_s: float = 0.0) -> Moment:
        """The scene at a time; a scene that does not move is the same at any."""
        cameras = [camera(time_s) for camera in self.cameras]
        people, meshes = [], list(self.scenery)
        for number, actor in enumerate(self.actors, 1):
            posed, worn = actor.at(time_s, number)
            people.append((actor.person, posed))
            meshes += worn
        far = [
            max((float(c.to_camera(posed.joints)[:, 2].max()) for _, posed in people), default=3.0)
            for c in cameras
        ]
        backgrounds = [self._background(number, camera) for number, camera in enumerate(cameras)]
        return Moment(people, meshes, self.light, cameras, backgrounds, self.films, self.catcher, far)

    def _background(self, number: int, camera: Camera) -> Image | None:
        if self.pictures is not None:
            return self.pictures[number]
        if self.panorama is not None:
            return self.panorama.seen_by(camera)
        flat = np.empty((camera.height, camera.width, 3), np.uint8)
        flat[:] = (np.clip(self.behind, 0, 1) * np.array(255)).astype(np.uint8)
        return flat


def _still(camera: Camera) -> Callable[[float], Camera]:
    return lambda _time_s: camera


def sample_scene(model: BodyModel, settings: SynthSettings, seed: int, index: int) -> Scene:
    """A moment of people somewhere.

    Each part draws from its own `stream`, so that changing a setting leaves the other parts alone. The people
    are those of `casting.cast`: the same in some pictures in a row.

    Args:
        model: The body model.
        settings: What to draw.
        seed: The user's seed.
        index: Number of the picture.

    Raises:
        SynthError: There are no photographs where the settings want some.
    """
    places = stream(seed, index, "places")
    count = settings.min_people + int(places.random() * (settings.max_people - settings.min_people + 1))
    azimuth = float(places.random() * 2 * np.pi)
    actors: list[Actor] = []
    surfaces = [NOBODY]
    cameras, sight = _look(settings, seed, index, surfaces[0], azimuth, True) if not count else ([], None)
    for number in range(count):
        person = cast(model, settings, seed, index, number)
        sampled = sample_pose(model, person.shaped, stream(seed, index, "poses", number), settings)
        rng = stream(seed, index, "places", number + 1)
        newcomer = Newcomer.of(model, person, sampled, rng, len(actors) + 1)
        if sight is None:
            actor = newcomer.at(0.0, np.zeros(3))
            surfaces = [actor.points]
            cameras, sight = _look(settings, seed, index, surfaces[0], azimuth, newcomer.is_upright(model))
        else:
            place = find_place(rng, newcomer.points, surfaces, azimuth, sight)
            if place is None:
                continue
            actor = newcomer.at(*place)
            surfaces.append(actor.points)
        actors.append(actor)
    assert sight is not None
    parts = surroundings(settings, seed, index, cameras, surfaces, azimuth)
    props = sample_props(stream(seed, index, "props"), settings.props, cameras[0], sight, surfaces)
    films = [sample_film(stream(seed, index, "film", number), settings) for number in range(settings.cameras)]
    scenery = [*parts.pop("meshes"), *props]
    return Scene(actors, scenery, cameras=[_still(c) for c in cameras], films=films, **parts)


def _look(
    settings: SynthSettings, seed: int, index: int, points: Floats, azimuth: float, is_upright: bool
) -> tuple[list[Camera], Sight]:
    """Cameras around the main person, evenly but for chance, and what they see."""
    cameras = []
    for number in range(settings.cameras):
        rng = stream(seed, index, "camera", number)
        off = float(rng.uniform(-0.3, 0.3)) if number else 0.0
        view = sample_view(rng, settings, azimuth + 2 * np.pi * number / settings.cameras + off)
        if view.cut[1] > 0 and not is_upright:  # the part left over would be legs
            view = replace(view, cut=(0.0, 0.0), size_px=view.size_px / 1.5)
        cameras.append(frame(points[::3], view, settings.width, settings.height))
    return cameras, Sight(cameras, points)


def surroundings(
    settings: SynthSettings,
    seed: int,
    index: int,
    cameras: list[Camera],
    surfaces: list[Floats],
    azimuth: float,
    kind: str | None = None,
) -> dict[str, Any]:
    """Light and what is behind people, as fields of `Scene` with the scenery under "meshes".

    Args:
        settings: What to draw.
        seed: The user's seed.
        index: Number of the scene.
        cameras: All cameras.
        surfaces: Points ``(N, 3)`` on each person.
        azimuth: From where the first camera looks, radians.
        kind: "photo", "abstract", "outdoors" or "indoors"; None draws one.
    """
    chance = stream(seed, index, "backdrop")
    u = chance.random(4)
    if kind is None:
        wants_photo = settings.backgrounds_folder is not None and u[0] < settings.photo_share
        drawn = "abstract" if u[1] < _ABSTRACT else "outdoors" if u[2] < _OUTDOORS else "indoors"
        kind = "photo" if wants_photo else drawn
    outdoors = kind == "outdoors" or (kind in ("photo", "abstract") and u[2] < _OUTDOORS)
    light_kind, light = sample_light(stream(seed, index, "light"), outdoors, azimuth, settings.shadows)
    catcher = floor((0, 0), 30, 0, 1) if settings.shadows else None
    size = (settings.width, settings.height)
    if kind == "photo" and settings.backgrounds_folder is not None:
        pictures = [photo_crop(settings.backgrounds_folder, chance, *size) for _ in cameras]
        return {"meshes": [], "light": light, "pictures": pictures, "catcher": catcher}
    if kind in ("photo", "abstract"):
        pictures = [abstract_picture(chance, *size) for _ in cameras]
        return {
            "meshes": [],
            "light": light,
            "pictures": pictures,
            "catcher": catcher if u[3] < 0.4 else None,
        }
    eyes = np.stack([camera.position[[0, 2]] for camera in cameras])
    ground = Ground(np.concatenate(surfaces)[::3, [0, 2]], eyes, azimuth)
    venue = build_venue(
        stream(seed, index, "scenery"), kind == "outdoors", light_kind, ground, settings.clutter
    )
    light = replace(light, fog=venue.fog)
    return {"meshes": venue.meshes, "light": light, "panorama": venue.panorama, "behind": venue.behind}
