"""Names of what is measured of a person over time: "left wrist:speed", "left hip-left knee:length"."""

from __future__ import annotations

from poseapp.errors import PoseError
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.trajectories import UNITS, Quantity

PERSON = "person"
SIDES = ("left side", "right side")


def plain(name: str) -> str:
    """A keypoint's name as people write it."""
    return name.replace("_", " ")


def title(quantity: Quantity, skeleton: Skeleton) -> str:
    """What a curve is called, as "left wrist speed"."""
    return f"{subject(quantity, skeleton)} {quantity.kind}"


def word(quantity: Quantity, skeleton: Skeleton) -> str:
    """What `parse` understands, with the keypoints' names as they are in the skeleton."""
    return f"{subject(quantity, skeleton, as_is=True)}:{quantity.kind}"


def subject(quantity: Quantity, skeleton: Skeleton, *, as_is: bool = False) -> str:
    """Whom or what a quantity is measured of, as "left wrist"; `as_is`: as "left_wrist"."""
    at = quantity.keypoints
    names = [skeleton.keypoints[k] if as_is else plain(skeleton.keypoints[k]) for k in at[:2]]
    if quantity.kind == "length":
        return ("-" if as_is else "–").join(names)
    if len(at) == 1:
        return names[0]
    group = next((s for s in SIDES if at == side_keypoints(skeleton, s.split()[0])), PERSON)
    return group.replace(" ", "_") if as_is else group


def side(quantity: Quantity, skeleton: Skeleton) -> str:
    """ "left", "right" or "middle": the person's own side of all that is measured."""
    sides = {skeleton.sides[k] for k in quantity.keypoints}
    return sides.pop() if len(sides) == 1 else "middle"


def side_keypoints(skeleton: Skeleton, name: str) -> tuple[int, ...]:
    """Indices of the keypoints of one side."""
    return tuple(k for k, own in enumerate(skeleton.sides) if own == name)


def parse(text: str, skeleton: Skeleton) -> Quantity:
    """Understand words such as "left wrist:speed", "left_hip-left_knee:length", "person:speed".

    Args:
        text: a keypoint, two joined by a hyphen, "person", "left side" or "right side"; a colon; x, y, speed,
            score or length. Case, spaces and underscores do not matter.
        skeleton: whose keypoints are meant.

    Raises:
        PoseError: it is nothing of the kind, or the skeleton has no such keypoint.
    """
    whom, _, kind = text.rpartition(":")
    kind, whom = kind.strip().lower(), whom.strip()
    if kind not in UNITS or not whom:
        kinds = ", ".join(UNITS)
        raise PoseError(f"'{text}' is no curve: write KEYPOINT:KIND, such as 'nose:x'; kinds are {kinds}")
    if kind == "length":
        return Quantity(kind, _bone(whom, text, skeleton))
    group = _fold(whom)
    if group in (PERSON, "leftside", "rightside") and group not in map(_fold, skeleton.keypoints):
        if kind not in ("speed", "score"):
            raise PoseError(f"'{text}': of {whom} there is speed and score; name a keypoint for {kind}")
        count = skeleton.num_keypoints
        chosen = tuple(range(count)) if group == PERSON else side_keypoints(skeleton, group[:-4])
        if not chosen:
            raise PoseError(f"'{text}': the skeleton {skeleton.name} has no keypoints of that side")
        return Quantity(kind, chosen)
    return Quantity(kind, (_keypoint(whom, text, skeleton),))


def _bone(whom: str, text: str, skeleton: Skeleton) -> tuple[int, int]:
    # Names may hold hyphens themselves: the split that gives two keypoints is the one that is meant.
    known = [_fold(name) for name in skeleton.keypoints]
    parts = whom.replace("–", "-").split("-")
    for cut in range(1, len(parts)):
        ends = _fold("-".join(parts[:cut])), _fold("-".join(parts[cut:]))
        if ends[0] in known and ends[1] in known and ends[0] != ends[1]:
            return known.index(ends[0]), known.index(ends[1])
    raise PoseError(
        f"'{text}': a length is between two keypoints of {skeleton.name}, such as "
        f"'{skeleton.keypoints[0]}-{skeleton.keypoints[-1]}:length'"
    )


def _keypoint(whom: str, text: str, skeleton: Skeleton) -> int:
    known = [_fold(name) for name in skeleton.keypoints]
    if _fold(whom) not in known:
        names = ", ".join(map(plain, skeleton.keypoints))
        raise PoseError(f"'{text}': {skeleton.name} has no keypoint '{whom}'; it has {names}")
    return known.index(_fold(whom))


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "")
