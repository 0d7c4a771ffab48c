"""Which people of a project are meant: conditions as data, as words, and as SQL with parameters."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from poseapp.errors import ProjectError
from poseapp.labels.skeleton import Skeleton

# Where labels come from; a prediction has the kind "prediction".
KINDS = ("hand", "accepted", "corrected", "imported", "interpolated")
STATES = ("labelled", "missing", "hidden", "visible")
NO_TRACK = "none"
# Two people of one frame whose boxes overlap (intersection over union) by this much lie over each other.
DUPLICATE_IOU = 0.8
WORDS = (
    "video=NAME frames=A:B source=hand|accepted|corrected|imported|interpolated|run:NAME track=N|none "
    "KEYPOINT=labelled|missing|hidden|visible score<S score>S labelled<N labelled>N size<PX size>PX outside "
    "duplicate"
)


@dataclass(frozen=True)
class Query:
    """Conditions that all must hold; what is empty or None holds for everybody.

    Attributes:
        videos: Ids, any of them.
        frames: From, up to not including, 0-based.
        sources: Any of `KINDS` or "run:NAME".
        keypoints: (name, one of `STATES`) each.
        score_below: The person's score, or the mean of their keypoints', is below.
        score_above: The same, above.
        labelled_below: Fewer keypoints have a place.
        labelled_above: More keypoints have a place.
        size_below: The longer side of the box around the keypoints is shorter, in pixels.
        size_above: The same, longer.
        track: Number of a track, or `NO_TRACK`.
        outside: A keypoint lies outside the picture.
        duplicates: Lies over another person of the same frame, who was there first.
    """

    videos: tuple[int, ...] = ()
    frames: tuple[int, int] | None = None
    sources: tuple[str, ...] = ()
    keypoints: tuple[tuple[str, str], ...] = ()
    score_below: float | None = None
    score_above: float | None = None
    labelled_below: int | None = None
    labelled_above: int | None = None
    size_below: float | None = None
    size_above: float | None = None
    track: int | str | None = None
    outside: bool = False
    duplicates: bool = False

    def condition(self, skeleton: Skeleton) -> tuple[str, list[Any]]:
        """Return SQL on the table `person` of a `PeopleIndex`, called `p`, and its parameters.

        Raises:
            ProjectError: A source, state or track is none.
            SkeletonError: The skeleton has no such keypoint.
        """
        parts: list[tuple[str, Sequence[Any]]] = []
        if self.videos:
            parts.append((f"p.video_id IN ({_marks(self.videos)})", self.videos))
        if self.frames is not None:
            parts.append(("p.frame_idx >= ? AND p.frame_idx < ?", self.frames))
        if self.sources:
            parts.append(_sources(self.sources))
        parts += [_keypoint(skeleton.index(name), state) for name, state in self.keypoints]
        for column, below, above in (
            ("p.score", self.score_below, self.score_above),
            ("p.labelled", self.labelled_below, self.labelled_above),
            (_SIZE, self.size_below, self.size_above),
        ):
            parts += [] if below is None else [(f"{column} < ?", (below,))]
            parts += [] if above is None else [(f"{column} > ?", (above,))]
        if self.track == NO_TRACK:
            parts.append(("p.track_id IS NULL", ()))
        elif self.track is not None:
            parts.append(("p.track_id = ?", (int(self.track),)))
        if self.outside:
            parts.append((_OUTSIDE, ()))
        if self.duplicates:
            parts.append((_DUPLICATE, (DUPLICATE_IOU,)))
        return " AND ".join(f"({sql})" for sql, _ in parts) or "1", [v for _, vs in parts for v in vs]

    @classmethod
    def parse(cls, text: str, videos: Mapping[str, int], skeleton: Skeleton) -> "Query":
        """Read conditions as words, such as `source=imported score<0.3 left_wrist=missing`.

        Args:
            text: `WORDS` says what there is; names with spaces in quotes.
            videos: Ids by name.
            skeleton: Whose keypoints may be named.

        Raises:
            ProjectError: A word is not understood.
        """
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise ProjectError(f"The condition {text!r} has a quote that does not end.") from error
        query = cls()
        for word in words:
            query = _with_word(query, word, videos, skeleton)
        return query

    def words(self, videos: Mapping[int, str]) -> str:
        """Return the words that `parse` reads back to the same query; names of videos by id."""
        found = [f"video={videos[i]}" for i in self.videos]
        found += [] if self.frames is None else [f"frames={self.frames[0]}:{self.frames[1]}"]
        found += [f"source={source}" for source in self.sources]
        found += [f"{name}={state}" for name, state in self.keypoints]
        for name in _NUMBERS:
            for sign, end in (("<", "below"), (">", "above")):
                value = getattr(self, f"{name}_{end}")
                found += [] if value is None else [f"{name}{sign}{value:g}"]
        found += [] if self.track is None else [f"track={self.track}"]
        found += ["outside"] if self.outside else []
        found += ["duplicate"] if self.duplicates else []
        return shlex.join(found)

    @property
    def is_everything(self) -> bool:
        """Whether it holds for everybody."""
        return all(getattr(self, f.name) == f.default for f in fields(self))


_SIZE = "max(p.x1 - p.x0, p.y1 - p.y0)"
# Integer coordinates are centres of pixels: the picture begins half a pixel before the first.
_OUTSIDE = (
    "p.labelled > 0 AND EXISTS (SELECT 1 FROM video v WHERE v.id = p.video_id AND (p.x0 < -0.5 "
    "OR p.y0 < -0.5 OR p.x1 > v.width - 0.5 OR p.y1 > v.height - 0.5))"
)
# Boxes are one pixel wider on each side, so that those of few keypoints have an area.
_INTER = "max(0, min(p.x1, o.x1) - max(p.x0, o.x0) + 2) * max(0, min(p.y1, o.y1) - max(p.y0, o.y0) + 2)"
_AREA = "({0}.x1 - {0}.x0 + 2) * ({0}.y1 - {0}.y0 + 2)"
_DUPLICATE = (
    "p.labelled > 0 AND EXISTS (SELECT 1 FROM person o WHERE o.video_id = p.video_id AND o.frame_idx = "
    "p.frame_idx AND o.run = p.run AND o.key < p.key AND o.labelled > 0 AND "
    f"{_INTER} >= ? * ({_AREA.format('p')} + {_AREA.format('o')} - {_INTER}))"
)
_NUMBERS = {"score": float, "labelled": int, "size": float}


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _sources(sources: Sequence[str]) -> tuple[str, Sequence[Any]]:
    parts, values = [], []
    for source in sources:
        if source in KINDS:
            parts.append("p.kind = ?")
            values.append(source)
        elif source.startswith("run:"):
            parts.append("p.run = ?")
            values.append(source.removeprefix("run:"))
        else:
            raise ProjectError(f"There is no source '{source}': give one of {', '.join(KINDS)} or run:NAME.")
    return " OR ".join(parts), values


def _keypoint(index: int, state: str) -> tuple[str, Sequence[Any]]:
    byte = {"labelled": "<> x'00'", "missing": "= x'00'", "hidden": "= x'01'", "visible": "= x'02'"}
    if state not in byte:
        raise ProjectError(f"A keypoint is {', '.join(STATES)}, not '{state}'.")
    return f"substr(p.visibility, ?, 1) {byte[state]}", (index + 1,)


def _with_word(query: Query, word: str, videos: Mapping[str, int], skeleton: Skeleton) -> Query:
    if word == "outside":
        return replace(query, outside=True)
    if word in ("duplicate", "duplicates"):
        return replace(query, duplicates=True)
    at = next((i for i, letter in enumerate(word) if letter in "=<>"), -1)
    name, sign, value = word[:at], word[at : at + 1], word[at + 1 :]
    if at < 1 or not value:
        raise ProjectError(f"'{word}' is no condition; there are {WORDS}.")
    if sign in "<>":
        return _with_number(query, word, name, sign, value)
    if name == "video":
        if value not in videos:
            raise ProjectError(f"The project has no video '{value}'; it has {', '.join(videos) or 'none'}.")
        return replace(query, videos=(*query.videos, videos[value]))
    if name == "frames":
        return replace(query, frames=_frames(value))
    if name == "source":
        sources = tuple(value.split(",")) if "run:" not in value else (value,)
        _sources(sources)
        return replace(query, sources=query.sources + sources)
    if name == "track":
        if value != NO_TRACK and not value.isdecimal():
            raise ProjectError(f"A track is a number or 'none', not '{value}'.")
        return replace(query, track=value if value == NO_TRACK else int(value))
    if name in skeleton.keypoints:
        _keypoint(0, value)
        return replace(query, keypoints=(*query.keypoints, (name, value)))
    raise ProjectError(f"'{name}' is neither a condition nor a keypoint of the project; there are {WORDS}.")


def _with_number(query: Query, word: str, name: str, sign: str, value: str) -> Query:
    if name not in _NUMBERS:
        raise ProjectError(f"'{word}': {', '.join(_NUMBERS)} can be compared with < and >.")
    try:
        number = _NUMBERS[name](value)
    except ValueError as error:
        raise ProjectError(
            f"'{word}': '{value}' is not a number that {name} can be compared with."
        ) from error
    return replace(query, **{f"{name}_{'below' if sign == '<' else 'above'}": number})


def _frames(value: str) -> tuple[int, int]:
    first, colon, end = value.partition(":")
    if not colon or not (first or "0").isdecimal() or not (end or "0").isdecimal():
        raise ProjectError(f"frames are written A:B, from A up to, not including, B; not '{value}'.")
    return int(first or 0), int(end) if end else 1 << 62
