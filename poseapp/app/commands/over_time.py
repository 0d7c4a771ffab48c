"""What the rows about labels over time do: interpolate, swap, accept, delete in many frames."""

from __future__ import annotations

from dataclasses import dataclass

from poseapp.app import editing
from poseapp.app.layers import ScreenInstance
from poseapp.app.proposal import interpolation
from poseapp.app.session import Session
from poseapp.labels.between import follow
from poseapp.labels.bulk_edits import AddPeople, BulkDelete, SwapOverTime

NOTHING_BETWEEN = "Nothing to interpolate here: label the person before and after these frames"


def interpolate(session: Session) -> None:
    """Propose people for the chosen frames, or between the labelled frames around the playhead."""
    session.writable_project()
    wanted = range(*session.frame_range) if session.frame_range else _gap_here(session)
    proposal = interpolation(session, wanted, "linear", 1)
    if proposal.people:
        session.set_proposal(proposal)
    else:
        session.message.emit(NOTHING_BETWEEN)


def _gap_here(session: Session) -> range:
    frames, here = session.labelled_frames(), session.frame_idx
    before, after = frames[frames <= here], frames[frames > here]
    return range(int(before[-1]), int(after[0])) if len(before) and len(after) else range(0)


def shape_interpolation(session: Session, method: str, step: int) -> None:
    """Propose the same frames by another method or every so-manieth frame."""
    now = session.proposal
    if now is not None and now.wanted is not None and (method, step) != (now.method, now.step):
        session.set_proposal(interpolation(session, now.wanted, method, step))


def accept_proposal(session: Session) -> None:
    """Make what is proposed labels."""
    if session.proposal is not None:
        session.proposal.accept(session)


def cancel_proposal(session: Session) -> None:
    """Propose nothing any more."""
    session.set_proposal(None)


@dataclass(frozen=True)
class OverTime:
    """Whom a command over many frames meets, and what it says before.

    Attributes:
        labels: ids of labels.
        predictions: the predictions, each with its frame.
        sentence: what will happen.
    """

    labels: list[int]
    predictions: list[tuple[int, ScreenInstance]]
    sentence: str


def swap_plan(session: Session, start: int, stop: int) -> OverTime:
    """The selected or only person of this frame in the frames `start` to `stop - 1`, followed from here."""
    people, here = session.instances_on_screen(), session.frame_idx
    person = session.selected_instance or (people[0] if len(people) == 1 else None)
    skeleton = session.skeleton
    if person is None or skeleton is None:
        return OverTime([], [], "Select a person first.")
    found: dict[int, ScreenInstance] = {}
    for frames in (range(here, stop), range(here - 1, start - 1, -1)):
        places = follow(
            person.instance,
            frames,
            lambda k: [p.instance for p in session.instances_on_screen(k)],
            skeleton.swap_index,
        )
        found |= {k: session.instances_on_screen(k)[place] for k, place in places if start <= k < stop}
    labels = [p.ref.key for _, p in sorted(found.items()) if p.ref.is_label]
    predictions = [(k, p) for k, p in sorted(found.items()) if not p.ref.is_label]
    parts = [f"swap {_count(len(labels), 'labelled frame')}"] if labels else []
    if predictions:
        parts.append(f"accept {_count(len(predictions), 'prediction')} swapped")
    words = ", ".join(parts) or "the person is in none of these frames"
    return OverTime(labels, predictions, words[0].upper() + words[1:] + ".")


def swap_range(session: Session, start: int, stop: int) -> None:
    """Swap left and right of the person in many frames; predictions are accepted swapped."""
    plan, skeleton = swap_plan(session, start, stop), session.skeleton
    if skeleton is None or session.video is None or not (plan.labels or plan.predictions):
        session.message.emit(plan.sentence)
        return
    accepted = [
        (session.video.id, k, editing.as_label(p).take(skeleton.swap_index)) for k, p in plan.predictions
    ]
    session.push(SwapOverTime(plan.labels, accepted))


def accept_plan(session: Session, start: int, stop: int) -> OverTime:
    """The predictions on screen in many frames."""
    found = [(k, p) for k in range(start, stop) for p in session.instances_on_screen(k) if p.is_prediction]
    return OverTime([], found, f"Accept {_count(len(found), 'prediction')} as labels.")


def accept_range(session: Session, start: int, stop: int) -> None:
    """Make the predictions on screen in many frames labels."""
    plan = accept_plan(session, start, stop)
    if session.video is None or not plan.predictions:
        session.message.emit("There is no prediction to accept in these frames")
        return
    items = [(session.video.id, k, editing.as_label(p)) for k, p in plan.predictions]
    session.push(AddPeople(items, "Accept predictions of"))


def delete_plan(session: Session, start: int, stop: int) -> OverTime:
    """The labels in many frames."""
    frames = session.labelled_frames()
    frames = frames[(frames >= start) & (frames < stop)]
    labels = [p.ref.key for k in frames.tolist() for p in session.labels_at(k)]
    people = "1 person" if len(labels) == 1 else f"{len(labels):,} people"
    return OverTime(labels, [], f"Delete the labels of {people} in {_count(len(frames), 'frame')}.")


def delete_range(session: Session, start: int, stop: int) -> None:
    """Delete the labels in many frames."""
    plan = delete_plan(session, start, stop)
    if plan.labels:
        session.push(BulkDelete(plan.labels))
    else:
        session.message.emit("There are no labels in these frames")


PLANS = {
    "label.swap_range": swap_plan,
    "label.accept_range": accept_plan,
    "label.delete_range": delete_plan,
}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
