"""Rotation matrices, rotation vectors and quaternions in batches; the last axes hold one rotation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
MIRROR = np.array([-1.0, 1.0, 1.0])  # left becomes right: x is turned round
_SIGNS = np.outer(MIRROR, MIRROR)


def about(axis: int, angle: Floats | float) -> Floats:
    """Rotations ``(…, 3, 3)`` about a coordinate axis (0 x, 1 y, 2 z) by angles ``(…)`` in radians."""
    angle = np.asarray(angle, np.float64)
    cos, sin = np.cos(angle), np.sin(angle)
    out = np.zeros((*angle.shape, 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = cos
    out[..., i, j] = -sin
    out[..., j, i] = sin
    return out


def from_vectors(vectors: Floats) -> Floats:
    """Rotations ``(…, 3, 3)`` of rotation vectors ``(…, 3)`` (axis times radians), by Rodrigues' formula."""
    vectors = np.asarray(vectors, np.float64)
    angle = np.sqrt((vectors**2).sum(-1))
    safe = np.maximum(angle, 1e-12)
    axes = vectors / safe[..., None]
    x, y, z = axes[..., 0], axes[..., 1], axes[..., 2]
    cos, sin = np.cos(angle), np.sin(angle)
    rest = 1 - cos
    out = np.empty((*angle.shape, 3, 3))
    out[..., 0, 0] = cos + rest * x * x
    out[..., 1, 1] = cos + rest * y * y
    out[..., 2, 2] = cos + rest * z * z
    for i, j, along in ((0, 1, z), (1, 2, x), (2, 0, y)):
        mixed = rest * (x, y, z)[i] * (x, y, z)[j]
        out[..., i, j] = mixed - sin * along
        out[..., j, i] = mixed + sin * along
    return out


def to_quaternions(matrices: Floats) -> Floats:
    """Unit quaternions ``(…, 4)``, w first and not negative, of rotations ``(…, 3, 3)``."""
    m = np.asarray(matrices, np.float64)
    d0, d1, d2 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    # Four equal formulas; the one with the largest divisor is exact to rounding (Shepperd, 1978).
    a, b, c = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    e, f, g = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]
    rows = np.empty((*d0.shape, 4, 4))
    rows[..., 0, 0], rows[..., 1, 1] = 1 + d0 + d1 + d2, 1 + d0 - d1 - d2
    rows[..., 2, 2], rows[..., 3, 3] = 1 - d0 + d1 - d2, 1 - d0 - d1 + d2
    for i, j, value in ((0, 1, a), (0, 2, b), (0, 3, c), (1, 2, e), (1, 3, f), (2, 3, g)):
        rows[..., i, j] = rows[..., j, i] = value
    best = np.argmax(rows.diagonal(axis1=-2, axis2=-1), -1)
    quaternions = np.take_along_axis(rows, best[..., None, None], -2)[..., 0, :]
    quaternions /= np.sqrt((quaternions**2).sum(-1, keepdims=True))
    return np.where(quaternions[..., :1] < 0, -quaternions, quaternions)


def from_quaternions(quaternions: Floats) -> Floats:
    """Rotations ``(…, 3, 3)`` of quaternions ``(…, 4)``, w first, which are made unit."""
    q = quaternions / np.sqrt((quaternions**2).sum(-1, keepdims=True))
    w, x, y, z = np.moveaxis(q, -1, 0)
    out = np.empty((*w.shape, 3, 3), q.dtype)
    out[..., 0, 0] = 1 - 2 * (y * y + z * z)
    out[..., 1, 1] = 1 - 2 * (x * x + z * z)
    out[..., 2, 2] = 1 - 2 * (x * x + y * y)
    out[..., 0, 1], out[..., 1, 0] = 2 * (x * y - w * z), 2 * (x * y + w * z)
    out[..., 0, 2], out[..., 2, 0] = 2 * (x * z + w * y), 2 * (x * z - w * y)
    out[..., 1, 2], out[..., 2, 1] = 2 * (y * z - w * x), 2 * (y * z + w * x)
    return out


def to_vectors(matrices: Floats) -> Floats:
    """Rotation vectors ``(…, 3)``, at most pi long, of rotations ``(…, 3, 3)``."""
    q = to_quaternions(matrices)
    sin = np.sqrt((q[..., 1:] ** 2).sum(-1, keepdims=True))
    angle = 2 * np.arctan2(sin, q[..., :1])
    return np.where(sin > 1e-9, q[..., 1:] / np.maximum(sin, 1e-12) * angle, 2 * q[..., 1:])


def twist_angle(matrices: Floats, axis: Floats) -> Floats:
    """Radians in (-pi, pi] that rotations turn about a unit axis, in the split swing times twist."""
    m = matrices
    # Four times the quaternion's real part times the quaternion.
    along = (
        (m[..., 2, 1] - m[..., 1, 2]) * axis[0]
        + (m[..., 0, 2] - m[..., 2, 0]) * axis[1]
        + (m[..., 1, 0] - m[..., 0, 1]) * axis[2]
    )
    return 2 * np.arctan2(along, 1 + m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2])


def about_axis(axis: Floats, angle: Floats) -> Floats:
    """Rotations ``(…, 3, 3)`` about one unit axis ``(3,)`` by radians ``(…)``."""
    x, y, z = axis
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.asarray(angle)[..., None, None]
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def mirrored(matrices: Floats) -> Floats:
    """The same rotations seen in a mirror that swaps left and right."""
    return matrices * _SIGNS


def shortest(start: Floats, end: Floats) -> Floats:
    """Rotations ``(…, 3, 3)`` that turn unit vectors onto others the shortest way; not for opposite ones."""
    start, end = np.broadcast_arrays(start, end)
    cos = (start * end).sum(-1)[..., None, None]
    x, y, z = (start[..., i] * end[..., j] - start[..., j] * end[..., i] for i, j in ((1, 2), (2, 0), (0, 1)))
    k = np.zeros((*x.shape, 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -z, y, -x
    k[..., 1, 0], k[..., 2, 0], k[..., 2, 1] = z, -y, x
    return np.eye(3) + k + k @ k / np.maximum(1 + cos, 1e-9)


def unit(vectors: Floats) -> Floats:
    """Vectors made one long; nothing stays nothing."""
    length = np.sqrt((vectors * vectors).sum(-1, keepdims=True))
    return vectors / np.maximum(length, 1e-12)


def frame(up: Floats, forward: Floats) -> Floats:
    """Axes as rows ``(…, 3, 3)``: y along ``up``, z as near to ``forward`` as possible, x = y cross z."""
    y = unit(up)
    z = unit(forward - (forward * y).sum(-1, keepdims=True) * y)
    return np.stack([np.cross(y, z), y, z], -2)
