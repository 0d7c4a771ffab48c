"""People proposed for many frames: drawn as ghosts and marked on the timeline until accepted or cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from poseapp.errors import PoseError
from poseapp.labels.between import Filling, fill
from poseapp.labels.bulk_edits import AddPeople
from poseapp.labels.instance import Instance

if TYPE_CHECKING:
    from poseapp.app.session import Session


@dataclass
class Proposal:
    """What would be added to the current video.

    Attributes:
        video_id: the video.
        people: the people by frame.
        text: what it is, as "Interpolate 4 gaps, 38 frames".
        verb: begins the sentence of the undo step, "Interpolate" or "Propagate".
        wanted: the frames an interpolation may fill; None: no interpolation.
        method: of an interpolation: "linear" or "spline".
        step: of an interpolation: every so-manieth frame.
    """

    video_id: int
    people: dict[int, list[Instance]] = field(repr=False)
    text: str
    verb: str
    wanted: range | None = None
    method: str = "linear"
    step: int = 1

    def frames(self) -> np.ndarray:
        """The frames that would be filled, ascending int64."""
        return np.array(sorted(self.people), np.int64)

    def at(self, frame_idx: int) -> list[Instance]:
        """The people proposed for a frame."""
        return self.people.get(frame_idx, [])

    def accept(self, session: Session) -> None:
        """Add everybody as labels: one undo step.

        Raises:
            PoseError: when the labels cannot be changed; the proposal stays.
        """
        items = [(self.video_id, frame, p) for frame, people in self.people.items() for p in people]
        if not items:
            session.message.emit("There is nothing to fill: choose another step")
            return
        session.proposal = None  # the edit must not look for it once more
        try:
            session.push(AddPeople(items, self.verb))
        except PoseError:
            session.proposal = self
            raise
        session.proposal_changed.emit()

    def again(self, session: Session) -> Proposal | None:
        """The same after labels have changed; None where it cannot be had anew."""
        if self.wanted is None or session.video is None or session.video.id != self.video_id:
            return None
        made = interpolation(session, self.wanted, self.method, self.step)
        return made if made.people or self.step > 1 else None


def interpolation(session: Session, wanted: range, method: str, step: int) -> Proposal:
    """Propose people between labelled frames of the current video."""
    from poseapp.api.over_time import labels_around  # not part of the start

    assert session.project is not None and session.video is not None
    people = labels_around(session.project, session.video.id, wanted)
    filling = fill(people, wanted, method, step)
    return Proposal(session.video.id, filling.people, words(filling), "Interpolate", wanted, method, step)


def words(filling: Filling) -> str:
    """As "Interpolate 4 gaps, 38 frames"."""
    frames = len(filling.people)
    return f"Interpolate {filling.gaps} gap{'s' * (filling.gaps != 1)}, {frames} frame{'s' * (frames != 1)}"
