"""Which keypoints of two skeletons are the same point of the body, told by their names."""

import re
from collections.abc import Mapping, Sequence

from poseapp.errors import SkeletonError

# Words that mean the same point; the first stands for all.
_SYNONYMS = (
    ("nose", "snout", "nosetip", "snouttip"),
    ("head", "headtop", "tophead", "crown", "vertex"),
    ("neck", "collar", "thorax", "throat", "chestcenter"),
    ("pelvis", "midhip", "hipcenter", "root", "hipsmid"),
    ("spine", "back", "backmiddle", "midback", "spine1"),
    ("wrist", "hand"),
    ("hip", "upperleg"),
    ("ankle", "foot"),
    ("toe", "bigtoe", "toes", "toetip"),
    ("eye", "eyes"),
    ("ear", "earbase"),
    ("tailbase", "tailstart", "tailroot", "basetail"),
    ("tailtip", "tailend", "endtail"),
    ("frontpaw", "forepaw", "frontfoot", "forefoot"),
    ("hindpaw", "rearpaw", "backpaw", "hindfoot"),
)
_STANDS_FOR = {word: words[0] for words in _SYNONYMS for word in words}
_SIDES = {"left": "left", "l": "left", "lt": "left", "right": "right", "r": "right", "rt": "right"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GLUED = re.compile(r"^(left|right)(?=[a-z]{2})|(?<=[a-z]{2})(left|right)$")


def normal_form(name: str) -> tuple[str, str]:
    """Return side ("left", "right" or "") and the rest of a keypoint's name in one spelling.

    `LWrist`, `left_wrist`, `wrist_l` and `Wrist-Left` have the same form.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    side, rest = "", []
    for word in words:
        glued = _GLUED.search(word)
        if not side and word in _SIDES and len(words) > 1:
            side = _SIDES[word]
        elif not side and glued is not None:
            side = glued.group(0)
            rest.append(_GLUED.sub("", word))
        else:
            rest.append(word)
    return side, _plain("".join(rest))


def _plain(text: str) -> str:
    # What is only filling: LHipJoint, left_knee_point, kneeMarker.
    stripped = re.sub(r"(joint|point|marker|keypoint)$", "", text) or text
    return _STANDS_FOR.get(stripped, stripped)


def guess_names(theirs: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """Guess which of our keypoints each of theirs is: the same name, else the same normal form.

    Names that several of either side could be are left out.
    """
    found = {name: name for name in theirs if name in ours}
    left = [name for name in theirs if name not in found]
    free = [name for name in ours if name not in found.values()]
    for name in left:
        form = normal_form(name)
        fits = [own for own in free if normal_form(own) == form]
        rivals = [other for other in left if normal_form(other) == form]
        if len(fits) == 1 and len(rivals) == 1:
            found[name] = fits[0]
    return found


def check_names(names: Mapping[str, str], theirs: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """Check a mapping somebody gave: their name to ours.

    Raises:
        SkeletonError: A name is not known, or two of theirs are to be one of ours.
    """
    for name, own in names.items():
        if name not in theirs:
            raise SkeletonError(f"The file has no keypoint '{name}'; it has {', '.join(theirs)}.")
        if own not in ours:
            raise SkeletonError(f"The project has no keypoint '{own}'; it has {', '.join(ours)}.")
    used = list(names.values())
    twice = next((own for own in used if used.count(own) > 1), None)
    if twice is not None:
        both = " and ".join(f"'{name}'" for name, own in names.items() if own == twice)
        raise SkeletonError(f"{both} cannot both be the keypoint '{twice}'.")
    return dict(names)
