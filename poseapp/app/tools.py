"""What pressing, moving and releasing the mouse on the canvas does; no Qt.

Positions are pixels of the frame, reaches come in the same unit (screen pixels over zoom). While the mouse
moves only a preview changes; the labels change once, on release.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from psygnal import Signal

from poseapp.app import editing
from poseapp.app.hit_test import Hit, hit_test
from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.app.templates import fitted, knows, template_points
from poseapp.labels.instance import Instance

DRAFT = Ref(LABELS, -1)  # the box of a person about to be added


@dataclass
class Drag:
    """A drag in progress.

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

    def points(self) -> np.ndarray:
        """The person's points `(K, 2)` where the drag has them now."""
        points = self.person.instance.points.copy()
        if self.keypoint is None:
            points += self.shift
        else:
            points[self.keypoint] += self.shift
        return points


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


class CanvasTools:
    """Gestures on one session's current frame.

    Attributes:
        hover: what the mouse is on, or None.
        drag: the drag in progress, or None.
        draft: the box being drawn with the add tool, or None.
        pending: the keypoint the next click of the add tool places, or None: a new person's first one.
    """

    changed = Signal()  # a preview, the hover or the draft has changed: draw again

    def __init__(self, session: Session) -> None:
        self.session = session
        self.hover: Hit | None = None
        self.drag: Drag | None = None
        self.draft: BoxDraft | None = None
        session.tool_changed.connect(self._on_tool_changed)

    # -- what to draw

    def people(self) -> list[ScreenInstance]:
        """People of the frame with the drag's preview in place, the selected one last (topmost)."""
        people = self.session.instances_on_screen()
        if self.drag is not None and self.drag.moved:
            people = [self._previewed(p) if p.ref == self.drag.person.ref else p for p in people]
        if self.draft is not None and self.session.skeleton is not None:
            points = self._draft_points(self.draft)
            people.append(ScreenInstance(Instance(points), LABELS, True, DRAFT))
        selection = self.session.selection
        people.sort(key=lambda p: (not p.is_prediction, p.ref == selection, p.ref == DRAFT))
        return people

    def _previewed(self, person: ScreenInstance) -> ScreenInstance:
        assert self.drag is not None
        instance = person.instance.copy()
        instance.points = self.drag.points()
        return replace(person, instance=instance)

    @property
    def pending(self) -> int | None:
        """The keypoint the next click places, or None where a click places none."""
        session, skeleton = self.session, self.session.skeleton
        if skeleton is None or not session.can_edit:
            return None
        person = session.selected_instance
        keypoint = session.selected_keypoint
        if session.tool == "add":
            if person is None or not person.ref.is_label:
                return 0
            if keypoint is not None and person.instance.visibility[keypoint] == 0:
                return keypoint
            return None
        if person is not None and keypoint is not None and person.instance.visibility[keypoint] == 0:
            return keypoint
        return None

    def hints(self) -> list[tuple[str, str]]:
        """What can be done right now: pairs of (key or "", words); the keys are those of the rows, before any
        was changed (`Keymap.now` says which it is today)."""
        session = self.session
        if session.video is None:
            return []
        if self.drag is not None:
            return [("", "Release to keep"), ("Esc", "put it back")]
        pending = self.pending
        if pending is not None:
            what = self._keypoint_name(pending)
            if session.tool == "add":
                if session.selection is None:
                    return [("", f"Click the {what}, or drag a box for a whole pose"), ("Esc", "done")]
                return [("", f"Click the {what}"), ("Tab", "skip it"), ("Esc", "done")]
            return [("", f"Click where the {what} is"), ("Tab", "next"), ("Esc", "leave it")]
        if session.tool == "move":
            return [("", "Drag a person"), ("Q", "back to keypoints")]
        people = session.instances_on_screen()
        if not people:
            return [("A", "add a person"), ("C", "copy previous"), ("Ctrl+P", "predict")]
        if session.selected_keypoint is not None:
            return [("", "Drag to correct"), ("V", "visibility"), ("T", "swap sides"),
                    ("Del", "unset"), ("Tab", "next keypoint")]  # fmt: skip
        if all(p.is_prediction for p in people):
            return [("", "Drag to correct"), ("Enter", "accept"), ("C", "copy previous"),
                    ("N", "next doubtful")]  # fmt: skip
        return [("", "Drag to correct"), ("V", "visibility"), ("T", "swap sides"), ("C", "copy previous"),
                ("N", "next doubtful")]  # fmt: skip

    def _keypoint_name(self, keypoint: int) -> str:
        assert self.session.skeleton is not None
        return self.session.skeleton.keypoints[keypoint].replace("_", " ")

    # -- gestures

    def at(self, pos: np.ndarray, radius: float) -> Hit | None:
        """What is at a position; `radius` is the reach of keypoints, limbs have half of it."""
        session = self.session
        if session.skeleton is None or not session.overlay_visible:
            return None
        return hit_test(
            session.instances_on_screen(),
            session.skeleton.edges,
            pos,
            radius=radius,
            limb_radius=radius / 2,
            first=session.selection,
        )

    def press(self, pos: np.ndarray, radius: float, *, alt: bool = False) -> bool:
        """The left button goes down; True where that begins something (else the canvas may pan)."""
        session = self.session
        session.set_playing(False)
        pending = self.pending
        hit = self.at(pos, radius)
        if session.tool == "add" and (hit is None or pending is not None) and self._can_edit():
            if session.selection is None:
                self.draft = BoxDraft(pos.copy(), pos.copy(), self._example())
                session.gesture_active = True
            elif pending is not None:
                self._place(pending, pos)
            return True
        if hit is None:
            if pending is not None:
                self._place(pending, pos)
                return True
            session.select(None)
            return False
        person = self._person(hit.ref)
        whole = alt or session.tool == "move" or hit.keypoint is None
        session.select(hit.ref, hit.keypoint if not whole else None)
        if person is not None and person.editable:
            # A prediction's ref may be followed by others; the person as it was is what the drag starts from.
            self.drag = Drag(person, None if whole else hit.keypoint, pos.copy(), radius / 4)
            session.gesture_active = True
        elif session.project is not None and session.read_only:
            session.message.emit(f"Read-only: {session.project.read_only_reason}")
        self.hover = hit
        self.changed.emit()
        return True

    def move(self, pos: np.ndarray, radius: float) -> None:
        """The mouse moves, with or without a button."""
        if self.draft is not None:
            self.draft.end = pos.copy()
        elif self.drag is not None:
            shift = pos - self.drag.start
            self.drag.moved = self.drag.moved or float(np.hypot(*shift)) > self.drag.slack
            self.drag.shift = self._within_frame(self.drag, shift)
        else:
            hit = self.at(pos, radius)
            if hit == self.hover:
                return
            self.hover = hit
        self.changed.emit()

    def release(self, pos: np.ndarray, radius: float) -> None:
        """The left button goes up: the one edit of the gesture happens here."""
        self.session.gesture_active = False
        if self.draft is not None:
            draft, self.draft = self.draft, None
            self._finish_draft(draft, radius)
        elif self.drag is not None:
            self.move(pos, radius)
            drag, self.drag = self.drag, None
            if drag.moved and drag.keypoint is None:
                editing.move_person(self.session, drag.person, drag.shift)
            elif drag.moved and drag.keypoint is not None:
                target = drag.person.instance.points[drag.keypoint] + drag.shift
                editing.move_keypoint(self.session, drag.person, drag.keypoint, target)
        self.changed.emit()

    def right_click(self, pos: np.ndarray, radius: float) -> bool:
        """Change the visibility of the keypoint under the mouse; with the add tool, skip the pending one."""
        hit = self.at(pos, radius)
        if hit is None or hit.keypoint is None:
            if self.session.tool == "add" and self.session.selection is not None:
                self._advance()
                return True
            return False
        person = self._person(hit.ref)
        if person is None or not person.editable:
            return False
        self.session.select(hit.ref, hit.keypoint)
        editing.cycle_visibility(self.session, person, hit.keypoint)
        self.changed.emit()
        return True

    def cancel(self) -> bool:
        """Put back what is being dragged; True if there was something."""
        running = self.drag is not None or self.draft is not None
        self.drag, self.draft, self.session.gesture_active = None, None, False
        if running:
            self.changed.emit()
        return running

    def leave(self) -> None:
        """The mouse has left the canvas."""
        if self.hover is not None and self.drag is None:
            self.hover = None
            self.changed.emit()

    # -- adding a person

    def _place(self, keypoint: int, pos: np.ndarray) -> None:
        """Place one keypoint of the selected person, or the first of a new one, within the frame."""
        pos = self._clamped(pos)
        session = self.session
        assert session.skeleton is not None
        person = session.selected_instance
        if person is None or (session.tool == "add" and not person.ref.is_label):
            instance = Instance.empty(session.skeleton.num_keypoints)
            instance.points[keypoint], instance.visibility[keypoint] = pos, editing.VISIBLE
            editing.add_person(session, instance, keypoint)
        else:
            editing.move_keypoint(session, person, keypoint, pos)
        if session.tool == "add":
            self._advance()
        self.changed.emit()

    def _advance(self) -> None:
        """Make the next unlabelled keypoint the pending one; after the last, back to the select tool."""
        session = self.session
        person, now = session.selected_instance, session.selected_keypoint
        if person is None or now is None:
            return
        free = np.flatnonzero(person.instance.visibility == 0)
        later = free[free > now]
        if len(later) == 0:
            session.set_tool("select")
            return
        session.select(person.ref, int(later[0]))

    def _finish_draft(self, draft: BoxDraft, radius: float) -> None:
        x0, y0, x1, y1 = draft.xyxy()
        if max(x1 - x0, y1 - y0) < 2 * radius:
            self._place(0, draft.start)
            return
        editing.add_person(self.session, Instance(self._clamped(self._draft_points(draft))))
        self.session.set_tool("select")

    def _draft_points(self, draft: BoxDraft) -> np.ndarray:
        assert self.session.skeleton is not None
        if draft.example is not None:
            return fitted(draft.example, draft.xyxy())
        return template_points(self.session.skeleton, draft.xyxy())

    def _example(self) -> np.ndarray | None:
        """The nearest labelled pose, for skeletons of which no template is known (hands, animals)."""
        session = self.session
        frames = session.labelled_frames()
        if session.skeleton is None or knows(session.skeleton) or len(frames) == 0:
            return None
        nearest = int(frames[np.argmin(np.abs(frames - session.frame_idx))])
        best = max((p.instance for p in session.labels_at(nearest)), key=lambda i: i.num_labelled)
        return best.points if best.num_labelled > 1 else None

    def _on_tool_changed(self, tool: str) -> None:
        self.cancel()
        if tool == "add":
            self.session.select(None)
        self.changed.emit()

    # -- bounds

    def _can_edit(self) -> bool:
        return self.session.can_edit

    def _person(self, ref: Ref) -> ScreenInstance | None:
        return next((p for p in self.session.instances_on_screen() if p.ref == ref), None)

    def _size(self) -> np.ndarray:
        video = self.session.video
        return np.array([video.width, video.height], np.float64) if video else np.full(2, np.inf)

    def _clamped(self, points: np.ndarray) -> np.ndarray:
        return np.clip(points, 0.0, self._size() - 1.0)

    def _within_frame(self, drag: Drag, shift: np.ndarray) -> np.ndarray:
        """The shift cut so that what is dragged stays in the frame (what was outside may stay outside)."""
        points = drag.person.instance.points
        points = points[[drag.keypoint]] if drag.keypoint is not None else points
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) == 0:
            return shift
        low = np.minimum(-points.min(axis=0), 0.0)
        high = np.maximum(self._size() - 1.0 - points.max(axis=0), 0.0)
        return np.clip(shift, low, high)
