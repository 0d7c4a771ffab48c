"""Motion to order: key poses by name one after the other, and motions joined to one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseapp.errors import SynthError
from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion import hands
from poseapp.synth.motion.anatomy import Anatomy, angles_of
from poseapp.synth.motion.clips import _YAW, _root, _Track
from poseapp.synth.motion.contact import ContactSkin
from poseapp.synth.motion.ground import feet_bones
from poseapp.synth.motion.keylimbs import ARMS
from poseapp.synth.motion.keyposes import KEY_POSES
from poseapp.synth.motion.limits import Floats, clamp, mirror_angles
from poseapp.synth.motion.motion import Motion, motion_of
from poseapp.synth.motion.prior import RAISED, Draft, held_together, key_angles
from poseapp.synth.motion.rotations import about

RATE = 60.0
_SEARCH_S = 0.8  # before its end a motion may be left


@dataclass(frozen=True)
class Step:
    """One key pose of a choreography.

    Attributes:
        pose: Name in `keyposes.KEY_POSES`.
        go_s: Least time to get there, longer where joints would go too fast; of a jump the time in the air.
        rest_s: Time spent there.
        turn_deg: How far the body has turned to its left by then, since the step before.
        mirror: Left and right swapped.
    """

    pose: str
    go_s: float
    rest_s: float = 0.0
    turn_deg: float = 0.0
    mirror: bool = False


def choreograph(
    model: BodyModel, shaped: ShapedBody, rng: np.random.Generator, steps: Sequence[Step], kind: str
) -> Motion:
    """Key poses one after the other; those in the air are jumped to from bent knees and back.

    Args:
        model: The body model.
        shaped: Whose motion it is.
        rng: Source of chance: fingers, sway at rest.
        steps: Two or more; the first is where it begins.
        kind: What the motion is called, of `settings.POSE_KINDS`.

    Raises:
        SynthError: There is no such key pose, or only one.
    """
    unknown = [step.pose for step in steps if step.pose not in KEY_POSES]
    if unknown or len(steps) < 2:
        raise SynthError(
            f"a choreography is made of two or more key poses, not of {', '.join(unknown) or 'one'}"
        )
    track = _Track(model, shaped, rng, kind, "choreography")
    yaw = 0.0
    for step in steps:
        angles, root, drafted = _key(track, step, rng)
        if KEY_POSES[step.pose].base != "air":
            yaw += np.radians(step.turn_deg)
            track._add(angles, root + yaw * _YAW, drafted.hands, step.go_s, step.rest_s)
            continue
        bent, bent_root, bending = _key(track, Step("ready", 0.4), rng)
        track._add(bent, bent_root + yaw * _YAW, bending.hands, 0.4, 0.0)
        leave = track.times[-1]
        track._append(
            leave + step.go_s / 2, angles, root + (yaw + np.radians(step.turn_deg) / 2) * _YAW, drafted.hands
        )
        yaw += np.radians(step.turn_deg)
        track._append(leave + step.go_s, bent, bent_root + yaw * _YAW, bending.hands)
        track.flights.append((leave, leave + step.go_s))
    return track.motion(track.times[-1])[0]


def _key(track: _Track, step: Step, rng: np.random.Generator) -> tuple[Floats, Floats, Draft]:
    """Angles and root of a step's pose, held together, and its draft."""
    drafted = _drafted(step, rng)
    joints, _ = held_together(track.anatomy, track.capsules, drafted)
    return clamp(angles_of(joints))[0], _root(joints, drafted, np.eye(3)), drafted


def _drafted(step: Step, rng: np.random.Generator) -> Draft:
    key = KEY_POSES[step.pose]
    angles, roll, arms, legs = key_angles(key), key.roll, key.arms, key.legs
    if step.mirror:
        angles, roll, arms, legs = mirror_angles(angles), -roll, arms[::-1], legs[::-1]
    fingers = np.stack([hands.sample_hand(rng, ARMS[arm][4] or None) for arm in arms])
    planted = (legs[0] not in RAISED, legs[1] not in RAISED)
    return Draft(clamp(angles), key.pitch, roll, fingers, key, step.pose, planted)


def joined(model: BodyModel, shaped: ShapedBody, motions: Sequence[Motion], blend_s: float = 0.5) -> Motion:
    """Motions one after the other, each begun where and as the one before is left.

    A motion is left where in its last moments the body is most like the next one's first pose; then both go
    on for a while, the first fading into the second, and the lower foot stays where it is.

    Args:
        model: The body model.
        shaped: Whose motions they are.
        motions: One or more.
        blend_s: Seconds of fading.
    """
    anatomy = Anatomy(model, shaped)
    turns, places = _sampled(motions[0])
    for motion in motions[1:]:
        more, on = _sampled(motion)
        count = max(int(blend_s * RATE), 2)
        cut = _cut(turns, more[0], count)
        heading = _heading(turns[cut + count // 2]) - _heading(more[0])
        more[:, 0] = about(1, heading) @ more[:, 0]
        on = (on - on[0] * (1, 0, 1)) @ about(1, heading).T
        s = np.linspace(0, 1, count)
        share = (s**3 * (10 - 15 * s + 6 * s**2))[:, None, None, None]
        fade = _orthonormal((1 - share) * turns[cut : cut + count] + share * more[:count])
        here = _standing(model, shaped, anatomy, fade, places[cut])
        on = on[count:] + (here[-1] - on[count - 1]) * (1, 0, 1)
        turns = np.concatenate([turns[:cut], fade, more[count:]])
        places = np.concatenate([places[:cut], here, on])
    last = motions[-1]
    return motion_of(turns, places, RATE, last.kind, ", ".join(motion.name for motion in motions))


def _sampled(motion: Motion) -> tuple[Floats, Floats]:
    poses = [motion.pose(k / RATE) for k in range(int(motion.duration_s * RATE) + 1)]
    turns = np.stack([pose.rotations for pose in poses]).astype(np.float64)
    return turns, np.stack([pose.translation for pose in poses]).astype(np.float64)


def _cut(turns: Floats, target: Floats, count: int) -> int:
    """The frame, of the last that leave ``count`` more, where the bones are most like the target's."""
    last = len(turns) - count
    first = max(last - int(_SEARCH_S * RATE), 0)
    far = ((turns[first : last + 1, 1:] - target[None, 1:]) ** 2).sum((1, 2, 3))
    return first + int(np.argmin(far))


def _heading(rotations: Floats) -> float:
    return float(np.arctan2(rotations[0, 0, 2], rotations[0, 2, 2]))


def _orthonormal(matrices: Floats) -> Floats:
    """The rotations nearest to mixed matrices ``(..., 3, 3)``."""
    u, _, vt = np.linalg.svd(matrices)
    return np.asarray(u @ vt)


def _standing(
    model: BodyModel, shaped: ShapedBody, anatomy: Anatomy, rotations: Floats, start: Floats
) -> Floats:
    """Places ``(N, 3)`` of the root that leave the lower foot where it is, from ``start`` on."""
    joints, _ = anatomy.place(rotations)
    feet = joints[:, feet_bones(model)]
    low = np.exp(-(feet[..., 1] - feet[..., 1].min(1, keepdims=True)) / 0.03)
    weight = (low[1:] + low[:-1])[..., None]
    slip = (np.diff(feet, axis=0) * weight).sum(1) / weight.sum(1)
    places = np.zeros((len(rotations), 3))
    places[:, [0, 2]] = start[[0, 2]]
    places[1:, [0, 2]] -= np.cumsum(slip, 0)[:, [0, 2]]
    places[:, 1] = -ContactSkin(model, shaped, anatomy).lowest(rotations)
    return places
