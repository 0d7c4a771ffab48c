import json

import cv2
import numpy as np
import pytest

from poseapp import api
from poseapp.errors import FormatError, ProjectError
from poseapp.formats import coco, csv_long, read_dataset, write_dataset
from poseapp.formats.dataset import Dataset, ImageEntry, dataset_from_project, video_names
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.edits import AddVideo, ImportInstances
from poseapp.labels.instance import Instance
from poseapp.labels.project import Project, VideoRecord
from poseapp.labels.skeleton import load_skeleton
from poseapp.training.checks import check_labels
from poseapp.training.images import ImageReader
from poseapp.training.sources import kept_labels

MOUSE = load_skeleton("openfield4")
# Name, width, height and grey of each picture.
PICTURES = {"img1.png": (40, 30, 10), "img2.png": (200, 300, 20), "img3.png": (60, 50, 30)}


def put_picture(folder, name, width, height, grey):
    assert cv2.imwrite(str(folder / name), np.full((height, width, 3), grey, np.uint8))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "pictures"
    made.mkdir()
    for name, facts in PICTURES.items():
        put_picture(made, name, *facts)
    return made


@pytest.fixture
def project(tmp_path, folder):
    """Every picture labelled, with keypoints in the far corner of each."""
    with Project.create(tmp_path / "p.pose", MOUSE) as made:
        record = VideoRecord(0, "pictures", "", str(folder), 3, 40, 30, 0.0, is_images=True)
        made.push(AddVideo(record))
        for k, (width, height, _) in enumerate(PICTURES.values()):
            points = np.array([[width - 9, height - 9], [5, 5], [width - 5, 5], [5, height - 5]])
            made.push(ImportInstances([(1, k, Instance(points))]))
    return made.path


def read_project(path):
    with Project.open(path, read_only=True) as opened:
        return dataset_from_project(opened)


def test_each_picture_has_its_own_size(project, tmp_path):
    dataset = read_project(project)
    assert [(i.width, i.height) for i in dataset.images] == [v[:2] for v in PICTURES.values()]
    assert not [p for p in check_labels(dataset) if p.kind == "outside"]
    api.export_labels(project, tmp_path / "out.json")
    images = json.loads((tmp_path / "out.json").read_text())["images"]
    assert [(i["width"], i["height"]) for i in images] == [v[:2] for v in PICTURES.values()]


def test_who_reads_sees_the_picture_that_was_labelled(project, folder):
    """The project was not opened for writing since, so its numbers are the old ones."""
    put_picture(folder, "img0.png", 10, 10, 99)
    (folder / "img1.png").unlink()
    dataset = read_project(project)
    assert [i.file_name for i in dataset.images] == ["pictures/img2.png", "pictures/img3.png"]
    assert [i.frame_idx for i in dataset.images] == [1, 2] and len(dataset.instances) == 2
    with ImageReader(dataset) as reader:
        assert [int(reader[k].max()) for k in range(2)] == [20, 30]


def test_a_run_goes_on_with_the_pictures_it_began_with(project, folder, tmp_path):
    (tmp_path / "run").mkdir()
    kept_labels(project, tmp_path / "run" / "labels-0.json")
    put_picture(folder, "img0.png", 10, 10, 99)
    dataset = kept_labels(project, tmp_path / "run" / "labels-0.json")
    with ImageReader(dataset) as reader:
        assert [int(reader[k].max()) for k in range(3)] == [10, 20, 30]


def test_nothing_is_guessed_when_all_pictures_have_other_names(project, folder):
    for name in PICTURES:
        (folder / name).rename(folder / f"new-{name}")
    with pytest.raises(ProjectError, match="None of the pictures"):
        read_project(project)


def test_predictions_in_a_project_find_its_videos(project, tmp_path, marks_video):
    record = VideoRecord(0, "marks.mp4", "", str(marks_video), 12, 96, 96, 12.0)
    with Project.open(project) as opened:
        opened.push(AddVideo(record))
        names = [v.rel_path for v in opened.videos]
        path = opened.predictions_dir / "run.h5"
    with PredictionWriter(path, MOUSE, names, net="n") as out:
        out.append(0, 1, [Instance(np.ones((4, 2)))])
        out.append(1, 3, [Instance(np.ones((4, 2)))])
    dataset = read_dataset(path)
    assert dataset.root == project
    picture, frame = dataset.images
    assert (picture.file_name, picture.width, picture.height) == ("pictures/img2.png", 200, 300)
    assert (frame.video, frame.width, frame.extra["time_s"]) == (str(marks_video), 96, 0.25)
    api.convert(path, tmp_path / "out.json")
    images = json.loads((tmp_path / "out.json").read_text())["images"]
    assert [(i["width"], i["height"]) for i in images] == [(200, 300), (96, 96)]
    assert images[0]["video"] == "pictures" and images[1]["video"] == "marks.mp4"
    api.convert(path, tmp_path / "out.csv")
    assert {i.extra.get("time_s") for i in read_dataset(tmp_path / "out.csv").images} == {None, 0.25}


def test_predictions_of_a_damaged_project_are_still_read(tmp_path):
    (tmp_path / "predictions").mkdir()
    (tmp_path / "project.db").write_text("no database")
    with PredictionWriter(tmp_path / "predictions" / "x.h5", MOUSE, ["a.mp4"]) as out:
        out.append(0, 1, [])
    assert read_dataset(tmp_path / "predictions" / "x.h5").images[0].video == "a.mp4"


@pytest.mark.parametrize(
    "video", ["/films/a.mp4", "../a.mp4", "x/../../a.mp4", "C:\\a.mp4", "\\\\host\\a.mp4"]
)
def test_no_file_leads_to_videos_elsewhere(tmp_path, video):
    image = {"id": 1, "file_name": "f.png", "video": video, "frame_idx": 0}
    category = {"id": 1, "name": "m", "keypoints": list(MOUSE.keypoints)}
    document = {"images": [image], "annotations": [], "categories": [category]}
    (tmp_path / "a.json").write_text(json.dumps(document))
    with pytest.raises(FormatError, match="video of image 1 in a.json.*leads out"):
        coco.read(tmp_path / "a.json")
    assert coco.read(tmp_path / "a.json", videos_anywhere=True).images[0].video == video
    (tmp_path / "a.csv").write_text(f"video,frame_idx,keypoint,x,y\n{video},0,nose,1,2\n")
    with pytest.raises(FormatError, match="video in a.csv, row 2.*leads out"):
        csv_long.read(tmp_path / "a.csv")


def test_videos_keep_apart_however_they_are_named(tmp_path):
    below = tmp_path / "films" / "walk.mp4"
    paths = [str(below), "/one/cam.mp4", "/two/cam.mp4", "D:\\three\\cam.mp4", "../cam.mp4", "kept/a.mp4"]
    dataset = Dataset(
        MOUSE, [ImageEntry("", video=p, frame_idx=0) for p in paths], root=tmp_path / "elsewhere"
    )
    names = video_names(dataset, tmp_path)
    assert names[str(below)] == "films/walk.mp4" and names["kept/a.mp4"] == "elsewhere/kept/a.mp4"
    assert names["../cam.mp4"] == "cam.mp4" and names["/one/cam.mp4"] == "one/cam.mp4"
    assert len(set(names.values())) == len(paths) and names["D:\\three\\cam.mp4"] == "three/cam.mp4"
    for format in ("coco", "csv"):
        dataset.instances = [(k, Instance(np.ones((4, 2)))) for k in range(len(paths))]
        write_dataset(tmp_path / "out", dataset, format)
        back = read_dataset(tmp_path / "out", format)
        assert [i.video for i in back.images] == [names[p] for p in paths]


def test_a_run_keeps_videos_that_lie_anywhere(tmp_path, marks_video):
    with Project.create(tmp_path / "p.pose", MOUSE) as made:
        made.push(AddVideo(VideoRecord(0, "m.mp4", "", str(marks_video), 12, 96, 96, 12.0)))
        made.push(ImportInstances([(1, 3, Instance(np.ones((4, 2))))]))
    (tmp_path / "run").mkdir()
    for _ in range(2):
        dataset = kept_labels(made.path, tmp_path / "run" / "labels-0.json")
        with ImageReader(dataset) as reader:
            assert reader[0].shape == (96, 96, 3)


COCO = {
    "info": {"year": 2026}, "licenses": [{"id": 1, "name": "CC"}], "mine": {"a": [1]},
    "images": [
        {"id": 70, "file_name": "pictures/img3.png", "width": 60, "height": 50, "license": 1, "url": "u"},
        {"id": 30, "file_name": "pictures/img1.png", "width": 40, "height": 30, "date_captured": "now"},
    ],
    "categories": [
        {"id": 5, "name": "person", "supercategory": "alive", "keypoints": list(MOUSE.keypoints)},
        {"id": 2, "name": "car", "supercategory": "thing"},
    ],
    "annotations": [
        {"id": 110, "image_id": 70, "category_id": 5, "keypoints": [1, 2, 2] * 4, "mood": "fine",
         "bbox": [0, 1, 10, 20], "area": 55.5, "iscrowd": 0, "segmentation": [[1, 2, 3, 4, 5, 6]]},
        {"id": 90, "image_id": 30, "category_id": 5, "keypoints": [3, 4, 1] * 4, "bbox": [1, 1, 2, 2],
         "area": 4.0, "iscrowd": 0},
        {"id": 91, "image_id": 30, "category_id": 2, "bbox": [1, 1, 2, 2], "area": 4, "iscrowd": 0},
    ],
}  # fmt: skip


@pytest.fixture
def empty_project(tmp_path, folder):
    with Project.create(tmp_path / "q.pose", MOUSE) as made:
        made.push(AddVideo(VideoRecord(0, "pictures", "", str(folder), 3, 40, 30, 0.0, is_images=True)))
    return made.path


def export(project, path):
    api.export_labels(project, path)
    return json.loads(path.read_text())


def by_id(rows):
    return {row["id"]: row for row in rows}


def test_nothing_that_a_file_says_is_lost_in_a_project(empty_project, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(COCO))
    api.import_labels(empty_project, tmp_path / "a.json")
    out = export(empty_project, tmp_path / "out.json")
    assert {k: out[k] for k in ("info", "licenses", "mine")} == {
        k: COCO[k] for k in ("info", "licenses", "mine")
    }
    for key in ("images", "annotations", "categories"):
        back = by_id(out[key])
        assert set(back) == set(by_id(COCO[key]))
        for number, row in by_id(COCO[key]).items():
            for name, value in row.items():
                assert back[number][name] == value, (key, number, name)


def test_what_a_file_said_is_undone_and_redone_with_its_labels(empty_project, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(COCO))
    with api.open_project(empty_project) as opened:
        api.import_labels(opened, tmp_path / "a.json")
        told = opened.imported_frames(), opened.imported_documents()
        assert len(told[0]) == 2 and told[1][0][0] == "a.json"
        opened.undo()
        assert (opened.imported_frames(), opened.imported_documents()) == ({}, [])
        opened.redo()
        assert (opened.imported_frames(), opened.imported_documents()) == told


def test_the_same_file_again_changes_nothing(empty_project, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(COCO))
    first = api.import_labels(empty_project, tmp_path / "a.json")
    assert (first.instances, first.duplicates, first.frames) == (2, 0, 2)
    before = export(empty_project, tmp_path / "out.json")
    again = api.import_labels(empty_project, tmp_path / "a.json")
    assert (again.instances, again.duplicates, again.frames) == (0, 2, 0)
    assert export(empty_project, tmp_path / "out.json") == before


def test_our_own_export_comes_back_from_its_folder(empty_project, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(COCO))
    api.import_labels(empty_project, tmp_path / "a.json")
    export(empty_project, tmp_path / "out.json")
    with Project.create(tmp_path / "r.pose", MOUSE) as other:
        pass
    brought = api.import_labels(other.path, tmp_path / "out.json")
    assert (brought.instances, brought.videos, brought.skipped) == (2, ["pictures"], 0)
    assert export(other.path, tmp_path / "two.json") == json.loads((tmp_path / "out.json").read_text())


def test_files_whose_ids_clash_keep_what_belongs_together(empty_project, tmp_path):
    other = json.loads(json.dumps(COCO))
    other["licenses"] = [{"id": 1, "name": "CC"}, {"id": 2, "name": "PD"}]
    for image, name in zip(other["images"], ("img2.png", "img1.png"), strict=True):
        image["file_name"] = f"pictures/{name}"
    other["images"] = other["images"][:1]
    other["annotations"] = other["annotations"][:1]
    other["annotations"].append({"id": 91, "image_id": 70, "category_id": 2, "bbox": [9, 9, 9, 9]})
    other["categories"][1]["name"] = "dog"
    for name, document in (("a.json", COCO), ("b.json", other)):
        (tmp_path / name).write_text(json.dumps(document))
        api.import_labels(empty_project, tmp_path / name)
    out = export(empty_project, tmp_path / "out.json")
    assert out["licenses"] == other["licenses"]
    for key in ("images", "annotations", "categories"):
        assert len(by_id(out[key])) == len(out[key]) == {"images": 3, "annotations": 5, "categories": 3}[key]
    images, kinds = by_id(out["images"]), {c["id"]: c["name"] for c in out["categories"]}
    found = {(kinds[a["category_id"]], images[a["image_id"]]["file_name"]) for a in out["annotations"]}
    assert found == {
        ("person", "pictures/img1.png"), ("person", "pictures/img2.png"), ("person", "pictures/img3.png"),
        ("car", "pictures/img1.png"), ("dog", "pictures/img2.png"),
    }  # fmt: skip
