"""Joint angles, their limits, and the rotations they become."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.synth.body.model import BodyModel, Pose, ShapedBody
from poseapp.synth.motion import hands
from poseapp.synth.motion.anatomy import (
    Anatomy,
    angles_of,
    arm_direction,
    arm_from_directions,
    arm_swing,
    joints_of,
)
from poseapp.synth.motion.keylimbs import ARMS, LEGS
from poseapp.synth.motion.keyposes import KEY_POSES
from poseapp.synth.motion.limits import (
    LEAST,
    MOST,
    NAMES,
    SIZE,
    arm_reach,
    clamp,
    index,
    mirror_angles,
)
from poseapp.synth.motion.prior import key_angles
from poseapp.synth.motion.rotations import (
    about,
    about_axis,
    from_quaternions,
    from_vectors,
    mirrored,
    to_quaternions,
    to_vectors,
    twist_angle,
    unit,
)
from poseapp.synth.settings import POSE_KINDS

STRAIGHT_ARM = np.array([*arm_swing(np.array([0.0, -1.0, 0.0])), 0.0, 0.0])


@pytest.fixture(scope="module")
def shaped(body: BodyModel) -> ShapedBody:
    return body.shape(body.sample_phenotype(np.random.default_rng(3), 0.3))


@pytest.fixture(scope="module")
def anatomy(body: BodyModel, shaped: ShapedBody) -> Anatomy:
    return Anatomy(body, shaped)


def upright(**angles: float) -> np.ndarray:
    """Arms hanging, legs straight, but for the given angles (``knee_L=90``)."""
    out = np.zeros(SIZE)
    for side in "LR":
        for name, value in zip(("arm_out", "arm_upward", "arm_twist", "elbow"), STRAIGHT_ARM, strict=True):
            out[index(name, side)] = value
    for name, value in angles.items():
        base, _, side = name.rpartition("_")
        out[index(base, side) if side in ("L", "R") else index(name)] = value
    return out


def places(anatomy: Anatomy, angles: np.ndarray, fingers: np.ndarray | None = None) -> dict[str, np.ndarray]:
    hand = np.zeros((1, 2, 5, 4)) if fingers is None else fingers
    joints, _ = anatomy.place(anatomy.rotations(joints_of(angles[None], np.eye(3)[None], hand)))
    return dict(zip(anatomy.model.bone_names, joints[0], strict=True))


def test_forward_kinematics_is_that_of_the_body(
    body: BodyModel, shaped: ShapedBody, anatomy: Anatomy
) -> None:
    rng = np.random.default_rng(0)
    rotations = from_vectors(rng.normal(0, 0.5, (body.num_joints, 3)))
    joints, turned = anatomy.place(rotations[None])
    posed = body.pose(shaped, Pose(rotations.astype(np.float32), np.zeros(3, np.float32)))
    assert np.abs(joints[0] - posed.joints).max() < 1e-5
    skin = turned[0] @ body.pose(shaped, Pose.reference(body.num_joints)).orientations
    assert np.abs(skin - posed.orientations).max() < 1e-5


def test_upright_stands_straight_with_thumbs_forward(anatomy: Anatomy) -> None:
    at = places(anatomy, upright())
    for side, sign in (("L", 1), ("R", -1)):
        for first, last in (("upperarm01", "wrist"), ("upperleg01", "foot"), ("wrist", "finger3-1")):
            down = unit(at[f"{last}.{side}"] - at[f"{first}.{side}"])
            assert down @ (0, -1, 0) > 0.995, first
        index_finger = at[f"finger2-1.{side}"] - at[f"finger5-1.{side}"]
        assert unit(index_finger)[2] > 0.8
        assert at[f"upperleg01.{side}"][0] * sign > 0
        toes = unit((at[f"toe2-1.{side}"] - at[f"foot.{side}"]) * (1, 0, 1))
        assert toes[2] > 0.99


@pytest.mark.parametrize(
    ("angle", "value", "first", "last", "towards"),
    [
        ("hip_L", 90, "upperleg01.L", "lowerleg01.L", (0, 0, 1)),
        ("hip_R", 90, "upperleg01.R", "lowerleg01.R", (0, 0, 1)),
        ("hip_out_L", 80, "upperleg01.L", "lowerleg01.L", (1, -0.17, 0)),
        ("hip_out_R", 80, "upperleg01.R", "lowerleg01.R", (-1, -0.17, 0)),
        ("knee_L", 90, "lowerleg01.L", "foot.L", (0, 0, -1)),
        ("knee_R", 90, "lowerleg01.R", "foot.R", (0, 0, -1)),
        ("elbow_L", 90, "lowerarm01.L", "wrist.L", (0, 0, 1)),
        ("elbow_R", 90, "lowerarm01.R", "wrist.R", (0, 0, 1)),
        ("wrist_L", 75, "wrist.L", "finger3-1.L", (-0.97, -0.26, 0)),
        ("wrist_R", 75, "wrist.R", "finger3-1.R", (0.97, -0.26, 0)),
        ("lumbar", 60, "spine02", "spine01", (0, 0.5, 0.87)),
        ("side_bend", 30, "spine01", "neck01", (0.5, 0.87, 0)),
    ],
)
def test_what_each_angle_does(
    anatomy: Anatomy, angle: str, value: float, first: str, last: str, towards: tuple[float, float, float]
) -> None:
    still, at = places(anatomy, upright()), places(anatomy, upright(**{angle: value}))
    way = unit(at[last] - at[first])
    if first.startswith("spine"):  # the spine is curved: what counts is the turn
        way = unit(way - unit(still[last] - still[first]) + (0, 1, 0))
        assert way @ unit(np.array(towards, float)) > 0.9
    else:
        assert way @ unit(np.array(towards, float)) > 0.985


def test_pronation_turns_the_palm_down_and_fingers_close_towards_the_palm(anatomy: Anatomy) -> None:
    for side in "LR":
        bent = {f"elbow_{side}": 90.0}
        at = places(anatomy, upright(**bent, **{f"pronation_{side}": 80.0}))
        across = unit(at[f"finger2-1.{side}"] - at[f"finger5-1.{side}"])
        assert across[0] * (-1 if side == "L" else 1) > 0.8  # forearm ahead, palm down: index finger inside
        fist = np.broadcast_to(hands.SHAPES["fist"], (1, 2, 5, 4))
        flat, closed = (places(anatomy, upright(**bent), f)[f"finger3-3.{side}"] for f in (fist * 0, fist))
        assert (closed - flat)[0] * (-1 if side == "L" else 1) > 0.015  # neutral: the palm faces inwards
        assert (closed - flat)[2] < -0.02


def test_twist_is_shared_between_the_bones_of_a_forearm(body: BodyModel, anatomy: Anatomy) -> None:
    angles = np.stack([upright(pronation_L=-80.0), upright(pronation_L=80.0)])
    rotations = anatomy.rotations(joints_of(angles, np.tile(np.eye(3), (2, 1, 1)), np.zeros((2, 2, 5, 4))))
    step = []
    for bone in ("lowerarm01.L", "lowerarm02.L", "wrist.L"):
        pair = rotations[:, body.bone[bone]]
        step.append(abs(np.degrees(twist_angle(pair[0].T @ pair[1], anatomy.fore_axis))))
    assert sum(step) == pytest.approx(160, abs=3)
    assert max(step) < 100


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_clamped_angles_are_inside_the_limits_and_stay_there(seed: int) -> None:
    wild = np.random.default_rng(seed).normal(0, 120, (5, SIZE))
    tame = clamp(wild)
    assert (tame >= LEAST - 1e-9).all() and (tame <= MOST + 1e-9).all()
    for side in "LR":
        out, up = tame[:, index("arm_out", side)], tame[:, index("arm_upward", side)]
        assert (np.hypot(out, up) <= arm_reach(out, up) + 1e-6).all()
    assert np.allclose(clamp(tame), tame, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_angles_come_back_from_rotations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = clamp(LEAST + (MOST - LEAST) * rng.uniform(0.02, 0.98, (3, SIZE)))
    for side in "LR":
        angles[:, index("elbow", side)] = rng.uniform(20, 145, 3)  # a straight arm does not tell its twist
    joints = joints_of(angles, np.tile(np.eye(3), (3, 1, 1)), np.zeros((3, 2, 5, 4)))
    assert np.abs(angles_of(joints) - angles).max() < 1e-6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_a_mirrored_pose_is_mirrored_exactly(body: BodyModel, seed: int) -> None:
    shaped = body.shape(body.sample_phenotype(np.random.default_rng(1)))
    anatomy = Anatomy(body, shaped)
    # The body's own joints are symmetric to a few tenths of a millimetre; made exact here.
    for bone, name in enumerate(body.bone_names):
        if name.endswith(".L"):
            anatomy.offsets[body.bone[name[:-1] + "R"]] = anatomy.offsets[bone] * (-1, 1, 1)
        elif not name.endswith(".R"):
            anatomy.offsets[bone, 0] = 0
    rng = np.random.default_rng(seed)
    angles = clamp(LEAST + (MOST - LEAST) * rng.random(SIZE))
    fingers = np.stack([hands.sample_hand(rng), hands.sample_hand(rng)])
    root = np.eye(3)[None]
    one = anatomy.rotations(joints_of(angles[None], root, fingers[None]))[0]
    other = anatomy.rotations(joints_of(mirror_angles(angles)[None], root, fingers[None, ::-1]))[0]
    swap = [
        body.bone[n[:-1] + {"L": "R", "R": "L"}[n[-1]]] if n[-2] == "." else body.bone[n]
        for n in body.bone_names
    ]
    assert np.abs(mirrored(one[swap]) - other).max() < 1e-9
    here, there = anatomy.place(one[None])[0][0], anatomy.place(other[None])[0][0]
    assert np.abs(here[swap] * (-1, 1, 1) - there).max() < 1e-9


def test_arm_directions_come_back() -> None:
    rng = np.random.default_rng(2)
    out, up = rng.uniform(-80, 80, (2, 100))
    again = arm_swing(arm_direction(out, up))
    assert np.allclose(again, (out, up), atol=1e-6)
    swing_out, swing_up, twist, elbow = arm_from_directions(np.array([1.0, 0, 0]), np.array([0, 0, 1.0]))
    assert np.allclose(arm_direction(swing_out, swing_up), (1, 0, 0), atol=1e-9)
    assert elbow == pytest.approx(90)
    assert abs(twist) < 60


def test_rotations_and_their_other_forms_agree() -> None:
    rng = np.random.default_rng(4)
    vectors = unit(rng.normal(size=(50, 3))) * rng.uniform(0, 3.1, (50, 1))
    matrices = from_vectors(vectors)
    assert np.allclose(matrices @ matrices.swapaxes(-1, -2), np.eye(3), atol=1e-12)
    assert np.allclose(to_vectors(matrices), vectors, atol=1e-9)
    assert np.allclose(from_quaternions(to_quaternions(matrices)), matrices, atol=1e-12)
    axis = unit(np.array([1.0, 2, -1]))
    assert np.allclose(about_axis(axis, 0.7), from_vectors(0.7 * axis))
    swing = about(0, 0.8)
    assert twist_angle(swing @ about(1, 1.1), np.array([0.0, 1, 0])) == pytest.approx(1.1)
    assert np.allclose(about(2, np.pi / 2) @ (1, 0, 0), (0, 1, 0))


def test_key_poses_are_inside_the_limits_as_written() -> None:
    assert len(KEY_POSES) > 60
    assert {key.kind for key in KEY_POSES.values()} == set(POSE_KINDS) - {"bvh"}
    for name, key in KEY_POSES.items():
        angles = key_angles(key)
        assert np.allclose(clamp(angles), angles), name
    for name, leg in LEGS.items():
        for angle, value in zip(("hip", "hip_out", "hip_turn", "knee", "ankle"), leg, strict=True):
            at = NAMES.index(f"{angle}.L")
            assert LEAST[at] <= value <= MOST[at], (name, angle)
    for name, (upper, fore, pronation, wrist, shape) in ARMS.items():
        out, up, twist, _ = arm_from_directions(np.array(upper, float), np.array(fore, float))
        # Written as directions: the cone may take back a little of them.
        assert np.hypot(out, up) <= arm_reach(out, up) + 12, name
        assert LEAST[NAMES.index("arm_twist.L")] - 20 <= twist <= MOST[NAMES.index("arm_twist.L")] + 20, name
        assert -85 <= pronation <= 80 and -75 <= wrist <= 75 and (shape in hands.SHAPES or not shape), name


def test_hands_are_inside_their_limits() -> None:
    rng = np.random.default_rng(0)
    for shape in (None, *hands.SHAPES):
        hand = hands.sample_hand(rng, shape)
        assert (hand >= hands.LEAST).all() and (hand <= hands.MOST).all()
