"""What keypoint names tell about left and right."""

import re
from collections.abc import Sequence

# In order of trust: the whole word, a letter set apart, a letter before or after a capital, a limb code such
# as LF (left front), and last a lower-case first letter, which counts only because its partner is there.
_MARKS = (
    re.compile(r"(?i)(left|right)"),
    re.compile(r"(?i)(?:^|(?<=[_\-. ]))(l|r)(?=$|[_\-. ])"),
    re.compile(r"^([LRlr])(?=[A-Z][a-z])"),
    re.compile(r"(?<=[a-z0-9])([LR])(?=$|[_\-. ])"),
    re.compile(r"(?<![A-Z])([LR])(?=[FHBM](?![a-z]))"),
    re.compile(r"^(l|r)(?=[a-z]{2})"),
)


def guess_pairs(keypoints: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Guess which keypoints mirror each other.

    Args:
        keypoints: K names such as `left_knee`, `LKnee`, `knee_l`, `leftear`, `paw1LH_top`.

    Returns:
        Pairs of 0-based indices (left, right), sorted; a name is in at most one pair.
    """
    free = dict(enumerate(keypoints))
    pairs: list[tuple[int, int]] = []
    for mark in _MARKS:
        for digits_count in (True, False):
            for left, right in _pairs_by(mark, free, digits_count):
                pairs.append((left, right))
                del free[left], free[right]
    return tuple(sorted(pairs))


def _pairs_by(mark: re.Pattern[str], names: dict[int, str], digits_count: bool) -> list[tuple[int, int]]:
    found: dict[str, dict[str, list[int]]] = {}
    for index, name in names.items():
        match = mark.search(name)
        if match is None:
            continue
        rest = f"{name[: match.start(1)]}*{name[match.end(1) :]}".lower()
        # Numbered limbs (paw1 left hind, paw4 right hind) mirror each other although their numbers differ.
        key = rest if digits_count else re.sub(r"\d", "", rest)
        found.setdefault(key, {"l": [], "r": []})[match.group(1)[0].lower()].append(index)
    return [(s["l"][0], s["r"][0]) for s in found.values() if len(s["l"]) == 1 and len(s["r"]) == 1]


def torso_indices(keypoints: Sequence[str]) -> tuple[int, int, int, int] | None:
    """Return the indices of right shoulder, left shoulder, right hip and left hip, or None where one is
    missing."""
    places = {re.sub(r"[^a-z]", "", name.lower()): index for index, name in enumerate(keypoints)}
    found = []
    for part in ("shoulder", "hip"):
        for side in ("right", "left"):
            spellings = (side + part, part + side, side[0] + part, part + side[0])
            index = next((places[s] for s in spellings if s in places), None)
            if index is None:
                return None
            found.append(index)
    return found[0], found[1], found[2], found[3]
