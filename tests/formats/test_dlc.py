"""DeepLabCut tables: both headers, both layouts of pandas, predictions, and exact round trips."""

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp.errors import FormatError
from poseapp.formats import format_for, read_dataset, what_is_lost, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.formats.dlc_h5 import read_h5, write_h5
from poseapp.formats.dlc_table import DlcTable, read_csv, write_csv
from poseapp.formats.pickled_text import read_plain_pickle
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

pd = pytest.importorskip("pandas")
pytest.importorskip("tables")

SKELETON = Skeleton.from_names("s", ("nose", "left_ear", "right_ear"))
numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))


def same_table(one: DlcTable, two: DlcTable) -> bool:
    same = (one.scorer, one.columns, one.rows) == (two.scorer, two.columns, two.rows)
    return same and np.array_equal(one.values, two.values, equal_nan=True)


@st.composite
def tables(draw):
    names = st.text("abcXY_é 0", min_size=1, max_size=5).filter(str.strip)
    parts = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    individuals = draw(st.sampled_from([[""], ["m1", "m2"]]))
    coords = draw(st.sampled_from([("x", "y"), ("x", "y", "likelihood")]))
    columns = [(i, p, c) for i in individuals for p in parts for c in coords]
    count = draw(st.integers(0, 4))
    rows = [("labeled-data", "v", f"img{k}.png") for k in range(count)]
    if len(coords) == 3:
        rows = list(range(count))
    values = draw(st.lists(st.lists(numbers, min_size=len(columns), max_size=len(columns)),
                           min_size=count, max_size=count))  # fmt: skip
    return DlcTable(draw(names), columns, rows, np.array(values).reshape(count, len(columns)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_tables_come_back_to_the_last_bit(tmp_path, table):
    write_h5(tmp_path / "t.h5", table)
    assert same_table(read_h5(tmp_path / "t.h5"), table)
    if table.rows:
        write_csv(tmp_path / "t.csv", table)
        assert same_table(read_csv(tmp_path / "t.csv"), table)


@pytest.mark.parametrize("individuals", [[""], ["m1", "m2"]])
def test_pandas_reads_our_hdf5_as_deeplabcut_does(tmp_path, individuals):
    columns = [(i, p, c) for i in individuals for p in ("nose", "tail") for c in "xy"]
    rows = [("labeled-data", "v", "img1.png"), ("labeled-data", "v", "img10.png")]
    values = np.random.default_rng(0).uniform(0, 99, (2, len(columns)))
    write_h5(tmp_path / "t.h5", DlcTable("Ann", columns, rows, values))
    frame = pd.read_hdf(tmp_path / "t.h5")
    levels = ["scorer", *(["individuals"] if individuals[0] else []), "bodyparts", "coords"]
    assert list(frame.columns.names) == levels and list(frame.index) == rows
    assert [c[0] for c in frame.columns] == ["Ann"] * len(columns)
    assert np.array_equal(frame.to_numpy(), values) and list(frame.index.names) == [None] * 3


@pytest.mark.parametrize("layout", ["fixed", "table"])
@pytest.mark.parametrize("individuals", [False, True])
def test_we_read_what_pandas_writes(tmp_path, layout, individuals):
    lists = [["net"], *([["m1", "m2"]] if individuals else []), ["nose", "tail"], ["x", "y", "likelihood"]]
    names = ["scorer", *(["individuals"] if individuals else []), "bodyparts", "coords"]
    columns = pd.MultiIndex.from_product(lists, names=names)
    values = np.random.default_rng(1).uniform(0, 99, (5, len(columns)))
    pd.DataFrame(values, columns=columns, index=range(5)).to_hdf(
        tmp_path / "walkDLC_net.h5", key="df_with_missing", mode="w", format=layout
    )
    found = read_h5(tmp_path / "walkDLC_net.h5")
    assert found.rows == list(range(5)) and np.array_equal(found.values, values) and found.scorer == "net"
    (tmp_path / "walk.mp4").write_bytes(b"")
    dataset = read_dataset(tmp_path / "walkDLC_net.h5")
    assert format_for(tmp_path / "walkDLC_net.h5").name == "dlc_h5"
    assert {image.video for image in dataset.images} == {"walk.mp4"}
    person = dataset.instances[0][1]
    assert person.extra["predicted"] and person.scores == pytest.approx(values[0, [2, 5]], rel=1e-6)


def test_both_headers_say_the_same(shared_data):
    folder = shared_data / "formats/dlc/labeled-data/video"
    for kind in ("dlc", "madlc", "maudlc"):
        one, two = (read_dataset(folder / f"{kind}_testdata{version}.csv") for version in ("", "_v2"))
        assert one.skeleton.keypoints == two.skeleton.keypoints and one.info == two.info
        assert [i.file_name for i in one.images] == [i.file_name for i in two.images]
        for (k, a), (j, b) in zip(one.instances, two.instances, strict=True):
            assert k == j and np.array_equal(a.points, b.points, equal_nan=True) and a.track_id == b.track_id


def test_the_original_openfield_labels(shared_data):
    folder = shared_data / "openfield/labeled-data/m4s1"
    one, two = read_h5(folder / "CollectedData_Pranav.h5"), read_csv(folder / "CollectedData_Pranav.csv")
    assert same_table(one, two) and len(one.rows) == 116


def test_predictions_keep_likelihood_and_frames(tmp_path):
    dataset = Dataset(SKELETON, [ImageEntry("", 9, 9, "walk.mp4", k) for k in (3, 10)])
    for k in range(2):
        scores = np.array([0.5, 0.25, 0.125], np.float32)
        person = Instance(np.full((3, 2), k + 0.1), scores=scores, extra={"predicted": True})
        dataset.instances.append((k, person))
    for ending in (".dlc.csv", ".dlc.h5"):
        write_dataset(tmp_path / f"walk{ending}", dataset)
        back = read_dataset(tmp_path / f"walk{ending}")
        assert [(i.video, i.frame_idx) for i in back.images] == [("walk", 3), ("walk", 10)]
        for (_, one), (_, two) in zip(dataset.instances, back.instances, strict=True):
            assert np.array_equal(one.points, two.points) and np.array_equal(one.scores, two.scores)
            assert two.extra == {"predicted": True}


def test_what_a_table_cannot_hold_is_said():
    dataset = Dataset(SKELETON, [ImageEntry("", 9, 9, "walk.mp4", 0)])
    one = Instance(np.ones((3, 2)), np.array([1, 2, 2]), score=0.5, track_id=4, box=np.arange(4))
    dataset.instances = [(0, one)]
    said = " ".join(what_is_lost(dataset, "dlc_csv"))
    for word in ("hidden keypoints of 1 person", "boxes", "scores of 1 person as a whole", "tracks"):
        assert word in said, said
    # Two of one track in a picture cannot both be that individual.
    dataset.instances.append((0, Instance(np.full((3, 2), 5.0), track_id=4)))
    assert any("once a picture: 1" in text for text in what_is_lost(dataset, "dlc_csv"))


class Trap:
    """Unpickling this would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.write_text, (self.path, "gotcha"))


def test_no_pickle_is_run(tmp_path):
    trap = tmp_path / "trap"
    bomb = pickle.dumps([Trap(trap)], protocol=0)
    with pytest.raises(FormatError, match="holds a program"):
        read_plain_pickle(bomb, "x")
    columns = pd.MultiIndex.from_product([["s"], ["a"], ["x", "y"]], names=["scorer", "bodyparts", "coords"])
    pd.DataFrame(np.ones((1, 2)), columns=columns).to_hdf(
        tmp_path / "t.h5", key="k", mode="w", format="table"
    )
    with h5py.File(tmp_path / "t.h5", "r+") as file:
        file["k"].attrs["non_index_axes"] = np.bytes_(bomb)
    with pytest.raises(FormatError, match="holds a program"):
        read_dataset(tmp_path / "t.h5")
    assert not trap.exists()


@pytest.mark.parametrize("protocol", range(5))
def test_lists_of_names_are_read_without_unpickling(protocol):
    value = [(1, [("Ann", "nose", "x"), ("Ann", "nose", "y")]), {"names": ["a", None], "n": -3}, 1.5, True]
    assert read_plain_pickle(pickle.dumps(value, protocol=protocol), "x") == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scorer,a,a\nbodyparts,n,n\n", "no line 'coords'"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,z\n", "called 'z'"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,x\n", "occurs twice"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,y\n../../etc/img1.png,1,2\n", "leads out"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,y\n/etc/img1.png,1,word\n", "line 4: 'word' is no number"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,y\nimg1.png,1,2,3\n", "line 4: 4 cells"),
        ("scorer,a,a\nbodyparts,n,n\ncoords,x,y\nimg1.png,1,inf\n", "infinite"),
    ],
)
def test_bad_tables_get_one_line(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(FormatError, match=words) as caught:
        read_dataset(tmp_path / "t.csv", "dlc_csv")
    assert "\n" not in str(caught.value)


def test_a_table_that_says_to_be_huge_is_refused(tmp_path):
    write_h5(tmp_path / "t.h5", DlcTable("a", [("", "n", "x"), ("", "n", "y")], [0], np.ones((1, 2))))
    with h5py.File(tmp_path / "t.h5", "r+") as file:
        group = file["df_with_missing"]
        del group["block0_values"]
        group.create_dataset(
            "block0_values", (100_000_000, 2), "<f8", chunks=(1_000_000, 2), compression="gzip"
        )
    with pytest.raises(FormatError, match="says to hold 1,525 MiB"):
        read_dataset(tmp_path / "t.h5")
