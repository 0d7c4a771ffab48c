"""Motion: poses over time."""

from dataclasses import dataclass

import numpy as np

from poseapp.synth.body.model import Pose
from poseapp.synth.motion.limits import Floats
from poseapp.synth.motion.rotations import about, from_quaternions, to_quaternions


@dataclass(frozen=True)
class Motion:
    """Bone rotations at even times, smooth in between (Catmull-Rom on quaternions and places).

    The person starts over x = z = 0 and moves along +Z if at all; `placed` moves and turns it.

    Attributes:
        duration_s: Length.
        rate: Frames a second that are kept.
        quaternions: ``(N, J, 4)`` float32, w first, neighbours in time on the same half sphere.
        places: ``(N, 3)`` metres, the root.
        kind: Of `settings.POSE_KINDS`.
        name: What it is, for people to read.
        seat_height_m: Height of what the person sits on, or None.
    """

    duration_s: float
    rate: float
    quaternions: Floats
    places: Floats
    kind: str
    name: str = ""
    seat_height_m: float | None = None

    def pose(self, time_s: float) -> Pose:
        """The pose at a time, which is held inside 0..duration."""
        at = np.clip(time_s, 0.0, self.duration_s) * self.rate
        last = len(self.places) - 1
        low = int(min(np.floor(at), max(last - 1, 0)))
        t = at - low
        rows = np.clip(np.arange(low - 1, low + 3), 0, last)
        weights = 0.5 * np.array(
            [
                -t + 2 * t**2 - t**3,
                2 - 5 * t**2 + 3 * t**3,
                t + 4 * t**2 - 3 * t**3,
                -(t**2) + t**3,
            ]
        )
        quaternions = np.einsum("k,kjc->jc", weights, self.quaternions[rows])
        rotations = from_quaternions(quaternions).astype(np.float32)
        return Pose(rotations, (weights @ self.places[rows]).astype(np.float32))


def motion_of(rotations: Floats, places: Floats, rate: float, kind: str, name: str = "") -> Motion:
    """A motion of ``(N, J, 3, 3)`` rotations and ``(N, 3)`` places at ``rate`` frames a second."""
    quaternions = to_quaternions(rotations)
    dots = (quaternions[1:] * quaternions[:-1]).sum(-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    quaternions[1:] *= signs[..., None]
    duration = (len(places) - 1) / rate
    return Motion(duration, rate, quaternions.astype(np.float32), np.asarray(places, np.float32), kind, name)


def placed(motion: Motion, x: float, z: float, heading_rad: float) -> Motion:
    """The motion begun over (x, z) metres and turned about the vertical (0 is +Z, a quarter turn +X)."""
    turn = about(1, heading_rad)
    start = motion.places[0] * (1, 0, 1)
    places = (motion.places - start) @ turn.T + (x, 0.0, z)
    half = heading_rad / 2
    root = _product(np.array([np.cos(half), 0.0, np.sin(half), 0.0]), motion.quaternions[:, 0])
    quaternions = motion.quaternions.copy()
    quaternions[:, 0] = root
    return Motion(
        motion.duration_s, motion.rate, quaternions, places.astype(np.float32), motion.kind, motion.name,
        motion.seat_height_m,
    )  # fmt: skip


def placed_pose(pose: Pose, x: float, z: float, heading_rad: float) -> Pose:
    """A pose put over (x, z) metres and turned further about the vertical."""
    turn = about(1, heading_rad).astype(np.float32)
    rotations = pose.rotations.copy()
    rotations[0] = turn @ rotations[0]
    return Pose(rotations, np.array([x, pose.translation[1], z], np.float32))


def _product(a: Floats, b: Floats) -> Floats:
    """Product of a quaternion with quaternions ``(N, 4)``."""
    w, v = a[0], a[1:]
    real = w * b[:, 0] - b[:, 1:] @ v
    imaginary = w * b[:, 1:] + b[:, :1] * v + np.cross(v, b[:, 1:])
    return np.concatenate([real[:, None], imaginary], 1)
