"""People look the same for the same seed, different for others, and what they wear lies outside them."""

from collections import Counter

import numpy as np
import pytest

from poseapp.synth.body.model import BodyModel, Phenotype, Pose
from poseapp.synth.draw.mesh import Mesh
from poseapp.synth.look.atlas import SIZE, atlas_of
from poseapp.synth.look.outfits import KITS, choose_kit, make_cloth
from poseapp.synth.look.person import Person
from poseapp.synth.look.shells import GAP_M, drape
from poseapp.synth.look.shoes import SHOES
from poseapp.synth.look.wardrobe import GARMENTS, tailor
from poseapp.synth.settings import SynthSettings

BODIES = {
    "thin": Phenotype(weight=0.05, muscle=0.2),
    "heavy": Phenotype(weight=0.95, gender=0.8),
    "child": Phenotype(age=0.25, height=0.4),
    "old": Phenotype(age=0.98, gender=0.1),
}


def drawn(model: BodyModel, person: Person, instance: int = 1) -> list[Mesh]:
    return person.meshes(model.pose(person.shaped, Pose.reference(model.num_joints)), instance)


def same(a: Mesh, b: Mesh) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("vertices", "faces", "normals", "uv", "texture", "part", "body_uv")
    )


def test_the_same_seed_gives_the_same_bytes(body: BodyModel):
    for seed in range(4):
        first, second = (Person.sample(body, np.random.default_rng(seed), SynthSettings()) for _ in range(2))
        assert first.description == second.description
        assert first.texture.tobytes() == second.texture.tobytes()
        meshes, again = drawn(body, first), drawn(body, second)
        assert len(meshes) == len(again)
        assert all(same(a, b) for a, b in zip(meshes, again, strict=True))


def test_a_person_does_not_depend_on_those_made_before(body: BodyModel):
    alone = Person.sample(body, np.random.default_rng(7), SynthSettings())
    texture = alone.texture.copy()
    later = Person.sample(body, np.random.default_rng(8), SynthSettings())
    for surface in later.surfaces:
        surface.texture[:] = 0
    assert np.array_equal(alone.texture, texture)
    again = Person.sample(body, np.random.default_rng(7), SynthSettings())
    assert np.array_equal(again.texture, texture)
    assert not any(np.shares_memory(a.texture, b.texture) for a in alone.surfaces for b in again.surfaces)


def test_different_seeds_differ(body: BodyModel):
    looks = [Person.sample(body, np.random.default_rng(seed), SynthSettings()) for seed in range(8)]
    assert len({look.texture.tobytes() for look in looks}) == 8
    assert len({str(look.description) for look in looks}) == 8


@pytest.mark.parametrize("name", sorted(GARMENTS))
def test_each_garment_fits_every_body(body: BodyModel, name: str):
    atlas = atlas_of(body)
    for number, phenotype in enumerate(BODIES.values()):
        shaped = body.shape(phenotype)
        under = ["dress"] if name in ("dress skirt", "coat skirt") else []
        person = Person.dressed(
            body, shaped, "casual", [*under, name], "", np.random.default_rng(number), SynthSettings()
        )
        for mesh in drawn(body, person):
            assert len(mesh.faces)
            assert mesh.faces.min() >= 0
            assert mesh.faces.max() < len(mesh.vertices)
            assert np.isfinite(mesh.vertices).all()
            assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
            assert mesh.uv.min() >= 0
            assert mesh.uv.max() <= 1
            assert mesh.body_uv.min() >= 0
            assert mesh.body_uv.max() <= 1
            assert mesh.part.min() >= 1
        if GARMENTS[name].cut != "skirt":
            shell = person.surfaces[1].form
            own = shell.share == 0
            vertex = shell.first[own]
            gap = ((shell.points[own] - shaped.vertices[vertex]) * shaped.normals[vertex]).sum(1)
            assert gap.min() > 0
            assert np.array_equal(shell.part, atlas.model.vertex_part[shell.first])


@pytest.mark.parametrize("build", sorted(BODIES))
def test_layers_lie_above_each_other(body: BodyModel, build: str):
    atlas, shaped, rng = atlas_of(body), body.shape(BODIES[build]), np.random.default_rng(3)
    below = np.zeros(body.num_vertices, np.float32)
    for name in ("jeans", "long sleeve", "jacket"):
        worn = tailor(atlas, name, 1.0, rng, make_cloth(name, False, rng, SynthSettings()))
        points = drape(
            atlas, shaped.vertices, shaped.normals, worn.field, worn.offset, below, worn.garment.smooth
        )
        height = ((points - shaped.vertices) * shaped.normals).sum(1)
        inside = worn.field > 0
        assert inside.sum() > 500
        assert (height[inside] > below[inside] + 0.9 * GAP_M).all()
        below = np.where(inside, height, below)


@pytest.mark.parametrize("kind", SHOES)
def test_shoes_hold_the_feet(body: BodyModel, kind: str):
    shaped = body.shape(Phenotype())
    person = Person.dressed(
        body, shaped, "casual", ["shorts"], kind, np.random.default_rng(0), SynthSettings()
    )
    atlas = atlas_of(body)
    feet = shaped.vertices[atlas.foot > 0.9]
    shoes = np.concatenate([s.form.points for s in person.surfaces if s.form.points[:, 1].max() < -0.6])
    assert (shoes.min(0) < feet.min(0)).all()
    assert shoes[:, 2].max() > feet[:, 2].max()
    skin = person.surfaces[0].form
    assert skin.points[:, 1].min() > feet[:, 1].min() + 0.05  # bare feet are left out


def test_lips_and_eyes_stand_out_from_cheeks(body: BodyModel):
    person = Person.sample(body, np.random.default_rng(1), SynthSettings())
    assert person.texture.shape == (SIZE, SIZE, 3)
    assert person.texture.dtype == np.uint8
    face = body.masks["face"] > 200
    lips = person.texture[body.masks["lips"] > 200].astype(float).mean(0)
    other = person.texture[face & (body.masks["lips"] < 10) & (body.masks["eyelids"] < 10)].astype(float)
    assert np.abs(lips - np.median(other, 0)).max() > 10
    eye = next(s for s in person.surfaces if s.texture.shape[0] == 32)
    assert np.ptp(eye.texture.astype(int), axis=(0, 1)).min() > 120  # white and pupil


def test_shares_of_fabrics_are_kept():
    settings = SynthSettings(fabrics={"plain": 0.5, "stripes": 0.3, "checks": 0.2})
    rng = np.random.default_rng(0)
    count = Counter(make_cloth("t-shirt", False, rng, settings)[3] for _ in range(1500))
    assert set(count) == {"plain", "stripes", "checks"}
    for name, share in settings.fabrics.items():
        assert abs(count[name] / 1500 - share) < 0.05  # four standard deviations


def test_outfits_suit_age_and_sex():
    rng = np.random.default_rng(0)
    people = {"man": Phenotype(gender=0.1), "child": Phenotype(age=0.3), "woman": Phenotype(gender=0.9)}
    worn = {
        who: Counter(choose_kit(phenotype, rng)[0] for _ in range(600)) for who, phenotype in people.items()
    }
    for who, column in (("man", 0), ("woman", 1), ("child", 2)):
        assert all(KITS[kit].shares[column] > 0 for kit in worn[who])
        assert len(worn[who]) >= 12


def test_the_pose_moves_clothes_with_the_body(body: BodyModel):
    shaped = body.shape(Phenotype())
    person = Person.dressed(
        body, shaped, "dress", ["dress", "dress skirt"], "sneakers", np.random.default_rng(0), SynthSettings()
    )
    pose = Pose.reference(body.num_joints)
    turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], np.float32)
    rotations = pose.rotations.copy()
    rotations[0] = turn
    moved = person.meshes(body.pose(shaped, Pose(rotations, np.array([1, 2, 3], np.float32))), 5)
    for mesh, still in zip(moved, drawn(body, person), strict=True):
        assert mesh.instance == 5
        assert np.abs(mesh.vertices - (still.vertices @ turn.T + [1, 2, 3])).max() < 1e-4
        assert np.abs(mesh.normals - still.normals @ turn.T).max() < 1e-4
