"""Sampled poses: in limits, in one piece, on the ground, human in their variety."""

from collections import defaultdict

import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion.anatomy import Anatomy
from poseapp.synth.motion.collide import PAIRS, Capsules, segment_distance
from poseapp.synth.motion.prior import SampledPose, pick_kind, sample_pose
from poseapp.synth.motion.rotations import unit
from poseapp.synth.settings import POSE_KINDS, SynthSettings

KINDS = tuple(kind for kind in POSE_KINDS if kind != "bvh")
SETTINGS = SynthSettings()


@pytest.fixture(scope="module")
def samples(body: BodyModel) -> list[tuple[ShapedBody, SampledPose]]:
    """204 people, 34 of each kind."""
    out = []
    for number in range(204):
        rng = np.random.default_rng((7, number))
        shaped = body.shape(body.sample_phenotype(rng, 0.2))
        out.append((shaped, sample_pose(body, shaped, rng, SETTINGS, KINDS[number % len(KINDS)])))
    return out


def test_rotations_are_rotations(samples: list[tuple[ShapedBody, SampledPose]]) -> None:
    for _, sampled in samples:
        r = sampled.pose.rotations.astype(np.float64)
        assert sampled.pose.rotations.dtype == np.float32
        assert np.abs(r @ r.swapaxes(-1, -2) - np.eye(3)).max() < 1e-5
        assert (np.linalg.det(r) > 0.99).all()


def test_the_lowest_vertex_is_on_the_floor(
    body: BodyModel, samples: list[tuple[ShapedBody, SampledPose]]
) -> None:
    for shaped, sampled in samples[:72]:
        low = body.pose(shaped, sampled.pose).vertices[:, 1].min()
        if sampled.airborne:
            assert 0.019 < low < 1.01, sampled.name
        else:
            assert abs(low) < 1e-3, sampled.name
        assert sampled.pose.translation[0] == sampled.pose.translation[2] == 0


def test_nothing_sinks_in_deeper_than_the_tolerance(
    body: BodyModel, samples: list[tuple[ShapedBody, SampledPose]]
) -> None:
    deep = []
    for shaped, sampled in samples:
        anatomy = Anatomy(body, shaped)
        capsules = Capsules.fit(body, shaped, anatomy)
        rotations = sampled.pose.rotations[None].astype(np.float64)
        deep.append(capsules.depths(capsules.place(*anatomy.place(rotations))).max())
    deep = np.array(deep)
    assert (deep < 1e-3).mean() > 0.97
    assert deep.max() < 0.02


def test_knees_and_elbows_bend_the_right_way(
    body: BodyModel, samples: list[tuple[ShapedBody, SampledPose]]
) -> None:
    for shaped, sampled in samples:
        joints, turned = Anatomy(body, shaped).place(sampled.pose.rotations[None].astype(np.float64))
        at = dict(zip(body.bone_names, joints[0], strict=True))
        for side in "LR":
            thigh = at[f"lowerleg01.{side}"] - at[f"upperleg01.{side}"]
            shin = at[f"foot.{side}"] - at[f"lowerleg01.{side}"]
            forward = turned[0, body.bone[f"upperleg02.{side}"]] @ (0, 0, 1)
            bent = unit(thigh) @ unit(shin)
            assert bent > np.cos(np.radians(158)), sampled.name
            if bent < np.cos(np.radians(25)):
                assert unit(shin - (shin @ unit(thigh)) * unit(thigh)) @ forward < -0.5, sampled.name


def test_the_same_seed_gives_the_same_pose(body: BodyModel) -> None:
    shaped = body.shape(body.sample_phenotype(np.random.default_rng(1)))
    for kind in KINDS:
        one, other = (sample_pose(body, shaped, np.random.default_rng(11), SETTINGS, kind) for _ in range(2))
        assert one.pose.rotations.tobytes() == other.pose.rotations.tobytes()
        assert one.pose.translation.tobytes() == other.pose.translation.tobytes()
        third = sample_pose(body, shaped, np.random.default_rng(12), SETTINGS, kind)
        assert one.pose.rotations.tobytes() != third.pose.rotations.tobytes()


def test_kinds_are_what_they_say(body: BodyModel, samples: list[tuple[ShapedBody, SampledPose]]) -> None:
    head_down, trunk_up, seats, names = defaultdict(list), defaultdict(list), defaultdict(list), set()
    for shaped, sampled in samples:
        _, turned = Anatomy(body, shaped).place(sampled.pose.rotations[None].astype(np.float64))
        chest = turned[0, body.bone["spine01"], 1, 1]
        head_down[sampled.kind].append(chest < 0)
        trunk_up[sampled.kind].append(chest)
        seats[sampled.kind].append(sampled.seat_height_m)
        names.add(sampled.name)
    share = {kind: np.mean(values) for kind, values in head_down.items()}
    assert share["inverted"] > 0.6
    assert share["everyday"] < 0.06 and share["sitting"] == 0
    assert np.mean(trunk_up["everyday"]) > 0.9
    assert abs(np.mean(trunk_up["lying"])) < 0.35
    chairs = [seat for seat in seats["sitting"] if seat is not None]
    assert 0.3 < len(chairs) / len(seats["sitting"]) < 0.95
    assert 0.1 < np.median(chairs) < 0.6
    assert all(seat is None for kind, values in seats.items() if kind != "sitting" for seat in values)
    assert len(names) > 80


def test_arms_and_headings_are_spread(body: BodyModel, samples: list[tuple[ShapedBody, SampledPose]]) -> None:
    directions, headings = [], []
    for shaped, sampled in samples:
        joints, turned = Anatomy(body, shaped).place(sampled.pose.rotations[None].astype(np.float64))
        at = dict(zip(body.bone_names, joints[0], strict=True))
        trunk = turned[0, body.bone["spine01"]]
        directions.append(trunk.T @ unit(at["wrist.L"] - at["upperarm01.L"]))
        forward = turned[0, 0, :, 2]
        headings.append(np.arctan2(forward[0], forward[2]))
    # Wrists are seen all around the shoulder but behind the back.
    way = np.array(directions)
    octants = {tuple(row) for row in (way > 0).tolist()}
    assert len(octants) >= 7
    assert np.linalg.svd(way - way.mean(0), compute_uv=False).min() / np.sqrt(len(way)) > 0.25
    counts, _ = np.histogram(headings, 4, (-np.pi, np.pi))
    assert counts.min() > 0.12 * len(samples)


def test_kinds_are_drawn_by_their_shares() -> None:
    rng = np.random.default_rng(0)
    settings = SynthSettings(poses={"everyday": 3.0, "sport": 1.0, "bvh": 5.0})
    drawn = [pick_kind(rng, settings) for _ in range(800)]
    assert set(drawn) == {"everyday", "sport"}
    assert 0.7 < drawn.count("everyday") / 800 < 0.8


def test_an_unknown_kind_is_named(body: BodyModel) -> None:
    shaped = body.shape(body.sample_phenotype(np.random.default_rng(1)))
    with pytest.raises(SynthError, match="floating.*everyday"):
        sample_pose(body, shaped, np.random.default_rng(0), SETTINGS, "floating")
    with pytest.raises(SynthError, match="bvh_folder"):
        sample_pose(body, shaped, np.random.default_rng(0), SETTINGS, "bvh")


def test_distance_of_segments() -> None:
    p = np.array([[0.0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
    q = np.array([[1.0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]])
    r = np.array([[0.5, -1.0, 2], [2, 0, 0], [0, 3, 0], [0, 4, 0]])
    s = np.array([[0.5, 1.0, 2], [3, 0, 0], [1, 3, 0], [3, 0, 0]])
    assert np.allclose(segment_distance(p, q, r, s), [2, 1, 3, 2.4])
    rng = np.random.default_rng(0)
    a, b, c, d = rng.normal(size=(4, 20, 3))
    t = np.linspace(0, 1, 201)
    one = a[:, None] + t[:, None] * (b - a)[:, None]
    two = c[:, None] + t[:, None] * (d - c)[:, None]
    brute = np.linalg.norm(one[:, :, None] - two[:, None], axis=-1).min((1, 2))
    assert np.abs(segment_distance(a, b, c, d) - brute).max() < 0.02


def test_capsules_hold_most_of_the_skin_and_see_a_hand_in_the_belly(body: BodyModel) -> None:
    shaped = body.shape(body.sample_phenotype(np.random.default_rng(1)))
    anatomy = Anatomy(body, shaped)
    capsules = Capsules.fit(body, shaped, anatomy)
    still = np.tile(np.eye(3), (1, body.num_joints, 1, 1))
    ends = capsules.place(*anatomy.place(still))
    assert capsules.depths(ends).max() < 0
    assert (capsules.radii > 0.005).all() and (capsules.radii < 0.3).all()
    moved = ends.copy()
    hand = int(np.flatnonzero(capsules.bones == body.bone["wrist.L"])[0])
    belly = int(np.flatnonzero(capsules.bones == body.bone["spine03"])[0])
    moved[0, hand] = moved[0, belly].mean(0)
    depths = capsules.depths(moved)[0]
    assert depths[(((hand, belly) == PAIRS) | ((belly, hand) == PAIRS)).all(1)].max() > 0.05
