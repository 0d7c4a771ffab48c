"""The skeleton editor without Qt: the draft, what is selected in it, undo and redo, what applying it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from poseapp.app.skeleton_draft import Problem, SkeletonDraft
from poseapp.labels.skeleton import Skeleton
from poseapp.labels.skeleton_change import SkeletonChange, describe_change

if TYPE_CHECKING:
    from poseapp.labels.project import Project

MAX_UNDO = 500


class SkeletonEditor:
    """One skeleton being edited.

    Args:
        draft: to begin with.
        project: whose skeleton it is, None: it is for no project yet.

    Attributes:
        draft: as it is now.
        selected: key of the selected keypoint, or None.
        edge: keys of the selected edge's ends, or None.
    """

    changed = Signal()  # the draft or the selection

    def __init__(self, draft: SkeletonDraft, project: Project | None = None) -> None:
        self.draft = draft
        self.project = project
        self.selected: int | None = None
        self.edge: tuple[int, int] | None = None
        self._past: list[tuple[str, SkeletonDraft]] = []
        self._future: list[tuple[str, SkeletonDraft]] = []
        self._gesture: str | None = None

    @classmethod
    def for_project(cls, project: Project) -> SkeletonEditor:
        """Edit a project's skeleton; its labels will follow the keypoints."""
        return cls(SkeletonDraft.of(project.skeleton, keep_origin=True), project)

    # -- changing

    def do(self, text: str, draft: SkeletonDraft, gesture: str | None = None) -> None:
        """Take a changed draft as one step.

        Args:
            text: what was done, for undo.
            draft: the new one; nothing happens where it is the same.
            gesture: steps of one drag share it and are undone together.
        """
        if draft == self.draft:
            return
        if gesture is None or gesture != self._gesture:
            self._past = [*self._past[-MAX_UNDO:], (text, self.draft)]
        self._future, self._gesture = [], gesture
        self._show(draft)

    def end_gesture(self) -> None:
        """What comes next is a step of its own."""
        self._gesture = None

    def undo(self) -> str | None:
        """Take the last step back; returns what it was, or None."""
        return self._step(self._past, self._future)

    def redo(self) -> str | None:
        """Do again what was undone last; returns what it was, or None."""
        return self._step(self._future, self._past)

    def _step(
        self, source: list[tuple[str, SkeletonDraft]], target: list[tuple[str, SkeletonDraft]]
    ) -> str | None:
        if not source:
            return None
        text, draft = source.pop()
        target.append((text, self.draft))
        self._gesture = None
        self._show(draft)
        return text

    @property
    def undo_text(self) -> str | None:
        """What `undo` would take back."""
        return self._past[-1][0] if self._past else None

    @property
    def redo_text(self) -> str | None:
        """What `redo` would do again."""
        return self._future[-1][0] if self._future else None

    def _show(self, draft: SkeletonDraft) -> None:
        self.draft = draft
        keys = {point.key for point in draft.points}
        if self.selected not in keys:
            self.selected = None
        if self.edge is not None and not any(e.joins(*self.edge) for e in draft.edges):
            self.edge = None
        self.changed.emit()

    def select(self, key: int | None = None, edge: tuple[int, int] | None = None) -> None:
        """Select a keypoint, an edge or nothing."""
        if (key, edge) != (self.selected, self.edge):
            self.selected, self.edge = key, edge
            self.changed.emit()

    # -- steps with words

    def add(self, place: tuple[float, float] | None = None) -> int:
        """Add a keypoint and select it; returns its key."""
        draft, key = self.draft.add(place=place)
        self.selected, self.edge = key, None
        self.do("Add keypoint", draft)
        return key

    def remove(self) -> None:
        """Take the selected keypoint or edge away; the next keypoint becomes the selected one."""
        if self.edge is not None:
            self.do("Remove edge", self.draft.disconnect(*self.edge))
        elif self.selected is not None:
            at, name = self.draft.index(self.selected), self.draft.at(self.selected).name
            draft = self.draft.remove([self.selected])
            self.selected = draft.points[min(at, len(draft.points) - 1)].key if draft.points else None
            self.do(f"Remove {name}", draft)

    def shift(self, steps: int) -> None:
        """Move the selected keypoint down the order by so many rows."""
        if self.selected is not None:
            to = self.draft.index(self.selected) + steps
            if 0 <= to < len(self.draft.points):
                name = self.draft.at(self.selected).name
                self.do(f"Move {name}", self.draft.move(self.selected, to))

    def toggle_edge(self, one: int, two: int) -> None:
        """Draw the edge between two keypoints, or take it away."""
        if any(e.joins(one, two) for e in self.draft.edges):
            self.do("Remove edge", self.draft.disconnect(one, two))
        else:
            self.do("Draw edge", self.draft.connect(one, two))

    def start_from(self, skeleton: Skeleton | None) -> None:
        """Begin anew with a template, or None: from scratch. Keypoints of the same name stay the same."""
        draft = SkeletonDraft() if skeleton is None else SkeletonDraft.of(skeleton)
        self.do("Start anew" if skeleton is None else f"Start from {skeleton.name}", self._recognised(draft))

    def load(self, path: str | Path) -> None:
        """Begin anew with a skeleton file.

        Raises:
            SkeletonError: it cannot be read.
        """
        self.start_from(Skeleton.from_toml(path))

    def save(self, path: str | Path) -> None:
        """Write a skeleton file.

        Raises:
            PoseError: it cannot be written, or there are problems.
        """
        self.draft.skeleton().to_toml(path)

    def _recognised(self, draft: SkeletonDraft) -> SkeletonDraft:
        """Keypoints that the project has under the same name are those of the project."""
        if self.project is None:
            return draft
        mine = set(self.project.skeleton.keypoints)
        points = tuple(replace(p, origin=p.name if p.name in mine else None) for p in draft.points)
        return replace(draft, points=points)

    # -- what it means

    def problems(self) -> list[Problem]:
        """What has to be put right first."""
        return self.draft.problems()

    def change(self) -> SkeletonChange | None:
        """What applying it would do to the project; None while there are problems or no project."""
        if self.project is None or self.problems():
            return None
        return describe_change(self.project, self.draft.skeleton(), self.draft.renamed())
