"""Prediction files that are HDF5 but not as the program writes them: one line, at once."""

import time

import h5py
import numpy as np
import pytest

from poseapp.errors import FormatError
from poseapp.formats import read_dataset
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton


@pytest.fixture
def path(tmp_path):
    """A file with a person in each of four frames."""
    with PredictionWriter(tmp_path / "p.h5", load_skeleton("coco17"), ["v.mp4"], net="n") as writer:
        for k in range(4):
            writer.append(0, k, [Instance(np.ones((17, 2)) + k)])
    return tmp_path / "p.h5"


def put_net(file):
    file.attrs["net"] = np.zeros(3)


def put_half_a_character(file):
    file.attrs["net"] = "\ud800"


def put_number_for_a_name(file):
    file["videos/0"].attrs["name"] = 7


def put_list_for_the_skeleton(file):
    file.attrs["skeleton"] = "[1]"


def put_other_keypoints(file):
    del file["videos/0/points"]
    file["videos/0/points"] = np.zeros((4, 3, 2), "f4")


def put_wide_scores(file):
    del file["videos/0/score"]
    file["videos/0/score"] = np.zeros((4, 2), "f4")


def put_endless_frames(file):
    file["videos/0/frames"].resize(2**40, axis=0)


@pytest.mark.parametrize(
    "spoil",
    [put_net, put_half_a_character, put_number_for_a_name, put_list_for_the_skeleton, put_other_keypoints,
     put_wide_scores, put_endless_frames],
)  # fmt: skip
def test_one_line(path, spoil):
    with h5py.File(path, "r+") as file:
        try:
            spoil(file)
        except UnicodeEncodeError:
            file.attrs.create("net", b"\xed\xa0\x80", dtype=h5py.string_dtype())
    with pytest.raises(FormatError, match="damaged or no prediction file"):
        read_dataset(path)


def test_a_spoilt_superblock_that_says_it_is_being_written_does_not_hang(path):
    data = bytearray(path.read_bytes())
    data[11] |= 5  # as of a file that is being written, but the checksum is of another
    path.write_bytes(data)
    begun = time.monotonic()
    with pytest.raises(FormatError, match="damaged or no prediction file"):
        read_dataset(path)
    assert time.monotonic() - begun < 5
