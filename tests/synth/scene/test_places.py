"""People stand on one floor, do not touch, and do not hide the main one."""

import numpy as np

from poseapp.synth.body.model import BodyModel, Phenotype, Pose
from poseapp.synth.scene.framing import View, frame
from poseapp.synth.scene.places import cells, find_place, moved_body, touch
from poseapp.synth.scene.shapes import box, placed, yaw
from poseapp.synth.scene.sight import LEAST_SEEN, Sight


def test_a_moved_body_is_the_body_posed_there(body: BodyModel):
    posed = body.pose(body.shape(Phenotype()), Pose.reference(body.num_joints))
    moved = moved_body(posed, 0.7, np.array([1.0, 0.2, -2.0]))
    again = body.pose(posed.shaped, moved.pose)
    for name in ("vertices", "joints", "orientations", "vertex_transforms"):
        assert np.abs(getattr(moved, name) - getattr(again, name)).max() < 1e-5, name
    assert np.allclose(moved.vertices, posed.vertices @ yaw(0.7).T + [1, 0.2, -2], atol=1e-5)


def test_touching_is_told_from_standing_apart(body: BodyModel):
    points = body.pose(body.shape(Phenotype()), Pose.reference(body.num_joints)).vertices[::9]
    wide = float(np.ptp(points[:, 0]))
    assert touch(points, points + [0.1, 0, 0.05])
    assert touch(points, points + [wide - 0.02, 0, 0])
    assert not touch(points, points + [wide + 0.25, 0, 0])
    assert not touch(points, points + [0, 0, 0.9])


def test_cells_grow_by_whole_cells():
    assert len(cells(np.zeros((1, 3)))) == 1
    assert len(cells(np.zeros((1, 3)), grow=1)) == 27


def crowd(body: BodyModel, seed: int, count: int):
    points = body.pose(body.shape(Phenotype()), Pose.reference(body.num_joints)).vertices[::9]
    points = points - [0, points[:, 1].min(), 0]
    camera = frame(points, View(0.5, 1.4, 300, 0.0, 150, (0, 0), (0, 0)), 256, 256)
    sight, taken = Sight([camera], points), [points]
    for number in range(count):
        place = find_place(np.random.default_rng([seed, number]), points, taken, 0.5, sight)
        if place is not None:
            taken.append(points @ yaw(place[0]).T + place[1])
    return taken, sight, camera


def test_people_find_places_near_each_other_without_touching(body: BodyModel):
    found = 0
    for seed in range(4):
        taken, sight, camera = crowd(body, seed, 4)
        found += len(taken)
        for i, one in enumerate(taken):
            assert abs(one[:, 1].min()) < 1e-6
            for other in taken[:i]:
                assert min(np.linalg.norm(other - point, axis=1).min() for point in one[::5]) > 0.08
            assert np.linalg.norm(one - camera.position, axis=1).min() > 0.5
        assert sight.share() >= LEAST_SEEN
    assert found >= 4 * 4


def test_sight_counts_what_is_before_a_person_only(body: BodyModel):
    points = crowd(body, 0, 0)[0][0]
    camera = frame(points, View(0.0, 1.0, 300, 0.0, 150, (0, 0), (0, 0)), 256, 256)
    sight = Sight([camera], points)
    assert sight.share() == 1
    assert sight.allows([placed(box((4, 3, 0.1)), shift=(0, 0, -1.5))]) and sight.share() == 1
    assert sight.allows([placed(box((2, 0.5, 0.1)), shift=(0, 0, 0.8))]) and LEAST_SEEN < sight.share() < 0.9
    before = sight.share()
    assert not sight.allows([placed(box((4, 3, 0.1)), shift=(0, 0, 0.8))])
    assert sight.share() == before, "what is not allowed does not count"
