"""Places and things: they stand on the floor, leave people room, and are the same each time."""

import numpy as np
import pytest

from poseapp.geometry.cameras import Camera
from poseapp.synth.scene import objects, textures
from poseapp.synth.scene.lights import KINDS, sample_light
from poseapp.synth.scene.panorama import abstract_picture, sample_panorama
from poseapp.synth.scene.shapes import ball, box, slab, tube
from poseapp.synth.scene.venues import Ground, build_venue

PEOPLE = np.random.default_rng(0).uniform(-0.4, 0.4, (60, 2))
EYES = np.array([[0.0, 4.0], [3.5, -2.0]])


def volume(mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_solids_are_closed_and_face_outwards():
    assert volume(box((1, 2, 3))) == pytest.approx(6, rel=1e-5)
    assert volume(tube(np.array([0, 0, 0]), np.array([1, 1, 0]), 0.2, 64)) == pytest.approx(
        np.pi * 0.04 * np.sqrt(2), rel=0.01
    )
    assert volume(ball(np.array([1, 1, 1]), 0.5, 24)) == pytest.approx(np.pi / 6, rel=0.02)
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    assert volume(slab(square, 0.5)) == pytest.approx(2, rel=1e-5)


@pytest.mark.parametrize("group", ["INDOORS", "GYM", "OUTDOORS", "STANDING"])
def test_things_stand_on_the_floor(group):
    for name, maker in getattr(objects, group).items():
        low = min(float(m.vertices[:, 1].min()) for m in maker(np.random.default_rng(1)))
        assert -0.3 < low < 0.06, name


def test_textures_are_decided_by_their_number():
    for material in textures.MATERIALS:
        image = textures.surface(material, 1)
        assert image.shape == (256, 256, 3) and image.std() > 1
        assert image is textures.surface(material, 1), "kept, so that it is uploaded once"
        assert np.array_equal(image, textures.surface(material, 1 + textures.VARIANTS))
        textures.surface.cache_clear()
        assert np.array_equal(image, textures.surface(material, 1))
        assert not np.array_equal(image, textures.surface(material, 2))


@pytest.mark.parametrize("outdoors", [True, False])
def test_scenery_leaves_room_for_people_and_cameras(outdoors):
    ground = Ground(PEOPLE, EYES, 0.0)
    kinds = set()
    for seed in range(25):
        venue = build_venue(np.random.default_rng(seed), outdoors, "sun", ground, 1.0)
        kinds.add(venue.kind)
        assert (venue.panorama is not None) == outdoors
        for mesh in venue.meshes:
            assert mesh.instance == 0 and np.isfinite(mesh.vertices).all()
            if np.ptp(mesh.vertices[:, 1]) > 0.02 and mesh.casts_shadow:
                inside = mesh.vertices[:, [0, 2]]
                assert np.linalg.norm(inside[:, None] - PEOPLE[None], axis=2).min() > 0.2
    assert len(kinds) >= 3
    empty = [build_venue(np.random.default_rng(s), outdoors, "sun", ground, 0.0) for s in range(25)]
    full = [build_venue(np.random.default_rng(s), outdoors, "sun", ground, 1.0) for s in range(25)]
    assert sum(len(v.meshes) for v in full) > sum(len(v.meshes) for v in empty) + 30


def test_a_horizon_is_where_the_camera_has_it():
    """Ground begins where level rays go, whatever way the camera looks."""
    panorama = sample_panorama(np.random.default_rng(3), "sun", (0.0, 0.0, 0.0))
    rows = np.arange(len(panorama.image))
    dark = panorama.image[..., 2].astype(float).mean(1)
    horizon = rows[1:][np.argmax(-np.diff(dark))]
    for pitch, roll in ((0.0, 0.0), (0.1, 0.0), (-0.1, 0.1)):
        camera = Camera.looking_at(
            np.array([0, 1.5, 0]), np.array([3, 1.5 + 3 * pitch, 4]), 200, 150, 180, roll
        )
        seen = panorama.seen_by(camera)
        for column in (20, 100, 180):
            pixels = np.stack([np.full(150, column), np.arange(150)], 1)
            level = int(np.argmin(np.abs(camera.rays(pixels)[:, 1])))
            land = panorama.image[horizon + 4, 0].astype(int)
            assert np.abs(seen[level + 4, column] - land).max() < 30
            assert np.abs(seen[level - 50, column] - land).max() > 60
            assert seen.shape == (150, 200, 3)


def test_lights_of_every_kind_shine_from_above():
    found = set()
    for seed in range(120):
        kind, light = sample_light(np.random.default_rng(seed), seed % 2 == 0, 0.3, True)
        found.add(kind)
        assert np.linalg.norm(light.direction) == pytest.approx(1)
        assert light.direction[1] > 0.1 and 0 < light.shadow <= 1
        if kind == "back light":
            assert light.direction @ [np.sin(0.3), 0, np.cos(0.3)] < 0
    assert found == set(KINDS)


def test_abstract_pictures_have_the_size_and_differ():
    pictures = [abstract_picture(np.random.default_rng(seed), 50, 40) for seed in range(6)]
    assert all(p.shape == (40, 50, 3) and p.dtype == np.uint8 for p in pictures)
    assert len({p.tobytes() for p in pictures}) == 6
