"""Sequences: smooth, in limits of speed, on the ground, the same for the same seed."""

import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion import gait
from poseapp.synth.motion.anatomy import Anatomy
from poseapp.synth.motion.clips import sample_motion
from poseapp.synth.motion.motion import Motion, motion_of, placed, placed_pose
from poseapp.synth.motion.rotations import about, to_vectors
from poseapp.synth.settings import POSE_KINDS, SynthSettings

KINDS = tuple(kind for kind in POSE_KINDS if kind != "bvh")
SETTINGS = SynthSettings()


@pytest.fixture(scope="module")
def shaped(body: BodyModel) -> ShapedBody:
    return body.shape(body.sample_phenotype(np.random.default_rng(3), 0.3))


@pytest.fixture(scope="module")
def motions(body: BodyModel, shaped: ShapedBody) -> list[Motion]:
    out = [
        sample_motion(body, shaped, np.random.default_rng((1, n)), SETTINGS, 3.0, KINDS[n % len(KINDS)])
        for n in range(24)
    ]
    gaits = [
        gait.go(body, shaped, np.random.default_rng(n), 3.0, name, "sport")
        for n, name in enumerate(gait.GAITS)
    ]
    return out + gaits


def turning(motion: Motion, rate: float = 120.0) -> np.ndarray:
    """Speed ``(N, J)`` in radians a second of each bone against its parent."""
    times = np.arange(int(motion.duration_s * rate)) / rate
    rotations = np.stack([motion.pose(float(t)).rotations for t in times]).astype(np.float64)
    vectors = to_vectors(rotations[:-1].swapaxes(-1, -2) @ rotations[1:])
    return np.linalg.norm(vectors, axis=-1) * rate


def test_motion_is_smooth(motions: list[Motion]) -> None:
    for motion in motions:
        speed = turning(motion)
        # A kicker's knee reaches some 25 rad/s; here nothing does. A jump of a tenth of a radian
        # between frames at 60 Hz would be an acceleration of 720.
        assert speed.max() < 20, motion.name
        assert np.abs(np.diff(speed, axis=0)).max() * 120 < 650, motion.name
        assert speed.max() > 0.1, motion.name


def test_places_are_smooth_and_bodies_on_the_ground(
    body: BodyModel, shaped: ShapedBody, motions: list[Motion]
) -> None:
    for motion in motions:
        times = np.arange(int(motion.duration_s * 60)) / 60
        places = np.stack([motion.pose(float(t)).translation for t in times])
        step = np.linalg.norm(np.diff(places, axis=0), axis=1)
        assert step.max() * 60 < 12, motion.name
        low = [
            body.pose(shaped, motion.pose(float(t))).vertices[:, 1].min()
            for t in np.linspace(0, motion.duration_s, 7)
        ]
        assert min(low) > -0.03, motion.name
        assert max(low) < 1.6, motion.name


def test_the_same_seed_gives_the_same_motion(body: BodyModel, shaped: ShapedBody) -> None:
    for kind in KINDS:
        one, other = (
            sample_motion(body, shaped, np.random.default_rng(5), SETTINGS, 2.0, kind) for _ in range(2)
        )
        assert one.quaternions.tobytes() == other.quaternions.tobytes()
        assert one.places.tobytes() == other.places.tobytes()
        first, again = one.pose(1.234), one.pose(1.234)
        assert first.rotations.tobytes() == again.rotations.tobytes()
        assert one.duration_s == pytest.approx(2.0, abs=0.05)


def test_a_walk_goes_ahead_step_by_step(body: BodyModel, shaped: ShapedBody) -> None:
    anatomy = Anatomy(body, shaped)
    for seed in range(4):
        motion = gait.go(body, shaped, np.random.default_rng(seed), 4.0, "walk", "everyday")
        times = np.arange(int(motion.duration_s * 60)) / 60
        poses = [motion.pose(float(t)) for t in times]
        at, _ = anatomy.place(np.stack([p.rotations for p in poses]).astype(np.float64))
        at = at + np.stack([p.translation for p in poses])[:, None]
        left, right = (at[:, body.bone[f"foot.{side}"]] for side in "LR")
        way = poses[-1].translation - poses[0].translation
        assert 0.4 < np.linalg.norm(way[[0, 2]]) / 4 < 2.2
        assert way[2] > abs(way[0])
        lead = left[:, 2] - right[:, 2]
        lead = lead[np.abs(lead) > 0.05]
        assert 4 <= (np.diff(np.sign(lead)) != 0).sum() <= 12
        # The foot that stands does not slide: of the lower foot, half the time, hardly anything.
        speed = np.where(
            left[1:, 1] < right[1:, 1],
            np.linalg.norm(np.diff(left, axis=0), axis=1),
            np.linalg.norm(np.diff(right, axis=0), axis=1),
        )
        assert np.median(speed) * 60 < 0.35 * np.linalg.norm(way[[0, 2]]) / 4


def test_runners_fly(body: BodyModel, shaped: ShapedBody) -> None:
    motion = gait.go(body, shaped, np.random.default_rng(0), 2.0, "sprint", "sport")
    low = [body.pose(shaped, motion.pose(float(t))).vertices[:, 1].min() for t in np.linspace(0.2, 1.8, 40)]
    assert min(low) > -0.02
    assert np.mean(np.array(low) > 0.02) > 0.15
    assert motion.places[-1, 2] / 2 > 2.5


def test_placing_a_motion(body: BodyModel, shaped: ShapedBody) -> None:
    motion = gait.go(body, shaped, np.random.default_rng(0), 2.0, "walk", "everyday")
    moved = placed(motion, 3.0, -1.0, np.pi / 2)
    start, end = moved.pose(0), moved.pose(2.0)
    assert np.allclose(start.translation[[0, 2]], (3, -1), atol=1e-5)
    here, there = (
        motion.pose(2.0).translation - motion.pose(0).translation,
        end.translation - start.translation,
    )
    assert np.allclose(there, (here[2], here[1], -here[0]), atol=1e-4)
    assert np.allclose(end.rotations[0], about(1, np.pi / 2) @ motion.pose(2.0).rotations[0], atol=1e-5)
    pose = placed_pose(motion.pose(1.0), 1.0, 2.0, 0.5)
    assert np.allclose(pose.translation, (1, motion.pose(1.0).translation[1], 2))
    assert np.allclose(pose.rotations[0], about(1, 0.5) @ motion.pose(1.0).rotations[0], atol=1e-6)


def test_frames_are_met_and_times_outside_are_held() -> None:
    rng = np.random.default_rng(0)
    angles = np.cumsum(rng.normal(0, 0.2, (10, 4)), 0)
    rotations = about(0, angles)
    motion = motion_of(rotations, rng.normal(size=(10, 3)), 10.0, "sport")
    for frame in range(10):
        pose = motion.pose(frame / 10)
        assert np.allclose(pose.rotations, rotations[frame], atol=1e-5)
        assert np.allclose(pose.translation, motion.places[frame], atol=1e-5)
    assert np.allclose(motion.pose(99.0).rotations, rotations[-1], atol=1e-5)
    assert np.allclose(motion.pose(-1.0).rotations, rotations[0], atol=1e-5)


def test_an_unknown_kind_is_named(body: BodyModel, shaped: ShapedBody) -> None:
    with pytest.raises(SynthError, match="floating"):
        sample_motion(body, shaped, np.random.default_rng(0), SETTINGS, 1.0, "floating")
