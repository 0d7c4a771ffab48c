"""Skeleton of the drawn person: proportions, poses and forward kinematics. Metres, Y up, left = the person's
own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from drawn_person.raycast import Array
from poseapp.geometry.kinematics import bend_two_bones, rotation

# Order of the keypoints of the skeleton lsp14.
KEYPOINTS = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle",
    "right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist",
    "neck", "head_top",
)  # fmt: skip
SIDES = ("right", "left")


@dataclass
class Body:
    """Bone lengths and girths of one person, metres; `girth` scales all radii, the two `wide_` the trunk."""

    thigh: float = 0.43
    shin: float = 0.42
    sole: float = 0.085
    hip: float = 0.095
    trunk: float = 0.52
    shoulder: float = 0.185
    upper_arm: float = 0.29
    forearm: float = 0.255
    hand: float = 0.18
    neck: float = 0.095
    head: float = 0.225
    girth: float = 1.0
    wide_hips: float = 1.0
    wide_chest: float = 1.0

    @staticmethod
    def random(rng: np.random.Generator) -> Body:
        """Return a grown person of 1.55 to 1.95 m of random proportions."""
        size = rng.normal(1.0, 0.05)
        female = rng.random() < 0.45
        limb = size * rng.normal(1.0, 0.025)
        return Body(
            thigh=0.43 * limb, shin=0.42 * limb * rng.normal(1, 0.02), sole=0.085 * size, hip=0.095 * size,
            trunk=0.52 * size * rng.normal(1, 0.03), shoulder=(0.168 if female else 0.19) * size,
            upper_arm=0.29 * limb, forearm=0.255 * limb, hand=0.18 * size, neck=0.095 * size,
            head=0.225 * (0.6 + 0.4 * size), girth=float(np.clip(rng.normal(1.0, 0.12), 0.8, 1.35)),
            wide_hips=1.07 if female else 0.98, wide_chest=0.93 if female else 1.03,
        )  # fmt: skip


@dataclass
class Arm:
    """Angles in radians: raise forwards, raise sideways, turn inwards, bend of the elbow, bend of the
    wrist."""

    forward: float = 0.05
    sideways: float = 0.12
    inward: float = 0.3
    elbow: float = 0.25
    wrist: float = 0.1


@dataclass
class Leg:
    """Either angles in radians (forward, sideways, turn outwards, bend of the knee, pointed foot) or a
    planted foot.

    `ankle` (3,) in the world with `foot_yaw` in radians wins over the angles where it is given.
    """

    forward: float = 0.0
    sideways: float = 0.05
    outward: float = 0.1
    knee: float = 0.05
    point: float = 0.0
    ankle: Array | None = None
    foot_yaw: float = 0.0


@dataclass
class Pose:
    """One posture: `root` (3,) middle of the hips in the world, `facing` (3, 3) columns left, up, forward of
    the pelvis.

    `spine` and `head` are bends forwards, to the left and twist to the left in radians; arms and legs right
    first.
    """

    root: Array
    facing: Array
    spine: tuple[float, float, float] = (0.0, 0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    arms: tuple[Arm, Arm] = field(default_factory=lambda: (Arm(), Arm()))
    legs: tuple[Leg, Leg] = field(default_factory=lambda: (Leg(), Leg()))


@dataclass
class Figure:
    """A posed skeleton: `joints` name -> (3,), frames (3, 3) with columns left, up, forward."""

    body: Body
    joints: dict[str, Array]
    pelvis: Array
    chest: Array
    head: Array
    forearms: dict[str, Array]
    feet: dict[str, Array]
    hands: dict[str, Array]

    def keypoints(self) -> Array:
        """True keypoints `(14, 3)` in the world, in the order of `KEYPOINTS`."""
        return np.stack([self.joints[name] for name in KEYPOINTS])

    def lowest(self) -> float:
        """Height of the lowest part of the body over the floor, metres."""
        points = [
            self.joints[f"{side}_{part}"][1]
            for side in SIDES
            for part in ("ankle", "knee", "wrist", "hip", "toe")
        ]
        feet = min(points[i] - self.body.sole * 0.5 for i in range(len(points)))
        return float(min(feet, self.joints["head_top"][1] - 0.02, self.joints["neck"][1] - 0.12))


def _bend(bends: tuple[float, float, float], share: float = 1.0) -> Array:
    forward, sideways, twist = (angle * share for angle in bends)
    return rotation("y", twist) @ rotation("z", -sideways) @ rotation("x", forward)


def pose_figure(body: Body, pose: Pose) -> Figure:
    """Place all joints of a body in a pose."""
    joints: dict[str, Array] = {}
    pelvis = pose.facing
    half, chest = pelvis @ _bend(pose.spine, 0.5), pelvis @ _bend(pose.spine)
    root = np.asarray(pose.root, dtype=np.float64)
    waist = root + pelvis[:, 1] * body.trunk * 0.28
    middle = waist + half[:, 1] * body.trunk * 0.30
    neck = middle + chest[:, 1] * body.trunk * 0.42
    head = chest @ _bend(pose.head)
    chin = neck + (chest[:, 1] * 0.6 + head[:, 1] * 0.4) * body.neck * 0.8 + head[:, 2] * 0.02
    joints |= {"root": root, "waist": waist, "middle": middle, "neck": neck, "chin": chin}
    joints["head_top"] = chin + head[:, 1] * body.head * 1.03 - head[:, 2] * 0.015
    figure = Figure(body, joints, pelvis, chest, head, {}, {}, {})
    for side, sign, arm, leg in zip(SIDES, (-1.0, 1.0), pose.arms, pose.legs, strict=True):
        _place_arm(figure, side, sign, arm)
        _place_leg(figure, side, sign, leg)
    return figure


def _place_arm(figure: Figure, side: str, sign: float, arm: Arm) -> None:
    body, chest, joints = figure.body, figure.chest, figure.joints
    upper = (
        chest
        @ rotation("z", sign * arm.sideways)
        @ rotation("x", -arm.forward)
        @ rotation("y", -sign * arm.inward)
    )
    down = -upper[:, 1]
    # The shoulder girdle follows a raised arm upwards and inwards.
    lift = max(float(down @ chest[:, 1]) + 0.25, 0.0)
    shoulder = joints["neck"] + chest @ np.array(
        [sign * (body.shoulder - 0.025 * lift), -0.045 + 0.055 * lift, 0.0]
    )
    shoulder = shoulder + chest[:, 2] * 0.03 * float(down @ chest[:, 2])
    elbow = shoulder + down * body.upper_arm
    fore = upper @ rotation("x", -arm.elbow)
    wrist = elbow - fore[:, 1] * body.forearm
    hand = fore @ rotation("x", -arm.wrist)
    joints |= {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
    figure.forearms[side], figure.hands[side] = fore, hand


def _place_leg(figure: Figure, side: str, sign: float, leg: Leg) -> None:
    body, pelvis, joints = figure.body, figure.pelvis, figure.joints
    hip = joints["root"] + pelvis[:, 0] * sign * body.hip
    if leg.ankle is not None:
        toes = rotation("y", leg.foot_yaw)
        out = toes[:, 2] + pelvis[:, 2] * 0.6 + pelvis[:, 0] * sign * 0.15
        knee, ankle = bend_two_bones(hip, leg.ankle, body.thigh, body.shin, out)
        foot = toes @ rotation("x", leg.point)
    else:
        upper = pelvis @ rotation("z", sign * leg.sideways) @ rotation("x", -leg.forward)
        upper = upper @ rotation("y", sign * leg.outward)
        knee = hip - upper[:, 1] * body.thigh
        lower = upper @ rotation("x", leg.knee)
        ankle = knee - lower[:, 1] * body.shin
        foot = lower @ rotation("x", leg.point)
    toe = ankle + foot @ np.array([0.0, -body.sole * 0.6, 0.16])
    joints |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_toe": toe}
    figure.feet[side] = foot


def standing_height(body: Body) -> float:
    """Height of the middle of the hips over the floor when the person stands upright, metres."""
    return body.thigh + body.shin + body.sole


def facing(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> Array:
    """Pelvis frame turned left by `yaw` (0 faces +Z), leaning forwards by `pitch` and to the right by
    `roll`, radians."""
    return rotation("y", yaw) @ rotation("x", pitch) @ rotation("z", roll)


__all__ = [
    "KEYPOINTS", "SIDES", "Arm", "Body", "Figure", "Leg", "Pose", "facing", "pose_figure", "standing_height",
]  # fmt: skip
