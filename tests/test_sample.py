"""The sample clip and the drawing behind it: truth, determinism, exact geometry, true visibility."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from poseapp.formats import coco
from poseapp.labels.skeleton import load_skeleton
from poseapp.training.checks import check_labels

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "sample"
if str(ROOT / "packaging") not in sys.path:
    sys.path.append(str(ROOT / "packaging"))

import make_sample  # noqa: E402
from drawn_person.body import KEYPOINTS, Arm, Body, Leg, Pose, facing, pose_figure  # noqa: E402
from drawn_person.clip import clip_look, clip_room, clip_scene  # noqa: E402
from drawn_person.flesh import Flesh  # noqa: E402
from drawn_person.light import Light  # noqa: E402
from drawn_person.looks import Look  # noqa: E402
from drawn_person.motion import STEPS, clip_figures  # noqa: E402
from drawn_person.raycast import Camera, Shape, cast, normals_at  # noqa: E402
from drawn_person.render import Lens, Scene, add_passer_by, draw, render_random  # noqa: E402
from drawn_person.room import Room  # noqa: E402

SMALL = (96, 72)


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((SAMPLE / "truth.json").read_text("utf-8"))


def keypoints(truth: dict) -> np.ndarray:
    return np.array([a["keypoints"] for a in truth["annotations"]], dtype=np.float64).reshape(-1, 14, 3)


def camera_to(points: np.ndarray, size: int = 160) -> Camera:
    middle = points.mean(0)
    return Camera.look_at(middle + (0.4, 0.3, 3.0), middle, size * 1.4, (size, size))


def test_clip_and_truth_have_the_same_frames(truth: dict) -> None:
    with av.open(str(SAMPLE / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (640, 480, 30)
        num_frames = sum(1 for _ in container.decode(stream))
    assert 120 <= num_frames == len(truth["images"]) == len(truth["annotations"])
    assert [i["frame_idx"] for i in truth["images"]] == list(range(num_frames))
    assert {(i["video"], i["width"], i["height"]) for i in truth["images"]} == {("clip.mp4", 640, 480)}
    assert (SAMPLE / "clip.mp4").stat().st_size < 1_500_000


def test_truth_is_a_clean_data_set_of_lsp14() -> None:
    data = coco.read(SAMPLE / "truth.json")
    assert data.skeleton.keypoints == KEYPOINTS == load_skeleton("lsp14").keypoints
    assert all(person.num_labelled == 14 for _, person in data.instances)
    assert {image.video for image in data.images} == {"clip.mp4"}
    assert check_labels(data) == []


def test_truth_is_the_projection_of_the_motion(truth: dict) -> None:
    table = keypoints(truth)
    figures = clip_figures(Body(), len(table), seed=7)
    camera = clip_scene(np.random.default_rng(0), SMALL).camera
    scale = 640 / SMALL[0]
    for k in range(0, len(table), 13):
        small = camera.project(figures[k].keypoints())[0]
        # Pixel centres stand at integers: only the outer edges scale.
        np.testing.assert_allclose((small + 0.5) * scale - 0.5, table[k, :, :2], atol=0.02)


def test_the_committed_clip_is_what_the_code_draws() -> None:
    picture, _, _ = next(make_sample.frames(144, seed=7))
    with av.open(str(SAMPLE / "clip.mp4")) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    difference = np.abs(picture.astype(int) - first.astype(int))
    assert difference.mean() < 5


def test_some_keypoints_are_hidden_and_most_are_seen(truth: dict) -> None:
    visibility = keypoints(truth)[:, :, 2]
    assert set(np.unique(visibility)) == {1, 2}
    assert 0.03 < (visibility == 1).mean() < 0.4
    # In the walk to the right the far, left arm is behind the body in some frames, the right one never.
    walk = visibility[:25]
    assert (walk[:, KEYPOINTS.index("left_elbow")] == 1).any()
    assert (walk[:, KEYPOINTS.index("right_elbow")] == 2).all()


def test_the_person_moves_and_never_jumps(truth: dict) -> None:
    table = keypoints(truth)[:, :, :2]
    speed = np.linalg.norm(np.diff(table, axis=0), axis=2)
    assert speed.max() < 45
    assert np.ptp(table.mean(axis=1)[:, 0]) > 100
    wrists = table[:, [KEYPOINTS.index("right_wrist"), KEYPOINTS.index("left_wrist")]]
    assert np.ptp(wrists[..., 1]) > 150


def test_bones_keep_their_length_and_planted_feet_their_place() -> None:
    body = Body()
    figures = clip_figures(body, 72, seed=3)
    bones = {
        "hip knee": body.thigh,
        "knee ankle": body.shin,
        "shoulder elbow": body.upper_arm,
        "elbow wrist": body.forearm,
    }
    for bone, length in bones.items():
        for side, figure in itertools.product(("left", "right"), figures):
            a, b = (figure.joints[f"{side}_{part}"] for part in bone.split())
            assert np.linalg.norm(a - b) == pytest.approx(length, abs=1e-6)
    # The right foot stands from the end of its second step to its first jump.
    second, jump = [s for s in STEPS if s.foot == 0][1:3]
    standing = [f.joints["right_ankle"] for k, f in enumerate(figures) if second.end < k / 71 < jump.start]
    assert len(standing) > 15
    assert np.ptp(np.array(standing), axis=0).max() < 0.03


def test_the_same_seed_draws_the_same_clip(tmp_path: Path) -> None:
    one, two = (list(itertools.islice(make_sample.frames(20, 5, SMALL), 3)) for _ in range(2))
    other = next(make_sample.frames(20, 6, SMALL))
    for a, b in zip(one, two, strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(one[0][0], other[0])
    make_sample.make(tmp_path / "a", num_frames=4, seed=5, size_wh=SMALL)
    make_sample.make(tmp_path / "b", num_frames=4, seed=5, size_wh=SMALL)
    for name in ("clip.mp4", "truth.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_rays_and_projection_are_inverse() -> None:
    camera = Camera.look_at(np.array([1.0, 1.5, 4.0]), np.array([0.0, 1.0, 0.0]), 90.0, (64, 48), roll=0.2)
    origins, directions = camera.rays()
    xy, depth = camera.project(origins + directions * 3.0)
    columns, rows = np.meshgrid(np.arange(64), np.arange(48))
    np.testing.assert_allclose(xy[..., 0], columns, atol=1e-3)
    np.testing.assert_allclose(xy[..., 1], rows, atol=1e-3)
    np.testing.assert_allclose(depth, 3.0, atol=1e-5)
    up, _ = camera.project(np.array([[0.0, 1.0, 0.0], [0.0, 1.3, 0.0]]))
    assert up[1, 1] < up[0, 1]


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("radii", [(0.1, 0.1), (0.12, 0.04), (0.03, 0.11), (0.2, 0.01)])
@pytest.mark.parametrize("flat", [1.0, 0.5])
def test_cast_hits_lie_on_the_round_cone(radii: tuple[float, float], flat: float, parallel: bool) -> None:
    a, b = np.array([-0.1, 0.0, 0.1]), np.array([0.05, 0.12, -0.05])
    squeeze = np.diag([1.0, 1.0, 1 / flat])
    shape = Shape(a, b, *radii, 0, a, np.eye(3), squeeze)
    camera = Camera.look_at(np.array([0.3, 0.4, 2.0]), np.zeros(3), 60 if not parallel else 30, (32, 32))
    camera.parallel = parallel
    hits = cast([shape], camera)
    origins, directions = (np.broadcast_to(r, (32, 32, 3)).astype(np.float64) for r in camera.rays())

    def inside(points: np.ndarray) -> np.ndarray:
        """Least distance to the balls of a fine sweep, minus their radii: below zero inside."""
        steps = np.linspace(0, 1, 200)
        centres = (a + steps[:, None] * (b - a)) @ squeeze.T
        sizes = radii[0] + steps * (radii[1] - radii[0])
        return np.min(np.linalg.norm((points @ squeeze.T)[:, None] - centres, axis=2) - sizes, axis=1)

    mask = hits.shape == 0
    assert mask.sum() > 20
    found = (origins + directions * np.where(mask, hits.depth, 0)[..., None])[mask]
    assert np.abs(inside(found)).max() < 2e-3
    # Nothing of the shape stands before the hit, and rays that miss meet none of it.
    assert inside(found - directions[mask] * 0.01).min() > -1e-3
    for depth in np.linspace(1.5, 2.8, 14):
        assert inside((origins + directions * depth)[~mask]).min() > -4e-3
    outwards = normals_at(shape, found)
    assert inside(found + 0.01 * outwards).min() > 0
    assert (outwards * directions[mask]).sum(1).max() < 0.05


def test_the_nearer_shape_hides_the_farther() -> None:
    balls = [
        Shape(np.array([0, 0, z]), np.array([0, 0, z]), 0.2, 0.2, 0, np.zeros(3), np.eye(3))
        for z in (0.0, 0.6)
    ]
    camera = Camera.look_at(np.array([0.0, 0.0, 3.0]), np.zeros(3), 60, (31, 31))
    for order, nearest in ((balls, 1), (balls[::-1], 0)):
        hits = cast(order, camera)
        assert hits.shape[15, 15] == nearest
        assert hits.depth[15, 15] == pytest.approx(2.2, abs=1e-3)


def test_an_arm_behind_the_back_is_hidden_and_one_before_it_is_seen() -> None:
    behind = Arm(forward=-0.5, sideways=0.05, inward=1.4, elbow=1.6)
    before = Arm(forward=0.4, sideways=0.1, inward=1.0, elbow=1.6)
    pose = Pose(np.array([0.0, 0.93, 0.0]), facing(0.0), arms=(behind, before))
    figure = pose_figure(Body(), pose)
    rng = np.random.default_rng(0)
    light = Light.random(rng)
    for yaw, hidden, seen in ((0.0, "right_wrist", "left_wrist"), (np.pi, "left_wrist", "right_wrist")):
        eye = np.array([np.sin(yaw) * 3.5, 1.1, np.cos(yaw) * 3.5])
        camera = Camera.look_at(eye, np.array([0.0, 0.95, 0.0]), 200, (160, 160))
        scene = Scene.build(Room.random(rng), camera, light, finer=1)
        _, points, visibility = draw(scene, figure, clip_look(rng), Lens(), rng)
        assert visibility[KEYPOINTS.index(hidden)] == 1
        assert visibility[KEYPOINTS.index(seen)] == 2
        # Facing the camera the person's left is at the right of the picture.
        left, right = (points[KEYPOINTS.index(f"{side}_shoulder"), 0] for side in ("left", "right"))
        assert (left > right) == (yaw == 0.0)


def test_joints_bend_the_way_people_do() -> None:
    bent = pose_figure(
        Body(), Pose(np.zeros(3), facing(0.0), legs=(Leg(forward=0.5, knee=1.0), Leg(forward=0.5, knee=1.0)))
    )
    assert bent.joints["right_knee"][2] > bent.joints["right_hip"][2] + 0.1
    assert bent.joints["right_ankle"][2] < bent.joints["right_knee"][2] - 0.1
    arm = Arm(forward=0.0, sideways=0.0, inward=0.0, elbow=1.2)
    raised = pose_figure(Body(), Pose(np.zeros(3), facing(0.0), spine=(0.5, 0, 0), arms=(arm, arm)))
    assert raised.joints["left_wrist"][2] > raised.joints["left_elbow"][2] + 0.1
    assert raised.joints["neck"][2] > 0.1
    assert raised.joints["left_shoulder"][0] > 0 > raised.joints["right_shoulder"][0]


def test_the_person_is_covered_around_every_keypoint() -> None:
    rng = np.random.default_rng(11)
    for _ in range(4):
        figure = pose_figure(Body.random(rng), Pose(np.array([0, 0.95, 0]), facing(rng.uniform(-3, 3))))
        shapes = Flesh(figure, Look.random(rng)).cover()
        camera = camera_to(figure.keypoints())
        covered = cast(shapes, camera).shape >= 0
        at = np.round(camera.project(figure.keypoints())[0]).astype(int)
        for name, (x, y) in zip(KEYPOINTS, at, strict=True):
            assert covered[y - 2 : y + 3, x - 2 : x + 3].any(), name


def test_random_people() -> None:
    seen, pictures = [], []
    for seed in range(6):
        picture, points, visibility = render_random(np.random.default_rng(seed), size=96)
        again = render_random(np.random.default_rng(seed), size=96)
        assert all(np.array_equal(a, b) for a, b in zip((picture, points, visibility), again, strict=True))
        assert (picture.shape, picture.dtype) == ((96, 96, 3), np.uint8)
        assert (points.shape, visibility.shape) == ((14, 2), (14,))
        assert np.isfinite(points).all()
        outside = ((points < -0.5) | (points >= 95.5)).any(1)
        assert np.array_equal(outside, visibility == 0)
        assert picture.std() > 10
        seen.append((visibility > 0).mean())
        pictures.append(picture)
    assert np.mean(seen) > 0.85
    assert all(not np.array_equal(a, b) for a, b in itertools.combinations(pictures, 2))


def test_a_passer_by_stands_behind_the_labelled_person() -> None:
    rng = np.random.default_rng(3)
    figure = pose_figure(Body(), Pose(np.array([0.0, 0.93, 0.2]), facing(0.0)))
    camera = Camera.look_at(np.array([0.0, 1.2, 4.0]), np.array([0.0, 0.9, 0.0]), 90, (128, 128))
    scene = Scene.build(Room.random(rng), camera, Light.random(rng), finer=1)
    look, empty = clip_look(rng), scene.stage.depth.copy()
    still = Lens(blur=0, noise=0)
    _, points, visibility = draw(scene, figure, look, still, rng)
    add_passer_by(scene, rng)
    nearer = scene.stage.depth < empty
    assert nearer.sum() > 100
    person = cast(Flesh(figure, look).cover(), camera)
    assert (scene.stage.depth > person.depth)[person.shape >= 0].all()
    _, again, seen = draw(scene, figure, look, still, rng)
    assert np.array_equal(points, again) and np.array_equal(visibility, seen)


def test_the_room_of_the_clip_is_drawn_from_its_seed() -> None:
    walls = [clip_room(np.random.default_rng(seed)).wall for seed in (1, 1, 2)]
    assert np.array_equal(walls[0], walls[1])
    assert not np.array_equal(walls[0], walls[2])
