"""Limbs moved apart where a body runs into itself."""

import numpy as np

from poseapp.synth.motion.anatomy import Anatomy, Joints, angles_of, joints_of
from poseapp.synth.motion.collide import Capsules
from poseapp.synth.motion.limits import NAMES, Floats, clamp

_MOVED = np.array(
    [
        NAMES.index(f"{name}.{side}")
        for side in "LR"
        for name in ("arm_out", "arm_upward", "arm_twist", "elbow", "hip", "hip_out", "hip_turn", "knee")
    ]
)
_STEP_DEG = 1.5
_DAMPING = 2e-6  # square metres a square degree
_MARGIN_M = 0.004
_ROUNDS = 5


def _depths(anatomy: Anatomy, capsules: Capsules, joints: Joints) -> Floats:
    return capsules.depths(capsules.place(*anatomy.place(anatomy.rotations(joints, fingers=False))))


def repaired(anatomy: Anatomy, capsules: Capsules, joints: Joints) -> tuple[Joints, float]:
    """Move arms and legs until nothing sinks in too deep: damped least squares on the depths (Wampler, 1986).

    Args:
        anatomy: Of the person.
        capsules: Of the person.
        joints: One pose (B is 1).

    Returns:
        The joints inside their limits, and the metres still too deep (0 or less: none).
    """
    depths = _depths(anatomy, capsules, joints)[0]
    worst = float(depths.max())
    if worst <= 0:
        return joints, worst
    angles = clamp(angles_of(joints))[0]
    best, best_depth = joints, worst
    for _ in range(_ROUNDS):
        tried = np.tile(angles, (len(_MOVED) + 1, 1))
        tried[np.arange(1, len(tried)), _MOVED] += _STEP_DEG
        many = len(tried)
        root = np.broadcast_to(joints.root, (many, 3, 3))
        fingers = np.broadcast_to(np.degrees(joints.fingers), (many, 2, 5, 4))
        depths = _depths(anatomy, capsules, joints_of(tried, root, fingers))
        worst = float(depths[0].max())
        if worst < best_depth:
            best, best_depth = joints_of(angles[None], joints.root, np.degrees(joints.fingers)), worst
        if worst <= 0:
            break
        deep = depths[0] > -_MARGIN_M
        slopes = ((depths[1:, deep] - depths[0, deep]) / _STEP_DEG).T
        square = slopes @ slopes.T + _DAMPING * np.eye(len(slopes))
        move = -slopes.T @ np.linalg.solve(square, depths[0, deep] + _MARGIN_M)
        angles[_MOVED] += np.clip(move, -15, 15)
        angles = clamp(angles)
    return best, best_depth
