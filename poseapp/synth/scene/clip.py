"""Scenes that last several seconds: people who move, a camera that stands, pans or is held by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from poseapp.geometry.cameras import Camera
from poseapp.synth.body.model import BodyModel, PosedBody
from poseapp.synth.draw.mesh import Floats
from poseapp.synth.look.person import Person
from poseapp.synth.motion.sample import Motion, sample_motion
from poseapp.synth.scene.film import sample_film
from poseapp.synth.scene.framing import frame, sample_view
from poseapp.synth.scene.places import moved_pose
from poseapp.synth.scene.scene import Actor, Scene, surroundings
from poseapp.synth.scene.shapes import yaw
from poseapp.synth.scene.streams import stream
from poseapp.synth.settings import SynthSettings

_APART_M = 0.85  # between two people's middles, at least
_TRIES = 24
_FILL = 0.82  # share of the picture that all that people do takes


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
        crossing: Whether the paths of the first two cross before the camera; they must be of a kind that
            walks.
        background: "photo", "abstract", "outdoors" or "indoors"; None draws one.
        handheld: How much the camera moves, 0 not at all; photographs and abstract pictures hold it still.
        kinds: Kind of motion of each person; None draws them.

    Raises:
        SynthError: There are no photographs where the settings want some.
    """
    chance = stream(seed, 0, "clip")
    azimuth = float(chance.uniform(0, 2 * np.pi))
    drawn = settings.min_people + int(chance.random() * (settings.max_people - settings.min_people + 1))
    times = np.linspace(0, duration_s, max(int(duration_s * 4), 2))
    actors: list[Actor] = []
    tracks: list[Floats] = []
    for number in range(drawn if people is None else people):
        person = Person.sample(model, stream(seed, 0, "people", number), settings)
        chosen = kinds[number] if kinds else None
        moves = stream(seed, 0, "poses", number)
        motion = sample_motion(model, person.shaped, moves, settings, duration_s, chosen)
        rng = stream(seed, 0, "places", number + 1)
        track = np.stack([motion.pose(float(t)).translation for t in times])
        is_led = crossing and number < 2
        place = _across(track, azimuth, number) if is_led else _apart(rng, track, tracks, azimuth)
        if place is None:
            continue
        turn, shift = place
        actor = _actor(model, person, motion, turn, shift, times)
        actors.append(actor)
        tracks.append(track @ yaw(turn).T + shift)
    return _composed(settings, seed, actors, times, azimuth, background, handheld)


def _actor(
    model: BodyModel, person: Person, motion: Motion, turn: float, shift: Floats, times: Floats
) -> Actor:
    def posed(time_s: float) -> PosedBody:
        return model.pose(person.shaped, moved_pose(motion.pose(time_s), turn, shift))

    # Soles lie below the feet: one lift for the whole clip, so that nobody bobs.
    lows = [min(float(m.vertices[:, 1].min()) for m in person.meshes(posed(float(t)), 1)) for t in times[::6]]
    lift = max(-min(lows), 0.0)
    raised = np.asarray(shift) + [0, lift, 0]

    def lifted(time_s: float) -> PosedBody:
        return model.pose(person.shaped, moved_pose(motion.pose(time_s), turn, raised))

    return Actor(person, lifted, lift)


def _across(track: Floats, azimuth: float, number: int) -> tuple[float, Floats]:
    """Turn and shift that lead a track across the view, the first person's nearer to the camera."""
    way = track[-1] - track[0]
    heading = float(np.arctan2(way[0], way[2]))
    side = azimuth + np.pi / 2 + (0.0 if number == 0 else np.pi) + (0.12 if number == 0 else -0.1)
    turn = side - heading
    middle = (track.min(0) + track.max(0)) / 2 * [1, 0, 1]
    depth = 0.45 if number == 0 else -0.45
    at = np.array([np.sin(azimuth), 0, np.cos(azimuth)]) * depth
    return turn, at - yaw(turn) @ middle


def _apart(
    rng: np.random.Generator, track: Floats, others: list[Floats], azimuth: float
) -> tuple[float, Floats] | None:
    """Turn and shift at which a track never comes near the others."""
    middle = (track.min(0) + track.max(0)) / 2 * [1, 0, 1]
    draws = rng.random((_TRIES, 3))
    for turn, across, along in draws:
        turn_rad = float(turn * 2 * np.pi)
        place = np.zeros(3)
        if others:
            place = np.array([4 * (across - 0.5), 0, 1.5 - 4 * along]) @ yaw(azimuth).T
        shift = place - yaw(turn_rad) @ middle
        here = (track @ yaw(turn_rad).T + shift)[:, [0, 2]]
        if all(np.linalg.norm(here - o[:, [0, 2]], axis=1).min() > _APART_M for o in others):
            return turn_rad, shift
    return None


def _composed(
    settings: SynthSettings,
    seed: int,
    actors: list[Actor],
    times: Floats,
    azimuth: float,
    background: str | None,
    handheld: float,
) -> Scene:
    swept = [np.concatenate([a.posed(float(t)).vertices[::40] for t in times]) for a in actors]
    points = np.concatenate(swept) if swept else np.array([[-0.5, 0, 0], [0.5, 1.8, 0]])
    still: list[Camera] = []
    for number in range(settings.cameras):
        around = azimuth + 2 * np.pi * number / settings.cameras
        view = sample_view(stream(seed, 0, "camera", number), settings, around)
        view = replace(view, cut=(0.0, 0.0), roll_rad=view.roll_rad * 0.3)
        still.append(frame(points, view, settings.width, settings.height, fill=_FILL))
    parts = surroundings(settings, seed, 0, still, swept or [points], azimuth, background)
    if parts.get("pictures") is not None:
        handheld = 0.0
    films = []
    for number in range(settings.cameras):
        film = sample_film(stream(seed, 0, "film", number), settings)
        # What depends on a single picture would flicker.
        films.append(replace(film, auto=0.0, motion_px=0.0))
    cameras = [
        _moving(camera, stream(seed, 0, "clip", number + 1), handheld) for number, camera in enumerate(still)
    ]
    return Scene(actors, parts.pop("meshes"), cameras=cameras, films=films, **parts)


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
