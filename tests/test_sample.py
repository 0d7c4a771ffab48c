"""The sample clips and the replay set: what is committed is whole, true, and what the programs draw."""

import json

import av
import cv2
import h5py
import numpy as np
import pytest

from poseapp.api.walkthrough import TRUTH_SKELETONS, sample_clip, sample_truth
from poseapp.formats import coco, read_dataset
from poseapp.geometry.boxes import iou
from poseapp.geometry.cameras import Camera
from poseapp.labels.skeleton import keypoint_columns, load_skeleton
from poseapp.nets.card import list_checkpoints
from poseapp.paths import resources_dir
from poseapp.training.checks import check_labels
from poseapp.video import open_video

SAMPLE, REPLAY = resources_dir() / "sample", resources_dir() / "replay"
CLIPS = {"clip": 1, "cross": 2}  # people
FRAMES = {"clip": 225, "cross": 150}
BOTH = pytest.mark.parametrize("name", CLIPS)


def annotations(name: str, skeleton: str = "halpe26") -> dict:
    return json.loads((SAMPLE / f"{name}-{skeleton}.json").read_text("utf-8"))


def labelled(truth: dict, person: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames ``(F,)`` of a person and keypoints ``(F, K, 3)``."""
    rows = [a for a in truth["annotations"] if a["track_id"] == person]
    frame_of = {image["id"]: image["frame_idx"] for image in truth["images"]}
    table = np.array([row["keypoints"] for row in rows], np.float64)
    return np.array([frame_of[row["image_id"]] for row in rows]), table.reshape(len(rows), -1, 3)


def camera_of(file: h5py.File, row: int) -> Camera:
    matrices = (file[f"pictures/{name}"][row] for name in ("intrinsics", "rotation", "translation"))
    return Camera(640, 360, *matrices)


def metres(file: h5py.File, which: str, row: int) -> np.ndarray:
    """A depth map ``(180, 320)``; NaN where the person is not."""
    steps = file[f"people/{which}"][row].astype(np.float64)
    depth = file["people/depth_from"][row] + (steps - 1) * file.attrs["depth_step_m"]
    return np.where(steps > 0, depth, np.nan)


@BOTH
def test_clip_and_truth_have_the_same_frames(name: str) -> None:
    with av.open(str(SAMPLE / f"{name}.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (640, 360, 25)
        assert sum(1 for _ in container.decode(stream)) == FRAMES[name]
    for skeleton in TRUTH_SKELETONS:
        truth = annotations(name, skeleton)
        assert [image["frame_idx"] for image in truth["images"]] == list(range(FRAMES[name]))
        told = {(i["video"], i["width"], i["height"]) for i in truth["images"]}
        assert told == {(f"{name}.mp4", 640, 360)}
        assert {a["track_id"] for a in truth["annotations"]} == set(range(1, CLIPS[name] + 1))
    with h5py.File(SAMPLE / f"{name}.h5") as file:
        assert file["pictures/people"].shape == (FRAMES[name], 2)


def test_the_first_clip_with_all_its_truth_is_small() -> None:
    for name in CLIPS:
        assert sum(path.stat().st_size for path in SAMPLE.glob(f"{name}*")) < 4_000_000


@BOTH
@pytest.mark.parametrize("skeleton", TRUTH_SKELETONS)
def test_truth_is_a_clean_data_set(name: str, skeleton: str) -> None:
    data = coco.read(SAMPLE / f"{name}-{skeleton}.json")
    assert data.skeleton.keypoints == load_skeleton(skeleton).keypoints
    assert {image.video for image in data.images} == {f"{name}.mp4"}
    problems = check_labels(data)
    assert [p for p in problems if p.severity == "error"] == []


@BOTH
def test_three_dimensions_are_seen_where_the_picture_has_them(name: str) -> None:
    with h5py.File(SAMPLE / f"{name}.h5") as file:
        for skeleton in TRUTH_SKELETONS:
            rows = file[f"skeletons/{skeleton}"][:]
            for person in range(1, CLIPS[name] + 1):
                frames, table = labelled(annotations(name, skeleton), person)
                of_person = file["people/number"][:] == person
                pictures = file["people/picture"][:][of_person]
                at = np.searchsorted(pictures, frames)
                assert np.array_equal(pictures[at], frames)
                world = file["people/landmarks"][:][of_person][at][:, rows]
                in_camera = file["people/landmarks_camera"][:][of_person][at][:, rows]
                visibility = file["people/visibility"][:][of_person][at][:, rows]
                assert np.array_equal(visibility, table[..., 2])
                for k, frame_idx in enumerate(frames):
                    camera = camera_of(file, frame_idx)
                    pixels, depth = camera.project(world[k].astype(np.float64))
                    known = table[k, :, 2] > 0
                    np.testing.assert_allclose(pixels[known], table[k, known, :2], atol=0.01)
                    np.testing.assert_allclose(camera.to_camera(world[k]), in_camera[k], atol=1e-5)
                    assert (depth > 2).all()


@BOTH
def test_the_hidden_surface_lies_behind_the_visible_one(name: str) -> None:
    with h5py.File(SAMPLE / f"{name}.h5") as file:
        assert file.attrs["map_every"] == 2 and file["people/visible_depth"].shape[1:] == (180, 320)
        frames, fit = file["people/picture"][:], []
        for row in range(0, len(frames), 9):
            front, back = metres(file, "visible_depth", row), metres(file, "hidden_depth", row)
            covered = np.isfinite(front)
            assert np.array_equal(covered, np.isfinite(back)) and covered.sum() > 100
            assert (front[covered] <= back[covered]).all()
            assert 0.02 < np.median((back - front)[covered]) < 0.5, "as thick as people are"
            # Joints lie between the two, near enough to the pixel that the map has.
            world = file["people/landmarks"][row][file["skeletons/lsp14"][:]].astype(np.float64)
            pixels, depth = camera_of(file, frames[row]).project(world)
            x, y = np.round(pixels / 2).astype(int).T
            inside = (x >= 0) & (x < 320) & (y >= 0) & (y < 180)
            x, y, depth = x[inside], y[inside], depth[inside]
            hit = covered[y, x]
            assert hit.mean() > 0.7
            between = (front[y, x] < depth + 0.03) & (depth < back[y, x] + 0.03)
            fit += between[hit].tolist()
            # Whoever's pixel it is covers it.
            own = file["pictures/instance"][frames[row]] == file["people/number"][row]
            assert covered[own].all()
        assert np.mean(fit) > 0.92


def test_some_keypoints_are_hidden_and_most_are_seen() -> None:
    frames, table = labelled(annotations("clip"), 1)
    visibility = table[..., 2]
    assert len(frames) == FRAMES["clip"]
    assert 0.03 < (visibility == 1).mean() < 0.4
    names = load_skeleton("halpe26").keypoints
    for side in ("left", "right"):
        wrist = visibility[:, names.index(f"{side}_wrist")]
        assert (wrist == 1).any() and (wrist == 2).mean() > 0.3


@BOTH
def test_people_move_and_never_jump(name: str) -> None:
    for person in range(1, CLIPS[name] + 1):
        frames, table = labelled(annotations(name), person)
        assert (np.diff(frames) == 1).all()
        known = (table[1:, :, 2] > 0) & (table[:-1, :, 2] > 0)
        speed = np.linalg.norm(np.diff(table[..., :2], axis=0), axis=2)[known]
        assert speed.max() < 60
        assert np.ptp(table[:, 0, 0]) > 100


def test_the_two_cross_behind_and_in_front() -> None:
    with h5py.File(SAMPLE / "cross.h5") as file:
        names = json.loads(file.attrs["landmarks"])
        hip = names.index("coco/hip")
        numbers, places = file["people/number"][:], file["people/landmarks_camera"][:, hip]
        woman, man = places[numbers == 1], places[numbers == 2]
        both = (file["pictures/people"][:, 1] == 2).nonzero()[0]
        assert len(both) == FRAMES["cross"]
        left_of = woman[:, 0] / woman[:, 2] < man[:, 0] / man[:, 2]
        passes = np.flatnonzero(np.diff(left_of.astype(int)))
        assert len(passes) >= 2
        in_front = {bool(woman[k, 2] < man[k, 2]) for k in passes}
        assert in_front == {True, False}
        assert np.linalg.norm((woman - man)[:, [0, 2]], axis=1).min() > 0.5, "they do not touch"


def test_truth_follows_the_network() -> None:
    assert sample_clip() == SAMPLE / "clip.mp4"
    for card in list_checkpoints():
        has = read_dataset(sample_truth(card.name)).skeleton.keypoints
        if "left_wrist" in card.skeleton.keypoints:
            assert -1 not in keypoint_columns(card.skeleton.keypoints, has), card.name
    assert sample_truth("no such network").is_file()


@BOTH
def test_the_default_network_sees_the_people_where_the_truth_has_them(name: str) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(2)
    from poseapp.inference.predictor import Predictor

    predictor = Predictor.load("default", device="cpu")
    skeleton = next(s for s in TRUTH_SKELETONS if predictor.card.skeleton.name == s)
    truth = annotations(name, skeleton)
    right = []
    with open_video(SAMPLE / f"{name}.mp4") as video:
        boxes = {a["id"]: np.array(a["bbox"]) + (0, 0, *a["bbox"][:2]) for a in truth["annotations"]}
        for row in truth["annotations"][::23]:
            table = np.array(row["keypoints"], np.float64).reshape(-1, 3)
            x, y, w, h = row["bbox"]
            others = [a for a in truth["annotations"] if a["image_id"] == row["image_id"] and a is not row]
            hidden = any(iou(boxes[a["id"]], boxes[row["id"]]) > 0 for a in others)
            if hidden or (table[:, 2] == 0).any():
                continue
            image = video[truth["images"][row["image_id"] - 1]["frame_idx"]]
            found = predictor.predict_boxes([image], np.array([[x, y, x + w, y + h]]))[0][0]
            near = np.linalg.norm(found - table[:, :2], axis=1) < 0.06 * max(w, h)
            right.append(near[table[:, 2] == 2].mean())
    assert len(right) >= 3 and np.mean(right) > 0.7


def test_the_replay_set_is_varied_and_small() -> None:
    data = coco.read(REPLAY / "truth.json")
    assert data.skeleton.keypoints == load_skeleton("halpe26").keypoints
    assert len(data.images) == len(data.instances) == 200
    files = [REPLAY / image.file_name for image in data.images]
    assert sum(path.stat().st_size for path in REPLAY.iterdir()) < 2_500_000
    assert {p.name for p in REPLAY.glob("*.jpg")} == {p.name for p in files}
    pictures = [cv2.imread(str(path)) for path in files]
    assert {picture.shape for picture in pictures} == {(208, 208, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 200
    people = [person for _, person in data.instances]
    assert all(person.num_labelled >= 12 for person in people)
    assert 0.05 < np.concatenate([p.visibility == 1 for p in people]).mean() < 0.5
    # Heads are not always up.
    names = list(data.skeleton.keypoints)
    head, hip = names.index("head"), names.index("hip")
    up = [p.points[head, 1] < p.points[hip, 1] for p in people if p.labelled[[head, hip]].all()]
    assert 0.6 < np.mean(up) < 0.98
    for wanted in ("lsp14", "coco17"):
        assert -1 not in keypoint_columns(load_skeleton(wanted).keypoints, names)


def test_the_readme_names_every_file_and_the_licence() -> None:
    text = (SAMPLE / "README.md").read_text("utf-8")
    assert all(path.name in text for path in SAMPLE.iterdir() if path.suffix in (".mp4", ".h5"))
    assert "Apache-2.0" in text and "CC0" in text
