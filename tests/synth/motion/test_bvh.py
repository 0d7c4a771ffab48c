"""BVH files: the parser against numbers worked out by hand, and what it says of bad files."""

import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from poseapp.errors import FormatError
from poseapp.synth.motion import bvh as bvh_module
from poseapp.synth.motion import bvh_folder
from poseapp.synth.motion.bvh import Bvh, read_bvh

GOOD = """HIERARCHY
ROOT Hips
{
    OFFSET 1.0 2.0 3.0
    CHANNELS 6 Zposition Xposition Yposition Yrotation Zrotation Xrotation
    JOINT Left Knee
    {
        OFFSET 0.0 -4.0 0.0
        CHANNELS 1 Xrotation
        End Site
        {
            OFFSET 0.0 -3.0 0.0
        }
    }
    JOINT Arm
    {
        OFFSET 2.0 0.0 0.0
        CHANNELS 0
        End Site
        {
            OFFSET 1.0 0.0 0.0
        }
    }
}
MOTION
Frames: 3
Frame Time: 0.04
0 0 0 0 0 0 0
30 10 20 90 0 0 90
0 0 0 0 90 90 0
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "clip.bvh"
    path.write_text(text, encoding="utf-8")
    return path


def test_joints_are_where_hand_computation_puts_them(tmp_path: Path) -> None:
    bvh = read_bvh(written(tmp_path, GOOD))
    assert bvh.names == ["Hips", "Left Knee", "Left Knee end", "Arm", "Arm end"]
    assert bvh.parents.tolist() == [-1, 0, 1, 0, 3]
    assert bvh.frame_time_s == 0.04 and bvh.frames.shape == (3, 7)
    places, turned = bvh.place()
    # Frame 0: nothing turned, the root's position in place of its offset.
    assert np.allclose(places[0], [[0, 0, 0], [0, -4, 0], [0, -7, 0], [2, 0, 0], [3, 0, 0]])
    # Frame 1: positions in the order z, x, y; a quarter turn about y takes x to -z and z to x; then the
    # knee's quarter turn about its own x takes -y to -z, which the root turns to -x.
    assert np.allclose(
        places[1], [[10, 20, 30], [10, 16, 30], [7, 16, 30], [10, 20, 28], [10, 20, 27]], atol=1e-9
    )
    # Frame 2: first z then x in the turned axes: Rz(90) Rx(90) takes -y over -z to -z, and x to y.
    assert np.allclose(places[2], [[0, 0, 0], [0, 0, -4], [0, 0, -7], [0, 2, 0], [0, 3, 0]], atol=1e-9)
    assert np.allclose(turned[2, 0] @ (0, 0, 1), (1, 0, 0))
    assert np.allclose(bvh.rest(), [[1, 2, 3], [1, -2, 3], [1, -5, 3], [3, 2, 3], [4, 2, 3]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("MOTION", "", "MOTION"),
        ("HIERARCHY", "", "HIERARCHY expected"),
        ("Frames: 3", "Frames: 4", "3 of 4 frames"),
        ("Frames: 3", "Frames: 0", "without frames"),
        ("Frames: 3", "Frames: many", "Frames:"),
        ("Frames: 3", "Frames: nan", '"Frames: NUMBER" expected'),
        ("Frames: 3", "Frames: -inf", '"Frames: NUMBER" expected'),
        ("Frames: 3", "Frames: 1e999", '"Frames: NUMBER" expected'),
        ("Frame Time: 0.04", "Frame Time: 0", "above 0"),
        ("Frame Time: 0.04", "Frame Time: -0.04", "above 0"),
        ("Frame Time: 0.04", "Frame Time: 1e-320", "above 0"),
        ("Frame Time: 0.04", "Frame Time: nan", '"Frame Time: NUMBER" expected'),
        ("Frame Time: 0.04", "Frame Time: inf", '"Frame Time: NUMBER" expected'),
        ("Frame Time: 0.04", "", "Frame Time"),
        ("30 10 20 90 0 0 90", "30 10 20 90 0 0", "line 29: 6 values for 7 channels"),
        ("30 10 20 90 0 0 90", "30 nan 20 90 0 0 90", "line 29.*not finite"),
        ("30 10 20 90 0 0 90", "30 ten 20 90 0 0 90", "no number"),
        ("OFFSET 0.0 -4.0 0.0", "OFFSET 0.0 -4.0", "line 9: a number expected, not 'CHANNELS'"),
        ("OFFSET 0.0 -4.0 0.0", "OFFSET 0.0 inf 0.0", "line 8.*not finite"),
        ("CHANNELS 1 Xrotation", "CHANNELS 1 Wrotation", "unknown channel"),
        ("CHANNELS 1 Xrotation", "CHANNELS 9 Xrotation", "0 to 6 channels"),
        ("JOINT Left Knee", "BONE Left Knee", "'BONE'"),
        ("JOINT Left Knee", "JOINT", "without a name"),
        ("End Site", "End Sight", "SITE expected"),
        ("}\nMOTION", "MOTION", "ends early"),
        ("}\nMOTION", "}\n}\nMOTION", "more than one ROOT"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(FormatError, match=message) as caught:
        read_bvh(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_binary_and_huge_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_bvh(tmp_path / "none.bvh")
    (tmp_path / "binary.bvh").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(FormatError):
        read_bvh(tmp_path / "binary.bvh")
    monkeypatch.setattr(bvh_module, "MAX_BYTES", 100)
    with pytest.raises(FormatError, match="at most"):
        read_bvh(written(tmp_path, GOOD))
    monkeypatch.undo()
    monkeypatch.setattr(bvh_module, "MAX_JOINTS", 3)
    with pytest.raises(FormatError, match="more than 3 joints"):
        read_bvh(written(tmp_path, GOOD))


def test_windows_line_ends_and_small_letters_are_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.bvh"
    path.write_bytes(GOOD.replace("Xrotation", "XROTATION").replace("\n", "\r\n").encode())
    assert read_bvh(path).frames.shape == (3, 7)


@pytest.mark.parametrize("name", ["MOTION", "LOCOMOTION", "Left MOTION capture"])
def test_a_joint_may_be_called_as_the_word_before_the_frames(tmp_path: Path, name: str) -> None:
    bvh = read_bvh(written(tmp_path, GOOD.replace("Arm", name)))
    assert bvh.names[3] == name and bvh.frames.shape == (3, 7)


def test_files_are_kept_until_they_change_and_not_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, GOOD)
    first = bvh_folder._read(path)
    assert isinstance(first, Bvh) and bvh_folder._read(path) is first
    written(tmp_path, GOOD.replace("0.04", "0.08"))
    os.utime(path, ns=(1, 1))
    edited = bvh_folder._read(path)
    assert isinstance(edited, Bvh) and edited.frame_time_s == 0.08
    written(tmp_path, GOOD.replace("HIERARCHY", ""))
    assert isinstance(bvh_folder._read(path), FormatError)
    path.unlink()
    assert isinstance(bvh_folder._read(path), FormatError)
    # Room for two of them: the one used longest ago is let go.
    monkeypatch.setattr(bvh_folder, "KEPT_BYTES", 2 * first.frames.nbytes)
    monkeypatch.setattr(bvh_folder, "_kept", OrderedDict())
    paths = [tmp_path / f"{number}.bvh" for number in range(3)]
    for one in paths:
        one.write_text(GOOD)
    kept = bvh_folder._read(paths[0])
    bvh_folder._read(paths[1])
    assert bvh_folder._read(paths[0]) is kept
    bvh_folder._read(paths[2])
    assert list(bvh_folder._kept) == [paths[0], paths[2]]
