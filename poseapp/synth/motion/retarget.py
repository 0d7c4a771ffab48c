"""Motion of a BVH file put onto a body.

Limbs are matched by their directions, so that rest poses, axes and units of the file do not matter: upper
and lower limb say where the hinge between them lies (over the whole clip, in the upper limb's own axes), and
with it how the limb is twisted. Trunk and head follow the file's rotations against its rest pose, which has
to be upright.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from poseapp.errors import FormatError
from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion import hands
from poseapp.synth.motion.anatomy import Anatomy, Joints, angles_of, joints_of
from poseapp.synth.motion.bvh import Bvh
from poseapp.synth.motion.contact import ContactSkin
from poseapp.synth.motion.joint_names import find_joints
from poseapp.synth.motion.limits import NAMES, Floats, clamp
from poseapp.synth.motion.motion import Motion, motion_of
from poseapp.synth.motion.rotations import MIRROR, about, frame, from_vectors, mirrored, to_vectors, unit

MAX_RATE = 60.0
MAX_FRAMES = 36_000
_CONTEXT = 40  # frames that tell where the hinges are
# Joints whose angles are brought inside the limits: what files say of them is noisy.
_NOISY = [
    NAMES.index(f"{name}.{side}")
    for side in "LR"
    for name in ("pronation", "wrist", "wrist_side", "ankle", "foot_in")
]


@dataclass(frozen=True)
class _Source:
    """A clip in metres of the target, Y up, the rest pose facing +Z.

    Attributes:
        places: ``(N, J, 3)`` joints.
        turned: ``(N, J, 3, 3)`` orientations against the rest pose.
        rest: ``(J, 3)``.
        found: Joints by role.
    """

    places: Floats
    turned: Floats
    rest: Floats
    found: dict[str, int]

    def side(self, side: str) -> "_Source":
        """One side; the right one seen in a mirror."""
        found = {role[:-2]: joint for role, joint in self.found.items() if role.endswith(side)}
        if side == ".L":
            return _Source(self.places, self.turned, self.rest, found)
        return _Source(self.places * MIRROR, mirrored(self.turned), self.rest * MIRROR, found)

    def at(self, role: str) -> Floats:
        """Places ``(N, 3)`` of a role."""
        return self.places[:, self.found[role]]

    def turn(self, role: str) -> Floats:
        """Orientations ``(N, 3, 3)`` of a role."""
        return self.turned[:, self.found[role]]


def _source(bvh: Bvh, leg_m: float, frames: Floats) -> _Source:
    found = find_joints(bvh)
    rest = bvh.rest()
    left = unit(rest[found["hip.L"]] - rest[found["hip.R"]])
    trunk = rest[[found["shoulder.L"], found["shoulder.R"]]].mean(0) - rest[
        [found["hip.L"], found["hip.R"]]
    ].mean(0)
    up = np.zeros(3)
    axis = int(np.argmax(np.abs(trunk)))
    up[axis] = np.sign(trunk[axis])
    x = unit(left - (left @ up) * up)
    axes = np.stack([x, up, np.cross(x, up)])
    if not np.isfinite(axes).all() or abs(np.linalg.det(axes) - 1) > 1e-3:
        raise FormatError(f"BVH file whose rest pose is no upright body: {bvh.path}")
    leg = np.mean(
        [
            np.linalg.norm(rest[found[f"{a}{s}"]] - rest[found[f"{b}{s}"]])
            for s in (".L", ".R")
            for a, b in (("hip", "knee"), ("knee", "ankle"))
        ]
    ) * 2  # fmt: skip
    if not leg > 0:
        raise FormatError(f"BVH file whose legs have no length: {bvh.path}")
    places, turned = bvh.place(frames)
    scale = leg_m / leg
    return _Source(scale * places @ axes.T, axes @ turned @ axes.T, scale * rest @ axes.T, found)


def _limb(source: _Source, first: str, middle: str, last: str, sign: float) -> tuple[Floats, Floats]:
    """Frames ``(N, 3, 3)`` of a limb's two parts; its hinge is +-(upper cross lower) wherever it is bent."""
    upper = unit(source.at(middle) - source.at(first))
    lower = unit(source.at(last) - source.at(middle))
    turn = source.turn(first)
    bend = sign * np.cross(upper, lower)
    hinge = np.einsum("nba,nb->na", turn, bend).mean(0)
    # Where a limb stays straight its hinge is that of the rest pose: across the body.
    rest = source.rest[source.found[middle]] - source.rest[source.found[first]]
    across = frame(-rest, np.array([0.0, 0.0, 1.0]))[0]
    hinge = unit(hinge + 0.02 * across)
    x = np.einsum("nab,b->na", turn, hinge)
    out = []
    for along in (upper, lower):
        y = -along
        side = unit(x - (x * y).sum(-1, keepdims=True) * y)
        out.append(np.stack([side, y, np.cross(side, y)], -1))
    return out[0], out[1]


def _side(source: _Source, trunk: Floats, pelvis: Floats) -> dict[str, Floats]:
    """Joint rotations of one side, each ``(N, 3, 3)``; frames of trunk and pelvis as seen from it."""
    thigh, shin = _limb(source, "hip", "knee", "ankle", 1.0)
    arm, fore = _limb(source, "shoulder", "elbow", "wrist", -1.0)
    foot = shin
    if "toe" in source.found:
        rest = source.rest[source.found["toe"]] - source.rest[source.found["ankle"]]
        drop = np.arctan2(-rest[1], np.hypot(rest[0], rest[2]))
        drop = drop if 0 <= drop < np.radians(50) else np.radians(15)
        z = unit(source.at("toe") - source.at("ankle"))
        x = shin[..., 0] - (shin[..., 0] * z).sum(-1, keepdims=True) * z
        x = unit(x)
        foot = np.stack([x, np.cross(z, x), z], -1) @ about(0, -drop)
    fingers = source.rest[source.found.get("fingers", source.found["wrist"])]
    along = fingers - source.rest[source.found["wrist"]]
    if np.linalg.norm(along) < 1e-6:
        along = source.rest[source.found["wrist"]] - source.rest[source.found["elbow"]]
    hand = source.turn("wrist") @ frame(-along, np.array([0.0, 0.0, 1.0])).T
    back = lambda r: r.swapaxes(-1, -2)  # noqa: E731
    return {
        "arm": back(trunk) @ arm,
        "elbow": back(arm) @ fore,
        "hand": back(fore) @ hand,
        "hip": back(pelvis) @ thigh,
        "knee": back(thigh) @ shin,
        "foot": back(shin) @ foot,
    }


def _joints(source: _Source) -> Joints:
    pelvis, chest, head = (source.turn(role) for role in ("hips", "chest", "head"))
    half = from_vectors(to_vectors(pelvis.swapaxes(-1, -2) @ chest) / 2)
    left = _side(source.side(".L"), chest, pelvis)
    right = _side(source.side(".R"), mirrored(chest), mirrored(pelvis))
    count = len(pelvis)
    fingers = np.broadcast_to(np.radians(hands.SHAPES["relaxed"]), (count, 2, 5, 4))
    joints = Joints(
        root=pelvis,
        lumbar=half,
        thorax=half,
        neck=chest.swapaxes(-1, -2) @ head,
        girdle=np.zeros((count, 2, 2)),
        toes=np.zeros((count, 2)),
        fingers=fingers,
        **{name: np.stack([left[name], right[name]], 1) for name in left},
    )
    angles = angles_of(joints)
    tame = angles.copy()
    tame[:, _NOISY] = clamp(angles)[:, _NOISY]
    quiet = joints_of(tame, joints.root, np.degrees(fingers))
    joints.hand, joints.foot = quiet.hand, quiet.foot
    return joints


def _ahead(root: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Turned so that the way covered, or what the body first faces where it stays, lies along +Z."""
    way = (places[-1] - places[0]) * (1, 0, 1)
    if np.linalg.norm(way) < 0.7:
        way = root[0, :, 2] * (1, 0, 1)
    if np.linalg.norm(way) < 1e-3:
        return root, places
    turn = about(1, -np.arctan2(way[0], way[2]))
    return turn @ root, places @ turn.T


def retarget(
    bvh: Bvh, model: BodyModel, shaped: ShapedBody, first: int = 0, count: int | None = None
) -> Motion:
    """The file's motion on a body, begun over the origin, feet kept above the floor.

    Args:
        bvh: The file.
        model: The body.
        shaped: Whose motion it will be; the way covered grows with the length of the legs.
        first: Frame of the file to begin with.
        count: Frames of the file to take; None for all.

    Raises:
        FormatError: Joints of the file are not known, or its rest pose is no upright body.
    """
    anatomy = Anatomy(model, shaped)
    stop = len(bvh.frames) if count is None else min(first + max(count, 1), len(bvh.frames))
    step = max(1, round(1 / (bvh.frame_time_s * MAX_RATE)))
    frames = bvh.frames[first:stop:step][:MAX_FRAMES]
    count = len(frames)
    if count < _CONTEXT:
        # A few frames may show straight limbs alone: where their hinges lie is seen over all of the file.
        frames = np.concatenate([frames, bvh.frames[:: max(1, len(bvh.frames) // _CONTEXT)]])
    source = _source(bvh, anatomy.leg_m, frames)
    joints = _joints(source)
    source = replace(source, places=source.places[:count], turned=source.turned[:count])
    joints = Joints(**{f.name: getattr(joints, f.name)[:count] for f in fields(Joints)})
    rotations = anatomy.rotations(joints)
    low = ContactSkin(model, shaped, anatomy).lowest(rotations)
    hips = (source.places[:, source.found["hip.L"]] + source.places[:, source.found["hip.R"]]) / 2
    start = hips[0] * (1, 0, 1)
    # The floor is where the lowest points of the clip are; what still sinks in is lifted.
    floor = np.percentile(hips[:, 1] + low, 5)
    places = hips - start
    places[:, 1] = np.maximum(places[:, 1] - floor, -low)
    rotations[:, 0], places = _ahead(rotations[:, 0], places)
    rate = 1 / (bvh.frame_time_s * step)
    return motion_of(rotations, places, rate, "bvh", bvh.path.name)
