"""What pressing, moving and releasing the mouse on the canvas does; no Qt.

Positions are pixels of the frame, reaches come in the same unit (screen pixels over zoom). While the mouse
moves only a preview changes; the labels change once, on release.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from psygnal import Signal

from poseapp.app import editing, group_editing
from poseapp.app.drags import BoxDraft, Drag, GroupDrag, MarkDraft, TransformDrag
from poseapp.app.hints import hints
from poseapp.app.hit_test import REACH_PX, Hit, hit_test, prefer
from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.app.templates import fitted, knows, template_points
from poseapp.app.transform_box import Handle, TransformBox
from poseapp.labels.instance import Instance

DRAFT = Ref(LABELS, -1)  # the box of a person about to be added


class CanvasTools:
    """Gestures on one session's current frame.

    Attributes:
        hover: what the mouse is on, or None.
        drag: the drag in progress, or None.
        draft: the box being drawn with the add tool, or None.
        marking: the box or lasso being drawn around keypoints, or None.
        pending: the keypoint the next click of the add tool places, or None: a new person's first one.
    """

    changed = Signal()  # a preview, the hover or the draft has changed: draw again

    def __init__(self, session: Session) -> None:
        self.session = session
        self.hover: Hit | None = None
        self.drag: Drag | None = None
        self.draft: BoxDraft | None = None
        self.marking: MarkDraft | None = None
        session.tool_changed.connect(self._on_tool_changed)

    # -- what to draw

    def people(self) -> list[ScreenInstance]:
        """People of the frame with the drag's preview in place, the selected one last (topmost)."""
        people = self.session.instances_on_screen()
        if self.drag is not None and self.drag.moved:
            moved = self.drag.previews()
            people = [_at(p, moved[p.ref]) if p.ref in moved else p for p in people]
        if self.draft is not None and self.session.skeleton is not None:
            points = self._draft_points(self.draft)
            people.append(ScreenInstance(Instance(points), LABELS, True, DRAFT))
        selection = self.session.selection
        people.sort(key=lambda p: (not p.is_prediction, p.ref == selection, p.ref == DRAFT))
        return people

    def transform_box(self, unit: float) -> TransformBox | None:
        """The handles around the selected person with the transform tool, or None.

        Args:
            unit: pixels of the frame for one of the screen.
        """
        if self.session.tool != "transform" or not self._can_edit():
            return None
        person = self.session.selected_instance
        if person is None:
            return None
        if self.drag is not None and self.drag.moved and person.ref in (moved := self.drag.previews()):
            person = _at(person, moved[person.ref])
        bounds = person.instance.bounds()
        return None if bounds is None else TransformBox(bounds, unit)

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
                return min(session.add_from, skeleton.num_keypoints - 1)
            if keypoint is not None and person.instance.visibility[keypoint] == 0:
                return keypoint
            return None
        if person is not None and keypoint is not None and person.instance.visibility[keypoint] == 0:
            return keypoint
        return None

    def hints(self) -> list[tuple[str, str]]:
        """What can be done right now, see `poseapp.app.hints`."""
        return hints(self.session, self.drag, self.pending)

    # -- gestures

    def at(self, pos: np.ndarray, radius: float) -> Hit | None:
        """What is at a position; `radius` is the reach of keypoints, limbs have half of it."""
        session = self.session
        if session.skeleton is None or not session.overlay_visible:
            return None
        hit = hit_test(
            session.instances_on_screen(),
            session.skeleton.edges,
            pos,
            radius=radius,
            limb_radius=radius / 2,
            first=session.selection,
        )
        chosen = session.selected_instance
        if chosen is None or session.selected_keypoint is None:
            return hit
        return prefer(hit, Hit(chosen.ref, session.selected_keypoint), chosen, pos, radius)

    def press(
        self, pos: np.ndarray, radius: float, *, alt: bool = False, shift: bool = False, ctrl: bool = False
    ) -> bool:
        """The left button goes down; True where that begins something (else the canvas may pan).

        Args:
            pos: `(2,)`.
            radius: reach of keypoints.
            alt: take the whole person.
            shift: a pending keypoint is placed as hidden; else draw a box around keypoints.
            ctrl: mark or unmark a keypoint; with Shift, or with the lasso, draw around keypoints.
        """
        session = self.session
        session.set_playing(False)
        pending = self.pending
        hit = self.at(pos, radius)
        if session.tool == "add" and (hit is None or pending is not None) and self._can_edit():
            if session.selection is None and not shift:
                self.draft = BoxDraft(pos.copy(), pos.copy(), self._example())
                session.gesture_active = True
            elif pending is not None:
                self._place(pending, pos, hidden=shift)
            return True
        if self._press_handle(pos, radius):
            return True
        if pending is not None and hit is None:
            self._place(pending, pos, hidden=shift)
            return True
        if session.tool == "lasso" or (shift and (hit is None or ctrl)):
            before = session.marked if ctrl and session.tool == "lasso" else frozenset()
            self.marking = MarkDraft([pos.copy()], session.tool == "lasso" or ctrl, before)
            session.gesture_active = True
            return True
        if hit is None:
            session.select(None)
            return False
        if ctrl and hit.keypoint is not None:
            self._toggle_mark(hit)
            return True
        self._begin_drag(hit, pos, radius, alt)
        return True

    def _begin_drag(self, hit: Hit, pos: np.ndarray, radius: float, alt: bool) -> None:
        session = self.session
        person = self._person(hit.ref)
        whole = alt or session.tool in ("move", "transform") or hit.keypoint is None
        in_group = hit in session.marked and not whole
        if in_group:
            marked = session.marked
            session.select(hit.ref, hit.keypoint)
            session.mark(marked)
        else:
            session.select(hit.ref, hit.keypoint if not whole else None)
        if person is not None and person.editable:
            # A prediction's ref may be followed by others; the person as it was is what the drag starts from.
            if in_group:
                chosen = group_editing.targets(session)
                self.drag = GroupDrag(person, hit.keypoint, pos.copy(), radius / 4, chosen=chosen)
            else:
                self.drag = Drag(person, None if whole else hit.keypoint, pos.copy(), radius / 4)
            session.gesture_active = True
        elif session.project is not None and session.read_only:
            session.message.emit(f"Read-only: {session.project.read_only_reason}")
        self.hover = hit
        self.changed.emit()

    def _press_handle(self, pos: np.ndarray, radius: float) -> bool:
        """Take a handle of the transform box."""
        box, person = self.transform_box(radius / REACH_PX), self.session.selected_instance
        if box is None or person is None or not person.editable:
            return False
        handle = box.handle_at(pos, radius)
        if handle is None:
            return False
        if handle is Handle.MOVE:
            self.drag = Drag(person, None, pos.copy(), radius / 4)
        else:
            self.drag = TransformDrag(person, None, pos.copy(), radius / 4, box=box, handle=handle)
        self.session.gesture_active = True
        self.changed.emit()
        return True

    def _toggle_mark(self, hit: Hit) -> None:
        session = self.session
        marked = session.marked
        if not marked and session.selection is not None and session.selected_keypoint is not None:
            marked = frozenset({Hit(session.selection, session.selected_keypoint)})
        marked = marked ^ {hit}
        primary = hit if hit in marked else next(iter(sorted(marked, key=str)), None)
        session.select(*(primary.ref, primary.keypoint) if primary is not None else (None, None))
        session.mark(marked if len(marked) > 1 else frozenset())
        self.changed.emit()

    def move(self, pos: np.ndarray, radius: float, *, shift: bool = False, alt: bool = False) -> None:
        """The mouse moves, with or without a button."""
        if self.draft is not None:
            self.draft.end = pos.copy()
        elif self.marking is not None:
            self.marking.follow(pos)
        elif self.drag is not None:
            self.drag.follow(pos, self._size(), held=shift, centred=alt)
        else:
            hit = self.at(pos, radius)
            if hit == self.hover:
                return
            self.hover = hit
        self.changed.emit()

    def release(self, pos: np.ndarray, radius: float, *, shift: bool = False, alt: bool = False) -> None:
        """The left button goes up: the one edit of the gesture happens here."""
        self.session.gesture_active = False
        if self.draft is not None:
            draft, self.draft = self.draft, None
            self._finish_draft(draft, radius)
        elif self.marking is not None:
            self.move(pos, radius)
            marking, self.marking = self.marking, None
            self._finish_marking(marking)
        elif self.drag is not None:
            self.move(pos, radius, shift=shift, alt=alt)
            drag, self.drag = self.drag, None
            if drag.moved:
                drag.finish(self.session)
        self.changed.emit()

    def _finish_marking(self, marking: MarkDraft) -> None:
        session = self.session
        hits = marking.hits([p for p in session.instances_on_screen() if p.editable])
        if not hits:
            session.select(None)
            return
        primary = session.selection
        if primary not in {hit.ref for hit in hits}:
            primary = min(hits, key=str).ref
        session.select(primary)
        session.mark(hits)
        session.message.emit(f"{len(hits)} keypoints marked" if len(hits) > 1 else "1 keypoint marked")

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
        editing.toggle_visibility(self.session, person, hit.keypoint)
        self.changed.emit()
        return True

    def cancel(self) -> bool:
        """Put back what is being dragged; True if there was something."""
        running = not (self.drag is self.draft is self.marking is None)
        self.drag = self.draft = self.marking = None
        self.session.gesture_active = False
        if running:
            self.changed.emit()
        return running

    def leave(self) -> None:
        """The mouse has left the canvas."""
        if self.hover is not None and self.drag is None:
            self.hover = None
            self.changed.emit()

    # -- adding a person

    def _place(self, keypoint: int, pos: np.ndarray, hidden: bool = False) -> None:
        """Place one keypoint of the selected person, or the first of a new one, within the frame."""
        pos = self._clamped(pos)
        session = self.session
        assert session.skeleton is not None
        person = session.selected_instance
        if person is None or (session.tool == "add" and not person.ref.is_label):
            instance = Instance.empty(session.skeleton.num_keypoints)
            instance.points[keypoint] = pos
            instance.visibility[keypoint] = editing.HIDDEN if hidden else editing.VISIBLE
            editing.add_person(session, instance, keypoint)
        else:
            editing.move_keypoint(session, person, keypoint, pos, editing.HIDDEN if hidden else None)
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
            self._place(self.pending or 0, draft.start)
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
            self.session.add_from = 0
        elif tool == "transform" and self.session.selection is None:
            people = self.session.instances_on_screen()
            self.session.select(people[0].ref if people else None)
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


def _at(person: ScreenInstance, points: np.ndarray) -> ScreenInstance:
    """The person with its points elsewhere."""
    instance = person.instance.copy()
    instance.points = points
    return replace(person, instance=instance)
