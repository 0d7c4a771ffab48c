"""SLEAP's files beside what SLEAP's own library reads and writes."""

import sys

import cv2
import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseapp import api
from poseapp.errors import FormatError
from poseapp.formats import read_dataset, what_is_lost, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry
from poseapp.labels.edits import AddInstance, MoveKeypoint
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.video import VideoWriter, open_video
from tests.formats.dlc_material import picture

sio = pytest.importorskip("sleap_io", reason='SLEAP files need pip install "poseapp[sleap]"')


@pytest.fixture
def walk(tmp_path):
    path = tmp_path / "walk.mp4"
    with VideoWriter(path, 10.0, 64, 48) as writer:
        for k in range(10):
            writer.write(picture(k))
    return path


@pytest.fixture(autouse=True)
def read_here(monkeypatch):
    """Not in another process first, which takes a second each; see test_mutated_pose_files.py."""
    monkeypatch.setenv("POSEAPP_READS_SLP", "1")


def labels_of(video_path, seed=3):
    """What SLEAP's files can have: users' and predicted people, tracks, hidden points, negative frames."""
    rng = np.random.default_rng(seed)
    skeleton = sio.Skeleton(
        ["nose", "left_ear", "right_ear"], edges=[("nose", "left_ear"), ("nose", "right_ear")],
        symmetries=[("left_ear", "right_ear")], name="mouse",
    )  # fmt: skip
    video = sio.Video(str(video_path), open_backend=False)
    tracks = [sio.Track("ann"), sio.Track("bo")]
    frames = []
    for k in (1, 4):
        points = rng.uniform(0, 60, (3, 2))
        user = sio.Instance.from_numpy(points, skeleton=skeleton, track=tracks[0])
        user.points["visible"][1] = False
        user.points["complete"] = True
        lost = points + 5
        lost[2] = np.nan
        found = sio.PredictedInstance.from_numpy(
            lost, skeleton=skeleton, track=tracks[1], score=float(np.float32(rng.uniform())),
            point_scores=rng.uniform(0, 1, 3).astype(np.float32), tracking_score=0.5,
        )  # fmt: skip
        user.from_predicted = found
        frames.append(sio.LabeledFrame(video, k, [found, user]))
    frames.append(sio.LabeledFrame(video, 6, [], is_negative=True))
    suggestions = [sio.SuggestionFrame(video, 8, {"group": 2})]
    return sio.Labels(frames, videos=[video], skeletons=[skeleton], tracks=tracks, suggestions=suggestions,
                      provenance={"lab": "ours"})  # fmt: skip


def same_labels(one, two):
    """Assert that two label files say the same, to the last bit."""
    assert [s.node_names for s in one.skeletons] == [s.node_names for s in two.skeletons]
    assert one.skeleton.name == two.skeleton.name and one.skeleton.edge_inds == two.skeleton.edge_inds
    assert {frozenset(s) for s in one.skeleton.symmetry_inds} == {
        frozenset(s) for s in two.skeleton.symmetry_inds
    }
    assert [t.name for t in one.tracks] == [t.name for t in two.tracks]
    assert [v.filename for v in one.videos] == [v.filename for v in two.videos]
    assert [(s.frame_idx, s.metadata) for s in one.suggestions] == [
        (s.frame_idx, s.metadata) for s in two.suggestions
    ]
    key = lambda frame: frame.frame_idx  # noqa: E731
    for a, b in zip(sorted(one, key=key), sorted(two, key=key), strict=True):
        assert (a.frame_idx, a.is_negative) == (b.frame_idx, b.is_negative)
        for x, y in zip(a.instances, b.instances, strict=True):
            assert type(x) is type(y) and (x.track and x.track.name) == (y.track and y.track.name)
            assert np.array_equal(x.points["xy"], y.points["xy"], equal_nan=True)
            # A point without a place is neither visible nor hidden.
            there = np.isfinite(x.points["xy"]).all(axis=1)
            assert np.array_equal(x.points["visible"][there], y.points["visible"][there])
            for field in ("complete", *(["score"] if "score" in x.points.dtype.names else [])):
                assert np.array_equal(x.points[field], y.points[field]), field
            assert getattr(x, "score", None) == getattr(y, "score", None)
            # NaN, None and 0 all say that there is none.
            assert np.nan_to_num(x.tracking_score or 0) == np.nan_to_num(y.tracking_score or 0)
            assert (x.from_predicted is None) == (y.from_predicted is None)
            if x.from_predicted is not None:
                assert a.instances.index(x.from_predicted) == b.instances.index(y.from_predicted)


def test_a_file_goes_through_a_project_and_back_unchanged(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    made = api.new(tmp_path / "p.pose", [tmp_path / "in.slp"])
    assert made.instances == 4 and made.videos == [walk] and made.warnings == []
    told = api.export_labels(made.project, tmp_path / "out.slp")
    assert told.warnings == []
    one, two = (sio.load_slp(str(tmp_path / f"{n}.slp"), open_videos=False) for n in ("in", "out"))
    same_labels(one, two)
    assert two.provenance["lab"] == "ours"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_places_keep_every_bit(tmp_path, data):
    number = st.floats(-1e9, 1e9)
    skeleton = Skeleton.from_names("s", ("a", "left_b", "right_b"))
    dataset = Dataset(skeleton, [ImageEntry("", 9, 9, "walk.mp4", k) for k in range(2)])
    for k in range(2):
        points = data.draw(st.lists(st.tuples(number, number), min_size=3, max_size=3))
        visibility = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=3, max_size=3))
        dataset.instances.append(
            (k, Instance(points, visibility, track_id=data.draw(st.none() | st.integers(0, 3))))
        )
    write_dataset(tmp_path / "t.slp", dataset)
    back = read_dataset(tmp_path / "t.slp")
    assert back.skeleton == skeleton
    names = back.info.get("track_names", {})
    for (i, one), (j, two) in zip(dataset.instances, back.instances, strict=True):
        assert i == j and np.array_equal(one.points, two.points, equal_nan=True)
        assert np.array_equal(one.visibility, two.visibility)
        name = None if two.track_id is None else names[str(two.track_id)]
        assert name == (None if one.track_id is None else f"track_{one.track_id}")


def test_the_shared_files(tmp_path, shared_data):
    for name in ("clip.predictions.slp", "minimal_instance.slp", "small_robot_minimal.slp"):
        dataset = read_dataset(shared_data / "formats" / name)
        write_dataset(tmp_path / "out.slp", dataset)
        one = sio.load_slp(str(shared_data / "formats" / name), open_videos=False)
        two = sio.load_slp(str(tmp_path / "out.slp"), open_videos=False)
        one.labeled_frames = [frame for frame in one.labeled_frames if frame.instances or frame.is_negative]
        two.labeled_frames = [frame for frame in two.labeled_frames if frame.instances or frame.is_negative]
        for found in (*one.videos, *two.videos):
            found.replace_filename(str(found.filename).rsplit("/", 1)[-1], open=False)
        same_labels(one, two)


def test_a_package_has_the_exact_frames(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    made = api.new(tmp_path / "p.pose", [tmp_path / "in.slp"]).project
    api.export_labels(made, tmp_path / "out.pkg.slp")
    package = sio.load_slp(str(tmp_path / "out.pkg.slp"))
    with open_video(walk) as video:
        for k in (1, 4):
            assert np.array_equal(package.videos[0][k], video[k])
    assert package.videos[0].source_video.filename == str(walk)
    package.videos[0].close()
    # Where the video is gone, the project gets the pictures.
    with open_video(walk) as video:
        frames = {k: video[k] for k in (1, 4)}
    walk.unlink()
    other = api.new(tmp_path / "q.pose", [tmp_path / "out.pkg.slp"])
    assert "were put into" in other.warnings[0]
    with api.open_project(other.project) as opened:
        (record,) = opened.videos
        folder = opened.resolve(record)
        assert record.is_images and folder.is_relative_to(opened.path)
        assert opened.labelled_frames(record.id).tolist() == [0, 1]
    for k, image in frames.items():
        assert np.array_equal(cv2.imread(str(folder / f"frame_{k:06d}.png"))[..., ::-1], image)


def test_predicted_people_become_a_users_when_somebody_changes_them(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    made = api.new(tmp_path / "p.pose", [tmp_path / "in.slp"]).project
    with api.open_project(made) as opened:
        person = next(p for p in opened.instances(1, 1) if p.extra.get("predicted"))
        opened.push(MoveKeypoint(person.id, 0, 5.0, 6.0))
    assert "scores of 1 person" in " ".join(api.export_labels(made, tmp_path / "out.slp").warnings)
    labels = sio.load_slp(str(tmp_path / "out.slp"), open_videos=False)
    frame = next(frame for frame in labels if frame.frame_idx == 1)
    assert not any(isinstance(i, sio.PredictedInstance) for i in frame.instances)


def test_videos_of_another_machine_are_looked_for_beside_the_file(tmp_path, walk):
    labels = labels_of("C:\\data\\walk.mp4")
    sio.save_slp(labels, str(tmp_path / "in.slp"), verbose=False)
    assert {i.video for i in read_dataset(tmp_path / "in.slp").images} == {str(walk.resolve())}
    walk.unlink()
    with pytest.raises(FormatError, match="put walk.mp4 beside the file"):
        api.new(tmp_path / "p.pose", [tmp_path / "in.slp"])
    assert not (tmp_path / "p.pose").exists()


def test_boxes_are_said_to_be_lost():
    dataset = Dataset(Skeleton.from_names("s", ("a",)), [ImageEntry("", 9, 9, "walk.mp4", 0)])
    dataset.instances = [(0, Instance(np.ones((1, 2)), box=np.arange(4)))]
    assert what_is_lost(dataset, "slp") == [
        "SLEAP cannot hold everything: the boxes of 1 person are left out."
    ]


def test_without_the_library_it_says_what_to_install(tmp_path, walk, monkeypatch):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    monkeypatch.setitem(sys.modules, "sleap_io", None)
    with pytest.raises(FormatError, match=r'pip install "poseapp\[sleap\]"'):
        read_dataset(tmp_path / "in.slp")


def test_links_into_other_files_are_not_followed(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    with h5py.File(tmp_path / "in.slp", "r+") as file:
        del file["points"]
        file["points"] = h5py.ExternalLink("/etc/passwd", "/points")
    with pytest.raises(FormatError, match="leads into another file"):
        read_dataset(tmp_path / "in.slp")


def test_prediction_files_go_out_as_predicted(tmp_path):
    from poseapp.formats.predictions_h5 import PredictionWriter

    skeleton = Skeleton.from_names("s", ("a", "b"))
    with PredictionWriter(tmp_path / "p.h5", skeleton, ["walk.mp4"], net="default") as writer:
        writer.append(0, 3, [Instance(np.ones((2, 2)), scores=np.array([0.5, 0.25], np.float32), score=0.75)])
    assert api.convert(tmp_path / "p.h5", tmp_path / "p.slp").warnings == []
    (frame,) = sio.load_slp(str(tmp_path / "p.slp"), open_videos=False)
    (found,) = frame.instances
    assert isinstance(found, sio.PredictedInstance) and found.score == 0.75 and frame.frame_idx == 3
    assert found.points["score"].tolist() == [0.5, 0.25]


def test_a_package_that_is_only_looked_at_leaves_nothing(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    made = api.new(tmp_path / "p.pose", [tmp_path / "in.slp"]).project
    api.export_labels(made, tmp_path / "out.pkg.slp")
    walk.unlink()
    other = api.new(tmp_path / "q.pose", [], skeleton="openfield4").project
    with api.open_project(other) as opened:
        told = api.import_labels(opened, tmp_path / "out.pkg.slp", skeleton="take", dry_run=True)
        assert told.instances == 4 and not (opened.path / "frames").exists() and not opened.videos
        api.import_labels(opened, tmp_path / "out.pkg.slp", skeleton="take")
        assert opened.counts()["instances"] == 4 and len(opened.videos) == 1


def test_folders_of_pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for k in range(3):
        assert cv2.imwrite(str(folder / f"{k}.png"), picture(k)[..., ::-1])
    (tmp_path / "s.toml").write_text('name = "s"\nkeypoints = ["a", "b"]\n')
    made = api.new(tmp_path / "p.pose", [folder], skeleton=str(tmp_path / "s.toml")).project
    with api.open_project(made) as opened:
        opened.push(AddInstance(1, 2, Instance(np.array([[1.5, 2.25], [3.0, 4.0]]))))
    for name in ("out.slp", "out.pkg.slp"):
        api.export_labels(made, tmp_path / name)
        labels = sio.load_slp(str(tmp_path / name))
        (frame,) = labels
        assert frame.frame_idx == 2 and np.array_equal(labels.videos[0][2], picture(2))
        labels.videos[0].close()
        other = api.new(tmp_path / f"{name}.pose", [tmp_path / name]).project
        with api.open_project(other) as opened:
            assert opened.resolve(1) == folder.resolve() and opened.labelled_frames(1).tolist() == [2]


def test_texts_that_lie_nowhere_are_refused_before_they_are_read(tmp_path, walk):
    sio.save_slp(labels_of(walk), str(tmp_path / "in.slp"), verbose=False)
    with h5py.File(tmp_path / "in.slp") as file:
        place = file["videos_json"].id.get_chunk_info(0).byte_offset
    data = bytearray((tmp_path / "in.slp").read_bytes())
    # The text's length: HDF5 would read over the end of its heap.
    data[place : place + 4] = (1 << 30).to_bytes(4, "little")
    (tmp_path / "in.slp").write_bytes(data)
    with pytest.raises(FormatError, match="the texts of videos_json are not where it says"):
        read_dataset(tmp_path / "in.slp")
