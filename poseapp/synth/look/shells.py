"""Clothes that follow the body: parts of its surface cut along smooth hems and moved outwards.

A garment's outline is a field over the body's vertices, above 0 inside. Faces that the outline crosses are
cut along it, so hems are smooth whatever the faces of the body.
"""

from dataclasses import dataclass

import numpy as np

from poseapp.synth.look.atlas import Atlas, Floats, Ints

GAP_M = 0.0035  # least distance between two layers


@dataclass(frozen=True)
class Cut:
    """What an outline leaves of the body's surface; n nodes.

    Attributes:
        first: ``(n,)`` texture corner of each node; ``second`` ``(n,)`` the other end of the edge
            that was cut.
        share: ``(n,)`` how far along that edge, 0 for a node that is a corner.
        faces: ``(m, 3)`` nodes.
        rim: ``(r, 2)`` nodes of the pieces of the hem.
    """

    first: Ints
    second: Ints
    share: Floats
    faces: Ints
    rim: Ints


def cut(faces: Ints, corner_field: Floats) -> Cut:
    """Cut faces along the zero line of a field.

    Args:
        faces: ``(F, 3)`` texture corners.
        corner_field: ``(T,)`` above 0 inside.
    """
    positive = corner_field > 0
    inside = positive[faces]
    count = inside[:, 0].astype(np.int8) + inside[:, 1] + inside[:, 2]
    whole = faces[count == 3]
    used = np.zeros(len(corner_field), bool)
    used[whole.ravel()] = True
    mixed = faces[(count == 1) | (count == 2)]
    used[mixed[corner_field[mixed] > 0]] = True
    corners = np.flatnonzero(used)
    node = np.zeros(len(corner_field), np.int32)
    node[corners] = np.arange(len(corners), dtype=np.int32)
    parts = [node[whole]]
    firsts, seconds, rims = [corners], [corners], []
    total = len(corners)
    for inner in (1, 2):
        these = faces[count == inner]
        odd = np.argmax(inside[count == inner] == (inner == 1), axis=1)
        turned = these[np.arange(len(these))[:, None], (odd[:, None] + np.arange(3)) % 3]
        a, b, c = turned.T
        one = total + np.arange(len(these), dtype=np.int32)
        two = one + len(these)
        total += 2 * len(these)
        if inner == 1:  # a is inside
            firsts += [a, a]
            seconds += [b, c]
            parts.append(np.stack([node[a], one, two], 1))
            rims.append(np.stack([one, two], 1))
        else:  # a is outside
            firsts += [b, c]
            seconds += [a, a]
            parts += [np.stack([one, node[b], node[c]], 1), np.stack([one, node[c], two], 1)]
            rims.append(np.stack([two, one], 1))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    share = np.zeros(len(first), np.float32)
    ends = slice(len(corners), None)
    high, low = corner_field[first[ends]], corner_field[second[ends]]
    share[ends] = high / np.maximum(high - low, 1e-9)
    return Cut(
        first, second, share, np.concatenate(parts).astype(np.int32), np.concatenate(rims).astype(np.int32)
    )


@dataclass
class Shell:
    """One layer on the body at rest, ready to be moved.

    Attributes:
        first: ``(n,)`` body vertex that moves each node; ``second``, ``share`` where a node lies between two.
        points: ``(n, 3)`` metres at rest; ``normals`` ``(n, 3)``.
        uv: ``(n, 2)``; ``part`` ``(n,)``.
        faces: ``(m, 3)``.
    """

    first: Ints
    second: Ints
    share: Floats
    points: Floats
    normals: Floats
    uv: Floats
    part: Ints
    faces: Ints


def mixed(values: Floats, first: Ints, second: Ints, share: Floats) -> Floats:
    """Values of nodes that lie between two others."""
    result = values[first]
    between = np.flatnonzero(share > 0)
    weight = share[between].reshape(-1, *[1] * (values.ndim - 1))
    result[between] += weight * (values[second[between]] - result[between])
    return result


def build_shell(
    atlas: Atlas, faces: Ints, field: Floats, outer: Floats, inner: Floats, normals: Floats, hem: bool = True
) -> Shell:
    """Cut a layer out and put it at its place.

    Args:
        atlas: Of the body model.
        faces: ``(F, 3)`` texture corners to cut from.
        field: ``(V,)`` outline, above 0 inside.
        outer: ``(V, 3)`` where the layer is at rest.
        inner: ``(V, 3)`` what it lies on; the hem is closed down to it.
        normals: ``(V, 3)`` of the outer surface.
        hem: Whether to close the hem.
    """
    owner = atlas.corner_vertex
    piece = cut(faces, field[owner])
    first, second, share = owner[piece.first], owner[piece.second], piece.share
    points = mixed(outer, first, second, share)
    turned = mixed(normals, first, second, share)
    uv = mixed(atlas.uv, piece.first, piece.second, share)
    cut_faces = piece.faces
    if hem and len(piece.rim):
        rim, back = np.unique(piece.rim.ravel(), return_inverse=True)
        below = mixed(inner, first[rim], second[rim], share[rim])
        low = (len(first) + back.reshape(-1, 2)).astype(np.int32)
        a, b = piece.rim.T
        cut_faces = np.concatenate(
            [cut_faces, np.stack([a, low[:, 0], b], 1), np.stack([b, low[:, 0], low[:, 1]], 1)]
        )
        first, second, share = (np.concatenate([v, v[rim]]) for v in (first, second, share))
        points = np.concatenate([points, below])
        turned, uv = np.concatenate([turned, turned[rim]]), np.concatenate([uv, uv[rim]])
    return Shell(first, second, share, points, turned, uv, atlas.model.vertex_part[first], cut_faces)


def drape(
    atlas: Atlas, body: Floats, normals: Floats, field: Floats, offset: Floats, below: Floats, smoothing: int
) -> Floats:
    """Distance of a layer from the skin, smoothed as cloth is but always outside what it lies on.

    Args:
        atlas: Of the body model.
        body: ``(V, 3)`` skin at rest; ``normals`` its normals.
        field: ``(V,)`` outline of the garment.
        offset: ``(V,)`` metres the cloth stands off before smoothing.
        below: ``(V,)`` distance of what lies under it.
        smoothing: Times to smooth; more bridges wider hollows.

    Returns:
        ``(V, 3)`` points of the layer; equal to the body away from the garment.
    """
    near = np.flatnonzero(field > -0.06)
    least = below[near] + GAP_M
    points = body.astype(np.float32).copy()
    distance = np.maximum(np.minimum(offset[near], atlas.room[near] * 0.8), least)
    points[near] += normals[near] * distance[:, None]
    if smoothing:
        inside = np.flatnonzero(field > -0.03)
        points = atlas.smooth(points, inside, smoothing)
        height = np.einsum("nk,nk->n", points[near] - body[near], normals[near])
        lift = np.clip(np.maximum(least, distance * 0.6) - height, 0, None)
        points[near] += normals[near] * lift[:, None]
    return points
