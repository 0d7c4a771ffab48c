"""A skeleton while it is being drawn: may be unfinished or wrong, and remembers which keypoint was which.

A draft never changes; each function returns another one. That makes undo a list of drafts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from poseapp.app.templates import rest_pose
from poseapp.labels.sides import guess_pairs
from poseapp.labels.skeleton import Skeleton

# Of the picture, for a pose drawn in other units.
_SHARE = 0.9


@dataclass(frozen=True)
class DraftPoint:
    """A keypoint of a draft.

    Attributes:
        key: tells it from all others of the draft, whatever it is called.
        name: as typed.
        x: place in the resting pose, 0 to 1 across the picture.
        y: the same, downwards.
        color: "#rrggbb", or "" for that of its side.
        origin: its name in the skeleton that the draft began as, None for a new one.
        sigma: its OKS constant, None where none was measured.
    """

    key: int
    name: str
    x: float
    y: float
    color: str = ""
    origin: str | None = None
    sigma: float | None = None


@dataclass(frozen=True)
class DraftEdge:
    """A line between two keypoints, by their keys; `color` as of a point."""

    start: int
    end: int
    color: str = ""

    def joins(self, one: int, two: int) -> bool:
        """Whether it is between these two, in either order."""
        return {self.start, self.end} == {one, two}


@dataclass(frozen=True)
class Problem:
    """Why a draft is no skeleton yet: one line, and the key of the keypoint it is about or None."""

    text: str
    key: int | None = None


@dataclass(frozen=True)
class SkeletonDraft:
    """The drawing.

    Attributes:
        name: of the skeleton.
        description: one sentence.
        points: in order.
        edges: lines.
        pairs: (left, right) keys of keypoints that mirror each other.
        unpaired: keys that the user took out of a pair: their names are not guessed from again.
        posed: whether the resting pose is one that somebody drew, not one made of the names.
    """

    name: str = ""
    description: str = ""
    points: tuple[DraftPoint, ...] = ()
    edges: tuple[DraftEdge, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    unpaired: frozenset[int] = field(default=frozenset())
    posed: bool = True

    @classmethod
    def of(cls, skeleton: Skeleton, keep_origin: bool = False) -> SkeletonDraft:
        """The draft of a finished skeleton.

        Args:
            skeleton: to begin with.
            keep_origin: whether the keypoints are those of a project, whose labels follow them.
        """
        places = _on_picture(rest_pose(skeleton))
        sigmas: list[float | None] = [*skeleton.sigmas] or [None] * skeleton.num_keypoints
        points = tuple(
            DraftPoint(k, name, float(places[k, 0]), float(places[k, 1]), skeleton.color_of(k),
                       name if keep_origin else None, sigmas[k])
            for k, name in enumerate(skeleton.keypoints)
        )  # fmt: skip
        colors = skeleton.edge_colors or ("",) * len(skeleton.edges)
        edges = tuple(DraftEdge(a, b, color) for (a, b), color in zip(skeleton.edges, colors, strict=True))
        paired = {key for pair in skeleton.swap_pairs for key in pair}
        alone = frozenset(p.key for p in points if p.key not in paired)
        posed, pairs = bool(skeleton.pose), skeleton.swap_pairs
        return cls(skeleton.name, skeleton.description, points, edges, pairs, alone, posed)

    # -- looking

    def at(self, key: int) -> DraftPoint:
        """The keypoint of a key."""
        return next(point for point in self.points if point.key == key)

    def index(self, key: int) -> int:
        """Where a keypoint stands in the order."""
        return next(i for i, point in enumerate(self.points) if point.key == key)

    def partner(self, key: int) -> int | None:
        """The keypoint on the other side, or None."""
        for left, right in self.pairs:
            if key in (left, right):
                return right if key == left else left
        return None

    def side(self, key: int) -> str:
        """ "left", "right" or "middle"."""
        for left, right in self.pairs:
            if key in (left, right):
                return "left" if key == left else "right"
        return "middle"

    def problems(self) -> list[Problem]:
        """What has to be put right before it is a skeleton, the first thing first."""
        found = [] if self.name.strip() else [Problem("Give the skeleton a name.")]
        if not self.points:
            found.append(Problem("Add a keypoint: a skeleton needs at least one."))
        seen: set[str] = set()
        for number, point in enumerate(self.points, start=1):
            name = point.name.strip()
            if not name:
                found.append(Problem(f"Keypoint {number} has no name; type one.", point.key))
            elif name in seen:
                found.append(Problem(f"Two keypoints are called '{name}'; rename one.", point.key))
            seen.add(name)
        return found

    def skeleton(self) -> Skeleton:
        """The finished skeleton.

        Raises:
            SkeletonError: there are `problems`.
        """
        index = {point.key: i for i, point in enumerate(self.points)}
        sigmas = [p.sigma for p in self.points if p.sigma is not None]
        colors = tuple(p.color for p in self.points)
        edge_colors = tuple(e.color for e in self.edges)
        return Skeleton(
            self.name.strip(),
            tuple(p.name.strip() for p in self.points),
            tuple((index[e.start], index[e.end]) for e in self.edges),
            tuple((index[left], index[right]) for left, right in self.pairs),
            # OKS needs all of them; for a keypoint of one's own none was ever measured.
            tuple(sigmas) if len(sigmas) == len(self.points) else (),
            self.description.strip(),
            tuple((round(p.x, 4), round(p.y, 4)) for p in self.points) if self.posed else (),
            colors if any(colors) else (),
            edge_colors if any(edge_colors) else (),
        )

    def renamed(self) -> dict[str, str]:
        """Old name to new name of the keypoints that were renamed since the draft began."""
        return {
            p.origin: p.name.strip()
            for p in self.points
            if p.origin is not None and p.origin != p.name.strip()
        }

    # -- changing

    def add(self, name: str = "", place: tuple[float, float] | None = None) -> tuple[SkeletonDraft, int]:
        """Add a keypoint behind all others; returns the draft and the new key.

        Args:
            name: "" makes one up.
            place: None finds a free one.
        """
        key = 1 + max((p.key for p in self.points), default=-1)
        names = {p.name for p in self.points}
        if not name:
            name = next(n for i in range(1, len(names) + 2) if (n := f"point_{i}") not in names)
        x, y = _inside(*(place or self._free_place()))
        added = replace(self, points=(*self.points, DraftPoint(key, name, x, y)), posed=True)
        return added._guessed(), key

    def remove(self, keys: Iterable[int]) -> SkeletonDraft:
        """Take keypoints away, and their edges with them."""
        gone = set(keys)
        return replace(
            self,
            points=tuple(p for p in self.points if p.key not in gone),
            edges=tuple(e for e in self.edges if not gone & {e.start, e.end}),
            pairs=tuple(pair for pair in self.pairs if not gone & set(pair)),
            unpaired=self.unpaired - gone,
        )

    def rename(self, key: int, name: str) -> SkeletonDraft:
        """Call a keypoint otherwise; a partner is looked for where it has none."""
        return self._changed(key, name=name.strip())._guessed()

    def recolor(self, key: int, color: str) -> SkeletonDraft:
        """Give a keypoint a colour "#rrggbb", or with "" that of its side."""
        return self._changed(key, color=color)

    def place(self, key: int, x: float, y: float) -> SkeletonDraft:
        """Put a keypoint elsewhere in the resting pose, within the picture."""
        x, y = _inside(x, y)
        return replace(self._changed(key, x=x, y=y), posed=True)

    def move(self, key: int, index: int) -> SkeletonDraft:
        """Put a keypoint elsewhere in the order."""
        point = self.at(key)
        others = [p for p in self.points if p.key != key]
        others.insert(max(0, min(index, len(others))), point)
        return replace(self, points=tuple(others))

    def connect(self, one: int, two: int) -> SkeletonDraft:
        """Draw an edge; nothing happens where there is one or it would end where it begins."""
        if one == two or any(e.joins(one, two) for e in self.edges):
            return self
        return replace(self, edges=(*self.edges, DraftEdge(one, two)))

    def disconnect(self, one: int, two: int) -> SkeletonDraft:
        """Take an edge away."""
        return replace(self, edges=tuple(e for e in self.edges if not e.joins(one, two)))

    def recolor_edge(self, one: int, two: int, color: str) -> SkeletonDraft:
        """Give an edge a colour "#rrggbb", or with "" that of its sides."""
        return replace(
            self, edges=tuple(replace(e, color=color) if e.joins(one, two) else e for e in self.edges)
        )

    def pair(self, key: int, partner: int | None) -> SkeletonDraft:
        """Say which keypoint is on the other side, None: it is in the middle.

        Whom the two were paired with before stays alone. The keypoint on the left of the body is told by the
        names, else it is `key`.
        """
        taken = {key} if partner is None else {key, partner}
        pairs = [pair for pair in self.pairs if not taken & set(pair)]
        freed = {k for pair in self.pairs if taken & set(pair) for k in pair} | taken
        if partner is None or partner == key:
            return replace(self, pairs=tuple(pairs), unpaired=self.unpaired | freed)
        names = [self.at(key).name, self.at(partner).name]
        is_right = guess_pairs(names) == ((1, 0),)
        pairs.append((partner, key) if is_right else (key, partner))
        return replace(self, pairs=tuple(pairs), unpaired=(self.unpaired | freed) - taken)

    def flip(self, key: int) -> SkeletonDraft:
        """Let left and right of a pair change places."""
        pairs = ((right, left) if key in (left, right) else (left, right) for left, right in self.pairs)
        return replace(self, pairs=tuple(pairs))

    def guess_sides(self) -> SkeletonDraft:
        """Pair by the names alone, whatever was said before."""
        return replace(self, pairs=(), unpaired=frozenset())._guessed()

    def _guessed(self) -> SkeletonDraft:
        paired = {key for pair in self.pairs for key in pair} | self.unpaired
        free = [p for p in self.points if p.key not in paired]
        found = tuple((free[a].key, free[b].key) for a, b in guess_pairs([p.name for p in free]))
        return replace(self, pairs=self.pairs + found) if found else self

    def _changed(self, key: int, **fields: object) -> SkeletonDraft:
        points = tuple(replace(p, **fields) if p.key == key else p for p in self.points)  # type: ignore[arg-type]
        return replace(self, points=points)

    def _free_place(self) -> tuple[float, float]:
        """The place of a sunflower's seeds that is farthest from all keypoints."""
        number = np.arange(60)
        turn, reach = number * np.pi * (3 - np.sqrt(5)), 0.4 * np.sqrt(number / 60)
        seeds = 0.5 + np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)
        if not self.points:
            return 0.5, 0.5
        taken = np.array([(p.x, p.y) for p in self.points])
        gaps = np.hypot(*(seeds[:, None] - taken[None]).transpose(2, 0, 1)).min(axis=1)
        x, y = seeds[int(gaps.argmax())]
        return float(x), float(y)


def _inside(x: float, y: float) -> tuple[float, float]:
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def _on_picture(points: np.ndarray) -> np.ndarray:
    """A pose as it is where it lies within 0..1, else moved there, as wide for its height as it was."""
    if points.min() >= 0 and points.max() <= 1:
        return points
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scaled = (points - low) / max(float(span.max()), 1e-9)
    return 0.5 + (scaled - scaled.max(axis=0) / 2) * _SHARE
