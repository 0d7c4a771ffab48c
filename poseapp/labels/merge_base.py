"""The last moment at which two projects were the same, and what both held then.

Two people who label copies of one project share the beginning of its undo history. What only one of them has
changed since is no conflict: a three-way merge, as of texts in version control, but of people in frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poseapp.labels.instance import Instance

if TYPE_CHECKING:
    from poseapp.labels.history import HistoryEntry
    from poseapp.labels.project import Project

# Where a pack notes from which moment of which history it was made.
PACKED_FROM = "packed_from"


@dataclass(frozen=True)
class Then:
    """A person as it was at an earlier moment.

    Attributes:
        video_id: Its video.
        frame_idx: Its frame, 0-based.
        instance: The person.
    """

    video_id: int
    frame_idx: int
    instance: Instance


@dataclass(frozen=True)
class Base:
    """The common past of two projects.

    Attributes:
        mine: Id of the last edit of my history that both know, 0: from the beginning.
        theirs: The same in their history.
    """

    mine: int
    theirs: int


def common_base(mine: Project, theirs: Project) -> Base | None:
    """Return where two histories part, or None where the projects have no common past.

    They have one where their histories begin with the same edits, or where `theirs` was unpacked from a pack
    of `mine`. After a change of the skeleton on either side the people of then cannot be compared with those
    of now: None too.
    """
    base = _from_pack(mine, theirs) or _from_histories(mine.history(1 << 62), theirs.history(1 << 62))
    if base is None or mine.skeleton_changed_since(base.mine) or theirs.skeleton_changed_since(base.theirs):
        return None
    return base


def _from_histories(mine: list[HistoryEntry], theirs: list[HistoryEntry]) -> Base | None:
    shared = 0
    for ours, other in zip(reversed(mine), reversed(theirs), strict=False):
        # An edit that one side has undone since is a change of that side.
        if (ours.id, ours.text, ours.time) != (other.id, other.text, other.time):
            break
        shared = ours.id
    return Base(shared, shared) if shared else None


def _from_pack(mine: Project, theirs: Project) -> Base | None:
    noted = theirs.setting(PACKED_FROM)
    if not isinstance(noted, dict):
        return None
    edit = noted.get("edit")
    known = {(entry.id, entry.time): entry.id for entry in mine.history(1 << 62)}
    found = known.get((edit[0], edit[1])) if isinstance(edit, list) and len(edit) == 2 else None
    return None if found is None else Base(found, 0)


def people_then(project: Project, edit_id: int) -> dict[int, Then | None]:
    """Return the people touched since an edit as they were after it, by id; None: not there yet."""
    return {
        instance_id: None if found is None else Then(*found)
        for instance_id, found in project.people_at(edit_id).items()
    }
