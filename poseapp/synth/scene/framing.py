"""Where a camera stands so that a person fills the wanted part of the picture."""

from dataclasses import dataclass

import numpy as np

from poseapp.geometry.cameras import Camera
from poseapp.synth.draw.mesh import Floats
from poseapp.synth.settings import SynthSettings

CUT_SHARE = 0.18  # of pictures cut part of the main person off on purpose


@dataclass(frozen=True)
class View:
    """What one camera is asked for.

    Attributes:
        azimuth_rad: From where it looks, around the upward axis; 0 is +Z.
        height_m: Height of the camera above the floor.
        focal_px: Focal length.
        roll_rad: Turn around the line of sight.
        size_px: The longer side of the person's box in the picture.
        place: Where the box stands in the room that the picture leaves it, -1..1 along x and y.
        cut: Share of the box pushed out of the picture, along x and y, signed; 0 keeps it inside.
    """

    azimuth_rad: float
    height_m: float
    focal_px: float
    roll_rad: float
    size_px: float
    place: tuple[float, float]
    cut: tuple[float, float]


def sample_view(rng: np.random.Generator, settings: SynthSettings, azimuth_rad: float) -> View:
    """A view with everything within the ranges of the settings.

    About one in six is cut: either to the upper body, then larger than `SynthSettings.person_size`, or by
    a border. The number of draws does not depend on the settings.
    """
    u = rng.random(8)
    low, high = settings.focal_lengths
    focal_px = low * (high / low) ** u[0] * max(settings.width, settings.height)
    height = settings.camera_height_m[0] + u[1] * float(np.ptp(settings.camera_height_m))
    roll = np.sign(u[2] - 0.5) * (2 * abs(u[2] - 0.5)) ** 2 * np.radians(settings.roll_deg)
    size = settings.person_size[0] + u[3] * float(np.ptp(settings.person_size))
    place = (1.8 * (u[4] - 0.5), 1.8 * (u[5] - 0.5))
    cut = (0.0, 0.0)
    if u[6] < CUT_SHARE * 0.5:  # head to waist or knees
        size *= 1.2 + 0.6 * u[7]
        cut = (0.0, 0.15 + 0.35 * u[7])
    elif u[6] < CUT_SHARE:
        side = (-1.0 if u[4] < 0.5 else 1.0) * (0.1 + 0.25 * u[7])
        cut = (side, 0.0) if u[5] < 0.6 else (0.0, abs(side))
    shorter = min(settings.width, settings.height)
    return View(azimuth_rad, height, focal_px, roll, size * shorter, place, cut)


def frame(points: Floats, view: View, width: int, height: int, fill: float | None = None) -> Camera:
    """A camera that shows a person as the view asks.

    Args:
        points: ``(N, 3)`` metres on the person's surface.
        view: What is asked for. Its height gives way where the camera would look down or up too steeply.
        width: Pixels of the picture.
        height: Pixels.
        fill: Share of the picture's sides that the box may take, instead of the view's size.
    """
    low, high = points.min(0), points.max(0)
    middle = (low + high) / 2
    reach = float(np.linalg.norm(points - middle, axis=1).max())
    wanted_px = np.full(2, view.size_px) if fill is None else fill * np.array([width, height])
    distance = view.focal_px * float((high - low).max()) / float(wanted_px.min())
    target = middle
    for _ in range(6):
        distance = max(distance, reach + 0.3)
        camera = _camera(middle, target, distance, view, width, height)
        box = _box(camera, points)
        wanted = _wanted_middle(box[1] - box[0], view, width, height)
        # Aim so that the box moves to its place; damped, since off the middle pictures stretch.
        aim = np.array([width - 1, height - 1]) / 2 + 0.7 * ((box[0] + box[1]) / 2 - wanted)
        target = camera.unproject(aim, camera.to_camera(middle)[2])
        distance *= float(np.clip(np.max((box[1] - box[0]) / wanted_px), 0.5, 2))
    return _camera(middle, target, distance, view, width, height)


def _box(camera: Camera, points: Floats) -> Floats:
    pixels = camera.project(points)[0]
    return np.stack([np.nanmin(pixels, 0), np.nanmax(pixels, 0)])


def _camera(middle: Floats, target: Floats, distance: float, view: View, width: int, height: int) -> Camera:
    steepest = np.sin(np.radians(40)) * distance
    rise = float(np.clip(view.height_m - middle[1], -steepest, steepest))
    rise = max(rise, 0.08 - float(middle[1]))  # never below the floor
    level = np.sqrt(max(distance**2 - rise**2, 0.01))
    side = np.array([np.sin(view.azimuth_rad) * level, rise, np.cos(view.azimuth_rad) * level])
    return Camera.looking_at(middle + side, target, width, height, view.focal_px, view.roll_rad)


def _wanted_middle(size: Floats, view: View, width: int, height: int) -> Floats:
    """Pixel where the middle of a box of ``size`` ``(2,)`` pixels should be."""
    full = np.array([width, height], np.float64)
    wanted = full / 2 + np.array(view.place) * np.maximum(full - size, 0) / 2
    # A box larger than the picture: its top and sides decide, heads stay in.
    top = size[1] / 2 + 0.06 * height
    if size[1] > full[1] * 0.94:
        wanted[1] = min(top, full[1] / 2 + size[1] * 0.1) if view.cut[1] == 0 else top
    for axis, cut in enumerate(view.cut):
        if cut:
            border = full[axis] if cut > 0 else 0.0
            pushed = border + np.sign(cut) * (abs(cut) - 0.5) * size[axis]
            wanted[axis] = max(pushed, top) if axis == 1 and size[1] > full[1] * 0.7 else pushed
    return wanted
