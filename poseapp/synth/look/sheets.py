"""Things worn that are not a copy of the skin: grids bound to bones. Skirts, coats, shoes, long hair."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import PosedBody, ShapedBody
from poseapp.synth.look.atlas import Atlas, Floats, Ints


@dataclass
class Sheet:
    """A surface bound to bones.

    Attributes:
        points: ``(n, 3)`` metres at rest; ``normals`` ``(n, 3)``; ``uv`` ``(n, 2)``; ``faces`` ``(m, 3)``.
        bones: ``(k,)`` numbers of the bones that move it; ``weights`` ``(n, k)`` sum to 1.
        nearest: ``(n,)`` body vertex that lends each point its part and its place on the body's texture map.
    """

    points: Floats
    normals: Floats
    uv: Floats
    faces: Ints
    bones: Ints
    weights: Floats
    nearest: Ints


def bone_moves(posed: PosedBody) -> Floats:
    """What moves each bone from rest into the pose, ``(J, 3, 4)``."""
    shaped = posed.shaped
    moves = np.empty((len(posed.joints), 3, 4), np.float32)
    moves[:, :, :3] = posed.orientations @ shaped.orientations.transpose(0, 2, 1)
    moves[:, :, 3] = posed.joints - np.einsum("jab,jb->ja", moves[:, :, :3], shaped.joints)
    return moves


def grid_faces(rows: int, columns: int, closed: bool) -> Ints:
    """Triangles of a grid numbered row by row; rows run down and columns to the left of the body.

    Args:
        rows: Of points.
        columns: Of points.
        closed: Whether the last column meets the first.
    """
    row, column = np.meshgrid(
        np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij"
    )
    after = (column + 1) % columns
    a, b = row * columns + column, row * columns + after
    c, d = a + columns, b + columns
    return np.concatenate(
        [np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)]
    ).astype(np.int32)


def grid_normals(points: Floats, faces: Ints, twins: tuple[Ints, Ints] | None = None) -> Floats:
    """Normals of a grid; twins are numbers of points at the same place that share theirs."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner], cross[:, axis], len(points))
    if twins is not None:
        both = total[twins[0]] + total[twins[1]]
        total[twins[0]] = total[twins[1]] = both
    return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def nearest_vertices(points: Floats, candidates: Ints, vertices: Floats) -> Ints:
    """The candidate vertex nearest to each point, ``(n,)``."""
    there = vertices[candidates]
    distance = (there**2).sum(1)[None] - 2 * points @ there.T
    return candidates[distance.argmin(1)]


def girth(points: Floats, heights: Floats, thickness: float, angles: Floats, centre: Floats) -> Floats:
    """How far a body reaches in each direction around the vertical, as a string around it would lie.

    Args:
        points: ``(n, 3)`` of the body.
        heights: ``(r,)`` of the rings.
        thickness: Points within this many metres of a ring's height count.
        angles: ``(c,)`` around, 0 the front, growing to the left.
        centre: ``(r, 2)`` x and z of each ring.

    Returns:
        ``(r, c)`` metres.
    """
    direction = np.stack([np.sin(angles), np.cos(angles)])
    reach = np.empty((len(heights), len(angles)), np.float32)
    for ring, height in enumerate(heights):
        near = points[np.abs(points[:, 1] - height) < thickness][:, [0, 2]] - centre[ring]
        reach[ring] = (near @ direction).max(0) if len(near) else np.nan
    for ring in range(1, len(heights)):
        if np.isnan(reach[ring, 0]):
            reach[ring] = reach[ring - 1]
    return reach


def make_skirt(
    atlas: Atlas, shaped: ShapedBody, top: float, length: float, flare: float, folds: NDArray[Any],
    margin: float, open_front: float = 0.0,
) -> Sheet:  # fmt: skip
    """A tube around hips and legs.

    Args:
        atlas: Of the body model.
        shaped: The body.
        top: Height of its upper rim on the standard body, metres in the model's rest pose.
        length: How far down it reaches: 0 the hip joints, 1 the knees, 2 the ankles.
        flare: Metres it widens at the hem.
        folds: ``(c,)`` -1..1 how far each column stands out; its length gives the columns.
        margin: Metres off the body at the top.
        open_front: Radians left open at the front (coats), 0 for a closed tube.
    """
    columns = len(folds)
    standard, bone = atlas.standard.joints, atlas.model.bone
    marks = [bone["spine01"], bone["upperleg01.L"], bone["lowerleg01.L"], bone["foot.L"]]
    bottom = np.interp(length, [0, 1, 2], standard[marks[1:], 1])
    rows = max(6, int((top - bottom) / 0.045))
    share = np.linspace(0, 1, rows)
    heights = top + (bottom - top) * share
    own = np.interp(-heights, -standard[marks, 1], shaped.joints[marks, 1])
    angles = np.linspace(open_front, 2 * np.pi - open_front, columns + 1)
    trunk = np.flatnonzero((atlas.arm < 0.3) & (atlas.skull < 0.3) & (atlas.foot < 0.5))
    body = shaped.vertices[trunk]
    centre = np.zeros((rows, 2))
    centre[:, 1] = np.interp(-own, -shaped.joints[marks, 1], shaped.joints[marks, 2] + [0.03, 0.0, 0.0, 0.0])
    reach = girth(body, own, 0.035, angles, centre)
    reach = np.maximum(reach, np.maximum.accumulate(reach, 0) * (1 - 0.12 * share[:, None]))
    wave = np.append(folds, folds[0])[None] * (0.004 + 0.45 * flare * share[:, None])
    radius = reach + margin + flare * share[:, None] ** 1.3 + np.maximum(wave, -0.4 * flare) * share[:, None]
    ring = np.stack([np.sin(angles), np.cos(angles)], 1)[None] * radius[:, :, None] + centre[:, None]
    points = np.stack([ring[:, :, 0], np.broadcast_to(own[:, None], radius.shape), ring[:, :, 1]], -1)
    points = points.reshape(-1, 3).astype(np.float32)
    faces = grid_faces(rows, columns + 1, False)
    first = np.arange(rows) * (columns + 1)
    twins = (first, first + columns) if open_front == 0 else None
    normals = grid_normals(points, faces, twins)
    uv = np.stack([np.tile(np.linspace(0, 1, columns + 1), rows), np.repeat(1 - share, columns + 1)], 1)
    bones, weights = _skirt_weights(atlas, np.repeat(heights, columns + 1), points[:, 0])
    legs = trunk[atlas.points[trunk, 1] < top + 0.05]
    return Sheet(
        points,
        normals,
        uv.astype(np.float32),
        faces,
        bones,
        weights,
        nearest_vertices(points, legs[::3], shaped.vertices),
    )


def _skirt_weights(atlas: Atlas, heights: Floats, x: Floats) -> tuple[Ints, Floats]:
    """Pelvis above the hips, thighs below, shins a little below the knees; sides blend in the middle."""
    bone, joints = atlas.model.bone, atlas.standard.joints
    hip, knee = joints[bone["upperleg01.L"], 1], joints[bone["lowerleg01.L"], 1]
    names = ["spine03", "spine05", "upperleg01.L", "upperleg01.R", "lowerleg01.L", "lowerleg01.R"]

    def step(value: Floats) -> Floats:
        value = np.clip(value, 0, 1)
        return value * value * (3 - 2 * value)

    thigh = step((hip + 0.06 - heights) / 0.22)
    shin = step((knee - heights) / 0.3) * 0.65
    waist = step((heights - hip - 0.1) / 0.2)
    left = step((x + 0.12) / 0.24)
    weights = np.stack(
        [
            waist * (1 - thigh), (1 - waist) * (1 - thigh), thigh * (1 - shin) * left,
            thigh * (1 - shin) * (1 - left), thigh * shin * left, thigh * shin * (1 - left),
        ], 1,
    )  # fmt: skip
    return np.array([bone[name] for name in names]), weights.astype(np.float32)
