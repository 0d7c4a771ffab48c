"""DeepLabCut projects: in, out, over one that is there, and what is refused."""

import os

import cv2
import numpy as np
import pytest
import yaml

from poseapp import api
from poseapp.errors import FormatError, PoseError
from poseapp.formats import dlc_project, read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.formats.dlc_h5 import read_h5
from poseapp.formats.dlc_table import read_csv
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.video import VideoWriter, open_video
from tests.formats.dlc_material import picture, project


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("as_csv", [False, True])
def test_a_project_goes_through_ours_and_back_unchanged(tmp_path, several, as_csv):
    theirs = tmp_path / "theirs"
    table = project(theirs, several=several, as_csv=as_csv)
    made = api.new(tmp_path / "p.pose", [theirs / "config.yaml"])
    assert made.frames == 3 and made.instances == (9 if several else 3)
    with api.open_project(made.project) as opened:
        assert opened.instances(1, 0)[0].source == "import:theirs"
    out = tmp_path / "out.dlc"
    assert api.export_labels(made.project, out).warnings == []
    place = out / "labeled-data/walk"
    file = place / f"CollectedData_{table.scorer}.h5"
    for back in (read_h5(file), read_csv(file.with_suffix(".csv"))):
        assert (back.scorer, back.columns, back.rows) == (table.scorer, table.columns, table.rows)
        assert np.array_equal(back.values, table.values, equal_nan=True)
    for name in ("img02.png", "img05.png", "img07.png"):
        assert (place / name).read_bytes() == (theirs / "labeled-data/walk" / name).read_bytes()
    config, old = (yaml.safe_load((folder / "config.yaml").read_text()) for folder in (out, theirs))
    for key in ("Task", "scorer", "multianimalproject", "bodyparts", "skeleton", "individuals",
                "uniquebodyparts", "multianimalbodyparts"):  # fmt: skip
        assert config.get(key) == old.get(key), key
    assert config["project_path"] == str(out) and [*config["video_sets"]] == [str(out / "videos/walk.mp4")]
    assert several or config["pcutoff"] == 0.35


def write_walk(path):
    with VideoWriter(path, 10.0, 64, 48) as writer:
        for k in range(10):
            writer.write(picture(k))


def test_labels_are_on_frames_where_the_video_is_there(tmp_path):
    theirs = tmp_path / "theirs"
    project(theirs)
    (theirs / "videos").mkdir()
    write_walk(theirs / "videos/walk.mp4")
    dataset = read_dataset(theirs)
    assert [(i.video, i.frame_idx) for i in dataset.images] == [
        (str((theirs / "videos/walk.mp4").resolve()), k) for k in (2, 5, 7)
    ]
    # Pictures numbered otherwise are no frames of that video.
    os.replace(theirs / "labeled-data/walk/img07.png", theirs / "labeled-data/walk/img02.png")
    dataset = read_dataset(theirs)
    assert dataset.images[0].video is None and "is not frame 2" in dataset.warnings[0]


def test_frames_of_a_video_become_pictures_and_come_back(tmp_path):
    theirs = tmp_path / "theirs"
    project(theirs)
    (theirs / "videos").mkdir()
    write_walk(theirs / "videos/walk.mp4")
    made = api.new(tmp_path / "p.pose", [theirs]).project
    out = tmp_path / "out.dlc"
    api.export_labels(made, out)
    names = sorted(p.name for p in (out / "labeled-data/walk").glob("*.png"))
    assert names == ["img02.png", "img05.png", "img07.png"]
    with api.open_project(made) as opened, open_video(theirs / "videos/walk.mp4") as video:
        assert opened.videos[0].num_frames == 10
        read = cv2.imread(str(out / "labeled-data/walk/img05.png"))[..., ::-1]
        assert np.array_equal(read, video[5])
    again = read_dataset(out)
    assert [i.frame_idx for i in again.images] == [2, 5, 7]


def test_a_project_that_is_there_is_changed_only_where_asked(tmp_path):
    theirs = tmp_path / "theirs"
    project(theirs)
    other = theirs / "labeled-data/other"
    other.mkdir()
    (other / "CollectedData_Ann.csv").write_text(
        (theirs / "labeled-data/walk/CollectedData_Ann.csv").read_text().replace("walk", "other")
    )
    made = api.new(tmp_path / "p.pose", [theirs]).project
    with pytest.raises(FormatError, match="0 added, 0 changed, 0 removed, 3 the same.*--overwrite"):
        api.export_labels(made, theirs)
    with api.open_project(made) as opened:
        from poseapp.labels.edits import DeleteInstances, MoveKeypoint

        first, second = opened.instances(1, 0)[0], opened.instances(1, 1)[0]
        opened.push(MoveKeypoint(first.id, 0, 1.5, 2.5))
        opened.push(DeleteInstances([second.id]))
    before = {p: p.read_bytes() for p in theirs.rglob("*") if p.is_file()}
    told = api.export_labels(made, theirs, dry_run=True)
    assert told.changes == {"added": 0, "changed": 1, "removed": 1, "same": 1}
    assert {p: p.read_bytes() for p in theirs.rglob("*") if p.is_file()} == before
    api.export_labels(made, theirs, overwrite=True)
    table = read_h5(theirs / "labeled-data/walk/CollectedData_Ann.h5")
    assert table.values[0, :2].tolist() == [1.5, 2.5] and len(table.rows) == 2
    assert (other / "CollectedData_Ann.csv").read_bytes() == before[other / "CollectedData_Ann.csv"]
    assert "walk.mp4" in str(yaml.safe_load((theirs / "config.yaml").read_text())["video_sets"])


def test_a_new_project_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    project(tmp_path / "theirs")
    dataset = read_dataset(tmp_path / "theirs")

    def fail(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dlc_project, "write_h5", fail)
    with pytest.raises(PoseError, match="No space left"):
        write_dataset(tmp_path / "out.dlc", dataset)
    assert sorted(os.listdir(tmp_path)) == ["theirs"]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    project(tmp_path / "theirs")
    (tmp_path / "mine.dlc").mkdir()
    (tmp_path / "mine.dlc/thesis.txt").write_text("x")
    with pytest.raises(FormatError, match="other things in it"):
        write_dataset(tmp_path / "mine.dlc", read_dataset(tmp_path / "theirs"))
    assert os.listdir(tmp_path / "mine.dlc") == ["thesis.txt"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not a YAML file"),
        ("- 1\n- 2\n", "not a DeepLabCut configuration"),
        ("bodyparts: {a: 1}\n", "`bodyparts` is not a list"),
        ("bodyparts: !!python/object/apply:os.system [echo]\n", "not a YAML file"),
        ("bodyparts: " + "[" * 3000, "not a YAML file"),
    ],
)
def test_bad_configurations_get_one_line(tmp_path, text, words):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(FormatError, match=words) as caught:
        read_dataset(tmp_path / "config.yaml")
    assert "\n" not in str(caught.value)


def test_the_shared_multi_animal_project(shared_data):
    dataset = read_dataset(shared_data / "formats/dlc/madlc_230_config.yaml")
    assert dataset.skeleton.keypoints == ("A", "B", "C", "D", "E")
    assert dataset.skeleton.edges == ((0, 1), (1, 2), (0, 2))
    assert [n for n in dataset.info["track_names"].values()][-2:] == ["Animal2", "single"]
    assert len(dataset.instances) == 7 and dataset.info["dlc"]["unique"] == ["D", "E"]


def test_aliases_do_not_fill_the_memory(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    (tmp_path / "config.yaml").write_text("\n".join(["bodyparts: [nose]", *lines]) + "\n")
    kept = read_dataset(tmp_path).info["dlc"]["fields"]
    assert "a1" in kept and "a11" not in kept


def test_a_sleap_file_becomes_a_project_with_the_same_individuals(tmp_path):
    sio = pytest.importorskip("sleap_io")
    from tests.formats.test_slp import labels_of

    write_walk(tmp_path / "walk.mp4")
    sio.save_slp(labels_of(tmp_path / "walk.mp4"), str(tmp_path / "in.slp"), verbose=False)
    told = api.convert(tmp_path / "in.slp", tmp_path / "out.dlc")
    said = " ".join(told.warnings)
    assert "hidden keypoints of 2 people" in said and "keypoint scores of 2 people" in said
    table = read_h5(tmp_path / "out.dlc/labeled-data/walk/CollectedData_PoseApp.h5")
    assert list(dict.fromkeys(column[0] for column in table.columns)) == ["ann", "bo"]
    one, two = read_dataset(tmp_path / "in.slp"), read_dataset(tmp_path / "out.dlc")
    key = lambda row: (row[0], row[1].track_id)  # noqa: E731
    pairs = zip(sorted(one.instances, key=key), sorted(two.instances, key=key), strict=True)
    assert all(np.array_equal(a.points, b.points, equal_nan=True) for (_, a), (_, b) in pairs)


def test_videos_of_the_same_name_get_folders_of_their_own(tmp_path):
    dataset = Dataset(Skeleton.from_names("s", ("a",)), root=tmp_path)
    for number, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        write_walk(tmp_path / folder / "walk.mp4")
        dataset.images.append(ImageEntry("", 64, 48, f"{folder}/walk.mp4", 3))
        dataset.instances.append((number, Instance(np.full((1, 2), number + 0.25))))
    write_dataset(tmp_path / "out.dlc", dataset)
    tables = {p.parent.name: read_h5(p) for p in (tmp_path / "out.dlc").glob("labeled-data/*/*.h5")}
    assert {name: (t.rows, t.values.tolist()) for name, t in tables.items()} == {
        "walk": ([("labeled-data", "walk", "img3.png")], [[0.25, 0.25]]),
        "walk-2": ([("labeled-data", "walk-2", "img3.png")], [[1.25, 1.25]]),
    }
    videos = yaml.safe_load((tmp_path / "out.dlc/config.yaml").read_text())["video_sets"]
    stems = [path.rsplit("/", 1)[-1] for path in videos]
    assert stems == ["walk.mp4", "walk-2.mp4"]
