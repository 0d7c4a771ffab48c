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
from poseapp.synth.motion.sample import SampledPose, sample_pose
from poseapp.synth.scene.film import Film, sample_film
from poseapp.synth.scene.framing import frame, sample_view
from poseapp.synth.scene.lights import sample_light
from poseapp.synth.scene.objects import seat
from poseapp.synth.scene.panorama import Panorama, abstract_picture
from poseapp.synth.scene.photos import photo_crop
from poseapp.synth.scene.places import find_place, moved_body
from poseapp.synth.scene.props import Held, sample_props
from poseapp.synth.scene.shapes import floor, placed, yaw
from poseapp.synth.scene.streams import stream
from poseapp.synth.scene.venues import Ground, build_venue
from poseapp.synth.settings import SynthSettings

Image = NDArray[np.uint8]
_THIN = 9  # every ninth vertex stands for the surface
_OUTDOORS, _ABSTRACT, _HELD = 0.5, 0.12, 0.2  # shares of pictures, and of people who hold something


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
class Actor:
    """One person of a scene.

    Attributes:
        person: Who it is.
        posed: Body at a time in seconds.
        lift_m: How far the soles of shoes lie below the body.
        held: What is in a hand, or None.
    """

    person: Person
    posed: Callable[[float], PosedBody]
    lift_m: float = 0.0
    held: Held | None = None

    def at(self, time_s: float, instance: int) -> tuple[PosedBody, list[Mesh]]:
        """The body and all meshes that go with it."""
        posed = self.posed(time_s)
        meshes = self.person.meshes(posed, instance)
        return posed, meshes + (self.held.meshes(posed) if self.held else [])


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

    Each part draws from its own `stream`, so that changing a setting leaves the other parts alone.

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
    surfaces: list[Floats] = []
    seats: list[Mesh] = []
    for number in range(count):
        person = Person.sample(model, stream(seed, index, "people", number), settings)
        chance = stream(seed, index, "poses", number)
        sampled = sample_pose(model, person.shaped, chance, settings)
        actor, below = stand(
            model, person, sampled, stream(seed, index, "places", number + 1), surfaces, azimuth
        )
        if actor is None:
            continue
        actors.append(actor)
        seats += below
        surfaces.append(actor.posed(0.0).vertices[::_THIN])
    return compose(model, settings, seed, index, actors, surfaces, seats, azimuth)


def stand(
    model: BodyModel,
    person: Person,
    sampled: SampledPose,
    rng: np.random.Generator,
    taken: list[Floats],
    azimuth: float,
) -> tuple[Actor | None, list[Mesh]]:
    """Put one more person among those who have a place.

    Args:
        model: The body model.
        person: Who.
        sampled: How they stand.
        rng: Source of chance.
        taken: Surfaces ``(N, 3)`` of those who have a place; the first is the main person, at the origin.
        azimuth: From where the first camera looks, radians.

    Returns:
        The person in place with the seat below, or None where there is no room.
    """
    posed = model.pose(person.shaped, sampled.pose)
    middle = (posed.vertices.min(0) + posed.vertices.max(0)) / 2 * [1, 0, 1]
    held = Held(model, rng) if rng.random() < _HELD else None
    place: tuple[float, Floats] = (float(rng.uniform(0, 2 * np.pi)), np.zeros(3))
    if taken:
        found = find_place(rng, posed.vertices[::_THIN] - middle, taken, azimuth)
        if found is None:
            return None, []
        place = found
    turn, shift = place
    lowest = min(float(m.vertices[:, 1].min()) for m in person.meshes(posed, 1))
    lift = max(-lowest, 0.0) if lowest < 0 else 0.0
    shift = shift - yaw(turn) @ middle + np.array([0, lift, 0])
    body = moved_body(posed, turn, shift)
    below: list[Mesh] = []
    height = getattr(sampled, "seat_height_m", None)
    if height is not None:
        root = body.joints[0]
        below = [placed(m, yaw(turn), (root[0], 0, root[2])) for m in seat(rng, float(height) + lift)]
    return Actor(person, lambda _time: body, lift, held), below


def compose(
    model: BodyModel,
    settings: SynthSettings,
    seed: int,
    index: int,
    actors: list[Actor],
    surfaces: list[Floats],
    standing: list[Mesh],
    azimuth: float,
) -> Scene:
    """Cameras, light, place, objects and films around people who have their places."""
    points = surfaces[0] if surfaces else np.array([[-0.3, 0, 0], [0.3, 1.7, 0.2]])
    cameras = []
    for number in range(settings.cameras):
        rng = stream(seed, index, "camera", number)
        around = (
            azimuth
            + 2 * np.pi * number / settings.cameras
            + (float(rng.uniform(-0.3, 0.3)) if number else 0.0)
        )
        view = sample_view(rng, settings, around)
        cameras.append(frame(points, view, settings.width, settings.height))
    films = [sample_film(stream(seed, index, "film", number), settings) for number in range(settings.cameras)]
    parts = surroundings(settings, seed, index, cameras, surfaces or [points], azimuth)
    props = sample_props(stream(seed, index, "props"), settings.props, cameras, points, surfaces[1:])
    return Scene(
        actors,
        [*parts.pop("meshes"), *standing, *props],
        cameras=[_still(c) for c in cameras],
        films=films,
        **parts,
    )


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
