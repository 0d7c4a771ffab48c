"""What is being dragged on the canvas: keypoints, a person, handles around one, a box, a selection.

Positions are pixels of the frame. A drag shows where things would go; the labels change once, when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from poseapp.app import editing, group_editing
from poseapp.app.hit_test import Hit
from poseapp.app.layers import Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.app.transform_box import Handle, TransformBox


@dataclass
class Drag:
    """One keypoint, or a whole person, on its way.

    Attributes:
        person: who is dragged, as they were at the press.
        keypoint: which keypoint, or None: the whole person.
        start: `(2,)` where the mouse went down.
        slack: a click that moves less than this stays a click.
        moved: whether it has become a drag.
        shift: `(2,)` how far the mouse is from where it went down.
    """

    person: ScreenInstance
    keypoint: int | None
    start: np.ndarray
    slack: float
    moved: bool = False
    shift: np.ndarray = field(default_factory=lambda: np.zeros(2))

    def follow(self, pos: np.ndarray, size_wh: np.ndarray, *, held: bool, centred: bool) -> None:
        """The mouse is at `pos` in a frame of this size; `held` and `centred`: Shift and Alt are down."""
        shift = pos - self.start
        self.moved = self.moved or float(np.hypot(*shift)) > self.slack
        self.shift = within_frame(self.dragged(), shift, size_wh)

    def dragged(self) -> np.ndarray:
        """`(N, 2)` the points that move."""
        points = self.person.instance.points
        return points if self.keypoint is None else points[[self.keypoint]]

    def previews(self) -> dict[Ref, np.ndarray]:
        """Points `(K, 2)` where the drag has them now, by person."""
        points = self.person.instance.points.copy()
        if self.keypoint is None:
            points += self.shift
        else:
            points[self.keypoint] += self.shift
        return {self.person.ref: points}

    def finish(self, session: Session) -> None:
        """Make the edit.

        Raises:
            PoseError: when the labels cannot be changed.
        """
        if self.keypoint is None:
            editing.move_person(session, self.person, self.shift)
        else:
            target = self.person.instance.points[self.keypoint] + self.shift
            editing.move_keypoint(session, self.person, self.keypoint, target)


@dataclass
class GroupDrag(Drag):
    """All marked keypoints on their way; `keypoint` is the one the mouse holds.

    Attributes:
        chosen: the people and their marked keypoints.
    """

    chosen: group_editing.Targets = field(default_factory=dict)

    def dragged(self) -> np.ndarray:
        """`(N, 2)` the points that move."""
        return np.concatenate([person.instance.points[mask] for person, mask in self.chosen.values()])

    def previews(self) -> dict[Ref, np.ndarray]:
        """Points of everybody concerned."""
        return {
            ref: person.instance.points + self.shift * mask[:, None]
            for ref, (person, mask) in self.chosen.items()
        }

    def finish(self, session: Session) -> None:
        """Move all of them as one step."""
        text = f"Move {group_editing.what(session, self.chosen)}"
        group_editing.move(session, self.chosen, self.shift, text)


@dataclass
class TransformDrag(Drag):
    """A handle around a person on its way; `keypoint` is None.

    Attributes:
        box: the handles as they were at the press.
        handle: which one is held.
        matrix: `(2, 3)` what the person is mapped by.
    """

    box: TransformBox = field(default_factory=lambda: TransformBox(np.zeros(4), 1.0))
    handle: Handle = Handle.ROTATE
    matrix: np.ndarray = field(default_factory=lambda: np.eye(2, 3))

    def follow(self, pos: np.ndarray, size_wh: np.ndarray, *, held: bool, centred: bool) -> None:
        """Turn or scale."""
        self.moved = self.moved or float(np.hypot(*(pos - self.start))) > self.slack
        self.matrix = self.box.matrix(self.handle, self.start, pos, held=held, centred=centred)

    def previews(self) -> dict[Ref, np.ndarray]:
        """The person's points, mapped."""
        points = self.person.instance.points @ self.matrix[:, :2].T + self.matrix[:, 2]
        return {self.person.ref: points}

    def finish(self, session: Session) -> None:
        """Map the person."""
        word = "Rotate" if self.handle is Handle.ROTATE else "Scale"
        group_editing.transform(session, self.person, self.matrix, f"{word} person")


@dataclass
class BoxDraft:
    """A box drawn with the add tool, to be filled with a pose.

    Attributes:
        start: `(2,)` where the mouse went down.
        end: `(2,)` where it is.
        example: a labelled pose `(K, 2)` to fill it with, or None: the template.
    """

    start: np.ndarray
    end: np.ndarray
    example: np.ndarray | None = None

    def xyxy(self) -> tuple[float, float, float, float]:
        """The box, corners in order."""
        (x0, y0), (x1, y1) = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        return float(x0), float(y0), float(x1), float(y1)


@dataclass
class MarkDraft:
    """A box or a lasso drawn around keypoints.

    Attributes:
        path: corners of the lasso, or start and end of the box.
        is_lasso: whether the path is followed; else it spans a box.
        before: what was marked before and stays (Ctrl).
    """

    path: list[np.ndarray]
    is_lasso: bool
    before: frozenset[Hit] = frozenset()

    def follow(self, pos: np.ndarray) -> None:
        """The mouse is at `pos`."""
        if self.is_lasso:
            self.path.append(pos.copy())
        else:
            self.path[1:] = [pos.copy()]

    def outline(self) -> np.ndarray:
        """`(N, 2)` corners of the closed outline."""
        if self.is_lasso:
            return np.array(self.path)
        (x0, y0), (x1, y1) = self.path[0], self.path[-1]
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    def hits(self, people: Sequence[ScreenInstance]) -> frozenset[Hit]:
        """The keypoints inside, with those marked before."""
        outline = self.outline()
        found = {
            Hit(person.ref, int(k))
            for person in people
            for k in np.flatnonzero(inside(outline, person.instance.points))
        }
        return self.before | found


def inside(outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points lie inside a closed outline, by the even-odd rule.

    Args:
        outline: `(N, 2)` corners.
        points: `(K, 2)`; NaN is outside.

    Returns:
        `(K,)` bool.
    """
    a, b = outline, np.roll(outline, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    at = a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    with np.errstate(invalid="ignore"):
        odd: np.ndarray = (crosses & (x < at)).sum(axis=1) % 2 == 1
    return odd & np.isfinite(points).all(axis=1)


def within_frame(points: np.ndarray, shift: np.ndarray, size_wh: np.ndarray) -> np.ndarray:
    """The shift cut so that points stay in the frame (what was outside may stay outside).

    Args:
        points: `(N, 2)`, NaN where there is none.
        shift: `(2,)`.
        size_wh: `(2,)` of the frame.
    """
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) == 0:
        return shift
    low = np.minimum(-points.min(axis=0), 0.0)
    high = np.maximum(size_wh - 1.0 - points.max(axis=0), 0.0)
    return np.clip(shift, low, high)
