"""Edits of the people on screen.

Each function is one undo step, and turns a prediction that it touches into a label.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from poseapp.app.layers import LABELS, Ref, ScreenInstance
from poseapp.app.session import Session
from poseapp.errors import PoseError
from poseapp.labels.bulk_edits import RejectPredictions
from poseapp.labels.edits import (
    AddInstance,
    DeleteInstances,
    Edit,
    MoveInstance,
    MoveKeypoint,
    ReplaceInstance,
    SetVisibility,
    SwapSides,
    UnsetKeypoint,
)
from poseapp.labels.instance import Instance

HIDDEN, VISIBLE = 1, 2


def move_keypoint(
    session: Session,
    person: ScreenInstance,
    keypoint: int,
    xy: np.ndarray,
    visibility: int | None = None,
) -> None:
    """Put a keypoint of a person at `xy` (pixels); an unlabelled one becomes visible, unless said otherwise.

    Raises:
        PoseError: when the labels cannot be changed.
    """

    def moved(instance: Instance) -> None:
        instance.points[keypoint] = xy
        instance.outline_changed()
        instance.visibility[keypoint] = visibility or instance.visibility[keypoint] or VISIBLE
        if instance.scores is not None:
            instance.scores[keypoint] = np.nan  # placed by a person

    def edit(instance_id: int) -> Edit:
        return MoveKeypoint(instance_id, keypoint, float(xy[0]), float(xy[1]), visibility)

    _change(session, person, keypoint, moved, edit)


def move_person(session: Session, person: ScreenInstance, shift: np.ndarray) -> None:
    """Move a whole person by `(dx, dy)` pixels.

    Raises:
        PoseError: when the labels cannot be changed.
    """

    def moved(instance: Instance) -> None:
        instance.points += shift
        if instance.box is not None:
            instance.box = instance.box + np.tile(shift, 2)

    keypoint = session.selected_keypoint
    _change(session, person, keypoint, moved, lambda i: MoveInstance(i, float(shift[0]), float(shift[1])))


def add_person(session: Session, instance: Instance, keypoint: int | None = None) -> Ref:
    """Add a label to the current frame and select it.

    Args:
        session: the open window.
        instance: the person; its `source` says where it comes from.
        keypoint: the keypoint to select.

    Raises:
        PoseError: when the labels cannot be changed.
    """
    if session.video is None:
        raise PoseError("there is no video to label; add one first")
    added = session.push(AddInstance(session.video.id, session.frame_idx, instance))
    ref = Ref(LABELS, added[0])
    session.select(ref, keypoint)
    return ref


def as_label(person: ScreenInstance) -> Instance:
    """A copy of a prediction that remembers where it came from."""
    instance = person.instance.copy()
    instance.id = None
    instance.source = f"prediction:{person.layer}"
    return instance


def _change(
    session: Session,
    person: ScreenInstance,
    keypoint: int | None,
    change: Callable[[Instance], None],
    edit: Callable[[int], Edit],
) -> None:
    """Change a label by `edit(id)`, or a prediction by adding its changed copy: one undo step either way."""
    if person.ref.is_label:
        session.push(edit(person.ref.key))
        session.select(person.ref, keypoint)
        return
    instance = as_label(person)
    change(instance)
    add_person(session, instance, keypoint)


def _person_meant(session: Session) -> ScreenInstance | None:
    """The selected person, or the only one of the frame."""
    people = session.instances_on_screen()
    return session.selected_instance or (people[0] if len(people) == 1 else None)


def _need_person(session: Session) -> ScreenInstance | None:
    person = _person_meant(session)
    if person is None:
        session.message.emit("Select a person first")
    return person


def accept(session: Session) -> None:
    """Make the selected prediction, or all predictions of the frame, labels as they are."""
    chosen = session.selected_instance
    people = [chosen] if chosen and chosen.is_prediction else session.instances_on_screen()
    found = [p for p in people if p.is_prediction]
    if not found:
        session.message.emit("There is no prediction to accept in this frame")
    for person in found:
        add_person(session, as_label(person), session.selected_keypoint)


def delete_person(session: Session) -> None:
    """Delete the selected person: the label, or the prediction, whose file stays as it is."""
    person = _need_person(session)
    if person is None:
        return
    if not person.ref.is_label:
        _delete_prediction(session, person.ref)
        return
    session.push(DeleteInstances(ids=[person.ref.key]))


def _delete_prediction(session: Session, ref: Ref) -> None:
    layer = next((p for p in session.prediction_layers if p.name == ref.layer), None)
    if layer is not None and session.video is not None:
        place = session.video.id, session.frame_idx
        session.push(RejectPredictions({(layer.name, layer.file.file_id): {place: [ref.key]}}))


def delete_frame_labels(session: Session) -> None:
    """Delete everybody's labels in the current frame."""
    if session.video is not None and session.labels_at(session.frame_idx):
        session.push(DeleteInstances(video_id=session.video.id, frame_idx=session.frame_idx))
    else:
        session.message.emit("There are no labels in this frame")


def delete_video_labels(session: Session) -> None:
    """Delete every label of the current video."""
    if session.video is not None:
        session.push(DeleteInstances(video_id=session.video.id))


def set_visibility(session: Session, person: ScreenInstance, keypoint: int, visibility: int) -> None:
    """Make a placed keypoint visible (2) or hidden (1), or unset it (0).

    Raises:
        PoseError: when the labels cannot be changed.
    """
    if visibility == 0:
        _unset(session, person, keypoint)
        return

    def changed(instance: Instance) -> None:
        instance.visibility[keypoint] = visibility

    _change(session, person, keypoint, changed, lambda i: SetVisibility(i, keypoint, visibility))


def toggle_visibility(
    session: Session, person: ScreenInstance | None = None, keypoint: int | None = None
) -> None:
    """Make a placed keypoint (default: the selected one) hidden, or a hidden one visible.

    Its place stays (`unset_keypoint` takes that away): a key pressed once too often loses no label.
    """
    person = person or session.selected_instance
    keypoint = session.selected_keypoint if keypoint is None else keypoint
    if person is None or keypoint is None:
        session.message.emit("Select a keypoint first")
        return
    now = int(person.instance.visibility[keypoint])
    if now == 0:
        session.message.emit(f"{_name(session, keypoint)} has no place yet; click where it is")
        return
    set_visibility(session, person, keypoint, HIDDEN if now == VISIBLE else VISIBLE)


def unset_keypoint(session: Session) -> None:
    """Remove the selected keypoint."""
    person, keypoint = session.selected_instance, session.selected_keypoint
    if person is None or keypoint is None or person.instance.visibility[keypoint] == 0:
        session.message.emit("Select a keypoint first")
        return
    _unset(session, person, keypoint)


def _unset(session: Session, person: ScreenInstance, keypoint: int) -> None:
    def changed(instance: Instance) -> None:
        instance.points[keypoint] = np.nan
        instance.visibility[keypoint] = 0

    _change(session, person, keypoint, changed, lambda i: UnsetKeypoint(i, keypoint))


def swap_sides(session: Session) -> None:
    """Swap left and right of the selected person, or of the only one."""
    person, skeleton = _need_person(session), session.skeleton
    if person is None or skeleton is None:
        return
    order = skeleton.swap_index

    def changed(instance: Instance) -> None:
        swapped = instance.take(order)
        instance.points, instance.visibility, instance.scores = (
            swapped.points,
            swapped.visibility,
            swapped.scores,
        )

    _change(session, person, session.selected_keypoint, changed, SwapSides)


def copy_previous(session: Session) -> None:
    """Copy the selected person's pose (or everybody's) from the frame before that has one.

    A label already there is replaced; the nearest earlier frame with labels counts, else the previous frame's
    prediction.
    """
    if session.project is None or session.video is None or session.frame_idx == 0:
        session.message.emit("There is no frame before this one")
        return
    earlier = session.labelled_frames()
    earlier = earlier[earlier < session.frame_idx]
    source_idx = session.frame_idx - 1
    if not session.instances_on_screen(source_idx):
        if len(earlier) == 0:
            session.message.emit("No frame before this one has a pose to copy")
            return
        source_idx = int(earlier[-1])
    source = session.instances_on_screen(source_idx)
    target = session.selected_instance or next(iter(session.labels_at(session.frame_idx)), None)
    pose = source[0] if target is None else _nearest(source, target)
    instance = pose.instance.copy()
    instance.source, instance.scores, instance.score = "user", None, None
    if target is not None and target.ref.is_label:
        instance.id, instance.track_id = target.ref.key, target.instance.track_id
        session.push(ReplaceInstance(target.ref.key, instance))
        session.select(target.ref, session.selected_keypoint)
    else:
        add_person(session, instance, session.selected_keypoint)


def _nearest(people: list[ScreenInstance], target: ScreenInstance) -> ScreenInstance:
    def distance(person: ScreenInstance) -> float:
        gap = np.hypot(*(person.instance.points - target.instance.points).T)
        return float(np.nanmean(gap)) if np.isfinite(gap).any() else np.inf

    return min(people, key=distance)


def take_back_keypoint(session: Session) -> None:
    """With the add tool: unset the keypoint placed before the pending one, and make it the pending one."""
    person, now = session.selected_instance, session.selected_keypoint
    if person is None or now is None:
        session.message.emit("Nothing is placed yet")
        return
    placed = np.flatnonzero(person.instance.labelled)
    before = placed[placed <= now] if person.instance.labelled[now] else placed[placed < now]
    if len(before) == 0:
        session.message.emit("Nothing is placed before this keypoint")
    elif len(placed) == 1:
        session.push(DeleteInstances(ids=[person.ref.key]))
        session.select(None)
    else:
        _unset(session, person, int(before[-1]))
        session.select(person.ref, int(before[-1]))


def select_next_keypoint(session: Session, direction: int) -> None:
    """Select the next (1) or previous (-1) keypoint of the selected or first person, unlabelled ones too.

    While a person is being added, the next one that is not placed; before it has any, the one to begin with.
    """
    if session.tool == "add" and session.skeleton is not None:
        _next_to_place(session, direction, session.skeleton.num_keypoints)
        return
    people = session.instances_on_screen()
    person = session.selected_instance or (people[0] if people else None)
    if person is None or session.skeleton is None:
        return
    num, now = session.skeleton.num_keypoints, session.selected_keypoint
    start = (-1 if direction > 0 else num) if now is None else now
    session.select(person.ref, (start + direction) % num)


def _name(session: Session, keypoint: int) -> str:
    return session.skeleton.keypoints[keypoint].replace("_", " ") if session.skeleton else str(keypoint)


def _next_to_place(session: Session, direction: int, num_keypoints: int) -> None:
    person, now = session.selected_instance, session.selected_keypoint
    if person is None or now is None:
        session.add_from = (session.add_from + direction) % num_keypoints
        session.selection_changed.emit()
        return
    free = [(now + direction * step) % num_keypoints for step in range(1, num_keypoints + 1)]
    free = [keypoint for keypoint in free if not person.instance.labelled[keypoint]]
    if free:
        session.select(person.ref, free[0])
