"""Objects between a camera and a person, things held, seats; never so much that the person is lost."""

import numpy as np

from poseapp.geometry.cameras import Camera
from poseapp.synth.body.model import BodyModel, PosedBody
from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.scene.objects import FLOATING, STANDING, barbell, make, poster, tone
from poseapp.synth.scene.shapes import ball, joined, placed, slab, tube, yaw
from poseapp.synth.scene.sight import Sight


def sample_props(
    rng: np.random.Generator,
    mean: float,
    camera: Camera,
    sight: Sight,
    surfaces: list[Floats],
    floating: float = 0.55,
) -> list[Mesh]:
    """Things before the main person as the first camera sees it.

    Args:
        rng: Source of chance.
        mean: Mean number; 0 gives none.
        camera: The first camera.
        sight: Keeps most of the main person in sight of each camera.
        surfaces: Points ``(N, 3)`` on each person, metres; the main one first.
        floating: Share of things that hang in the air, for the sake of variety.
    """
    count = min(int(rng.poisson(mean)), 12) if mean > 0 else 0
    if not count:
        return []
    points, people = surfaces[0], np.concatenate(surfaces)
    extent = float(np.ptp(points, axis=0).max())
    eye = camera.position
    found: list[Mesh] = []
    for _ in range(count):
        standing = rng.random() >= floating
        thing = make(STANDING if standing else FLOATING, rng)
        spot = points[int(rng.integers(len(points)))]
        share = float(rng.uniform(0.4, 0.85))
        at = eye + share * (spot - eye)
        if standing:
            reach = max(float(np.abs(m.vertices[:, [0, 2]]).max()) for m in thing)
            aside = np.array([-(spot - eye)[2], 0, (spot - eye)[0]]) / np.linalg.norm(spot - eye)
            at = at * [1, 0, 1] + aside * rng.uniform(-1, 1) * reach
        else:
            # Near the camera a thing must be small not to fill the picture.
            size = share * extent / 1.7 * float(rng.uniform(0.5, 1.5))
            turn = yaw(float(rng.uniform(0, 6.3))) @ _tilt(float(rng.uniform(-1.2, 1.2)))
            thing = [placed(mesh, turn * size) for mesh in thing]
        for mesh in thing:
            if mesh.normals is not None and not standing:
                mesh.normals = mesh.normals / np.linalg.norm(mesh.normals, axis=1, keepdims=True)
            placed(mesh, shift=at)
        vertices = np.concatenate([m.vertices for m in thing])
        if not _reaches(vertices, people) and sight.allows(thing):
            found += thing
    return found


def _tilt(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def _reaches(vertices: Floats, people: Floats) -> bool:
    """Whether a thing's box, grown by a hand's breadth, holds any point of the people."""
    low, high = vertices.min(0) - 0.06, vertices.max(0) + 0.06
    return bool(((people >= low) & (people <= high)).all(1).any())


class Held:
    """Something in a person's hand that goes along with it: a ball, a racket, a stick, a phone, a barbell.

    Args:
        model: The body model.
        rng: Source of chance; decides the thing and the hand.
    """

    def __init__(self, model: BodyModel, rng: np.random.Generator) -> None:
        self._side = "L" if rng.random() < 0.4 else "R"
        self._bones = {s: (model.bone[f"wrist.{s}"], model.bone[f"finger3-1.{s}"]) for s in "LR"}
        self._kind = int(rng.integers(5))
        self._seed = int(rng.integers(1 << 30))

    def meshes(self, posed: PosedBody) -> list[Mesh]:
        """The thing where the hand is."""
        rng = np.random.default_rng(self._seed)
        wrist, knuckle = (posed.joints[b].astype(np.float64) for b in self._bones[self._side])
        along = knuckle - wrist
        length = max(float(np.linalg.norm(along)), 1e-3)
        along /= length
        turn = posed.orientations[self._bones[self._side][0]].astype(np.float64)
        # Across the palm: the axis of the hand's own that is farthest from the fingers' direction.
        across = turn[:, int(np.argmin(np.abs(turn.T @ along)))]
        across -= along * (across @ along)
        across /= np.linalg.norm(across)
        palm = knuckle + along * 0.02
        if self._kind == 0:
            radius = float(rng.choice([0.035, 0.11, 0.12]))
            look = {"texture": poster(rng)} if rng.random() < 0.4 else {"colour": tone(rng, 0.9)}
            return [ball(knuckle + along * (0.04 + radius), radius, 8, **look)]
        if self._kind == 1:
            return _racket(rng, palm, across, along)
        if self._kind == 2:
            reach = float(rng.uniform(0.3, 1.0))
            return [tube(palm - across * 0.12, palm + across * reach, 0.014, 8, 1.3, colour=tone(rng))]
        if self._kind == 3:
            plate = slab(
                np.array([[-0.04, -0.08], [0.04, -0.08], [0.04, 0.08], [-0.04, 0.08]]),
                0.01,
                colour=(0.06, 0.06, 0.07),
                shine=0.6,
            )
            return [
                placed(
                    plate,
                    np.column_stack([along, across, np.cross(along, across)]),
                    palm + np.cross(along, across) * 0.03,
                )
            ]
        hands = [posed.joints[self._bones[s][1]].astype(np.float64) for s in "LR"]
        apart = hands[1] - hands[0]
        width = float(np.linalg.norm(apart))
        if not 0.25 < width < 1.1 or abs(apart[1]) > 0.25 * width:
            return barbell(rng, palm - across * 0.2, palm + across * 0.2)
        middle, half = (hands[0] + hands[1]) / 2, apart / width
        return barbell(rng, middle - half * 0.8, middle + half * 0.8)


def _racket(rng: np.random.Generator, palm: Floats, across: Floats, along: Floats) -> list[Mesh]:
    colour, neck = tone(rng, 0.9), palm + across * 0.32
    grip = tube(palm - across * 0.08, neck, 0.014, 8, colour=colour)
    around = np.linspace(0, 2 * np.pi, 17)
    centre = neck + across * 0.16
    rim = centre + np.cos(around)[:, None] * across * 0.16 + np.sin(around)[:, None] * along * 0.125
    parts = [grip, *(tube(a, b, 0.009, 6, colour=colour) for a, b in zip(rim[:-1], rim[1:], strict=True))]
    for share in np.linspace(-0.7, 0.7, 7):
        half = np.sqrt(1 - share**2)
        parts.append(
            tube(
                centre + across * 0.16 * share - along * 0.125 * half,
                centre + across * 0.16 * share + along * 0.125 * half,
                0.0018,
                4,
            )
        )
        parts.append(
            tube(
                centre + along * 0.125 * share - across * 0.16 * half,
                centre + along * 0.125 * share + across * 0.16 * half,
                0.0018,
                4,
            )
        )
    return [joined(parts)]
