import contextlib
import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from poseapp.errors import FormatError
from poseapp.formats import csv_long
from poseapp.formats.dataset import Dataset, ImageEntry, inside
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, load_skeleton


def two_frames():
    dataset = Dataset(load_skeleton("openfield4"))
    dataset.images = [
        ImageEntry("walk/frame_000005.png", 64, 48, "walk.mp4", 5, extra={"time_s": 0.2}),
        ImageEntry("pictures/a.png", 64, 48),
    ]
    first = Instance(
        [[1.5, -2], [3.25, 4], [np.nan, 0], [5, 6]],
        [2, 1, 0, 2],
        [0.5, 0.25, np.nan, 1],
        0.75,
        "prediction:run1",
        3,
    )
    dataset.instances = [(0, first), (0, Instance(np.ones((4, 2)))), (1, Instance(np.zeros((4, 2))))]
    return dataset


def test_pandas_reads_it(tmp_path):
    csv_long.write(tmp_path / "x.csv", two_frames())
    table = pd.read_csv(tmp_path / "x.csv")
    assert tuple(table.columns) == csv_long.COLUMNS and len(table) == 12
    first = table[(table.frame_idx == 5) & (table.instance == 0)]
    assert first.keypoint.tolist() == ["snout", "leftear", "rightear", "tailbase"]
    assert first.x.fillna(-1).tolist() == [1.5, 3.25, -1, 5] and first.y.fillna(-1).tolist() == [-2, 4, -1, 6]
    assert first.visibility.tolist() == [2, 1, 0, 2]
    assert first.keypoint_score.fillna(-1).tolist() == [0.5, 0.25, -1, 1]
    assert set(first.video) == {"walk.mp4"} and set(first.time_s) == {0.2} and set(first.track_id) == {3}
    assert set(first.score) == {0.75} and set(first.source) == {"prediction:run1"}
    assert table[table.image == "pictures/a.png"].x.tolist() == [0.0] * 4


def test_round_trip(tmp_path):
    dataset = two_frames()
    csv_long.write(tmp_path / "x.csv", dataset)
    back = csv_long.read(tmp_path / "x.csv")
    assert back.skeleton == dataset.skeleton
    assert [(i.video, i.frame_idx) for i in back.images] == [("walk.mp4", 5), (None, None)]
    assert back.images[0].extra == {"time_s": 0.2} and back.images[1].file_name == "pictures/a.png"
    for (index, one), (index_back, two) in zip(dataset.instances, back.instances, strict=True):
        assert index == index_back and two.same_as(one)


@pytest.mark.parametrize(
    "name", ["=1+1", "+x", "-x", "@sum", "\tx", "'=x", "''=x", "'plain", "a,b", 'q"q', "a\nb"]
)
def test_cells_that_look_like_formulas(tmp_path, name):
    skeleton = Skeleton("s", (name, "other"))
    image = ImageEntry("", video=name, frame_idx=0)
    csv_long.write(tmp_path / "x.csv", Dataset(skeleton, [image], [(0, Instance([[1, 2], [-3, 4]]))]))
    with open(tmp_path / "x.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(rows[0][column][:1] not in tuple("=+-@\t\r\n") for column in ("keypoint", "video"))
    assert rows[1]["x"] == "-3.0"
    back = csv_long.read(tmp_path / "x.csv")
    assert back.skeleton.keypoints == (name, "other") and back.images[0].video == name


COORDINATES = st.integers(-(10**9), 10**9).map(lambda v: v / 1000)
PEOPLE = st.builds(
    lambda triples, score, track_id: Instance(
        [t[:2] for t in triples], [t[2] for t in triples], None, score, "user", track_id
    ),
    st.lists(st.tuples(COORDINATES, COORDINATES, st.integers(0, 2)), min_size=4, max_size=4),
    st.none() | st.integers(0, 1000).map(lambda v: v / 1000),
    st.none() | st.integers(0, 9),
)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(PEOPLE, min_size=1, max_size=4), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
)
@example([Instance.empty(4)], "\r")
@example([Instance.empty(4)], "a\nb.mp4")
@example([Instance.empty(4)], "\0")
def test_round_trip_of_anything(tmp_path_factory, people, video):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    image = ImageEntry("", video=video, frame_idx=0)
    csv_long.write(path, Dataset(load_skeleton("openfield4"), [image], [(0, p) for p in people]))
    back = csv_long.read(path)
    with contextlib.suppress(FormatError):
        # Only names that lead out of the folder may change.
        assert (back.images[0].video or "") == inside(video, "video")
    assert [two.same_as(one) for (_, two), one in zip(back.instances, people, strict=True)] == [True] * len(
        people
    )


def test_a_table_of_others(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("frame_idx,keypoint,x,y\n0,a,1,2\n0,b,,\n1,a,3,4\n1,a,5,6\n")
    dataset = csv_long.read(path)
    assert dataset.skeleton.keypoints == ("a", "b")
    assert [i for i, _ in dataset.instances] == [0, 1, 1]
    assert dataset.instances[0][1].visibility.tolist() == [2, 0]
    assert dataset.instances[0][1].source == "import:theirs.csv" and dataset.instances[0][1].scores is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column 'keypoint'"),
        ("a,b\n1,2\n", "no column 'keypoint'"),
        ("frame_idx,keypoint,x\n", "no column 'y'"),
        ("keypoint,x,y\na,1,2\n", "no column 'frame_idx'"),
        ("frame_idx,keypoint,x,y\n", "has no rows"),
        ("frame_idx,keypoint,x,y\n0,a,1\n", "row 2: 3 cells"),
        ("frame_idx,keypoint,x,y\n0,a,one,2\n", "row 2: x is 'one'"),
        ("frame_idx,keypoint,x,y\n0,a,inf,2\n", "row 2: x is 'inf'"),
        ("frame_idx,keypoint,x,y\n0.5,a,1,2\n", "not a whole number"),
        ("frame_idx,keypoint,x,y\n-1,a,1,2\n", "counts from 0"),
        ("frame_idx,keypoint,x,y\n,a,1,2\n", "counts from 0"),
        ("frame_idx,keypoint,x,y,visibility\n0,a,1,2,5\n", "it is 0, 1 or 2"),
        ("frame_idx,keypoint,x,y,visibility\n0,a,,,2\n", "no x or y"),
        ("image,keypoint,x,y\n../a.png,a,1,2\n", "leads out"),
        ("frame_idx,keypoint,x,y\n0,,1,2\n", "without a name"),
        ('frame_idx,keypoint,x,y\n0,"a,1,2\n', "not a CSV file"),
    ],
)
def test_bad_tables(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(FormatError, match=message) as caught:
        csv_long.read(path)
    assert "\n" not in str(caught.value)
