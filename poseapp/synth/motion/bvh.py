"""BVH motion files (Biovision hierarchy): a skeleton of offsets and, for each frame, its channels.

Format as described by Meredith & Maddock, *Motion Capture File Formats Explained* (2001). Channels may come
in any order and number; rotations are applied in the order in which their channels are listed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import FormatError
from poseapp.synth.motion.limits import Floats
from poseapp.synth.motion.rotations import about

MAX_BYTES = 256 * 2**20
MAX_JOINTS = 1000
FRAME_TIMES_S = (1e-5, 3600.0)
_POSITIONS = ("xposition", "yposition", "zposition")
_ROTATIONS = ("xrotation", "yrotation", "zrotation")
# On a line of its own: a joint may be called so, too.
_MOTION = re.compile(r"^[ \t]*MOTION(?=\s|\Z)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Bvh:
    """A motion file. J joints, K channels in all, N frames; lengths in the file's own unit.

    Attributes:
        path: Where it was read from.
        names: Of the joints; end sites are called "NAME end".
        parents: ``(J,)``, -1 for the root; parents come first.
        offsets: ``(J, 3)`` from the parent.
        channels: (joint, "xrotation", …) of each value of a frame.
        frames: ``(N, K)``: positions, and rotations in degrees.
        frame_time_s: Seconds between frames.
    """

    path: Path
    names: list[str]
    parents: NDArray[np.intp]
    offsets: Floats
    channels: list[tuple[int, str]]
    frames: Floats
    frame_time_s: float

    def place(self, frames: Floats | None = None) -> tuple[Floats, Floats]:
        """Forward kinematics.

        Args:
            frames: ``(N, K)`` channel values; the file's own by default.

        Returns:
            Joints ``(N, J, 3)`` in the file's unit and axes, and their orientations ``(N, J, 3, 3)``.
        """
        values = self.frames if frames is None else frames
        count = len(values)
        local = np.tile(np.eye(3), (count, len(self.names), 1, 1))
        shift = np.tile(self.offsets, (count, 1, 1))
        moved = {joint for joint, kind in self.channels if kind in _POSITIONS}
        for joint in moved:
            if self.parents[joint] < 0:
                shift[:, joint] = 0.0  # a root's position stands for its offset
        for column, (joint, kind) in enumerate(self.channels):
            axis = "xyz".index(kind[0])
            if kind in _POSITIONS:
                shift[:, joint, axis] = values[:, column]
            else:
                local[:, joint] = local[:, joint] @ about(axis, np.radians(values[:, column]))
        places, turned = np.empty_like(shift), np.empty_like(local)
        for joint, parent in enumerate(self.parents):
            if parent < 0:
                places[:, joint], turned[:, joint] = shift[:, joint], local[:, joint]
            else:
                turned[:, joint] = turned[:, parent] @ local[:, joint]
                step = np.einsum("nab,nb->na", turned[:, parent], shift[:, joint])
                places[:, joint] = places[:, parent] + step
        return places, turned

    def rest(self) -> Floats:
        """Joints ``(J, 3)`` with all rotations 0."""
        out = np.zeros_like(self.offsets)
        for joint, parent in enumerate(self.parents):
            out[joint] = self.offsets[joint] + (out[parent] if parent >= 0 else 0)
        return out


def read_bvh(path: Path | str) -> Bvh:
    """Read a BVH file.

    Raises:
        FormatError: The file is missing, huge, or not such a file; the message says what is wrong and where.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FormatError(
                f"BVH file of {size // 2**20} MB, at most {MAX_BYTES // 2**20} MB are read: {path}"
            )
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise FormatError(f"BVH file cannot be read ({error.strerror or error}): {path}") from error
    return parse_bvh(text, path)


def parse_bvh(text: str, path: Path) -> Bvh:
    """Parse the text of a BVH file; see `read_bvh`."""
    found = _MOTION.search(text)
    if found is None:
        raise FormatError(f"BVH file without the word MOTION; is it one, and whole?: {path}")
    head, tail = text[: found.start()], text[found.end() :]
    reader = _Hierarchy(head, path)
    reader.read()
    frames, frame_time = _motion(tail, len(reader.channels), head.count("\n") + 1, path)
    return Bvh(
        path,
        reader.names,
        np.array(reader.parents),
        np.array(reader.offsets),
        reader.channels,
        frames,
        frame_time,
    )


class _Hierarchy:
    """The words before MOTION, one after the other."""

    def __init__(self, text: str, path: Path) -> None:
        self.words = [
            (word, number) for number, line in enumerate(text.splitlines(), 1) for word in line.split()
        ]
        self.at = 0
        self.path = path
        self.names: list[str] = []
        self.parents: list[int] = []
        self.offsets: list[list[float]] = []
        self.channels: list[tuple[int, str]] = []

    def _fail(self, text: str) -> FormatError:
        line = self.words[min(self.at, len(self.words)) - 1][1] if self.words else 1
        return FormatError(f"BVH file, line {line}: {text}: {self.path}")

    def _next(self, wanted: str = "") -> str:
        if self.at >= len(self.words):
            raise self._fail(f"the hierarchy ends early{f', {wanted} expected' if wanted else ''}")
        word = self.words[self.at][0]
        self.at += 1
        if wanted and word.upper() != wanted:
            raise self._fail(f"{wanted} expected, not {word!r}")
        return word

    def _number(self) -> float:
        word = self._next()
        try:
            value = float(word)
        except ValueError:
            raise self._fail(f"a number expected, not {word!r}") from None
        if not np.isfinite(value):
            raise self._fail(f"a number that is not finite ({word})")
        return value

    def read(self) -> None:
        """Fill names, parents, offsets and channels."""
        self._next("HIERARCHY")
        self._next("ROOT")
        stack = [self._open(-1, self._name())]
        while stack:
            word = self._next()
            match word.upper():
                case "JOINT":
                    stack.append(self._open(stack[-1], self._name()))
                case "END":
                    self._next("SITE")
                    self._open(stack[-1], f"{self.names[stack[-1]]} end")
                    self._next("}")
                case "CHANNELS":
                    self._read_channels(stack[-1])
                case "}":
                    stack.pop()
                case _:
                    raise self._fail(f"JOINT, End Site, CHANNELS or a closing brace expected, not {word!r}")
        if self.at < len(self.words):
            self.at += 1
            raise self._fail("more than one ROOT, or words after its closing brace")
        if not self.channels:
            raise self._fail("no channels at all")

    def _name(self) -> str:
        """A joint's name, which may hold blanks."""
        words = []
        while self.at < len(self.words) and self.words[self.at][0] != "{":
            words.append(self._next())
        if not words:
            raise self._fail("a joint without a name")
        return " ".join(words)

    def _open(self, parent: int, name: str) -> int:
        self._next("{")
        self._next("OFFSET")
        self.names.append(name)
        self.parents.append(parent)
        self.offsets.append([self._number() for _ in range(3)])
        if len(self.names) > MAX_JOINTS:
            raise self._fail(f"more than {MAX_JOINTS} joints")
        return len(self.names) - 1

    def _read_channels(self, joint: int) -> None:
        count = self._number()
        if count != int(count) or not 0 <= count <= 6:
            raise self._fail("a joint has 0 to 6 channels")
        for _ in range(int(count)):
            kind = self._next().lower()
            if kind not in (*_POSITIONS, *_ROTATIONS):
                raise self._fail(f"unknown channel {kind!r}")
            self.channels.append((joint, kind))


def _motion(text: str, channels: int, line: int, path: Path) -> tuple[Floats, float]:
    lines = [(number, row.strip()) for number, row in enumerate(text.splitlines(), line) if row.strip()]

    def header(place: int, word: str) -> float:
        if len(lines) > place and lines[place][1].lower().startswith(word.lower()):
            try:
                value = float(lines[place][1][len(word) :])
            except ValueError:
                value = np.nan
            if np.isfinite(value):
                return value
        raise FormatError(f'BVH file: "{word} NUMBER" expected after MOTION: {path}')

    count, frame_time = header(0, "Frames:"), header(1, "Frame Time:")
    shortest, longest = FRAME_TIMES_S
    if not shortest <= frame_time <= longest:
        raise FormatError(
            f"BVH file: the frame time must be above 0 and in seconds ({shortest:g} to {longest:g}), "
            f"not {frame_time:g}: {path}"
        )
    rows = lines[2:]
    if count != int(count) or count < 1:
        raise FormatError(f"BVH file without frames: {path}")
    if len(rows) < count:
        raise FormatError(f"BVH file with {len(rows)} of {int(count)} frames; it is not whole: {path}")
    rows = rows[: int(count)]
    for number, row in rows:
        if len(row.split()) != channels:
            raise FormatError(
                f"BVH file, line {number}: {len(row.split())} values for {channels} channels: {path}"
            )
    try:
        values = np.array(" ".join(row for _, row in rows).split(), np.float64).reshape(-1, channels)
    except ValueError as error:
        raise FormatError(f"BVH file: a value of a frame is no number ({error}): {path}") from error
    bad = np.flatnonzero(~np.isfinite(values).all(1))
    if len(bad):
        raise FormatError(f"BVH file, line {rows[bad[0]][0]}: a value that is not finite: {path}")
    return values, frame_time
