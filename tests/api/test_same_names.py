"""Several videos of one file name in different folders are never taken for one another."""

import json
import shutil

import cv2
import numpy as np
import pytest

import poseapp
from poseapp import api
from poseapp.errors import PoseError
from poseapp.formats import read_dataset
from poseapp.formats.predictions_h5 import PredictionWriter
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton
from poseapp.video import VideoWriter
from tests.conftest import POINT_NAMES, draw_mark

SKELETON = Skeleton.from_names("mark", POINT_NAMES)


def make_video(path, y: int) -> None:
    """Six frames in which a mark at height `y` moves to the right."""
    path.parent.mkdir(exist_ok=True)
    with VideoWriter(path, 12.0, 96, 96) as writer:
        for k in range(6):
            image = np.full((96, 96, 3), 45, np.uint8)
            draw_mark(image, 24 + 4 * k, y)
            writer.write(image)


def points(k: int, y: int) -> np.ndarray:
    x = 24 + 4 * k
    return np.array([[x, y], [x - 10, y - 10], [x + 10, y - 10]], float)


@pytest.fixture
def twins(tmp_path):
    """`left/clip.mp4` with the mark at 30 and `right/clip.mp4` with it at 60."""
    make_video(tmp_path / "left" / "clip.mp4", 30)
    make_video(tmp_path / "right" / "clip.mp4", 60)
    return tmp_path


def write_coco(path, videos: dict[str, int]):
    """Frame 2 of each video as labels."""
    images, people = [], []
    for number, (video, y) in enumerate(videos.items(), start=1):
        images.append({"id": number, "file_name": f"{number}.png", "width": 96, "height": 96, "video": video})
        images[-1]["frame_idx"] = 2
        flat = [float(value) for point in points(2, y) for value in (*point, 2)]
        people.append({"id": number, "image_id": number, "category_id": 1, "keypoints": flat})
    category = {"id": 1, "name": "mark", "keypoints": list(POINT_NAMES)}
    path.write_text(json.dumps({"images": images, "annotations": people, "categories": [category]}))
    return path


def new_project(folder, *videos):
    skeleton = folder / "mark.toml"
    skeleton.write_text('name = "mark"\nkeypoints = ["middle", "left_corner", "right_corner"]\n')
    return api.new(folder / "twins.pose", videos, skeleton=str(skeleton)).project


def labels_by_video(project) -> dict[str, float]:
    """Folder of each labelled video and the height of the mark there."""
    opened = api.open_project(project)
    try:
        places = {record.id: opened.resolve(record) for record in opened.videos}
        return {
            places[video].parent.name: float(people[0].points[0, 1])
            for video, _, people in opened.iter_frames()
        }
    finally:
        opened.close()


def write_predictions(path, videos: dict[str, int]):
    with PredictionWriter(path, SKELETON, list(videos), net="drawn") as writer:
        for index, y in enumerate(videos.values()):
            for k in range(6):
                writer.append(index, k, [Instance(points(k, y), scores=np.full(3, 0.9, np.float32))])
    return path


def test_an_import_tells_twins_by_their_folders(twins):
    project = new_project(twins, twins / "left" / "clip.mp4", twins / "right" / "clip.mp4")
    file = write_coco(twins / "labels.json", {"right/clip.mp4": 60, "left/clip.mp4": 30})
    assert api.import_labels(project, file).videos == []
    assert labels_by_video(project) == {"left": 30.0, "right": 60.0}


def test_an_import_adds_the_twin_that_the_project_lacks(twins):
    project = new_project(twins, twins / "left" / "clip.mp4")
    brought = api.import_labels(project, write_coco(twins / "labels.json", {"right/clip.mp4": 60}))
    assert brought.videos == ["clip.mp4"]
    assert labels_by_video(project) == {"right": 60.0}


def test_an_import_finds_a_copy_and_a_video_that_moved(twins):
    project = new_project(twins, twins / "left" / "clip.mp4")
    (twins / "copy").mkdir()
    shutil.copy(twins / "left" / "clip.mp4", twins / "copy" / "clip.mp4")
    for name in ("copy/clip.mp4", "gone/clip.mp4"):
        assert api.import_labels(project, write_coco(twins / "labels.json", {name: 30})).videos == []
    assert labels_by_video(project) == {"left": 30.0}


def test_an_import_that_cannot_tell_says_so_and_changes_nothing(twins):
    project = new_project(twins, twins / "left" / "clip.mp4", twins / "right" / "clip.mp4")
    with pytest.raises(PoseError, match=r"gone.*several videos are named clip\.mp4"):
        api.import_labels(project, write_coco(twins / "labels.json", {"gone/clip.mp4": 60}))
    assert labels_by_video(project) == {}


def test_an_image_folder_comes_back_into_the_same_folder(picture_folder):
    project = new_project(picture_folder.parent, picture_folder)
    image = {"id": 1, "file_name": "frame_02.png", "width": 64, "height": 48, "video": ".", "frame_idx": 2}
    file = write_coco(picture_folder / "labels.json", {"x": 30})
    file.write_text(json.dumps(json.loads(file.read_text()) | {"images": [image]}))
    brought = api.import_labels(project, file)
    assert brought.videos == [] and len(api.info(project).details["videos"]) == 1
    out = picture_folder / "back.json"
    api.export_labels(project, out)
    assert api.import_labels(project, out).videos == []


def test_evaluation_compares_each_twin_with_itself(twins):
    truth = write_coco(twins / "truth.json", {"left/clip.mp4": 30, "right/clip.mp4": 60})
    found = write_predictions(twins / "p.h5", {"right/clip.mp4": 60, "left/clip.mp4": 30})
    assert api.evaluate(found, truth, metrics=["mean_px"]).metrics["mean_px"] < 1e-3
    absolute = {str(twins / side / "clip.mp4"): y for side, y in (("right", 60), ("left", 30))}
    (twins / "elsewhere").mkdir()
    found = write_predictions(twins / "elsewhere" / "p.h5", absolute)
    assert api.evaluate(found, truth, metrics=["mean_px"]).metrics["mean_px"] < 1e-3


def test_evaluation_of_a_projects_predictions_with_twins(twins):
    project = new_project(twins, twins / "left" / "clip.mp4", twins / "right" / "clip.mp4")
    file = write_coco(twins / "labels.json", {"left/clip.mp4": 30, "right/clip.mp4": 60})
    api.import_labels(project, file)
    names = {"../right/clip.mp4": 60, "../left/clip.mp4": 30}
    found = write_predictions(project / "predictions" / "p.h5", names)
    assert api.evaluate(found, project, metrics=["mean_px"]).metrics["mean_px"] < 1e-3


def test_evaluation_that_cannot_tell_says_so(twins):
    truth = write_coco(twins / "truth.json", {"left/clip.mp4": 30, "right/clip.mp4": 60})
    found = write_predictions(twins / "p.h5", {"one/clip.mp4": 60, "two/clip.mp4": 30})
    with pytest.raises(PoseError, match=r"several videos named clip\.mp4"):
        api.evaluate(found, truth)
    # Where only one video is meant on both sides, its name is enough.
    moved = write_predictions(twins / "moved.h5", {"gone/clip.mp4": 30})
    one = write_coco(twins / "one.json", {"left/clip.mp4": 30})
    assert api.evaluate(moved, one, metrics=["mean_px"]).metrics["mean_px"] < 1e-3


def test_another_video_of_the_same_name_is_not_taken_for_it(twins):
    found = write_predictions(twins / "p.h5", {"right/clip.mp4": 60})
    with pytest.raises(PoseError, match="the same videos"):
        api.evaluate(found, write_coco(twins / "truth.json", {"left/clip.mp4": 30}))
    with pytest.raises(PoseError, match="none of the predicted videos"):
        api.render(twins / "left" / "clip.mp4", found, twins / "m.mp4")
    # A copy is the same video, wherever it lies and whatever it is called.
    for name in ("copy/clip.mp4", "copy/renamed.mp4"):
        (twins / "copy").mkdir(exist_ok=True)
        shutil.copy(twins / "right" / "clip.mp4", twins / name)
        assert api.render(twins / name, found, twins / "m.mp4", frames="0:2").frames == 2
    truth = write_coco(twins / "truth.json", {"copy/clip.mp4": 60})
    assert api.evaluate(found, truth, metrics=["mean_px"]).metrics["mean_px"] < 1e-3


def test_evaluation_tells_pictures_of_one_name_by_their_folders(tmp_path):
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
        cv2.imwrite(str(tmp_path / side / "1.png"), np.zeros((96, 96, 3), np.uint8))

    def write(name, rows):
        document = json.loads(write_coco(tmp_path / name, dict(rows)).read_text())
        for image, (file_name, _) in zip(document["images"], rows, strict=True):
            del image["video"], image["frame_idx"]
            image["file_name"] = file_name
        (tmp_path / name).write_text(json.dumps(document))
        return tmp_path / name

    truth = write("truth.json", [("a/1.png", 30), ("b/1.png", 60)])
    found = write("found.json", [("b/1.png", 60), ("a/1.png", 30)])
    assert api.evaluate(found, truth, metrics=["mean_px"]).metrics["mean_px"] < 1e-3
    other = write("other.json", [("x/1.png", 60), ("y/1.png", 30)])
    with pytest.raises(PoseError, match=r"several pictures are named 1\.png"):
        api.evaluate(other, truth)


def test_a_movie_is_drawn_with_the_people_of_its_own_video(twins):
    found = write_predictions(twins / "p.h5", {"left/clip.mp4": 30, "right/clip.mp4": 60})
    out = twins / "m.mp4"
    api.render(twins / "right" / "clip.mp4", found, out, frames="0:2")
    with poseapp.open_video(out) as movie, poseapp.open_video(twins / "right" / "clip.mp4") as plain:
        changed = np.abs(movie[1].astype(int) - plain[1]).max(axis=2) > 60
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.min() > 40, "the mark is at 60, its twin's at 30"
    with pytest.raises(PoseError, match=r"several videos named clip\.mp4"):
        moved = write_predictions(twins / "moved.h5", {"one/clip.mp4": 30, "two/clip.mp4": 60})
        api.render(twins / "right" / "clip.mp4", moved, out)


def test_a_movie_never_replaces_its_video(twins):
    found = write_predictions(twins / "p.h5", {"left/clip.mp4": 30})
    video = twins / "left" / "clip.mp4"
    before = video.read_bytes()
    link = twins / "link.mp4"
    link.symlink_to(video)
    for out in (video, link, twins / "right" / ".." / "left" / "clip.mp4"):
        with pytest.raises(PoseError, match="would replace the video"):
            api.render(video, found, out)
    assert video.read_bytes() == before and link.is_symlink()
    for scale in (-1.0, float("nan"), 0.0):
        with pytest.raises(PoseError, match="scale"):
            api.render(video, found, twins / "m.mp4", scale=scale)


def test_predictions_in_a_project_are_described_by_its_videos(twins):
    project = new_project(twins, twins / "left" / "clip.mp4")
    found = write_predictions(project / "predictions" / "p.h5", {"../left/clip.mp4": 30})
    api.convert(found, twins / "p.json")
    images = read_dataset(twins / "p.json").images
    assert {(image.width, image.height) for image in images} == {(96, 96)}
