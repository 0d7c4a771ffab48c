import itertools
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest

from poseapp.errors import FormatError, PoseError, SkeletonError
from poseapp.formats import predictions_h5
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.formats.predictions_h5 import PredictionFile, PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton

MOUSE = load_skeleton("openfield4")


def person(value=1.0, **fields):
    return Instance(np.full((4, 2), value), **fields)


def writer(path, **fields):
    return PredictionWriter(path, MOUSE, ["a.mp4", "b.mp4"], **({"net": "small"} | fields))


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "run1.h5"
    full = Instance(
        [[1, 2], [np.nan, 0], [3.5, 4], [5, 6]],
        [2, 0, 1, 2],
        [0.5, np.nan, 0.25, 1],
        0.75,
        track_id=4,
        box=[0, 1, 2, 3],
    )
    with writer(path, attrs={"seed": 1}) as out:
        out.append(0, 7, [full, person(2)])
        out.append(0, 3, [])
        out.append(1, 0, [person(9)])
        assert out.done_frames(0).tolist() == [3, 7]
    with PredictionFile(path) as file:
        assert (file.skeleton, file.net, file.videos) == (MOUSE, "small", ["a.mp4", "b.mp4"])
        assert file.attrs == {"seed": 1}
        assert file.frames(0).tolist() == [3, 7] and file.frames(1).tolist() == [0]
        found, plain = file.instances(0, 7)
        full.source = "prediction:run1"
        assert found.same_as(full)
        assert (plain.scores, plain.score, plain.track_id, plain.box) == (None, None, None, None)
        assert file.instances(0, 3) == [] and file.instances(0, 99) == []
        frames, scores = file.frame_scores(0)
        assert frames.tolist() == [3, 7] and scores[0] == 0
        assert scores[1] == pytest.approx((0.5 + 0.25 + 1) / 3)
        assert dict(file.iter_frames(1))[0][0].points[0, 0] == 9
    assert os.listdir(tmp_path) == ["run1.h5"]


def test_plain_h5py_understands_the_layout(tmp_path):
    with writer(tmp_path / "x.h5") as out:
        for k in range(200):
            out.append(0, k, [person(k)] * (k % 3))
    with h5py.File(tmp_path / "x.h5") as file:
        assert file.attrs["net"] == "small" and list(file["videos"]) == ["0", "1"]
        frames, points = file["videos/0/frames"][:], file["videos/0/points"]
        assert points.shape == (sum(k % 3 for k in range(200)), 4, 2) and points.chunks is not None
        for frame_idx, start, count in frames:
            assert count == frame_idx % 3 and (points[start : start + count] == frame_idx).all()


def test_readable_while_it_grows(tmp_path):
    path = tmp_path / "x.h5"
    with writer(path) as out, PredictionFile(path) as file:
        assert file.frames(0).tolist() == []
        out.append(0, 0, [person()])
        out.flush()
        file.refresh()
        assert file.frames(0).tolist() == [0] and len(file.instances(0, 0)) == 1
        for k in range(1, 300):
            out.append(0, k, [person(k)])
        file.refresh()
        seen = file.frames(0).tolist()
        assert 200 < len(seen) < 300 and seen == list(range(len(seen)))
        out.flush()
        file.refresh()
        assert file.instances(0, 299)[0].points[0, 0] == 299
    with PredictionFile(path) as file:
        assert len(file.frames(0)) == 300


def test_a_finished_file_can_be_continued(tmp_path):
    path = tmp_path / "x.h5"
    with writer(path, attrs={"a": 1, "b": 1}) as out:
        out.append(0, 0, [person(1)])
    with PredictionFile(path) as old:
        with writer(path, attrs={"b": 2}) as out:
            assert out.done_frames(0).tolist() == [0] and out.done_frames(1).tolist() == []
            out.append(0, 1, [person(2)])
        old.refresh()
        assert old.frames(0).tolist() == [0, 1] and old.attrs == {"a": 1, "b": 2}
        assert [old.instances(0, k)[0].points[0, 0] for k in (0, 1)] == [1, 2]


def test_a_frame_done_again_replaces_the_first(tmp_path):
    path = tmp_path / "x.h5"
    for value in (1, 2):
        with writer(path) as out:
            out.append(0, 0, [person(value)])
            out.append(0, 0, [person(value + 10)])
    with PredictionFile(path) as file:
        assert file.frames(0).tolist() == [0] and file.instances(0, 0)[0].points[0, 0] == 12
        assert [frame for frame, _ in file.iter_frames(0)] == [0]


def test_following_a_growing_file_reads_each_entry_once(tmp_path, monkeypatch):
    """Frames in any order, some done twice; seen piece by piece it is the same as read at once."""
    path, read = tmp_path / "x.h5", []
    plain = h5py.Dataset.__getitem__

    def counting(self, key, *more):
        found = plain(self, key, *more)
        if self.name.endswith(("/frames", "/frame_score")):
            read.append(len(found))
        return found

    rng = np.random.default_rng(0)
    order = [*range(40), *rng.permutation(60).tolist(), *range(60, 90)]
    with writer(path) as out, PredictionFile(path) as file:
        monkeypatch.setattr(h5py.Dataset, "__getitem__", counting)
        for start in range(0, len(order), 13):
            for number, k in enumerate(order[start : start + 13], start):
                out.append(0, k, [person(number, scores=np.full(4, number / 200))] * (number % 3))
            out.flush()
            file.refresh()
            frames, scores = file.frame_scores(0)
            last = {k: number for number, k in enumerate(order[: start + 13])}
            assert frames.tolist() == sorted(last) == file.frames(0).tolist()
            wanted = [last[k] / 200 if last[k] % 3 else 0 for k in sorted(last)]
            assert scores.tolist() == np.array(wanted, np.float32).tolist()
            for k in list(last)[::7]:
                assert [p.points[0, 0] for p in file.instances(0, k)] == [last[k]] * (last[k] % 3)
            assert file.instances(0, 500) == []
        assert sum(read) == 2 * len(order)
        assert [k for k, _ in file.iter_frames(0)] == sorted(last, key=last.get)


def test_one_writer_at_a_time(tmp_path):
    path = tmp_path / "x.h5"
    with writer(path) as out:
        with pytest.raises(FormatError, match=f"open elsewhere .process {os.getpid()}"):
            writer(path)
        out.append(0, 0, [])
    with writer(path) as out:
        assert out.done_frames(0).tolist() == [0]


def test_a_writer_waits_for_a_reader_that_is_just_opening_the_file(tmp_path):
    path = tmp_path / "x.h5"
    writer(path).close()
    code = "import h5py, sys, time; file = h5py.File(sys.argv[1], 'r'); print(flush=True); time.sleep(0.2)"
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with writer(path) as out:
            out.append(0, 0, [])
    with PredictionFile(path) as file:
        assert file.frames(0).tolist() == [0]


@pytest.mark.parametrize(
    ("skeleton", "videos", "net"),
    [
        (load_skeleton("coco17"), ["a.mp4", "b.mp4"], "small"),
        (MOUSE, ["a.mp4"], "small"),
        (MOUSE, ["a.mp4", "b.mp4"], "large"),
    ],
)
def test_other_predictions_are_never_mixed_in(tmp_path, skeleton, videos, net):
    path = tmp_path / "x.h5"
    with writer(path) as out:
        out.append(0, 0, [person()])
    before = path.read_bytes()
    with pytest.raises(FormatError, match="another net, skeleton or video"):
        PredictionWriter(path, skeleton, videos, net)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["x.h5"]


def test_what_does_not_fit(tmp_path):
    with writer(tmp_path / "x.h5") as out, pytest.raises(SkeletonError, match="5 keypoints"):
        out.append(0, 0, [Instance(np.zeros((5, 2)))])
    with pytest.raises(PoseError):
        writer(tmp_path / "nowhere" / "x.h5")


WRITER = """
import sys
import numpy as np
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import load_skeleton
writer = PredictionWriter(sys.argv[1], load_skeleton("openfield4"), ["a.mp4", "b.mp4"], net="small")
k = len(writer.done_frames(0))
while True:
    writer.append(0, k, [Instance(np.full((4, 2), float(k)))] * (k % 3))
    k += 1
    if k % 7 == 0:
        writer.flush()
        print(k, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX")
def test_killed_again_and_again(tmp_path):
    path = tmp_path / "x.h5"
    for round_number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as child:
            told = [int(line) for line in itertools.islice(child.stdout, 5 + 13 * round_number)][-1]
            with PredictionFile(path) as file:
                assert len(file.frames(0)) >= told
            child.kill()
        with PredictionFile(path) as file:
            frames = file.frames(0)
            assert frames.tolist() == list(range(len(frames))) and len(frames) >= told
            for frame_idx in frames[:: max(1, len(frames) // 50)].tolist():
                people = file.instances(0, frame_idx)
                assert len(people) == frame_idx % 3 and all((p.points == frame_idx).all() for p in people)
    with writer(path) as out:
        assert len(out.done_frames(0)) == len(frames)
    with h5py.File(path) as plain:
        assert len(plain["videos/0/frames"]) == len(frames)
    assert os.listdir(tmp_path) == ["x.h5"]


@pytest.mark.parametrize("content", [b"", b"not hdf5 at all" * 100])
def test_what_is_no_hdf5(tmp_path, content):
    path = tmp_path / "x.h5"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="no prediction file") as caught:
        PredictionFile(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(FormatError, match="no prediction file"):
        writer(path)
    assert path.read_bytes() == content


def test_other_hdf5_and_truncated_files(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = [1, 2]
    with pytest.raises(FormatError, match="another kind of HDF5"):
        PredictionFile(tmp_path / "other.h5")
    with writer(tmp_path / "x.h5") as out:
        for k in range(100):
            out.append(0, k, [person()])
    whole = (tmp_path / "x.h5").read_bytes()
    for size in (100, 1000, len(whole) // 2, len(whole) - 100):
        (tmp_path / "cut.h5").write_bytes(whole[:size])
        with pytest.raises(FormatError) as caught:
            PredictionFile(tmp_path / "cut.h5")
        assert "\n" not in str(caught.value)
    with pytest.raises(FormatError, match="There is no prediction file"):
        PredictionFile(tmp_path / "none.h5")


def test_a_damaged_structure_is_told_at_once(tmp_path):
    """In the mode for growing files HDF5 would try for hours; a hang of this test is its failure."""
    path = tmp_path / "x.h5"
    with writer(path) as out:
        for k in range(100):
            out.append(0, k, [person()])
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for place in rng.integers(48, 3000, 40).tolist():
        damaged = bytearray(whole)
        damaged[place : place + 8] = rng.bytes(8)
        path.write_bytes(damaged)
        try:
            with PredictionFile(path) as file:
                file.instances(0, 50)
        except FormatError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 20


def test_a_newer_version_is_refused(tmp_path):
    with writer(tmp_path / "x.h5"):
        pass
    with h5py.File(tmp_path / "x.h5", "r+") as file:
        file.attrs["version"] = 99
    with pytest.raises(FormatError, match="newer version"):
        PredictionFile(tmp_path / "x.h5")


def test_data_sets_round_trip(tmp_path):
    dataset = Dataset(MOUSE, info={"net": "small", "attrs": {"a": 1}})
    dataset.images = [
        ImageEntry("", video="a.mp4", frame_idx=4),
        ImageEntry("", video="b.mp4", frame_idx=2),
        ImageEntry("", video="a.mp4", frame_idx=1),
        ImageEntry("pictures/ä.png"),
        ImageEntry("pictures/b.png"),
    ]
    dataset.instances = [
        (0, person(1, score=0.5)),
        (0, person(2)),
        (2, person(3)),
        (4, person(4, track_id=0)),
    ]
    path = tmp_path / "x.h5"
    predictions_h5.write(path, dataset)
    back = predictions_h5.read(path)
    assert back.skeleton == MOUSE and back.info == dataset.info
    assert [(i.video, i.frame_idx) for i in back.images] == [
        ("a.mp4", 1), ("a.mp4", 4), ("b.mp4", 2), (None, None), (None, None),
    ]  # fmt: skip
    assert [i.file_name for i in back.images[3:]] == ["pictures/ä.png", "pictures/b.png"]
    assert [(i, p.points[0, 0], p.score, p.track_id) for i, p in back.instances] == [
        (0, 3, None, None), (1, 1, 0.5, None), (1, 2, None, None), (4, 4, None, 0),
    ]  # fmt: skip
    predictions_h5.write(path, Dataset(MOUSE))
    assert predictions_h5.read(path).images == []
