"""How a body meets the ground: feet flat, weight above them, a tipping body let down until it rests."""

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel
from poseapp.synth.motion.anatomy import Anatomy, Joints, angles_of, joints_of
from poseapp.synth.motion.limits import Floats, clamp
from poseapp.synth.motion.rotations import about, from_vectors, mirrored, shortest, unit

MAX_SETTLE_RAD = float(np.radians(35))
MAX_LEAN_RAD = float(np.radians(40))

# Share of the body's mass near each joint (Winter, 2009, table 4.1, segments' masses put on their middles).
_MASS = {
    "head": 0.08, "spine01": 0.15, "spine02": 0.13, "spine03": 0.11, "root": 0.13, "upperarm02.L": 0.028,
    "upperarm02.R": 0.028, "lowerarm02.L": 0.022, "lowerarm02.R": 0.022, "upperleg02.L": 0.1,
    "upperleg02.R": 0.1,
    "lowerleg02.L": 0.047, "lowerleg02.R": 0.047, "foot.L": 0.015, "foot.R": 0.015,
}  # fmt: skip


def centre_of_mass(model: BodyModel, joints: Floats) -> Floats:
    """Metres ``(…, 3)`` from joints ``(…, J, 3)``."""
    share = np.array(list(_MASS.values()))
    return np.einsum(
        "...jc,j->...c", joints[..., [model.bone[name] for name in _MASS], :], share / share.sum()
    )


def plant_feet(anatomy: Anatomy, joints: Joints, planted: tuple[bool, bool]) -> Joints:
    """Put a standing body's weight over its feet, which stand flat and, if both do, on one level.

    The lower of two planted feet is lifted by bending its leg; then the whole body leans at the ankles.

    Args:
        anatomy: Of the person.
        joints: One pose (B is 1).
        planted: Whether the left and the right foot stand.
    """
    model = anatomy.model
    if all(planted):
        _level(anatomy, joints)
    places = anatomy.place(anatomy.rotations(joints, fingers=False))[0][0]
    feet = feet_bones(model)
    stands = np.repeat(planted, 2)
    for _ in range(2):
        middle = places[feet[stands]].mean(0)
        weight = centre_of_mass(model, places) - middle
        off = weight * (1, 0, 1)
        if all(planted):
            apart = (places[feet[0]] - places[feet[2]]) * (1, 0, 1)
            half, line = np.linalg.norm(apart) / 2, unit(apart)
            off = off - np.clip(off @ line, -0.7 * half, 0.7 * half) * line
        lean = shortest(unit(weight - off), unit(weight)).T
        if np.trace(lean) < 1 + 2 * np.cos(MAX_LEAN_RAD):
            break
        joints.root = lean @ joints.root
        places = places @ lean.T
    _flatten(anatomy, joints, planted)
    return joints


def rest_feet(anatomy: Anatomy, joints: Joints, reach_m: float = 0.12) -> Joints:
    """Put those feet flat that are within ``reach_m`` of the lower one (B is 1)."""
    places, _ = anatomy.place(anatomy.rotations(joints, fingers=False))
    ankles = places[0, feet_bones(anatomy.model)[::2], 1]
    low = ankles < ankles.min() + reach_m
    _flatten(anatomy, joints, (bool(low[0]), bool(low[1])))
    return joints


def _level(anatomy: Anatomy, joints: Joints) -> None:
    """Bend the leg of the lower foot until both ankles are on one level."""
    model = anatomy.model
    places, _ = anatomy.place(anatomy.rotations(joints, fingers=False))
    hips = places[0, [model.bone["upperleg01.L"], model.bone["upperleg01.R"]]]
    ankles = places[0, [model.bone["foot.L"], model.bone["foot.R"]]]
    low = int(np.argmin(ankles[:, 1]))
    target = ankles[low].copy()
    target[1] = ankles[1 - low, 1]
    thigh = np.linalg.norm(
        anatomy.reference[model.bone["lowerleg01.L"]] - anatomy.reference[model.bone["upperleg01.L"]]
    )
    shin = anatomy.leg_m - thigh
    reach = np.clip(np.linalg.norm(target - hips[low]), 0.3 * anatomy.leg_m, 0.999 * anatomy.leg_m)
    cos = (thigh**2 + shin**2 - reach**2) / (2 * thigh * shin)
    joints.knee[0, low] = about(0, np.pi - np.arccos(np.clip(cos, -1, 1)))
    places, _ = anatomy.place(anatomy.rotations(joints, fingers=False))
    ankle = places[0, model.bone["foot.L" if low == 0 else "foot.R"]]
    turn = shortest(unit(ankle - hips[low]), unit(target - hips[low]))
    local = joints.root[0].T @ turn @ joints.root[0]
    joints.hip[0, low] = (mirrored(local) if low else local) @ joints.hip[0, low]


def _flatten(anatomy: Anatomy, joints: Joints, planted: tuple[bool, bool]) -> None:
    """Turn standing feet until their soles are level, as far as ankles go."""
    root = np.stack([joints.root, mirrored(joints.root)], 1)
    shin = root @ joints.hip @ joints.knee
    foot = shin @ joints.foot
    forward = foot[..., 2] * (1, 0, 1)
    z = unit(forward)
    y = np.zeros_like(z)
    y[..., 1] = 1
    flat = np.stack([np.cross(y, z), y, z], -1)
    for side in (0, 1):
        if planted[side] and np.linalg.norm(forward[0, side]) > 0.3:
            joints.foot[0, side] = shin[0, side].T @ flat[0, side]


def within_limits(joints: Joints) -> Joints:
    """The joints brought inside the limits."""
    again = joints_of(clamp(angles_of(joints)), joints.root, np.degrees(joints.fingers))
    return again


def settle(points: Floats, weight: Floats, most_rad: float, steps: int = 4) -> Floats:
    """Let a rigid body tip over its lowest point, then over the edge of two, until its weight is carried.

    Args:
        points: ``(N, 3)`` metres, skin of the body; Y up.
        weight: ``(3,)`` its centre of mass.
        most_rad: Largest turn in all; a body that would fall further is left as it stands.
        steps: Most tips.

    Returns:
        ``(3, 3)`` rotation of the body about the origin.
    """
    total = np.eye(3)
    turned = 0.0
    edge: Floats | None = None
    pivot_at = int(np.argmin(points[:, 1]))
    for _ in range(steps):
        now, heavy = points @ total.T, total @ weight
        pivot = now[pivot_at]
        arm = (heavy - pivot) * (1, 0, 1)
        if edge is not None:
            arm = arm - (arm @ edge) * edge
        if np.linalg.norm(arm) < 0.01:
            break
        ahead = unit(arm)
        axis = np.cross((0.0, 1.0, 0.0), ahead)
        along, height = (now - pivot) @ ahead, now[:, 1] - pivot[1]
        angle = np.arctan2(np.maximum(height, 0), along)
        angle[(along < 0.02)] = np.pi
        hit = int(np.argmin(angle))
        if turned + angle[hit] > most_rad:
            break
        turned += float(angle[hit])
        total = from_vectors(axis * angle[hit]) @ total
        line = (total @ (points[hit] - points[pivot_at])) * (1, 0, 1)
        if edge is not None:
            break
        edge = unit(line)
    return total


def lowest(points: Floats) -> float:
    """Height of the lowest point."""
    return float(points[:, 1].min())


def feet_bones(model: BodyModel) -> NDArray[np.intp]:
    """Ankles and balls of the feet: left, then right."""
    return np.array([model.bone[f"{name}.{side}"] for side in "LR" for name in ("foot", "toe2-1")])
