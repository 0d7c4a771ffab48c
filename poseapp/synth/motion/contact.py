"""A thinned-out skin that says fast, for many frames, where a body touches the ground."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel, ShapedBody
from poseapp.synth.motion.anatomy import Anatomy, reference_orientations
from poseapp.synth.motion.limits import Floats

_EVERY = 12  # of the vertices
_BONES = 4  # that move a vertex, at most
_CHUNK = 64  # frames at once


@lru_cache(maxsize=4)
def seat_skin(model: BodyModel) -> NDArray[np.intp]:
    """Vertices a person sits on: of the pelvis and the thighs' upper halves."""
    main = np.argmax(model.weights, 1)
    names = ("root", "pelvis.L", "pelvis.R", "upperleg01.L", "upperleg01.R", "spine05")
    return np.flatnonzero(np.isin(main, [model.bone[name] for name in names]))


class ContactSkin:
    """Some of a person's skin, S points.

    Attributes:
        seat: ``(S,)`` which of them a person sits on.
    """

    def __init__(self, model: BodyModel, shaped: ShapedBody, anatomy: Anatomy) -> None:
        self.anatomy = anatomy
        chosen = np.arange(0, model.num_vertices, _EVERY)
        self.seat = np.isin(chosen, seat_skin(model))
        weights = model.weights[chosen]
        self.bones = np.argsort(-weights, 1, kind="stable")[:, :_BONES]
        share = np.take_along_axis(weights, self.bones, 1).astype(np.float64)
        self.shares = share / share.sum(1, keepdims=True)
        turn = reference_orientations(model) @ shaped.orientations.transpose(0, 2, 1)
        steps = shaped.vertices[chosen][:, None] - shaped.joints[self.bones]
        self.offsets = np.einsum("skab,skb->ska", turn[self.bones], steps)

    def points(self, places: Floats, turned: Floats) -> Floats:
        """Skin points ``(B, S, 3)`` of joints ``(B, J, 3)`` and turns of the bones ``(B, J, 3, 3)``."""
        moved = np.einsum("bskij,skj->bski", turned[:, self.bones], self.offsets) + places[:, self.bones]
        return np.einsum("bski,sk->bsi", moved, self.shares)

    def lowest(self, rotations: Floats, seat: bool = False) -> Floats:
        """Height ``(B,)`` of the lowest point of each pose ``(B, J, 3, 3)`` whose root is at the origin.

        Args:
            rotations: The poses.
            seat: Only of what a person sits on.
        """
        chosen = self.seat if seat else slice(None)
        bones, offsets, shares = self.bones[chosen], self.offsets[chosen], self.shares[chosen]
        out = []
        for start in range(0, len(rotations), _CHUNK):
            places, turned = self.anatomy.place(rotations[start : start + _CHUNK])
            heights = np.einsum("bskj,skj->bsk", turned[:, bones, 1], offsets) + places[:, bones, 1]
            out.append(np.einsum("bsk,sk->bs", heights, shares).min(1))
        return np.concatenate(out)
