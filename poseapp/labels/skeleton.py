"""A skeleton: named keypoints, the edges drawn between them, and which of them mirror each other."""

import json
import math
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from poseapp.errors import SkeletonError
from poseapp.labels.sides import guess_pairs, torso_indices
from poseapp.paths import resources_dir, write_atomic

Pair = tuple[int, int]
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Skeleton:
    """Keypoint names in their fixed order and what connects them.

    Attributes:
        name: Short name, as in `list_skeletons()`.
        keypoints: K unique names.
        edges: Pairs of 0-based keypoint indices that are drawn as a line.
        swap_pairs: Pairs (left, right) of 0-based indices that change places when the image is mirrored.
        sigmas: K positive OKS constants as in the COCO evaluation, or empty where none were ever measured.
        description: One sentence for lists.
        pose: K (x, y) of a resting body, y down, in any unit; what new people begin as. Empty: none is known.
        colors: K colours "#rrggbb" or "", the colour of the keypoint's side; empty: all by side.
        edge_colors: The same, one an edge.
        former_names: K tuples of names that a keypoint had before it was renamed, oldest first, by which
            older predictions and files still find it; empty: none was ever renamed.

    Raises:
        SkeletonError: No or duplicate names, an index out of range, an edge from a keypoint to itself, a
            keypoint in two swap pairs, sigmas that are not K positive numbers, or a pose, colours or former
            names that do not fit the keypoints.
    """

    name: str
    keypoints: tuple[str, ...]
    edges: tuple[Pair, ...] = ()
    swap_pairs: tuple[Pair, ...] = ()
    sigmas: tuple[float, ...] = ()
    description: str = ""
    pose: tuple[tuple[float, float], ...] = ()
    colors: tuple[str, ...] = ()
    edge_colors: tuple[str, ...] = ()
    former_names: tuple[tuple[str, ...], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check_text(self.name, self.name)
        _check_text(self.description, self.name)
        if not self.keypoints:
            raise SkeletonError(f"Skeleton '{self.name}' has no keypoints; it needs at least one.")
        for keypoint in self.keypoints:
            if not isinstance(keypoint, str) or not keypoint.strip():
                raise SkeletonError(f"Skeleton '{self.name}' has a keypoint without a name.")
            _check_text(keypoint, self.name)
        if len(set(self.keypoints)) != len(self.keypoints):
            twice = next(k for k in self.keypoints if self.keypoints.count(k) > 1)
            raise SkeletonError(
                f"Skeleton '{self.name}' names the keypoint '{twice}' twice; names must be unique."
            )
        self._check_pairs("edge", self.edges)
        self._check_pairs("swap pair", self.swap_pairs)
        paired = [index for pair in self.swap_pairs for index in pair]
        if len(set(paired)) != len(paired):
            twice = self.keypoints[next(i for i in paired if paired.count(i) > 1)]
            raise SkeletonError(f"Skeleton '{self.name}' has the keypoint '{twice}' in two swap pairs.")
        if self.sigmas and len(self.sigmas) != len(self.keypoints):
            raise SkeletonError(
                f"Skeleton '{self.name}' has {len(self.sigmas)} sigmas for {len(self.keypoints)} keypoints."
            )
        if any(not (math.isfinite(sigma) and sigma > 0) for sigma in self.sigmas):
            raise SkeletonError(f"Skeleton '{self.name}' has a sigma that is not a positive number.")
        self._check_looks()

    def _check_looks(self) -> None:
        for what, values, wanted in (
            ("places in its pose", self.pose, len(self.keypoints)),
            ("colours", self.colors, len(self.keypoints)),
            ("edge colours", self.edge_colors, len(self.edges)),
            ("lists of former names", self.former_names, len(self.keypoints)),
        ):
            if values and len(values) != wanted:
                raise SkeletonError(f"Skeleton '{self.name}' has {len(values)} {what}; it needs {wanted}.")
        if any(len(place) != 2 or not all(map(math.isfinite, place)) for place in self.pose):
            raise SkeletonError(f"Skeleton '{self.name}' has a place in its pose that is not two numbers.")
        for color in (*self.colors, *self.edge_colors):
            if color and not _COLOR.fullmatch(color):
                raise SkeletonError(f"Skeleton '{self.name}' has the colour '{color}'; write it as #rrggbb.")

    def _check_pairs(self, what: str, pairs: Sequence[Pair]) -> None:
        for pair in pairs:
            if len(pair) != 2 or any(not 0 <= index < len(self.keypoints) for index in pair):
                raise SkeletonError(
                    f"Skeleton '{self.name}' has the {what} {tuple(pair)}, but its keypoints are numbered "
                    f"0 to {len(self.keypoints) - 1}."
                )
            if pair[0] == pair[1]:
                raise SkeletonError(
                    f"Skeleton '{self.name}' has an {what} from '{self.keypoints[pair[0]]}' to itself."
                )

    @property
    def num_keypoints(self) -> int:
        """K."""
        return len(self.keypoints)

    @cached_property
    def swap_index(self) -> np.ndarray:
        """(K,) int64: `points[swap_index]` renames left to right and right to left."""
        index = np.arange(self.num_keypoints)
        for left, right in self.swap_pairs:
            index[left], index[right] = right, left
        index.flags.writeable = False
        return index

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """K of "left", "right" or "middle": the person's own side, which decides the colour."""
        sides = ["middle"] * self.num_keypoints
        for left, right in self.swap_pairs:
            sides[left], sides[right] = "left", "right"
        return tuple(sides)

    @cached_property
    def torso(self) -> tuple[int, int, int, int] | None:
        """Indices of right shoulder, left shoulder, right hip and left hip, or None where one is not
        there."""
        return torso_indices(self.keypoints)

    def color_of(self, keypoint: int) -> str:
        """The keypoint's own colour "#rrggbb", or "": that of its side."""
        return self.colors[keypoint] if self.colors else ""

    def edge_color_of(self, edge: int) -> str:
        """The edge's own colour, else the one that both its ends have, else "": that of its side."""
        if self.edge_colors and self.edge_colors[edge]:
            return self.edge_colors[edge]
        first, second = (self.color_of(end) for end in self.edges[edge])
        return first if first == second else ""

    def columns_from(self, other: "Skeleton") -> list[int]:
        """Where each keypoint stands in another skeleton, -1 where it does not.

        By name; one that was renamed, here or there, also by the names it had before.
        """
        places = {name: index for index, name in enumerate(other.keypoints)}
        found = [places.get(name, -1) for name in self.keypoints]
        free = [name for name in other.keypoints if name not in self.keypoints]
        theirs = {old: name for name in free for old in other.former_of(name)}
        for index, name in enumerate(self.keypoints):
            if found[index] < 0:
                known = [old for old in reversed(self.former_of(name)) if old in free]
                match = known[0] if known else theirs.get(name)
                if match is not None and match in free:
                    found[index] = places[match]
                    free.remove(match)
        return found

    def former_of(self, keypoint: str) -> tuple[str, ...]:
        """The names a keypoint had before, oldest first."""
        return self.former_names[self.keypoints.index(keypoint)] if self.former_names else ()

    def index(self, keypoint: str) -> int:
        """Return the 0-based index of a keypoint.

        Raises:
            SkeletonError: There is no keypoint of that name.
        """
        if keypoint not in self.keypoints:
            raise SkeletonError(
                f"Skeleton '{self.name}' has no keypoint '{keypoint}'; it has {', '.join(self.keypoints)}."
            )
        return self.keypoints.index(keypoint)

    @classmethod
    def from_names(cls, name: str, keypoints: Sequence[str], edges: Sequence[Pair] = ()) -> "Skeleton":
        """Build a skeleton from names alone; swap pairs are guessed from words such as left/right, l_/r_,
        LF/RF.

        Raises:
            SkeletonError: As for the class.
        """
        names = tuple(keypoints)
        guessed = guess_pairs(names) if all(isinstance(k, str) for k in names) else ()
        return cls(name, names, tuple((int(a), int(b)) for a, b in edges), guessed)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any], where: str = "skeleton") -> "Skeleton":
        """Build a skeleton from a table as in the TOML files: pairs are written by keypoint name or 0-based
        index.

        Args:
            fields: `name`, `keypoints` and optionally `edges`, `swap_pairs`, `sigmas`, `description`, `pose`,
                `colors`, `edge_colors`, `former_names`; others are passed over.
            where: What an error message calls the source.

        Raises:
            SkeletonError: A field is missing, of the wrong type, or the skeleton itself is unusable.
        """
        name, keypoints = (fields := dict(fields)).get("name"), fields.get("keypoints")
        if not isinstance(name, str) or not isinstance(keypoints, list | tuple):
            raise SkeletonError(f"{where}: a skeleton needs `name` (text) and `keypoints` (a list of names).")
        sigmas = fields.get("sigmas", ())
        if not isinstance(sigmas, list | tuple) or any(not isinstance(s, int | float) for s in sigmas):
            raise SkeletonError(f"{where}: `sigmas` must be a list of numbers.")
        numbers = {keypoint: index for index, keypoint in enumerate(keypoints) if isinstance(keypoint, str)}
        return cls(
            name,
            tuple(keypoints),
            _read_pairs(fields.get("edges", ()), numbers, f"{where}: `edges`"),
            _read_pairs(fields.get("swap_pairs", ()), numbers, f"{where}: `swap_pairs`"),
            tuple(float(sigma) for sigma in sigmas),
            str(fields.get("description", "")),
            tuple(_read_place(place, where) for place in _rows(fields, "pose", where)),
            tuple(map(str, _rows(fields, "colors", where))),
            tuple(map(str, _rows(fields, "edge_colors", where))),
            tuple(tuple(map(str, names)) for names in _rows(fields, "former_names", where)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table that `from_dict` reads; pairs are written by keypoint name.

        What only some skeletons have (pose, colours, former names) stands in it only where there is some.
        """
        table: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "keypoints": list(self.keypoints),
            "edges": [[self.keypoints[a], self.keypoints[b]] for a, b in self.edges],
            "swap_pairs": [[self.keypoints[a], self.keypoints[b]] for a, b in self.swap_pairs],
            "sigmas": list(self.sigmas),
        }
        extra: dict[str, list[Any]] = {
            "pose": [list(place) for place in self.pose],
            "colors": list(self.colors),
            "edge_colors": list(self.edge_colors),
            "former_names": [list(names) for names in self.former_names],
        }
        return table | {key: value for key, value in extra.items() if any(value)}

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> "Skeleton":
        """Read a skeleton file.

        Raises:
            SkeletonError: The file cannot be read, is not TOML, or the skeleton is unusable.
        """
        try:
            fields = tomllib.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            raise SkeletonError(f"Cannot read the skeleton {path}: {error.strerror or error}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SkeletonError(f"{path} is not a TOML file: {error}.".replace("\n", " ")) from error
        return cls.from_dict(fields, str(path))

    def to_toml(self, path: str | os.PathLike[str]) -> None:
        """Write a skeleton file that `from_toml` reads back to an equal skeleton.

        Raises:
            PoseError: The file cannot be written.
        """
        lines = []
        for key, value in self.to_dict().items():
            if key in ("edges", "swap_pairs", "pose") and value:
                lines += [f"{key} = [", *(f"  {_toml(pair)}," for pair in value), "]"]
            else:
                lines.append(f"{key} = {_toml(value)}")
        write_atomic(path, "\n".join(lines) + "\n")


def list_skeletons() -> list[str]:
    """Return the names of the shipped skeletons, sorted."""
    return sorted(path.stem for path in (resources_dir() / "skeletons").glob("*.toml"))


# What the default network predicts, so that its poses become labels without loss.
DEFAULT_SKELETON = "lsp14"


def load_skeleton(name_or_path: str | os.PathLike[str]) -> Skeleton:
    """Return a shipped skeleton by name, or read one from a TOML file.

    Raises:
        SkeletonError: There is no such skeleton or file, or it is unusable.
    """
    text = os.fspath(name_or_path)
    if text in list_skeletons():
        return Skeleton.from_toml(resources_dir() / "skeletons" / f"{text}.toml")
    if not Path(text).is_file():
        known = ", ".join(list_skeletons())
        raise SkeletonError(f"There is no skeleton '{text}': give the path of a TOML file or one of {known}.")
    return Skeleton.from_toml(text)


def shipped_skeleton(keypoints: Sequence[str]) -> Skeleton | None:
    """Return the shipped skeleton with exactly these keypoint names in this order, or None."""
    for name in list_skeletons():
        skeleton = load_skeleton(name)
        if skeleton.keypoints == tuple(keypoints):
            return skeleton
    return None


# Names that data sets use for one and the same point of the body.
_SAME_POINT = {"head": "head_top", "head_top": "head"}


def keypoint_columns(wanted: Sequence[str], has: Sequence[str]) -> list[int]:
    """Where each wanted keypoint stands among those there are, -1 where it does not.

    A name is looked for first; then the other name of the same point (``head`` of Halpe and Human3.6M is the
    ``head_top`` of LSP and MPII).
    """
    places = {name: number for number, name in enumerate(has)}
    return [places.get(name, places.get(_SAME_POINT.get(name, name), -1)) for name in wanted]


def match_keypoints(
    pred_skeleton: Skeleton, true_skeleton: Skeleton
) -> tuple[list[int], list[int], list[str]]:
    """Pair the keypoints of two skeletons by name, as `Skeleton.columns_from` does.

    Returns:
        Indices into the predicted skeleton, into the true one (as many, in its order), and the names that
        only one side knows, those of the predictions first.

    Raises:
        SkeletonError: They share no keypoint.
    """
    columns = true_skeleton.columns_from(pred_skeleton)
    true_index = [i for i, column in enumerate(columns) if column >= 0]
    pred_index = [columns[i] for i in true_index]
    if not true_index:
        raise SkeletonError(
            f"The skeletons '{pred_skeleton.name}' and '{true_skeleton.name}' share no keypoint name."
        )
    unmatched = [name for i, name in enumerate(pred_skeleton.keypoints) if i not in pred_index]
    unmatched += [name for i, name in enumerate(true_skeleton.keypoints) if i not in true_index]
    return pred_index, true_index, unmatched


def _check_text(text: Any, name: Any) -> None:
    if not isinstance(text, str):
        raise SkeletonError(f"Skeleton '{name}' has {text!r} where a text is needed.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SkeletonError(f"Skeleton {ascii(name)} has a name that is not valid Unicode.") from error


def _rows(fields: Mapping[str, Any], key: str, where: str) -> Sequence[Any]:
    rows = fields.get(key, ())
    if not isinstance(rows, list | tuple):
        raise SkeletonError(f"{where}: `{key}` must be a list.")
    if key == "former_names" and any(not isinstance(row, list | tuple) for row in rows):
        raise SkeletonError(f"{where}: `{key}` must be a list of lists.")
    return rows


def _read_place(place: Any, where: str) -> tuple[float, float]:
    if not isinstance(place, list | tuple) or len(place) != 2:
        raise SkeletonError(f"{where}: `pose` must be a list of places [x, y].")
    if any(not isinstance(number, int | float) for number in place):
        raise SkeletonError(f"{where}: `pose` has {place!r}, which is not two numbers.")
    return float(place[0]), float(place[1])


def _read_pairs(pairs: Any, numbers: Mapping[str, int], where: str) -> tuple[Pair, ...]:
    if not isinstance(pairs, list | tuple) or any(
        not isinstance(p, list | tuple) or len(p) != 2 for p in pairs
    ):
        raise SkeletonError(f"{where} must be a list of pairs.")
    read = []
    for pair in pairs:
        ends = []
        for end in pair:
            if isinstance(end, str) and end in numbers:
                ends.append(numbers[end])
            elif isinstance(end, int) and not isinstance(end, bool):
                ends.append(end)
            else:
                raise SkeletonError(f"{where} has {end!r}, which is not one of the keypoints.")
        read.append((ends[0], ends[1]))
    return tuple(read)


def _toml(value: Any) -> str:
    # JSON strings, numbers and lists are TOML too, except for the one control character JSON leaves alone.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
