"""Legs of a walk from where the feet are put: standing feet stay, so that nothing slides.

A foot lands on its heel, lies flat, rolls over its ball and swings ahead; the legs follow by two-bone inverse
kinematics. Shares of a stride after Perry & Burnfield, *Gait Analysis* (2nd ed., 2010).
"""

import numpy as np

from poseapp.synth.motion.anatomy import Anatomy, Joints
from poseapp.synth.motion.ground import within_limits
from poseapp.synth.motion.limits import Floats
from poseapp.synth.motion.rotations import about, frame, mirrored

STANCE = 0.62  # share of a stride that a foot stands
_AHEAD = 0.27  # of a stride's length: how far before the hips a foot lands
_SOFT = 0.03  # share of the reach
_STRAIGHT = 0.998  # of a leg's length, the most it reaches
# Foot against the ground by share of the stride, degrees, toes down.
_PITCH = ((0.0, -18.0), (0.1, 0.0), (0.36, 0.0), (0.5, 20.0), (STANCE, 52.0), (0.75, 28.0), (0.9, -12.0))


def _pitch(phase: Floats) -> Floats:
    at, values = np.array(_PITCH).T
    at, values = np.r_[at[-1] - 1, at, 1.0], np.r_[values[-1], values, values[0]]
    slopes = np.zeros(len(at))
    secants = np.diff(values) / np.diff(at)
    same = secants[1:] * secants[:-1] > 0
    # Monotone cubic (Fritsch & Carlson, 1980): the harmonic mean of the slopes on both sides.
    slopes[1:-1][same] = 2 / (1 / secants[:-1][same] + 1 / secants[1:][same])
    low = np.clip(np.searchsorted(at, phase, side="right") - 1, 0, len(at) - 2)
    span = at[low + 1] - at[low]
    s = (phase - at[low]) / span
    a, b = slopes[low] * span, slopes[low + 1] * span
    step = values[low + 1] - values[low]
    return np.radians(values[low] + s * (a + s * (3 * step - 2 * a - b + s * (a + b - 2 * step))))


def _ankles(anatomy: Anatomy, phase: Floats, stride_m: float, lift_m: float) -> tuple[Floats, Floats]:
    """Ankle ``(N, 2)`` as (ahead of the hips, above the floor), and the foot's pitch, by a foot's phase."""
    foot = anatomy.offsets[anatomy.model.bone["toe2-1.L"]]
    ball = np.hypot(foot[0], foot[2])
    above = -foot[1] + 0.35 * ball * 0.6
    pitch = _pitch(phase)
    start, end = _AHEAD * stride_m, (_AHEAD - STANCE) * stride_m
    s = np.clip((phase - STANCE) / (1 - STANCE), 0, 1)
    slope = -stride_m * (1 - STANCE)
    swing = end + s * slope + s**2 * (3 * (start - end) - 3 * slope) + s**3 * (2 * slope - 2 * (start - end))
    base = np.where(phase < STANCE, start - stride_m * phase, swing)
    pivot = np.where(pitch > 0, ball, -0.4 * ball)
    cos, sin = np.cos(pitch), np.sin(pitch)
    ahead = pivot - pivot * cos + above * sin
    height = above * cos + pivot * sin
    return np.stack([base + ahead, height + lift_m * np.sin(np.pi * s) ** 2], -1), pitch


def walk_legs(
    anatomy: Anatomy,
    joints: Joints,
    phase: Floats,
    stride_m: float,
    width_m: float,
    out_rad: float,
    lift_m: float,
) -> tuple[Joints, Floats]:
    """Put a walk's legs under a trunk.

    Args:
        anatomy: Of the person.
        joints: N poses; their legs are replaced.
        phase: ``(N,)`` strides of the left foot.
        stride_m: Length of a stride (two steps).
        width_m: How far a foot stands from the middle.
        out_rad: How far toes point outwards.
        lift_m: How far a foot is lifted in its swing, beyond what rolling lifts it.

    Returns:
        The joints, and the height ``(N,)`` of the root.
    """
    model = anatomy.model
    hip = anatomy.reference[model.bone["upperleg01.L"]]
    thigh = float(np.linalg.norm(anatomy.reference[model.bone["lowerleg01.L"]] - hip))
    shin = anatomy.leg_m - thigh
    reach = _STRAIGHT * anatomy.leg_m
    roots = (joints.root, mirrored(joints.root))
    hips = [root @ hip for root in roots]
    own = [(phase + 0.5 * side) % 1.0 for side in (0, 1)]
    feet = [_ankles(anatomy, p, stride_m, lift_m) for p in own]
    room = []
    for place, (ankle, _), p in zip(hips, feet, own, strict=True):
        flat = (ankle[:, 0] - place[:, 2]) ** 2 + (width_m - place[:, 0]) ** 2
        highest = ankle[:, 1] + np.sqrt(np.maximum(reach**2 - flat, 0)) - place[:, 1]
        room.append(np.where(p < STANCE - 0.04, highest, np.inf))
    most = np.minimum(*room)
    # The pelvis rises and falls twice a stride, as high as the legs let it.
    wave = np.stack([np.ones(len(phase)), np.cos(4 * np.pi * phase), np.sin(4 * np.pi * phase)], 1)
    fit = wave @ np.linalg.lstsq(wave, most, rcond=None)[0]
    height = fit - max(float((fit - most).max()) - 0.004, 0.0)
    for side, (root, place, (ankle, pitch)) in enumerate(zip(roots, hips, feet, strict=True)):
        target = np.stack([np.full(len(phase), width_m), ankle[:, 1] - height, ankle[:, 0]], -1)
        way = target - place
        far = np.maximum(np.linalg.norm(way, axis=-1), 0.3 * reach)
        # Knees straighten softly: the last of a leg's reach is met ever more slowly.
        soft = _SOFT * reach
        beyond = np.maximum(far - (reach - soft), 0)
        far = np.minimum(far, reach - soft) + soft * (1 - np.exp(-beyond / soft))
        knee = np.pi - np.arccos(np.clip((thigh**2 + shin**2 - far**2) / (2 * thigh * shin), -1, 1))
        lead = np.arccos(np.clip((thigh**2 + far**2 - shin**2) / (2 * thigh * far), -1, 1))
        forward = np.array([np.sin(out_rad), 0.0, np.cos(out_rad)])
        leg = frame(-way, np.broadcast_to(forward, way.shape)).swapaxes(-1, -2) @ about(0, -lead)
        joints.hip[:, side] = root.swapaxes(-1, -2) @ leg
        joints.knee[:, side] = about(0, knee)
        foot = about(1, np.full(len(phase), out_rad)) @ about(0, pitch)
        joints.foot[:, side] = (leg @ joints.knee[:, side]).swapaxes(-1, -2) @ foot
        lifted = np.clip((own[side] - STANCE) / 0.12, 0, 1)
        joints.toes[:, side] = 0.8 * np.maximum(pitch, 0) * (0.5 + 0.5 * np.cos(np.pi * lifted))
    return within_limits(joints), height
