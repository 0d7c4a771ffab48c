"""Motion of BVH files on the body: the same directions, no sides swapped, feet on the floor."""

from pathlib import Path

import numpy as np
import pytest

from poseapp.errors import FormatError, SynthError
from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion.anatomy import Anatomy
from poseapp.synth.motion.bvh import Bvh, parse_bvh, read_bvh
from poseapp.synth.motion.bvh_folder import sample_clip
from poseapp.synth.motion.joint_names import find_joints, plain_name
from poseapp.synth.motion.motion import Motion
from poseapp.synth.motion.prior import sample_pose
from poseapp.synth.motion.retarget import retarget
from poseapp.synth.motion.rotations import unit
from poseapp.synth.settings import SynthSettings
from tests.synth.motion.walker import CONVENTIONS, leg_angles, walker

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "cmu_bvh"
LIMBS = {
    "hip": ("upperleg01", "lowerleg01"),
    "knee": ("lowerleg01", "foot"),
    "shoulder": ("upperarm01", "lowerarm01"),
    "elbow": ("lowerarm01", "wrist"),
}
NEXT = {"hip": "knee", "knee": "ankle", "shoulder": "elbow", "elbow": "wrist"}


@pytest.fixture(scope="module")
def shaped(body: BodyModel) -> ShapedBody:
    return body.shape(body.sample_phenotype(np.random.default_rng(3), 0.3))


def clip(convention: str = "biovision", scale: float = 1.0, z_up: bool = False) -> Bvh:
    return parse_bvh(walker(convention, scale, z_up), Path("walker.bvh"))


def joints(body: BodyModel, shaped: ShapedBody, motion: Motion, times: np.ndarray) -> dict[str, np.ndarray]:
    poses = [motion.pose(float(t)) for t in times]
    at, _ = Anatomy(body, shaped).place(np.stack([p.rotations for p in poses]).astype(np.float64))
    at = at + np.stack([p.translation for p in poses])[:, None]
    return dict(zip(body.bone_names, np.moveaxis(at, 1, 0), strict=True))


def worst_angle(body: BodyModel, shaped: ShapedBody, bvh: Bvh, axes: np.ndarray) -> float:
    """Degrees by which limbs differ at most, compared in the axes of the hips of file and body."""
    motion = retarget(bvh, body, shaped)
    step = round(1 / (motion.rate * bvh.frame_time_s))
    source, turned = bvh.place(bvh.frames[::step])
    source, turned = source @ axes.T, axes @ turned @ axes.T
    found = find_joints(bvh)
    times = np.arange(len(source)) / motion.rate
    at = joints(body, shaped, motion, times)
    hips = np.stack([motion.pose(float(t)).rotations[0] for t in times])
    worst = 0.0
    for role, (first, last) in LIMBS.items():
        for side in "LR":
            theirs = unit(source[:, found[f"{NEXT[role]}.{side}"]] - source[:, found[f"{role}.{side}"]])
            ours = unit(at[f"{last}.{side}"] - at[f"{first}.{side}"])
            theirs = np.einsum("nba,nb->na", turned[:, found["hips"]], theirs)
            ours = np.einsum("nba,nb->na", hips, ours)
            cos = np.clip((theirs * ours).sum(-1), -1, 1)
            worst = max(worst, float(np.degrees(np.arccos(cos)).max()))
    return worst


@pytest.mark.parametrize("convention", list(CONVENTIONS))
def test_limbs_point_where_the_file_says(body: BodyModel, shaped: ShapedBody, convention: str) -> None:
    assert worst_angle(body, shaped, clip(convention), np.eye(3)) < 3


def test_units_and_axes_do_not_matter(body: BodyModel, shaped: ShapedBody) -> None:
    plain = retarget(clip(), body, shaped)
    metres = retarget(clip(scale=0.01), body, shaped)
    z_up = retarget(clip(z_up=True, scale=0.4), body, shaped)
    for other in (metres, z_up):
        for time in (0.0, 0.5, 1.3):
            one, two = plain.pose(time), other.pose(time)
            assert np.abs(one.rotations - two.rotations).max() < 2e-3
            assert np.abs(one.translation - two.translation).max() < 2e-3


def test_left_and_right_are_not_swapped(body: BodyModel, shaped: ShapedBody) -> None:
    motion = retarget(clip(), body, shaped)
    times = np.arange(60) / 30
    at = joints(body, shaped, motion, times)
    for side, shift in (("L", 0.0), ("R", 0.5)):
        thigh = at[f"lowerleg01.{side}"] - at[f"upperleg01.{side}"]
        flexion = np.degrees(np.arctan2(thigh[:, 2], -thigh[:, 1]))
        asked = np.array([leg_angles(2 * f / 60 + shift)[0] for f in range(60)])
        assert np.abs(flexion - asked).max() < 4
    assert (at["upperleg01.L"][:, 0] > at["upperleg01.R"][:, 0]).all()
    # Knees bend backwards only.
    for side in "LR":
        thigh = unit(at[f"lowerleg01.{side}"] - at[f"upperleg01.{side}"])
        shin = unit(at[f"foot.{side}"] - at[f"lowerleg01.{side}"])
        assert np.cross(thigh, shin)[:, 0].min() > -0.02


def test_it_goes_ahead_with_its_feet_above_the_floor(body: BodyModel, shaped: ShapedBody) -> None:
    motion = retarget(clip(), body, shaped)
    assert motion.duration_s == pytest.approx(59 / 30, rel=0.01)
    way = motion.pose(motion.duration_s).translation - motion.pose(0).translation
    leg_m = Anatomy(body, shaped).leg_m
    assert way[2] == pytest.approx(2.6 * 59 * leg_m / 81, rel=0.03)
    assert abs(way[0]) < 0.05
    low = [
        body.pose(shaped, motion.pose(t)).vertices[:, 1].min() for t in np.linspace(0, motion.duration_s, 9)
    ]
    assert min(low) > -0.015 and max(low) < 0.12
    ahead = motion.pose(0.7).rotations[0][:, 2]
    assert ahead[2] > 0.95


def test_one_frame_is_what_it_is_in_the_whole_clip(body: BodyModel, shaped: ShapedBody) -> None:
    whole = retarget(clip(), body, shaped)
    for frame in (0, 17, 44):
        one = retarget(clip(), body, shaped, frame, 1)
        assert one.duration_s == 0
        turn = np.abs(one.pose(0).rotations[1:] - whole.pose(frame / whole.rate).rotations[1:])
        assert turn.max() < 0.03


def test_names_of_conventions() -> None:
    assert plain_name("mixamorig:LeftUpLeg") == "leftupleg"
    assert plain_name("Bip01 L Thigh") == "lthigh"
    text = walker("biovision").replace("LeftElbow", "Tail")
    with pytest.raises(FormatError, match=r"elbow\.L"):
        find_joints(parse_bvh(text, Path("x.bvh")))
    # CMU's conversions call the collar bones shoulders.
    cmu = walker("mixamo").replace("mixamorig:", "")
    cmu = cmu.replace("JOINT LeftArm\n", "JOINT LeftArm\n", 1)
    found = find_joints(parse_bvh(cmu, Path("x.bvh")))
    assert parse_bvh(cmu, Path("x.bvh")).names[found["shoulder.L"]] == "LeftArm"


def test_a_rest_pose_that_is_no_body_is_refused(body: BodyModel, shaped: ShapedBody) -> None:
    lines = [
        line if "OFFSET" not in line else line.split("OFFSET")[0] + "OFFSET 0 0 0"
        for line in walker().splitlines()
    ]
    with pytest.raises(FormatError, match="walker"):
        retarget(parse_bvh("\n".join(lines), Path("walker.bvh")), body, shaped)


def test_poses_come_from_a_folder_and_bad_files_are_left_out(
    tmp_path: Path, body: BodyModel, shaped: ShapedBody
) -> None:
    settings = SynthSettings(bvh_folder=str(tmp_path))
    with pytest.raises(SynthError, match="no BVH files"):
        sample_pose(body, shaped, np.random.default_rng(0), settings, "bvh")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.bvh").write_text("HIERARCHY")
    folder = SynthSettings(bvh_folder=str(tmp_path / "bad"))
    with pytest.raises(SynthError, match="none of the BVH files"):
        sample_pose(body, shaped, np.random.default_rng(0), folder, "bvh")
    with pytest.raises(SynthError, match="cannot be read"):
        sample_pose(
            body, shaped, np.random.default_rng(0), SynthSettings(bvh_folder=str(tmp_path / "no")), "bvh"
        )
    both = tmp_path / "both"
    both.mkdir()
    (both / "a.bvh").write_text("HIERARCHY")
    (both / "walk.bvh").write_text(walker())
    settings = SynthSettings(bvh_folder=str(both))
    sampled = sample_pose(body, shaped, np.random.default_rng(0), settings, "bvh")
    assert sampled.kind == "bvh" and sampled.name == "walk.bvh"
    assert abs(body.pose(shaped, sampled.pose).vertices[:, 1].min()) < 1e-3
    assert sample_clip(body, shaped, np.random.default_rng(1), settings, 0.5).duration_s == pytest.approx(
        0.5, abs=0.05
    )


@pytest.mark.skipif(not SHARED.is_dir(), reason="the CMU clips are not on this machine")
@pytest.mark.parametrize("name", ["02_01", "35_13", "136_23", "143_32"])
def test_clips_of_real_walks(body: BodyModel, shaped: ShapedBody, name: str) -> None:
    bvh = read_bvh(SHARED / f"{name}.bvh")
    assert worst_angle(body, shaped, bvh, np.eye(3)) < 8
    motion = retarget(bvh, body, shaped)
    times = np.arange(int(motion.duration_s * 30)) / 30
    at = joints(body, shaped, motion, times)
    # Feet alternate: which one is ahead changes, about as often as steps are made.
    heading = unit(np.stack([motion.pose(float(t)).rotations[0][:, 2] for t in times]) * (1, 0, 1))
    lead = ((at["foot.L"] - at["foot.R"]) * heading).sum(-1)
    lead = lead[np.abs(lead) > 0.1]
    assert 2 <= (np.diff(np.sign(lead)) != 0).sum() < 4 * motion.duration_s
    left = ((at["upperleg01.L"] - at["upperleg01.R"]) * np.cross((0, 1, 0), heading)).sum(-1)
    assert (left > 0.05).all()
    low = np.minimum(at["foot.L"][:, 1], at["foot.R"][:, 1])
    assert low.min() > 0 and low.max() < 0.2
