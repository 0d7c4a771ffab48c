"""Pictures of the person in the room with true keypoints and their visibility."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drawn_person import looks, poses
from drawn_person.body import Body, Figure, pose_figure
from drawn_person.flesh import Flesh
from drawn_person.light import Light, Paint, ShadowMap, shade
from drawn_person.looks import Look
from drawn_person.raycast import Array, Array32, Camera, cast
from drawn_person.room import Room, Stage, look_into

# How far a keypoint lies under the surface that shows it: half the limb, more at hips, shoulders and neck.
COVER_M = np.array([0.11, 0.13, 0.17, 0.17, 0.13, 0.11, 0.08, 0.10, 0.12, 0.12, 0.10, 0.08, 0.12, 0.13])


@dataclass
class Lens:
    """What the camera adds: blur (pixels, sigma), noise (8-bit steps, sigma), darker corners, exposure,
    colour cast."""

    blur: float = 0.5
    noise: float = 2.5
    vignette: float = 0.15
    exposure: float = 1.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass
class Scene:
    """An empty stage seen by a camera, drawn `finer` times as large as the pictures that come out."""

    camera: Camera
    light: Light
    stage: Stage
    finer: int
    shadow_texels: int = 260

    @staticmethod
    def build(room: Room, camera: Camera, light: Light, finer: int = 2, shadow_texels: int = 260) -> Scene:
        """Draw the empty room once for all frames."""
        stage = look_into(room, camera.enlarged(finer), light)
        return Scene(camera, light, stage, finer, shadow_texels)


def paint_of(look: Look) -> Paint:
    """Return the paint function of a person."""

    def paint(material: int, q: Array, axes: Array, normals: Array) -> tuple[Array, Array]:
        return looks.colour_of(look, material, q), looks.bend_normals(look, material, q, axes, normals)

    return paint


def draw(
    scene: Scene, figure: Figure, look: Look, lens: Lens, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Array, NDArray[np.uint8]]:
    """Draw one person.

    Returns:
        Picture `(H, W, 3)` uint8 RGB, keypoints `(14, 2)` x, y in pixels (also beyond the border), and
        visibility `(14,)`: 2 seen, 1 hidden behind something, 0 outside the picture.
    """
    shapes = Flesh(figure, look).cover()
    fine = scene.camera.enlarged(scene.finer)
    hits = cast(shapes, fine, scene.stage.depth)
    shadow = ShadowMap(shapes, scene.light, figure.joints["waist"], scene.shadow_texels)
    person, mask = shade(hits, shapes, fine, paint_of(look), scene.light, shadow)
    veil = shadow.on_room(scene.stage.points) if scene.light.key.any() else np.ones(mask.shape, np.float32)
    ground = (
        scene.stage.ambient * _contact(scene.stage.points, figure)[..., None]
        + scene.stage.key * veil[..., None]
    )
    picture = np.where(mask[..., None], person, ground)
    points, depth = scene.camera.project(figure.keypoints())
    visibility = _visibility(points, depth, hits.depth, scene)
    size = scene.camera.width, scene.camera.height
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return _develop(small, lens, rng), points, visibility


def _contact(points: Array32, figure: Figure) -> Array32:
    """Share of ambient light `(H, W)` left on the floor near what touches it."""
    dark = np.zeros(points.shape[:2], np.float32)
    near = points[..., 1] < 0.02
    p = points[near][:, ::2]
    total = np.zeros(len(p), np.float32)
    for name in (
        "right_ankle",
        "left_ankle",
        "right_toe",
        "left_toe",
        "root",
        "neck",
        "right_knee",
        "left_knee",
    ):
        x, y, z = figure.joints[name].astype(np.float32)
        spread = np.float32(0.07 + 0.5 * max(float(y), 0.0))
        distance = (p[:, 0] - x) ** 2 + (p[:, 1] - z) ** 2
        total += np.float32(0.045 / (spread + 0.02)) * np.exp(-distance / (2 * spread**2))
    dark[near] = total
    return np.asarray(1 - np.clip(dark, 0, 0.75), np.float32)


def _visibility(points: Array, depth: Array, seen: Array32, scene: Scene) -> NDArray[np.uint8]:
    """Depth test of each keypoint against what its pixel shows."""
    height, width = seen.shape
    xy = np.round((points + 0.5) * scene.finer - 0.5).astype(int)
    inside = (points >= -0.5).all(1) & (points[:, 0] < scene.camera.width - 0.5)
    inside &= points[:, 1] < scene.camera.height - 0.5
    x, y = np.clip(xy[:, 0], 0, width - 1), np.clip(xy[:, 1], 0, height - 1)
    hidden = seen[y, x] < depth - COVER_M
    return np.where(inside, np.where(hidden, 1, 2), 0).astype(np.uint8)


def _develop(picture: Array32, lens: Lens, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lens, sensor and tone curve: linear light to 8-bit sRGB."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    corner = (1 - lens.vignette * (x * x + y * y) / 2).astype(np.float32)[..., None]
    light = np.clip(picture * corner * (lens.exposure * np.array(lens.cast, np.float32)), 0, None)
    if lens.blur > 0:
        light = cv2.GaussianBlur(light, (0, 0), lens.blur)
    # A soft shoulder keeps bright cloth from clipping flat.
    light = np.where(light > 0.7, 0.7 + 0.3 * np.tanh((light - 0.7) / 0.3), light)
    tone = 255 * light ** np.float32(1 / 2.2)
    tone += rng.standard_normal(tone.shape, dtype=np.float32) * np.float32(lens.noise)
    return np.clip(np.round(tone), 0, 255).astype(np.uint8)


def render_random(
    rng: np.random.Generator, size: int = 256
) -> tuple[NDArray[np.uint8], Array, NDArray[np.uint8]]:
    """Draw a random person in a random pose, look, place, light and view.

    Args:
        rng: Source of all chance; the same state gives the same picture.
        size: Side of the picture in pixels.

    Returns:
        Picture `(size, size, 3)` uint8 RGB, keypoints `(14, 2)` in the order of `KEYPOINTS` (pixels, also
        beyond the border), visibility `(14,)` 2 seen, 1 hidden, 0 outside the picture.
    """
    body, look, light, room = Body.random(rng), Look.random(rng), Light.random(rng), Room.random(rng)
    figure = poses.random_figure(body, rng)
    camera = _random_view(figure, rng, size)
    scene = Scene.build(room, camera, light, finer=1, shadow_texels=110)
    if rng.random() < 0.15:
        add_passer_by(scene, rng)
    lens = Lens(
        blur=float(rng.uniform(0.35, 1.2)) * size / 256, noise=float(rng.uniform(1, 7)),
        vignette=float(rng.uniform(0, 0.4)), exposure=float(rng.uniform(0.75, 1.35)),
        cast=tuple(rng.uniform(0.92, 1.08, 3)),
    )  # fmt: skip
    return draw(scene, figure, look, lens, rng)


def add_passer_by(scene: Scene, rng: np.random.Generator) -> None:
    """Draw one more person into the empty stage, behind and beside the one who carries the labels."""
    body, look = Body.random(rng), Look.random(rng)
    figure = poses.random_figure(
        body, rng, (rng.choice([-1, 1]) * rng.uniform(0.5, 1.3), rng.uniform(-0.9, -0.4))
    )
    shapes = Flesh(figure, look).cover()
    fine = scene.camera.enlarged(scene.finer)
    hits = cast(shapes, fine, scene.stage.depth)
    colours, mask = shade(hits, shapes, fine, paint_of(look), scene.light, None)
    scene.stage.ambient[mask], scene.stage.key[mask], scene.stage.depth[mask] = (
        colours[mask],
        0,
        hits.depth[mask],
    )


def _random_view(figure: Figure, rng: np.random.Generator, size: int) -> Camera:
    """A camera that sees the whole figure, at times cut a little, from in front of the back wall."""
    joints = figure.keypoints()
    middle = (joints.min(0) + joints.max(0)) / 2
    yaw, distance = rng.uniform(-0.5, 0.5), rng.uniform(2.8, 5.0)
    eye = middle + distance * np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    eye[1] = np.clip(rng.normal(1.25, 0.5), 0.25, 2.6)
    camera = Camera.look_at(eye, middle, 1.0, (size, size), roll=rng.normal(0, 0.06))
    flat = camera.project(joints)[0] - np.array(camera.centre)
    camera.focal = size * rng.uniform(0.6, 0.9) / max(float(np.ptp(flat, axis=0).max()), 0.15)
    target = middle + camera.axes[0] * rng.normal(0, 0.05) + camera.axes[1] * rng.normal(0, 0.05)
    return Camera.look_at(
        eye, target, camera.focal, (size, size), roll=float(np.arctan2(camera.axes[0][1], 1))
    )


__all__ = ["Lens", "Scene", "add_passer_by", "draw", "pose_figure", "render_random"]
