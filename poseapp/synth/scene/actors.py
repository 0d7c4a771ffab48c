"""People of a scene: standing in their places, or moving."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from poseapp.synth.body.model import BodyModel, PosedBody
from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.look.person import Person
from poseapp.synth.motion import SampledPose
from poseapp.synth.scene.objects import seat
from poseapp.synth.scene.places import moved_body, moved_meshes
from poseapp.synth.scene.props import Held
from poseapp.synth.scene.shapes import placed, yaw

_HELD = 0.2  # share of people who hold something
_THIN = 9  # every ninth vertex stands for the surface


@dataclass(frozen=True)
class Actor:
    """One person of a scene.

    Attributes:
        person: Who it is.
        at: Body and all meshes that go with it, at a time in seconds and with a number for its pixels.
        points: ``(N, 3)`` metres on the surface at the start.
    """

    person: Person
    at: Callable[[float, int], tuple[PosedBody, list[Mesh]]]
    points: Floats


@dataclass(frozen=True)
class Newcomer:
    """A posed person who has no place yet: above the origin, on height 0.

    Attributes:
        person: Who it is.
        posed: The body.
        meshes: All that goes with it.
        points: ``(N, 3)`` metres on the surface.
    """

    person: Person
    posed: PosedBody
    meshes: list[Mesh] = field(repr=False)
    points: Floats = field(repr=False)

    @staticmethod
    def of(
        model: BodyModel, person: Person, sampled: SampledPose, rng: np.random.Generator, instance: int
    ) -> "Newcomer":
        """Pose a person, with a seat below who sits and perhaps something in a hand.

        Args:
            model: The body model.
            person: Who.
            sampled: How they stand.
            rng: Source of chance.
            instance: Number of the person's pixels.
        """
        posed = model.pose(person.shaped, sampled.pose)
        worn = [mesh for mesh in person.meshes(posed, instance) if len(mesh.vertices)]
        middle = (posed.vertices.min(0) + posed.vertices.max(0)) / 2
        # Soles lie below the feet.
        lift = max(-min(float(mesh.vertices[:, 1].min()) for mesh in worn), 0.0)
        shift = np.array([-middle[0], lift, -middle[2]])
        body = moved_body(posed, 0.0, shift)
        meshes = moved_meshes(worn, 0.0, shift)
        holds, held = rng.random() < _HELD, Held(model, rng)
        if holds:
            meshes += held.meshes(body)
        seats = seat_below(rng, body, sampled.seat_height_m, lift)
        return Newcomer(person, body, meshes + seats, body.vertices[::_THIN])

    def is_upright(self, model: BodyModel) -> bool:
        """Whether the head is the upper end of the body."""
        head = float(self.posed.joints[model.bone["head"], 1])
        low, high = float(self.points[:, 1].min()), float(self.points[:, 1].max())
        return head > low + 0.6 * (high - low) and high - low > 0.6

    def at(self, turn_rad: float, shift: Floats) -> Actor:
        """The person turned and moved by ``(3,)`` metres to a place."""
        body = moved_body(self.posed, turn_rad, shift)
        meshes = moved_meshes(self.meshes, turn_rad, shift)
        return Actor(self.person, lambda _time_s, _instance: (body, list(meshes)), body.vertices[::_THIN])


def seat_below(
    rng: np.random.Generator, body: PosedBody, height_m: float | None, lift_m: float
) -> list[Mesh]:
    """What a person sits on, facing as the pelvis does; nothing where they do not sit on anything."""
    if height_m is None or height_m < 0.08:
        return []
    forward = body.pose.rotations[0][:, 2]
    turn = yaw(float(np.arctan2(forward[0], forward[2])))
    # Below what rests on it: the lowest skin near the pelvis.
    near = np.linalg.norm((body.vertices - body.joints[0])[:, [0, 2]], axis=1) < 0.3
    rests = body.vertices[near & (np.abs(body.vertices[:, 1] - height_m - lift_m) < 0.04)]
    place = (rests.mean(0) if len(rests) else body.joints[0]) * [1, 0, 1]
    return [placed(mesh, turn, place) for mesh in seat(rng, float(height_m) + lift_m)]
