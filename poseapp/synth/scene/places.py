"""Where several people stand: near each other, on one floor, without touching."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import Pose, PosedBody
from poseapp.synth.draw.mesh import Floats, Mesh
from poseapp.synth.scene.shapes import placed, yaw
from poseapp.synth.scene.sight import Sight

CELL_M = 0.09  # side of the cells that two bodies may not share
_TRIES = 16
_SHOWN = 0.3  # share of a person that a place should put into the picture


def moved_pose(pose: Pose, turn_rad: float, shift: Floats) -> Pose:
    """The pose turned around the upward axis through the origin, then moved by ``(3,)`` metres."""
    turn = yaw(turn_rad).astype(np.float32)
    rotations = pose.rotations.copy()
    rotations[0] = turn @ rotations[0]
    return Pose(rotations, (turn @ pose.translation + shift).astype(np.float32))


def moved_body(posed: PosedBody, turn_rad: float, shift: Floats) -> PosedBody:
    """The posed body turned around the upward axis through the origin, then moved by ``(3,)`` metres."""
    turn = yaw(turn_rad).astype(np.float32)
    shift = np.asarray(shift, np.float32)
    # As one product of two matrices, much quicker than one for each vertex.
    rows = posed.vertex_transforms.transpose(1, 0, 2).reshape(3, -1)
    transforms = np.ascontiguousarray((turn @ rows).reshape(3, -1, 4).transpose(1, 0, 2))
    transforms[:, :, 3] += shift
    return PosedBody(
        posed.shaped,
        moved_pose(posed.pose, turn_rad, shift),
        posed.vertices @ turn.T + shift,
        posed.joints @ turn.T + shift,
        turn @ posed.orientations,
        transforms,
    )


def moved_meshes(meshes: list[Mesh], turn_rad: float, shift: Floats) -> list[Mesh]:
    """Copies of the meshes, turned around the upward axis at the origin, then moved by ``(3,)`` metres."""
    turn = yaw(turn_rad)
    return [placed(replace(mesh), turn, shift) for mesh in meshes]


def cells(points: Floats, grow: int = 0) -> NDArray[np.int64]:
    """Numbers of the cells of space, `CELL_M` wide, that ``(N, 3)`` points lie in, each once.

    Args:
        points: Metres.
        grow: Cells added around each.
    """
    places = np.unique(np.floor(points / CELL_M).astype(np.int64) + 2048, axis=0)
    keys = (places[:, 0] << 24) + (places[:, 1] << 12) + places[:, 2]
    if grow:
        steps = np.arange(-grow, grow + 1)
        around = ((steps[:, None, None] << 24) + (steps[None, :, None] << 12) + steps[None, None, :]).ravel()
        keys = np.unique(keys[:, None] + around)
    return keys


def touch(points: Floats, others: Floats) -> bool:
    """Whether two surfaces ``(N, 3)`` and ``(M, 3)`` come within about 10 cm of each other."""
    gap = np.maximum(points.min(0), others.min(0)) - np.minimum(points.max(0), others.max(0))
    if (gap > CELL_M).any():
        return False
    return bool(np.isin(cells(points), cells(others, grow=1)).any())


def find_place(
    rng: np.random.Generator, points: Floats, taken: list[Floats], towards: float, sight: Sight
) -> tuple[float, Floats] | None:
    """A turn and a place for one more person.

    Args:
        rng: Source of chance; how much is drawn does not depend on the others.
        points: ``(N, 3)`` metres on the person, standing at the origin.
        taken: The same of each person who has a place; the first, the main one, at the origin.
        towards: Azimuth of the first camera as seen from the main person, radians.
        sight: Sees that the main person is not hidden; the place found counts for it.

    Returns:
        The turn in radians and the shift ``(3,)``, or None where no place was free. Places that the first
        camera sees are preferred.
    """
    draws = rng.random((_TRIES, 4))
    spread = float(rng.random())
    unseen: list[tuple[float, Floats]] = []
    for turn, kind, along, aside in draws:
        side = 1.0 if aside < 0.5 else -1.0
        aside = abs(2 * aside - 1)
        if kind < 0.4:  # beside
            depth, across = 0.8 * (along - 0.5), side * (0.5 + 1.2 * aside)
        elif kind < 0.8:  # behind
            depth, across = -(0.4 + (1 + 4 * spread) * along), side * 1.6 * aside
        else:  # in front, partly in the way
            depth, across = 0.5 + 0.7 * along, side * (0.25 + 0.6 * aside)
        shift = np.array([across, 0.0, depth]) @ yaw(towards).T
        here = points @ yaw(turn * 2 * np.pi).T + shift
        if any(touch(here, other) for other in taken):
            continue
        place = (float(turn * 2 * np.pi), shift)
        if sight.shows(here) < _SHOWN:
            unseen.append(place)
        elif sight.allows_person(here):
            return place
    for turn_rad, shift in unseen:
        if sight.allows_person(points @ yaw(turn_rad).T + shift):
            return turn_rad, shift
    return None
