"""The body: exactly the package's own, and upright, left at left, in the reference pose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseapp.errors import SynthError
from poseapp.synth.body import model as body_module
from poseapp.synth.body.model import BodyModel, Phenotype, Pose
from poseapp.synth.body.parts import PART, PARTS, part_of_bone


def test_shape_and_pose_are_those_of_the_package(body: BodyModel):
    check = body.check
    for number in range(2):
        values = dict(zip(body.phenotype_names, body.phenotype_samples[number].tolist(), strict=True))
        pose = Pose(check["rotations"][number], check["translations"][number])
        posed = body.pose(body.shape(Phenotype(**values)), pose)
        assert np.abs(posed.vertices - check["vertices"][number]).max() < 1e-5
        assert np.abs(posed.joints - check["joints"][number]).max() < 1e-5


def test_reference_pose_stands_upright_facing_forward(body: BodyModel):
    posed = body.pose(body.shape(Phenotype()), Pose.reference(body.num_joints))
    at = {name: posed.joints[number] for name, number in body.bone.items()}
    assert at["head"][1] > at["root"][1] > at["foot.L"][1]
    assert at["wrist.L"][0] > 0 > at["wrist.R"][0]
    assert at["eye.L"][2] > at["head"][2]
    assert 1.4 < np.ptp(posed.vertices[:, 1]) < 2.0


def test_faces_are_counter_clockwise_from_outside(body: BodyModel):
    shaped = body.shape(Phenotype())
    a, b, c = (shaped.vertices[body.faces[:, i]].astype(np.float64) for i in range(3))
    volume = float((a * np.cross(b, c)).sum() / 6)
    assert 0.03 < volume < 0.15


@given(st.floats(0.2, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=10, deadline=None)
def test_children_are_smaller_and_a_move_moves_all(body: BodyModel, age, weight, step):
    shaped = body.shape(Phenotype(age=age, weight=weight))
    adult = body.shape(Phenotype(age=0.667, weight=weight))
    assert age > 0.6 or np.ptp(shaped.vertices[:, 1]) <= np.ptp(adult.vertices[:, 1]) + 1e-3
    still = Pose.reference(body.num_joints)
    moved = Pose(still.rotations, np.array([0, step, 0], np.float32))
    difference = body.pose(shaped, moved).vertices - body.pose(shaped, still).vertices
    assert np.allclose(difference, [0, step, 0], atol=1e-5)


def test_every_bone_has_a_part_of_its_side(body: BodyModel):
    for name in body.bone_names:
        part = PARTS[part_of_bone(name)]
        assert not part.startswith("left_") or name.endswith(".L")
        assert not part.startswith("right_") or name.endswith(".R")
    assert set(np.unique(body.vertex_part)) == set(range(1, len(PARTS)))
    assert PART["background"] == 0


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_a_damaged_body_file_is_said_to_be(tmp_path, monkeypatch, content):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(tmp_path))
    body_module.body_path().write_bytes(content)
    with pytest.raises(SynthError, match="damaged"):
        body_module.load_body()


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("POSEAPP_BODY_DIR", str(tmp_path))
    monkeypatch.setattr(body_module, "find_spec", lambda name: None)
    with pytest.raises(SynthError, match=r"poseapp\[synth\]"):
        body_module.load_body()
