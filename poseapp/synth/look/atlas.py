"""What looks need to know of the body model and that no person changes: built once a process.

Layout: V vertices, T texture corners (a vertex on a seam has several), F faces that can be seen, N texels
of the body's texture map that lie on the body.
"""

from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.body.phenotypes import Phenotype

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
SIZE = 512  # texels of the body's texture map to each side
_INSIDE = ("mouth_cavity", "tongue", "eye_cavity.L", "eye_cavity.R", "eye_back.L", "eye_back.R")
_EYES = ("eye_front.L", "eye_front.R")


class Atlas:
    """The body's surface, its texture map and coordinates to cut and pattern clothes by.

    All positions are those of one standard adult in the model's rest pose, so that a garment cut in them fits
    every body.

    Attributes:
        corner_vertex: ``(T,)`` the vertex each texture corner belongs to; ``uv`` ``(T, 2)`` its place.
        faces: ``(F, 3)`` corners of the faces that can be seen, without mouth, eye sockets and eyes.
        face_corners: ``(3, F)`` vertices of the faces.
        eye_faces: Faces of the two eyeballs.
        points: ``(V, 3)`` the standard body; ``normals`` ``(V, 3)``.
        arm: ``(V,)`` 0..1, how much arm and hand bones move a vertex; ``leg``, ``foot``, ``hand``, ``skull``
            alike.
        arm_smooth: ``(V,)`` ``arm`` evened out, for seams at the shoulder.
        along_arm: ``(V,)`` metres from the shoulder joint along the arm; the wrist is at ``wrist``.
        vertex_uv: ``(V, 2)`` one place of each vertex on the texture map; ``eye_uv`` ``(V, 2)`` on an eye's
            own picture.
        room: ``(V,)`` metres that cloth may stand off before it meets the body again (armpits, crotch).
        neighbours: ``(V, 8)`` vertices around each vertex, filled up with itself.
    """

    def __init__(self, model: BodyModel) -> None:
        self.model = model
        self.standard: ShapedBody = model.shape(Phenotype())
        self.points = self.standard.vertices.astype(np.float32)
        self.normals = self.standard.normals
        corner = np.zeros(len(model.uv), np.int32)
        corner[model.face_uv.ravel()] = model.faces.ravel()
        self.corner_vertex = corner
        self.uv = model.uv.astype(np.float32)
        region = np.array(model.region_names)[model.face_region]
        self.faces = model.face_uv[~np.isin(region, _INSIDE + _EYES)].astype(np.int32)
        self.eye_faces = model.face_uv[np.isin(region, _EYES)].astype(np.int32)
        self.face_vertices = corner[self.faces]
        self.face_corners = np.ascontiguousarray(self.face_vertices.T)
        self.vertex_uv = np.zeros((model.num_vertices, 2), np.float32)
        self.vertex_uv[corner] = self.uv
        front = self.points - self.standard.joints[[model.bone["eye.L"]]] * [1, 1, 1]
        front[self.points[:, 0] < 0] = (self.points - self.standard.joints[[model.bone["eye.R"]]])[
            self.points[:, 0] < 0
        ]
        self.eye_uv = np.clip(0.5 + front[:, :2] / 0.034, 0, 1).astype(np.float32)
        self._set_members()
        self.neighbours = _neighbours(self.face_vertices, model.num_vertices)
        self.arm_smooth = self.arm
        for _ in range(5):
            self.arm_smooth = self.arm_smooth[self.neighbours].mean(1)

    def _set_members(self) -> None:
        model = self.model
        names = np.array(model.bone_names)

        def share(*starts: str) -> Floats:
            chosen = np.array([name.startswith(starts) for name in names])
            return model.weights[:, chosen].sum(1).astype(np.float32)

        self.hand = share("wrist", "finger", "metacarpal")
        self.arm = share("upperarm", "lowerarm") + self.hand
        self.foot = share("foot", "toe")
        self.leg = share("upperleg", "lowerleg") + self.foot
        self.skull = share("head", "eye")
        lower = share("lowerarm") + self.hand
        joints = self.standard.joints
        shoulder, elbow, wrist = (joints[model.bone[f"{n}.L"]] for n in ("upperarm01", "lowerarm01", "wrist"))
        point = self.points * np.where(self.points[:, :1] < 0, [[-1, 1, 1]], 1)
        upper_length, lower_length = np.linalg.norm(elbow - shoulder), np.linalg.norm(wrist - elbow)
        up = (point - shoulder) @ (elbow - shoulder) / upper_length
        down = upper_length + (point - elbow) @ (wrist - elbow) / lower_length
        self.along_arm = (up + np.clip(lower, 0, 1) * (down - up)).astype(np.float32)
        self.elbow, self.wrist = float(upper_length), float(upper_length + lower_length)

    @cached_property
    def room(self) -> Floats:
        """Radius of the largest ball outside that touches each vertex, times a half; 0.15 m at most."""
        room = np.full(len(self.points), 0.15, np.float32)
        cloth = np.flatnonzero((self.hand < 0.5) & (self.foot < 0.5) & (self.skull < 0.5))
        points, normals = self.points[cloth], self.normals[cloth]
        for start in range(0, len(cloth), 512):
            part = slice(start, start + 512)
            offset = points[None] - points[part, None]
            ahead = np.einsum("nmk,nk->nm", offset, normals[part])
            ahead = np.where(ahead > 1e-3, ahead, np.inf)
            radius = np.einsum("nmk,nmk->nm", offset, offset) / (2 * ahead)
            radius[np.einsum("nk,mk->nm", normals[part], normals) > 0.3] = (
                np.inf
            )  # a bulge beside, not across
            room[cloth[part]] = np.minimum(radius.min(1) * 0.5, 0.15)
        return room

    @cached_property
    def texels(self) -> "Texels":
        """The texels of the texture map."""
        return Texels(self)

    def smooth(self, points: Floats, chosen: Ints, times: int) -> Floats:
        """Move the chosen vertices of ``(V, 3)`` points towards their neighbours, several times."""
        around = self.neighbours[chosen].T
        points = points.copy()
        for _ in range(times):
            points[chosen] = points[around].mean(0)
        return points


class Texels:
    """The texels that lie on the body, and where.

    Attributes:
        index: ``(N,)`` place in the flattened map; ``source`` ``(SIZE * SIZE,)``: the texel (0..N-1)
            nearest to every place of the map, for the margins between its islands.
        vertices: ``(N, 3)`` corners of the face under each texel; ``shares`` ``(N, 3)`` barycentric.
        points: ``(N, 3)`` on the standard body.
        cloth: ``(N, 2)`` around and along the limb or trunk, in tiles of 0.45 m.
    """

    def __init__(self, atlas: Atlas) -> None:
        faces = np.concatenate([atlas.faces, atlas.eye_faces])
        at = atlas.uv[faces] * [SIZE, -SIZE] + [0, SIZE]
        numbers = np.full((SIZE, SIZE), -1, np.int32)
        for number, corners in enumerate(np.round((at - 0.5) * 16).astype(np.int32)):
            cv2.fillConvexPoly(numbers, corners, number, cv2.LINE_8, 4)
        self.index = np.flatnonzero(numbers.ravel() >= 0).astype(np.int32)
        face = numbers.ravel()[self.index]
        place = np.stack([self.index % SIZE + 0.5, self.index // SIZE + 0.5], 1)
        self.shares = _barycentric(at[face], place).astype(np.float32)
        self.vertices = atlas.corner_vertex[faces[face]]
        gap = (numbers < 0).astype(np.uint8)
        _, labels = cv2.distanceTransformWithLabels(gap, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        order = np.zeros(labels.max() + 1, np.int32)
        order[labels.ravel()[self.index]] = np.arange(len(self.index))
        self.source = order[labels.ravel()]
        self.points = self.spread(atlas.points)
        self.part = atlas.model.vertex_part[self.vertices[:, 0]]
        self.cloth = _cloth_coordinates(atlas, self)

    def spread(self, values: Floats) -> Floats:
        """Values of vertices ``(V,)`` or ``(V, k)`` on the texels, ``(N,)`` or ``(N, k)``."""
        shares = self.shares if values.ndim == 1 else self.shares[:, :, None]
        a, b, c = (values.take(self.vertices[:, i], 0) * shares[:, i] for i in range(3))
        return a + b + c

    def picture(self, colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The map ``(SIZE, SIZE, 3)`` of colours ``(N, 3)``, margins filled from the nearest texel."""
        return colours.take(self.source, 0).reshape(SIZE, SIZE, -1)

    def sample(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Values of a ``(SIZE, SIZE, …)`` picture at the texels."""
        return picture.reshape(SIZE * SIZE, *picture.shape[2:])[self.index]


def _barycentric(corners: Floats, place: Floats) -> Floats:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]

    def cross(p: Floats, q: Floats) -> Floats:
        return p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]

    area = cross(b - a, c - a)
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    second = cross(place - a, c - a) / area
    third = cross(b - a, place - a) / area
    shares = np.clip(np.stack([1 - second - third, second, third], 1), 0, 1)
    return shares / shares.sum(1, keepdims=True)


def _cloth_coordinates(atlas: Atlas, texels: Texels) -> Floats:
    """Around and along, so that a whole number of tiles goes around the trunk and each leg."""
    point = texels.points
    side = np.sign(point[:, 0])
    joints, bone = atlas.standard.joints, atlas.model.bone
    trunk = np.stack([np.arctan2(point[:, 0], point[:, 2] - 0.02) / np.pi, point[:, 1] / 0.45], 1)
    leg = texels.spread(atlas.leg) > 0.5
    height = point[:, 1]
    hip, knee, ankle = (joints[bone[f"{n}.L"]] for n in ("upperleg01", "lowerleg01", "foot"))
    x = np.interp(height, [ankle[1], knee[1], hip[1]], [ankle[0], knee[0], hip[0]]) * side
    around_leg = np.arctan2((point[:, 0] - x) * side, point[:, 2] - 0.01) * side / (2 * np.pi)
    arm = texels.spread(atlas.arm) > 0.5
    along = texels.spread(atlas.along_arm)
    shoulder, elbow, wrist = (joints[bone[f"{n}.L"]] for n in ("upperarm01", "lowerarm01", "wrist"))
    axis_y = np.interp(along, [0, atlas.elbow, atlas.wrist], [shoulder[1], elbow[1], wrist[1]])
    axis_z = np.interp(along, [0, atlas.elbow, atlas.wrist], [shoulder[2], elbow[2], wrist[2]])
    around_arm = np.arctan2(point[:, 2] - axis_z, (height - axis_y) * 1.4) / (2 * np.pi) * 0.75
    cloth = trunk
    cloth[leg, 0] = around_leg[leg]
    cloth[arm] = np.stack([around_arm, along / 0.45 + 0.3], 1)[arm]
    return cloth.astype(np.float32)


def _neighbours(faces: Ints, num_vertices: int) -> Ints:
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    first = np.searchsorted(edges[:, 0], np.arange(num_vertices))
    rank = np.arange(len(edges)) - first[edges[:, 0]]
    around = np.tile(np.arange(num_vertices, dtype=np.int32)[:, None], (1, 8))
    kept = rank < 8
    around[edges[kept, 0], rank[kept]] = edges[kept, 1]
    return around


@lru_cache(maxsize=2)
def atlas_of(model: BodyModel) -> Atlas:
    """The atlas of a body model, built at the first call (about half a second)."""
    return Atlas(model)
