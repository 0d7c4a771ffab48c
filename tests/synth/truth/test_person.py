"""What is told of one person, against cameras, rays and common sense."""

import numpy as np
import pytest

from poseapp.geometry.meshes import first_hits, last_hits
from poseapp.labels.instance import HIDDEN, VISIBLE
from poseapp.synth.body.model import BodyModel
from poseapp.synth.draw.mesh import Mesh
from poseapp.synth.draw.renderer import Renderer
from poseapp.synth.truth.check import visibility_by_rays
from poseapp.synth.truth.landmarks import skeleton
from poseapp.synth.truth.masks import mask_box, rle
from poseapp.synth.truth.person import PersonTruth
from tests.synth.truth.conftest import Photograph, posed

LIMBS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
BEHIND = {"upperarm01.L": (0.0, 0.0, -0.5), "lowerarm01.L": (1.2, 0.0, -0.4)}


def seen(person: PersonTruth, name: str = "coco17") -> dict[str, int]:
    instance = person.instance(name)
    return dict(zip(skeleton(name).keypoints, instance.visibility.tolist(), strict=True))


def test_a_frontal_person_is_all_visible(body: BodyModel, photographed: Photograph) -> None:
    person, _ = photographed(posed(body), 0)
    for name in ("coco17", "lsp14", "mpii16", "h36m17"):
        assert set(seen(person, name).values()) == {VISIBLE}
    assert person.share_seen > 0.95


def test_from_behind_the_face_is_hidden_and_the_joints_are_not(
    body: BodyModel, photographed: Photograph
) -> None:
    person, _ = photographed(posed(body), 180)
    found = seen(person)
    assert [found[k] for k in ("nose", "left_eye", "right_eye")] == [HIDDEN] * 3
    assert {found[f"{side}_{limb}"] for side in ("left", "right") for limb in LIMBS} == {VISIBLE}


def test_from_the_left_the_right_side_is_hidden(body: BodyModel, photographed: Photograph) -> None:
    found = seen(photographed(posed(body), 90)[0], "lsp14")
    for limb in ("shoulder", "elbow", "hip", "knee"):
        assert found[f"left_{limb}"] == VISIBLE
        assert found[f"right_{limb}"] == HIDDEN


def test_a_hand_behind_the_back_is_hidden(body: BodyModel, photographed: Photograph) -> None:
    stands = posed(body, BEHIND)
    assert seen(photographed(stands, 0)[0])["left_wrist"] == HIDDEN
    assert seen(photographed(stands, 180)[0])["left_wrist"] == VISIBLE


def test_hidden_hands_are_labelled_as_hidden(body: BodyModel, photographed: Photograph) -> None:
    corners = np.array([[-2, -2, 0.8], [2, -2, 0.8], [2, 0.5, 0.8], [-2, 0.5, 0.8]], np.float32)
    board = Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), two_sided=True)
    hands = photographed(posed(body), 0, (board,))[0].hands(outline=True)
    assert [hand.extra["side"] for hand in hands] == ["left", "right"]
    assert {value for hand in hands for value in hand.visibility.tolist()} == {HIDDEN}


def test_what_stands_in_front_hides(body: BodyModel, photographed: Photograph) -> None:
    """A board before the legs; the same board behind them hides nothing."""
    corners = np.array([[-0.6, -1.1, 0], [0.6, -1.1, 0], [0.6, -0.2, 0], [-0.6, -0.2, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    for distance, legs in ((0.6, HIDDEN), (-0.6, VISIBLE)):
        board = Mesh(corners + np.array([0, 0, distance], np.float32), faces, two_sided=True)
        person, _ = photographed(posed(body), 0, (board,))
        found = seen(person)
        assert {found[f"{side}_{k}"] for side in ("left", "right") for k in ("knee", "ankle")} == {legs}
        assert found["left_shoulder"] == VISIBLE
        assert person.share_seen < 0.75 if legs == HIDDEN else person.share_seen > 0.95


def test_outside_the_picture_is_unlabelled(body: BodyModel, photographed: Photograph) -> None:
    stands = posed(body)
    stands.vertices[:] += np.array([0.9, 0, 0])
    stands.joints[:] += np.array([0.9, 0, 0])
    person, _ = photographed(stands, 0)
    instance = person.instance("coco17")
    x = person.pixels[person.landmarks.index("coco17"), 0]
    assert ((instance.visibility == 0) == (x >= 399.5)).all() and (x >= 399.5).any()
    assert person.box[2] > 400
    assert instance.box is not None and instance.box[2] == 399.5


def test_visibility_agrees_with_rays(body: BodyModel, photographed: Photograph) -> None:
    """By depth at the nearest pixel and by exact rays: the same but where a finger is thinner than that."""
    same = total = body_same = body_total = 0
    for turns in ({}, BEHIND, {"upperleg01.L": (-1.5, 0, 0), "spine03": (0.5, 0, 0)}):
        for degrees in (0, 70, 180, 215):
            person, meshes = photographed(posed(body, turns), degrees)
            rows = np.arange(len(person.landmarks.names))
            agree = visibility_by_rays(person, meshes, rows) == person.visibility
            limbs = np.array([not name.startswith("hand/") for name in person.landmarks.names])
            same, total = same + agree.sum(), total + len(agree)
            body_same, body_total = body_same + agree[limbs].sum(), body_total + limbs.sum()
    assert total > 1000
    assert same / total > 0.97
    assert body_same / body_total > 0.99


def test_depth_layers_agree_with_the_mesh(
    body: BodyModel, photographed: Photograph, renderer: Renderer
) -> None:
    person, meshes = photographed(posed(body), 30)
    visible, hidden = renderer.depth_layers(meshes, person.camera)
    assert (visible <= hidden).all()
    covered = np.argwhere(np.isfinite(visible))
    chosen = covered[np.random.default_rng(0).choice(len(covered), 200, replace=False)]
    rays = person.camera.rays(chosen[:, ::-1])
    origin = person.camera.position
    for depth, hits in ((visible, first_hits), (hidden, last_hits)):
        exact, _ = hits(origin, rays, meshes[0].vertices, meshes[0].faces)
        error = np.abs(depth[tuple(chosen.T)] - exact)
        # A ray through a pixel's centre may miss an edge that the renderer's rounding hits.
        assert (error < 0.001).mean() > 0.99


def test_masks_as_pycocotools_packs_them() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    masks = [rng.random((60, 45)) > 0.5, np.ones((5, 4), bool), np.zeros((5, 4), bool), np.eye(9, dtype=bool)]
    solid = np.zeros((300, 200), bool)
    solid[40:250, 30:150] = True
    for mask in [*masks, solid]:
        packed = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert rle(mask) == {"size": list(packed["size"]), "counts": packed["counts"].decode()}
    assert mask_box(solid).tolist() == [29.5, 39.5, 149.5, 249.5]  # type: ignore[union-attr]
    assert mask_box(np.zeros((3, 3), bool)) is None
