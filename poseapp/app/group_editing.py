"""Edits of several keypoints at once, of one person or more; each is one undo step.

What is meant are the marked keypoints; without any, the selected keypoint; without that, all of the selected
person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np

from poseapp.app.editing import as_label
from poseapp.app.hit_test import Hit
from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.instance import Instance
from poseapp.labels.people_edits import ChangePeople

# Nudges that follow each other faster than this are one step.
NUDGE_PAUSE_S = 1.0

Targets = dict[Ref, tuple[ScreenInstance, np.ndarray]]


def targets(session: Session) -> Targets:
    """The people meant, and which of their keypoints: `(K,)` bool, placed ones only."""
    found: Targets = {}
    wanted: dict[Ref, list[int]] = {}
    for hit in session.marked:
        if hit.keypoint is not None:
            wanted.setdefault(hit.ref, []).append(hit.keypoint)
    if not wanted and session.selection is not None:
        keypoint = session.selected_keypoint
        wanted[session.selection] = [] if keypoint is None else [keypoint]
    for person in session.instances_on_screen():
        if person.ref in wanted and person.editable:
            chosen = np.zeros(len(person.instance.points), bool)
            chosen[wanted[person.ref] or slice(None)] = True
            chosen &= person.instance.labelled
            if chosen.any():
                found[person.ref] = person, chosen
    return found


def change(
    session: Session,
    people: Mapping[Ref, ScreenInstance],
    act: Callable[[Ref, Instance], None],
    text: str,
    drag_key: str | None = None,
) -> None:
    """Change people of the current frame as one step; predictions among them become labels.

    Args:
        session: the open window.
        people: who.
        act: changes a copy of each in place.
        text: the sentence of the step.
        drag_key: steps in a row with the same key are one.

    Raises:
        PoseError: when the labels cannot be changed.
    """
    if session.video is None:
        raise PoseError("there is no video to label; add one first")
    place = session.video.id, session.frame_idx
    changed: dict[int, Instance] = {}
    added: list[tuple[int, int, Instance]] = []
    became: list[Ref] = []
    for ref, person in people.items():
        instance = person.instance.copy() if ref.is_label else as_label(person)
        act(ref, instance)
        if ref.is_label:
            changed[ref.key] = instance
        else:
            added.append((*place, instance))
            became.append(ref)
    marked, primary, keypoint = session.marked, session.selection, session.selected_keypoint
    created = session.push(ChangePeople(changed, added, text, drag_key))
    now = {ref: Ref(LABELS, number) for ref, number in zip(became, created, strict=True)}
    if primary is not None:
        session.select(now.get(primary, primary), keypoint)
    session.mark(frozenset(Hit(now.get(hit.ref, hit.ref), hit.keypoint) for hit in marked))


def move(
    session: Session, chosen: Targets, shift: np.ndarray, text: str, drag_key: str | None = None
) -> None:
    """Move keypoints by `(dx, dy)` pixels.

    Raises:
        PoseError: when the labels cannot be changed.
    """

    def act(ref: Ref, instance: Instance) -> None:
        mask = chosen[ref][1]
        instance.points[mask] += shift
        _touched(instance, mask)

    change(session, {ref: person for ref, (person, _) in chosen.items()}, act, text, drag_key)


def nudge(session: Session, dx: float, dy: float) -> None:
    """Move what is meant by a little, in pixels of the video; quick nudges in a row are one step."""
    chosen = targets(session)
    if not chosen:
        session.message.emit("Select a keypoint or a person first")
        return
    now = time.monotonic()
    if now - session.last_nudge[0] > NUDGE_PAUSE_S or session.last_nudge[2] != session.frame_idx:
        session.last_nudge = (now, f"nudge/{now}", session.frame_idx)
    else:
        session.last_nudge = (now, session.last_nudge[1], session.frame_idx)
    move(session, chosen, np.array([dx, dy]), f"Nudge {what(session, chosen)}", session.last_nudge[1])


def set_visibility(session: Session, visibility: int) -> None:
    """Make all marked keypoints visible (2) or hidden (1), or unset them (0).

    Raises:
        PoseError: when the labels cannot be changed.
    """
    chosen = targets(session)
    if not chosen:
        session.message.emit("Select keypoints first")
        return

    def act(ref: Ref, instance: Instance) -> None:
        mask = chosen[ref][1]
        instance.visibility[mask] = visibility
        if visibility == 0:
            instance.points[mask] = np.nan
            instance.outline_changed()

    words = ("Unset", "Hide", "Show")[visibility]
    people = {ref: person for ref, (person, _) in chosen.items()}
    change(session, people, act, f"{words} {what(session, chosen)}")
    if visibility == 0:
        session.mark(frozenset())


def next_visibility(session: Session) -> int:
    """What V makes of the marked keypoints: hidden while any is visible, else visible."""
    seen = [person.instance.visibility[mask] for person, mask in targets(session).values()]
    return 1 if any((values == 2).any() for values in seen) else 2


def transform(session: Session, person: ScreenInstance, matrix: np.ndarray, text: str) -> None:
    """Map all keypoints of a person by a `(2, 3)` affine matrix, such as a rotation or a scaling.

    Raises:
        PoseError: when the labels cannot be changed.
    """

    def act(_ref: Ref, instance: Instance) -> None:
        instance.points = instance.points @ matrix[:, :2].T + matrix[:, 2]
        _touched(instance, instance.labelled)

    change(session, {person.ref: person}, act, text)


def select_all(session: Session) -> None:
    """Mark every placed keypoint of everybody in the frame."""
    people = [p for p in session.instances_on_screen() if p.editable]
    hits = frozenset(Hit(p.ref, int(k)) for p in people for k in np.flatnonzero(p.instance.labelled))
    if people and session.selection is None:
        session.select(people[0].ref)
    session.mark(hits)
    session.message.emit(f"{len(hits)} keypoints marked" if hits else "There is nothing to mark here")


def what(session: Session, chosen: Targets) -> str:
    """What is meant as words: "left wrist", "person", "5 keypoints", "2 people"."""
    counts = {ref: int(mask.sum()) for ref, (_, mask) in chosen.items()}
    whole = all(counts[ref] == person.instance.num_labelled for ref, (person, _) in chosen.items())
    if session.skeleton is not None and sum(counts.values()) == 1:
        ((_, mask),) = chosen.values()
        return session.skeleton.keypoints[int(np.flatnonzero(mask)[0])].replace("_", " ")
    if whole:
        return "person" if len(chosen) == 1 else f"{len(chosen)} people"
    return f"{sum(counts.values())} keypoints"


def _touched(instance: Instance, mask: np.ndarray) -> None:
    if instance.scores is not None:
        instance.scores[mask] = np.nan  # placed by a person
    instance.outline_changed()
