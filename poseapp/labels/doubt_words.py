"""Reasons for doubt as short sentences."""

from __future__ import annotations

from collections.abc import Sequence

from poseapp.labels.skeleton import Skeleton

_BONES = {
    frozenset(("knee", "ankle")): "shin",
    frozenset(("hip", "knee")): "thigh",
    frozenset(("shoulder", "elbow")): "upper arm",
    frozenset(("elbow", "wrist")): "forearm",
}
_LIMBS = {"legs": {"hip", "knee", "ankle"}, "arms": {"shoulder", "elbow", "wrist"}}


def score_words(score: float, skeleton: Skeleton | None = None, keypoints: Sequence[int] = ()) -> str:
    """ "score .31", or "right ankle has score .12"."""
    number = f"{score:.2f}".removeprefix("0")
    if skeleton is None or not keypoints:
        return f"score {number}"
    return f"{_some(skeleton, keypoints)} has score {number}"


def jump_words(skeleton: Skeleton, keypoints: Sequence[int], px: float) -> str:
    """ "left wrist jumps 61 px in one frame"."""
    if len(keypoints) > max(3, skeleton.num_keypoints // 2):
        return f"the whole person jumps {px:.0f} px in one frame"
    return f"{_some(skeleton, keypoints)} jumps {px:.0f} px in one frame"


def flip_words(skeleton: Skeleton, pairs: Sequence[int], whole: bool) -> str:
    """ "left and right legs look swapped".

    Args:
        skeleton: whose swap pairs are counted.
        pairs: which pairs are swapped, indices into `swap_pairs`.
        whole: whether that is nearly the whole person.
    """
    if whole:
        return "left and right of the person look swapped"
    parts = [_plain(skeleton.keypoints[skeleton.swap_pairs[pair][0]]) for pair in pairs]
    for limbs, names in _LIMBS.items():
        if len(parts) > 1 and set(parts) <= names:
            return f"left and right {limbs} look swapped"
    shown = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"left and right {shown} look swapped"


def bone_words(skeleton: Skeleton, keypoints: Sequence[int], ratio: float) -> str:
    """ "right shin is 1.8x its usual length"."""
    one, two = (skeleton.keypoints[k] for k in keypoints)
    bone = _BONES.get(frozenset((_plain(one), _plain(two))))
    sides = {skeleton.sides[k] for k in keypoints}
    if bone is not None and len(sides) == 1:
        name = f"{sides.pop()} {bone}"
    else:
        name = f"{_words(one)} to {_words(two)}"
    return f"{name} is {ratio:.1f}x its usual length"


def _some(skeleton: Skeleton, keypoints: Sequence[int]) -> str:
    first = _words(skeleton.keypoints[keypoints[0]])
    return first if len(keypoints) == 1 else f"{first} (and {len(keypoints) - 1} more)"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain(name: str) -> str:
    words = [word for word in _words(name).split() if word.lower() not in ("left", "right", "l", "r")]
    return " ".join(words) or _words(name)
