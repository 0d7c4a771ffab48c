"""The motion of the sample clip: a walk into the room, a turn, two squats, jumping jacks, a lunge with a
raised arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drawn_person.body import Arm, Body, Figure, Leg, Pose, facing, pose_figure, standing_height
from drawn_person.raycast import Array


@dataclass(frozen=True)
class Step:
    """One foot (0 right, 1 left) leaves the floor at `start` and lands at `end` (shares of the clip) at x,
    z, yaw."""

    foot: int
    start: float
    end: float
    x: float
    z: float
    yaw: float
    lift: float = 0.09


# Feet at the start: x, z in metres, yaw in radians (1.2 faces the right border of the picture, 0 the camera).
FIRST = ((-1.10, 0.10, 1.2), (-1.32, -0.12, 1.2))
STEPS = (
    Step(1, 0.00, 0.07, -0.72, -0.09, 1.15), Step(0, 0.07, 0.14, -0.42, 0.13, 1.1),
    Step(1, 0.14, 0.21, -0.02, -0.02, 0.8), Step(0, 0.21, 0.28, -0.20, 0.18, 0.1),
    Step(1, 0.28, 0.33, 0.10, 0.16, 0.35, 0.05),
    Step(0, 0.575, 0.645, -0.34, 0.18, -0.35, 0.0), Step(1, 0.575, 0.645, 0.30, 0.18, 0.4, 0.0),
    Step(0, 0.655, 0.725, -0.11, 0.18, -0.1, 0.0), Step(1, 0.655, 0.725, 0.07, 0.18, 0.15, 0.0),
    Step(0, 0.735, 0.80, -0.34, 0.18, -0.35, 0.0), Step(1, 0.735, 0.80, 0.30, 0.18, 0.4, 0.0),
    Step(1, 0.84, 0.92, 0.62, 0.22, 0.75, 0.08),
)  # fmt: skip
HOPS = ((0.575, 0.645), (0.655, 0.725), (0.735, 0.80))

# Rows: time, drop of the hips, bend forwards, bend to the left, head forwards, head to the left, then right
# and left arm (raise forwards, raise sideways, turn inwards, bend of the elbow).
POSTURE = np.array([
    (0.00, -0.012, 0.06, 0.0, 0.05, 0.1, 0.00, 0.12, 0.3, 0.35, 0.00, 0.12, 0.3, 0.35),
    (0.30, -0.012, 0.04, 0.0, 0.02, 0.0, 0.00, 0.12, 0.3, 0.30, 0.00, 0.12, 0.3, 0.30),
    (0.34, 0.03, 0.08, 0.0, 0.00, 0.0, 0.30, 0.15, 0.3, 0.35, 0.30, 0.15, 0.3, 0.35),
    (0.41, 0.46, 0.66, 0.0, -0.42, 0.0, 2.25, 0.08, 0.2, 0.10, 2.25, 0.08, 0.2, 0.10),
    (0.44, 0.46, 0.66, 0.0, -0.42, 0.0, 2.25, 0.08, 0.2, 0.10, 2.25, 0.08, 0.2, 0.10),
    (0.50, 0.03, 0.05, 0.0, 0.00, 0.0, 0.30, 0.15, 0.4, 0.50, 0.30, 0.15, 0.4, 0.50),
    (0.56, 0.10, 0.12, 0.0, 0.00, 0.0, -0.1, 0.15, 0.2, 0.20, -0.1, 0.15, 0.2, 0.20),
    (0.645, 0.03, 0.0, 0.0, 0.00, 0.0, 0.05, 2.60, 0.0, 0.40, 0.05, 2.60, 0.0, 0.40),
    (0.725, 0.05, 0.04, 0.0, 0.0, 0.0, 0.05, 0.25, 0.2, 0.25, 0.05, 0.25, 0.2, 0.25),
    (0.80, 0.03, 0.0, 0.0, 0.00, 0.0, 0.05, 2.60, 0.0, 0.40, 0.05, 2.60, 0.0, 0.40),
    (0.85, 0.05, 0.02, 0.0, 0.00, 0.1, 0.10, 1.20, 0.1, 0.60, 0.20, 0.70, 0.8, 1.30),
    (0.93, 0.25, 0.10, 0.28, 0.0, 0.4, 0.25, 2.50, -0.3, 0.35, 0.15, 0.75, 1.1, 1.75),
    (1.00, 0.27, 0.10, 0.34, 0.0, 0.5, 0.30, 2.75, -0.3, 0.25, 0.15, 0.75, 1.1, 1.75),
])  # fmt: skip


def smooth(values: Array, frames: float) -> Array:
    """Blur a curve `(N, ...)` along time with a Gaussian of `frames` frames, ends held."""
    reach = max(int(np.ceil(3 * frames)), 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / frames) ** 2)
    kernel /= kernel.sum()
    flat = np.pad(values.reshape(len(values), -1), ((reach, reach), (0, 0)), mode="edge")
    out = np.stack([np.convolve(column, kernel, mode="valid") for column in flat.T], axis=1)
    return np.asarray(out.reshape(values.shape))


def _feet(times: Array) -> Array:
    """Places of both feet `(N, 2, 4)`: x, height of the ankle's lift, z, yaw."""
    out = np.zeros((len(times), 2, 4))
    for foot in (0, 1):
        x, z, yaw = FIRST[foot]
        now = np.tile([x, 0.0, z, yaw], (len(times), 1))
        for step in (s for s in STEPS if s.foot == foot):
            share = np.clip((times - step.start) / (step.end - step.start), 0, 1)
            ease = share * share * (3 - 2 * share)
            target = np.array([step.x, 0.0, step.z, step.yaw])
            now = now + ease[:, None] * (target - now)
            now[:, 1] = np.where(
                (share > 0) & (share < 1), step.lift * np.sin(np.pi * share) ** 1.2, now[:, 1] * (share == 0)
            )
        out[:, foot] = now
    return out


def _hop(times: Array) -> Array:
    """Height of the hops of the jumping jacks over time, metres."""
    height = np.zeros(len(times))
    for start, end in HOPS:
        share = np.clip((times - start) / (end - start), 0, 1)
        height += 0.09 * 4 * share * (1 - share)
    return height


def clip_figures(body: Body, num_frames: int, seed: int) -> list[Figure]:
    """Return the posed figures of the clip, one a frame; `seed` adds small sways of its own."""
    times = np.linspace(0, 1, num_frames)
    unit = num_frames / 144
    rng = np.random.default_rng(seed)
    feet, hop = _feet(times), _hop(times)
    curves = np.stack([np.interp(times, POSTURE[:, 0], c) for c in POSTURE[:, 1:].T], axis=1)
    curves = smooth(curves, 2.4 * unit)
    curves[:, 1:] += smooth(rng.normal(0, 0.16, (num_frames, 13))[:, 1:], 5 * unit)
    ground = smooth(feet[:, :, [0, 2, 3]].mean(1), 4.5 * unit)
    walk = np.clip((0.31 - times) / 0.05, 0, 1)
    swing = smooth((feet[:, 0, :] - feet[:, 1, :])[:, [0]], 1.5 * unit)[:, 0] * walk
    return [
        pose_figure(body, _pose(body, feet[k], float(hop[k]), curves[k], ground[k], float(swing[k])))
        for k in range(num_frames)
    ]


def _pose(body: Body, feet: Array, hop: float, row: Array, ground: Array, swing: float) -> Pose:
    """Posture of one frame. `ground` is x, z, yaw between the feet; `swing` how far the right foot leads,
    metres."""
    drop, lean, tilt, nod, look = row[:5]
    x, z, yaw = ground
    forward = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    # The hips go back as they sink, so that the person would not fall over.
    apart = float(np.hypot(*(feet[0, [0, 2]] - feet[1, [0, 2]])))
    reach = body.thigh + body.shin
    height = standing_height(body) - 0.015 - (reach - np.sqrt(max(reach**2 - (apart * 0.5) ** 2, 0.2))) - drop
    root = np.array([x, height + hop, z]) - forward * drop * 0.42
    legs = tuple(
        Leg(
            ankle=np.array([f[0], body.sole + f[1] + hop, f[2]]),
            foot_yaw=f[3],
            point=0.5 * min(hop / 0.09, 1) + f[1] * 2.5,
        )
        for f in feet
    )
    arms = tuple(
        Arm(
            row[k] - sign * swing * 0.75,
            row[k + 1],
            row[k + 2],
            max(row[k + 3] + 0.5 * max(-sign * swing, 0), 0.02),
        )
        for k, sign in ((5, 1.0), (9, -1.0))
    )
    twist = 0.25 * swing
    pelvis = facing(yaw - 0.15 * swing, pitch=lean * 0.45)
    return Pose(
        root, pelvis, (lean * 0.8, tilt, twist), (nod, 0.0, look), (arms[0], arms[1]), (legs[0], legs[1])
    )
