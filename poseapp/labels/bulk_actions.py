"""What can be done to all people whom a query finds: as words, as one sentence, as an edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from poseapp.errors import ProjectError
from poseapp.labels.bulk_edits import (
    BulkDelete,
    BulkSource,
    BulkSwapSides,
    BulkTrack,
    BulkVisibility,
    Report,
)
from poseapp.labels.edits import Edit
from poseapp.labels.people_index import Count, people
from poseapp.labels.query import NO_TRACK
from poseapp.labels.skeleton import Skeleton

# What can be done to labels and to predictions, by the first word.
LABEL_VERBS = ("delete", "show", "hide", "unset", "swap-sides", "track", "by-hand")
PREDICTION_VERBS = ("delete", "accept")
_VISIBILITY = {"unset": 0, "hide": 1, "show": 2}
WORDS = "delete, accept, show KEYPOINT, hide KEYPOINT, unset KEYPOINT, swap-sides, track N|none, by-hand"


@dataclass(frozen=True)
class BulkAction:
    """One thing to do.

    Attributes:
        verb: One of `LABEL_VERBS` or `PREDICTION_VERBS`.
        keypoint: Of "show", "hide" and "unset".
        track: Of "track"; None takes people out of their tracks.
    """

    verb: str
    keypoint: str = ""
    track: int | None = None

    @classmethod
    def parse(cls, text: str, skeleton: Skeleton) -> "BulkAction":
        """Read an action as words, such as `hide left_wrist`.

        Raises:
            ProjectError: It is none.
            SkeletonError: The skeleton has no such keypoint.
        """
        verb, _, rest = text.strip().partition(" ")
        rest = rest.strip()
        if verb in _VISIBILITY and rest:
            skeleton.index(rest)
            return cls(verb, keypoint=rest)
        if verb == "track" and (rest == NO_TRACK or rest.isdecimal()):
            return cls(verb, track=None if rest == NO_TRACK else int(rest))
        if verb in ("delete", "accept", "swap-sides", "by-hand") and not rest:
            return cls(verb)
        raise ProjectError(f"'{text}' is nothing that can be done; there are {WORDS}.")

    def words(self) -> str:
        """Return the words that `parse` reads back."""
        if self.verb == "track":
            return f"track {NO_TRACK if self.track is None else self.track}"
        return f"{self.verb} {self.keypoint}".strip()

    def condition(self, skeleton: Skeleton) -> tuple[str, Sequence[Any]]:
        """Return SQL as of `Query.condition` for whom it changes at all, and its parameters."""
        if self.verb in _VISIBILITY:
            want = bytes([_VISIBILITY[self.verb]])
            at = skeleton.index(self.keypoint) + 1
            return "substr(p.visibility, ?, 1) NOT IN (x'00', ?)", (at, want)
        if self.verb == "swap-sides":
            places = [index + 1 for pair in skeleton.swap_pairs for index in pair]
            return " OR ".join(["substr(p.visibility, ?, 1) <> x'00'"] * len(places)) or "0", places
        if self.verb == "track":
            return "p.track_id IS NOT ?", (self.track,)
        if self.verb == "by-hand":
            return "p.kind <> 'hand'", ()
        return "1", ()

    def sentence(self, count: Count, noun: str = "person") -> str:
        """Say exactly what it does to so many; `noun` is "person" or "prediction"."""
        who = people(count.people, noun)
        where = f"in {count.videos:,} video{'s' * (count.videos != 1)}"
        name = self.keypoint.replace("_", " ")
        if self.verb == "track":
            if self.track is None:
                return f"Take {who} {where} out of their tracks"
            return f"Put {who} {where} on track {self.track}"
        return {
            "delete": f"Delete {who} {where}",
            "accept": f"Accept {who} {where} as labels",
            "show": f"Show {name} of {who} {where}",
            "hide": f"Hide {name} of {who} {where}",
            "unset": f"Unset {name} of {who} {where}",
            "swap-sides": f"Swap left and right of {who} {where}",
            "by-hand": f"Mark {who} {where} as labelled by hand",
        }[self.verb]

    def edit(self, ids: Sequence[int], skeleton: Skeleton, report: Report) -> Edit:
        """The edit that does it to labels.

        Raises:
            ProjectError: It can be done to predictions only.
        """
        if self.verb in _VISIBILITY:
            return BulkVisibility(ids, skeleton.index(self.keypoint), _VISIBILITY[self.verb], report)
        if self.verb == "delete":
            return BulkDelete(ids, report)
        if self.verb == "swap-sides":
            return BulkSwapSides(ids, report)
        if self.verb == "track":
            return BulkTrack(ids, self.track, report)
        if self.verb == "by-hand":
            return BulkSource(ids, report)
        raise ProjectError(f"'{self.verb}' is for predictions; labels are labels already.")
