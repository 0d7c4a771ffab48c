"""The shipped network on drawn people: in boxes, searched for, followed."""

import json

import cv2
import numpy as np
import pytest
import torch

from poseapp.api.walkthrough import sample_clip, sample_truth
from poseapp.errors import PoseError
from poseapp.inference.predictor import Predictor
from poseapp.inference.video import Follower, predict_video
from poseapp.labels.skeleton import keypoint_columns
from poseapp.paths import resources_dir
from poseapp.video import ImageFolder, open_video


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Fewer threads, fewer waits on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load("default", device="cpu")


@pytest.fixture(scope="module")
def drawn(predictor) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Pictures of the replay set with points and labelled as the network orders them, and box."""
    folder = resources_dir() / "replay"
    truth = json.loads((folder / "truth.json").read_text())
    columns = keypoint_columns(predictor.card.skeleton.keypoints, truth["categories"][0]["keypoints"])
    people = []
    for image, person in list(zip(truth["images"], truth["annotations"], strict=True))[:24]:
        picture = cv2.cvtColor(cv2.imread(str(folder / image["file_name"])), cv2.COLOR_BGR2RGB)
        keypoints = np.array(person["keypoints"]).reshape(-1, 3)[columns]
        x, y, w, h = person["bbox"]
        people.append((picture, keypoints[:, :2], keypoints[:, 2] > 0, np.array([x, y, x + w, y + h])))
    return people


def share_right(found: np.ndarray, points: np.ndarray, labelled: np.ndarray) -> float:
    """Share of the labelled keypoints that lie within a tenth of the person's size of the truth."""
    size = max(np.ptp(points[labelled], axis=0).max(), 20.0)
    return float((np.linalg.norm(found - points, axis=1) <= 0.1 * size)[labelled].mean())


def test_people_in_given_boxes(predictor, drawn):
    right = [
        share_right(predictor.predict(image, boxes=[box])[0].points, points, known)
        for image, points, known, box in drawn
    ]
    assert np.mean(right) > 0.6


def test_batches_and_single_crops_agree(predictor, drawn):
    images, boxes = [d[0] for d in drawn[:5]], np.stack([d[3] for d in drawn[:5]])
    together, scores = predictor.predict_boxes(images, boxes)
    alone = np.stack(
        [predictor.predict_boxes([i], b[None])[0][0] for i, b in zip(images, boxes, strict=True)]
    )
    count = predictor.card.skeleton.num_keypoints
    assert together.shape == (5, count, 2) and scores.shape == (5, count)
    assert np.abs(together - alone).max() < 0.05
    assert ((scores >= 0) & (scores <= 1)).all()


def test_no_boxes_no_people(predictor, drawn):
    assert predictor.predict(drawn[0][0], boxes=np.empty((0, 4))) == []


def test_a_person_is_found_far_from_the_middle_of_a_large_picture(predictor, drawn):
    image, points, labelled, _ = drawn[0]
    frame = np.full((900, 1600, 3), 120, np.uint8)
    frame[620 : 620 + image.shape[0], 1290 : 1290 + image.shape[1]] = image
    (person,) = predictor.predict(frame)
    assert share_right(person.points, points + [1290, 620], labelled) > 0.7


def test_nobody_in_an_empty_picture(predictor):
    rng = np.random.default_rng(0)
    noise = rng.integers(90, 160, (240, 320, 3)).astype(np.uint8)
    assert predictor.predict(np.full((480, 640, 3), 127, np.uint8)) == []
    assert predictor.predict(noise) == []


def test_the_mirrored_picture_gives_the_mirrored_pose_with_the_flip_test(drawn):
    predictor = Predictor.load("default", device="cpu", flip_test=True)
    image, _, _, box = drawn[0]
    mirrored_box = np.array([image.shape[1] - 1 - box[2], box[1], image.shape[1] - 1 - box[0], box[3]])
    plain = predictor.predict_boxes([image], box[None])[0][0]
    mirrored = predictor.predict_boxes([np.ascontiguousarray(image[:, ::-1])], mirrored_box[None])[0][0]
    back = mirrored[predictor.card.skeleton.swap_index].copy()
    back[:, 0] = image.shape[1] - 1 - back[:, 0]
    assert np.abs(plain - back).max() < 1.0


def test_video_is_followed_and_missing_people_are_empty_frames(predictor):
    with open_video(sample_clip()) as video:
        found = dict(predict_video(video, predictor, frames=range(60, 78, 3)))
    truth = json.loads(sample_truth().read_text())
    frame_of = {image["id"]: image["frame_idx"] for image in truth["images"]}
    right = []
    for person in truth["annotations"]:
        frame_idx = frame_of[person["image_id"]]
        if found.get(frame_idx):
            keypoints = np.array(person["keypoints"]).reshape(-1, 3)
            right.append(share_right(found[frame_idx][0].points, keypoints[:, :2], keypoints[:, 2] > 0))
    assert list(found) == list(range(60, 78, 3))
    assert len(right) == 6 and np.mean(right) > 0.7


def test_a_lost_person_is_searched_for_again(predictor, drawn):
    image = drawn[0][0]
    empty = np.full((420, 640, 3), 127, np.uint8)
    left, right = empty.copy(), empty.copy()
    left[100 : 100 + image.shape[0], 10 : 10 + image.shape[1]] = image
    right[100 : 100 + image.shape[0], 400 : 400 + image.shape[1]] = image
    follower = Follower(predictor)
    assert follower.step(left) is not None
    assert follower.step(empty) is None
    poses = [follower.step(right) for _ in range(6)]
    assert poses[-1] is not None and poses[-1][0][:, 0].mean() > 350


def test_a_person_that_jumps_is_found_where_it_is(predictor, drawn):
    """Loose pictures: nothing says that the next one shows the person at the same place."""
    image = drawn[0][0]
    follower = Follower(predictor)
    places = []
    for x in (10, 10, 420, 420, 420, 420, 420):
        frame = np.full((420, 640, 3), 127, np.uint8)
        frame[100 : 100 + image.shape[0], x : x + image.shape[1]] = image
        pose = follower.step(frame)
        places.append(pose is not None and bool(pose[0][:, 0].mean() > 320))
    assert places == [False, False, True, True, True, True, True]


def test_more_people_than_the_network_knows(predictor, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((64, 64, 3), np.uint8))
    with ImageFolder(tmp_path) as folder, pytest.raises(PoseError, match="one person"):
        next(predict_video(folder, predictor, people=2))


def test_a_video_error_reaches_the_caller(predictor, tmp_path):
    for name in ("a", "b"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.zeros((64, 64, 3), np.uint8))
    with ImageFolder(tmp_path) as folder:
        (tmp_path / "b.png").write_bytes(b"gone")
        with pytest.raises(PoseError):
            list(predict_video(folder, predictor, frames=[0, 1]))
