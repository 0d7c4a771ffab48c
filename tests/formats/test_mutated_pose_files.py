"""300 damaged files of each format of DeepLabCut and SLEAP: one line each, or a data set that is whole."""

import os
import random
import sys

import numpy as np
import pytest

from poseapp.errors import PoseError
from poseapp.formats import read_dataset
from poseapp.formats.dataset import Dataset
from tests.formats.dlc_material import project

COUNT = 300


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Bytes changed, cut, doubled or taken out."""
    kind, made = rng.randrange(5), bytearray(data)
    if kind == 0:
        return bytes(made[: rng.randrange(len(made))])
    if kind == 1:
        for _ in range(rng.choice([1, 3, 30])):
            made[rng.randrange(len(made))] = rng.randrange(256)
    elif kind == 2:
        start = rng.randrange(len(made))
        del made[start : start + rng.randrange(1, 64)]
    elif kind == 3:
        start = rng.randrange(len(made))
        made[start:start] = made[start : start + rng.randrange(1, 64)]
    else:
        place = rng.randrange(len(made))
        made[place : place + 8] = rng.choice([b"\xff" * 8, b"\0" * 8, b"nan,-1e9", b"../../..", b"\x7f" * 8])
    return bytes(made)


def seeds(kind, folder):
    project(folder, several=True)
    place = folder / "labeled-data/walk"
    if kind == "dlc":
        return folder / "config.yaml"
    if kind in ("dlc_csv", "dlc_h5"):
        return place / f"CollectedData_Bo{'.csv' if kind == 'dlc_csv' else '.h5'}"
    sio = pytest.importorskip("sleap_io")
    from tests.formats.test_slp import labels_of

    sio.save_slp(labels_of(folder / "walk.mp4"), str(folder / "in.slp"), verbose=False)
    return folder / "in.slp"


@pytest.mark.parametrize("kind", ["dlc", "dlc_csv", "dlc_h5", "slp"])
def test_damaged_files_get_one_line(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("poseapp.formats.slp.survives_elsewhere", lambda _path: None)  # a second each
    seed = seeds(kind, tmp_path / "p")
    data, rng, refused = seed.read_bytes(), random.Random(11), 0
    before = {p for p in tmp_path.rglob("*")}
    for _ in range(COUNT):
        seed.write_bytes(mutated(data, rng))
        try:
            dataset = read_dataset(seed, kind)
        except PoseError as error:
            refused += 1
            assert "\n" not in str(error) and len(str(error)) < 600, str(error)
            continue
        assert isinstance(dataset, Dataset)
        for index, person in dataset.instances:
            assert 0 <= index < len(dataset.images)
            assert not np.isinf(person.points).any() and len(person.points) == dataset.skeleton.num_keypoints
    assert refused > COUNT // 10
    assert {p for p in tmp_path.rglob("*")} == before


def test_a_file_that_ends_its_reader_is_refused_in_words(tmp_path, monkeypatch):
    pytest.importorskip("sleap_io")
    seed = seeds("slp", tmp_path / "p")
    assert read_dataset(seed, "slp").instances
    # What HDF5 does to its process with such files, done by hand.
    ending = "import os; os.environ.get('POSEAPP_READS_SLP') and os.abort()"
    (tmp_path / "sitecustomize.py").write_text(ending)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    with pytest.raises(PoseError, match=r"in\.slp is damaged"):
        read_dataset(seed, "slp")
