import os

import numpy as np
import pytest

from poseapp.errors import FormatError, PoseError
from poseapp.formats import FORMATS, format_for, read_dataset, what_is_lost, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry, dataset_from_project, inside
from poseapp.labels.edits import AddVideo, ImportInstances
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import load_skeleton


def test_the_table_is_in_order():
    endings = [ending for row in FORMATS.values() for ending in row.extensions]
    assert len(set(endings)) == len(endings)
    for name, row in FORMATS.items():
        assert row.name == name and row.title and row.note.endswith(".") and (row.read or row.write)
        assert all(ending.startswith(".") and ending == ending.lower() for ending in row.extensions)
        assert format_for(f"x{row.extensions[0].upper()}") is row and format_for("x.foo", name) is row


def test_what_is_not_known():
    with pytest.raises(FormatError, match="ends in none of"):
        format_for("x.xlsx")
    with pytest.raises(FormatError, match="no format 'xlsx'.*coco"):
        format_for("x.json", "xlsx")


@pytest.mark.parametrize("name", [name for name, row in FORMATS.items() if not row.is_folder])
def test_every_format_keeps_labels(tmp_path, name):
    dataset = Dataset(load_skeleton("coco17"), [ImageEntry("", 64, 48, "walk.mp4", k) for k in range(3)])
    rng = np.random.default_rng(0)
    for k in range(3):
        visibility = rng.choice([0, 1, 2], 17)
        points = np.round(rng.uniform(0, 64, (17, 2)) * 8) / 8
        dataset.instances.append((k, Instance(points, visibility, score=0.5, track_id=k)))
        if name == "slp":
            # SLEAP has scores only for people whom a network found, in each keypoint.
            dataset.instances[-1][1].scores = rng.uniform(0, 1, 17).astype(np.float32)
            dataset.instances[-1][1].extra["predicted"] = True
    path = tmp_path / f"x{FORMATS[name].extensions[0]}"
    assert bool(what_is_lost(dataset, name)) == name.startswith("dlc")
    write_dataset(path, dataset)
    back = read_dataset(path)
    assert back.skeleton == dataset.skeleton and back.root == tmp_path.resolve()
    # DeepLabCut's tables know a video without its ending, and neither hidden keypoints, scores nor tracks of
    # a single animal: `what_is_lost` says so.
    of_dlc = name.startswith("dlc")
    assert [(i.video, i.frame_idx) for i in back.images] == [
        ("walk" if of_dlc else "walk.mp4", k) for k in range(3)
    ]
    for (index, one), (index_back, two) in zip(dataset.instances, back.instances, strict=True):
        assert index == index_back
        assert (two.score, two.track_id) == ((None, None) if of_dlc else (0.5, one.track_id))
        assert np.array_equal(two.points, one.points, equal_nan=True)
        assert np.array_equal(two.visibility, np.where(one.labelled, 2, 0) if of_dlc else one.visibility)


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_half_writes(tmp_path, name):
    path = tmp_path / "nowhere" / f"x{FORMATS[name].extensions[0]}"
    with pytest.raises(PoseError) as caught:
        write_dataset(path, Dataset(load_skeleton("coco17")), name)
    assert "\n" not in str(caught.value) and os.listdir(tmp_path) == []


def test_inside_allows_what_stays_inside():
    assert inside("a/b.png", "x") == "a/b.png" and inside("a\\b.png", "x") == "a/b.png"
    assert inside("./a..b/c.png", "x") == "a..b/c.png"


def test_labels_of_a_project(tmp_path):
    video = tmp_path / "walk.mp4"
    video.write_bytes(b"")
    with Project.create(tmp_path / "p.pose", load_skeleton("openfield4")) as project:
        facts = (50, 64, 48, 25.0)
        project.push(AddVideo(VideoRecord(0, "walk.mp4", "", str(video), *facts)))
        project.push(AddVideo(VideoRecord(0, "gone.mp4", "", "/gone/gone.mp4", *facts)))
        people = [(2, 1, 5.0), (1, 10, 1.0), (1, 10, 2.0), (1, 3, 3.0)]
        project.push(ImportInstances((v, f, Instance(np.full((4, 2), x))) for v, f, x in people))
        dataset = dataset_from_project(project)
        assert [(i.video, i.frame_idx, i.extra["time_s"]) for i in dataset.images] == [
            (str(video), 3, 0.12), (str(video), 10, 0.4), ("/gone/gone.mp4", 1, 0.04),
        ]  # fmt: skip
        assert [(i, p.points[0, 0]) for i, p in dataset.instances] == [(0, 3), (1, 1), (1, 2), (2, 5)]
        assert len(dataset_from_project(project, 2).images) == 1
        assert dataset.images[0].file_name == "walk/frame_000003.png" and dataset.images[0].width == 64


def test_labels_of_an_image_folder_name_their_pictures(tmp_path, picture_folder):
    from poseapp.video import open_video

    with open_video(picture_folder) as folder:
        names = [folder.frame_name(k) for k in range(len(folder))]
    with Project.create(tmp_path / "p.pose", load_skeleton("openfield4")) as project:
        record = VideoRecord(0, "pictures", "", str(picture_folder), 6, 64, 48, 0.0, is_images=True)
        project.push(AddVideo(record))
        project.push(ImportInstances([(1, 4, Instance(np.ones((4, 2))))]))
        (image,) = dataset_from_project(project).images
        assert image.file_name == f"pictures/{names[4]}" and "time_s" not in image.extra
        assert (tmp_path / image.file_name).is_file()
