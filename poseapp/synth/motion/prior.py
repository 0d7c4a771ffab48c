"""Poses by chance: key poses blended, their limbs exchanged, mirrored, stirred, made to hold together."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from poseapp.errors import SynthError
from poseapp.synth.body.model import BodyModel, Pose, ShapedBody
from poseapp.synth.motion import ground, hands
from poseapp.synth.motion.anatomy import Anatomy, Joints, anatomy_of, arm_from_directions, joints_of
from poseapp.synth.motion.collide import Capsules, capsules_of
from poseapp.synth.motion.contact import seat_skin
from poseapp.synth.motion.keylimbs import ARMS, LEGS
from poseapp.synth.motion.keyposes import KEY_POSES, KeyPose
from poseapp.synth.motion.limits import (
    LEAST,
    MOST,
    NAMES,
    SIDE,
    SIZE,
    STIR,
    TRUNK,
    Floats,
    clamp,
    mirror_angles,
)
from poseapp.synth.motion.repair import repaired
from poseapp.synth.motion.rotations import about
from poseapp.synth.settings import SynthSettings

_SEAT_FROM_M = 0.08  # somebody whose seat is higher than this sits on something
RANDOM_SHARE = 0.15  # of poses that come from the limits alone
_TRIES = 4
_ARM = slice(0, SIDE.index("hip"))  # an arm's angles among those of a side
# Legs that carry nothing in a pose whose base is "feet".
RAISED = {
    "tree", "passe", "arabesque", "kick_cock", "kick_side", "split_back", "split_side", "step_up", "swing",
    "foot_on_wall",
}  # fmt: skip
_LOOSE_ARMS = tuple(
    name for name in ARMS
    if not name.startswith(("floor", "forearm_floor", "push_up", "bridge", "stand_on", "headstand", "pillow"))
)  # fmt: skip


_QUIET_LEGS = np.array([0.5 if n.startswith(("hip", "knee")) else 1.0 for n in NAMES])


@dataclass(frozen=True)
class SampledPose:
    """A pose and what is known of it.

    Attributes:
        pose: Bones; the root stands at x = z = 0 and the lowest vertex at y = 0 unless it is airborne.
        kind: Of `settings.POSE_KINDS`.
        airborne: Whether nothing carries the body.
        seat_height_m: Height of what the person sits on, or None.
        name: The key pose it is nearest to, "random", or the file it is from.
    """

    pose: Pose
    kind: str
    airborne: bool = False
    seat_height_m: float | None = None
    name: str = ""


@dataclass
class Draft:
    """A pose still made of angles.

    Attributes:
        angles: ``(SIZE,)`` degrees.
        pitch_deg, roll_deg: Of the pelvis.
        hands: ``(2, 5, 4)`` degrees.
        key: Key pose it is nearest to.
        planted: Which feet stand.
    """

    angles: Floats
    pitch_deg: float
    roll_deg: float
    hands: Floats
    key: KeyPose
    name: str
    planted: tuple[bool, bool]


@lru_cache(maxsize=1)
def _arm_table() -> dict[str, Floats]:
    out = {}
    for name, (upper, fore, pronation, wrist, _) in ARMS.items():
        swing = arm_from_directions(np.array(upper, float), np.array(fore, float))
        out[name] = np.array([0.0, 0.0, *swing, pronation, wrist, 0.0])
    return out


def arm_angles(name: str) -> Floats:
    """An arm of `keylimbs.ARMS` as degrees of the first angles of a side."""
    return _arm_table()[name]


def key_angles(key: KeyPose) -> Floats:
    """Angles ``(SIZE,)`` in degrees of a key pose, inside the limits."""
    lumbar, thorax, bend, twist = key.spine
    sides = [
        np.concatenate([_arm_table()[arm], LEGS[leg], (0.0, 0.0)])
        for arm, leg in zip(key.arms, key.legs, strict=True)
    ]
    return clamp(np.concatenate([(lumbar, thorax, bend, twist, *key.neck), *sides]))


@lru_cache(maxsize=1)
def _families() -> dict[str, dict[str, list[str]]]:
    """Names of key poses by kind and family."""
    out: dict[str, dict[str, list[str]]] = {}
    for name, key in KEY_POSES.items():
        out.setdefault(key.kind, {}).setdefault(key.family, []).append(name)
    return out


@lru_cache(maxsize=1)
def _all_angles() -> dict[str, Floats]:
    return {name: key_angles(key) for name, key in KEY_POSES.items()}


def pick_kind(rng: np.random.Generator, settings: SynthSettings) -> str:
    """A kind of pose by the shares of the settings; "bvh" only where there is a folder."""
    shares = {kind: share for kind, share in sorted(settings.poses.items()) if share > 0}
    if settings.bvh_folder is None and len(shares) > 1:
        shares.pop("bvh", None)
    weights = np.array(list(shares.values()))
    return str(rng.choice(list(shares), p=weights / weights.sum()))


def _mirrored_key(name: str, mirror: bool) -> tuple[Floats, KeyPose, float]:
    key, angles = KEY_POSES[name], _all_angles()[name]
    return (mirror_angles(angles), key, -key.roll) if mirror else (angles, key, key.roll)


def pick_family(rng: np.random.Generator, kind: str) -> str:
    """A family of key poses of a kind; large ones more often.

    Raises:
        SynthError: No such kind.
    """
    families = _families().get(kind)
    if families is None:
        raise SynthError(f"unknown kind of pose: {kind}; there are {', '.join(_families())} and bvh")
    sizes = np.sqrt([len(names) for names in families.values()])
    return str(rng.choice(list(families), p=sizes / sizes.sum()))


def draft(rng: np.random.Generator, kind: str, family: str | None = None) -> Draft:
    """A pose of a kind before it is made to hold together."""
    names = _families()[kind][family or pick_family(rng, kind)]
    chosen = [str(name) for name in rng.choice(names, size=3)]
    mirror = bool(rng.random() < 0.5)
    angles, key, roll = _mirrored_key(chosen[0], mirror)
    pitch = key.pitch
    share = rng.beta(1.2, 3.5, 2) * 0.7
    mixed = angles.copy()
    for name, part in zip(chosen[1:], share, strict=True):
        other, other_key, other_roll = _mirrored_key(name, mirror)
        if abs(other_key.pitch - key.pitch) + abs(other_roll - roll) < 45:
            mixed = mixed + part * (other - mixed)
            pitch += part * (other_key.pitch - pitch)
            roll += part * (other_roll - roll)
    arms = list(key.arms[::-1] if mirror else key.arms)
    legs = key.legs[::-1] if mirror else key.legs
    for side in (0, 1):
        if rng.random() < (0.4 if key.loose else 0.08):
            arms[side] = str(rng.choice(_LOOSE_ARMS))
            start = len(TRUNK) + side * len(SIDE)
            mixed[start : start + _ARM.stop] = _arm_table()[arms[side]]
    if rng.random() < RANDOM_SHARE:
        part = rng.beta(2, 1.5) * _QUIET_LEGS ** {"everyday": 1, "sitting": 2}.get(key.kind, 0)
        mixed = mixed + part * (_anything(rng) - mixed)
    stirred = STIR * _QUIET_LEGS if key.family in ("stand", "chair") else STIR
    mixed = mixed + rng.normal(0, 1, SIZE) * stirred * rng.uniform(0.3, 1.3)
    fingers = np.stack([hands.sample_hand(rng, ARMS[arm][4] or None) for arm in arms])
    stir = rng.normal(0, 1, 2) * (4, 3) * (3 if key.base == "air" else 1)
    planted = (legs[0] not in RAISED, legs[1] not in RAISED)
    return Draft(clamp(mixed), pitch + stir[0], roll + stir[1], fingers, key, chosen[0], planted)


def _anything(rng: np.random.Generator) -> Floats:
    """Angles from anywhere inside the limits, the middle of each range likelier than its ends."""
    return clamp(LEAST + (MOST - LEAST) * rng.beta(1.6, 1.6, SIZE))


def draft_joints(drafted: Draft) -> Joints:
    """Joint rotations of a draft, not turned about the vertical."""
    pitch, roll = np.radians(drafted.pitch_deg), np.radians(drafted.roll_deg)
    root = about(0, pitch) @ about(2, roll)
    return joints_of(drafted.angles[None], root[None], drafted.hands[None])


def held_together(anatomy: Anatomy, capsules: Capsules, drafted: Draft) -> tuple[Joints, float]:
    """A draft's joints with the weight over the feet and limbs apart, and the metres still too deep."""
    joints = draft_joints(drafted)
    if drafted.key.base == "feet":
        joints = ground.within_limits(ground.plant_feet(anatomy, joints, drafted.planted))
    elif drafted.key.base == "seat":
        joints = ground.within_limits(ground.rest_feet(anatomy, joints))
    return repaired(anatomy, capsules, joints)


def sample_pose(
    model: BodyModel,
    shaped: ShapedBody,
    rng: np.random.Generator,
    settings: SynthSettings,
    kind: str | None = None,
) -> SampledPose:
    """A pose inside the joints' limits that does not run into itself and stands on y = 0.

    Args:
        model: The body.
        shaped: Whose pose it will be.
        rng: Source of chance.
        settings: Shares of the kinds, folder of BVH files.
        kind: Of `settings.POSE_KINDS`; None for one by the shares.

    Raises:
        SynthError: No such kind, or "bvh" without usable files.
    """
    kind = kind or pick_kind(rng, settings)
    if kind == "bvh":
        from poseapp.synth.motion.bvh_folder import sample_frame

        return sample_frame(model, shaped, rng, settings)
    family = pick_family(rng, kind)
    anatomy = anatomy_of(model, shaped)
    capsules = capsules_of(anatomy)
    best: tuple[float, Joints, Draft] | None = None
    for _ in range(_TRIES):
        drafted = draft(rng, kind, family)
        joints, depth = held_together(anatomy, capsules, drafted)
        if best is None or depth < best[0]:
            best = depth, joints, drafted
        if depth <= 0:
            break
    assert best is not None
    _, joints, drafted = best
    heading = about(1, rng.uniform(-np.pi, np.pi))
    return finish(model, shaped, anatomy.rotations(joints)[0], heading, drafted, rng)


def finish(
    model: BodyModel,
    shaped: ShapedBody,
    rotations: Floats,
    heading: Floats,
    drafted: Draft,
    rng: np.random.Generator,
) -> SampledPose:
    """Rest the body on the ground (or in the air, or on a seat) and turn it round."""
    base = drafted.key.base
    posed = model.pose(shaped, Pose(rotations.astype(np.float32), np.zeros(3, np.float32)))
    turn: Floats = np.eye(3)
    if base in ("floor", "seat") and drafted.key.kind != "inverted":
        weight = ground.centre_of_mass(model, posed.joints)
        if base == "floor":
            turn = ground.settle(
                posed.vertices.astype(np.float64), weight.astype(np.float64), ground.MAX_SETTLE_RAD
            )
    turn = heading @ turn
    heights = posed.vertices @ turn[1].astype(np.float32)
    rise = float(rng.uniform(0.02, 1.0)) if base == "air" else 0.0
    root = rotations.copy()
    root[0] = turn @ rotations[0]
    place = np.array([0.0, rise - heights.min(), 0.0], np.float32)
    seat = None
    if drafted.key.kind == "sitting":
        above = float(heights[seat_skin(model)].min() - heights.min())
        seat = above if base == "seat" or above > _SEAT_FROM_M else None
    pose = Pose(root.astype(np.float32), place)
    return SampledPose(pose, drafted.key.kind, base == "air", seat, drafted.name)
