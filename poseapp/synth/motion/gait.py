"""Walking and running, from the joint angles of a stride.

Sagittal angles of hip, knee and ankle by the share of a stride from one foot's landing: walking after Winter,
*Biomechanics and Motor Control of Human Movement* (4th ed., 2009), running after Novacheck (1998).
"""

from dataclasses import dataclass

import numpy as np

from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion import hands
from poseapp.synth.motion.anatomy import Anatomy, joints_of
from poseapp.synth.motion.contact import ContactSkin
from poseapp.synth.motion.keylimbs import ARMS
from poseapp.synth.motion.limits import SIDE, SIZE, STIR, TRUNK, Floats, clamp, index
from poseapp.synth.motion.motion import Motion, motion_of
from poseapp.synth.motion.prior import arm_angles
from poseapp.synth.motion.rotations import about
from poseapp.synth.motion.stepping import walk_legs

RATE = 60.0
_HARMONICS = 5
_Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Gait:
    """One way to go on two legs: (share of the stride, degrees) of each joint, and its rhythm.

    Attributes:
        hip, knee, ankle: Curves.
        arm_front, arm_back: Where the arms swing to, names in `keylimbs.ARMS`.
        stride_s: Seconds of a stride for legs of 0.85 m.
        bounce_m: Half of what the pelvis rises and falls in flight, 0 for walking.
        lean_deg: Of the pelvis forward.
        twist_deg: Of the trunk against the legs, to either side.
    """

    hip: _Curve
    knee: _Curve
    ankle: _Curve
    arm_front: str
    arm_back: str
    stride_s: float
    bounce_m: float
    lean_deg: float
    twist_deg: float


GAITS = {
    "walk": Gait(
        ((0, 28), (0.1, 25), (0.3, 6), (0.5, -11), (0.6, -6), (0.75, 20), (0.87, 31)),
        ((0, 5), (0.14, 18), (0.38, 6), (0.5, 12), (0.6, 38), (0.72, 60), (0.86, 26), (0.96, 3)),
        ((0, 1), (0.07, -5), (0.4, 10), (0.5, 7), (0.62, -17), (0.76, 0), (0.9, 2)),
        "hang_bent", "hang_back", 1.12, 0.0, 4.0, 6.0,
    ),
    "jog": Gait(
        ((0, 34), (0.14, 28), (0.36, -4), (0.45, -6), (0.6, 18), (0.78, 44), (0.9, 40)),
        ((0, 18), (0.15, 42), (0.36, 20), (0.5, 55), (0.65, 92), (0.82, 55), (0.94, 18)),
        ((0, 5), (0.18, 22), (0.38, -20), (0.55, -12), (0.8, 2), (0.92, 5)),
        "run_front", "run_back", 0.74, 0.03, 7.0, 10.0,
    ),
    "sprint": Gait(
        ((0, 42), (0.12, 28), (0.3, -10), (0.4, -14), (0.58, 30), (0.76, 78), (0.9, 58)),
        ((0, 24), (0.12, 38), (0.3, 18), (0.46, 75), (0.62, 118), (0.8, 75), (0.93, 24)),
        ((0, 2), (0.14, 18), (0.32, -28), (0.5, -18), (0.78, 4), (0.92, 4)),
        "sprint_front", "sprint_back", 0.56, 0.035, 10.0, 13.0,
    ),
}  # fmt: skip


def _periodic(curve: _Curve, phase: Floats) -> Floats:
    """Values of a curve at phases (1 is a stride), its first harmonics alone, so that it is smooth."""
    at, values = np.array(curve).T
    even = np.interp(
        np.arange(64) / 64, np.r_[at[-1] - 1, at, at[0] + 1], np.r_[values[-1], values, values[0]]
    )
    waves = np.fft.rfft(even)[: _HARMONICS + 1] / 64
    turns = 2j * np.pi * phase[:, None] * np.arange(1, _HARMONICS + 1)
    return waves[0].real + 2 * (np.exp(turns) @ waves[1:]).real


def _stride_angles(gait: Gait, phase: Floats, rng: np.random.Generator) -> Floats:
    """Angles ``(N, SIZE)`` at phases of the left foot's stride; chance sets the manner."""
    out = np.zeros((len(phase), SIZE))
    size, lift = rng.uniform(0.8, 1.15), rng.uniform(0.85, 1.15)
    swing = rng.uniform(0.5, 1.1)
    for number, side in enumerate("LR"):
        own = phase + 0.5 * number
        out[:, index("hip", side)] = size * _periodic(gait.hip, own)
        out[:, index("knee", side)] = lift * _periodic(gait.knee, own)
        out[:, index("ankle", side)] = _periodic(gait.ankle, own)
        out[:, index("toes", side)] = 25 * np.clip(np.cos(2 * np.pi * (own - 0.55)), 0, 1) ** 2
        out[:, index("hip_out", side)] = rng.uniform(0, 4)
        out[:, index("hip_turn", side)] = rng.uniform(0, 10)
        front, back = arm_angles(gait.arm_front), arm_angles(gait.arm_back)
        # An arm is in front when the foot of the other side lands.
        share = 0.5 - 0.5 * swing * np.cos(2 * np.pi * own)
        start = len(TRUNK) + number * len(SIDE)
        out[:, start : start + len(front)] = back + share[:, None] * (front - back)
    wave = np.cos(2 * np.pi * phase)
    out[:, index("trunk_twist")] = gait.twist_deg * swing * wave
    out[:, index("neck_twist")] = -0.8 * gait.twist_deg * swing * wave
    out[:, index("side_bend")] = 2.5 * np.sin(2 * np.pi * phase)
    out[:, index("lumbar")] = 3 + 0.4 * gait.lean_deg
    out[:, index("neck")] = -0.9 * gait.lean_deg
    return out


def _manner(angles: Floats, gait_name: str, rng: np.random.Generator) -> tuple[Floats, list[str]]:
    """A lasting twist of the whole pose, and sometimes an arm that does something else."""
    out = angles + rng.normal(0, 0.5, SIZE) * STIR
    shapes = ["relaxed" if gait_name == "walk" else "fist"] * 2
    if gait_name == "walk":
        for number in (0, 1):
            if rng.random() < 0.25:
                arm = str(
                    rng.choice(
                        ("pocket", "phone", "carry", "wave", "look_at_phone", "on_hip", "drink", "cradle")
                    )
                )
                start = len(TRUNK) + number * len(SIDE)
                still = arm_angles(arm)
                mine = slice(start, start + len(still))
                out[:, mine] = still + 0.12 * (out[:, mine] - out[:, mine].mean(0))
                shapes[number] = ARMS[arm][4] or "relaxed"
    return out, shapes


def go(
    model: BodyModel,
    shaped: ShapedBody,
    rng: np.random.Generator,
    duration_s: float,
    gait_name: str,
    kind: str,
) -> Motion:
    """Walk or run along +Z, perhaps in a slight curve; the foot that stands stays where it is.

    Args:
        model: The body.
        shaped: Who goes.
        rng: Source of chance.
        duration_s: Length.
        gait_name: Of `GAITS`.
        kind: What the motion is called.
    """
    gait = GAITS[gait_name]
    anatomy = Anatomy(model, shaped)
    # Equal dynamics of long and short legs: time goes with the root of length (Alexander, 1989).
    stride_s = gait.stride_s * np.sqrt(anatomy.leg_m / 0.85) * rng.uniform(0.88, 1.15)
    times = np.arange(int(np.ceil(duration_s * RATE)) + 1) / RATE
    phase = times / stride_s + rng.random()
    angles, shapes = _manner(_stride_angles(gait, phase, rng), gait_name, rng)
    angles = clamp(angles)
    lean = np.radians(gait.lean_deg + rng.normal(0, 2))
    turn = np.radians(0.55 * gait.twist_deg) * np.cos(2 * np.pi * phase)
    drop = np.radians(2.5) * np.sin(2 * np.pi * phase)
    root = about(1, -turn) @ about(2, drop) @ about(0, np.full(len(times), lean))
    fingers = np.stack([hands.sample_hand(rng, shape) for shape in shapes])
    joints = joints_of(angles, root, np.broadcast_to(fingers, (len(times), 2, 5, 4)))
    if gait.bounce_m:
        rotations = anatomy.rotations(joints)
        heights = -ContactSkin(model, shaped, anatomy).lowest(rotations)
        bounce = gait.bounce_m * np.cos(4 * np.pi * (phase - 0.42))
        heights = bounce + (heights - bounce).max()
        steps = np.full(len(times) - 1, _speed(anatomy, rotations))
    else:
        stride_m = anatomy.leg_m * rng.uniform(1.15, 1.6)
        width = anatomy.reference[model.bone["upperleg01.L"]][0] * rng.uniform(0.45, 0.95)
        toes_out = np.radians(rng.uniform(0, 12))
        lift = rng.uniform(0.01, 0.04)
        joints, heights = walk_legs(anatomy, joints, phase, stride_m, width, toes_out, lift)
        rotations = anatomy.rotations(joints)
        steps = np.full(len(times) - 1, stride_m / stride_s / RATE)
        low = ContactSkin(model, shaped, anatomy).lowest(rotations) + heights
        heights = heights - np.percentile(low, 10)
    curve = np.radians(rng.normal(0, 5 if gait_name == "walk" else 2)) * times
    places = np.zeros((len(times), 3))
    along = (curve[1:] + curve[:-1]) / 2
    places[1:, 0] = np.cumsum(np.sin(along) * steps)
    places[1:, 2] = np.cumsum(np.cos(along) * steps)
    places[:, 1] = heights
    rotations[:, 0] = about(1, curve) @ rotations[:, 0]
    return motion_of(rotations, places, RATE, kind, gait_name)


def _speed(anatomy: Anatomy, rotations: Floats) -> float:
    """Metres a frame that the standing foot goes back under the root."""
    model = anatomy.model
    places, _ = anatomy.place(rotations)
    feet = places[:, [model.bone[f"{name}.{side}"] for side in "LR" for name in ("foot", "toe2-1")]]
    heights = feet[..., 1] - np.array([0.055, 0.0, 0.055, 0.0]) * anatomy.leg_m / 0.85
    low = np.exp(-(heights - heights.min(1, keepdims=True)) / 0.012)
    grounded = (low[1:] + low[:-1]) * np.exp(-(heights[1:] - heights.min()) / 0.03)
    back = -np.diff(feet[..., 2], axis=0)
    return max(float((back * grounded).sum() / grounded.sum()), 0.0)
