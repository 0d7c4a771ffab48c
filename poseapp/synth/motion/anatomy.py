"""Joint angles to bone rotations and back, for one person's body.

The zero pose (upright, arms hanging, thumbs forward) differs from the body's reference pose (arms half way
down, elbows bent a little). ``zero[b]`` turns bone b from the reference to the zero pose; between bones a
joint then turns in axes that are the world's in the zero pose: x left, y up, z forward. For the right side
everything is computed in a mirror, so that both sides follow the same formulas.

Batch B everywhere first; sides (left, right) second where there are two.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel, Pose, ShapedBody
from poseapp.synth.motion import hands
from poseapp.synth.motion.limits import ARM_POLE, SIDE, TRUNK, Floats
from poseapp.synth.motion.rotations import (
    about,
    about_axis,
    frame,
    from_vectors,
    mirrored,
    shortest,
    to_vectors,
    twist_angle,
    unit,
)

# Share of a movement that each bone of the spine takes.
LUMBAR = {"spine05": 0.2, "spine04": 0.4, "spine03": 0.4}
THORAX = {"spine02": 0.5, "spine01": 0.5}
NECK = {"neck01": 0.25, "neck02": 0.25, "neck03": 0.2, "head": 0.3}
TWIST_IN_LUMBAR, BEND_IN_LUMBAR = 0.35, 0.55
UPPER_TWIST = 0.45  # share of a twist that the first bone of upper arm and thigh takes
FOREARM_TWIST = (0.15, 0.55)  # of lowerarm01 and lowerarm02; the wrist takes the rest
SHIN_TWIST = 0.5
# Scapulo-humeral rhythm, 2:1 (Inman et al., 1944): the shoulder girdle turns up by a third of what the arm
# rises beyond 30 degrees, here shared between two bones.
RHYTHM = {"clavicle": 0.13, "shoulder01": 0.2}
RHYTHM_FROM_DEG = 30.0

_POLE = unit(ARM_POLE)
_UP = unit(np.array([0.0, 1.0, 0.0]) - _POLE[1] * _POLE)
_OUT = np.cross(_UP, _POLE)
_BASE = shortest(np.array([0.0, -1.0, 0.0]), _POLE)


@dataclass
class Joints:
    """Rotations of the joints against what they hang on; of the right side as seen in a mirror.

    Attributes:
        root: ``(B, 3, 3)`` of the pelvis in the world.
        lumbar, thorax, neck: ``(B, 3, 3)``.
        girdle: ``(B, 2, 2)`` radians, shoulder girdle up and forward.
        arm: ``(B, 2, 3, 3)`` upper arm against the trunk.
        elbow, hand: ``(B, 2, 3, 3)``; the hand's with the forearm's twist.
        hip, knee, foot: ``(B, 2, 3, 3)``.
        toes: ``(B, 2)`` radians up.
        fingers: ``(B, 2, 5, 4)`` radians, see `hands`.
    """

    root: Floats
    lumbar: Floats
    thorax: Floats
    neck: Floats
    girdle: Floats
    arm: Floats
    elbow: Floats
    hand: Floats
    hip: Floats
    knee: Floats
    foot: Floats
    toes: Floats
    fingers: Floats


def arm_direction(outwards: Floats, upward: Floats) -> Floats:
    """Unit vectors ``(…, 3)`` of the upper arm (outwards, up, forward) from its swing in degrees."""
    swing = np.radians(np.hypot(outwards, upward))[..., None]
    towards = unit(outwards[..., None] * _OUT + upward[..., None] * _UP)
    return np.cos(swing) * _POLE + np.sin(swing) * towards


def arm_swing(direction: Floats) -> tuple[Floats, Floats]:
    """Inverse of `arm_direction`."""
    direction = unit(direction)
    swing = np.degrees(np.arccos(np.clip(direction @ _POLE, -1, 1)))
    outwards, upward = direction @ _OUT, direction @ _UP
    size = np.maximum(np.hypot(outwards, upward), 1e-9)
    return swing * outwards / size, swing * upward / size


def arm_from_directions(upper: Floats, fore: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Angles (outwards, upward, twist, elbow) in degrees that point the upper arm and forearm so.

    A straight arm does not say how it is twisted; the twist then is 0.

    Args:
        upper: ``(…, 3)`` shoulder to elbow: outwards, up, forward in the trunk's axes.
        fore: ``(…, 3)`` elbow to wrist.
    """
    upper, fore = unit(upper), unit(fore)
    elbow = np.degrees(np.arccos(np.clip((upper * fore).sum(-1), -1, 1)))
    local = np.einsum("...ba,...b->...a", shortest(_POLE, upper) @ _BASE, fore)
    twist = np.degrees(np.arctan2(-local[..., 0], local[..., 2]))
    certain = np.clip((elbow - 4) / 12, 0, 1)
    return *arm_swing(upper), twist * certain, elbow


def joints_of(angles: Floats, root: Floats, fingers: Floats) -> Joints:
    """Joint rotations of angles.

    Args:
        angles: ``(B, SIZE)`` degrees, order of `limits.NAMES`.
        root: ``(B, 3, 3)``.
        fingers: ``(B, 2, 5, 4)`` degrees.
    """
    radians = np.radians(angles)
    t = dict(zip(TRUNK, radians[:, : len(TRUNK)].T, strict=True))
    sides = radians[:, len(TRUNK) :].reshape(-1, 2, len(SIDE))
    s = dict(zip(SIDE, np.moveaxis(sides, -1, 0), strict=True))

    def spine(flex: str, bend: float, twist: float) -> Floats:
        return about(0, t[flex]) @ about(2, -bend * t["side_bend"]) @ about(1, twist * t["trunk_twist"])

    swung = shortest(_POLE, arm_direction(np.degrees(s["arm_out"]), np.degrees(s["arm_upward"])))
    return Joints(
        root=root,
        lumbar=spine("lumbar", BEND_IN_LUMBAR, TWIST_IN_LUMBAR),
        thorax=spine("thorax", 1 - BEND_IN_LUMBAR, 1 - TWIST_IN_LUMBAR),
        neck=about(1, t["neck_twist"]) @ about(0, t["neck"]) @ about(2, -t["neck_bend"]),
        girdle=np.stack([s["clavicle_up"], s["clavicle_forward"]], -1),
        arm=swung @ _BASE @ about(1, -s["arm_twist"]),
        elbow=about(0, -s["elbow"]),
        hand=about(1, -s["pronation"]) @ about(2, -s["wrist"]) @ about(0, -s["wrist_side"]),
        hip=about(0, -s["hip"]) @ about(2, s["hip_out"]) @ about(1, s["hip_turn"]),
        knee=about(0, s["knee"]),
        foot=about(0, -s["ankle"]) @ about(2, -s["foot_in"]),
        toes=s["toes"],
        fingers=np.radians(fingers),
    )


def angles_of(joints: Joints) -> Floats:
    """Angles ``(B, SIZE)`` in degrees of joint rotations; inverse of `joints_of` as far as hinges are."""
    upper = -joints.arm[..., 1]
    fore = np.einsum("...ab,...b->...a", joints.arm, -joints.elbow[..., 1])
    outwards, upward, twist, elbow = arm_from_directions(upper, fore)
    hand, hip, foot = joints.hand, joints.hip, joints.foot
    asin = lambda value: np.arcsin(np.clip(value, -1, 1))  # noqa: E731
    side = {
        "clavicle_up": np.degrees(joints.girdle[..., 0]),
        "clavicle_forward": np.degrees(joints.girdle[..., 1]),
        "arm_out": outwards,
        "arm_upward": upward,
        "arm_twist": twist,
        "elbow": elbow,
        # hand = Ry(-p) Rz(-w) Rx(-d): its middle row holds sin w, cos w cos d …
        "pronation": np.degrees(np.arctan2(hand[..., 2, 0], hand[..., 0, 0])),
        "wrist": np.degrees(-asin(hand[..., 1, 0])),
        "wrist_side": np.degrees(np.arctan2(hand[..., 1, 2], hand[..., 1, 1])),
        # hip = Rx(-f) Rz(o) Ry(t)
        "hip": np.degrees(np.arctan2(-hip[..., 2, 1], hip[..., 1, 1])),
        "hip_out": np.degrees(asin(-hip[..., 0, 1])),
        "hip_turn": np.degrees(np.arctan2(hip[..., 0, 2], hip[..., 0, 0])),
        "knee": np.degrees(np.arctan2(joints.knee[..., 2, 1], joints.knee[..., 1, 1])),
        "ankle": np.degrees(np.arctan2(-foot[..., 2, 1], foot[..., 1, 1])),
        "foot_in": np.degrees(asin(foot[..., 0, 1])),
        "toes": np.degrees(joints.toes),
    }
    (flex, bend, turn), (flex2, bend2, turn2) = _flex_bend_turn(joints.lumbar), _flex_bend_turn(joints.thorax)
    neck = joints.neck  # Ry Rx Rz
    trunk = [
        flex,
        flex2,
        bend + bend2,
        turn + turn2,
        -asin(neck[:, 1, 2]),
        -np.arctan2(neck[:, 1, 0], neck[:, 1, 1]),
        np.arctan2(neck[:, 0, 2], neck[:, 2, 2]),
    ]
    sides = np.stack([side[name] for name in SIDE], -1)
    return np.concatenate([np.degrees(np.stack(trunk, -1)), sides.reshape(len(sides), -1)], -1)


def _flex_bend_turn(spine: Floats) -> tuple[Floats, Floats, Floats]:
    """Radians of spine = Rx(flex) Rz(-bend) Ry(turn)."""
    flex = np.arctan2(spine[:, 2, 1], spine[:, 1, 1])
    return flex, np.arcsin(np.clip(spine[:, 0, 1], -1, 1)), np.arctan2(spine[:, 0, 2], spine[:, 0, 0])


@lru_cache(maxsize=4)
def reference_orientations(model: BodyModel) -> Floats:
    """``(J, 3, 3)`` orientation of each bone in the reference pose."""
    shaped = model.shape(model.sample_phenotype(np.random.default_rng(0)))
    return model.pose(shaped, Pose.reference(model.num_joints)).orientations.astype(np.float64)


@lru_cache(maxsize=4)
def levels(model: BodyModel) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """(bones, their parents) by distance from the root, without the root."""
    depth = np.zeros(model.num_joints, int)
    for _ in range(model.num_joints):
        deeper = np.where(model.parents >= 0, depth[model.parents] + 1, 0)
        if (deeper == depth).all():
            break
        depth = deeper
    bones = [np.flatnonzero(depth == level) for level in range(1, depth.max() + 1)]
    return [(level, model.parents[level].astype(np.intp)) for level in bones]


class _Itself:
    """A body as a key: the same one, not one that is alike."""

    def __init__(self, shaped: ShapedBody) -> None:
        self.shaped = shaped

    def __hash__(self) -> int:
        return id(self.shaped)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.shaped is other.shaped


def anatomy_of(model: BodyModel, shaped: ShapedBody) -> "Anatomy":
    """The `Anatomy` of a body; that of the last few bodies is kept. Not to be changed."""
    return _anatomy(model, _Itself(shaped))


@lru_cache(maxsize=12)
def _anatomy(model: BodyModel, body: _Itself) -> "Anatomy":
    return Anatomy(model, body.shaped)


class Anatomy:
    """A person's bones: what turns joint rotations into the rotations of `Pose`.

    Attributes:
        shaped: The person's body.
        offsets: ``(J, 3)`` metres from each bone's parent in the reference pose.
        reference: ``(J, 3)`` metres, the reference pose's joints.
        zero: ``(J, 3, 3)`` from the reference to the zero pose, left bones; of the right ones in a mirror.
        leg_m: Length of thigh and shin together.
    """

    def __init__(self, model: BodyModel, shaped: ShapedBody) -> None:
        self.model, self.shaped = model, shaped
        orientations = reference_orientations(model)
        turn = orientations @ shaped.orientations.transpose(0, 2, 1).astype(np.float64)
        turn[0] = np.eye(3)
        parents = np.maximum(model.parents, 0)
        steps = (shaped.joints - shaped.joints[parents]).astype(np.float64)
        self.offsets = np.einsum("jab,jb->ja", turn[parents], steps)
        self.reference = np.zeros_like(self.offsets)
        for bones, above in levels(model):
            self.reference[bones] = self.reference[above] + self.offsets[bones]
        self.left = np.array([model.bone[n] for n in model.bone_names if n.endswith(".L")])
        self.right = np.array([model.bone[n[:-1] + "R"] for n in model.bone_names if n.endswith(".L")])
        self._place = {model.bone_names[b]: i for i, b in enumerate(self.left)}
        self.zero = self._zero_pose()
        thigh, shin = (
            np.linalg.norm(self._at(a) - self._at(b))
            for a, b in (("upperleg01", "lowerleg01"), ("lowerleg01", "foot"))
        )
        self.leg_m = float(thigh + shin)
        self.arm_axis = unit(self._at("lowerarm01") - self._at("upperarm01"))
        self.fore_axis = unit(self._at("wrist") - self._at("lowerarm01"))
        self.thigh_axis = unit(self._at("lowerleg01") - self._at("upperleg01"))
        self.shin_axis = unit(self._at("foot") - self._at("lowerleg01"))

    def _at(self, name: str) -> Floats:
        return self.reference[self.model.bone[f"{name}.L"]]

    def _zero_pose(self) -> dict[str, Floats]:
        at = self._at
        forward = at("toe2-1") - at("foot")
        flat = forward * (1, 0, 1)
        upper, fore = at("lowerarm01") - at("upperarm01"), at("wrist") - at("lowerarm01")
        arm = frame(-upper, fore)
        hinge = arm[0]
        hand = frame(at("wrist") - at("finger3-1"), at("finger2-1") - at("finger5-1"))
        zero = {
            "thigh": frame(at("upperleg01") - at("lowerleg01"), forward),
            "shin": frame(at("lowerleg01") - at("foot"), forward),
            "foot": frame(np.array([0.0, 1.0, 0.0]), flat),
            "arm": arm,
            "fore": frame(-fore, np.cross(hinge, -fore)),
            "hand": hand,
        }
        for finger in range(2, 6):
            knuckle, middle, tip = (at(f"finger{finger}-{part}") for part in (1, 2, 3))
            zero[f"finger{finger}-1"] = frame(knuckle - middle, hand[2])
            zero[f"finger{finger}-2"] = frame(middle - tip, hand[2])
            zero[f"finger{finger}-3"] = zero[f"finger{finger}-2"]
        self.thumb_axis = unit(hand @ (at("finger1-2") - at("finger1-1")))
        return zero

    def rotations(self, joints: Joints, fingers: bool = True) -> Floats:
        """Bone rotations ``(B, J, 3, 3)`` float64, the axes being those of `Pose`."""
        model = self.model
        out = np.tile(np.eye(3), (len(joints.root), model.num_joints, 1, 1))
        out[:, 0] = joints.root
        for shares, joint in ((LUMBAR, joints.lumbar), (THORAX, joints.thorax), (NECK, joints.neck)):
            vectors = to_vectors(joint)
            share = np.array(list(shares.values()))
            turned = from_vectors(vectors[:, None] * share[:, None])
            out[:, [model.bone[name] for name in shares]] = turned
        left = np.tile(np.eye(3), (len(joints.root), 2, len(self.left), 1, 1))
        self._arms(left, joints, fingers)
        self._legs(left, joints)
        out[:, self.left] = left[:, 0]
        out[:, self.right] = mirrored(left[:, 1])
        return out

    def _set(self, out: Floats, name: str, value: Floats) -> None:
        out[:, :, self._place[f"{name}.L"]] = value

    def _arms(self, out: Floats, joints: Joints, fingers: bool) -> None:
        zero = self.zero
        rise = np.arccos(np.clip(joints.arm[..., 1, 1], -1, 1))
        rise = np.maximum(rise - np.radians(RHYTHM_FROM_DEG), 0)
        reach = -joints.arm[..., 0, 1]  # how far the arm points outwards, negative across the chest
        forward = 0.5 * joints.girdle[..., 1] + np.radians(8) * np.maximum(-reach, 0)
        up = joints.girdle[..., 0]
        girdle = []
        for name, share in RHYTHM.items():
            girdle.append(about(1, -forward) @ about(2, 0.5 * up + share * rise))
            self._set(out, name, girdle[-1])
        above = girdle[0] @ girdle[1]
        total = above.swapaxes(-1, -2) @ joints.arm @ zero["arm"]
        second = about_axis(self.arm_axis, (1 - UPPER_TWIST) * twist_angle(total, self.arm_axis))
        self._set(out, "upperarm01", total @ second.swapaxes(-1, -2))
        self._set(out, "upperarm02", second)
        elbow = zero["arm"].T @ joints.elbow @ zero["fore"]
        hand = zero["fore"].T @ joints.hand @ zero["hand"]
        # Twist first, then the bend of the wrist: the twist belongs to the bones above it.
        twist = twist_angle(hand, self.fore_axis)
        first, second = (about_axis(self.fore_axis, share * twist) for share in FOREARM_TWIST)
        self._set(out, "lowerarm01", elbow @ first)
        self._set(out, "lowerarm02", second)
        self._set(out, "wrist", (first @ second).swapaxes(-1, -2) @ hand)
        if not fingers:
            return
        for name, rotation in hands.finger_rotations(joints.fingers, zero, self.thumb_axis).items():
            self._set(out, name, rotation)

    def _legs(self, out: Floats, joints: Joints) -> None:
        zero = self.zero
        total = joints.hip @ zero["thigh"]
        second = about_axis(self.thigh_axis, (1 - UPPER_TWIST) * twist_angle(total, self.thigh_axis))
        self._set(out, "upperleg01", total @ second.swapaxes(-1, -2))
        self._set(out, "upperleg02", second)
        self._set(out, "lowerleg01", zero["thigh"].T @ joints.knee @ zero["shin"])
        foot = zero["shin"].T @ joints.foot @ zero["foot"]
        second = about_axis(self.shin_axis, SHIN_TWIST * twist_angle(foot, self.shin_axis))
        self._set(out, "lowerleg02", second)
        self._set(out, "foot", second.swapaxes(-1, -2) @ foot)
        up = zero["foot"].T @ about(0, -joints.toes) @ zero["foot"]
        for toe in range(1, 6):
            self._set(out, f"toe{toe}-1", up)

    def place(self, rotations: Floats) -> tuple[Floats, Floats]:
        """Forward kinematics with the root at the origin.

        Args:
            rotations: ``(B, J, 3, 3)``.

        Returns:
            Joints ``(B, J, 3)`` metres, and ``(B, J, 3, 3)`` how each bone is turned against the reference
            pose.
        """
        turned = np.empty_like(rotations)
        places = np.zeros(rotations.shape[:3])
        turned[:, 0] = rotations[:, 0]
        for bones, parents in levels(self.model):
            above = turned[:, parents]
            turned[:, bones] = above @ rotations[:, bones]
            places[:, bones] = places[:, parents] + np.einsum("bjac,jc->bja", above, self.offsets[bones])
        return places, turned
