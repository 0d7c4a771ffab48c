"""Landmarks lie where annotators would click them, in every shape and pose."""

import numpy as np
import pytest

from poseapp.geometry.meshes import all_hits
from poseapp.synth.body.model import BodyModel, Pose
from poseapp.synth.truth.landmarks import BODY_SKELETONS, SIDES, Landmarks, skeleton
from tests.synth.truth.conftest import posed

ON_THE_SKIN = ("nose", "eye", "ear", "head", "head_top", "toe", "heel", "tip")


@pytest.mark.parametrize("name", BODY_SKELETONS)
def test_left_is_left_and_heads_are_above(body: BodyModel, landmarks: Landmarks, name: str) -> None:
    points = landmarks.points(posed(body), name)
    known = skeleton(name)
    assert points.shape == (known.num_keypoints, 3)
    for left, right in known.swap_pairs:
        mirrored = points[right] * [-1, 1, 1]
        assert points[left, 0] > 0
        assert np.linalg.norm(points[left] - mirrored) < 0.01
    middle = [index for index, side in enumerate(known.sides) if side == "middle"]
    assert np.abs(points[middle, 0]).max() < 0.01


def test_joints_lie_inside_the_body(body: BodyModel, landmarks: Landmarks) -> None:
    """A ray from inside a closed surface goes out once more than in."""
    stands = posed(body)
    outer = np.isin(body.face_region, [body.region_names.index(r) for r in ("body", "head", "hand.L")])
    outer |= np.isin(body.face_region, [body.region_names.index(r) for r in ("hand.R", "foot.L", "foot.R")])
    points = landmarks.all_points(stands)
    rows = [r for r, n in enumerate(landmarks.names) if not n.endswith(ON_THE_SKIN) and "/head" not in n]
    rays = np.tile([0.05, -0.31, 0.95], (len(rows), 1))
    # Ways out less ways in: what leaves the flesh may enter another limb and leaves that too.
    ray, _, face = all_hits(points[rows], rays, stands.vertices, body.faces[outer])
    corners = stands.vertices[body.faces[outer][face]]
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) @ rays[0] > 0
    balance = np.bincount(ray, np.where(outwards, 1, -1), len(rows))
    assert [landmarks.names[rows[r]] for r in np.flatnonzero(balance != 1)] == []


def test_landmarks_follow_the_body_as_a_whole(body: BodyModel, landmarks: Landmarks) -> None:
    stands = posed(body, {"lowerarm01.L": (0, -1.0, 0)})
    turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], np.float32)
    rotations = stands.pose.rotations.copy()
    rotations[0] = turn @ rotations[0]
    moved = body.pose(stands.shaped, Pose(rotations, np.array([1.0, 2.0, -1.0], np.float32)))
    expected = landmarks.all_points(stands) @ turn.T + [1.0, 2.0, -1.0]
    assert np.abs(landmarks.all_points(moved) - expected).max() < 1e-5


def test_lsp_proportions_are_those_of_its_annotators(body: BodyModel, landmarks: Landmarks) -> None:
    """Medians of 412 frontal, upright people of lspet: hips 0.55, neck 0.08, top 0.51 of the torso."""
    names = skeleton("lsp14").keypoints
    place = dict(zip(names, landmarks.points(posed(body), "lsp14"), strict=True))
    shoulders = (place["left_shoulder"] + place["right_shoulder"]) / 2
    torso = shoulders[1] - (place["left_hip"] + place["right_hip"])[1] / 2
    assert 0.45 < (place["left_hip"] - place["right_hip"])[0] / torso < 0.65
    assert 0.03 < (place["neck"] - shoulders)[1] / torso < 0.14
    assert 0.45 < (place["head_top"] - place["neck"])[1] / torso < 0.65


@pytest.mark.parametrize("side", SIDES)
def test_fingers_run_from_the_wrist_to_the_tip(body: BodyModel, landmarks: Landmarks, side: str) -> None:
    points = landmarks.points(posed(body), "hand21", side)
    assert (points[:, 0] > 0).all() if side == "left" else (points[:, 0] < 0).all()
    for first in (1, 5, 9, 13, 17):
        chain = np.linalg.norm(points[first : first + 4] - points[0], axis=1)
        assert (np.diff(chain) > 0.005).all()
        bones = np.linalg.norm(np.diff(points[first : first + 4], axis=0), axis=1)
        assert ((bones > 0.01) & (bones < 0.07)).all()
