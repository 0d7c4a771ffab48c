"""Scenes that last several seconds: people who move, a camera that stands, pans or is held by hand."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from poseapp.errors import SynthError
from poseapp.geometry.cameras import Camera
from poseapp.synth.body.model import BodyModel, Pose, PosedBody
from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.look.person import Person
from poseapp.synth.motion import Motion, sample_motion
from poseapp.synth.motion.gait import GAITS, go
from poseapp.synth.scene.actors import Actor, seat_below
from poseapp.synth.scene.film import sample_film
from poseapp.synth.scene.framing import frame, sample_view
from poseapp.synth.scene.places import moved_pose
from poseapp.synth.scene.props import sample_props
from poseapp.synth.scene.scene import NOBODY, Scene, surroundings
from poseapp.synth.scene.shapes import yaw
from poseapp.synth.scene.sight import Sight
from poseapp.synth.scene.streams import stream
from poseapp.synth.settings import SynthSettings

_APART_M = 0.85  # between two people's middles, at least
_TRIES = 200
_MOTIONS = 8  # of the one who shall cross, until one leads across
_FILL = 0.85  # share of the picture that all that people do takes
_FAR_M = 3.5  # who goes farther is led round in a circle, to stay near
_CIRCLES_M = (1.7, 2.6)  # radius


@dataclass(frozen=True)
class Course:
    """Where a motion leads: round a circle or straight on, then turned and moved.

    Attributes:
        motion: Starts over the origin and goes along +Z.
        radius_m: Of the circle, to the left above 0, to the right below; infinite is straight.
        turn_rad: Turn around the upward axis at the end of all.
        shift: ``(3,)`` metres.
    """

    motion: Motion
    radius_m: float = np.inf
    turn_rad: float = 0.0
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def pose(self, time_s: float) -> Pose:
        """The pose at a time."""
        pose = self.motion.pose(time_s)
        if np.isfinite(self.radius_m):
            aside, up, along = pose.translation
            angle = float(along) / self.radius_m
            reach = self.radius_m - float(aside)
            start = Pose(pose.rotations, np.zeros(3, np.float32))
            place = np.array([self.radius_m - reach * np.cos(angle), up, reach * np.sin(angle)])
            pose = moved_pose(start, angle, place)
        return moved_pose(pose, self.turn_rad, np.asarray(self.shift))

    def track(self, times: Floats) -> Floats:
        """``(T, 3)`` metres: where the pelvis is at each of the times."""
        return np.stack([self.pose(float(t)).translation for t in times]).astype(np.float64)


def sample_clip(
    model: BodyModel,
    settings: SynthSettings,
    seed: int,
    duration_s: float,
    *,
    people: int | None = None,
    crossing: bool = False,
    background: str | None = None,
    handheld: float = 0.5,
    kinds: tuple[str, ...] | None = None,
) -> Scene:
    """People who move for some seconds; all that they do is in the picture.

    Args:
        model: The body model.
        settings: What to draw.
        seed: The user's seed.
        duration_s: Seconds.
        people: How many; None draws a number as the settings say.
        crossing: Whether the paths of the first two cross before the camera; without ``kinds`` they walk.
        background: "photo", "abstract", "outdoors" or "indoors"; None draws one.
        handheld: How much the camera moves, 0 not at all; photographs and abstract pictures hold it still.
        kinds: Motion of each person, of `settings.POSE_KINDS` or "walk", "jog", "sprint"; people beyond them
            and None draw theirs.

    Raises:
        SynthError: There are no photographs where the settings want some, there is no such kind, or no way
            for two people to cross was found.
    """
    chance = stream(seed, 0, "clip")
    azimuth = float(chance.uniform(0, 2 * np.pi))
    drawn = settings.min_people + int(chance.random() * (settings.max_people - settings.min_people + 1))
    times = np.linspace(0, duration_s, max(int(duration_s * 5), 2))
    chosen = list(kinds or (("walk", "walk") if crossing else ()))
    actors: list[Actor] = []
    tracks: list[Floats] = []
    for number in range(drawn if people is None else people):
        person = Person.sample(model, stream(seed, 0, "people", number), settings)
        kind = chosen[number] if number < len(chosen) else None
        ask = partial(_motion, model, person, settings=settings, duration_s=duration_s, kind=kind)
        course = _way(seed, number, ask, tracks, times, azimuth, crossing and number == 1)
        if course is None:
            continue
        actors.append(_actor(model, person, course, times, stream(seed, 0, "props", number)))
        tracks.append(course.track(times))
    return _composed(settings, seed, actors, times, azimuth, background, handheld)


def _way(
    seed: int,
    number: int,
    ask: Callable[..., Motion],
    others: list[Floats],
    times: Floats,
    azimuth: float,
    crosses: bool,
) -> Course | None:
    """Where person ``number`` goes; None where there is no room. Who shall cross tries several motions.

    Raises:
        SynthError: None of them leads across.
    """
    for more in range(0, 1000 * (_MOTIONS if crosses else 1), 1000):
        motion = ask(rng=stream(seed, 0, "poses", number + more))
        rng = stream(seed, 0, "places", number + 1 + more)
        course = _course(rng, motion, others, times, azimuth, crosses)
        if course is not None:
            return course
    if crosses:
        raise SynthError("no way for two people to cross was found: take another seed or a longer clip")
    return None


def _motion(
    model: BodyModel,
    person: Person,
    rng: np.random.Generator,
    settings: SynthSettings,
    duration_s: float,
    kind: str | None,
) -> Motion:
    if kind in GAITS:
        return go(model, person.shaped, rng, duration_s, str(kind), "everyday" if kind == "walk" else "sport")
    return sample_motion(model, person.shaped, rng, settings, duration_s, kind)


def _course(
    rng: np.random.Generator,
    motion: Motion,
    others: list[Floats],
    times: Floats,
    azimuth: float,
    crosses: bool,
) -> Course | None:
    """A course that never comes near the others; if asked, one that crosses the first in the picture."""
    far = float(np.linalg.norm(motion.pose(motion.duration_s).translation * [1, 0, 1])) > _FAR_M
    draws = rng.random((_TRIES, 5))
    across = np.array([np.cos(azimuth), 0, -np.sin(azimuth)])
    for u in draws:
        radius = _CIRCLES_M[0] + u[0] * (_CIRCLES_M[1] - _CIRCLES_M[0]) if far else np.inf
        course = Course(motion, radius if u[1] < 0.5 else -radius, float(u[2] * 2 * np.pi))
        track = course.track(times)
        middle = (track.min(0) + track.max(0)) / 2 * [1, 0, 1]
        place = np.zeros(3)
        if others:
            place = np.array([3 * (u[3] - 0.5), 0, 1.2 - 3 * u[4]]) @ yaw(azimuth).T
        shift = place - middle
        here = track + shift
        if any(np.linalg.norm((here - o)[:, [0, 2]], axis=1).min() < _APART_M for o in others):
            continue
        if crosses and others and not _cross(here @ across, others[0] @ across):
            continue
        return replace(course, shift=(float(shift[0]), 0.0, float(shift[2])))
    return None


def _cross(one: Floats, other: Floats) -> bool:
    """Whether two people change sides in the middle of a clip and are well apart at both its ends."""
    apart = one - other
    inner = apart[len(apart) // 8 : -len(apart) // 8 or None]
    return bool((inner > 0.3).any() and (inner < -0.3).any())


def _actor(
    model: BodyModel, person: Person, course: Course, times: Floats, rng: np.random.Generator
) -> Actor:
    # Soles lie below the feet: one lift for the whole clip, so that nobody bobs.
    lows = []
    for time_s in times[:: max(len(times) // 6, 1)]:
        body = model.pose(person.shaped, course.pose(float(time_s)))
        lows += [float(m.vertices[:, 1].min()) for m in person.meshes(body, 1) if len(m.vertices)]
    lift = max(-min(lows), 0.0)
    raised = replace(course, shift=(course.shift[0], lift, course.shift[2]))
    start = model.pose(person.shaped, raised.pose(0.0))
    seats = seat_below(rng, start, course.motion.seat_height_m, lift)

    def at(time_s: float, instance: int) -> tuple[PosedBody, list[Mesh]]:
        body = model.pose(person.shaped, raised.pose(time_s))
        return body, [*person.meshes(body, instance), *seats]

    return Actor(person, at, start.vertices[::9])


def _composed(
    settings: SynthSettings,
    seed: int,
    actors: list[Actor],
    times: Floats,
    azimuth: float,
    background: str | None,
    handheld: float,
) -> Scene:
    swept = [np.concatenate([a.at(float(t), 1)[0].vertices[::40] for t in times]) for a in actors]
    points = np.concatenate(swept) if swept else NOBODY
    still: list[Camera] = []
    for number in range(settings.cameras):
        around = azimuth + 2 * np.pi * number / settings.cameras
        view = sample_view(stream(seed, 0, "camera", number), settings, around)
        place = (view.place[0] * 0.5, view.place[1] * 0.3)
        view = replace(view, cut=(0.0, 0.0), roll_rad=view.roll_rad * 0.2, place=place)
        still.append(frame(points, view, settings.width, settings.height, fill=_FILL))
    parts = surroundings(settings, seed, 0, still, swept or [points], azimuth, background)
    if parts.get("pictures") is not None:
        handheld = 0.0
    films = []
    for number in range(settings.cameras):
        film = sample_film(stream(seed, 0, "film", number), settings)
        # What depends on a single picture would flicker; nor is a whole clip out of focus.
        films.append(
            replace(
                film, auto=0.0, exposure=film.exposure**0.3, motion_px=0.0, defocus_px=0.0, resolution=1.0
            )
        )
    cameras = [
        _moving(camera, stream(seed, 0, "clip", number + 1), handheld) for number, camera in enumerate(still)
    ]
    sight = Sight(still, points[:: len(points) // 2000 + 1])
    rng = stream(seed, 0, "props", 1000)
    props = sample_props(rng, 0.7 * settings.props, still[0], sight, swept or [points], floating=0.0)
    scenery = [*parts.pop("meshes"), *props]
    return Scene(actors, scenery, cameras=cameras, films=films, **parts)


def _moving(camera: Camera, rng: np.random.Generator, amount: float) -> Callable[[float], Camera]:
    """The camera at a time: a slow pan and the tremor of a hand, sums of sines."""
    pan = rng.uniform(-0.25, 0.25)
    rates = rng.uniform([0.1, 0.3, 0.8], [0.25, 0.6, 1.6], (6, 3)) * 2 * np.pi
    phases = rng.uniform(0, 2 * np.pi, (6, 3))
    reach = np.array([0.006, 0.003, 0.0008]) * amount

    def at(time_s: float) -> Camera:
        if amount <= 0:
            return camera
        sway = (np.sin(rates * time_s + phases) * reach).sum(1)
        sway[1] += 0.02 * amount * np.sin(0.5 * time_s + 6 * pan)
        turn = _small_turn(sway[:3])
        rotation = turn @ camera.rotation
        eye = camera.position + sway[3:] * 3
        return Camera(camera.width, camera.height, camera.intrinsics, rotation, -rotation @ eye)

    return at


def _small_turn(angles: Floats) -> Floats:
    cx, cy, cz = np.cos(angles)
    sx, sy, sz = np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
